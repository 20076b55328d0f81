#!/bin/bash
# by default: uml
# timeout: 400
# Answers: with several providers, each has a table for packets from its own address, or
# a default of its own told apart by metric; a link found neither, and did not see the
# second default come, change its gateway or go. What it sent came from the NIC's first
# address, whatever the route said.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

link_is() { # link_is REASON
	[[ $(attr "peers/$PEER/links/eth2/reason") == "$1" ]]
}

# What B gets by eth2 when A sends, as "SOURCE > DESTINATION.PORT" and MAC addresses.
seen() {
	in_b timeout 20 tcpdump -lnei eth2 -c 6 "udp dst port 4754" 2>/dev/null &
	local dump=$!
	while kill -0 $dump 2>/dev/null; do
		ping -qc2 -i0.2 -W0.1 "$PEER" >/dev/null || true
	done
}

leaves_from() { # leaves_from ADDRESS [MAC]
	local last

	last=$(seen | tail -1)
	echo "$last"
	[[ $last == *"${2:-}"*" $1."* ]]
}

# The same for both families: NET.2.1 is eth2's address, NET.2.2 the router's.
several_providers() { # several_providers IP-FAMILY NET REMOTE
	local ip="ip $1" net=$2 remote=$3

	equal "$1: without a route" "$(attr "peers/$PEER/links/eth2/reason")" no-route
	# A table for packets from its own address.
	$ip route replace default via "${net}2" dev eth2 table 102
	$ip rule add from "${net}1" table 102
	wait_until 5 link_is none
	check "$1: table" leaves_from "${net}1"
	$ip rule del from "${net}1" table 102
	wait_until 5 link_is no-route

	# A default of its own, behind that of the other NIC.
	$ip route add default via "${net/2/1}2" dev eth1 metric 100
	$ip route add default via "${net}2" dev eth2 metric 200
	wait_until 5 link_is none
	$ip route replace default via "${net}11" dev eth2 metric 200
	check "$1: the new gateway" leaves_from "${net}1" 02:00:00:00:00:11
	$ip route del default dev eth2
	wait_until 5 link_is no-route

	# The route says from where.
	$ip route add "$remote" via "${net}2" dev eth2 src "${net}50"
	wait_until 5 link_is none
	check "$1: the route's source" leaves_from "${net}50"
	$ip route del "$remote"
	wait_until 5 link_is no-route

	# One route over both NICs, of next hops and of next hop objects.
	$ip route replace default metric 100 nexthop via "${net/2/1}2" dev eth1 \
		nexthop via "${net}2" dev eth2
	wait_until 5 link_is none
	$ip route del default
	wait_until 5 link_is no-route
	$ip nexthop add id 1 via "${net/2/1}2" dev eth1
	$ip nexthop add id 2 via "${net}2" dev eth2
	ip nexthop add id 3 group 1/2
	$ip route add default nhid 3
	wait_until 5 link_is none
	ip nexthop flush >/dev/null 2>&1
	wait_until 5 link_is no-route
}

topology 2
in_b ip addr add 10.9.2.2 dev lo
in_b ip addr add fd09::2 dev lo
ip addr add 10.0.2.50/24 dev eth2
# Deprecated: only a route that asks for it gets it.
ip addr add fd00:0:0:2::50/64 dev eth2 nodad preferred_lft 0
ip neigh add 10.0.2.11 lladdr 02:00:00:00:00:11 dev eth2 nud permanent
ip neigh add fd00:0:0:2::11 lladdr 02:00:00:00:00:11 dev eth2 nud permanent
mplink_load nics=eth1,eth2 encap=gre-udp peer=10.99.0.2 remotes=10.9.1.2,10.9.2.2
mplink peer add fd99::2 link eth1 fd09::1 link eth2 fd09::2
mplink_up

PEER=10.99.0.2
several_providers -4 10.0.2. 10.9.2.2
PEER=fd99::2
several_providers -6 fd00:0:0:2:: fd09::2

# A link outlives the addresses that the host changes once a day for its privacy.
sysctl -qw net.ipv6.conf.eth2.use_tempaddr=2
ip addr add fd02::1/64 dev eth2 mngtmpaddr nodad
ip -6 route add fd09::2 via fd00:0:0:2::2 dev eth2
ip addr del fd00:0:0:2::1/64 dev eth2
ip addr del fd00:0:0:2::50/64 dev eth2
wait_until 5 link_is none
check "there is a temporary address" grep -q temporary <(ip -6 addr show dev eth2)
check "not the temporary address" leaves_from fd02::1
