#!/bin/bash
# Shows that the gate (lib-gate.sh) goes red for each kind of bad log, and stays
# green for a good one. Runs anywhere, boots nothing, prints KTAP.
#
# usage: tests/vm/gate-selftest.sh
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
# shellcheck source=tests/vm/lib-gate.sh
source ./lib-gate.sh

number=0 failed=0
report() { # report EXPECTED GOT NAME
	number=$((number + 1))
	if [[ $1 == "$2" ]]; then
		echo "ok $number $3"
	else
		echo "not ok $number $3 # expected status $1, got $2"
		failed=$((failed + 1))
	fi
}
judge() { # judge EXPECTED NAME FUNCTION ARGS...   (the log on stdin)
	local expected=$1 name=$2
	shift 2
	"$@" >/dev/null
	report "$expected" $? "$name"
}

echo "KTAP version 1"
# One line of each kind, as kernels 6.1 and 6.12 write it.
bad=(
	'WARNING: CPU: 1 PID: 412 at net/core/dev.c:10870 free_netdev+0x1f0/0x240'
	'WARNING: possible circular locking dependency detected'
	'WARNING: possible recursive locking detected'
	'WARNING: suspicious RCU usage'
	'net/core/dev.c:7412 suspicious RCU usage'
	'WARNING: inconsistent lock state'
	'BUG: kernel NULL pointer dereference, address: 0000000000000010'
	'BUG: unable to handle page fault for address: ffffc90000e0f000'
	'BUG: KASAN: use-after-free in mplink_xmit+0x12/0x90 [mplink]'
	'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580'
	'BUG: scheduling while atomic: ip/713/0x00000201'
	'kernel BUG at net/core/skbuff.c:112!'
	'Oops: 0000 [#1] PREEMPT SMP KASAN'
	'Oops: general protection fault, probably for non-canonical address 0xdead: 0000'
	'general protection fault, probably for non-canonical address 0xdffffc0000000002: 0000 [#1]'
	'UBSAN: shift-out-of-bounds in src/kernel/hook.c:44:12'
	'rcu: INFO: rcu_preempt self-detected stall on CPU'
	'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'
	'INFO: task ip:812 blocked for more than 120 seconds.'
	'INFO: trying to register non-static key.'
	'refcount_t: underflow; use-after-free.'
	'ref_tracker: eth1@0000000012345678 has 1/1 users at'
	'unregister_netdevice: waiting for eth2 to become free. Usage count = 2'
	'ODEBUG: free active (active state 0) object type: timer_list'
	'watchdog: BUG: soft lockup - CPU#0 stuck for 120s! [kworker/0:1:21]'
	'list_del corruption. prev->next should be ffff888, but was dead'
	'kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
	'------------[ cut here ]------------'
	'Call Trace:'
)
good="[    7.1] mplink: loading out-of-tree module taints kernel.
[    7.2] mplink: mpl0: eth2: NETDEV_GOING_DOWN (9): valid 1 -> 0 (admin-down)
[    7.3] IPv6: ADDRCONF(NETDEV_CHANGE): eth1: link becomes ready
[    7.4] bond0: (slave eth1): Enslaving as an active interface with an up link
[    7.5] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable
[    7.6] mplink: peer=10.99.0.2.9: not an address
[    7.7] INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.5 msecs"
unload='[    9.1] mplink: unload: devices 2/2 nics 6/6 peers 2/2 links 6/6 tables 9/9 dev-refs 6/6'

echo "1..$((${#bad[@]} + 16))"
for line in "${bad[@]}"; do
	judge 1 "red: $line" gate_log_is_clean <<<"$good
[    8.000000] $line"
done
judge 0 "green: an ordinary log" gate_log_is_clean <<<"$good"
judge 0 "green: an empty log" gate_log_is_clean </dev/null
judge 0 "green: unloaded in balance" gate_all_destroyed 1 <<<"$good
$unload"
judge 0 "green: never loaded" gate_all_destroyed 0 <<<"$good"
judge 0 "green: loaded twice, unloaded twice" gate_all_destroyed 2 <<<"$unload
$unload"
judge 1 "red: a peer was not destroyed" gate_all_destroyed 1 <<<"${unload/peers 2\/2/peers 2/1}"
judge 1 "red: the last count is out of balance" gate_all_destroyed 1 <<<"${unload/dev-refs 6\/6/dev-refs 6/7}"
judge 1 "red: no unload line" gate_all_destroyed 1 <<<"$good"
judge 1 "red: an unload line without counts" gate_all_destroyed 1 <<<"[ 9.1] mplink: unload: done"
judge 1 "red: the log no longer holds the beginning" gate_log_since "mplink-test: begin x" <<<"$good"

# What a scenario forgives, and only that.
GATE_STATE=$(mktemp -d)
trap 'rm -rf "$GATE_STATE"' EXIT
forgiving() {
	gate_without_forgiven | gate_log_is_clean
}
stack='[ 8.1] CPU: 0 PID: 7 Comm: ip Tainted: G  O
[ 8.2] Call Trace:
[ 8.3]  <TASK>
[ 8.4]  dump_stack_lvl+0x44/0x5c
[ 8.5]  </TASK>'
announced="[ 8.0] sysctl could not get directory: /net/ipv4/conf/eth1
$stack"
judge 1 "red: a stack that nobody forgave" forgiving <<<"$announced"
gate_forgive 'sysctl could not get directory'
judge 0 "green: a stack that was forgiven" forgiving <<<"$good
$announced
$good"
judge 1 "red: another stack after it" forgiving <<<"$announced
$stack"
judge 1 "red: one that was not announced" forgiving <<<"$good
$stack"
judge 1 "red: bad news, long after an announcement without a stack" forgiving <<<"${announced%%$'\n'*}
$good
[ 9.0] WARNING: CPU: 1 PID: 412 at net/core/dev.c:10870 free_netdev+0x1f0/0x240
$stack"
judge 1 "red: a forgiven stack that does not end" forgiving <<<"${announced%$'\n'*}
[ 9.0] BUG: kernel NULL pointer dereference, address: 0000000000000010"

echo "$((number - failed)) passed, $failed failed"
[[ $failed -eq 0 ]]
