#!/bin/bash
# Guards: `mplink monitor --exec` ends at once when a signal stops it, whether its command
# runs, has just ended, or would never end; nothing the command started stays; the command's
# input is /dev/null.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"

# The file that the command writes to, and how it ends.
RAN=/run/stops-ran

# start COMMAND: a monitor that runs it for each change
start() {
	: >$RAN
	mplink monitor --exec "$1" >/run/stops-monitor 2>/run/stops-said </dev/zero &
	MONITOR=$!
	wait_until 10 changed
}

# A change, until the command has run for one.
changed() {
	echo balance-xor >/sys/class/net/mpl0/mplink/policy
	echo balance-rr >/sys/class/net/mpl0/mplink/policy
	[[ -s $RAN ]]
}

# stop SIGNAL LIMIT: the monitor has LIMIT milliseconds to end
stop() {
	local began=${EPOCHREALTIME/./} took
	kill "-$1" $MONITOR
	# Not kill -0: it finds a process that has ended until the shell has waited for it.
	while [[ -e /proc/$MONITOR/exe ]]; do
		took=$(((${EPOCHREALTIME/./} - began) / 1000))
		if [[ $took -ge $2 ]]; then
			kill -9 $MONITOR
			fail "SIG$1: the monitor still runs after $took ms"
		fi
		nap 0.01
	done
	wait $MONITOR || fail "SIG$1: the monitor ended with status $?: $(</run/stops-said)"
}

mplink_load
ip link add mpl0 type mplink

# The signal comes while the command runs, when it ends, and between.
for ((i = 0; i < 60; i++)); do
	start "echo ran >>$RAN; sleep 0.0$((i % 5))"
	stop "$( ((i % 2)) && echo INT || echo TERM)" 3000
done

# Without an end: the monitor waits one second.
start "echo ran >>$RAN; (sleep 1000.7; true) & sleep 1000.7"
stop INT 5000
grep -q 'has not ended within .* s: killed' /run/stops-said || fail "said: $(</run/stops-said)"
pgrep -f 'sleep 1000.7' && fail "what the command started still runs"

# Impatience: a second signal ends both.
start "echo ran >>$RAN; sleep 1000.7"
kill -INT $MONITOR
nap 0.1
stop TERM 900
pgrep -f 'sleep 1000.7' && fail "the command still runs"

# A command that reads does not wait for an answer that will never come, and takes only its own answers.
start "wc -c >>$RAN"
stop TERM 3000
equal "bytes that the command read" "$(sort -u $RAN)" 0
