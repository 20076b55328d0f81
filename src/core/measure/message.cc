// SPDX-License-Identifier: GPL-2.0
#include "measure/message.hh"

#include "base/wire.hh"

namespace mplink
{

namespace
{

// Each message begins with a type, a version, and its length with these four bytes.
constexpr mplink_size head_len = 4;
constexpr mplink_u8 version = 1;

constexpr mplink_size caps_len = head_len + 4 + 8 + 8;
constexpr mplink_size mark_len = head_len + 4 + 4 + 8 + 8 + 8 + 8;
// Without what was appended later.
constexpr mplink_size first_mark_len = mark_len - 8;
constexpr mplink_size report_len = first_mark_len + 4 + 8 + 8 + 8;
constexpr mplink_size nack_len = head_len + 4 + 4 + 8;

static_assert(report_len <= MPLINK_MESSAGE_MAX);

constexpr mplink_u32 caps_asks = 0x80000000;
constexpr mplink_u32 mark_repairs = 0x8000;
constexpr mplink_u32 nack_refused = 0x80000000;

class Writer
{
public:
	explicit Writer(mplink_u8 *bytes) : at_(bytes)
	{
	}
	void put(mplink_u32 v)
	{
		put32(at_, v);
		at_ += 4;
	}
	void put(mplink_u64 v)
	{
		put(static_cast<mplink_u32>(v >> 32));
		put(static_cast<mplink_u32>(v));
	}

private:
	mplink_u8 *at_;
};

class Reader
{
public:
	explicit Reader(const mplink_u8 *bytes) : at_(bytes)
	{
	}
	mplink_u32 u32()
	{
		at_ += 4;
		return get32(at_ - 4);
	}
	mplink_u64 u64()
	{
		const mplink_u64 high = u32();

		return high << 32 | u32();
	}

private:
	const mplink_u8 *at_;
};

void write(Writer &to, const mplink_caps &caps)
{
	to.put((caps.features & ~caps_asks) | (caps.asks ? caps_asks : 0));
	to.put(caps.epoch);
	to.put(caps.heard);
}

// A report has no more of a mark.
void write_first(Writer &to, const mplink_mark &mark)
{
	to.put(mplink_u32{mark.replay_ms} << 16 | (mark.repairs ? mark_repairs : 0) | mark.link);
	to.put(mark.seq);
	to.put(mark.sent_us);
	to.put(mark.packets);
	to.put(mark.bytes);
}

void write(Writer &to, const mplink_mark &mark)
{
	write_first(to, mark);
	to.put(mark.resent);
}

void write(Writer &to, const mplink_report &report)
{
	write_first(to, report.mark);
	to.put(report.held_us);
	to.put(report.arrived_us);
	to.put(report.packets);
	to.put(report.bytes);
}

void write(Writer &to, const mplink_nack &nack)
{
	to.put((nack.refused ? nack_refused : 0) | nack.bucket);
	to.put(nack.first);
	to.put(nack.missing);
}

mplink_caps read_caps(Reader &from)
{
	const mplink_u32 flags = from.u32();

	return {.features = flags & ~caps_asks,
		.epoch = from.u64(),
		.heard = from.u64(),
		.asks = flags & caps_asks ? mplink_u8{1} : mplink_u8{0}};
}

mplink_mark read_first_mark(Reader &from)
{
	const mplink_u32 first = from.u32();

	return {.link = static_cast<mplink_u8>(first),
		.repairs = first & mark_repairs ? mplink_u8{1} : mplink_u8{0},
		.replay_ms = static_cast<mplink_u16>(first >> 16),
		.seq = from.u32(),
		.sent_us = from.u64(),
		.packets = from.u64(),
		.bytes = from.u64(),
		.resent = 0};
}

mplink_mark read_mark(Reader &from, mplink_size len)
{
	mplink_mark mark = read_first_mark(from);

	if (len >= mark_len)
		mark.resent = from.u64();
	return mark;
}

mplink_report read_report(Reader &from)
{
	return {.mark = read_first_mark(from),
		.held_us = from.u32(),
		.arrived_us = from.u64(),
		.packets = from.u64(),
		.bytes = from.u64()};
}

mplink_nack read_nack(Reader &from)
{
	const mplink_u32 flags = from.u32();
	const mplink_u32 first = from.u32();

	return {.missing = from.u64(),
		.first = first,
		.bucket = static_cast<mplink_u8>(flags),
		.refused = flags & nack_refused ? mplink_u8{1} : mplink_u8{0}};
}

// How long a message of ours is; 0 for an unknown type.
mplink_size length_of(mplink_u32 type)
{
	switch (type) {
	case MPLINK_MESSAGE_CAPS:
		return caps_len;
	case MPLINK_MESSAGE_MARK:
		return mark_len;
	case MPLINK_MESSAGE_REPORT:
		return report_len;
	case MPLINK_MESSAGE_NACK:
		return nack_len;
	default:
		return 0;
	}
}

mplink_size least_length_of(mplink_u32 type)
{
	return type == MPLINK_MESSAGE_MARK ? first_mark_len : length_of(type);
}

} // namespace

mplink_size write_message(mplink_u8 *bytes, const mplink_message &message)
{
	const mplink_size len = length_of(message.type);
	Writer to(bytes + head_len);

	bytes[0] = static_cast<mplink_u8>(message.type);
	bytes[1] = version;
	put16(bytes + 2, static_cast<mplink_u32>(len));
	if (message.type == MPLINK_MESSAGE_CAPS)
		write(to, message.caps);
	else if (message.type == MPLINK_MESSAGE_MARK)
		write(to, message.mark);
	else if (message.type == MPLINK_MESSAGE_REPORT)
		write(to, message.report);
	else
		write(to, message.nack);
	return len;
}

mplink_size read_message(const mplink_u8 *bytes, mplink_size len, mplink_message &message)
{
	if (len < head_len)
		return 0;

	const mplink_size whole = get16(bytes + 2);
	const mplink_size known = least_length_of(bytes[0]);
	Reader from(bytes + head_len);

	if (whole < head_len || whole > len)
		return 0;
	message.type = MPLINK_MESSAGE_UNKNOWN;
	if (!known || bytes[1] != version)
		return whole;
	// A later revision of a version may append fields.
	if (whole < known)
		return 0;
	message.type = bytes[0];
	if (message.type == MPLINK_MESSAGE_CAPS)
		message.caps = read_caps(from);
	else if (message.type == MPLINK_MESSAGE_MARK)
		message.mark = read_mark(from, whole);
	else if (message.type == MPLINK_MESSAGE_REPORT)
		message.report = read_report(from);
	else
		message.nack = read_nack(from);
	return whole;
}

} // namespace mplink
