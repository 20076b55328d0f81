#!/usr/bin/python3
"""Talks to an FRR daemon as vtysh does, which takes much longer to start.

usage: frr-vty.py SOCKET COMMAND...     e.g. "show bfd peers json"

Each command, and what the daemon answers, goes as text that ends in a NUL; the answer
is followed by three more bytes, the last of which is its status. Prints the answers;
status 1 if a command failed.
"""

import socket
import sys


def ask(vty, command):
    vty.sendall(command.encode() + b"\0")
    answer = b""
    while len(answer) < 4 or answer[-4:-1] != b"\0\0\0":
        data = vty.recv(65536)
        if not data:
            sys.exit(f"frr-vty: {command}: the daemon hung up")
        answer += data
    return answer[:-4].rstrip(b"\0").decode(), answer[-1]


def main(path, *commands):
    with socket.socket(socket.AF_UNIX) as vty:
        vty.settimeout(20)
        vty.connect(path)
        for command in ("enable", *commands):
            text, status = ask(vty, command)
            print(text, end="")
            if status:
                sys.exit(f"frr-vty: {command}: status {status}")


main(*sys.argv[1:])
