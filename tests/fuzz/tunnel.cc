// SPDX-License-Identifier: GPL-2.0
// GRE headers of any kind; and packets with any numbers, over any links, at any time, sent once
// more or not, while links come and go and marks promise anything.
#include <memory>

#include "fake_memory.hh"
#include "require.hh"
#include "resequencing.hh"
#include "tunnel/gre_header.hh"

namespace
{

using fake::Resequencing;

void headers(const unsigned char *data, std::size_t size)
{
	const auto copy = std::make_unique<mplink_u8[]>(size);
	mplink_gre gre = {};
	mplink_gre again = {};
	mplink_u8 bytes[MPLINK_GRE_LEN];

	std::copy(data, data + size, copy.get());

	const mplink_u32 drop = mplink::gre_read(copy.get(), size, gre);

	require(drop < MPLINK_GRE_DROPS, "no such reason");
	if (drop)
		return;
	require(gre.len <= size && gre.len <= MPLINK_GRE_MAX_LEN, "longer than it is");
	require(gre.key <= MPLINK_MAX_PEER_KEY, "a key that is too long");
	mplink::gre_write(bytes, gre);
	require(!mplink::gre_read(bytes, sizeof(bytes), again), "what was written is refused");
	require(again.key == gre.key && again.bucket == gre.bucket && again.seq == gre.seq &&
			again.protocol == gre.protocol && again.sequenced && !again.checksummed,
		"not what was written");
}

constexpr mplink_u32 jumps[] = {64, 65, 1024, 65536, 65537, 0x7fffffff, 0x80000000, 0x80000001};

// Two bytes a step: what happens, and how.
void packets(const unsigned char *data, std::size_t size)
{
	Resequencing all(15);
	mplink_u32 seq[2] = {data[0] & 1U ? 0U - 20U : 0U, 0x7ffffff0U};

	// Numbers may be anything here, and so may their order be.
	all.strays = true;
	all.config.max_perflow_buffer.write(1 + (data[0] >> 1 & 31U));
	all.config.max_peer_buffer.write(1 + (data[0] >> 1 & 31U));
	all.config.outoforder_max_us.write(data[0] & 64 ? 200000 : 3000);
	all.repairs = data[0] >> 7;
	for (std::size_t i = 1; i + 1 < size; i += 2) {
		const mplink_u32 what = data[i];
		const mplink_u32 how = data[i + 1];
		const mplink_u32 bucket = what >> 5 & 1;
		const mplink_u32 link = what >> 6;
		mplink_u32 &next = seq[bucket];

		switch (what & 15U) {
		default: // in order, but for what is left out
			next += how & 3U;
			all.arrive(next++, link, bucket);
			break;
		case 6:
		case 7: // ahead, or behind
			all.arrive(next + how - 100, link, bucket);
			break;
		case 8:
			all.pass(mplink_u64{how} * how);
			break;
		case 9:
			all.pass(mplink_u64{how} * 20000);
			break;
		case 10:
			all.alive = how & 15U;
			all.expire(bucket);
			break;
		case 11:
			next += how & 16 ? jumps[how & 7U] : 0U - jumps[how & 7U];
			break;
		case 12:
			next = how & 15U;
			break;
		case 13:
			if (how < 16)
				all.flush(bucket);
			else if (how < 32)
				all.review(bucket);
			else if (how < 64)
				all.refuse(next - (how & 31U), ~mplink_u64{0} << (how & 7U),
					   bucket);
			else {
				// Of which nothing is left to be sent once more.
				all.resent = mplink_u64{how} * 0x0101010101010101 << (how & 3U);
				all.mark(link, how & 31U, how >> 5 << (how & 7U) << 5);
			}
			break;
		case 14: // near the bucket's numbers
			all.replay(next + how - 128, link, bucket);
			break;
		case 15: // and further off
			all.replay(next + jumps[how & 7U] + (how >> 3) - 16, link, bucket);
			break;
		}
		require(all.wrong.empty(), all.wrong);
	}
	for (mplink_u32 bucket = 0; bucket < 2; bucket++)
		all.flush(bucket);
	require(!all.held() && all.arrived == all.delivered + all.refused, "packets went nowhere");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	headers(data, size);
	if (size)
		packets(data, size);
	require(!fake::Memory::live(), "memory is left behind");
	return 0;
}
