#!/usr/bin/python3
"""One TCP flow of real data. Runs in the hosts, started by demo/demo.py.

usage: demo/traffic.py receive PORT               takes one connection
       demo/traffic.py send ADDRESS PORT SECONDS

The data are pseudo-random bytes, each block different: a byte lost, doubled or
out of place changes the digest. Both ends say what they saw in JSON lines, with
times of the host's monotonic clock:
    {"listening": true}                      the receiver may be connected to
    {"t": 12.3, "bytes": 1234}               so far (a few times a second)
    {"t": ..., "bytes": ..., "digest": "…", "gaps": [[BEGAN, ENDED], ...]}   at the end
"gaps" (receiver) are the stretches over MIN_GAP in which nothing arrived.
"""

import hashlib
import random
import socket
import sys
import time

sys.dont_write_bytecode = True
from ends import PATIENCE, SO_RCVBUFFORCE, run, tell  # noqa: E402

BLOCK = 64 * 1024
MIN_GAP = 0.02
REPORT_EVERY = 0.5
# In bytes. It fills three cables, but not demo.py's QUEUE of the slowest: TCP makes a queue drop
# its packets and others', if it may, and here only what a dead cable takes is to be missing.
WINDOW = 160 * 1024


def receive(port):
    listener = socket.create_server(("", port))
    # Else the kernel lets the window grow again.
    listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 2 * WINDOW)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, WINDOW)
    tell(listening=True)
    listener.settimeout(PATIENCE)
    conn = listener.accept()[0]
    conn.settimeout(PATIENCE)
    digest, total, gaps = hashlib.blake2b(digest_size=16), 0, []
    buffer = memoryview(bytearray(4 * BLOCK))
    last = reported = time.monotonic()
    while size := conn.recv_into(buffer):
        now = time.monotonic()
        if total and now - last >= MIN_GAP:
            gaps.append([last, now])
        last = now
        digest.update(buffer[:size])
        total += size
        if now - reported >= REPORT_EVERY:
            reported = now
            tell(t=now, bytes=total)
    tell(t=last, bytes=total, digest=digest.hexdigest(), gaps=gaps)


def send(address, port, seconds):
    conn = socket.create_connection((address, port), timeout=PATIENCE)
    conn.settimeout(PATIENCE)
    source, digest, total = random.Random(), hashlib.blake2b(digest_size=16), 0
    began = time.monotonic()
    tell(t=began, bytes=0)
    while time.monotonic() - began < seconds:
        block = source.randbytes(BLOCK)
        conn.sendall(block)
        digest.update(block)
        total += len(block)
    conn.shutdown(socket.SHUT_WR)
    conn.recv(1)  # returns when the receiver has read it all, and closes
    tell(t=time.monotonic(), bytes=total, digest=digest.hexdigest())


if __name__ == "__main__":
    run("traffic", receive, send)
