#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM: lays the cables, measures, and prints one
# line per measurement: "KEY NUMBER..." (see tests/bench/stream.cc for the costs;
# evenness: the bytes that each of the far end's NICs has received).
#
# usage: tests/bench/guest.sh [PART...]
#        PART: peers mplink bystanders even scale tunnel many-cpus, or
#        profile-POLICY, profile-gre-udp-POLICY, profile-gre-fou: see tests/bench/profile
#
# Between the hosts lie veth pairs: eth1..eth3 for mplink, ECMP and the baseline,
# bond1..bond3 below the bonds, plain1 for the bystander. Every neighbour is permanent.
set -Eeuo pipefail
# shellcheck source=tests/bench/lib.sh
source "$(dirname "$0")/lib.sh"

stream=$PWD/build/bench/stream
policies=(balance-rr balance-xor active-backup broadcast)
count=30000
period3=(64 512 1400)

# know HERE DEV ADDRESS THERE DEV: HERE need not ask for ADDRESS's MAC address.
know() {
	local mac
	mac=$(ip netns exec "$4" cat "/sys/class/net/$5/address")
	ip -n "$1" neigh replace "$3" lladdr "$mac" nud permanent dev "$2"
}

# couple DEV NETWORK: addresses NETWORK.1 and .2 on DEV in A and B, and up.
couple() {
	ip addr add "$2.1/24" dev "$1"
	ip -n B addr add "$2.2/24" dev "$1"
	ip link set "$1" up
	ip -n B link set "$1" up
	know A "$1" "$2.2" B "$1"
	know B "$1" "$2.1" A "$1"
}

cable() {
	ip link add "$1" type veth peer name "$1" netns B
}

# cost KEY FROM SOURCE TO DESTINATION [COPIES]: a packet's cost in both sizes.
cost() {
	local key=$1
	shift
	"$stream" cost "cost.$key" "${@:1:4}" 1000 "${5:-1}"
	"$stream" cost "cost64.$key" "${@:1:4}" 64 "${5:-1}"
}

received() {
	local dev
	for dev in "$@"; do
		in_b cat "/sys/class/net/$dev/statistics/rx_bytes"
	done
}

# even KEY DEV1,DEV2,DEV3 SOURCE DESTINATION SIZE...: sends one flow of such
# sizes from A to B.
even() {
	local key=$1 devs before after i bytes=()
	IFS=, read -ra devs <<<"$2"
	mapfile -t before < <(received "${devs[@]}")
	"$stream" send "$count" - "$3" B "$4" "${@:5}"
	mapfile -t after < <(received "${devs[@]}")
	for i in "${!devs[@]}"; do
		bytes+=($((after[i] - before[i])))
	done
	echo "$key ${bytes[*]}"
}

load() {
	insmod "$module" "$@"
}

load_mplink() {
	load nics=eth1,eth2,eth3 peer=10.99.0.2 remotes=10.0.1.2,10.0.2.2,10.0.3.2 "$@"
	ip addr add 10.99.0.1/24 dev mpl0
	ip link set mpl0 up
}

# In the kernel's hash of neighbours a chain is a few instructions longer in one boot than
# in another. It never shrinks: let it have room for more than there will be.
widen_neighbours() {
	local action i
	ip link add wide type dummy
	ip link set wide up
	for action in add del; do
		for ((i = 1; i <= 4096; i++)); do
			echo "neigh $action 10.3.$((i >> 8)).$((i & 255)) lladdr 02:00:00:00:00:01 nud permanent dev wide"
		done
	done | ip -batch -
	ip link del wide
}

lay_cables() {
	local i
	two_hosts
	widen_neighbours
	ln -s /proc/1/ns/net /run/netns/A
	for i in 1 2 3; do
		cable "eth$i"
		cable "bond$i"
		couple "eth$i" "10.0.$i"
	done
	cable plain1
	couple plain1 10.1.0
	# The virtual address, reached by ECMP or mplink, and where its answers go.
	ip -n B addr add 10.99.0.2/32 dev lo
	ip -n B route add 10.99.0.1 src 10.99.0.2 via 10.0.1.1 dev eth1
	ip -n B addr add 10.98.0.2/32 dev lo
	ip route add 10.98.0.2 nexthop via 10.0.1.2 nexthop via 10.0.2.2 nexthop via 10.0.3.2
}

add_bond() {
	local ns i
	for ns in A B; do
		ip -n "$ns" link add bond0 type bond mode "$1" miimon 100
		for i in 1 2 3; do
			ip -n "$ns" link set "bond$i" down
			ip -n "$ns" link set "bond$i" master bond0
		done
	done
	couple bond0 10.2.0
	sleep 1
}

