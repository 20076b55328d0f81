#!/bin/bash
# Guards: links carry IP, not frames: what would put frames on the virtual NIC is refused,
# by a text that says what to do instead; ipvlan in mode l3 and VRFs are taken.
# by default: uml
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# refused WHAT CMD...: and there is no trace of it.
refused() {
	local what=$1 text
	shift
	text=$("$@" 2>&1) && fail "$what on the virtual NIC is taken"
	[[ $text == *"not frames"* || $text == *"VLANs not supported"* ]] || fail "$what: $text"
	if ip -o link show type "$what" | grep -v 'br0\|bond9'; then
		fail "$what is there all the same"
	fi
}

three_links
ip link add br0 type bridge
ip link set br0 up
refused bridge ip link set mpl0 master br0
refused macvlan ip link add mv0 link mpl0 type macvlan mode bridge
refused vlan ip link add link mpl0 name mpl0.10 type vlan id 10
ip link del br0

ip netns add C
ip link add iv0 link mpl0 netns C type ipvlan mode l3
ip -n C addr add 10.99.0.50/32 dev iv0
ip -n C link set iv0 up
ip -n C route add default dev iv0
in_b ip route add 10.99.0.50 via 10.0.1.1
check "a guest with ipvlan" ip netns exec C ping -qc3 -i0.2 -W2 10.99.0.2
ip -n C link del iv0

ip link add vrf9 type vrf table 9
ip link set vrf9 up
ip link set mpl0 master vrf9
check "from a VRF" ping -qc3 -i0.2 -W2 -I vrf9 10.99.0.2
