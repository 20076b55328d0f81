// SPDX-License-Identifier: GPL-2.0
// GRE headers by RFC 2784 and RFC 2890: which are read, and as what.
#include "tunnel/gre_header.hh"

#include <gtest/gtest.h>

#include <memory>

namespace mplink
{

namespace
{

using Bytes = std::vector<mplink_u8>;

struct Read {
	mplink_u32 drop;
	mplink_gre gre = {};
};

// From memory of exactly that size, so that ASan sees the first byte beyond.
Read read(const Bytes &bytes)
{
	const auto copy = std::make_unique<mplink_u8[]>(bytes.size());
	Read result;

	std::copy(bytes.begin(), bytes.end(), copy.get());
	result.drop = gre_read(copy.get(), bytes.size(), result.gre);
	return result;
}

const Bytes key_and_number = {0x30, 0, 0x08, 0, 0xab, 0xcd, 0xef, 0x42, 0x80, 1, 2, 3};

TEST(GreHeader, WhatIsWrittenIsWhatGoesOverTheWire)
{
	mplink_u8 bytes[MPLINK_GRE_LEN];

	gre_write(bytes, {.len = 0,
			  .key = 0xabcdef,
			  .seq = 0x80010203,
			  .protocol = 0x0800,
			  .bucket = 0x42,
			  .sequenced = 0,
			  .checksummed = 0});
	EXPECT_EQ(Bytes(bytes, bytes + sizeof(bytes)), key_and_number);
}

TEST(GreHeader, WhatIsWrittenIsRead)
{
	for (const mplink_u32 protocol : {0x0800U, 0x86ddU})
		for (const mplink_u32 key : {0U, 1U, 0x800000U, 0xffffffU})
			for (const mplink_u32 seq : {0U, 1U, 0xffffffffU}) {
				const mplink_gre gre = {.len = MPLINK_GRE_LEN,
							.key = key,
							.seq = seq,
							.protocol =
								static_cast<mplink_u16>(protocol),
							.bucket = static_cast<mplink_u8>(key + seq),
							.sequenced = 1,
							.checksummed = 0};
				Bytes bytes(MPLINK_GRE_LEN);

				gre_write(bytes.data(), gre);

				const Read back = read(bytes);

				ASSERT_EQ(back.drop, mplink_u32{MPLINK_GRE_DROP_NONE});
				EXPECT_EQ(back.gre.len, gre.len);
				EXPECT_EQ(back.gre.key, gre.key);
				EXPECT_EQ(back.gre.seq, gre.seq);
				EXPECT_EQ(back.gre.protocol, gre.protocol);
				EXPECT_EQ(back.gre.bucket, gre.bucket);
				EXPECT_EQ(back.gre.sequenced, 1);
				EXPECT_EQ(back.gre.checksummed, 0);
			}
}

// As a stock gre device sends it.
TEST(GreHeader, WithoutANumber)
{
	const Read r = read({0x20, 0, 0x86, 0xdd, 0, 0, 7, 9});

	ASSERT_EQ(r.drop, mplink_u32{MPLINK_GRE_DROP_NONE});
	EXPECT_EQ(r.gre.len, 8U);
	EXPECT_EQ(r.gre.key, 7U);
	EXPECT_EQ(r.gre.bucket, 9);
	EXPECT_EQ(r.gre.protocol, 0x86dd);
	EXPECT_FALSE(r.gre.sequenced);
	EXPECT_EQ(r.gre.seq, 0U);
}

TEST(GreHeader, WithAChecksum)
{
	const Read all = read({0xb0, 0, 0x08, 0, 0x12, 0x34, 0xff, 0xff, 0, 0, 7, 9, 0, 0, 1, 0});

	ASSERT_EQ(all.drop, mplink_u32{MPLINK_GRE_DROP_NONE});
	EXPECT_EQ(all.gre.len, mplink_u32{MPLINK_GRE_MAX_LEN});
	EXPECT_TRUE(all.gre.checksummed);
	EXPECT_EQ(all.gre.key, 7U);
	EXPECT_EQ(all.gre.bucket, 9);
	EXPECT_EQ(all.gre.seq, 256U);

	const Read no_number = read({0xa0, 0, 0x08, 0, 0x12, 0x34, 0, 0, 0, 0, 7, 9});

	ASSERT_EQ(no_number.drop, mplink_u32{MPLINK_GRE_DROP_NONE});
	EXPECT_EQ(no_number.gre.len, 12U);
	EXPECT_FALSE(no_number.gre.sequenced);
}

// RFC 2784 2.3: bits 1 to 5, except those that RFC 2890 defines.  2.2: bits 6 to
// 12 "MUST be ignored on receipt".
TEST(GreHeader, EachBitOfTheFlags)
{
	for (unsigned bit = 0; bit < 16; bit++) {
		Bytes bytes = key_and_number;
		const unsigned flags = 0x8000U >> bit;
		mplink_u32 expected = MPLINK_GRE_DROP_NONE;

		bytes.resize(MPLINK_GRE_MAX_LEN);
		bytes[0] = static_cast<mplink_u8>(bytes[0] | flags >> 8);
		bytes[1] = static_cast<mplink_u8>(flags);
		if (bit == 1 || bit == 4 || bit == 5)
			expected = MPLINK_GRE_DROP_FLAGS;
		if (bit >= 13)
			expected = MPLINK_GRE_DROP_VERSION;
		EXPECT_EQ(read(bytes).drop, expected) << "bit " << bit;
	}
}

TEST(GreHeader, TheKeyIsRequired)
{
	Bytes bytes = key_and_number;

	bytes[0] = 0x10;
	EXPECT_EQ(read(bytes).drop, mplink_u32{MPLINK_GRE_DROP_KEY_MISSING});
	EXPECT_EQ(read({0, 0, 0x08, 0}).drop, mplink_u32{MPLINK_GRE_DROP_KEY_MISSING});
}

TEST(GreHeader, OnlyIpAndMessagesAreInside)
{
	Bytes bytes = key_and_number;

	for (unsigned protocol = 0; protocol < 0x10000; protocol++) {
		bytes[2] = static_cast<mplink_u8>(protocol >> 8);
		bytes[3] = static_cast<mplink_u8>(protocol);

		mplink_gre gre;

		ASSERT_EQ(gre_read(bytes.data(), bytes.size(), gre),
			  protocol == 0x0800 || protocol == 0x86dd || protocol == 0x88b5 ||
					  protocol == 0x88b6
				  ? mplink_u32{MPLINK_GRE_DROP_NONE}
				  : mplink_u32{MPLINK_GRE_DROP_PROTOCOL})
			<< protocol;
	}
}

// Its number tells which packet is sent once more.
TEST(GreHeader, AReplayHasANumber)
{
	const Read r = read({0x30, 0, 0x88, 0xb6, 0, 0, 7, 9, 0, 0, 1, 2});

	ASSERT_EQ(r.drop, mplink_u32{MPLINK_GRE_DROP_NONE});
	EXPECT_EQ(r.gre.protocol, MPLINK_REPLAYS);
	EXPECT_EQ(r.gre.key, 7U);
	EXPECT_EQ(r.gre.bucket, 9);
	EXPECT_EQ(r.gre.seq, 258U);
	EXPECT_TRUE(r.gre.sequenced);
	EXPECT_EQ(read({0x20, 0, 0x88, 0xb6, 0, 0, 7, 9}).drop,
		  mplink_u32{MPLINK_GRE_DROP_PROTOCOL});
}

TEST(GreHeader, NothingIsReadBeyondItsEnd)
{
	for (const unsigned flags : {0x20U, 0x30U, 0xa0U, 0xb0U}) {
		const mplink_size whole = 8 + (flags & 0x10 ? 4U : 0U) + (flags & 0x80 ? 4U : 0U);
		Bytes bytes(MPLINK_GRE_MAX_LEN);

		bytes[0] = static_cast<mplink_u8>(flags);
		bytes[2] = 0x08;
		for (mplink_size len = 0; len <= bytes.size(); len++)
			EXPECT_EQ(
				read({bytes.begin(), bytes.begin() + static_cast<long>(len)}).drop,
				len < whole ? mplink_u32{MPLINK_GRE_DROP_TRUNCATED}
					    : mplink_u32{MPLINK_GRE_DROP_NONE})
				<< flags << ", " << len;
	}
}

} // namespace

} // namespace mplink
