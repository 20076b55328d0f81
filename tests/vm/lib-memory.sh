#!/bin/bash
# Failing allocations, for scenarios; sourced after lib.sh. For kernels with fault
# injection: `# kernels: debug uml`.
#
#   fail_slab            from now on tools/fail-nth.py's allocations can fail
#   fail_each ARGS...    runs it; what it prints is left in FAILED, and the errors
#                        must be among ALLOWED

FAILED=/run/fail-nth

fail_slab() {
	local name
	for name in failslab fail_page_alloc; do
		# Its reports look like what the gate looks for.
		echo 0 >/sys/kernel/debug/$name/verbose
		echo N >/sys/kernel/debug/$name/ignore-gfp-wait
		echo 0 >/sys/kernel/debug/$name/probability
	done
	gate_forgive 'sysctl could not get directory'
	modprobe tun
	no_modprobe
}

fail_each() {
	if ! /usr/bin/python3 -S "$PWD/tests/vm/tools/fail-nth.py" "$@" >$FAILED 2>&1; then
		tail -n 20 $FAILED
		fail "fail-nth.py $*"
	fi
	echo "$*: $(tail -n1 $FAILED) allocations, $SECONDS s since the beginning"
	awk '$1 != "total" { print $2 }' $FAILED | sort | uniq -c
	equal "$*, with nothing failing" "$(head -n1 $FAILED)" "0 0"
	if grep -vE "^total|^[0-9]+ (0|${ALLOWED:-ENOMEM|ENOBUFS})$" $FAILED; then
		fail "$*: errors that do not say that memory is short"
	fi
}
