"""Answers: a pulled cable cost a third of all packets until linkwatch ran, up to
a second later; and a cable that came back was valid, invalid and valid again.

Real NIC drivers, a cable pulled at both ends at once, numbered packets from A to
B. What is in the cable, or is sent before A's driver has read its link status, is
lost: how long that takes is the machine's affair. From then on nothing is sent into
the cable, though linkwatch tells of it only a second later.
"""
# by default: 6.1
# timeout: 180
import re
import time

from lib_two_hosts import mplink_pair

RATE = 300
LINKS = "/sys/class/net/mpl0/mplink/peers/10.99.0.2/links"
LINK = f"{LINKS}/eth2"


def wait_for(host, text, since, timeout=30):
    """Waits for a line of the kernel log, behind index `since`; returns its time."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        for line in host.kernel_log[since:]:
            if text in line:
                return float(re.search(r"\[ *([0-9.]+)\]", line).group(1))
        time.sleep(0.05)
    raise AssertionError(f"host {host.name}: no line with {text!r} in:\n"
                         + "\n".join(host.kernel_log[since:]))


def events(host, nic, since):
    """What mplink said of a NIC, without the prefix."""
    found = (re.search(rf"mplink: mpl0: {nic}: (.*)", line) for line in host.kernel_log[since:])
    return [match.group(1).strip() for match in found if match]


def values(text):
    return dict(re.findall(r"(\w+)=([\w.]+)", text))


def sent_by(net, i):
    return int(net.a.check(f"cat {LINKS}/eth{i}/tx_packets"))


def watch(net, i):
    """Tells how many A has sent by the link when its driver knows that the cable is out."""
    return net.a.spawn(f"until (($(</sys/class/net/eth{i}/carrier) == 0)); do :; done;"
                       f" echo $(<{LINKS}/eth{i}/tx_packets)")


def scenario(net):
    mplink_pair(net)

    receiver = net.b.spawn(["build/tools/stream", "receive", "9000", "--seconds", "600"])
    net.b.check("for ((n = 0; n < 50; n++)); do [[ -n $(ss -Hlun 'sport = :9000') ]] && exit;"
                " sleep 0.1; done; exit 1")
    sender = net.a.spawn(["build/tools/stream", "send", "10.99.0.2", "9000",
                          "--rate", str(RATE), "--seconds", "600"])
    net.a.check(f"n=$(<{LINK}/tx_packets); until (($(<{LINK}/tx_packets) > n + 50)); do"
                " sleep 0.1; done")

    # Linkwatch has just run: it leaves the next loss for a second later.
    mark = len(net.a.kernel_log)
    knows = {i: watch(net, i) for i in (2, 3)}
    time.sleep(0.5)
    before = sent_by(net, 3)
    net.cable_out(3)
    wait_for(net.a, "eth3: NETDEV_CHANGE (4): valid 1 -> 0 (no-carrier)", mark)
    may_be_lost = int(knows[3].wait(30).output) - before
    before = sent_by(net, 2)
    pulled = time.monotonic()
    net.cable_out(2)
    known = int(knows[2].wait(30).output)
    may_be_lost += known - before
    for host in (net.a, net.b):
        wait_for(host, "eth2: NETDEV_CHANGE (4): valid 1 -> 0 (no-carrier)", 0)
    print(f"CHANGE was seen {time.monotonic() - pulled:.2f} s after cable 2 was pulled")
    net.a.check(f"sleep 0.5; (($(<{LINK}/tx_packets) == {known}))")
    assert events(net.a, "eth2", mark) == ["NETDEV_CHANGE (4): valid 1 -> 0 (no-carrier)"]

    mark = len(net.a.kernel_log)
    # B first, for what A sends before B's driver knows is lost on a real cable too.
    net.cable_in(2, "b")
    net.b.check("until (($(</sys/class/net/eth2/carrier) == 1)); do sleep 0.1; done")
    net.cable_in(2, "a")
    wait_for(net.a, "eth2: NETDEV_CHANGE (4): valid 0 -> 1", mark)
    net.a.check(f"n=$(<{LINK}/tx_packets); until (($(<{LINK}/tx_packets) > n + 50)); do"
                " sleep 0.1; done")
    time.sleep(1.5)  # linkwatch may have more to say
    said = events(net.a, "eth2", mark)
    assert said.count("NETDEV_CHANGE (4): valid 0 -> 1") == 1, said
    assert not any("-> 0" in line for line in said), said

    sender.kill()
    sent = values(sender.wait(30).output)
    time.sleep(1)
    receiver.kill()
    got = values(receiver.wait(30).output)
    print(f"sent {sent}, received {got}; {may_be_lost} left before A's driver knew")
    lost = int(sent["sent"]) - int(got["received"])
    assert lost <= may_be_lost, f"{lost} of {sent['sent']} packets lost, {may_be_lost} may be"
    assert sent["errors"] == "0", sent
