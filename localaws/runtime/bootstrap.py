"""The first code of a function's process: it lets `awslambdaric` run the handler, and ends when its parent does.

Run as `python -P bootstrap.py HANDLER` with LAMBDA_TASK_ROOT set and a pipe as standard input.
"""

import os
import runpy
import sys
import threading


def end_with_parent(descriptor: int) -> None:
    """End this process when the pipe closes, which is when the parent has died or let go."""
    while os.read(descriptor, 1):
        pass
    os._exit(0)


def main() -> None:
    """Set the process up as Lambda's bootstrap does, then hand over to the runtime client."""
    pipe = os.dup(0)
    with open(os.devnull) as nothing:  # noqa: PTH123 - starts before each invocation of a cold function: no pathlib
        os.dup2(nothing.fileno(), 0)
    threading.Thread(target=end_with_parent, args=(pipe,), daemon=True).start()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
