#!/bin/bash
# Guards: with encap none, a NIC that is a tunnel (vxlan, gre) whose packets come back to its
# own virtual NIC: the kernel lives, each round is bounded, and what is dropped is counted
# under `loop`, IPv4 and IPv6. The same holds for two virtual NICs, each over a tunnel over the other.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# drops_of DEV: what was dropped for a loop
drops_of() {
	cat "/sys/class/net/$1/mplink/drops/loop"
}

# tunnel NAME KIND REMOTE ADDRESS NEIGHBOUR
tunnel() {
	case $2 in
	vxlan) ip link add "$1" type vxlan id 7 remote "$3" dstport 4789 ;;
	gre) ip link add "$1" type gre remote "$3" ttl 64 ;;
	gretap) ip link add "$1" type gretap remote "$3" ;;
	esac
	# No router solicitations: they go round, too.
	ip link set "$1" addrgenmode none
	ip addr add "$4/24" dev "$1"
	ip link set "$1" up
	# Older kernels give gretap a queue.  In a queue a packet leaves the chain of calls that
	# shows the loop, and goes round until it is too long.
	tc qdisc replace dev "$1" root noqueue
	[[ $2 == gre ]] || ip neigh replace "$5" lladdr 02:00:00:00:00:01 dev "$1"
}

# virtual NAME ADDRESS PEER NIC REMOTE
virtual() {
	ip link add "$1" type mplink
	ip link set "$1" addrgenmode none
	mplink nic add dev "$1" "$4"
	mplink peer add dev "$1" "$3" link "$4" "$5"
	# shellcheck disable=SC2046 # or nothing at all
	ip addr add "$2" dev "$1" $([[ $2 != *:* ]] || echo nodad)
	ip link set "$1" up
	wait_until 10 grep -qx 1 "/sys/class/net/$1/mplink/nics/$4/valid"
}

modprobe -a vxlan ip_gre
mplink_load
log_mark
for kind in vxlan gre gretap; do
	for family in 4 6; do
		peer=10.99.0.2 near=10.99.0.1/24
		[[ $family == 4 ]] || peer=fd99::2 near=fd99::1/64
		# A peer of IPv4 is where the tunnel leads.
		tunnel t0 $kind 10.99.0.2 10.7.0.1 10.7.0.2
		virtual mpl0 $near $peer t0 10.7.0.2
		if [[ $family == 6 ]]; then
			mplink peer add 10.99.0.2 link t0 10.7.0.2
			ip addr add 10.99.0.1/24 dev mpl0
		fi
		ping -qc3 -i0.2 -W1 $peer >/dev/null && fail "$kind: somebody has answered"
		equal "$kind, IPv$family: dropped for a loop" "$(drops_of mpl0)" 3
		ip link del mpl0
		ip link del t0
	done
done

# Two, each over the other.
tunnel t0 vxlan 10.98.0.2 10.7.0.1 10.7.0.2
virtual mpl0 10.99.0.1/24 10.99.0.2 t0 10.7.0.2
tunnel t1 gretap 10.99.0.2 10.8.0.1 10.8.0.2
virtual mpl1 10.98.0.1/24 10.98.0.2 t1 10.8.0.2
ping -qc3 -i0.2 -W1 10.99.0.2 >/dev/null && fail "somebody has answered"
equal "two above each other: dropped for a loop" $(($(drops_of mpl0) + $(drops_of mpl1))) 3
ip link del mpl0
ip link del mpl1
expect_no_log "Dead loop"
