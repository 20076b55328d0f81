#!/bin/bash
# The gate that every scenario passes besides its own assertions: nothing bad in
# the kernel's log since it began, no leak, everything created was destroyed.
#
# usage: tests/vm/lib-gate.sh begin NAME     in the guest, before a scenario
#        tests/vm/lib-gate.sh end NAME [last]    after it: cleans up, then judges.
#                                            Prints the reasons; status 1 if any.
#                                            `last`: of this boot
#        source tests/vm/lib-gate.sh         for its functions (gate-selftest.sh)

# One extended regular expression a line; each has a sample in gate-selftest.sh.
# "Call Trace:" is the net under the others: set fault injection's verbose to 0.
GATE_BAD='WARNING: 
BUG: 
kernel BUG at
Oops
general protection fault
[Uu]nable to handle kernel
possible (circular|recursive) locking
lock inversion|inconsistent lock state|unlock balance|held lock freed|lock held when returning
suspicious RCU usage
INFO: (task|rcu|possible|trying|suspicious|lockdep)
KASAN:
UBSAN:
KCSAN:
ODEBUG:
rcu.*(detected stalls|self-detected stall|expedited stalls)
refcount_t:
ref_tracker:|leaked reference
waiting for .* to become free
blocked for more than
scheduling while atomic
sleeping function called
soft lockup|hard LOCKUP
list_(add|del) corruption
kmemleak: [0-9]+ new suspected
cut here \]---
Call Trace:'
GATE_STATE=/run/mplink-gate
GATE_SETTINGS=/run/mplink-settings # as they were after boot

# gate_log_is_clean <LOG: prints the bad lines; status 1 if there are any.
gate_log_is_clean() {
	! grep -E -- "$GATE_BAD"
}

# gate_forgive REGEX: a line that matches may announce a call trace in this
# scenario, for it is the kernel's own word on a failure that was injected.
gate_forgive() {
	echo "$1" >"$GATE_STATE/forgiven"
}

# gate_without_forgiven <LOG: leaves out what was forgiven: the stack that follows within a
# few lines, to its end.  One that has no end is none of those.
gate_without_forgiven() {
	local regex
	regex=$(cat "$GATE_STATE/forgiven" 2>/dev/null) || {
		cat
		return
	}
	REGEX=$regex awk '
		forgiven {
			held = held $0 "\n"
			if (/<\/TASK>/) {
				forgiven = 0
				held = ""
			}
			next
		}
		announced && /CPU: [0-9]/ {
			forgiven = 1
			announced = 0
			held = $0 "\n"
			next
		}
		announced { announced-- }
		$0 ~ ENVIRON["REGEX"] {
			announced = 5
			next
		}
		{ print }
		END { printf "%s", held }'
}

# gate_all_destroyed LOADS <LOG: the module was loaded LOADS times; each unload
# must have logged `mplink: unload: KIND created/destroyed ...`, in balance.
gate_all_destroyed() {
	local loads=$1 seen=0 bad=0 line pair pairs
	while IFS= read -r line; do
		[[ $line =~ mplink:\ unload:\ (.*)$ ]] || continue
		seen=$((seen + 1))
		pairs=$(grep -oE '[a-z][a-z-]* [0-9]+/[0-9]+' <<<"${BASH_REMATCH[1]}")
		if [[ -z $pairs ]]; then
			echo "unload line without a count: $line"
			bad=1
		fi
		while IFS= read -r pair; do
			[[ $pair =~ ([0-9]+)/([0-9]+)$ ]] || continue
			if [[ ${BASH_REMATCH[1]} != "${BASH_REMATCH[2]}" ]]; then
				echo "not everything was destroyed: $pair"
				bad=1
			fi
		done <<<"$pairs"
	done
	if [[ $seen -ne $loads ]]; then
		echo "the module was loaded $loads times but logged $seen 'mplink: unload:' lines"
		bad=1
	fi
	return "$bad"
}

# gate_log_since MARK <LOG: what follows the line that ends in MARK.
gate_log_since() {
	awk -v mark="$1" '
		seen { print }
		!seen && length($0) >= length(mark) &&
			substr($0, length($0) - length(mark) + 1) == mark { seen = 1 }
		END { exit !seen }'
}

gate_note_load() {
	mkdir -p "$GATE_STATE"
	echo load >>"$GATE_STATE/loads"
}

# What scenarios may set, a line each.
gate_settings() {
	sysctl -ar '^(net|kernel\.modprobe)' 2>/dev/null | sort
}

