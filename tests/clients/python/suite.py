"""Runs every check of the modules beside this file and counts. A check is a function whose name is a sentence; one
that takes `route` runs once for each route."""

import inspect
import sys
import traceback

import answers
import refusals
import tools
from gateway import ROUTES


def checks():
    for module in (answers, tools, refusals):
        for name, check in vars(module).items():
            if inspect.isfunction(check) and check.__module__ == module.__name__ and not name.startswith("_"):
                routes = ROUTES if "route" in inspect.signature(check).parameters else [None]
                for route in routes:
                    yield name.replace("_", " ") + (f" [{route}]" if route else ""), check, route


def main():
    match = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    for name, check, route in checks():
        if match not in name:
            continue
        try:
            check(route) if route else check()
            passed += 1
            print(f"ok      {name}")
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc(limit=-3)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
