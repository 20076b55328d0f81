#!/bin/bash
# by default: uml
# timeout: 300
# Answers: the pointer to a NIC's address was kept while the address was removed.
# Under traffic: removed, added back, replaced by another, secondary promoted.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
TCP_RATE=20M tcp_start
udp_start
ip addr del 10.0.2.1/24 dev eth2
equal "removed: reason" "$(attr nics/eth2/reason)" no-address
link_silent eth2
ip addr add 10.0.2.1/24 dev eth2
equal "added back: address" "$(attr nics/eth2/address)" 10.0.2.1
link_carries eth2

ip addr del 10.0.2.1/24 dev eth2
ip addr add 10.0.2.7/24 dev eth2
equal "changed: address" "$(attr nics/eth2/address)" 10.0.2.7
equal "changed: valid" "$(attr nics/eth2/valid)" 1
link_carries eth2

sysctl -qw net.ipv4.conf.eth2.promote_secondaries=1
ip addr add 10.0.2.8/24 dev eth2
equal "a second one: address" "$(attr nics/eth2/address)" 10.0.2.7
ip addr del 10.0.2.7/24 dev eth2
equal "promoted: address" "$(attr nics/eth2/address)" 10.0.2.8
equal "promoted: valid" "$(attr nics/eth2/valid)" 1
link_carries eth2

for _ in 1 2 3 4 5; do
	ip addr flush dev eth2
	ip addr add 10.0.2.1/24 dev eth2
done
link_carries eth2
tcp_moves
tcp_stop
udp_stop
counted_alike
