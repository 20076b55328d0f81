#!/bin/bash
# Runs scenarios one after the other in the guest, each in its own process with
# its own time limit, each followed by the gate. Started by tests/vm/run, which
# orders them by lines on the port "orders": FILE SECONDS [last]
#
# Says for tests/vm/run, on lines of their own that begin with "@@":
#     @@ready    @@end NAME STATUS MILLISECONDS REASON    (0 ok, 1 not, 4 skipped)
#     @@unfit WHY    instead of @@ready: nothing can be told from this boot
# Everything between is what the scenario and the gate said.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=tests/vm/lib-gate.sh
source tests/vm/lib-gate.sh
export MPLINK_REASON=/run/mplink-reason

# A wedged kernel lets nothing end: the host has a deadline of its own for that.
run_one() { # run_one FILE SECONDS [last]
	local file=$1 limit=$2 last=${3:-} name status gate reason began pid
	name=$(basename "$file" .sh)
	# Else a scenario reads what another has left, and takes it for an answer.
	find /run -maxdepth 1 -type f ! -name 'mplink-*' -delete
	: >"$MPLINK_REASON"
	began=$(date +%s%N)
	gate_begin "$name"
	timeout -k 5 "$limit" bash "$file" 2>&1 &
	pid=$!
	wait "$pid"
	status=$?
	# timeout leads the process group of everything the scenario started.
	kill -9 -- "-$pid" 2>/dev/null
	reason=$(<"$MPLINK_REASON")
	case $status in
	0) reason= ;;
	4) reason=${reason:-no reason given} ;;
	124 | 137) reason="no end after $limit s" ;;
	*) reason=${reason:-exit status $status} ;;
	esac
	if ! gate=$(gate_end "$name" "$last" 2>&1); then
		printf 'GATE: %s\n' "$gate"
		status=1
		reason="${reason:+$reason; }gate: $(head -n1 <<<"$gate")"
	fi
	[[ $status -eq 0 || $status -eq 4 ]] || status=1
	echo "@@end $name $status $((($(date +%s%N) - began) / 1000000)) $reason"
}

# Scenarios start the command and load the module hundreds of times. The kernel reads them from the
# host each time, which takes longer than all else. Copies in memory need no debug information.
mkdir /run/mplink-bin
strip -g -o /run/mplink-bin/mplink build/mplink
strip -g -o /run/mplink-bin/mplink.ko "build/$MPLINK_KERNEL/mplink.ko"

exec {orders}</run/vm/ports/orders
if ! gate_locks_checked; then
	dmesg | grep -A40 -m1 -E "BUG|WARNING"
	echo "@@unfit locks are no longer checked when scenarios begin"
	exit
fi
echo "@@ready"
while read -r -u "$orders" file seconds last; do
	run_one "$file" "$seconds" "$last"
done
