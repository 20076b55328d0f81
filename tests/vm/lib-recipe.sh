#!/bin/bash
# What scenarios that follow a page of docs/recipes share; sourced after lib.sh.
#
# A block that begins with ```sh HOST (or ```sh HOST STEP) is run in the namespace HOST, as it
# is written. Two things differ from a machine of one's own: the module is the one under test,
# so `modprobe mplink` loads that, and /etc is a folder for each host.
#
#   recipe_hosts HOST...                  makes the namespaces
#   recipe_cable HOST NIC HOST NIC        joins two of them; both NICs are down, without addresses
#   recipe PAGE HOST [STEP]               runs the page's blocks for that host
#   at HOST CMD...                        runs a command there
#   recipe_internet                       hosts branch and server; branch has NICs dsl0 and lte0,
#                                         server eth0, and behind them are the providers' routers
#   recipe_two_servers                    follows two-servers.md on A and B with three cables
#   takes_all_cables TO                   one TCP flow from A to B's address TO uses all three
#                                         cables, once these have a rate
#   link_is HOST PEER LINK FILE VALUE     whether sysfs says so of the link

RECIPE_RUN=/run/recipe

recipe_hosts() {
	local host
	mkdir -p "$RECIPE_RUN/bin"
	printf '#!/bin/sh\n[ -d /sys/module/mplink ] || exit 1\n' >"$RECIPE_RUN/bin/modprobe"
	chmod +x "$RECIPE_RUN/bin/modprobe"
	for host in "$@"; do
		mkdir -p "$RECIPE_RUN/$host/etc"
		ip netns add "$host"
		ip -n "$host" link set lo up
	done
}

recipe_cable() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
}

# Prints the blocks. None is a mistake in the page, or in the scenario.
_recipe_lines() {
	awk -v start="\`\`\`sh $2${3:+ $3}" '
		$0 == "```" { inside = 0 }
		inside { print; lines++ }
		$0 == start { inside = 1 }
		END { exit !lines }' "docs/recipes/$1.md"
}

recipe() {
	local lines
	lines=$(_recipe_lines "$@") || fail "docs/recipes/$1.md has no lines for host $2${3:+, step $3}"
	lines=${lines//\/etc\//$RECIPE_RUN/$2/etc/}
	if [[ $lines == *"modprobe mplink"* && ! -d /sys/module/mplink ]]; then
		mplink_load
	fi
	echo "--- $1, host $2${3:+, step $3}"
	PATH=$RECIPE_RUN/bin:$PATH ip netns exec "$2" bash -euxo pipefail -c "$lines" ||
		fail "docs/recipes/$1.md: what it says for host $2${3:+, step $3} does not work"
}

at() {
	ip netns exec "$@"
}

recipe_internet() {
	recipe_hosts branch server internet
	recipe_cable branch dsl0 internet dsl
	recipe_cable branch lte0 internet lte
	recipe_cable server eth0 internet hosting
	ip -n internet -batch - <<-'END'
		addr add 198.51.100.1/24 dev dsl
		addr add 192.0.2.1/24 dev lte
		addr add 203.0.113.1/24 dev hosting
		link set dsl up
		link set lte up
		link set hosting up
	END
	at internet sysctl -qw net.ipv4.ip_forward=1
}

recipe_two_servers() {
	local i
	recipe_hosts A B
	for i in 1 2 3; do
		recipe_cable A "eth$i" B "eth$i"
	done
	recipe two-servers A
	recipe two-servers B
	# Duplicate address detection and neighbours first.
	wait_until 10 at A ping -c1 -W1 10.99.0.2
}

link_is() {
	[[ $(at "$1" cat "/sys/class/net/mpl0/mplink/peers/$2/links/$3/$4") == "$5" ]]
}

_all_cables_carry() {
	at A cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth{1,2,3}/tx_packets |
		awk -v least=$(($1 + 200)) '$1 < least { exit 1 }'
}

takes_all_cables() {
	local nic before bulk
	for nic in eth1 eth2 eth3; do
		at A tc qdisc add dev $nic root netem rate 5mbit limit 50
	done
	before=$(at A cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth{1,2,3}/tx_packets |
		sort -n | tail -n1)
	at B iperf3 -s -D >/dev/null
	wait_until 30 at B bash -c 'ss -Hlt | grep :5201 >/dev/null'
	ip netns exec A iperf3 -c "$1" -t 120 >/dev/null 2>&1 &
	bulk=$!
	wait_until 60 _all_cables_carry "$before"
	kill $bulk
	wait $bulk || true
	for nic in eth1 eth2 eth3; do
		at A tc qdisc del dev $nic root
	done
}