# What all others are compared to; once in a boot.
plain_veth() {
	[[ -z ${plain:-} ]] || return 0
	plain=measured
	cost veth - 10.0.1.1 B 10.0.1.2
}

peers() {
	local mode
	modprobe bonding max_bonds=0
	plain_veth
	cost ecmp - 10.0.1.1 B 10.98.0.2
	for mode in balance-rr active-backup balance-xor; do
		add_bond "$mode"
		cost "bonding.$mode" - 10.2.0.1 B 10.2.0.2
		if [[ $mode == balance-rr ]]; then
			even even.period3.bonding.balance-rr bond1,bond2,bond3 10.2.0.1 10.2.0.2 \
				"${period3[@]}"
		fi
		ip link del bond0
		ip -n B link del bond0
	done
	modprobe -r bonding
}

mplink() {
	local policy
	for policy in "${policies[@]}"; do
		load_mplink policy="$policy"
		cost "mplink.none.$policy.out" - 10.99.0.1 B 10.99.0.2 \
			"$([[ $policy == broadcast ]] && echo 3 || echo 1)"
		cost "mplink.none.$policy.in" B 10.99.0.2 - 10.99.0.1
		rmmod mplink
	done
}

bystanders() {
	cost bystander.without - 10.1.0.1 B 10.1.0.2
	load_mplink
	cost bystander.with - 10.1.0.1 B 10.1.0.2
	rmmod mplink
	# Hooks stand in a namespace that the packets do not pass.
	load
	ip netns add C
	ip -n C link add mpl0 type mplink
	ip -n C link set mpl0 up
	cost bystander.elsewhere - 10.1.0.1 B 10.1.0.2
	ip netns del C
	sleep 1
	rmmod mplink
}

even_parts() {
	load_mplink
	even even eth1,eth2,eth3 10.99.0.1 10.99.0.2 mixed
	even even.period3 eth1,eth2,eth3 10.99.0.1 10.99.0.2 "${period3[@]}"
	rmmod mplink
	load_mplink weights=1,2,3
	even even.weights eth1,eth2,eth3 10.99.0.1 10.99.0.2 mixed
	rmmod mplink
}

# many_peers PEERS: as the command loads them; 10.99.0.2 is the last of the peers.
many_peers() {
	python3 - "$1" <<-'END'
		import json, sys
		def peer(address):
		    return {"address": address, "links": [
		        {"nic": f"eth{i}", "remote": f"10.0.{i}.2", "weight": 1} for i in (1, 2, 3)]}
		others = [f"10.{100 + i // 65536}.{i // 256 % 256}.{i % 256}"
		          for i in range(int(sys.argv[1]) - 1)]
		print(json.dumps({"devices": [{
		    "name": "mpl0", "nics": ["eth1", "eth2", "eth3"],
		    "peers": [peer(address) for address in others + ["10.99.0.2"]]}]}))
	END
}

scale() {
	local peers before took TIMEFORMAT="%U %S"
	load
	for peers in 1 100 10000; do
		many_peers "$peers" >/run/peers.json
		before=$(kernel_memory)
		took=$({ time build/mplink load /run/peers.json; } 2>&1)
		if [[ $peers -eq 10000 ]]; then
			# Of the CPU: to read the program waits for the host, and time runs on.
			echo "time.load_10000_peers_s $(awk '{ print $1 + $2 }' <<<"$took")"
			echo "memory.bytes_per_peer $((($(kernel_memory) - before) * 1024 / peers))"
		fi
		ip addr add 10.99.0.1/24 dev mpl0
		ip link set mpl0 up
		cost "peers.$peers.out" - 10.99.0.1 B 10.99.0.2
		cost "peers.$peers.in" B 10.99.0.2 - 10.99.0.1
		ip link del mpl0
	done
	rmmod mplink
}

# What a peer takes where there could be many CPUs.  Not a word of what it costs them.
many_cpus() {
	local before peers=1000
	[[ $(</sys/devices/system/cpu/possible) == 0-127 ]] ||
		{ echo "guest.sh: not the 128 CPUs that are wanted" >&2; exit 1; }
	load
	many_peers "$peers" >/run/peers.json
	before=$(kernel_memory)
	build/mplink load /run/peers.json
	echo "memory.bytes_per_peer.128cpus $((($(kernel_memory) - before) * 1024 / peers))"
	ip link del mpl0
	rmmod mplink
}

