// SPDX-License-Identifier: GPL-2.0
// Counters on the packet path.  Nothing but the lane writes the lines that are its own.
#pragma once
#include "base/access_once.hh"
#include "base/atomic.hh"
#include "base/memory.hh"

namespace mplink
{

// What has passed over a link, or over a NIC.
struct TrafficCounters {
	mplink_u64 tx_packets;
	mplink_u64 tx_bytes;
	mplink_u64 rx_packets;
	mplink_u64 rx_bytes;
};

struct alignas(64) LaneCounters : TrafficCounters {
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

// The same where several lanes count.
inline void count_tx_shared(TrafficCounters &c, mplink_size len)
{
	atomic_add(c.tx_packets, 1);
	atomic_add(c.tx_bytes, len);
}

inline void count_rx_shared(TrafficCounters &c, mplink_size len)
{
	atomic_add(c.rx_packets, 1);
	atomic_add(c.rx_bytes, len);
}

inline void add(mplink_counters &sum, const TrafficCounters &c)
{
	sum.tx_packets += read_once(c.tx_packets);
	sum.tx_bytes += read_once(c.tx_bytes);
	sum.rx_packets += read_once(c.rx_packets);
	sum.rx_bytes += read_once(c.rx_bytes);
}

// Adds all lanes up.
inline void add(mplink_counters &sum, const LaneCounters *lanes)
{
	for (mplink_u32 lane = 0; lane < mplink_nr_lanes(); lane++)
		add(sum, lanes[lane]);
}

// What sum has more than before.
inline void subtract(mplink_counters &sum, const mplink_counters &before)
{
	sum.tx_packets -= before.tx_packets;
	sum.tx_bytes -= before.tx_bytes;
	sum.rx_packets -= before.rx_packets;
	sum.rx_bytes -= before.rx_bytes;
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
			void *lanes = mplink_alloc(sizeof(LaneCounters) * mplink_nr_lanes());

			// Others may be adding up what there is.
			__atomic_store_n(&lanes_, static_cast<LaneCounters *>(lanes),
					 __ATOMIC_RELEASE);
		}
		return lanes_;
	}
	LaneCounters *lanes() const
	{
		return lanes_;
	}
	void add_to(mplink_counters &sum) const
	{
		if (const LaneCounters *lanes = read_once(lanes_))
			add(sum, lanes);
	}

private:
	LaneCounters *lanes_ = nullptr;
};

} // namespace mplink
