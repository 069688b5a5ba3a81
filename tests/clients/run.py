#!/usr/bin/env python3
"""Runs the vendors' own clients against a gateway and counts what passed.

Against a gateway that has the routes of maig.yaml:
    run.py --gateway http://127.0.0.1:8080 --key maig_live_… --test-key maig_test_… --limited-key maig_live_…
Or starts both, on a database of its own that is thrown away:
    run.py --maig target/debug/maig --sim target/debug/maig-sim

The clients are installed beside the build (--cache), never into the tree.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv

HERE = pathlib.Path(__file__).resolve().parent
COUNT = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def main():
    arguments = read_arguments()
    cache = pathlib.Path(arguments.cache).resolve()
    python, node = install_python(cache), install_node(cache)
    if arguments.gateway:
        keys = {"MAIG_KEY": arguments.key, "MAIG_TEST_KEY": arguments.test_key, "MAIG_LIMITED_KEY": arguments.limited_key}
        missing = [name for name, key in keys.items() if not key]
        if missing:
            sys.exit(f"--gateway needs --key, --test-key and --limited-key (a key of 1/min); missing: {', '.join(missing)}")
        sys.exit(run_suites(python, node, arguments, {"MAIG_BASE_URL": f"{arguments.gateway.rstrip('/')}/v1", **keys}))
    if not (arguments.maig and arguments.sim):
        sys.exit("say --gateway and its keys, or --maig and --sim")
    with tempfile.TemporaryDirectory(prefix="maig-clients-") as place:
        with Live(arguments.maig, arguments.sim, pathlib.Path(place)) as live:
            sys.exit(run_suites(python, node, arguments, live.environment))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", help="the gateway's address, without /v1")
    parser.add_argument("--key", help="a project key that may call every route")
    parser.add_argument("--test-key", help="the same as a maig_test_ key")
    parser.add_argument("--limited-key", help="a key whose rate is 1/min, not used yet")
    parser.add_argument("--maig", help="the gateway's binary")
    parser.add_argument("--sim", help="the simulator's binary")
    parser.add_argument("--only", choices=["python", "node"], help="one of the two suites")
    parser.add_argument("--match", default="", help="only checks whose name holds this")
    default = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target")) / "clients"
    parser.add_argument("--cache", default=str(default), help="where the clients are installed (%(default)s)")
    return parser.parse_args()


def install_python(cache):
    """A virtual environment with requirements.txt; its name holds the file's digest, so that a change makes a new one."""
    wanted = HERE / "python" / "requirements.txt"
    place = cache / f"python-{digest(wanted)}"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
        (place / "ready").touch()
    return python


def install_node(cache):
    """The suite and its node_modules in a place of their own, since Node looks for packages beside the file."""
    source = HERE / "node"
    place = cache / f"node-{digest(source / 'package-lock.json')}"
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(source / name, place / name)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True)
        (place / "ready").touch()
    for file in source.glob("*.mjs"):
        shutil.copy(file, place / file.name)
    return place


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def run_suites(python, node, arguments, environment):
    suites = {
        "python": [str(python), str(HERE / "python" / "suite.py"), arguments.match],
        "node": ["node", str(node / "suite.mjs"), arguments.match],
    }
    passed = failed = 0
    for name, command in suites.items():
        if arguments.only not in (None, name):
            continue
        print(f"── {name}", flush=True)
        done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, end="")
        counted = COUNT.search(done.stdout)
        passed += int(counted[1]) if counted else 0
        # A suite that died before it counted is a failure of its own.
        failed += int(counted[2]) if counted else 1
    print(f"── clients\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


class Live:
    """A simulator and a gateway, each on a free port, with the routes of maig.yaml."""

    def __init__(self, maig, sim, place):
        self.maig, self.sim, self.place = os.path.abspath(maig), os.path.abspath(sim), place
        self.children, self.environment = [], {}
        self.settings = {**os.environ, "CLIENTS_PROVIDER_KEY": "sk-of-the-simulator", "MAIG_LOG": "warn"}
        for name in list(self.settings):
            if name.startswith("MAIG_") and name != "MAIG_LOG":
                del self.settings[name]
        self.settings["MAIG_DATA_DIR"] = str(place / "data")

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        sim_port, port = free_port(), free_port()
        self.child([self.sim, "--listen", f"127.0.0.1:{sim_port}"], f"http://127.0.0.1:{sim_port}/_sim/state")
        declared = self.place / "maig.yaml"
        declared.write_text((HERE / "maig.yaml").read_text().replace("SIM", f"http://127.0.0.1:{sim_port}"))
        self.run("apply", "-f", str(declared))
        self.settings["MAIG_LISTEN"] = f"127.0.0.1:{port}"
        self.child([self.maig, "serve"], f"http://127.0.0.1:{port}/health")
        self.environment = {
            "MAIG_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "MAIG_KEY": self.key("clients"),
            "MAIG_TEST_KEY": self.key("clients-test", "--test"),
            "MAIG_LIMITED_KEY": self.key("clients-limited", "--rate", "1/min"),
        }
        # A running gateway follows a change within a second.
        time.sleep(1.2)

    def key(self, name, *more):
        made = self.run("key", "create", "--project", "clients", "--name", name, "--json", *more)
        return json.loads(made)["key"]

    def run(self, *words):
        done = subprocess.run([self.maig, *words], env=self.settings, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"maig {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def child(self, command, ready):
        log = self.place / f"{pathlib.Path(command[0]).name}.log"
        child = subprocess.Popen(command, env=self.settings, stdout=log.open("wb"), stderr=subprocess.STDOUT)
        self.children.append(child)
        end = time.monotonic() + 20
        while time.monotonic() < end and child.poll() is None:
            try:
                with urllib.request.urlopen(ready, timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{' '.join(command)} did not come up:\n{log.read_text()}")

    def stop(self):
        for child in reversed(self.children):
            child.terminate()
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    main()
