#!/usr/bin/python3
"""Runs in a guest: executes commands that the host sends, many at a time.

usage: scripts/guest/agent.py     (started by scripts/two_hosts.py)

Speaks JSON lines on the port named "agent". From the host:
    {"id": 1, "run": ["ip", "link"]}     start a command (its own process group)
    {"id": 1, "kill": 15}                signal that process group
To the host:
    {"ready": true}
    {"id": 1, "out": "text"}             output (both streams), a line at a time
    {"id": 1, "status": 0}               it ended (-N: by signal N)
    {"kmsg": "[   12.345678] text"}      a line of the kernel log, from boot on
"""

import json
import os
import subprocess
import sys
import threading

LOCK = threading.Lock()


def send(fd, **message):
    data = (json.dumps(message) + "\n").encode()
    with LOCK:
        while data:
            data = data[os.write(fd, data):]


def serve(fd, number, process):
    """Passes on one command's output, then its status."""
    for line in process.stdout:
        send(fd, id=number, out=line.decode(errors="replace"))
    send(fd, id=number, status=process.wait())


def follow_kernel_log(fd):
    log = os.open("/dev/kmsg", os.O_RDONLY)
    while True:
        try:
            record = os.read(log, 8192).decode(errors="replace")
        except BrokenPipeError:  # records were overwritten before being read
            send(fd, kmsg="(some kernel log lines were lost)")
            continue
        head, _, text = record.partition(";")
        micros = int(head.split(",")[2])
        for line in text.splitlines():
            if not line.startswith(" "):  # key=value lines of dev_printk
                send(fd, kmsg=f"[{micros / 1e6:12.6f}] {line}")


def main():
    try:
        fd = os.open("/run/vm/ports/agent", os.O_RDWR)
    except FileNotFoundError:
        sys.exit("agent: no port named agent; was this VM started by two_hosts.py?")
    threading.Thread(target=follow_kernel_log, args=(fd,), daemon=True).start()
    running = {}
    send(fd, ready=True)
    pending = b""
    while data := os.read(fd, 65536):
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            number = order["id"]
            if "kill" in order:
                try:
                    os.killpg(running[number].pid, order["kill"])
                except (KeyError, ProcessLookupError):
                    pass  # it has ended, and said so
                continue
            try:
                process = subprocess.Popen(
                    order["run"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, start_new_session=True)
            except OSError as why:
                send(fd, id=number, out=f"agent: {order['run'][0]}: {why.strerror}\n")
                send(fd, id=number, status=127)
                continue
            running[number] = process
            threading.Thread(target=serve, args=(fd, number, process), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
