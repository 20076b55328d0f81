// SPDX-License-Identifier: GPL-2.0
// Which packets are worth a copy by a second link: those of flows that send little, as long as
// their copies take a small part of what the links carry.
#pragma once
#include "link/link_table.hh"

namespace mplink
{

// How much a flow bucket has sent lately: a bucket of bytes that leaks.  One word, which CPUs may
// share.  If two of them write at once, a packet is not counted, which does not matter.
class FlowRate
{
public:
	// A byte leaks in 32 us: 250 kbit/s, some calls or games.
	static constexpr mplink_u32 leak_shift = 5;
	// A flow may send so many bytes at once: a name that is looked up, a handshake.
	static constexpr mplink_u32 burst = 8192;
	// However much a flow has sent, after a second of silence it is sparse again.
	static constexpr mplink_u32 most = burst + (1000000 >> leak_shift);

	// Counts a packet.  Whether the flow is sparse with it.
	bool sparse(mplink_size len, mplink_u64 now_us)
	{
		const auto now = static_cast<mplink_u32>(now_us >> leak_shift);
		const mplink_u32 left = empty_at_.read() - now;
		// Beyond most, it was empty before now.
		const mplink_size level = (left <= most ? left : 0) + len;

		empty_at_.write(now + static_cast<mplink_u32>(level < most ? level : most));
		return level <= burst;
	}

private:
	Shared<mplink_u32> empty_at_;
};

static_assert(sizeof(FlowRate) == sizeof(mplink_u32));

// What the copies for a peer may take.
class CopyBudget
{
public:
	// One in so many bytes that the links carry.
	static constexpr mplink_u64 share = 20;
	// What was not used of the budget is kept for so long.
	static constexpr mplink_u64 burst_us = 200000;

	// Takes what a copy needs.  False: there is not enough.
	[[nodiscard]] bool take(mplink_size len, const LinkTable &table, mplink_u64 now_us)
	{
		mplink_u64 carried = 0;

		for (mplink_u32 i = 0; i < table.size(); i++)
			carried += table[i].shared->pace.bytes_per_second();

		const mplink_u64 takes_us = len * share * 1000000 / (carried ? carried : 1);

		for (;;) {
			const mplink_u64 was = spent_until_us_.read();
			const mplink_u64 from = was > now_us ? was : now_us;

			if (from - now_us > burst_us)
				return false;
			if (spent_until_us_.replace(was, from + takes_us))
				return true;
		}
	}

private:
	Shared<mplink_u64> spent_until_us_;
};

// The differentiated services code point (RFC 2474 3).
constexpr mplink_u32 dscp(const Packet &packet)
{
	const mplink_u8 *const ip = packet.l3;

	return ip[0] >> 4 == 4 ? ip[1] >> 2 : (ip[0] & 15U) << 2 | ip[1] >> 6;
}

} // namespace mplink
