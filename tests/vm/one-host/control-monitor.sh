#!/bin/bash
# Guards: how long the stages were that a NIC went through until it was valid; a monitor
# that changes have overrun says so, tells what has changed, and goes on; --exec's command
# finds all facts of a change in its environment, and no others.
# by default: 6.1
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

PEERS=1000

# count REGEX FILE
count() {
	grep -cE -- "$1" "$2" || true
}

told() {
	[[ $(count "$@") -gt 0 ]]
}

# How many peers of mpl1 a monitor has told of.
peers_told() {
	grep '"kind":"peer-set","device":"mpl1"' "$1" | grep -o '"peer":"[^"]*"' | sort -u | wc -l
}

# They listen when they hear.
listen() {
	echo balance-xor >/sys/class/net/mpl0/mplink/policy
	echo balance-rr >/sys/class/net/mpl0/mplink/policy
	told device-set /run/monitor && told device-set /run/small && told DEVICE /run/exec
}

# reason_told REASON: the NIC eth2 is not valid for it, and the monitor knows.
reason_told() {
	grep '"kind":"nic","device":"mpl0","nic":"eth2"' /run/monitor | tail -n1 |
		grep "\"reason\":\"$1\"" >/dev/null
}

# begin; stages FROM NAMES [NAME]: since begin eth2 went through stages of these names
# (a regex), each as long as it can have been, and NAME at least WAITED microseconds.
begin() {
	SEEN=$(count "$NIC_STAGES" /run/monitor)
	BEGAN=${EPOCHREALTIME/./}
}

WAITED=500000
NIC_STAGES='"kind":"stages","device":"mpl0","nic"'
stages() {
	local took rest from total names='' sum=0 long=0
	wait_until 20 more_than "$SEEN" count "$NIC_STAGES" /run/monitor
	took=$((${EPOCHREALTIME/./} - BEGAN))
	rest=$(grep "$NIC_STAGES" /run/monitor | tail -n1)
	echo "in $took us: $rest"
	[[ $rest =~ '"nic":"eth2","from":"'([^\"]*)'","total_ns":'([0-9]+)',"stages":['(.*) ]] ||
		fail "the monitor says: $rest"
	from=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]} rest=${BASH_REMATCH[3]}
	while [[ $rest =~ '"name":"'([^\"]*)'","ns":'([0-9]+)'}'(.*) ]]; do
		names+=" ${BASH_REMATCH[1]}"
		sum=$((sum + BASH_REMATCH[2]))
		[[ ${BASH_REMATCH[1]} != "${3:-}" ]] || long=${BASH_REMATCH[2]}
		rest=${BASH_REMATCH[3]}
	done
	equal "what is left of the report" "$rest" "]}"
	equal "what it began with" "$from" "$1"
	[[ ${names# } =~ ^($2)$ ]] || fail "stages are '${names# }', should be '$2'"
	equal "sum of the stages" "$sum" "$total"
	[[ $((total / 1000)) -le $took ]] || fail "the stages took $total ns, all of it $took us"
	[[ -z ${3:-} || $((long / 1000)) -ge $WAITED ]] || fail "$3 took $long ns, not $WAITED us"
}

# wait_for_it REASON: long enough to be seen in the report
wait_for_it() {
	wait_until 20 reason_told "$1"
	nap "$(bc <<<"scale=6; $WAITED / 1000000")"
}

# facts KIND: what --exec's command was told of changes of that kind, a line each
facts() {
	awk -v kind="CHANGE='$1'" '
		/^end$/ { if (facts ~ kind) print facts; facts = "" }
		/^export MPLINK_/ { sub("export MPLINK_", ""); sub(/^TIME=.*Z.$/, "TIME")
			facts = facts (facts ? " " : "") $0 }' /run/exec | sed "s/'//g;s/MPLINK_//g"
}

topology 2
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.0.1.2,10.0.2.2
mplink_up
wait_until 10 links_valid 2
mplink -j monitor >/run/monitor &
MONITOR=$!
# Without privilege, and so with the buffer that is left to everyone.
setpriv --reuid 65534 --clear-groups mplink -j monitor >/run/small &
SMALL=$!
# A fact that is not known must not be one that the monitor was given.
MPLINK_NIC=stale mplink monitor --exec 'export -p; echo end' >/run/exec &
EXEC=$!
wait_until 30 listen

# Stages.
begin
ip -batch - <<<$'link set eth2 down\nlink set eth2 up'
stages IFF_UP '(carrier )?valid'

in_b ip link set eth2 down
wait_until 20 reason_told no-carrier
begin
in_b ip link set eth2 up
stages carrier valid

in_b ip link set eth2 down
ip link set eth2 down
wait_until 20 reason_told admin-down
begin
ip link set eth2 up
wait_for_it no-carrier
in_b ip link set eth2 up
stages IFF_UP 'carrier valid' carrier

ip -batch - <<<$'link set eth2 down\naddr flush dev eth2'
wait_until 20 reason_told admin-down
begin
ip link set eth2 up
wait_for_it no-address
ip addr add 10.0.2.1/24 dev eth2
stages IFF_UP 'carrier address valid' address

# Its link has to work for a while.
wait_until 20 told '"kind":"stages","device":"mpl0","peer":"10.99.0.2","nic":"eth2","remote":"10.0.2.2","from":"IFF_UP",.*"name":"address","ns":[0-9]*},\{"name":"wait to restore","ns":[0-9]{9,}\}' /run/monitor

# The environment, in the order of sh.
check "a peer" mplink peer set 10.99.0.2 link eth1 weight 2
wait_until 20 told CHANGE=.peer-set /run/exec
kill -TERM $EXEC
wait $EXEC
equal "facts of a policy" "$(facts device-set | head -n1)" \
	"CHANGE=device-set DEVICE=mpl0 POLICY=balance-xor TIME"
equal "facts of a link" "$(facts link | head -n1)" \
	"CHANGE=link DEVICE=mpl0 EVENT=NETDEV_GOING_DOWN NIC=eth2 PEER=10.99.0.2 REASON=admin-down REMOTE=10.0.2.2 TIME VALID=0 WAS=none"
equal "facts of a NIC" "$(facts nic | tail -n1)" \
	"CHANGE=nic DEVICE=mpl0 EVENT=inetaddr NETDEV_UP NIC=eth2 REASON=none TIME VALID=1 WAS=no-address"
equal "facts of a peer" "$(facts peer-set)" "CHANGE=peer-set DEVICE=mpl0 PEER=10.99.0.2 TIME"

# More than its socket holds.
kill -STOP $SMALL
peers_config mpl1 10.98 $PEERS n1 >/run/config
check "load" mplink load /run/config
kill -CONT $SMALL
wait_until 20 told '"kind":"overrun"' /run/small
wait_until 20 more_than $((PEERS - 1)) peers_told /run/small
equal "peers it has told of" "$(peers_told /run/small)" $PEERS
check "policy" mplink set dev mpl1 policy broadcast
wait_until 20 told '"device-set","device":"mpl1".*broadcast' /run/small
equal "times that it was overrun" "$(count overrun /run/small)" 1
wait_until 20 told '"device-set","device":"mpl1".*broadcast' /run/monitor
equal "peers that the other has told of" "$(peers_told /run/monitor)" $PEERS
equal "times that the other was overrun" "$(count overrun /run/monitor)" 0
kill -TERM $MONITOR $SMALL
wait $MONITOR $SMALL
