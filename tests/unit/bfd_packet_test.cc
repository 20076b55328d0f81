// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "bfd/packet.hh"
#include "random.hh"

namespace mplink
{

namespace
{

using Bytes = std::vector<mplink_u8>;

// As tcpdump would show it, field by field.
const Bytes plain = {0x23, 0xea, 0x05, 24,      // 1, diag 3, up, P C D, mult 5, length
		     0x11, 0x22, 0x33, 0x44,    // my discriminator
		     0x55, 0x66, 0x77, 0x88,    // your discriminator
		     0x00, 0x01, 0x86, 0xa0,    // 100 ms
		     0x00, 0x00, 0xc3, 0x50,    // 50 ms
		     0x00, 0x00, 0x00, 0x01};   // echo
const Bytes section = {0x05, 28,   0x07, 0xff,  // meticulous SHA1, key 7, reserved
		       0xfe, 0xdc, 0xba, 0x98}; // sequence

Bytes authenticated()
{
	Bytes bytes = plain;

	bytes[1] |= 0x04;
	bytes[3] = 52;
	bytes.insert(bytes.end(), section.begin(), section.end());
	bytes.resize(52, 0xaa);
	return bytes;
}

// On the heap, with not a byte too many, for ASan to watch.
mplink_u32 parse(const Bytes &bytes, BfdPacket &packet)
{
	const Bytes exact(bytes.begin(), bytes.end());

	return bfd_parse(exact.data(), exact.size(), packet);
}

mplink_u32 drop_of(const Bytes &bytes)
{
	BfdPacket untouched = {};

	untouched.my_discr = 42;

	BfdPacket packet = untouched;
	const mplink_u32 drop = parse(bytes, packet);

	EXPECT_EQ(packet == untouched, drop != MPLINK_BFD_DROP_NONE);
	return drop;
}

Bytes with(Bytes bytes, std::size_t at, mplink_u8 value)
{
	bytes[at] = value;
	return bytes;
}

Bytes without(Bytes bytes, std::size_t at, std::size_t count)
{
	std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, mplink_u8{0});
	return bytes;
}

TEST(BfdPacket, FieldsAreWhereTheRfcHasThem)
{
	BfdPacket p;

	ASSERT_EQ(parse(plain, p), MPLINK_BFD_DROP_NONE);
	EXPECT_EQ(p, (BfdPacket{.diag = 3,
				.state = MPLINK_BFD_UP,
				.poll = true,
				.final = false,
				.control_plane_independent = true,
				.demand = true,
				.detect_mult = 5,
				.my_discr = 0x11223344,
				.your_discr = 0x55667788,
				.desired_min_tx = 100000,
				.required_min_rx = 50000,
				.required_min_echo_rx = 1,
				.auth_type = MPLINK_BFD_AUTH_NONE,
				.auth_key_id = 0,
				.auth_seq = 0}));
	ASSERT_EQ(parse(authenticated(), p), MPLINK_BFD_DROP_NONE);
	EXPECT_EQ(p.auth_type, MPLINK_BFD_AUTH_METICULOUS_SHA1);
	EXPECT_EQ(p.auth_key_id, 7);
	EXPECT_EQ(p.auth_seq, 0xfedcba98);
	ASSERT_EQ(parse(with(plain, 1, 0x50), p), MPLINK_BFD_DROP_NONE);
	EXPECT_TRUE(p.final && !p.poll && !p.demand && !p.control_plane_independent);
	EXPECT_EQ(p.state, MPLINK_BFD_DOWN);
}

TEST(BfdPacket, TheDigestLiesAtTheEnd)
{
	EXPECT_EQ(bfd_digest_at, bfd_header_len + section.size());
	EXPECT_EQ(bfd_digest_at + bfd_digest_len, bfd_max_len);
}

TEST(BfdPacket, TooShort)
{
	for (std::size_t len = 0; len < 24; len++)
		EXPECT_EQ(drop_of(Bytes(plain.begin(), plain.begin() + static_cast<long>(len))),
			  MPLINK_BFD_DROP_TOO_SHORT);
}

TEST(BfdPacket, Version)
{
	for (unsigned version = 0; version < 8; version++)
		EXPECT_EQ(drop_of(with(plain, 0, static_cast<mplink_u8>(version << 5))),
			  version == 1 ? MPLINK_BFD_DROP_NONE : MPLINK_BFD_DROP_VERSION);
}

TEST(BfdPacket, Length)
{
	Bytes longer = plain;

	longer.resize(40, 0xee);
	for (unsigned length = 0; length < 256; length++) {
		const auto value = static_cast<mplink_u8>(length);
		// Bytes behind the length are padding, and padding is nobody's business.
		EXPECT_EQ(drop_of(with(longer, 3, value)),
			  length < 24   ? MPLINK_BFD_DROP_LENGTH_SMALL
			  : length > 40 ? MPLINK_BFD_DROP_LENGTH_LARGE
					: MPLINK_BFD_DROP_NONE);
		EXPECT_EQ(drop_of(with(authenticated(), 3, value)),
			  length < 26   ? MPLINK_BFD_DROP_LENGTH_SMALL
			  : length < 52 ? MPLINK_BFD_DROP_AUTH_LENGTH
			  : length > 52 ? MPLINK_BFD_DROP_LENGTH_LARGE
					: MPLINK_BFD_DROP_NONE);
	}
}

TEST(BfdPacket, DetectMultMultipointDiscriminators)
{
	EXPECT_EQ(drop_of(with(plain, 2, 0)), MPLINK_BFD_DROP_DETECT_MULT);
	EXPECT_EQ(drop_of(with(plain, 1, 0xc1)), MPLINK_BFD_DROP_MULTIPOINT);
	EXPECT_EQ(drop_of(without(plain, 4, 4)), MPLINK_BFD_DROP_MY_DISCR);
	for (unsigned state = 0; state < 4; state++)
		EXPECT_EQ(
			drop_of(with(without(plain, 8, 4), 1, static_cast<mplink_u8>(state << 6))),
			state == MPLINK_BFD_INIT || state == MPLINK_BFD_UP
				? MPLINK_BFD_DROP_YOUR_DISCR
				: MPLINK_BFD_DROP_NONE);
	// Any byte of it makes a discriminator.
	for (std::size_t i = 0; i < 4; i++) {
		EXPECT_EQ(drop_of(with(without(plain, 4, 4), 4 + i, 1)), MPLINK_BFD_DROP_NONE);
		EXPECT_EQ(drop_of(with(without(plain, 8, 4), 8 + i, 1)), MPLINK_BFD_DROP_NONE);
	}
}

TEST(BfdPacket, ChecksAreInTheOrderOfTheRfc)
{
	const std::vector<mplink_u32> order = {
		MPLINK_BFD_DROP_VERSION,     MPLINK_BFD_DROP_LENGTH_SMALL,
		MPLINK_BFD_DROP_DETECT_MULT, MPLINK_BFD_DROP_MULTIPOINT,
		MPLINK_BFD_DROP_MY_DISCR,    MPLINK_BFD_DROP_YOUR_DISCR,
		MPLINK_BFD_DROP_AUTH_WEAK,   MPLINK_BFD_DROP_NONE};
	// All is wrong with it, and is put right one by one.
	Bytes bytes = {0x00, 0xc5, 0x00, 25};

	bytes.resize(52);
	bytes[24] = MPLINK_BFD_AUTH_MD5;
	for (std::size_t i = 0; i < order.size(); i++) {
		EXPECT_EQ(drop_of(bytes), order[i]);
		switch (i) {
		case 0:
			bytes[0] = 0x20;
			break;
		case 1:
			bytes[3] = 52;
			break;
		case 2:
			bytes[2] = 1;
			break;
		case 3:
			bytes[1] = 0xc4;
			break;
		case 4:
			bytes[7] = 1;
			break;
		case 5:
			bytes[11] = 1;
			break;
		default:
			bytes[24] = MPLINK_BFD_AUTH_SHA1;
			bytes[25] = 28;
		}
	}
}

TEST(BfdPacket, AuthenticationThatIsNotTaken)
{
	for (unsigned type = 0; type < 256; type++)
		EXPECT_EQ(drop_of(with(authenticated(), 24, static_cast<mplink_u8>(type))),
			  type >= 1 && type <= 3   ? MPLINK_BFD_DROP_AUTH_WEAK
			  : type == 4 || type == 5 ? MPLINK_BFD_DROP_NONE
						   : MPLINK_BFD_DROP_AUTH_UNKNOWN);
	for (unsigned len = 0; len < 256; len++)
		EXPECT_EQ(drop_of(with(authenticated(), 25, static_cast<mplink_u8>(len))),
			  len == 28 ? MPLINK_BFD_DROP_NONE : MPLINK_BFD_DROP_AUTH_LENGTH);

	Bytes behind = with(authenticated(), 3, 53);

	behind.push_back(0);
	EXPECT_EQ(drop_of(behind), MPLINK_BFD_DROP_AUTH_LENGTH);
}

TEST(BfdPacket, WrittenIsRead)
{
	fake::Random random(5880);

	for (int i = 0; i < 20000; i++) {
		const bool auth = random.below(2);
		const BfdPacket packet = {
			.diag = static_cast<mplink_u8>(random.below(32)),
			.state = static_cast<mplink_u8>(random.below(4)),
			.poll = random.below(2) != 0,
			.final = random.below(2) != 0,
			.control_plane_independent = random.below(2) != 0,
			.demand = random.below(2) != 0,
			.detect_mult = static_cast<mplink_u8>(1 + random.below(255)),
			.my_discr = random() | 1,
			.your_discr = random() | 1,
			.desired_min_tx = random(),
			.required_min_rx = random(),
			.required_min_echo_rx = random(),
			.auth_type = static_cast<mplink_u8>(auth ? 4 + random.below(2) : 0),
			.auth_key_id = auth ? random.byte() : mplink_u8{0},
			.auth_seq = auth ? random() : 0};
		mplink_u8 bytes[bfd_max_len];
		BfdPacket again;

		std::fill_n(bytes, bfd_max_len, mplink_u8{0xee});

		const mplink_u32 len = bfd_write(packet, bytes);

		ASSERT_EQ(len, auth ? 52U : 24U);
		ASSERT_EQ(parse(Bytes(bytes, bytes + len), again), MPLINK_BFD_DROP_NONE);
		ASSERT_EQ(again, packet);
		// Reserved bytes, and the room of the digest.
		for (mplink_u32 at = bfd_digest_at; at < bfd_max_len; at++)
			ASSERT_EQ(bytes[at], 0);
		ASSERT_EQ(bytes[27], 0);
	}
}

TEST(BfdPacket, WhatWasReadIsWrittenAlike)
{
	BfdPacket packet;
	mplink_u8 bytes[bfd_max_len];

	ASSERT_EQ(parse(plain, packet), MPLINK_BFD_DROP_NONE);
	ASSERT_EQ(bfd_write(packet, bytes), plain.size());
	EXPECT_TRUE(std::equal(plain.begin(), plain.end(), bytes));

	Bytes expected = authenticated();

	expected[27] = 0;
	std::fill(expected.begin() + bfd_digest_at, expected.end(), mplink_u8{0});
	ASSERT_EQ(parse(authenticated(), packet), MPLINK_BFD_DROP_NONE);
	ASSERT_EQ(bfd_write(packet, bytes), expected.size());
	EXPECT_TRUE(std::equal(expected.begin(), expected.end(), bytes));
}

} // namespace

} // namespace mplink
