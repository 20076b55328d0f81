#!/usr/bin/python3
"""Reads a peer's links from sysfs, over and over. Runs in the hosts.

usage: demo/watch.py DEVICE PEER SECONDS      a JSON line every SECONDS
    {"t": 12.3, "links": {"eth1": {"valid": 1, "reason": "", "suspect": 0, "tx_bytes": 99}, ...}}
"""

import json
import pathlib
import sys
import time


def read(path):
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def main():
    device, peer, pause = sys.argv[1], sys.argv[2], float(sys.argv[3])
    top = pathlib.Path(f"/sys/class/net/{device}/mplink/peers/{peer}/links")
    if not top.is_dir():
        sys.exit(f"watch: {top} does not exist: is the module loaded with peer={peer}?")
    folders = sorted(top.iterdir())
    due = time.monotonic()
    while True:
        links = {}
        now = time.monotonic()
        for folder in folders:
            links[folder.name] = {"valid": int(read(folder / "valid") or 0),
                                  "reason": read(folder / "reason"),
                                  "suspect": int(read(folder / "estimate/suspect") or 0),
                                  "tx_bytes": int(read(folder / "tx_bytes") or 0)}
        print(json.dumps({"t": now, "links": links}), flush=True)
        due = max(due + pause, now)
        time.sleep(max(0, due - time.monotonic()))


if __name__ == "__main__":
    main()
