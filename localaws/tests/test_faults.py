"""Does the proxy inject the given fault into the given number of requests, and leave others unchanged?"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from localaws.faults.control import Control
from localaws.faults.fault import Fault, FaultKind, Injection
from localaws.faults.proxy import Proxy
from localaws.faults.responses import error_response
from localaws.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
BULK = {"took": 1, "items": [{"index": {"status": 201}}, {"index": {"status": 200}}]}


class Behind:
    """The server behind the proxy: it answers as a bulk request is, and counts."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes]] = []
        behind = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                behind.seen.append((self.path, self.headers.get("x-own", ""), body))
                content = json.dumps(BULK).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("x-answer", "yes")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def behind() -> Iterator[Behind]:
    started = Behind()
    yield started
    started.server.shutdown()
    started.server.server_close()


@pytest.fixture
def proxy(behind: Behind) -> Iterator[Proxy]:
    with Proxy(behind.url) as started:
        yield started


def post(proxy: Proxy, path: str = "/orders/_bulk", body: bytes = b"{}\n") -> urllib3.BaseHTTPResponse:
    return urllib3.request("POST", proxy.url + path, body=body, headers={"X-Own": "mine"}, retries=False, timeout=10)


def test_without_a_fault_it_changes_nothing(proxy: Proxy, behind: Behind) -> None:
    """Path, headers and body arrive, and so does the answer."""
    answer = post(proxy, "/orders/_bulk?filter_path=items.*")
    assert (answer.status, answer.json(), answer.headers["x-answer"]) == (200, BULK, "yes")
    assert behind.seen == [("/orders/_bulk?filter_path=items.*", "mine", b"{}\n")]


@pytest.mark.parametrize(
    ("kind", "status", "fault"),
    [
        (FaultKind.THROTTLE, 429, "es_rejected_execution_exception"),
        (FaultKind.BLOCK, 403, "cluster_block_exception"),
        (FaultKind.FORBID, 403, "security_exception"),
        (FaultKind.UNAVAILABLE, 503, "unavailable_shards_exception"),
        (FaultKind.TOO_LARGE, 413, None),
    ],
)
def test_it_answers_in_opensearchs_place(
    proxy: Proxy, behind: Behind, kind: FaultKind, status: int, fault: str | None
) -> None:
    with proxy.failing(Fault(kind)) as injection:
        answer = post(proxy)
    assert answer.status == status
    if fault:
        assert answer.json()["error"]["type"] == fault
    assert behind.seen == []
    assert injection.hits == 1
    assert post(proxy).status == 200


@pytest.mark.parametrize(("kind", "done"), [(FaultKind.CLOSE, 0), (FaultKind.LOSE_ANSWER, 1), (FaultKind.RESET, 1)])
def test_it_breaks_the_connection_before_or_after_the_deed(
    proxy: Proxy, behind: Behind, kind: FaultKind, done: int
) -> None:
    with proxy.failing(Fault(kind)), pytest.raises(urllib3.exceptions.HTTPError):
        post(proxy)
    assert len(behind.seen) == done


def test_it_lets_a_request_hang_until_the_fault_ends(proxy: Proxy, behind: Behind) -> None:
    """The server gets no request; once the fault is cleared or expired, the connection is closed."""
    injection = proxy.inject(Fault(FaultKind.HANG, requests=1))
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        urllib3.request("POST", proxy.url, body=b"{}", retries=False, timeout=0.2)
    proxy.clear(injection)
    proxy.inject(Fault(FaultKind.HANG, requests=1, seconds=0.05))
    with pytest.raises(urllib3.exceptions.ProtocolError):
        post(proxy)
    assert behind.seen == []
    assert post(proxy).status == 200


def test_it_lets_an_answer_drip(proxy: Proxy, behind: Behind) -> None:
    """Byte by byte, so that no read waits long and the whole takes its time; once cleared, the rest comes at once."""
    injection = proxy.inject(Fault(FaultKind.DRIP, delay_seconds=0.01))
    answer = urllib3.request("POST", proxy.url, body=b"{}", preload_content=False, retries=False)
    assert answer.read(1) == b"{"
    proxy.clear(injection)
    assert json.loads(b"{" + answer.read()) == BULK
    assert len(behind.seen) == 1


def test_it_refuses_connections_and_takes_them_again_on_the_same_port(proxy: Proxy, behind: Behind) -> None:
    url = proxy.url
    for _ in range(2):
        with proxy.failing(Fault(FaultKind.REFUSE)), pytest.raises(urllib3.exceptions.NewConnectionError):
            post(proxy)
        assert proxy.url == url
        assert post(proxy).status == 200
    proxy.inject(Fault(FaultKind.REFUSE, seconds=0.05))
    wait_until(lambda: not proxy.injections(), "the refusal is over")
    assert post(proxy).status == 200
    assert len(behind.seen) == 3


