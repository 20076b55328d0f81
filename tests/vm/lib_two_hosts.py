#!/usr/bin/python3
"""Runs one two-VM scenario: boots hosts A and B, runs it, holds the gate on both.

usage: tests/vm/lib_two_hosts.py FILE [--kernel NAME] [--timeout SECONDS] [--setup HOW]
       (tests/vm/run does; FILE is one of tests/vm/two-hosts/*.py)

A scenario file defines `scenario(net)` and may define CABLES (3). `net` is a
TwoHosts (scripts/two_hosts.py). It fails by raising (assert will do), and says
that it cannot run here by raising Skip. It imports from here what it needs:
    from lib_two_hosts import Skip, mplink_pair
Status: 0 passed, 4 skipped, else failed. The reason goes out as "@@reason TEXT".
"""

import argparse
import importlib.util
import pathlib
import signal
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "scripts")]
sys.dont_write_bytecode = True
# Scenarios import this file by name: let them get this very instance.
sys.modules.setdefault("lib_two_hosts", sys.modules[__name__])
from two_hosts import TwoHosts  # noqa: E402


class Skip(Exception):
    """The scenario cannot run here; its text says why."""


class Overdue(Exception):
    """The time limit has passed."""


def addresses(net):
    """10.0.i.1 - 10.0.i.2 and fd00:0:0:i::1 - ::2 on the cables, and up."""
    for host, last in ((net.a, 1), (net.b, 2)):
        host.check("\n".join(
            ["set -e"] +
            [f"ip addr add 10.0.{i}.{last}/24 dev eth{i}\n"
             f"ip addr add fd00:0:0:{i}::{last}/64 dev eth{i} nodad\n"
             f"ip link set eth{i} up" for i in range(1, net.cables + 1)]))


def mplink_load(host, *arguments):
    """As in scenarios for one host: nics= and so on as arguments."""
    return host.check(["tests/vm/lib-load.sh", *arguments])


def mplink_up(host, dev="mpl0"):
    """The host's virtual addresses, 10.99.0.1 (A) or .2 (B), and up."""
    last = 1 if host.name == "a" else 2
    return host.check(f"ip addr add 10.99.0.{last}/24 dev {dev} && "
                      f"ip addr add fd99::{last}/64 dev {dev} nodad && ip link set {dev} up")


def mplink_pair(net, *settings):
    """Three cables with addresses, mplink over them at both ends, and B answers A.

    settings: more arguments of mplink_load, for both.
    """
    addresses(net)
    for host, last in ((net.a, 2), (net.b, 1)):
        mplink_load(host, "nics=eth1,eth2,eth3", f"peer=10.99.0.{last}",
                    f"remotes=10.0.1.{last},10.0.2.{last},10.0.3.{last}", *settings)
        mplink_up(host)
    net.a.check("for ((n = 0; n < 20; n++)); do ping -qc1 -W1 10.99.0.2 && exit; done; exit 1")


def load_file(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gate(net, name):
    """Both hosts' complaints, as text; empty is good."""
    complaints = []
    for host in net.hosts.values():
        done = host.run(["tests/vm/lib-gate.sh", "end", name, "last"], timeout=90)
        if done.status:
            complaints.append(f"host {host.name}: {done.output}")
    return "".join(complaints)


def run(path, kernel, timeout, setup):
    module = load_file(path)
    status, reason = 0, ""
    with TwoHosts(kernel, getattr(module, "CABLES", 3), append="oops=panic",
                  env={"MPLINK_SETUP": setup}) as net:
        for host in net.hosts.values():
            host.check(["tests/vm/lib-gate.sh", "begin", path.stem])
        signal.alarm(int(timeout))  # the scenario's time, without the boot's
        try:
            module.scenario(net)
        except Skip as why:
            status, reason = 4, str(why)
        except Exception as why:  # pylint: disable=broad-except
            traceback.print_exc()
            status = 1
            first = (str(why) or type(why).__name__).splitlines()[0]
            reason = f"{type(why).__name__}: {first}"
        finally:
            signal.alarm(0)
        complaints = gate(net, path.stem)
        if complaints:
            print(f"GATE: {complaints}")
            first = complaints.splitlines()[0]
            status, reason = 1, f"{reason}; gate: {first}" if reason else f"gate: {first}"
    return status, reason


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--kernel", default="6.1")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--setup", default="parameters")
    args = parser.parse_args()

    def overdue(*_):
        raise Overdue(f"no end after {args.timeout:g} s")

    signal.signal(signal.SIGALRM, overdue)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        status, reason = run(args.file.resolve(), args.kernel, args.timeout, args.setup)
    except Exception as why:  # pylint: disable=broad-except
        print(why)
        status, reason = 1, (str(why) or type(why).__name__).splitlines()[0]
    if reason:
        print(f"@@reason {reason}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
