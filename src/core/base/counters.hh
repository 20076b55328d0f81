// SPDX-License-Identifier: GPL-2.0
// Counters on the packet path.  Each lane has cache lines of its own, which only it writes.
#pragma once
#include "base/atomic.hh"
#include "base/memory.hh"

namespace mplink
{

// Traffic of a link or of a NIC.  Bytes include the MAC header.
struct TrafficCounters {
	Shared<mplink_u64> tx_packets;
	Shared<mplink_u64> tx_bytes;
	Shared<mplink_u64> rx_packets;
	Shared<mplink_u64> rx_bytes;
};

struct alignas(64) LaneCounters : TrafficCounters {
};

struct alignas(64) DeviceCounters {
	Shared<mplink_u64> drops[MPLINK_DROPS];
	Shared<mplink_u64> rescheduled;
	Shared<mplink_u64> copies;
};

[[gnu::always_inline]] inline void count_tx(TrafficCounters &c, mplink_size len)
{
	c.tx_packets.add_alone(1);
	c.tx_bytes.add_alone(len);
}

[[gnu::always_inline]] inline void count_rx(TrafficCounters &c, mplink_size len)
{
	c.rx_packets.add_alone(1);
	c.rx_bytes.add_alone(len);
}

// The same for counters that several lanes share.
inline void count_tx_shared(TrafficCounters &c, mplink_size len)
{
	c.tx_packets.add(1);
	c.tx_bytes.add(len);
}

inline void count_rx_shared(TrafficCounters &c, mplink_size len)
{
	c.rx_packets.add(1);
	c.rx_bytes.add(len);
}

inline void add(mplink_counters &sum, const TrafficCounters &c)
{
	sum.tx_packets += c.tx_packets.read();
	sum.tx_bytes += c.tx_bytes.read();
	sum.rx_packets += c.rx_packets.read();
	sum.rx_bytes += c.rx_bytes.read();
}

// Adds up the counters of all lanes.
inline void add(mplink_counters &sum, const LaneCounters *lanes)
{
	for (mplink_u32 lane = 0; lane < mplink_nr_lanes(); lane++)
		add(sum, lanes[lane]);
}

// Subtracts before from sum.
inline void subtract(mplink_counters &sum, const mplink_counters &before)
{
	sum.tx_packets -= before.tx_packets;
	sum.tx_bytes -= before.tx_bytes;
	sum.rx_packets -= before.rx_packets;
	sum.rx_bytes -= before.rx_bytes;
}

// Traffic counters, one per lane.  There are none before the first allocate().
class Traffic
{
public:
	constexpr Traffic() = default;
	Traffic(const Traffic &) = delete;
	Traffic &operator=(const Traffic &) = delete;
	~Traffic()
	{
		mplink_free(lanes_.read());
	}

	// False: memory is short.
	[[nodiscard]] bool allocate()
	{
		if (!lanes()) {
			void *lanes = mplink_alloc(sizeof(LaneCounters) * mplink_nr_lanes());

			// Others may be adding up what there is.
			lanes_.publish(static_cast<LaneCounters *>(lanes));
		}
		return lanes();
	}
	LaneCounters *lanes() const
	{
		return lanes_.read();
	}
	void add_to(mplink_counters &sum) const
	{
		if (const LaneCounters *all = lanes())
			add(sum, all);
	}

private:
	Shared<LaneCounters *> lanes_;
};

} // namespace mplink
