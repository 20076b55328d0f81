#!/bin/bash
# Guards: segmentation offload. With GSO a packet longer than the MTU enters mpl0 whole,
# and with GRO one comes out of it at the far end; with either, both or none of them, and
# with NICs that can do nothing for us, every byte arrives as it was.
# Answers: kernel BUG in skb_shift: GRO took packets apart that TCP still had.
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

# Packets of TCP longer than the MTU.
LONG=(-i mpl0 'tcp and greater 2000')

# goes GSO GRO
goes() {
	local out in
	ethtool -K mpl0 tso "$1" gso "$1" >/dev/null
	in_b ethtool -K mpl0 gro "$2"
	capture out -Q out "${LONG[@]}"
	capture_b in -Q in "${LONG[@]}"
	tcp_bytes 1
	captures_end
	out=$(captured out) in=$(captured in)
	echo "IPv$INNER over IPv$OUTER, GSO $1, GRO $2: longer than the MTU $out out, $in in"
	[[ $1 == off && $out -eq 0 || $1 == on && $out -gt 5 ]] ||
		fail "GSO $1: $out packets longer than the MTU entered mpl0"
	[[ $2 == off && $in -eq 0 || $2 == on && $in -gt 5 ]] ||
		fail "GRO $2: $in packets longer than the MTU came out of mpl0"
}

# The stock bounds of the time that a gap is waited for. What TCP sends once more, alone
# on its way, finds gaps that only the timer closes, and comes as late as that: with the
# patient one, TCP's own timers grow along, and a transfer takes a minute.
impatient() {
	on "$1" bash -c 'cd /sys/class/net/mpl0/mplink/tunnel &&
		echo 1000 >outoforder_min_us && echo 200000 >outoforder_max_us'
}

retransmitted() {
	nstat -asz TcpRetransSegs | awk '$1 == "TcpRetransSegs" { print $2 }'
}

topology 3 B_WITHOUT_VIRTUAL
for families in 44 66; do
	INNER=${families:0:1} OUTER=${families:1}
	tunnel_ends 3 "${PATIENT[@]}"
	if [[ $families == 44 ]]; then
		goes on off
		goes off on
		goes off off
	fi
	goes on on
	# No checksums, no fragments.
	for i in 1 2 3; do
		ethtool -K eth$i tx off sg off >/dev/null
		in_b ethtool -K eth$i tx off sg off >/dev/null
	done
	goes on on
	tcp_bytes 1 B
	for i in 1 2 3; do
		ethtool -K eth$i tx on sg on >/dev/null
		in_b ethtool -K eth$i tx on sg on >/dev/null
	done
	consistent
	dropped_none A
	dropped_none B
	impatient A
	impatient B
	# What TCP sends once more, and sorts by SACK, it still has, though GRO has had it.
	for i in 1 2 3; do
		delay A $i delay 2ms loss 2%
	done
	tcp_bytes 2
	[[ $(retransmitted) -gt 5 ]] || fail "netem has lost nothing"
	for i in 1 2 3; do
		tc qdisc del dev eth$i root
	done
	mplink_unload
done
