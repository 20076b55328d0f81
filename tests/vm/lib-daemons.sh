#!/bin/bash
# What scenarios with routing daemons share; sourced after lib.sh. A scenario says
# `# needs: daemons`. They run in B, with sockets and configuration in /run/daemons.
#
#   frr_start CONFIG        zebra and bfdd, the latter with that configuration
#   frr COMMAND...          says each to bfdd; prints what it answers
#   frr_session ADDRESS KEY     of `show bfd peers json`
#   bird_start CONFIG       BIRD with that configuration
#   bird_configure CONFIG   another one, without a restart
#   bird_session ADDRESS    its line of `show bfd sessions`: ADDRESS NIC STATE SINCE TX TIMEOUT

DAEMONS=$PWD/build/tools/daemons
DAEMON_RUN=/run/daemons

# FRR's programs ask for a group that only their package makes; what `ip netns exec`
# starts has mounts of its own.
_daemon() {
	mkdir -p "$DAEMON_RUN"
	[[ -e $DAEMON_RUN/group ]] || { cat /etc/group && echo frrvty:x:65000:root; } >"$DAEMON_RUN/group"
	# shellcheck disable=SC2016
	LD_LIBRARY_PATH=$DAEMONS/usr/lib/x86_64-linux-gnu:$DAEMONS/usr/lib/x86_64-linux-gnu/frr \
		ip netns exec B bash -c 'mount --bind "$0" /etc/group && exec "$@"' \
		"$DAEMON_RUN/group" "$@"
}

_frr_daemon() {
	local name=$1
	shift
	_daemon "$DAEMONS/usr/lib/frr/$name" -d -u root -g root -i "$DAEMON_RUN/$name.pid" \
		-z "$DAEMON_RUN/zserv" --vty_socket "$DAEMON_RUN" "$@" >"$DAEMON_RUN/$name.out" 2>&1 ||
		fail "$name does not start: $(tail -n 5 "$DAEMON_RUN/$name.out")"
}

frr_start() {
	mkdir -p "$DAEMON_RUN" /var/run/frr
	echo "$1" >"$DAEMON_RUN/bfdd.conf"
	: >"$DAEMON_RUN/zebra.conf"
	_frr_daemon zebra -f "$DAEMON_RUN/zebra.conf"
	_frr_daemon bfdd -f "$DAEMON_RUN/bfdd.conf" --bfdctl "$DAEMON_RUN/bfdd.sock"
}

frr() {
	/usr/bin/python3 "$PWD/tests/vm/tools/frr-vty.py" "$DAEMON_RUN/bfdd.vty" "$@"
}

frr_session() {
	frr "show bfd peers json" | ADDRESS=$1 KEY=$2 /usr/bin/python3 -c '
import json, os, sys
print([s for s in json.load(sys.stdin) if s["peer"] == os.environ["ADDRESS"]][0][os.environ["KEY"]])'
}

bird_configure() {
	echo "$1" >"$DAEMON_RUN/bird.conf"
	_bird configure
}

_bird() {
	_daemon "$DAEMONS/usr/sbin/birdc" -s "$DAEMON_RUN/bird.ctl" "$@"
}

bird_start() {
	mkdir -p "$DAEMON_RUN"
	echo "$1" >"$DAEMON_RUN/bird.conf"
	_daemon "$DAEMONS/usr/sbin/bird" -c "$DAEMON_RUN/bird.conf" -s "$DAEMON_RUN/bird.ctl" \
		-P "$DAEMON_RUN/bird.pid" >"$DAEMON_RUN/bird.out" 2>&1 ||
		fail "BIRD does not start: $(tail -n 5 "$DAEMON_RUN/bird.out")"
}

bird_session() {
	_bird show bfd sessions | awk -v address="$1" '$1 == address'
}
