#!/bin/bash
# Guards: mplink doctor. Of each of these faults, brought about for real, it says what is wrong;
# its remedy, run as printed, mends it, and then nothing is wrong. It neither loads the module
# nor changes anything, and does what it can without root.
# by default: uml
# timeout: 600
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

SAID=''

doctor() {
	local status=0
	SAID=$(mplink -j doctor --wait 1) || status=$?
	return $status
}

# until_doctor SECONDS CONDITION: of jq
until_doctor() {
	local end=$((SECONDS + $1))
	shift
	until doctor || true && jq -e "$@" <<<"$SAID" >/dev/null; do
		if [[ $SECONDS -ge $end ]]; then
			jq . <<<"$SAID"
			mplink show
			fail "the doctor does not say: $*"
		fi
	done
}

well() {
	until_doctor 60 '.findings == []'
	check "status when all is well" mplink doctor --wait 1
}

# mends WHAT: a regular expression. Then runs the remedy as it is printed, where it is meant.
mends() {
	local line host
	# shellcheck disable=SC2016 # a variable of jq
	until_doctor 60 --arg what "$1" 'any(.findings[].what; test($what))'
	jq -r '.findings[].what' <<<"$SAID"
	if doctor; then
		fail "status 0, though there is: $1"
	fi
	while read -r host line; do
		echo "$host: $line"
		check "remedy" on "$host" bash -ec "$line" </dev/null
	done < <(jq -r --arg what "$1" '.findings[] | select(.what | test($what)) |
		(if .at_far_end then "B " else "A " end) + .remedy[]' <<<"$SAID")
	well
}

rp_filtered() {
	nstat -asz TcpExtIPReversePathFilter | awk '/ReversePath/ { print $2 }'
}

doctor && fail "status 0 without the module"
check "without the module" jq -e '.findings[0].what | test("loaded")' <<<"$SAID"
[[ ! -e /sys/module/mplink ]] || fail "the doctor has loaded the module"

tunnel 2
# So that something comes by each link, both ways.
ping -qi0.2 "$PEER" >/dev/null &
in_b ping -qi0.2 "$PEER_A" >/dev/null &
well

echo "--- a NIC is set down"
ip link set eth2 down
mends '^it is set down, for'

echo "--- a NIC is a port of a bridge"
ip link add br0 type bridge
ip link set eth2 down
ip link set eth2 name other
ip link set other master br0
ip link set other name eth2
ip link set eth2 up
mends '^it is a port of the bridge br0$'
ip link del br0

echo "--- the route to a remote is missing"
ip route del 10.0.2.0/24 dev eth2
mends '^no route to 10.0.2.2 over eth2$'
ip route del 10.0.2.2 dev eth2
ip route add 10.0.2.0/24 dev eth2 src 10.0.2.1

echo "--- the keys differ"
in_b mplink peer set "$PEER_A" key 5
mends 'another key than the peer'
equal "B's key" "$(in_b mplink save | jq '.devices[0].peers[0].key // 0')" 0

echo "--- a path lets less through than mpl0's MTU makes"
ip route add 10.0.2.2 dev eth2 src 10.0.2.1 mtu 1400
mends '^it carries packets of 1400 bytes'
equal "MTU" "$(</sys/class/net/mpl0/mtu)" 1360
ip route del 10.0.2.2
ip link set mpl0 mtu 1460

echo "--- the firewall drops what comes"
nft -f - <<-'END'
	table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			ct state established,related accept
			iif lo accept
			meta l4proto { icmp, ipv6-icmp } accept
			tcp dport 22 accept
		}
	}
END
ping -qc2 -i0.2 -W1 "$PEER" >/dev/null && fail "the firewall lets all through"
mends 'drops UDP port 4754 from 10.0.1.2, 10.0.2.2$'
wait_until 20 ping -qc1 -W1 "$PEER"
nft delete table inet filter

echo "--- strict reverse-path filter, and routing would answer by another NIC"
ip route add 10.0.2.2 via 10.0.1.2
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth2.rp_filter=1
filtered=$(rp_filtered)
mends 'rp_filter is strict'
[[ $(rp_filtered) -gt $filtered ]] || fail "nothing was filtered: the doctor had no reason"
ip route del 10.0.2.2

echo "--- BFD at one end only"
mplink set liveness bfd
mends '^the far end has never answered BFD'
mplink set liveness off
in_b mplink set liveness off

echo "--- the far end sends from an address that is not known here"
in_b ip addr add 10.0.2.50/24 dev eth2
in_b mplink peer set "$PEER_A" link eth2 local 10.0.2.50
mends '^(packets|questions) come from an address that is no peer'
equal "remote by eth2" "$(mplink save | jq -r '.devices[0].peers[0].links[1].remote')" 10.0.2.50

echo "--- without root"
# As on Debian.
sysctl -qw kernel.dmesg_restrict=1
said=$(setpriv --reuid 65534 --clear-groups mplink -j doctor --wait 0)
equal "not looked at" "$(jq -c '[.not_looked_at[].what]' <<<"$said")" \
	'["the firewall","the kernel log"]'

echo "--- no such device"
status=0
mplink doctor mpl9 || status=$?
equal "status for no such device" "$status" 2
