#!/bin/bash
# Guards: the POST_ROUTING hooks exist only in namespaces that hold a virtual NIC,
# once each, and go with the last one.
# kernels: 6.1 6.12 debug
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

trace=/sys/kernel/tracing

# calls NETNS: how often the hook has run during 8 pings from there (0 or 8)
calls() {
	local count
	echo >$trace/trace
	echo 1 >$trace/tracing_on
	check "pings from namespace $1" ip netns exec "$1" ping -qc8 -i0.1 -W2 127.0.0.1
	echo 0 >$trace/tracing_on
	# Requests and replies pass POST_ROUTING.
	count=$(grep -c mplink_hook4 $trace/trace || true)
	echo "$1: $count calls of the hook during 8 pings" >&2
	echo "$count"
}

mplink_load
echo 0 >$trace/tracing_on
echo mplink_hook4 >$trace/set_ftrace_filter
echo function >$trace/current_tracer
trap 'echo nop >$trace/current_tracer; echo >$trace/set_ftrace_filter; echo 1 >$trace/tracing_on' EXIT

for ns in N1 N2; do
	ip netns add $ns
	ip -n $ns link set lo up
done
equal "calls before there is a device" "$(calls N1)" 0
ip -n N1 link add a0 type mplink
equal "calls with a device" "$(calls N1)" 16
equal "calls in another namespace" "$(calls N2)" 0
ip -n N1 link add b0 type mplink
equal "calls with two devices" "$(calls N1)" 16
ip -n N1 link del a0
equal "calls with one device left" "$(calls N1)" 16
ip -n N1 link del b0
equal "calls with no device left" "$(calls N1)" 0
# Traffic that is not for the virtual NIC is not touched.
ip -n N2 link add a0 type mplink
ip -n N2 link set a0 up
equal "packets of the virtual NIC nobody sent to" "$(ip netns exec N2 cat /sys/class/net/a0/statistics/tx_packets)" 0
equal "calls" "$(calls N2)" 16
equal "packets of the virtual NIC nobody sent to" "$(ip netns exec N2 cat /sys/class/net/a0/statistics/tx_packets)" 0
