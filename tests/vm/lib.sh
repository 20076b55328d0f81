#!/bin/bash
# What scenarios for one VM (tests/vm/one-host/*.sh) are written with.
#
# usage, at the top of a scenario:   source "$(dirname "$0")/../lib.sh"
#
# A scenario ends well by coming to its end, badly by `fail`, a failed `check`,
# or any command that fails unhandled (set -e); `skip` says it cannot run here.
# A line `# timeout: SECONDS` in it replaces the default (60; on the debug kernel
# three times as long). Cleaning up and the gate are the runner's: lib-gate.sh.
# Run one with `tests/vm/run NAME`, never on the host.
#
#   host A is the initial namespace, host B the namespace "B":
#     topology N [B_WITHOUT_VIRTUAL]   eth1..ethN in both, joined by veth pairs:
#                    10.0.i.1 - 10.0.i.2, fd00:0:0:i::1 - ::2; B holds the virtual
#                    addresses 10.99.0.2, fd99::2 on lo, with routes back
#     cable I        (again) the veth pair I alone, with addresses
#     routes_back N  B's routes to A's virtual addresses, over eth1..ethN; they go
#                    with a cable that is removed
#     in_b CMD...    runs CMD in B
#     mplink_load ARGS...     insmod; nics= and so on as arguments (lib-load.sh)
#     mplink_up [DEV]         10.99.0.1/24 and fd99::1/64 on it, and up
#     mplink_unload
#     peers_config DEV PREFIX COUNT NIC...   for `mplink load`: DEV with these NICs, and
#                    COUNT peers PREFIX.x.y, each with a link over all of them
#     no_modprobe    the kernel starts none from now on, as it would for each name of a
#                    device that is not there: most of a debug kernel's time. The gate
#                    ends that.
#   asking:
#     log_mark; log_since [MARK]; expect_log REGEX [SECONDS]; expect_no_log REGEX;
#     expect_log_order REGEX...     in this order, other lines may lie between
#     nap SECONDS; wait_until SECONDS CMD...; check WHAT CMD...; equal WHAT GOT WANTED
#     attr PATH [DEV]       a file below /sys/class/net/DEV/mplink/
#     traces EVENT...; traced EVENT [REGEX]     see lib-trace.sh
#     background CMD...     in the background, output to a file; sets BACKGROUND

# Scenarios, not this file, pass arguments and read variables of these functions:
# shellcheck disable=SC2034,SC2119,SC2120

set -Eeuo pipefail
# shellcheck source=tests/vm/lib-load.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-load.sh"
# shellcheck source=tests/vm/lib-trace.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-trace.sh"

KERNEL=$MPLINK_KERNEL
REASON=${MPLINK_REASON:-/run/mplink-reason}
LOG_MARK=$(cat "$GATE_STATE/mark" 2>/dev/null || true)
MARKS=0
# A pipe that nobody writes to: to wait for it to say something is to sleep, and
# starts no process, which in an emulated machine takes longer than the sleep.
exec {NAP}<> <(:)

nap() {
	read -rt "$1" -u "$NAP" || true
}

fail() {
	echo "$*" >"$REASON"
	echo "FAIL: $*"
	trap - ERR
	exit 1
}

skip() {
	echo "$*" >"$REASON"
	exit 4
}

trap 'fail "${BASH_SOURCE[0]##*/}:$LINENO: exit status $? from: $BASH_COMMAND"' ERR

# check WHAT CMD...: CMD must succeed; its output is shown if it does not.
check() {
	local what=$1 said status=0
	shift
	said=$("$@" 2>&1) || status=$?
	if [[ $status -ne 0 ]]; then
		printf '%s\n' "$said"
		fail "$what (status $status from: $*)"
	fi
}

equal() {
	[[ $2 == "$3" ]] || fail "$1: is '$2', should be '$3'"
}

wait_until() {
	local seconds=$1 end
	shift
	end=$((${EPOCHREALTIME/./} + ${seconds%.*} * 1000000))
	until "$@" >/dev/null 2>&1; do
		[[ ${EPOCHREALTIME/./} -lt $end ]] || fail "not within $seconds s: $*"
		nap 0.1
	done
}

log_mark() {
	MARKS=$((MARKS + 1))
	LOG_MARK="mplink-test: mark $$ $MARKS"
	echo "$LOG_MARK" >/dev/kmsg
}

log_since() {
	dmesg | gate_log_since "${1:-$LOG_MARK}"
}

_log_has() {
	log_since | grep -E -- "$1" >/dev/null
}

