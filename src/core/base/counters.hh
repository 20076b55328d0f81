// SPDX-License-Identifier: GPL-2.0
// Counters on the packet path.  Each lane has cache lines of its own, which only it writes.
#pragma once
#include "base/atomic.hh"
#include "base/memory.hh"

namespace mplink
{

// Traffic of a link or of a NIC.  Bytes include the MAC header.
struct TrafficCounters {
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) Shared<mplink_u64> name;
#include "uapi/mplink_attributes.def"
};

struct alignas(64) LaneCounters : TrafficCounters {
};

struct alignas(64) DeviceCounters {
	Shared<mplink_u64> drops[MPLINK_DROPS];
#define COUNTER_CORE(name) Shared<mplink_u64> name;
#define COUNTER_BFD_RECEIVED(name)
#define COUNTER_GRE_RECEIVED(name)
#define MPLINK_DEVICE_COUNTER(id, name, source, ...) COUNTER_##source(name)
#include "uapi/mplink_attributes.def"
#undef COUNTER_CORE
#undef COUNTER_BFD_RECEIVED
#undef COUNTER_GRE_RECEIVED
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
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) sum.name += c.name.read();
#include "uapi/mplink_attributes.def"
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
#define MPLINK_TRAFFIC_COUNTER(id, name, ...) sum.name -= before.name;
#include "uapi/mplink_attributes.def"
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
