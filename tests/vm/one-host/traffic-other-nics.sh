#!/bin/bash
# Guards: members that are a VLAN, a bond, or know only link-local IPv6 addresses, both
# encaps; the virtual NIC and its members in VRFs with encap none; policy routing by mark.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# virtual A|B ENCAP: mpl0 with the links in LINKS_A or LINKS_B, for both families
virtual() {
	local host=$1 encap=$2 me=1 far=2 links nics=() key=()
	[[ $host == A ]] || me=2 far=1
	links=$LINKS_A
	[[ $host == A ]] || links=$LINKS_B
	read -ra links <<<"$links"
	for ((i = 1; i < ${#links[@]}; i += 3)); do
		[[ " ${nics[*]} " == *" ${links[i]} "* ]] || nics+=("${links[i]}")
	done
	on "$host" ip link add mpl0 type mplink
	on "$host" mplink set encap "$encap"
	on "$host" mplink nic add "${nics[@]}"
	on "$host" mplink peer add 10.99.0.$far "${links[@]}"
	[[ $encap == none ]] || key=(key 6)
	on "$host" mplink peer add fd99::$far "${key[@]}" "${links[@]}"
	on "$host" ip addr add 10.99.0.$me/24 dev mpl0
	on "$host" ip addr add fd99::$me/64 dev mpl0 nodad
	on "$host" ip link set mpl0 up
}

# works WHAT: both encaps, both families, over all links
works() {
	local what=$1 encap address count=$2
	for encap in none gre-udp; do
		virtual A $encap
		virtual B $encap
		wait_until 20 links_valid $((2 * count))
		for address in 10.99.0.2 fd99::2; do
			wait_until 10 ping -qc1 -W1 $address
			check "$what, $encap: $address" ping -qc6 -i0.1 -W2 -I mpl0 $address
			check "$what, $encap: long ones to $address" ping -qc4 -i0.1 -W2 -s 4000 $address
		done
		for dir in tx rx; do
			equal "$what, $encap: links that have no ${dir}_packets" \
				"$(grep -cx 0 /sys/class/net/mpl0/mplink/peers/*/links/*/${dir}_packets | grep -c ':1$' || true)" 0
		done
		ip link del mpl0
		ip -n B link del mpl0
	done
}

modprobe -a 8021q vrf
modprobe bonding max_bonds=0
topology 3 B_WITHOUT_VIRTUAL
mplink_load

# Link-local addresses only.
ip addr flush dev eth2
in_b ip addr flush dev eth2
ip addr add fe80::1/64 dev eth2 nodad
in_b ip addr add fe80::2/64 dev eth2 nodad
LINKS_A="link eth2 fe80::2" LINKS_B="link eth2 fe80::1"
works "link-local addresses" 1

for host in A B; do
	me=$([[ $host == A ]] && echo 1 || echo 2)
	on $host ip link add link eth1 name eth1.10 type vlan id 10
	on $host ip addr add "10.1.1.$me/24" dev eth1.10
	on $host ip link set eth1.10 up
	on $host ip link add bond7 type bond mode balance-rr miimon 50
	for nic in eth2 eth3; do
		on $host ip link set $nic down
		on $host ip link set $nic master bond7
	done
	on $host ip addr add "10.1.2.$me/24" dev bond7
	on $host ip link set bond7 up
done
LINKS_A="link eth1.10 10.1.1.2 link bond7 10.1.2.2" LINKS_B="link eth1.10 10.1.1.1 link bond7 10.1.2.1"
works "a VLAN and a bond" 2

# All in one VRF: pings come from there.
for host in A B; do
	on $host ip link add v7 type vrf table 7
	on $host ip link set v7 up
	for nic in eth1.10 bond7; do
		on $host ip link set $nic master v7
	done
	virtual $host none
	on $host ip link set mpl0 master v7
done
wait_until 20 links_valid 4
wait_until 10 ping -qc1 -W1 -I v7 10.99.0.2
check "in a VRF" ping -qc6 -i0.1 -W2 -I v7 10.99.0.2
ip addr add fd99::1/64 dev mpl0 nodad 2>/dev/null || true
in_b ip addr add fd99::2/64 dev mpl0 nodad 2>/dev/null || true
wait_until 10 ping -qc1 -W1 -I v7 fd99::2
check "in a VRF, IPv6" ping -qc6 -i0.1 -W2 -I v7 fd99::2
# Members in the VRF, mpl0 outside.
for host in A B; do
	on $host ip link set mpl0 nomaster
	on $host ip addr add "fd99::$([[ $host == A ]] && echo 1 || echo 2)/64" dev mpl0 nodad 2>/dev/null || true
done
wait_until 20 links_valid 4
for address in 10.99.0.2 fd99::2; do
	wait_until 10 ping -qc1 -W1 $address
	check "members in a VRF: $address" ping -qc6 -i0.1 -W2 $address
done
for host in A B; do
	on $host ip link del v7
done
wait_until 20 links_valid 4

# Marked packets go by the virtual NIC, others by a NIC.
in_b ip addr add 192.168.7.1/24 dev lo
in_b ip addr add fd07::1/64 dev lo nodad
ip rule add fwmark 5 table 55
ip -6 rule add fwmark 5 table 55
ip route add 192.168.7.0/24 via 10.99.0.2 dev mpl0 table 55
ip -6 route add fd07::/64 via fd99::2 dev mpl0 table 55
for address in 192.168.7.1 fd07::1; do
	before=$(links_sum tx_packets)
	check "marked, to $address" ping -qc4 -i0.1 -W2 -m 5 $address
	[[ $(links_sum tx_packets) -ge $((before + 4)) ]] || fail "$address: marked packets did not go by the links"
done
ip link del mpl0
ip -n B link del mpl0
