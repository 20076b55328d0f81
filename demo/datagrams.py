#!/usr/bin/python3
"""Numbered UDP datagrams, and which of them came. Runs in the hosts, started by demo/demo.py.

usage: demo/datagrams.py receive PORT
       demo/datagrams.py send ADDRESS PORT SECONDS RATE       RATE datagrams a second

Nobody sends them again but mplink. Both ends say what they saw in JSON lines:
    {"listening": true}                       the receiver hears from now on
    {"sent": 9000}                            the sender, at the end
    {"received": 9000, "twice": 0, "overtaken": 0, "missing": []}    the receiver, at the end
"received" counts numbers, "overtaken" datagrams that came after a later one; "missing" has the
first numbers that did not come.
"""

import socket
import struct
import sys
import time

sys.dont_write_bytecode = True
from ends import PATIENCE, SO_RCVBUFFORCE, run, tell  # noqa: E402

SIZE = 1000         # bytes, with the IP header: less is not repaired, see `man mplink`, replay
NUMBER = struct.Struct("!Q")
END = 2**64 - 1     # instead of a number: all have been sent
LINGER = 2          # seconds after END in which late datagrams may come
LAG = 0.05          # seconds that the sender may be late, and catch up
MISSING = 10


def receive(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # A receiver that waits for its CPU loses none.
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
    sock.bind(("", port))
    sock.settimeout(PATIENCE)
    tell(listening=True)
    seen, twice, overtaken, highest, ending = set(), 0, 0, -1, False
    while True:
        try:
            number = NUMBER.unpack_from(sock.recv(2 * SIZE))[0]
        except TimeoutError:
            if ending:
                break
            raise
        if number == END:
            ending = True
            sock.settimeout(LINGER)
        elif number in seen:
            twice += 1
        else:
            seen.add(number)
            overtaken += number < highest
            highest = max(highest, number)
    missing = [number for number in range(highest) if number not in seen]
    tell(received=len(seen), twice=twice, overtaken=overtaken, missing=missing[:MISSING])


def send(address, port, seconds, rate):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((address, port))
    padding = bytes(SIZE - 20 - 8 - NUMBER.size)
    end = time.monotonic() + seconds
    due, number = time.monotonic(), 0
    while (now := time.monotonic()) < end:
        # A host that has stood still does not make up for it: queues would drop the flood.
        due = max(due, now - LAG)
        time.sleep(max(0, due - now))
        sock.send(NUMBER.pack(number) + padding)
        number += 1
        due += 1 / rate
    tell(sent=number)
    for _ in range(5):
        time.sleep(0.2)
        sock.send(NUMBER.pack(END))


if __name__ == "__main__":
    run("datagrams", receive, send)