gate_begin() {
	# Of this boot, the first.
	if [[ ! -e $GATE_STATE ]]; then
		[[ ! -w /sys/kernel/debug/kmemleak ]] || echo clear >/sys/kernel/debug/kmemleak
		gate_settings >"$GATE_SETTINGS"
	fi
	rm -rf "$GATE_STATE"
	mkdir -p "$GATE_STATE"
	: >"$GATE_STATE/loads"
	# Give a device that waits for a reference the time to say so.
	echo 1 >/proc/sys/net/core/netdev_unregister_timeout_secs 2>/dev/null
	# The time makes the mark one of a kind even if a name runs twice in a boot.
	echo "mplink-test: begin $1 $(cut -d' ' -f1 /proc/uptime)" >"$GATE_STATE/mark"
	# Scenarios read the log many times. It must not hold the lines of earlier scenarios.
	dmesg --clear
	cat "$GATE_STATE/mark" >/dev/kmsg
}

# Leaves the guest as it was after boot. Namespaces go after the module: by then
# nothing of it may depend on them.
gate_clean_up() {
	local ns dev devs=()
	# A connection of a killed program repeats its packets. They would reach the next scenario.
	ss -HKt state all >/dev/null 2>&1
	if [[ -d /sys/module/mplink ]]; then
		rmmod mplink || echo "cleaning up: rmmod mplink failed"
	fi
	for ns in /run/netns/*; do
		[[ -e $ns ]] || continue
		ns=${ns##*/}
		ip netns pids "$ns" 2>/dev/null | xargs -r kill -9
		ip netns del "$ns"
	done
	for dev in /sys/class/net/*; do
		# What has a device below it is hardware (two hosts' cables).
		if [[ ! -e $dev/device && -e $dev/ifindex && ${dev##*/} != lo ]]; then
			devs+=("link del ${dev##*/}")
		fi
	done
	if [[ ${#devs[@]} -gt 0 ]]; then
		printf '%s\n' "${devs[@]}" | ip -force -batch - 2>/dev/null
	fi
	# A scenario that fails leaves its IPsec, which would encrypt the next one's packets.
	if [[ -d /sys/module/xfrm_user ]]; then
		ip xfrm policy flush
		ip xfrm state flush
	fi
	if [[ -d /sys/module/nf_tables ]]; then
		nft flush ruleset
	fi
}

# Some settings count, and cannot be set.
gate_restore_settings() {
	comm -23 "$GATE_SETTINGS" <(gate_settings) | sysctl -qp - 2>/dev/null
	true
}

# kmemleak reports what two scans have found unreferenced and unchanged, and
# what is at least five seconds old. A scan takes as long as many a scenario, and what
# has leaked stays: it is looked for after the last one of a boot, for all of them.
gate_no_leaks() {
	local file=/sys/kernel/debug/kmemleak leaks
	[[ -w $file ]] || return 0
	echo scan >$file
	sleep 5.2
	echo scan >$file
	leaks=$(<$file)
	if [[ -n $leaks ]]; then
		echo "kmemleak, of this scenario or one before it in this boot:"
		head -n 60 <<<"$leaks"
		return 1
	fi
}

# A report of KASAN's or lockdep's own ends it, for the rest of the boot.
gate_locks_checked() {
	[[ ! -e /proc/lockdep_stats ]] || grep -qE '^ debug_locks: +1$' /proc/lockdep_stats
}

gate_end() {
	local mark loads given='' bad=0 log=$GATE_STATE/log
	if ! mark=$(cat "$GATE_STATE/mark" 2>/dev/null) || [[ $mark != *" $1 "* ]]; then
		echo "the gate was not begun for $1"
		return 1
	fi
	if [[ -d /sys/module/mplink && ! -s $GATE_STATE/loads ]]; then
		gate_note_load # by some other way than mplink_load
	fi
	loads=$(wc -l <"$GATE_STATE/loads")
	gate_clean_up
	if [[ ${2:-} == last ]]; then
		gate_no_leaks || bad=1
	fi
	# To read all settings takes an emulated CPU a second: it spends it while the kernel has time
	# to complain (netdev_unregister_timeout_secs; and namespaces die behind our back).
	if [[ $loads -gt 0 ]]; then
		sleep 1.2 &
		given=$!
	fi
	gate_restore_settings
	[[ -z $given ]] || wait "$given"
	if ! dmesg | gate_log_since "$mark" >"$log"; then
		echo "the kernel log no longer holds this scenario's beginning: it logs too much"
		bad=1
	fi
	gate_without_forgiven <"$log" | gate_log_is_clean || bad=1
	gate_all_destroyed "$loads" <"$log" || bad=1
	gate_locks_checked || { echo "locks are no longer checked in this boot" && bad=1; }
	return "$bad"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	case ${1:-} in
	begin | end) "gate_$1" "${2:?the name of the scenario}" "${3:-}" ;;
	*)
		sed -n '2,/^$/s/^# \?//p' "$0" >&2
		exit 2
		;;
	esac
fi
