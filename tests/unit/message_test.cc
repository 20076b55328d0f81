// SPDX-License-Identifier: GPL-2.0
// CAPS, MARK, REPORT and NACK as bytes, by docs/protocol.md: what is written, and what is read.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "mplink/measure.h"
#include "random.hh"

namespace
{

using Bytes = std::vector<mplink_u8>;

// The bytes after the head: 4 bytes with the link's id, and so on.
const Bytes mark_fields = {0x71, 0x72, 0x80, 0x3f, // replay_ms, repairs, link
			   0x81, 0x82, 0x83, 0x84, // seq
			   0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,  // sent_us
			   0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,  // packets
			   0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8}; // bytes
const Bytes resent_field = {0xf1, 0x12, 0xf3, 0x14, 0xf5, 0x16, 0xf7, 0x18};
const Bytes report_fields = {0xb1, 0xb2, 0xb3, 0xb4,                          // held_us
			     0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8,  // arrived_us
			     0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,  // packets
			     0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8}; // bytes
const Bytes caps_fields = {0x81, 0x02, 0x03, 0x04,                            // asks, features
			   0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,    // epoch
			   0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28};   // heard

const Bytes nack_fields = {0x80, 0,    0,    0xf1,                          // refused, bucket
			   0xf2, 0xf3, 0xf4, 0xf5,                          // first
			   0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe9}; // missing

Bytes operator+(Bytes a, const Bytes &b)
{
	a.insert(a.end(), b.begin(), b.end());
	return a;
}

// Type, version, length.
const Bytes caps_bytes = Bytes{1, 1, 0, 24} + caps_fields;
const Bytes mark_bytes = Bytes{2, 1, 0, 44} + mark_fields + resent_field;
const Bytes report_bytes = Bytes{3, 1, 0, 64} + mark_fields + report_fields;

const Bytes nack_bytes = Bytes{4, 1, 0, 20} + nack_fields;

const mplink_caps caps = {.features = 0x01020304,
			  .epoch = 0x1112131415161718,
			  .heard = 0x2122232425262728,
			  .asks = 1};
const mplink_mark mark = {.link = 0x3f,
			  .repairs = 1,
			  .replay_ms = 0x7172,
			  .seq = 0x81828384,
			  .sent_us = 0x0102030405060708,
			  .packets = 0x9192939495969798,
			  .bytes = 0xa1a2a3a4a5a6a7a8,
			  .resent = 0xf112f314f516f718};
const mplink_report report = {.mark = mark,
			      .held_us = 0xb1b2b3b4,
			      .arrived_us = 0xc1c2c3c4c5c6c7c8,
			      .packets = 0xd1d2d3d4d5d6d7d8,
			      .bytes = 0xe1e2e3e4e5e6e7e8};

const mplink_nack nack = {
	.missing = 0xe1e2e3e4e5e6e7e9, .first = 0xf2f3f4f5, .bucket = 0xf1, .refused = 1};

mplink_message message_of(const mplink_caps &it)
{
	mplink_message message = {};

	message.type = MPLINK_MESSAGE_CAPS;
	message.caps = it;
	return message;
}

mplink_message message_of(const mplink_mark &it)
{
	mplink_message message = {};

	message.type = MPLINK_MESSAGE_MARK;
	message.mark = it;
	return message;
}

mplink_message message_of(const mplink_report &it)
{
	mplink_message message = {};

	message.type = MPLINK_MESSAGE_REPORT;
	message.report = it;
	return message;
}

mplink_message message_of(const mplink_nack &it)
{
	mplink_message message = {};

	message.type = MPLINK_MESSAGE_NACK;
	message.nack = it;
	return message;
}

Bytes written(const mplink_message &message)
{
	const auto room = std::make_unique<mplink_u8[]>(MPLINK_MESSAGE_MAX);
	const mplink_size len = mplink_core_message_write(room.get(), &message);

	return Bytes(room.get(), room.get() + len);
}

struct Read {
	mplink_size len;
	mplink_message message;
};

// From memory of exactly that size, so that ASan sees the first byte beyond.
Read read(const Bytes &bytes)
{
	const auto copy = std::make_unique<mplink_u8[]>(bytes.size());
	Read result = {};

	std::copy(bytes.begin(), bytes.end(), copy.get());
	result.len = mplink_core_message_read(copy.get(), bytes.size(), &result.message);
	return result;
}

// Whether it is read as what these bytes say.
void expect_read_as(const Bytes &bytes, const Bytes &want, mplink_size len)
{
	const Read it = read(bytes);

	ASSERT_EQ(it.len, len);
	ASSERT_NE(it.message.type, MPLINK_MESSAGE_UNKNOWN);
	EXPECT_EQ(written(it.message), want);
}

TEST(Message, WhatIsWrittenIsWhatGoesOverTheWire)
{
	EXPECT_EQ(written(message_of(caps)), caps_bytes);
	EXPECT_EQ(written(message_of(mark)), mark_bytes);
	EXPECT_EQ(written(message_of(report)), report_bytes);
	EXPECT_EQ(written(message_of(nack)), nack_bytes);
}

TEST(Message, WhatIsReadIsWhatTheFieldsSay)
{
	const Read c = read(caps_bytes);
	const Read m = read(mark_bytes);
	const Read r = read(report_bytes);
	const Read n = read(nack_bytes);

	ASSERT_EQ(c.message.type, MPLINK_MESSAGE_CAPS);
	EXPECT_EQ(c.message.caps.features, caps.features);
	EXPECT_EQ(c.message.caps.epoch, caps.epoch);
	EXPECT_EQ(c.message.caps.heard, caps.heard);
	EXPECT_EQ(c.message.caps.asks, 1);
	ASSERT_EQ(m.message.type, MPLINK_MESSAGE_MARK);
	EXPECT_EQ(m.message.mark.link, mark.link);
	EXPECT_EQ(m.message.mark.repairs, 1);
	EXPECT_EQ(m.message.mark.replay_ms, mark.replay_ms);
	EXPECT_EQ(m.message.mark.seq, mark.seq);
	EXPECT_EQ(m.message.mark.sent_us, mark.sent_us);
	EXPECT_EQ(m.message.mark.packets, mark.packets);
	EXPECT_EQ(m.message.mark.bytes, mark.bytes);
	ASSERT_EQ(r.message.type, MPLINK_MESSAGE_REPORT);
	EXPECT_EQ(r.message.report.mark.seq, mark.seq);
	EXPECT_EQ(r.message.report.held_us, report.held_us);
	EXPECT_EQ(r.message.report.arrived_us, report.arrived_us);
	EXPECT_EQ(r.message.report.packets, report.packets);
	EXPECT_EQ(r.message.report.bytes, report.bytes);
	ASSERT_EQ(n.message.type, MPLINK_MESSAGE_NACK);
	EXPECT_EQ(n.message.nack.missing, nack.missing);
	EXPECT_EQ(n.message.nack.first, nack.first);
	EXPECT_EQ(n.message.nack.bucket, nack.bucket);
	EXPECT_EQ(n.message.nack.refused, 1);
}

TEST(Message, AskingIsNoFeature)
{
	mplink_caps it = caps;

	it.asks = 0;
	it.features = 0xffffffff;

	const Read silent = read(written(message_of(it)));

	EXPECT_EQ(silent.message.caps.asks, 0);
	EXPECT_EQ(silent.message.caps.features, 0x7fffffffU);
	it.features = 0;
	it.asks = 1;

	const Read asking = read(written(message_of(it)));

	EXPECT_EQ(asking.message.caps.asks, 1);
	EXPECT_EQ(asking.message.caps.features, 0U);
}

// Bits that a later version may use are sent as zero, and not looked at.
TEST(Message, ReservedBitsOfALinkAreIgnored)
{
	Bytes bytes = mark_bytes;

	bytes[6] = 0xff;
	expect_read_as(bytes, mark_bytes, bytes.size());
	bytes = nack_bytes;
	bytes[4] = bytes[5] = bytes[6] = 0xff;
	expect_read_as(bytes, nack_bytes, bytes.size());
}

TEST(Message, AnyValuesSurviveTheRoundTrip)
{
	fake::Random random(4754);
	const auto any = [&] {
		const mplink_u64 low = random();
		const mplink_u64 all = mplink_u64{random()} << 32 | low;
		const mplink_u64 most = std::numeric_limits<mplink_u64>::max();

		return random.below(4) == 0 ? 0 : random.below(4) == 0 ? most : all;
	};

	for (int i = 0; i < 1000; i++) {
		const mplink_mark m = {.link = random.byte(),
				       .repairs = static_cast<mplink_u8>(random.below(2)),
				       .replay_ms = static_cast<mplink_u16>(any()),
				       .seq = static_cast<mplink_u32>(any()),
				       .sent_us = any(),
				       .packets = any(),
				       .bytes = any(),
				       .resent = any()};
		const mplink_report r = {.mark = m,
					 .held_us = static_cast<mplink_u32>(any()),
					 .arrived_us = any(),
					 .packets = any(),
					 .bytes = any()};
		const mplink_caps c = {.features = static_cast<mplink_u32>(any()) & 0x7fffffff,
				       .epoch = any(),
				       .heard = any(),
				       .asks = static_cast<mplink_u8>(random.below(2))};

		const mplink_nack n = {.missing = any(),
				       .first = static_cast<mplink_u32>(any()),
				       .bucket = random.byte(),
				       .refused = static_cast<mplink_u8>(random.below(2))};

		for (const mplink_message &it :
		     {message_of(m), message_of(r), message_of(c), message_of(n)}) {
			const Bytes bytes = written(it);
			const Read back = read(bytes);

			ASSERT_EQ(back.len, bytes.size());
			ASSERT_EQ(back.message.type, it.type);
			ASSERT_EQ(written(back.message), bytes);
		}
		ASSERT_EQ(read(written(message_of(r))).message.report.held_us, r.held_us);
	}
}

TEST(Message, TruncatedAtAnyLengthIsNoMessage)
{
	for (const Bytes &whole : {caps_bytes, mark_bytes, report_bytes, nack_bytes})
		for (mplink_size len = 0; len < whole.size(); len++)
			EXPECT_EQ(read(Bytes(whole.begin(), whole.begin() + len)).len, 0U)
				<< "type " << int{whole[0]} << ", " << len << " bytes";
}

// The length says less than the fields of its type and version need.  A mark may lack its last one.
TEST(Message, TooShortForItsFieldsIsNoMessage)
{
	for (Bytes bytes : {caps_bytes, mark_bytes, report_bytes, nack_bytes})
		for (mplink_u8 len = 0; len < bytes.size() - (bytes == mark_bytes ? 8 : 0); len++) {
			const mplink_u8 whole = static_cast<mplink_u8>(bytes.size());

			bytes[3] = len;
			EXPECT_EQ(read(bytes).len, 0U) << "type " << int{bytes[0]} << ", " << len;
			bytes[3] = whole;
			EXPECT_EQ(read(bytes).len, whole);
		}
}

TEST(Message, LongerThanTheDatagramIsNoMessage)
{
	for (Bytes bytes : {caps_bytes, mark_bytes, report_bytes, Bytes{77, 1, 0, 4}}) {
		bytes[3]++;
		EXPECT_EQ(read(bytes).len, 0U);
		bytes[2] = 0xff;
		bytes[3] = 0xff;
		EXPECT_EQ(read(bytes).len, 0U);
	}
}

// 0 would never come to an end; 1 to 3 do not even cover the head.
TEST(Message, ALengthBelowTheHeadIsNoMessage)
{
	for (const mplink_u8 type : Bytes{0, 1, 2, 3, 4, 255})
		for (const mplink_u8 version : Bytes{0, 1, 2})
			for (const mplink_u8 len : Bytes{0, 1, 2, 3}) {
				Bytes bytes(MPLINK_MESSAGE_MAX);

				bytes[0] = type;
				bytes[1] = version;
				bytes[3] = len;
				EXPECT_EQ(read(bytes).len, 0U);
			}
}

TEST(Message, AnUnknownTypeIsSkipped)
{
	for (const mplink_u8 type : Bytes{0, 5, 6, 127, 128, 255})
		for (const mplink_u8 len : Bytes{4, 5, 24, 36}) {
			Bytes bytes(len, 0xee);

			bytes[0] = type;
			bytes[1] = 1;
			bytes[2] = 0;
			bytes[3] = len;

			const Read it = read(bytes + caps_bytes);

			EXPECT_EQ(it.len, len);
			EXPECT_EQ(it.message.type, MPLINK_MESSAGE_UNKNOWN);
		}
}

TEST(Message, AnUnknownVersionIsSkipped)
{
	for (Bytes bytes : {caps_bytes, mark_bytes, report_bytes, nack_bytes, Bytes{1, 0, 0, 4}})
		for (const mplink_u8 version : Bytes{0, 2, 3, 255}) {
			bytes[1] = version;

			const Read it = read(bytes + mark_bytes);

			EXPECT_EQ(it.len, bytes.size());
			EXPECT_EQ(it.message.type, MPLINK_MESSAGE_UNKNOWN);
		}
}

// Fields may be appended without a new version.
TEST(Message, ALongerMessageOfAKnownVersionIsRead)
{
	for (const Bytes &known : {caps_bytes, mark_bytes, report_bytes, nack_bytes})
		for (const mplink_u8 more : Bytes{1, 4, 100}) {
			Bytes bytes = known + Bytes(more, 0xee);

			bytes[3] = static_cast<mplink_u8>(bytes.size());
			expect_read_as(bytes, known, bytes.size());
			expect_read_as(bytes + mark_bytes, known, bytes.size());
		}
}

// As ends wrote it before the last field was appended.
TEST(Message, AMarkWithoutItsLastFieldIsRead)
{
	for (mplink_u8 len = 36; len < 44; len++) {
		Bytes bytes = mark_bytes;

		bytes[3] = len;
		bytes.resize(len);

		const Read it = read(bytes + caps_bytes);

		EXPECT_EQ(it.len, len);
		ASSERT_EQ(it.message.type, MPLINK_MESSAGE_MARK);
		EXPECT_EQ(it.message.mark.bytes, mark.bytes);
		EXPECT_EQ(it.message.mark.resent, 0U);
	}
}

TEST(Message, OneFollowsTheOther)
{
	const Bytes unknown = {99, 7, 0, 6, 1, 2};
	const Bytes all = report_bytes + unknown + mark_bytes + caps_bytes;
	std::vector<mplink_u32> types;

	for (Bytes rest = all; !rest.empty();) {
		const Read it = read(rest);

		ASSERT_GT(it.len, 0U);
		types.push_back(it.message.type);
		rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(it.len));
	}
	EXPECT_EQ(types, (std::vector<mplink_u32>{MPLINK_MESSAGE_REPORT, MPLINK_MESSAGE_UNKNOWN,
						  MPLINK_MESSAGE_MARK, MPLINK_MESSAGE_CAPS}));
}

TEST(Message, ItsGreHeaderHasAKeyAndNoNumber)
{
	const auto room = std::make_unique<mplink_u8[]>(MPLINK_MESSAGE_GRE_LEN);

	mplink_core_message_gre(room.get(), 0xabcdef, 0x42);
	EXPECT_EQ(Bytes(room.get(), room.get() + MPLINK_MESSAGE_GRE_LEN),
		  (Bytes{0x20, 0, 0x88, 0xb5, 0xab, 0xcd, 0xef, 0x42}));
}

} // namespace
