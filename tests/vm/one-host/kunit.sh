#!/bin/bash
# Guards: the KUnit suites pass in the kernel: the core with the kernel's own RCU,
# allocator and CPUs; addresses; the way to a remote.
# kernels: debug uml
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"

module=$PWD/build/$KERNEL/mplink_kunit.ko
[[ -f $module ]] || fail "$module was not built"

ip link add kunit0 type dummy
ip addr add 10.55.0.1/24 dev kunit0
ip addr add fd55::1/64 dev kunit0 nodad
ip link set kunit0 up
ip route add 10.56.0.0/24 via 10.55.0.9

log_mark
insmod "$module"
expect_log 'ok [0-9]+( -)? mplink_path$' 100
rmmod mplink_kunit
log=$(log_since | sed 's/^\[[^]]*\] //')
grep -E '^ *(not )?ok |# .*: EXPECTATION|line [0-9]+:' <<<"$log" || true
if grep -E '^ *not ok |EXPECTATION FAILED|ASSERTION FAILED' <<<"$log"; then
	fail "a KUnit case has failed"
fi
for suite in mplink_core mplink_platform mplink_path; do
	grep -qE "^ok [0-9]+( -)? $suite$" <<<"$log" || fail "the suite $suite has not passed"
done
equal "cases passed" "$(grep -cE '^ +ok [0-9]+( -)? mplink_kunit_' <<<"$log")" 15
