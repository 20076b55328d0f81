#!/bin/bash
# Guards: broadcast sends one intact copy over every valid link, for packets that
# take the hook and for those that take ndo_start_xmit, fragments too.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# copies DST SIZE WANTED: of each of 40 datagrams that many come whole.
copies() {
	local before sent more
	before=$(received)
	sent=$(links_sum tx_packets)
	more=$(ethtool_stat tx_copies)
	udp_mixed "$1" 40 "$2"
	sent=$(($(links_sum tx_packets) - sent))
	equal "those beyond the first, as counted" $(($(ethtool_stat tx_copies) - more)) $((40 * ($3 - 1)))
	equal "copies sent of 40 datagrams of $2 bytes to $1" "$sent" $((40 * $3))
	equal "copies received of 40 datagrams of $2 bytes to $1" $(($(received) - before)) $((40 * $3))
}

three_links policy=broadcast
receiver 9
copies 10.99.0.2 1000 3
# The counter sits behind reassembly, where three sets of fragments of one
# datagram are two duplicates: what is sent is what counts.  mpl0 cuts it in three, and
# copies each.
before=$(links_sum tx_packets)
udp_mixed 10.99.0.2 10 4000
equal "copies sent of 10 datagrams in fragments" $(($(links_sum tx_packets) - before)) 90

# Whole, each number three times.
udp_start 10.99.0.2 --size 1200
udp_stop
equal "packets lost" "$UDP_LOST" 0
equal "packets received more than once" "$UDP_DUPLICATED" $((2 * UDP_SENT))

ip link set eth2 down
copies 10.99.0.2 1000 2
ip link set eth2 up
ip addr replace fd00:0:0:2::1/64 dev eth2 nodad
wait_until 10 links_valid 3
rmmod mplink

# IPv6 over IPv4 remotes takes ndo_start_xmit.
mplink_load nics=$NICS peer=fd99::2 remotes=$REMOTES4 policy=broadcast
mplink_up
wait_until 10 links_valid 3
copies fd99::2 1000 3
rmmod mplink
mplink_load nics=$NICS peer=fd99::2 remotes=$REMOTES6 policy=broadcast
mplink_up
wait_until 10 links_valid 3
copies fd99::2 1000 3
