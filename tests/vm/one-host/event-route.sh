#!/bin/bash
# by default: uml
# timeout: 300
# Answers: a link kept sending where no route led, or by a gateway of yesterday.
# Routes come and go without any event of the NIC; the link must follow them.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

link_reason() {
	[[ $(attr "peers/10.99.0.2/links/$1/reason") == "$2" ]]
}

# The n-th gateway is its own MAC address, so that a capture tells which was used.
sees_gateway() {
	in_b timeout 30 tcpdump -lnqi eth2 -c 3 "udp and ether dst 02:00:00:00:00:$1"
}

topology 2
mplink_to_b eth1 eth2
UDP_RATE=200 udp_start
link_carries eth2
log_mark
ip route del 10.0.2.0/24 dev eth2
wait_until 15 link_reason eth2 no-route
equal "the link is valid" "$(attr peers/10.99.0.2/links/eth2/valid)" 0
equal "the NIC is valid" "$(attr nics/eth2/valid)" 1
link_silent eth2
ip route add 10.0.2.0/24 dev eth2
wait_until 15 link_reason eth2 none
link_carries eth2

# The remote behind a gateway, and then behind another.
for n in 11 12; do
	ip neigh add "10.0.2.$n" lladdr "02:00:00:00:00:$n" dev eth2 nud permanent
done
ip route add 10.0.2.2/32 via 10.0.2.11 dev eth2
check "packets take the gateway" sees_gateway 11
ip route replace 10.0.2.2/32 via 10.0.2.12 dev eth2
check "packets take the new gateway" sees_gateway 12
ip route del 10.0.2.2/32
expect_no_log 'mplink: mpl0: eth[12]: NETDEV'
udp_stop
udp_conserved