# The kernel's own GRE in UDP, sequenced, over bonding balance-rr, at both ends.
add_gre_fou() {
	local host there
	modprobe -a fou ip_gre
	modprobe bonding max_bonds=0
	add_bond balance-rr
	for host in 1 2; do
		there=$((3 - host))
		{
			echo "fou add port 4754 ipproto 47"
			echo "link add gre1 type gre local 10.2.0.$host remote 10.2.0.$there key 1" \
				"oseq iseq encap fou encap-sport auto encap-dport 4754"
			echo "addr add 10.3.0.$host/24 dev gre1"
			echo "link set gre1 up"
		} | in_host $host
	done
}

remove_gre_fou() {
	local host
	for host in 1 2; do
		printf '%s\n' "link del gre1" "link del bond0" "fou del port 4754" | in_host $host
	done
	modprobe -r bonding
}

# add_gre_udp POLICY: over the three NICs, at both ends
add_gre_udp() {
	local host
	load
	for host in 1 2; do
		configuration $host 10.97.0 "$1" gre-udp 1 1 1 >/run/mplink$host.json
	done
	build/mplink load /run/mplink1.json
	in_b build/mplink load /run/mplink2.json
	for host in 1 2; do
		printf '%s\n' "addr add 10.97.0.$host/24 dev mpl0" "link set mpl0 up" | in_host $host
	done
}

remove_gre_udp() {
	ip link del mpl0
	ip -n B link del mpl0
	rmmod mplink
}

# What a peer takes before its first packet.
gre_udp_memory() {
	local before peers=100
	load
	python3 - "$peers" >/run/peers.json <<-'END'
		import json, sys
		print(json.dumps({"devices": [{
		    "name": "mpl0", "encap": "gre-udp", "nics": ["eth1", "eth2", "eth3"],
		    "peers": [{"address": f"10.97.1.{i}", "key": i, "links": [
		        {"nic": f"eth{n}", "remote": f"10.0.{n}.2"} for n in (1, 2, 3)]}
		        for i in range(int(sys.argv[1]))]}]}))
	END
	before=$(kernel_memory)
	build/mplink load /run/peers.json
	echo "tunnel.memory_bytes_per_idle_peer $((($(kernel_memory) - before) * 1024 / peers))"
	ip link del mpl0
	rmmod mplink
}

tunnel() {
	plain_veth
	add_gre_fou
	cost gre-fou.bonding.balance-rr - 10.3.0.1 B 10.3.0.2
	remove_gre_fou
	add_gre_udp balance-rr
	cost mplink.gre-udp.balance-rr - 10.97.0.1 B 10.97.0.2
	build/mplink set checksum on
	in_b build/mplink set checksum on
	cost mplink.gre-udp.checksum - 10.97.0.1 B 10.97.0.2
	build/mplink set checksum off policy adaptive
	in_b build/mplink set checksum off policy adaptive
	cost mplink.gre-udp.adaptive - 10.97.0.1 B 10.97.0.2
	remove_gre_udp
	gre_udp_memory
}

# trace PART FROM SOURCE TO DESTINATION: sends until tests/bench/profile has seen enough.
trace() {
	"$stream" until "build/bench/traced.$1" "${@:2}" 1000
}

# profile_tunnel udp|fou NETWORK [POLICY]: what both ends do, and before it what the plain veth takes
profile_tunnel() {
	trace plain - 10.1.0.1 B 10.1.0.2
	"add_gre_$1" "${@:3}"
	cat /proc/kallsyms
	echo symbols
	trace both - "$2.1" B "$2.2"
}

profile() {
	trace plain - 10.1.0.1 B 10.1.0.2
	load_mplink policy="$1"
	cat /proc/kallsyms
	echo symbols
	trace out - 10.99.0.1 B 10.99.0.2
	trace in B 10.99.0.2 - 10.99.0.1
}

parts=("$@")
[[ ${#parts[@]} -gt 0 ]] || parts=(peers mplink bystanders even scale tunnel)
lay_cables
for part in "${parts[@]}"; do
	case $part in
	peers | mplink | bystanders | scale | tunnel) "$part" ;;
	even) even_parts ;;
	many-cpus) many_cpus ;;
	profile-gre-udp-*) profile_tunnel udp 10.97.0 "${part#profile-gre-udp-}" ;;
	profile-gre-fou) profile_tunnel fou 10.3.0 ;;
	profile-*) profile "${part#profile-}" ;;
	*) echo "guest.sh: no part $part" >&2; exit 2 ;;
	esac
done
echo end
