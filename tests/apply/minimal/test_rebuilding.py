"""Is an index rebuilt by what docs/upgrading.md says, with the program on that page?"""

import os
import re
import subprocess
import sys
import textwrap
from typing import Final

from testkit.consistency import compare
from testkit.items import scan
from testkit.orders import orders
from testkit.pipeline import KEY_NAMES
from testkit.search import Index, connect
from tests.apply.deployment import ROOT, Deployment

PAGE: Final = (ROOT / "docs" / "upgrading.md").read_text()


def test_a_new_alias_and_every_item_written_again_make_an_index_anew(minimal: Deployment) -> None:
    """The old index answers as it was; the new one has the table's items, and none that was deleted."""
    aws = minimal.aws
    dynamodb = aws.client("dynamodb")
    gone, *kept = orders(12, seed=7)
    for item in (gone, *kept):
        dynamodb.put_item(TableName="orders", Item=item)
    aws.wait_until_drained()

    route = re.search(r"^ +(indices = .+)$", PAGE, re.MULTILINE)
    assert route is not None
    minimal.set(f'module "search" {{\n  index  = {{ number_of_shards = 2 }}\n  {route[1]}\n}}\n')
    minimal.apply()
    assert minimal.next_changes() == []
    dynamodb.delete_item(TableName="orders", Key={name: gone[name] for name in KEY_NAMES})
    old, new = Index(connect(aws), "orders"), Index(connect(aws), "orders-2")
    assert len(dict(old.documents())) == len(kept) + 1
    assert dict(new.documents()) == {}

    program = re.search(r"^ +```python\n(.+?)^ +```$", PAGE, re.MULTILINE | re.DOTALL)
    assert program is not None
    environment = {**os.environ, **aws.environment}
    subprocess.run([sys.executable, "-c", textwrap.dedent(program[1])], env=environment, check=True)
    aws.wait_until_drained()
    agreement = compare(scan(dynamodb, "orders"), new.documents(), KEY_NAMES)
    assert agreement, str(agreement)
    assert agreement.equal == len(kept)
    assert len(dict(old.documents())) == len(kept) + 1
