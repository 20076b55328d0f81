"""Answers: after NIC ON, liveness went 0 -> 1 -> 0 -> 1. Many times off and on, by the
cable, with real NIC drivers: exactly one transition 1 -> 0 and one 0 -> 1 a cycle at each
end, and none of the other links. 25 times; a release runs it with MPLINK_CYCLES=100.

A cycle takes a second, for linkwatch tells of a lost carrier no more often. BFD gives
the far end three: two emulated machines that share their CPUs with others stand still
for one of them now and then.
"""
# by default: 6.1
# timeout: 400
import os
import time

from lib_two_hosts import mplink_pair

CYCLES = int(os.environ.get("MPLINK_CYCLES", "25"))
MPLINK = "/sys/class/net/mpl0/mplink"
TRACE = "source tests/vm/lib-liveness.sh; "
# Says why the link is not valid, or `none`, each time that it is something else.
WATCH = """exec {nap}<> <(:)
while read -r reason <REASON; do
    [[ $reason == "$was" ]] || echo "$reason"
    was=$reason
    read -rt 0.02 -u "$nap"
done"""


def peer(host):
    return "10.99.0.2" if host.name == "a" else "10.99.0.1"


def wait_for(watches, valid):
    end = time.monotonic() + 20
    while not all(watch.lines and (watch.lines[-1] == "none\n") == valid for watch in watches):
        assert time.monotonic() < end, [watch.lines[-5:] for watch in watches]
        time.sleep(0.01)


def transitions(host):
    return host.check(TRACE + "for i in 1 2 3; do transitions eth$i " + peer(host)
                      + "; done").splitlines()


def scenario(net):
    # So many cycles are flapping, which lengthens the wait 32 times: to 160 ms here.
    mplink_pair(net, "liveness=bfd", "bfd_interval_us=1000000", "wtr_ms=5")
    hosts = net.hosts.values()
    for host in hosts:
        host.check(f"until (($(cat {MPLINK}/peers/*/links/*/valid | grep -c 1) == 3)); do"
                   " sleep 0.1; done")
        host.check(TRACE + "transitions_start")
    watches = [host.spawn(WATCH.replace("REASON", f"{MPLINK}/peers/{peer(host)}/links/eth2/reason"))
               for host in hosts]

    began, out = time.monotonic(), 0
    wait_for(watches, valid=True)
    for _ in range(CYCLES):
        pulled = time.monotonic()
        net.cable_out(2)
        wait_for(watches, valid=False)
        out += time.monotonic() - pulled
        net.cable_in(2)
        wait_for(watches, valid=True)
    print(f"{CYCLES} cycles took {time.monotonic() - began:.0f} s, {out:.0f} s of it until"
          " both ends knew that the cable was out")
    time.sleep(1.5)  # linkwatch may have more to say

    for host, watch in zip(hosts, watches):
        watch.kill()
        found = transitions(host)
        assert found == ["0 0", f"{CYCLES} {CYCLES}", "0 0"], (
            f"host {host.name}: eth1 to eth3 went down and up {found} times")
