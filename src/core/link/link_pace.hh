// SPDX-License-Identifier: GPL-2.0
// How fast a link is, for the packets that choose among links.
#pragma once
#include "base/atomic.hh"
#include "base/counters.hh"

namespace mplink
{

// One CPU writes this now and then; packets read it.
class LinkPace
{
public:
	// A scale is in nanoseconds per byte, with so many bits after the binary point.
	static constexpr mplink_u32 shift = 10;

	// Far ends do not wait for what comes so much later than by the fastest link, so a link
	// whose delay is longer by more is not used beside others.
	static constexpr mplink_u32 useless_us = 200000;
	static constexpr mplink_u32 useless_ns = useless_us * 1000;

	// The delay of a link that is suspect: later than by any other one.
	static constexpr mplink_u32 suspect_ns = ~mplink_u32{0};

	// Bytes per second of a link of weight 1 before it has been measured: 10 Mbit/s.
	static constexpr mplink_u64 unmeasured = 1250000;

	// The scale of a link of that many bytes per second.
	static constexpr mplink_u32 scale_of(mplink_u64 bytes_per_second)
	{
		const mplink_u64 scale = (mplink_u64{1000000000} << shift) /
					 (bytes_per_second ? bytes_per_second : 1);

		return scale < ~mplink_u32{0} ? static_cast<mplink_u32>(scale) : ~mplink_u32{0};
	}

	// delay_ns: above the fastest link's.  bulk_delay_ns: what counts of it for bulk flows.
	void set(mplink_u32 scale, mplink_u32 delay_ns, mplink_u32 bulk_delay_ns)
	{
		scale_.write(scale);
		delay_ns_.write(delay_ns);
		bulk_delay_ns_.write(bulk_delay_ns);
	}
	mplink_u64 bytes_per_second() const
	{
		const mplink_u32 now = scale();

		return (mplink_u64{1000000000} << shift) / (now ? now : 1);
	}
	bool suspect() const
	{
		return delay_ns(false) == suspect_ns;
	}
	mplink_u32 scale() const
	{
		return scale_.read();
	}
	mplink_u32 delay_ns(bool bulk) const
	{
		return bulk ? bulk_delay_ns_.read() : delay_ns_.read();
	}

private:
	Shared<mplink_u32> scale_;
	Shared<mplink_u32> delay_ns_;
	Shared<mplink_u32> bulk_delay_ns_;
};

// The part of a link that all CPUs share.
struct LinkShared : TrafficCounters {
	LinkPace pace;
};

} // namespace mplink
