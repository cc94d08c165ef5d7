"""Checks each of the files it is given to the end, in a process of its own, and says what that took: of memory, and
of the processor's time, which does not depend on who else is using it.

Run by `test_reading_refusals.py`, as `python -m tests.feeds.reading_alone FILE…`: a line of JSON for each.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from django.conf import settings

MEBIBYTE = 1024 * 1024
MORE = 1024 * MEBIBYTE  # of addresses, beyond which the operating system says no


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(path: Path) -> dict[str, object]:
    from feeds.declared import FeedColumn
    from feeds.reading import Refused, open_table
    from feeds.reading.checking import check
    from feeds.values import Text

    columns = FeedColumn("part", "Part", Text()), FeedColumn("price", "Price", Text(), required=False)
    before, begun, rows, errors, code, reason = peak(), time.process_time(), 0, 0, "", ""
    try:
        table = open_table(path, path.name, ["part", "price"])
        for batch in check(table, columns, {"part": 0, "price": 1}, {}, key=("part",)):
            rows += len(batch.numbers)
            errors += len(batch.errors)
    except Refused as refused:
        code, reason = refused.code, str(refused)
    return {
        "code": code,
        "reason": reason,
        "rows": rows,
        "errors": errors,
        "seconds": time.process_time() - begun,
        "mebibytes": peak() - before,
    }


def main(paths: list[str]) -> None:
    settings.configure(USE_I18N=False, LANGUAGES=[("en", "English")])
    import feeds.reading.checking  # noqa: F401  so that no file pays for it

    for path in paths:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (size + MORE, size + MORE))
            print(json.dumps(read(Path(path))))
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
