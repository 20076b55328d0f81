#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The mechanisms that several parts of the bench measure. Each one stands at both hosts (see
# lib.sh), over all the wires that lie between them (see wires.sh).
#
#   add_mplink ENCAP POLICY WEIGHT...   a link for each weight; "-": no weight is given
#   remove_mplink
#   counter HOST NAME                   prints that counter of HOST's mpl0
#   add_mptcp                           a connection to 10.0.1.2 uses all wires
#   remove_mptcp
#   sender HOW                          sets how A's TCP looks for a flow's rate: no-hystart,
#                                       bbr, or "": as Debian has it
# shellcheck disable=SC2154 # lib.sh sets $module and $wires

mplink=$PWD/build/mplink

# What is measured is what was meant.
expect_encap() {
	local found
	found=$(cat /sys/class/net/mpl0/mplink/encap)$(in_b cat /sys/class/net/mpl0/mplink/encap)
	[[ $found == "$1$1" ]] || {
		echo "bench: mpl0's encap is $found, not $1" >&2
		return 1
	}
}

all_valid() {
	! cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/*/valid |
		grep -v 1 >/dev/null && ! in_b "$mplink" -j show | grep '"valid": *false' >/dev/null
}

add_mplink() {
	local host tries=50
	insmod "$module"
	for host in 1 2; do
		connect_nics $host | in_host $host
		configuration $host 10.99.0 "$2" "$1" "${@:3}" >/run/mplink$host.json
	done
	"$mplink" load /run/mplink1.json
	in_b "$mplink" load /run/mplink2.json
	for host in 1 2; do
		printf '%s\n' "addr add 10.99.0.$host/24 dev mpl0" "link set mpl0 up" | in_host $host
	done
	until all_valid; do
		if [[ $((tries--)) -eq 0 ]]; then
			echo "bench: not all links of mplink $* are valid after 5 s" >&2
			return 1
		fi
		sleep 0.1
	done
	expect_encap "$1"
}

remove_mplink() {
	ip link del mpl0
	ip -n B link del mpl0
	rmmod mplink
}

counter() {
	local run=()
	[[ $1 -eq 1 ]] || run=(in_b)
	"${run[@]}" ethtool -S mpl0 | awk -v name="$2:" '$1 == name { print $2; found = 1 }
		END { exit !found }'
}

# A connects to one address of B's, which then names its others.
add_mptcp() {
	local i
	connect_nics 1 | in_host 1
	connect_nics 2 | in_host 2
	ip mptcp limits set subflows $((wires - 1)) add_addr_accepted $((wires - 1))
	ip -n B mptcp limits set subflows $((wires - 1))
	for ((i = 2; i <= wires; i++)); do
		ip -n B mptcp endpoint add 10.0.$i.2 dev eth$i signal
	done
}

remove_mptcp() {
	ip -n B mptcp endpoint flush
}

sender() {
	local hystart=1 algorithm=cubic
	case $1 in
	no-hystart) hystart=0 ;;
	bbr) algorithm=bbr ;;
	esac
	echo $hystart >/sys/module/tcp_cubic/parameters/hystart
	sysctl -qw net.ipv4.tcp_congestion_control=$algorithm
}
