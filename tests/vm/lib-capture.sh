#!/bin/bash
# What scenarios that look at packets with tcpdump share; sourced after lib.sh.
#
#   capture NAME ARGS...           tcpdump ARGS until captures_end, into /run/capture-NAME;
#                                  it listens already; capture_b in B
#   captures_end                   ends all, once they have read every packet that was there
#   captured NAME [PATTERN]        how many lines (that match) there are

CAPTURES=()
CAPTURE_IN=()

capture() {
	local file=/run/capture-$1
	shift
	# An older one may have said that it listens.
	rm -f "$file.err"
	# Else what the kernel has gathered for it within the last second may be lost at the end.
	"${CAPTURE_IN[@]}" tcpdump --immediate-mode -ln "$@" >"$file" 2>"$file.err" &
	CAPTURES+=($!)
	wait_until 20 grep -q 'istening on' "$file.err"
}

capture_b() {
	local CAPTURE_IN=(ip netns exec B)
	capture "$@"
}

# One that has read all sleeps till there is more (S). A signal before makes it forget the rest.
captures_read() {
	local pid state
	for pid in "${CAPTURES[@]}"; do
		read -r _ _ state _ <"/proc/$pid/stat"
		[[ $state == S ]] || return 1
	done
}

captures_end() {
	wait_until 20 captures_read
	kill "${CAPTURES[@]}"
	wait "${CAPTURES[@]}" || true
	CAPTURES=()
}

# tcpdump's last line is empty.
captured() {
	grep -cE "${2:-.}" "/run/capture-$1" || true
}