expect_log() {
	local end=$((SECONDS + ${2:-5}))
	until _log_has "$1"; do
		if [[ $SECONDS -ge $end ]]; then
			log_since
			fail "the kernel log has no line that matches: $1"
		fi
		nap 0.1
	done
}

expect_no_log() {
	if _log_has "$1"; then
		log_since
		fail "the kernel log has a line that matches: $1"
	fi
}

# Waits for the last one, then sees whether the others came before, in order.
expect_log_order() {
	local missing
	expect_log "${*: -1}"
	if ! missing=$(log_since | PATTERNS=$(printf '%s\n' "$@") awk '
		BEGIN { count = split(ENVIRON["PATTERNS"], pattern, "\n"); next_one = 1 }
		next_one <= count && $0 ~ pattern[next_one] { next_one++ }
		END { if (next_one <= count) { print pattern[next_one]; exit 1 } }'); then
		log_since
		fail "the kernel log lacks, at its place in the order: $missing"
	fi
}

in_b() {
	ip netns exec B "$@"
}

# What `ip -batch` in A, and in B, makes of a cable.
_cable_a() {
	local i=$1
	echo "link add eth$i type veth peer name eth$i netns B"
	echo "addr add 10.0.$i.1/24 dev eth$i"
	echo "addr add fd00:0:0:$i::1/64 dev eth$i nodad"
	echo "link set eth$i up"
}

_cable_b() {
	local i=$1
	echo "addr add 10.0.$i.2/24 dev eth$i"
	echo "addr add fd00:0:0:$i::2/64 dev eth$i nodad"
	echo "link set eth$i up"
}

cable() {
	_cable_a "$1" | ip -batch -
	_cable_b "$1" | ip -n B -batch -
}

# As `ip -batch` lines.
_routes_back() {
	local i hops4='' hops6=''
	for ((i = 1; i <= $1; i++)); do
		hops4+=" nexthop via 10.0.$i.1"
		hops6+=" nexthop via fd00:0:0:$i::1"
	done
	echo "route replace 10.99.0.1 src 10.99.0.2$hops4"
	echo "route replace fd99::1/128 src fd99::2$hops6"
}

routes_back() {
	_routes_back "$1" | ip -n B -batch -
}

topology() {
	local count=$1 i
	ip netns add B
	# A far end that does not answer by a link it sees dead.
	# shellcheck disable=SC2016 # for the shell in B
	in_b bash -c 'cd /proc/sys/net
		for conf in all default; do
			echo 0 >ipv4/conf/$conf/rp_filter
			echo 1 >ipv4/conf/$conf/ignore_routes_with_linkdown
			printf 1 >ipv6/conf/$conf/ignore_routes_with_linkdown # takes one byte
		done'
	for ((i = 1; i <= count; i++)); do
		_cable_a "$i"
	done | ip -batch -
	{
		echo "link set lo up"
		for ((i = 1; i <= count; i++)); do
			_cable_b "$i"
		done
		if [[ ${2:-} != B_WITHOUT_VIRTUAL ]]; then
			echo "addr add 10.99.0.2/32 dev lo"
			echo "addr add fd99::2/128 dev lo nodad"
			_routes_back "$count"
		fi
	} | ip -n B -batch -
	for ((i = 1; i <= count; i++)); do
		wait_until 10 ping -qc1 -W1 "10.0.$i.2"
	done
}

mplink_unload() {
	rmmod mplink
}

peers_config() {
	local dev=$1 prefix=$2 count=$3 nic i nics='' over='' peers=''
	shift 3
	for nic in "$@"; do
		nics+=${nics:+, }\"$nic\"
		over+="${over:+, }{\"nic\": \"$nic\", \"remote\": \"10.0.1.2\"}"
	done
	for ((i = 1; i <= count; i++)); do
		peers+="${peers:+, }{\"address\": \"$prefix.$((i / 250)).$((i % 250 + 1))\",
			\"links\": [$over]}"
	done
	echo "{\"devices\": [{\"name\": \"$dev\", \"nics\": [$nics], \"peers\": [$peers]}]}"
}

no_modprobe() {
	sysctl -qw kernel.modprobe=
}

mplink_up() {
	local dev=${1:-mpl0}
	ip -batch - <<-END
		addr add 10.99.0.1/24 dev $dev
		addr add fd99::1/64 dev $dev nodad
		link set $dev up
	END
}

attr() {
	cat "/sys/class/net/${2:-mpl0}/mplink/$1"
}

background() {
	BACKGROUND_LOG=$(mktemp /tmp/background.XXXXXX)
	"$@" >"$BACKGROUND_LOG" 2>&1 &
	BACKGROUND=$!
}
