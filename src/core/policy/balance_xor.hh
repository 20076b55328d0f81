// SPDX-License-Identifier: GPL-2.0
// balance-xor: a flow stays on a link.  A hash of the packet's addresses and ports picks one
// of 256 buckets, and each bucket belongs to a link.  The table keeps the buckets.
#pragma once
#include "policy/policy.hh"

namespace mplink
{

struct BalanceXor : PolicyBase {
	static constexpr mplink_u32 id = MPLINK_POLICY_BALANCE_XOR;
	static constexpr const char *name = "balance-xor";
	static constexpr mplink_u32 buckets = 256;

	static mplink_size tail_size(mplink_u32)
	{
		return buckets * sizeof(mplink_u16);
	}

	// Each bucket has an order in which it prefers the links, and belongs to the first one
	// that is valid.  The order depends on the weights alone.  So a flow on a link that
	// works stays there when other links fail; it moves only when its preferred link comes
	// back.  The most preferred links are dealt evenly by share; then come links drawn by
	// weight; then, if all of these are invalid, the others in turn.
	static void lay_out(const LinkTable &table, std::span<const LinkSpec> links)
	{
		constexpr mplink_u32 draws = 32;
		mplink_u32 share[MPLINK_MAX_LINKS] = {};
		mplink_u32 dealt[MPLINK_MAX_LINKS] = {};
		mplink_u16 entry[MPLINK_MAX_LINKS] = {};
		mplink_u16 next = sizeof(LinkTable);
		mplink_u32 total = 0;

		for (mplink_size i = 0; i < links.size(); i++) {
			if (links[i].valid) {
				entry[i] = next;
				next += sizeof(LinkEntry);
			}
			total += links[i].weight;
		}
		// Cannot be: no table is built without links.
		if (!total)
			return;
		share_buckets(links, share);
		for (mplink_u32 b = 0; b < buckets; b++) {
			mplink_size i = 0;

			// The link that is furthest below its share.
			for (mplink_size j = 1; j < links.size(); j++)
				if ((dealt[j] + 1) * share[i] < (dealt[i] + 1) * share[j])
					i = j;
			dealt[i]++;
			for (mplink_u32 k = 0; k < draws && !links[i].valid; k++)
				i = drawn(links, total, draw(b, k));
			while (!links[i].valid)
				i = (i + 1) % links.size();
			offsets(table)[b] = entry[i];
		}
	}

	// The flow's link.
	[[gnu::always_inline]] static mplink_path *choose(const LinkTable &table, const Lane &lane,
							  const Packet &packet)
	{
		if (!flow::is_inet(packet.l3, packet.l3_len)) [[unlikely]]
			return choose_other(table, lane, packet.len, packet.lane, packet.l3,
					    packet.l3_len);
		return choose_by(table, lane, packet, flow::inet(packet.l3, packet.l3_len));
	}

	static Pick choose_again(const LinkTable &table, const Lane &, const Packet &packet)
	{
		return {other_link(table, packet), true};
	}

	static Pick choose_without_lane(const LinkTable &table, const Packet &packet)
	{
		const LinkEntry &link = link_of(table, flow_hash(packet.l3, packet.l3_len));

		if (link.alive())
			return {&link, false};
		return {other_link(table, packet), true};
	}

	// The link of all flows with that hash.
	[[gnu::always_inline]] static const LinkEntry &link_of(const LinkTable &table,
							       mplink_u32 hash)
	{
		return *reinterpret_cast<const LinkEntry *>(
			reinterpret_cast<const mplink_u8 *>(&table) + offsets(table)[hash >> 24]);
	}

private:
	// For each bucket, where its link's entry is, in bytes from the table.
	static mplink_u16 *offsets(const LinkTable &table)
	{
		return table.tail<mplink_u16>();
	}

	[[gnu::always_inline]] static mplink_path *
	choose_by(const LinkTable &table, const Lane &lane, const Packet &packet, mplink_u32 hash)
	{
		const LinkEntry &link = link_of(table, hash);

		return link.alive() ? sent(link, lane, packet) : nullptr;
	}

	// choose() for what is not IPv4, out of the way of what is.  It takes the packet's parts:
	// with a reference, the packet would have to be in memory.
	[[gnu::noinline]] static mplink_path *choose_other(const LinkTable &table, const Lane &lane,
							   mplink_size len, mplink_size at,
							   const mplink_u8 *l3, mplink_size l3_len)
	{
		return choose_by(table, lane, {len, at, l3, l3_len}, flow::other(l3, l3_len));
	}

	// Any live link, but the same one for all packets of the flow.
	static const LinkEntry *other_link(const LinkTable &table, const Packet &packet)
	{
		const mplink_u32 n = table.size();
		const mplink_u32 hash = flow_hash(packet.l3, packet.l3_len);
		const mplink_u32 start = static_cast<mplink_u32>((mplink_u64{hash} * n) >> 32);

		for (mplink_u32 i = start; i < start + n; i++)
			if (table[i % n].alive())
				return &table[i % n];
		return nullptr;
	}

	// The k'th draw of a bucket: the finalizer of MurmurHash3.  Each bit of its input
	// reaches each bit of its output.
	static mplink_u64 draw(mplink_u32 bucket, mplink_u32 k)
	{
		mplink_u64 h = (mplink_u64{bucket} << 32 | k) + 0x9e3779b97f4a7c15ULL;

		h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
		h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
		return h ^ (h >> 33);
	}

	// The link that a draw falls on: each link as often as its weight says.
	static mplink_size drawn(std::span<const LinkSpec> links, mplink_u32 total,
				 mplink_u64 value)
	{
		mplink_size i = 0;

		for (mplink_u32 left = static_cast<mplink_u32>(value >> 32) % total;
		     left >= links[i].weight; i++)
			left -= links[i].weight;
		return i;
	}

	// Sets how many buckets each link gets.  Each link gets at least one, because a link
	// without a bucket would carry nothing.  The others are given by weight, rounded by
	// largest remainder.
	static void share_buckets(std::span<const LinkSpec> links, mplink_u32 *share)
	{
		static_assert(MPLINK_MAX_LINKS <= buckets);
		mplink_u64 remainder[MPLINK_MAX_LINKS] = {};
		mplink_u64 left = buckets;
		mplink_u64 total = 0;
		bool found = true;

		for (const LinkSpec &link : links)
			total += link.weight;
		// A link that is due less than one gets one: the others share what is left.
		while (found) {
			found = false;
			for (mplink_size i = 0; i < links.size(); i++)
				if (!share[i] && links[i].weight * left < total) {
					share[i] = 1;
					left--;
					total -= links[i].weight;
					found = true;
				}
		}

		// Every link has its bucket, and nothing is left to be shared.
		if (!total)
			return;

		mplink_u64 rest = left;

		for (mplink_size i = 0; i < links.size(); i++)
			if (!share[i]) {
				share[i] = static_cast<mplink_u32>(links[i].weight * left / total);
				// Never 0, which says that the link gets no more.
				remainder[i] = links[i].weight * left % total + 1;
				rest -= share[i];
			}
		for (; rest; rest--) {
			mplink_size most = 0;

			for (mplink_size i = 1; i < links.size(); i++)
				if (remainder[i] > remainder[most])
					most = i;
			share[most]++;
			remainder[most] = 0;
		}
	}
};

} // namespace mplink
