// SPDX-License-Identifier: GPL-2.0
// Counters on the packet path: a cache line a lane, which nothing else writes.
#pragma once
#include "memory.hh"
#include "once.hh"

namespace mplink
{

struct alignas(64) LinkCounters {
	mplink_u64 tx_packets;
	mplink_u64 tx_bytes;
	mplink_u64 rx_packets;
	mplink_u64 rx_bytes;
};

struct alignas(64) DeviceCounters {
	mplink_u64 drops[MPLINK_DROPS];
	mplink_u64 rescheduled;
	mplink_u64 copies;
};

inline void add(mplink_counters &sum, const Array<LinkCounters> &counters)
{
	for (const LinkCounters &c : counters) {
		sum.tx_packets += read_once(c.tx_packets);
		sum.tx_bytes += read_once(c.tx_bytes);
		sum.rx_packets += read_once(c.rx_packets);
		sum.rx_bytes += read_once(c.rx_bytes);
	}
}

} // namespace mplink
