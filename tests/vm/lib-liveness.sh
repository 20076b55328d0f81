#!/bin/bash
# What scenarios about liveness share, most of them with mplink at both ends; sourced
# after lib-traffic.sh. Those for two hosts use its transitions only.
#
#   both_ends N [SETTING...]   topology N; mpl0 over eth1..ethN in A and in B, each the
#                    other's peer; settings as for `mplink set dev`, in both. Waits until
#                    all links are valid at both ends
#   far_end REMOTES [SETTING...]     B's part of it: REMOTES as of remotes=, over eth1...
#   far ATTR         a file below B's /sys/class/net/mpl0/mplink/
#   links_valid_far [N]
#   near_is NIC REASON; far_is NIC REASON     of A's link over that NIC, of B's
#   blackhole NIC [in|out]     B's end of the cable drops what comes in, goes out or
#                    (by default) both; the carriers stay
#   blackhole_end
#   mplink_session NIC KEY     of A's session over that NIC, as `mplink --json show` has it
#   session_is NIC KEY VALUE
#   transitions_start; transitions NIC [PEER]     "DOWN UP": how often the link over the
#                    NIC to the peer (10.99.0.2) has become invalid and valid since, by
#                    the tracepoint, which is not rate-limited as the log is

# Scenarios, not this file, pass arguments and read variables of these functions:
# shellcheck disable=SC2034,SC2120

# shellcheck source=tests/vm/lib-trace.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-trace.sh"

FAR_LINKS=peers/10.99.0.1/links

far_end() {
	local addresses=() links=() nics=() i
	IFS=, read -ra addresses <<<"$1"
	shift
	for i in "${!addresses[@]}"; do
		nics+=("eth$((i + 1))")
		links+=(link "eth$((i + 1))" "${addresses[i]}")
	done
	in_b bash -c 'ip link add mpl0 type mplink && ip addr add 10.99.0.2/24 dev mpl0 &&
		ip addr add fd99::2/64 dev mpl0 nodad && ip link set mpl0 up'
	if [[ $# -gt 0 ]]; then
		in_b mplink set dev mpl0 "$@"
	fi
	in_b mplink nic add dev mpl0 "${nics[@]}"
	in_b mplink peer add dev mpl0 10.99.0.1 "${links[@]}"
}

both_ends() {
	local count=$1 i names='' near='' far=''
	shift
	topology "$count" B_WITHOUT_VIRTUAL
	for ((i = 1; i <= count; i++)); do
		names+=,eth$i
		far+=,10.0.$i.2
		near+=,10.0.$i.1
	done
	mplink_load "nics=${names#,}" peer=10.99.0.2 "remotes=${far#,}"
	mplink_up
	if [[ $# -gt 0 ]]; then
		mplink set dev mpl0 "$@"
	fi
	far_end "${near#,}" "$@"
	wait_until 20 links_valid "$count"
	wait_until 20 links_valid_far "$count"
}

far() {
	in_b cat "/sys/class/net/mpl0/mplink/$1"
}

# A scenario asks a hundred times over: without starting a process.
near_is() {
	local reason
	read -r reason <"/sys/class/net/mpl0/mplink/peers/10.99.0.2/links/$1/reason"
	[[ $reason == "$2" ]]
}

far_is() {
	[[ $(far "$FAR_LINKS/$1/reason") == "$2" ]]
}

links_valid_far() {
	# shellcheck disable=SC2016 # for the shell in B
	[[ $(in_b bash -c 'cat /sys/class/net/mpl0/mplink/peers/*/links/*/valid' | grep -c 1) \
		-eq ${1:-3} ]]
}

blackhole() {
	local nic=$1 hook
	{
		echo "table netdev blackhole {"
		for hook in ingress egress; do
			case ${2:-both}:$hook in
			both:* | in:ingress | out:egress)
				echo "chain $hook { type filter hook $hook device $nic priority 0; policy drop; }"
				;;
			esac
		done
		echo "}"
	} | in_b nft -f -
}

blackhole_end() {
	in_b nft delete table netdev blackhole
}

mplink_session() {
	mplink --json show | NIC=$1 KEY=$2 /usr/bin/python3 -c '
import json, os, sys
links = [l for d in json.load(sys.stdin) for p in d["peers"] for l in p["links"]]
print([l for l in links if l["nic"] == os.environ["NIC"]][0]["session"][os.environ["KEY"]])'
}

session_is() {
	[[ $(mplink_session "$1" "$2") == "$3" ]]
}

transitions_start() {
	traces link
}

transitions() {
	awk -v link="peer=::ffff:${2:-10.99.0.2} nic=$1 " '
		index($0, link) {
			if (/ was=none /) down++
			if (/ now=none( |$)/) up++
		}
		END { print down + 0, up + 0 }' "$TRACING/trace"
}
