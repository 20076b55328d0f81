#!/bin/bash
# Guards: a tunnel that is a NIC (gre) may learn a smaller path MTU. Long packets are then
# refused with an ICMP error, and pass again when the path MTU has grown again. IPv4 and IPv6
# peers and remotes, both encaps.
# by default: uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# virtual_nics ENCAP FAR: on both hosts, over t0 to the remote that is FAR seen from here
virtual_nics() {
	local host me peer key
	for host in "" in_b; do
		me=$([[ -z $host ]] && echo 1 || echo 2)
		$host ip link add mpl0 type mplink
		$host mplink set encap "$1"
		$host mplink nic add t0
		key=()
		for peer in 10.99.0.$((3 - me)) fd99::$((3 - me)); do
			$host mplink peer add $peer "${key[@]}" link t0 "${2%2}$((3 - me))"
			[[ $1 == none ]] || key=(key 6)
		done
		$host ip addr add "10.99.0.$me/24" dev mpl0
		$host ip addr add "fd99::$me/64" dev mpl0 nodad
		$host ip link set mpl0 up
	done
}

long_ping() {
	ping -qc"$1" -i0.1 -W1 -M "do" -s 1330 "$2"
}

modprobe ip_gre
topology 1
sysctl -qw net.ipv4.route.mtu_expires=1 net.ipv6.route.mtu_expires=1
for host in "" in_b; do
	me=$([[ -z $host ]] && echo 1 || echo 2)
	$host ip link add t0 type gre local "10.0.1.$me" remote 10.0.1.$((3 - me)) ttl 64
	$host ip link set t0 addrgenmode none
	$host ip addr add "10.8.0.$me/24" dev t0
	$host ip addr add "fd08::$me/64" dev t0 nodad
	$host ip link set t0 up
	$host ip addr del 10.99.0.2/32 dev lo 2>/dev/null || true
	$host ip addr del fd99::2/128 dev lo 2>/dev/null || true
done
for encap in none gre-udp; do
	for far in 10.8.0.2 fd08::2; do
		mplink_load
		virtual_nics $encap $far
		wait_until 10 links_valid 2
		for peer in 10.99.0.2 fd99::2; do
			what="$encap, $peer over t0 to $far"
			wait_until 10 ping -qc1 -W1 $peer
			# What was learned of the other peer holds for a second.
			echo "$what: long"
			wait_until 10 long_ping 3 $peer
			ip route add 10.0.1.2 dev eth1 mtu 1340
			long_ping 3 $peer >/dev/null 2>&1 && fail "$what: 1340 does not hold"
			ip route del 10.0.1.2 dev eth1
			wait_until 10 long_ping 1 $peer
		done
		ip link del mpl0
		ip -n B link del mpl0
		mplink_unload
	done
done
