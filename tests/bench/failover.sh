#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM for the part failover: one of three links fails
# under a stream, with mplink and with its peers. Prints one line per measurement:
# "failover.FAILURE.MECHANISM LOST GAP LATE" (see tests/bench/failover.cc).
#
# usage: tests/bench/failover.sh
#
#   admin      A sets its NIC down
#   carrier    the far end goes down: of A's NIC only the carrier bit changes
#   delete     A's NIC is deleted, and with it, as of any veth, the far end's
#   blackhole  the far end takes nothing in and lets nothing out, and both carriers stay
#
# Both ends use the mechanism. Each measurement lays its own cables and removes all
# that it has made: else the next could not make it again.
set -Eeuo pipefail
# shellcheck source=tests/bench/lib.sh
source "$(dirname "$0")/lib.sh"

failover=$PWD/build/bench/failover
failures=(admin carrier delete blackhole)
mechanisms=(bonding.balance-rr bonding.active-backup bonding.active-backup-arp
	team.roundrobin ecmp
	mplink.balance-rr mplink.balance-xor mplink.active-backup mplink.broadcast)
nics=(eth1 eth2 eth3)
seconds=2 # of the stream after the failure
# The stream goes from $network.1 to $network.2: set_up says.
network=

lay_cables() {
	local i
	for i in 1 2 3; do
		echo "link add eth$i address $(mac 1 $i) type veth" \
			"peer name eth$i address $(mac 2 $i) netns B"
	done | ip -batch -
}

# enslave HOST DEV: the NICs to DEV, and DEV in network 10.2.0.
enslave() {
	local nic
	for nic in "${nics[@]}"; do
		echo "link set $nic master $2"
	done
	connect "$1" "$2" 10.2.0 1
}

# add_bond MODE OPTION...
add_bond() {
	local host
	for host in 1 2; do
		{
			echo "link add bond0 address $(mac $host 1) type bond mode $1" \
				"${@:2}" | sed "s/FAR_END/10.2.0.$((3 - host))/"
			enslave $host bond0
		} | in_host $host
	done
	network=10.2.0
	sleep 2 # until the monitors have seen the slaves, and each other
}

# What teamd would do; whether a port has its carrier the kernel sees itself.
add_team() {
	local host
	for host in 1 2; do
		echo "link add team0 address $(mac $host 1) type team" | in_host $host
	done
	teamnl team0 setoption mode "$1"
	in_b teamnl team0 setoption mode "$1"
	for host in 1 2; do
		enslave $host team0 | in_host $host
	done
	network=10.2.0
	sleep 2
}

# By flow, and by no way whose carrier is off; neither is the default.
add_ecmp() {
	echo 1 >/proc/sys/net/ipv4/fib_multipath_hash_policy
	echo 1 >/proc/sys/net/ipv4/conf/all/ignore_routes_with_linkdown
	{
		connect_nics 1
		echo "addr add 10.99.0.1/32 dev lo"
		echo "route add 10.99.0.2 src 10.99.0.1 nexthop via 10.0.1.2" \
			"nexthop via 10.0.2.2 nexthop via 10.0.3.2"
	} | in_host 1
	{
		connect_nics 2
		echo "addr add 10.99.0.2/32 dev lo"
	} | in_host 2
	network=10.99.0
}

# The route goes with its nexthops' devices.
remove_ecmp() {
	echo "addr del 10.99.0.1/32 dev lo" | in_host 1
	echo "addr del 10.99.0.2/32 dev lo" | in_host 2
	echo 0 >/proc/sys/net/ipv4/fib_multipath_hash_policy
	echo 0 >/proc/sys/net/ipv4/conf/all/ignore_routes_with_linkdown
}

