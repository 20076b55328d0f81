#!/bin/bash
# by default: uml
# timeout: 300
# Answers: IPv6 addresses change under no lock that a notifier may wait for, and
# are tentative before they may be used. A NIC with an IPv6 remote follows its
# IPv6 address, and its IPv4 address is of no concern to it.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

LINKS=/sys/class/net/mpl0/mplink/peers/fd99::2/links

nic_is() {
	[[ $(attr nics/eth2/reason) == "$1" ]]
}

topology 2
mplink_load nics=eth1,eth2 peer=fd99::2 remotes=fd00:0:0:1::2,fd00:0:0:2::2
mplink_up
in_b ip -6 route replace fd99::1 src fd99::2 via fd00:0:0:1::1
wait_until 10 ping -qc1 -W1 fd99::2
udp_start fd99::2
link_carries eth2
equal "address" "$(attr nics/eth2/address)" fd00:0:0:2::1
log_mark
ip addr flush dev eth2 scope global
wait_until 5 nic_is no-address
expect_log 'eth2: .*: valid 1 -> 0 \(no-address\)$'
link_silent eth2
ip addr add 10.0.2.1/24 dev eth2
equal "with an IPv4 address: reason" "$(attr nics/eth2/reason)" no-address
ip addr add fd00:0:0:2::1/64 dev eth2 nodad
wait_until 5 nic_is none
link_carries eth2
udp_stop
udp_conserved
