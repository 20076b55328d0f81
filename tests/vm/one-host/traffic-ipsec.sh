#!/bin/bash
# Guards: IPsec over the virtual NIC with encap none, IPv4 and IPv6, transport and tunnel mode,
# by policies of the addresses and by an xfrm interface, for packets of this host and for
# packets it forwards: only ESP is on the cables, and the answers are understood. A policy
# that blocks, and one without a state, let nothing out.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

AUTH=0x$(printf '11%.0s' {1..32})
ENC=0x$(printf '22%.0s' {1..16})

# both ARGS...: `ip xfrm` in A and in B
both() {
	ip xfrm "$@"
	ip -n B xfrm "$@"
}

forget() {
	both policy flush
	both state flush
}

# states MODE [ARGS...]: between the virtual addresses of FAMILY
states() {
	local mode=$1 pair from to spi
	shift
	for pair in "$A $B 0x100" "$B $A 0x200"; do
		read -r from to spi <<<"$pair"
		both state add src "$from" dst "$to" proto esp spi "$spi" reqid 1 mode "$mode" \
			auth 'hmac(sha256)' "$AUTH" enc 'cbc(aes)' "$ENC" "$@"
	done
}

# policies MODE NEAR FAR [ARGS...]: from NEAR to FAR, and back
policies() {
	local mode=$1 near=$2 far=$3 out in
	shift 3
	out=("$@" tmpl src "$A" dst "$B" proto esp reqid 1 mode "$mode")
	in=("$@" tmpl src "$B" dst "$A" proto esp reqid 1 mode "$mode")
	ip xfrm policy add src "$near" dst "$far" dir out "${out[@]}"
	ip xfrm policy add src "$far" dst "$near" dir in "${in[@]}"
	ip xfrm policy add src "$far" dst "$near" dir fwd "${in[@]}"
	ip -n B xfrm policy add src "$far" dst "$near" dir out "${in[@]}"
	ip -n B xfrm policy add src "$near" dst "$far" dir in "${out[@]}"
}

# encrypted WHAT CMD...: CMD succeeds, and what it sends is ESP only
encrypted() {
	local what="IPv$FAMILY, $1"
	shift
	zero
	check "$what" "$@"
	equal "$what: packets in the clear" "$(counted clear)" 0
	[[ $(counted esp) -ge 4 ]] || fail "$what: $(counted esp) packets of ESP"
}

# silent WHAT CMD...: CMD fails, and nothing leaves
silent() {
	local what="IPv$FAMILY, $1"
	shift
	zero
	"$@" >/dev/null 2>&1 && fail "$what: there was an answer"
	equal "$what: packets in the clear" "$(counted clear)" 0
	equal "$what: ESP" "$(counted esp)" 0
}

modprobe -a esp4 esp6 xfrm_user xfrm_interface authenc cbc
modprobe -a xfrm4_tunnel tunnel6 2>/dev/null || true
three_links
mplink peer add fd99::2 link eth1 fd00:0:0:1::2 link eth2 fd00:0:0:2::2 link eth3 fd00:0:0:3::2
# A host behind A, and networks behind both.
ip netns add C
ip link add c0 type veth peer name c1 netns C
ip addr add 192.168.6.254/24 dev c0
ip addr add fd06::fe/64 dev c0 nodad
ip link set c0 up
ip -n C addr add 192.168.6.1/24 dev c1
ip -n C addr add fd06::1/64 dev c1 nodad
ip -n C link set c1 up
ip -n C route add default via 192.168.6.254
ip -n C route add default via fd06::fe
in_b ip addr add 192.168.7.1/24 dev lo
in_b ip addr add fd07::1/64 dev lo nodad
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
count_on_cables clear esp <<-END
	meta l4proto { udp, tcp } counter name n_clear
	icmp type { echo-request, echo-reply } counter name n_clear
	icmpv6 type { echo-request, echo-reply } counter name n_clear
	meta l4proto { ipip, ipv6 } counter name n_clear
	meta l4proto esp counter name n_esp
END
wait_until 10 links_valid 6

for FAMILY in 4 6; do
	if [[ $FAMILY == 4 ]]; then
		A=10.99.0.1 B=10.99.0.2 NEAR=192.168.6.1 FAR=192.168.7.1 BITS=32 NET=24 ANY=0.0.0.0/0 THROUGH=10.97.0.
		NEAR_OTHER=fd98::1 FAR_OTHER=fd98::2 VIA=fd99::2 BACK=fd00:0:0:1::1
		ip route add 192.168.7.0/24 via $B dev mpl0
		ip -n B route add 192.168.6.0/24 via 10.0.1.1 src $FAR
	else
		A=fd99::1 B=fd99::2 NEAR=fd06::1 FAR=fd07::1 BITS=128 NET=64 ANY=::/0 THROUGH=fd97::
		NEAR_OTHER=10.98.0.1 FAR_OTHER=10.98.0.2 VIA=10.99.0.2 BACK=10.0.1.1
		ip route add fd07::/64 via $B dev mpl0
		ip -n B route add fd06::/64 via fd00:0:0:1::1 src $FAR
	fi
	states transport
	policies transport $A/$BITS $B/$BITS
	encrypted "transport mode" ping -qc4 -i0.1 -W2 $B
	encrypted "transport mode, cut to pieces" ping -qc4 -i0.1 -W2 -s 4000 $B
	forget

	states tunnel flag af-unspec
	policies tunnel $A/$BITS $FAR/$NET
	encrypted "tunnel mode" ping -qc4 -i0.1 -W2 -I $A $FAR
	policies tunnel $NEAR/$NET $FAR/$NET
	encrypted "tunnel mode, forwarded" ip netns exec C ping -qc4 -i0.1 -W2 $FAR
	# What is inside is of the other family.
	ip addr add $NEAR_OTHER dev lo
	in_b ip addr add $FAR_OTHER dev lo
	ip route add $FAR_OTHER via $VIA dev mpl0
	ip -n B route add $NEAR_OTHER via $BACK
	policies tunnel $NEAR_OTHER $FAR_OTHER
	encrypted "tunnel mode around the other family" ping -qc4 -i0.1 -W2 -I $NEAR_OTHER $FAR_OTHER
	forget

	# An xfrm interface: its routes say what is encrypted.
	states tunnel if_id 7
	ip link add x0 type xfrm dev mpl0 if_id 7
	ip -n B link add x0 type xfrm if_id 7
	ip link set x0 up
	ip -n B link set x0 up
	ip addr add ${THROUGH}1/$NET dev x0
	ip -n B addr add ${THROUGH}2/$NET dev x0
	policies tunnel $ANY $ANY if_id 7
	wait_until 10 ping -qc1 -W1 ${THROUGH}2
	encrypted "an xfrm interface" ping -qc4 -i0.1 -W2 ${THROUGH}2
	ip link del x0
	ip -n B link del x0
	forget

	ip xfrm policy add dst $B/$BITS dir out action block
	silent "a policy that blocks" ping -qc2 -i0.1 -W1 $B
	ip xfrm policy flush
	ip xfrm policy add dst $B/$BITS dir out tmpl src $A dst $B proto esp reqid 9 mode transport
	silent "a policy without a state" ping -qc2 -i0.1 -W1 $B
	forget
	check "IPv$FAMILY, without policies" ping -qc2 -i0.1 -W2 $B
done
