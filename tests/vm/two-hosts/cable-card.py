"""Answers: a network card that was removed from a running machine hung it on
"waiting for eth2 to become free"; a card that came back was not used.

The card is unplugged under TCP (device_del: the driver's own way out), plugged
back, configured again, and used again, while the connection lives on.
"""
# by default: 6.12
# timeout: 240
import time

from lib_two_hosts import mplink_pair

LINKS = "/sys/class/net/mpl0/mplink/peers/10.99.0.2/links"


def carries(host, nic):
    host.check(f"n=$(<{LINKS}/{nic}/tx_packets)\n"
               f"for ((i = 0; i < 300; i++)); do (($(<{LINKS}/{nic}/tx_packets) > n + 20)) && exit\n"
               f"sleep 0.1; done; echo nothing leaves by {nic}; exit 1")


def said(host, text):
    return any(text in line for line in host.kernel_log)


def scenario(net):
    mplink_pair(net)
    server = net.b.spawn(["iperf3", "-s", "-1"])
    net.b.check("until [[ -n $(ss -Hltn 'sport = :5201') ]]; do sleep 0.1; done")
    client = net.a.spawn(["iperf3", "-c", "10.99.0.2", "-t", "600", "-b", "20M"])
    carries(net.a, "eth2")

    began = time.monotonic()
    net.unplug_nic("a", 2)
    print(f"the card was gone after {time.monotonic() - began:.1f} s")
    farewell = "mplink: mpl0: eth2: NETDEV_UNREGISTER (6): valid 0 (unregistered)"
    assert said(net.a, farewell), f"host a's log lacks: {farewell}"
    reason = net.a.check("cat /sys/class/net/mpl0/mplink/nics/eth2/reason").strip()
    assert reason == "unregistered", f"eth2: reason is {reason}"
    carries(net.a, "eth1")
    carries(net.a, "eth3")

    net.plug_nic("a", 2)
    net.a.check("ip addr add 10.0.2.1/24 dev eth2 && ip link set eth2 up")
    carries(net.a, "eth2")
    assert client.status is None, f"the connection ended: {client.output}"
    for job in (client, server):
        job.kill(9)
