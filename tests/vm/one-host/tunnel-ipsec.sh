#!/bin/bash
# Answers: IPsec policies between the remotes of gre-udp, transport mode, IPv4 and IPv6: only
# ESP is on the cables, of data and of BFD, and long packets fit; what comes unencrypted is
# refused. With a policy that blocks, or without a state, nothing leaves, and that is counted.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"
# shellcheck source=tests/vm/lib-capture.sh
source "$(dirname "$0")/../lib-capture.sh"

AUTH=0x$(printf '11%.0s' {1..32})
ENC=0x$(printf '22%.0s' {1..16})

# both CMD...: `ip xfrm` in A and in B
both() {
	ip xfrm "$@"
	ip -n B xfrm "$@"
}

# states A B: addresses of the two ends
states() {
	local pair from to spi
	for pair in "$1 $2 0x100" "$2 $1 0x200"; do
		read -r from to spi <<<"$pair"
		both state add src "$from" dst "$to" proto esp spi "$spi" reqid 1 mode transport \
			auth 'hmac(sha256)' "$AUTH" enc 'cbc(aes)' "$ENC"
	done
}

# policies A B [block]
policies() {
	local a=$1 b=$2 what=(tmpl proto esp reqid 1 mode transport)
	[[ ${3:-} != block ]] || what=(action block)
	ip xfrm policy add src "$a" dst "$b" proto udp dir out "${what[@]}"
	ip xfrm policy add src "$b" dst "$a" proto udp dir in "${what[@]}"
	ip -n B xfrm policy add src "$b" dst "$a" proto udp dir out "${what[@]}"
	ip -n B xfrm policy add src "$a" dst "$b" proto udp dir in "${what[@]}"
}

drops() {
	ethtool -S mpl0 | awk -v name="drop_$1:" '$1 == name { print $2 }'
}

modprobe -a esp4 esp6 xfrm_user authenc cbc
topology 1 B_WITHOUT_VIRTUAL
for OUTER in 4 6; do
	tunnel_ends 1
	[[ $OUTER == 4 ]] && A=10.0.1.1 B=10.0.1.2 || A=fd00:0:0:1::1 B=fd00:0:0:1::2
	states "$A" "$B"
	policies "$A" "$B"
	capture cable -pi eth1 "udp or esp"
	check "a ping, encrypted" ping -qc3 -i0.1 -W2 "$PEER"
	check "a long one" ping -qc2 -i0.1 -W2 -s 4000 "$PEER"
	tcp_bytes 1
	mplink set liveness bfd
	in_b mplink set liveness bfd
	wait_until 10 grep -qx up "/sys/class/net/mpl0/mplink/peers/$PEER/links/eth1/bfd_state"
	mplink set liveness off
	in_b mplink set liveness off
	captures_end
	[[ $(captured cable ESP) -gt 10 ]] || fail "no ESP on the cable"
	equal "unencrypted packets on the cable" "$(captured cable UDP)" 0

	echo "IPv$OUTER: what comes unencrypted"
	ip xfrm policy flush
	before=$(gre_received B)
	ping -qc2 -i0.1 -W1 "$PEER" >/dev/null && fail "unencrypted packets are taken"
	equal "unencrypted packets received" "$(gre_received B)" "$before"

	for what in block stateless; do
		both policy flush
		[[ $what == block ]] || both state flush
		# shellcheck disable=SC2046 # or nothing at all
		policies "$A" "$B" $([[ $what != block ]] || echo block)
		before=$(drops policy)
		capture cable -pi eth1 "udp or esp"
		ping -qc2 -i0.1 -W1 "$PEER" >/dev/null && fail "$what: a ping is answered"
		mplink set liveness bfd
		nap 1
		mplink set liveness off
		captures_end
		equal "$what: packets on the cable" "$(captured cable 'UDP|ESP')" 0
		[[ $(drops policy) -ge $((before + 2)) ]] || fail "$what: drops are not counted"
	done
	both policy flush
	both state flush
	check "without policies" ping -qc2 -i0.1 -W2 "$PEER"
	mplink_unload
done
