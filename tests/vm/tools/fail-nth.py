#!/usr/bin/python3
"""Does one thing again and again, and each time another allocation in it fails
(fault injection's fail-nth). In one process: starting one costs more than the rest.

usage: fail-nth.py [--last N] [--gone PATH] DO... [/ UNDO...]

DO and UNDO, of which only allocations inside DO's one system call count:
    load MODULE [ARG...]   unload         finit_module, delete_module
    write FILE TEXT                       one write(2)
    up NIC  down NIC                      SIOCSIFFLAGS
    tap NIC                               makes a tap device; it goes at once
    add-mplink NIC         del NIC        ip link add NIC type mplink; ip link del

First with nothing failing; then each allocation, last first (only the last N of
them). UNDO follows each DO that succeeds, and where it is up or down each DO.
--gone: a DO that fails must not leave PATH. Prints "N ERRNO" a line, N = 0 for
the first, "total N" at the end; status 1 if something was left or undoing failed.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import subprocess
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, TUNSETIFF = 0x8913, 0x8914, 0x400454CA
FINIT_MODULE, DELETE_MODULE = 313, 176
MANY = 100000
IFF_UP, IFF_TAP, IFF_NO_PI = 1, 2, 0x1000
RTM_NEWLINK, REQUEST_ACK_CREATE_EXCL = 16, 0x605
libc = ctypes.CDLL(None, use_errno=True)


def ifreq(nic, *rest):
    return struct.pack("16s24s", nic.encode(), b"".join(rest))


def attribute(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def prepare(op, args):
    """Opens what is needed; returns the call to be made."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if op == "load":
        module, text = open(args[0], "rb"), " ".join(args[1:]).encode()

        def load():
            if libc.syscall(FINIT_MODULE, module.fileno(), text, 0):
                raise OSError(ctypes.get_errno(), "")
        return load
    if op == "unload":
        return lambda: libc.syscall(DELETE_MODULE, b"mplink", os.O_NONBLOCK) and sys.exit("rmmod")
    if op == "del":
        return lambda: subprocess.run(["ip", "link", "del", args[0]], check=True)
    if op == "write":
        file, text = open(args[0], "wb", buffering=0), args[1].encode()
        return lambda: file.write(text)
    if op in ("up", "down"):
        flags = struct.unpack("16xh", fcntl.ioctl(sock, SIOCGIFFLAGS, ifreq(args[0]))[:18])[0]
        flags = flags | IFF_UP if op == "up" else flags & ~IFF_UP
        request = ifreq(args[0], struct.pack("h", flags))
        return lambda: fcntl.ioctl(sock, SIOCSIFFLAGS, request)
    if op == "tap":
        tun = open("/dev/net/tun", "r+b", buffering=0)
        request = ifreq(args[0], struct.pack("H", IFF_TAP | IFF_NO_PI))
        return lambda: fcntl.ioctl(tun, TUNSETIFF, request)
    if op == "add-mplink":
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        body = struct.pack("BBHiII", 0, 0, 0, 0, 0, 0) + attribute(3, args[0].encode() + b"\0") + \
            attribute(18, attribute(1, b"mplink"))
        message = struct.pack("IHHII", 16 + len(body), RTM_NEWLINK, REQUEST_ACK_CREATE_EXCL, 1, 0) \
            + body

        def add():
            netlink.send(message)
            try:
                answer = netlink.recv(4096)
            except OSError as lost:
                if lost.errno == errno.ENOBUFS:
                    return  # memory was short for the answer, and so for nothing before
                raise
            status = -struct.unpack("16xi", answer[:20])[0]
            if status:
                raise OSError(status, "")
        return add
    sys.exit(__doc__)


def attempt(n, do, undo, gone):
    """One round; returns how far n was from being reached."""
    call = prepare(*do)
    switch = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
    error = 0
    os.write(switch, str(n).encode())
    try:
        call()
    except OSError as failed:
        error = failed.errno
    left = int(os.pread(switch, 16, 0).split(b"\0")[0].strip() or 0)
    os.write(switch, b"0")
    os.close(switch)
    print(0 if n == MANY else n, errno.errorcode.get(error, error) if error else 0, flush=True)
    if error and gone and os.path.exists(gone):
        sys.exit(f"allocation {n} failed, and so did {do[0]}, but {gone} is there")
    if undo and (not error or undo[0] in ("up", "down")):
        prepare(*undo)()
    return left


def main():
    args, last, step, gone = sys.argv[1:], MANY, 1, None
    while args[0].startswith("--"):
        if args[0] == "--last":
            last = int(args[1])
        elif args[0] == "--step":
            step = int(args[1])
        else:
            gone = args[1]
        args = args[2:]
    undo = []
    if "/" in args:
        undo = args[args.index("/") + 1:]
        args = args[:args.index("/")]
    do = (args[0], args[1:])
    undo = (undo[0], undo[1:]) if undo else None
    total = MANY - attempt(MANY, do, undo, gone)
    for n in range(total, max(0, total - last), -step):
        attempt(n, do, undo, gone)
    print("total", total)


main()
