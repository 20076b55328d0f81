// SPDX-License-Identifier: GPL-2.0
// How long it takes until a packet comes that the far end was asked for.  One per peer, shared by
// all CPUs: if two of them add a measurement at once, one of the two may be lost.
#pragma once
#include "base/atomic.hh"
#include "base/order.hh"

namespace mplink
{

class RepairTime
{
public:
	// Timers at both ends.
	static constexpr mplink_u32 margin_us = 5000;

	// After so long, a packet that was asked for will not come.  longest_us: what the sender
	// tells of its round trips; it is all there is before anything is measured.
	mplink_u32 most_us(mplink_u32 longest_us) const
	{
		const mplink_u32 mean = mean_us_.read();

		// RFC 6298 2.3.
		return mean ? smaller(mean + larger(4 * deviation_us_.read(), margin_us) +
					      margin_us,
				      longest_us)
			    : longest_us;
	}
	// After so long it is asked for again.  Where repairs vary much, that is sooner than
	// most_us(): a packet that comes twice costs less than a flow that waits.
	mplink_u32 ask_again_us(mplink_u32 longest_us) const
	{
		const mplink_u32 mean = mean_us_.read();
		const mplink_u32 most = most_us(longest_us);

		return mean ? smaller(most, 2 * mean + margin_us) : most;
	}
	// 0: nothing is measured yet.
	mplink_u32 mean_us() const
	{
		return mean_us_.read();
	}

	// A packet has come that was asked for so long ago.
	void came(mplink_u64 us)
	{
		const auto taken =
			static_cast<mplink_u32>(smaller(larger(us, mplink_u64{1}), largest_us));
		const mplink_u32 mean = mean_us_.read();

		if (!mean) {
			mean_us_.write(taken);
			deviation_us_.write(taken / 2);
			return;
		}

		const mplink_u32 apart = larger(mean, taken) - smaller(mean, taken);
		const mplink_u32 deviation = deviation_us_.read();

		deviation_us_.write(deviation - deviation / 4 + apart / 4);
		mean_us_.write(mean - mean / 8 + taken / 8);
	}

private:
	static constexpr mplink_u64 largest_us = 10000000;

	Shared<mplink_u32> mean_us_;
	Shared<mplink_u32> deviation_us_;
};

} // namespace mplink
