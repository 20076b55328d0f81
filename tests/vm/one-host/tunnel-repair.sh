#!/bin/bash
# Answers: links lose packets. A stream of long packets runs over links of which each loses 2 %, both
# ways: what is lost is asked for, and sent once more; next to nothing is lost, nothing comes twice
# or out of order. Somebody who asks for everything for ever gets a part of what is sent. Without
# replay nothing is asked for, and the same links do lose packets.
# by default: 6.1 uml
# timeout: 200
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

UDP_RATE=$([[ $KERNEL == debug ]] && echo 250 || echo 400)

lossy() {
	local i
	for i in 1 2 3; do
		delay A "$i" delay "$((i == 2 ? 3 : 10))ms" loss 2%
		delay B "$i" delay "$((i == 2 ? 3 : 10))ms" loss 2%
	done
}

sent() { links_sum tx_packets; }

# stream PACKETS [CMD...]: so many packets, and CMD meanwhile. Sets LOST, STREAMED, and RATE in
# packets a second. The first packets do not count: the flow has to be known for one that is worth
# the wait.
stream() {
	local from before start
	udp_start 10.99.0.2 --size 1200
	wait_until 30 more_than $(($(sent) + 400)) sent
	from=$(sent)
	before=$(far_lost)
	start=${EPOCHREALTIME/./}
	"${@:2}"
	wait_until 60 more_than $((from + $1)) sent
	LOST=$(($(far_lost) - before))
	STREAMED=$(($(sent) - from))
	RATE=$((STREAMED * 1000000 / (${EPOCHREALTIME/./} - start)))
	udp_stop
	in_order
}

# Asks A, in B's name, for all numbers of all buckets.
greedy() {
	on B timeout 5 python3 - <<'EOF' || [[ $? == 124 ]]
import itertools, socket, struct
way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
way.bind(("10.0.2.2", 0))
for first in itertools.cycle(range(0, 16384, 64)):
    for bucket in range(256):
        way.sendto(struct.pack("!HHI BBHIIQ", 0x2000, 0x88b5, bucket,
                               4, 1, 20, bucket, first, 2**64 - 1), ("10.0.2.1", 4754))
EOF
}

tunnel 3
lossy
# Debian's kernels have tracepoints.
TRACES=
if traces nack repair lost; then
	TRACES=1
fi
asked=$(far_stat repair_asked)
repaired=$(ethtool_stat reseq_repair_sent)
lost=$(far_lost)
# Flows of fewer than 160 packets a second are not repaired: a machine may be too slow for more.
for try in 1 2 3; do
	stream 2000
	echo "asked for $(far_stat repair_asked), repaired $(far_stat repaired)," \
		"lost $LOST of $STREAMED, $RATE a second"
	[[ $((LOST * 1000)) -gt $STREAMED ]] || break
	[[ $RATE -lt 240 && $try -lt 3 ]] || fail "too many packets were lost"
done
more_than $((UDP_SENT / 100)) far_stat repaired || fail "too few packets were repaired"
[[ $(ethtool_stat reseq_repair_sent) -le $((try * UDP_SENT / 20)) ]] || fail "too many were sent once more"

# The tracepoints tell the same as the counters.
traced_asked() {
	traced nack 'remote=::ffff:10\.0\..\.1 .*refused=0' |
		python3 -c 'import re, sys
print(sum(int(word, 16).bit_count() for word in re.findall("missing=(\\S+)", sys.stdin.read())))'
}
traced_repairs() {
	[[ $(traced_asked) == "$(($(far_stat repair_asked) - asked))" ]] &&
		[[ $(traced_packets repair 'peer=::ffff:10\.99\.0\.2 ') == \
			"$(($(ethtool_stat reseq_repair_sent) - repaired))" ]]
}
traced_lost() {
	[[ $(traced_packets lost 'peer=::ffff:10\.99\.0\.1 ') == "$(($(far_lost) - lost))" ]]
}
if [[ $TRACES ]]; then
	wait_until 10 traced_repairs
	echo "traced: asked for $(traced_asked), sent once more $(traced_packets repair)"
	echo 0 >"$TRACING/events/mplink/mplink_nack/enable"
fi

before=$(ethtool_stat reseq_repair_sent)
first=$(sent)
stream 1000 greedy
asked=$(($(ethtool_stat reseq_repair_sent) - before))
echo "asked for everything for ever: $asked sent once more, of $(($(sent) - first))"
[[ $asked -le $((64 + ($(sent) - first) / 32)) ]] || fail "a greedy far end got too much"
more_than 1000 ethtool_stat reseq_repair_refused || fail "nothing was refused"

# The test can fail.
mplink set dev mpl0 replay off
wait_until 10 equal_to 0 ethtool_stat reseq_replay_kept
stream 1000
echo "without replay: lost $LOST of $STREAMED"
[[ $LOST -gt 0 ]] || fail "nothing was lost without replay"
if [[ $TRACES ]]; then
	wait_until 10 traced_lost
	echo "traced: given up $(traced_packets lost)"
	echo 0 >"$TRACING/events/mplink/enable"
fi
