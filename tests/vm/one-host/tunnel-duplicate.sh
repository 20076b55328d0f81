#!/bin/bash
# Answers: a call, or whatever sends little, over links that lose packets. Its packets leave twice,
# by two links: next to none is lost, and nothing comes twice or out of order. A stream that sends
# much is not copied, unless its DSCP asks for it, and then only a twentieth of what the links carry.
# A peer may say otherwise than the device.
# by default: 6.1 uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

copies() { ethtool_stat tx_copies; }

# While packets are sent once more, too, what comes second counts as a replay.
came_twice() { echo $(($(reseq B duplicates) + $(gre_drops B replay))); }

# stream RATE PACKETS [ARGS...]: packets that reached B's application. Sets UDP_LOST and COPIED.
stream() {
	local rate=$1 before
	UDP_RATE=$rate
	before=$(copies)
	udp_start "$PEER" "${@:3}"
	nap $(($2 / rate))
	udp_stop
	in_order
	COPIED=$(($(copies) - before))
	echo "$rate a second: $UDP_SENT sent, $COPIED copied, $UDP_LOST lost"
}

# Of those that are sent so seldom that they are not worth a repair.
call() { stream 50 350 --size 100; }

tunnel 2
for i in 1 2; do
	delay A "$i" delay "$((i * 10))ms" loss 10%
done

# The test can fail.
call
equal "copies that nobody has asked for" "$COPIED" 0
[[ $UDP_LOST -ge 13 ]] || fail "the links do not lose enough for this test"

# A machine that stood still sends at once what was due, and that is no call.
mplink set dev mpl0 duplicate sparse
for _ in 1 2 3; do
	call
	[[ $COPIED -lt $((UDP_SENT * 9 / 10)) ]] || break
done
[[ $COPIED -ge $((UDP_SENT / 2)) ]] || fail "too few were copied"
[[ $UDP_LOST -le $((12 + (UDP_SENT - COPIED) / 5)) ]] || fail "too many were lost"
more_than $((UDP_SENT / 2)) came_twice || fail "the copies did not come"

# Not sparse, but for the first 8 KiB.
stream 200 400 --size 1000
[[ $COPIED -le $((UDP_SENT / 10)) ]] || fail "a stream that sends much was copied"

# As little as the links are known to carry, a twentieth of it is less than the stream.
mplink set dev mpl0 duplicate-dscp 0
stream 400 800 --size 1200
[[ $COPIED -gt 20 ]] || fail "what asks for copies by its DSCP got none"
mplink set dev mpl0 duplicate-dscp 40

mplink peer set "$PEER" duplicate off
stream 100 200 --size 100
equal "copies for a peer that wants none" "$COPIED" 0
mplink set dev mpl0 duplicate off
mplink peer set "$PEER" duplicate all
before=$(came_twice)
stream 200 400 --size 1000
[[ $COPIED -ge $((UDP_SENT - 5)) ]] || fail "not everything was copied for a peer that wants that"
more_than $((before + UDP_SENT / 2)) came_twice || fail "the copies did not come"