all_valid() {
	[[ $(cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/*/valid) == $'1\n1\n1' ]]
}

# add_mplink POLICY [SETTING...]
add_mplink() {
	local host mplink=build/mplink tries=50
	insmod "$module"
	for host in 1 2; do
		connect_nics $host | in_host $host
		configuration $host 10.99.0 "$1" none 1 1 1 >/run/mplink$host.json
	done
	"$mplink" load /run/mplink1.json
	in_b "$mplink" load /run/mplink2.json
	if [[ $# -gt 1 ]]; then
		"$mplink" set dev mpl0 "${@:2}"
		in_b "$mplink" set dev mpl0 "${@:2}"
	fi
	for host in 1 2; do
		printf '%s\n' "addr add 10.99.0.$host/24 dev mpl0" "link set mpl0 up" | in_host $host
	done
	network=10.99.0
	until all_valid; do
		if [[ $((tries--)) -eq 0 ]]; then
			echo "failover.sh: not all links of mplink $* are valid after 5 s" >&2
			return 1
		fi
		sleep 0.1
	done
}

# set_up MECHANISM FAILURE
set_up() {
	local settings=()
	lay_cables
	case $1 in
	bonding.active-backup-arp)
		add_bond active-backup arp_interval 100 arp_ip_target FAR_END ;;
	bonding.*) add_bond "${1#*.}" miimon 100 ;;
	team.*) add_team "${1#*.}" ;;
	ecmp) add_ecmp ;;
	mplink.*)
		if [[ $2 == blackhole ]]; then
			settings=(liveness bfd bfd-interval-us 10000 bfd-multiplier 3)
		fi
		add_mplink "${1#*.}" "${settings[@]}" ;;
	esac
}

tear_down() {
	local dev host nic
	case $1 in
	bonding.*) dev=bond0 ;;
	team.*) dev=team0 ;;
	mplink.*) dev=mpl0 ;;
	esac
	for host in 1 2; do
		[[ $1 == ecmp ]] || echo "link del $dev" | in_host $host
	done
	for nic in "${nics[@]}"; do
		[[ ! -e /sys/class/net/$nic ]] || echo "link del $nic"
	done | ip -batch -
	case $1 in
	ecmp) remove_ecmp ;;
	mplink.*) rmmod mplink ;;
	esac
}

# stream KEY SECONDS FILE COMMAND... <INPUT
stream() {
	"$failover" "$1" "$2" "$3" - "$network.1" B "$network.2" "${@:4}"
}

sent() {
	local nic count
	for nic in "${nics[@]}"; do
		read -r count <"/sys/class/net/$nic/statistics/tx_packets"
		echo "$count"
	done
}

# The NIC by which most of the stream leaves.
carrying() {
	local before after i best=0
	mapfile -t before < <(sent)
	stream probe 0 "/sys/class/net/${nics[0]}/carrier" ip -batch - </dev/null >/dev/null
	mapfile -t after < <(sent)
	for i in "${!nics[@]}"; do
		[[ $((after[i] - before[i])) -le $((after[best] - before[best])) ]] || best=$i
	done
	echo "${nics[best]}"
}

# What A itself takes for the link's state: a file.
state() {
	case $1.$2 in
	blackhole.bonding.*) echo "/sys/class/net/$3/bonding_slave/mii_status" ;;
	blackhole.mplink.*) echo "/sys/class/net/mpl0/mplink/peers/10.99.0.2/links/$3/valid" ;;
	*) echo "/sys/class/net/$3/carrier" ;;
	esac
}

# measure FAILURE MECHANISM
measure() {
	local nic command=(ip -batch -) failure
	set_up "$2" "$1"
	nic=$(carrying)
	case $1 in
	admin) failure="link set $nic down" ;;
	carrier) command=(ip -n B -batch -) failure="link set $nic down" ;;
	delete) failure="link del $nic" ;;
	blackhole)
		command=(tc -n B -batch -)
		failure="qdisc add dev $nic clsact
			filter add dev $nic ingress matchall action drop
			filter add dev $nic egress matchall action mirred egress redirect dev hole"
		;;
	esac
	stream "failover.$1.$2" "$seconds" "$(state "$1" "$2" "$nic")" "${command[@]}" <<<"$failure"
	tear_down "$2"
}

two_hosts
ip -n B link add hole type dummy
ip -n B link set hole up
# Nothing is to be loaded when a link fails.
modprobe -a bonding team team_mode_roundrobin sch_ingress cls_matchall act_gact act_mirred
for failure in "${failures[@]}"; do
	for mechanism in "${mechanisms[@]}"; do
		measure "$failure" "$mechanism"
	done
done
echo end
