#!/bin/bash
# Guards: a subnet behind the peer, routed via its virtual address, is reached over
# all links, IPv4 and IPv6; what is routed via nobody's address is counted.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# From one CPU, for each takes the links in turn by itself.
six_pings() {
	check "pings to $*" taskset -c 0 ping -qc6 -i0.2 -W2 "$@"
}

three_links
ip -n B addr add 192.168.7.1/24 dev lo
ip -n B addr add fd07::1/64 dev lo nodad
ip route add 192.168.7.0/24 via 10.99.0.2 dev mpl0
six_pings 192.168.7.1
six_pings -s 5000 192.168.7.1
for nic in eth1 eth2 eth3; do
	[[ $(link_count $nic tx_packets) -ge 2 ]] || fail "$nic has carried nothing"
done

before=$(ethtool_stat drop_no_peer)
ping -qc3 -i0.2 -W1 10.99.0.77 && fail "somebody has answered for 10.99.0.77"
equal "drops of packets for no peer" "$(ethtool_stat drop_no_peer)" $((before + 3))
equal "the same, as ip -s link shows it" "$(stat tx_dropped)" \
	$(($(ethtool_stat drop_no_peer) + $(ethtool_stat drop_no_peer_multicast)))
mplink_unload

for remotes in $REMOTES4 $REMOTES6; do
	mplink_load nics=$NICS peer=fd99::2 "remotes=$remotes"
	mplink_up
	wait_until 10 links_valid 3
	ip -6 route add fd07::/64 via fd99::2 dev mpl0
	six_pings fd07::1
	for nic in eth1 eth2 eth3; do
		[[ $(link_count $nic tx_packets) -ge 2 ]] || fail "$nic has carried nothing"
	done
	mplink_unload
done