@pytest.mark.parametrize(("kind", "items"), [(FaultKind.DROP_ITEM, 1), (FaultKind.ADD_ITEM, 3)])
def test_it_lies_about_the_count_of_items(proxy: Proxy, kind: FaultKind, items: int) -> None:
    with proxy.failing(Fault(kind)):
        assert len(post(proxy).json()["items"]) == items


def test_it_cuts_an_answer(proxy: Proxy) -> None:
    with proxy.failing(Fault(FaultKind.TRUNCATE)):
        content = post(proxy).data
    whole = json.dumps(BULK).encode()
    assert content == whole[: len(whole) // 2]


def test_it_holds_a_request_back_until_the_fault_is_cleared(proxy: Proxy, behind: Behind) -> None:
    injection = proxy.inject(Fault(FaultKind.DELAY, delay_seconds=3600))
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(post(proxy).status))
    waiting.start()
    injection.wait_for_hits(1)
    assert (behind.seen, answers) == ([], [])
    proxy.clear()
    waiting.join(10)
    assert answers == [200]


def test_a_fault_meets_as_many_as_it_should_of_those_that_match(proxy: Proxy) -> None:
    """By path or AWS operation, by size, by number; the share of a seed is the same each time."""
    two = proxy.inject(Fault(FaultKind.UNAVAILABLE, match="POST /orders/_bulk", above_bytes=10, requests=2))
    statuses = [post(proxy, body=b"x" * size).status for size in (5, 20, 20, 20)]
    assert statuses == [200, 503, 503, 200]
    assert post(proxy, "/orders/_search", b"x" * 20).status == 200
    assert (two.hits, two.expired) == (2, True)
    draws = []
    for _ in range(2):
        injection = Injection(Fault(FaultKind.UNAVAILABLE, share=0.5, seed=4))
        draws.append([injection.matches("POST /", 0) for _ in range(200)])
    assert draws[0] == draws[1]
    assert 60 < sum(draws[0]) < 140


def test_a_fault_ends_after_its_time() -> None:
    now = [0.0]
    injection = Injection(Fault(FaultKind.CLOSE, seconds=5), clock=lambda: now[0])
    assert injection.matches("POST /", 0)
    now[0] = 5.0
    assert not injection.matches("POST /", 0)


def test_aws_is_answered_for_in_its_own_words() -> None:
    """DynamoDB says it in JSON, S3 in XML."""
    dynamodb = error_response(FaultKind.THROTTLE, {"x-amz-target": "DynamoDB_20120810.BatchGetItem"})
    assert dynamodb.status == 400
    assert json.loads(dynamodb.body)["__type"].endswith("#ThrottlingException")
    s3 = error_response(
        FaultKind.FORBID, {"authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/eu-west-1/s3/aws4_request"}
    )
    assert (s3.status, s3.headers["Content-Type"]) == (403, "application/xml")
    assert b"<Code>AccessDenied</Code>" in s3.body


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"kind": "nonsense"}, "nonsense"),
        ({"kind": "delay", "match": "("}, "not a fault"),
        ({"kind": "delay", "share": 2}, r"share must be 0 to 1 \(got 2\)"),
        ({"kind": "refuse", "requests": 3}, "refuse takes only seconds"),
        ({"kind": "delay", "hits": 3}, "not a fault"),
    ],
)
def test_what_is_no_fault_is_refused(document: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fault.from_json(document)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=str)
def test_a_web_page_injects_nothing(proxy: Proxy, headers: dict[str, str]) -> None:
    """Below a foreign name, or for another site: the proxy keeps its faults as they are."""
    control = Control(proxy)
    answer = urllib3.request("POST", control.url, body=b'{"kind": "close"}', headers=headers, retries=False)
    assert (answer.status, proxy.injections()) == (403, [])
    control.close()


def test_it_is_used_by_hand(proxy: Proxy) -> None:
    """The command injects, shows and clears faults through a proxy's control port."""
    control = Control(proxy)
    port = control.url.rpartition(":")[2]

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "localaws.faults", *arguments, "--control-port", port]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)

    injected = command("inject", "throttle", "--match", "_bulk", "--requests", "1")
    assert (injected.returncode, json.loads(injected.stdout)["hits"]) == (0, 0)
    assert [post(proxy).status, post(proxy).status] == [429, 200]
    shown = json.loads(command("status").stdout)
    assert (shown["requests"], shown["faults"][0]["hits"], shown["faults"][0]["expired"]) == (2, 1, True)
    assert command("clear").returncode == 0
    assert json.loads(command("status").stdout)["faults"] == []
    assert "refuse takes only seconds" in command("inject", "refuse", "--requests", "1").stdout
    control.close()
    assert "no proxy answers" in command("status").stderr
