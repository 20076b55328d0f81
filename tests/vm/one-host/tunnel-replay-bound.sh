#!/bin/bash
# Guards: what is kept to be sent once more never exceeds max-peer-replay packets, nor
# max-peer-replay-kib of memory, however much is under way; what did not fit is counted.
# by default: uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

SIZE=1200

kept() { ethtool_stat reseq_replay_kept; }
within() { [[ $(kept) -le $1 ]]; }

# bounded LIMIT SETTING...: with these settings no more packets than LIMIT are kept.
bounded() {
	local limit=$1 most=0 count before i
	mplink set dev mpl0 "${@:2}"
	wait_until 10 within "$limit"
	before=$(ethtool_stat reseq_replay_forgotten)
	for ((i = 0; i < 60; i++)); do
		count=$(kept)
		[[ $count -le $most ]] || most=$count
		nap 0.01
	done
	echo "${*:2}: at most $most packets were kept"
	[[ $most -le $limit ]] || fail "$most packets are kept with ${*:2}, not $limit"
	# Each CPU has its part, and another one may have sent lately.
	[[ $most -gt $((limit / 3)) ]] || fail "${*:2}: only $most packets are kept"
	more_than "$before" ethtool_stat reseq_replay_forgotten || fail "all packets found room"
}

tunnel 3
for i in 1 2 3; do
	delay A $i delay 500ms
	delay B $i delay 500ms
done
udp_start 10.99.0.2 --size $SIZE
wait_until 60 more_than 250 kept
bounded 100 max-peer-replay 100
# With its headers.
bounded $((128 * 1024 / (SIZE + 28))) max-peer-replay 65536 max-peer-replay-kib 128
udp_stop
wait_until 10 equal_to 0 kept
