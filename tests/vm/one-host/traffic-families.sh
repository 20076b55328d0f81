#!/bin/bash
# Guards: IPv4 and IPv6 traffic, TCP and UDP, each over IPv4 and IPv6 remotes (IPv6
# over IPv4 remotes takes ndo_start_xmit), with datagrams beyond the MTU and TCP
# segments beyond it (GSO); all links carry it, nothing is dropped.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
iperf_server

# goes PEER REMOTES: all kinds of traffic to the peer
goes() {
	local nic args before carried received
	echo "peer $1 over $2"
	mplink_load nics=$NICS "peer=$1" "remotes=$2"
	mplink_up
	wait_until 10 links_valid 3
	wait_until 20 ping -c1 -W1 "$1"
	check "pings" ping -qc5 -i0.2 -W2 "$1"
	# Fragments, both ways: ping compares what comes back.
	check "pings in fragments" ping -qc5 -i0.2 -W2 -s 7000 "$1"
	check "largest pings" ping -qc2 -i0.2 -W2 -s 65000 "$1"
	before=$(links_sum tx_bytes)
	iperf "$1" -n 4M -R
	received=0
	for args in "-n 8M" "-u -b 8M -l 1000 -n 1M" "-u -b 8M -l 4000 -n 1M"; do
		# shellcheck disable=SC2086 # several arguments
		iperf "$1" $args
		received=$((received + IPERF_RECEIVED))
	done
	carried=$(($(links_sum tx_bytes) - before))
	[[ $carried -ge $received ]] ||
		fail "the links have carried $carried of the $received bytes that came"
	for nic in eth1 eth2 eth3; do
		[[ $(link_count $nic tx_packets) -gt 100 ]] || fail "$nic has sent next to nothing"
		[[ $(link_count $nic tx_bytes) -gt $((received / 4)) ]] || fail "$nic has sent few bytes"
	done
	# Large segments go to the NIC in one piece.
	[[ $(($(links_sum tx_bytes) / $(links_sum tx_packets))) -gt 1600 ]] ||
		fail "GSO: packets are cut before the link is chosen"
	for reason in no_link malformed too_big no_memory no_neighbour loop policy; do
		equal "drops for $reason" "$(ethtool_stat drop_$reason)" 0
	done
	mplink_unload
}

goes 10.99.0.2 $REMOTES4
goes fd99::2 $REMOTES4
goes 10.99.0.2 $REMOTES6
goes fd99::2 $REMOTES6
