#!/bin/bash
# Guards: with encap none, what comes from a network that is routed to the peer is the
# virtual NIC's, of both families; what comes to the NIC's own address, or from there, is
# the NIC's; a dormant port is not used; redirects do not leave.
# by default: uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

three_links
in_b ip addr add 192.168.7.1/24 dev lo
in_b ip addr add fd07::1/64 dev lo nodad
ip route add 192.168.7.0/24 via 10.99.0.2 dev mpl0
for file in /proc/sys/net/ipv4/conf/{all,default,eth1,eth2,eth3,mpl0}/rp_filter; do
	echo 1 >"$file"
done
before=$(stat rx_packets)
check "with the strict reverse-path check" ping -qc4 -i0.2 -W2 192.168.7.1
check "by a socket bound to it" ping -qc4 -i0.2 -W2 -I mpl0 192.168.7.1
[[ $(stat rx_packets) -ge $((before + 8)) ]] || fail "the virtual NIC has not received the answers"

# Own addresses of the NICs, though all else leads to the peer.
ip route add default via 10.99.0.2 dev mpl0
before=$(stat rx_packets)
check "the NIC's neighbour" ping -qc3 -i0.2 -W2 -I eth1 10.0.1.2
equal "taken from eth1" "$(stat rx_packets)" "$before"
ip route del default

# Behind an IPv6 peer.
mplink_unload
mplink_load nics=$NICS peer=fd99::2 remotes=$REMOTES6
mplink_up
wait_until 10 links_valid 3
ip -6 route add fd07::/64 via fd99::2 dev mpl0
in_b ip -6 route replace fd99::1 via fd00:0:0:1::1
before=$(stat rx_packets)
check "IPv6, by a socket bound to it" ping -qc4 -i0.2 -W2 -I mpl0 fd07::1
[[ $(stat rx_packets) -ge $((before + 4)) ]] || fail "the virtual NIC has not received IPv6 answers"

# 802.1X: the cable is in, and the port is not for use.
ip link set eth2 state dormant
wait_until 5 grep -q no-carrier /sys/class/net/mpl0/mplink/nics/eth2/reason
before=$(link_count eth2 tx_packets)
check "past it" ping -qc6 -i0.1 -W2 fd99::2
equal "packets by the dormant port" "$(link_count eth2 tx_packets)" "$before"
ip link set eth2 state up
wait_until 5 links_valid 3

# pktgen would send a packet again that has been changed here.
modprobe pktgen
echo "add_device mpl0" >/proc/net/pktgen/kpktgend_0
if (echo "clone_skb 10" >/proc/net/pktgen/mpl0) 2>/dev/null; then
	fail "pktgen may send a packet twice"
fi
rmmod pktgen
