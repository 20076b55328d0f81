// SPDX-License-Identifier: GPL-2.0
// Counters on the packet path: a cache line a lane, which nothing else writes.
#pragma once
#include "memory.hh"
#include "once.hh"

namespace mplink
{

// What has passed over a link, or over a NIC.
struct alignas(64) TrafficCounters {
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

[[gnu::always_inline]] inline void count_tx(TrafficCounters &c, mplink_size len)
{
	add_once(c.tx_packets, 1);
	add_once(c.tx_bytes, len);
}

[[gnu::always_inline]] inline void count_rx(TrafficCounters &c, mplink_size len)
{
	add_once(c.rx_packets, 1);
	add_once(c.rx_bytes, len);
}

// Adds all lanes up.
inline void add(mplink_counters &sum, const TrafficCounters *lanes)
{
	for (mplink_u32 lane = 0; lane < mplink_nr_lanes(); lane++) {
		const TrafficCounters &c = lanes[lane];

		sum.tx_packets += read_once(c.tx_packets);
		sum.tx_bytes += read_once(c.tx_bytes);
		sum.rx_packets += read_once(c.rx_packets);
		sum.rx_bytes += read_once(c.rx_bytes);
	}
}

// Traffic counters, one a lane, from the first allocate() on.
class Traffic
{
public:
	constexpr Traffic() = default;
	Traffic(const Traffic &) = delete;
	Traffic &operator=(const Traffic &) = delete;
	~Traffic()
	{
		mplink_free(lanes_);
	}

	// False: memory is short.
	[[nodiscard]] bool allocate()
	{
		if (!lanes_) {
			void *lanes = mplink_alloc(sizeof(TrafficCounters) * mplink_nr_lanes());

			// Others may be adding up what there is.
			__atomic_store_n(&lanes_, static_cast<TrafficCounters *>(lanes),
					 __ATOMIC_RELEASE);
		}
		return lanes_;
	}
	TrafficCounters *lanes() const
	{
		return lanes_;
	}
	void add_to(mplink_counters &sum) const
	{
		if (const TrafficCounters *lanes = read_once(lanes_))
			add(sum, lanes);
	}

private:
	TrafficCounters *lanes_ = nullptr;
};

} // namespace mplink
