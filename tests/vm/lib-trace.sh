#!/bin/bash
# Tracepoints of the module; of both hosts where these are two namespaces.
#
#     traces EVENT...       has mplink_EVENT traced from now on; fails if the kernel traces
#                           nothing, and ends the scenario if it has no such event
#     traced EVENT [REGEX]  prints what was traced of it since, if it matches

TRACING=/sys/kernel/tracing

traces() {
	local event
	grep -qw tracefs /proc/filesystems || return
	[[ -d $TRACING/events ]] || mount -t tracefs tracefs "$TRACING"
	echo >"$TRACING/trace"
	for event in "$@"; do
		echo 1 >"$TRACING/events/mplink/mplink_$event/enable" || exit 1
	done
}

traced() {
	grep -E " mplink_$1: .*${2:-}" "$TRACING/trace"
}
