#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM for the part failover: one of three links fails
# under a stream, with mplink and with its peers. Prints one line per measurement:
# "failover.FAILURE.MECHANISM LOST GAP LATE TWICE DISORDER" (see tests/bench/failover.cc). With
# replay each is made several times, and the number follows the mechanism.
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
traffic=(2000 200 1) # packets a second, bytes, ways
delay=10 # ms, each way, of cables where replay is measured
# The stream goes from $network.1 to $network.2: set_up says.
network=

lay_cables() {
	local i
	for i in 1 2 3; do
		echo "link add eth$i address $(mac 1 $i) type veth" \
			"peer name eth$i address $(mac 2 $i) netns B"
	done | ip -batch -
}

# What is in a NIC's queue is lost with it.
lengthen_cables() {
	local nic
	for nic in "${nics[@]}"; do
		echo "qdisc add dev $nic root netem limit 100000 delay ${delay}ms"
	done | tee >(tc -batch -) | tc -n B -batch -
	wait
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

# add_mplink ENCAP POLICY WEIGHT [SETTING...]     the same WEIGHT for all links; "-": none
add_mplink() {
	local host mplink=build/mplink tries=50
	insmod "$module"
	for host in 1 2; do
		connect_nics $host | in_host $host
		configuration $host 10.99.0 "$2" "$1" "$3" "$3" "$3" >/run/mplink$host.json
	done
	"$mplink" load /run/mplink1.json
	in_b "$mplink" load /run/mplink2.json
	if [[ $# -gt 3 ]]; then
		"$mplink" set dev mpl0 "${@:4}"
		in_b "$mplink" set dev mpl0 "${@:4}"
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
	mplink.replay*)
		[[ $1 != *.wide ]] || settings=(max-perflow-buffer 4096)
		lengthen_cables
		add_mplink gre-udp adaptive - "${settings[@]}" ;;
	mplink.*)
		if [[ $2 == blackhole ]]; then
			settings=(liveness bfd bfd-interval-us 10000 bfd-multiplier 3)
		fi
		add_mplink none "${1#*.}" 1 "${settings[@]}" ;;
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

# stream KEY BEFORE AFTER FILE COMMAND... <INPUT
stream() {
	"$failover" "$1" "${traffic[@]}" "${@:2:3}" - "$network.1" B "$network.2" "${@:5}"
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
	stream probe 500 0 "/sys/class/net/${nics[0]}/carrier" ip -batch - </dev/null >/dev/null
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

# measure FAILURE MECHANISM BEFORE AFTER [NUMBER]: so many ms of the stream before the failure, and
# after it
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
	stream "failover.$1.$2${5:+.$5}" "$3" "$4" "$(state "$1" "$2" "$nic")" "${command[@]}" <<<"$failure"
	tear_down "$2"
}

# It is read from the host each time.
strip -g -o /run/mplink.ko "$module"
module=/run/mplink.ko
two_hosts
ip -n B link add hole type dummy
ip -n B link set hole up
# Nothing is to be loaded when a link fails.
modprobe -a bonding team team_mode_roundrobin sch_ingress cls_matchall act_gact act_mirred
for failure in "${failures[@]}"; do
	for mechanism in "${mechanisms[@]}"; do
		measure "$failure" "$mechanism" 500 2000
	done
done
# The mechanism, deaths of each kind, traffic, and the kinds.
while read -ru 3 mechanism deaths rate size ways kinds; do
	traffic=("$rate" "$size" "$ways")
	for failure in $kinds; do
		for ((number = 1; number <= deaths; number++)); do
			# Never at the same moment between two marks.
			measure "$failure" "$mechanism" $((500 + 7 * number)) 600 "$number"
		done
	done
done 3<<-END
	mplink.replay 10 2000 200 1 ${failures[*]}
	mplink.replay.both 10 2000 200 2 ${failures[*]}
	mplink.replay.fast 5 20000 1250 1 ${failures[*]}
	mplink.replay.fast.wide 5 20000 1250 1 blackhole
END
echo end
