// SPDX-License-Identifier: GPL-2.0
// Datagrams of messages of any kind; and reports of any kind, about marks that were sent or were
// not, for links that come and go.
#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>

#include "fake_memory.hh"
#include "measure/message.hh"
#include "measure/meters.hh"
#include "require.hh"

namespace
{

using namespace mplink;

constexpr mplink_u32 links = 3;

void check_written(const mplink_message &message, mplink_size whole)
{
	mplink_u8 bytes[MPLINK_MESSAGE_MAX];
	mplink_u8 again[MPLINK_MESSAGE_MAX];
	mplink_message back = {};
	const mplink_size len = write_message(bytes, message);

	// What was read of a mark may lack its last field, which is 0 then.
	const mplink_size appended =
		message.type == MPLINK_MESSAGE_MARK && !message.mark.resent ? 8 : 0;

	require(len <= whole + appended && len <= sizeof(bytes), "longer than what was read");
	require(read_message(bytes, len, back) == len, "what was written is no message");
	require(back.type == message.type, "another type");
	require(write_message(again, back) == len && !std::memcmp(bytes, again, len),
		"not what was written");
}

class Input
{
public:
	Input(const mplink_u8 *data, mplink_size size) : data_(data), size_(size)
	{
	}
	bool empty() const
	{
		return !size_;
	}
	mplink_u8 byte()
	{
		if (!size_)
			return 0;
		size_--;
		return *data_++;
	}
	mplink_u64 number()
	{
		const mplink_u32 how = byte();
		const mplink_u64 low = byte();

		// Of any magnitude, with all bits above it set or clear.
		return (how & 64 ? ~mplink_u64{0} : 0) ^ low << (how & 63);
	}

private:
	const mplink_u8 *data_;
	mplink_size size_;
};

class World
{
public:
	explicit World(Input &in) : in_(in)
	{
	}
	void run()
	{
		while (!in_.empty())
			step();
	}

private:
	struct Link {
		mplink_counters sent = {};
		mplink_counters came = {};
		std::deque<mplink_mark> marks;
		mplink_u64 reports = 0;
		mplink_u32 last = 0;
	};
	void step()
	{
		const mplink_u8 what = in_.byte();
		const mplink_u32 id = what >> 3 & 3;
		Link &link = links_[id % links];

		switch (what & 7) {
		case 0: // time
			now_ += mplink_u64{in_.byte()} << (what >> 3);
			break;
		case 1:
		case 2: // traffic, some of it lost
			traffic(link);
			break;
		case 3: // an honest report
			report(id % links, false);
			break;
		case 4:
		case 5: // one that is not
			report(id % links, true);
			break;
		case 6:
			stray();
			break;
		case 7:
			if (what < 0xf8)
				break;
			meters_.forget(id % links);
			link = {};
			break;
		}
		check();
	}
	void traffic(Link &link)
	{
		const mplink_u64 packets = in_.byte();
		const mplink_u32 how = in_.byte();
		const mplink_u64 bytes = packets * (how & 15U) * 100;
		mplink_mark mark = {};

		link.sent.tx_packets += packets;
		link.sent.tx_bytes += bytes;
		if (how < 0xe0) {
			link.came.rx_packets += packets;
			link.came.rx_bytes += bytes;
		}
		now_ += mplink_u64{1} << (how >> 4);

		const auto id = static_cast<mplink_u32>(&link - links_);

		if (!meters_.mark(id, now_, link.sent, mark))
			return;
		require(mark.link == id && mark.sent_us == now_ &&
				mark.packets == link.sent.tx_packets &&
				mark.bytes == link.sent.tx_bytes,
			"not what was sent");
		link.marks.push_back(mark);
	}
	void report(mplink_u32 id, bool spoilt)
	{
		Link &link = links_[id];

		if (link.marks.empty())
			return;

		const mplink_u8 which = in_.byte();
		const mplink_mark mark = link.marks[which % link.marks.size()];
		mplink_report report = {.mark = mark,
					.held_us = 0,
					.arrived_us = now_ + 1000,
					.packets = link.came.rx_packets,
					.bytes = link.came.rx_bytes};

		if (spoilt) {
			const mplink_u8 fields = in_.byte();

			if (fields & 1)
				report.arrived_us = in_.number();
			if (fields & 2)
				report.packets = in_.number();
			if (fields & 4)
				report.bytes = in_.number();
			if (fields & 8)
				report.held_us = static_cast<mplink_u32>(in_.number());
			if (fields & 16)
				report.mark.sent_us += in_.number();
			if (fields & 32)
				report.mark.bytes += in_.number();
			if (fields & 64)
				report.mark.packets += in_.number();
		}
		take(id, report, mark);
	}
	void take(mplink_u32 id, const mplink_report &report, const mplink_mark &mark)
	{
		Link &link = links_[id];
		const mplink_u32 verdict = meters_.take(now_, report);

		require(verdict <= MPLINK_REPORT_WRONG, "no such verdict");
		if (verdict)
			return;
		require(report.mark.sent_us == mark.sent_us && report.mark.bytes == mark.bytes &&
				report.mark.packets == mark.packets,
			"a mark is believed that was not sent");
		require(!link.reports || static_cast<__INT32_TYPE__>(mark.seq - link.last) > 0,
			"an old report is taken");
		require(report.held_us <= now_ - mark.sent_us, "held since before it came");
		link.last = mark.seq;
		link.reports++;
	}
	// About nothing that was ever sent.
	void stray()
	{
		mplink_report report = {};

		report.mark.link = in_.byte();
		report.mark.seq = static_cast<mplink_u32>(in_.number());
		report.mark.sent_us = now_ + 1 + in_.byte();
		report.arrived_us = in_.number();
		report.packets = in_.number();
		report.bytes = in_.number();
		require(meters_.take(now_, report) == MPLINK_REPORT_UNKNOWN, "a stray is believed");
	}
	void check() const
	{
		bool fastest = false;
		bool any = false;

		for (mplink_u32 i = 0; i < links; i++) {
			mplink_estimate it;
			const Meter *meter = meters_.at(i);

			require(meters_.tell(i, it) == !!links_[i].reports, "known, or not");
			require(it.reports == links_[i].reports, "another number of reports");
			if (!meter)
				continue;
			any = true;
			fastest = fastest || !it.delay_us;
			require(meter->capacity() >= Capacity::least &&
					meter->capacity() <= Capacity::most,
				"a capacity out of bounds");
			require(it.load <= Capacity::most && it.delivered <= Capacity::most,
				"a rate out of bounds");
			require(it.lost_ppm <= 1000000, "more lost than sent");
			require(it.rtt_us <= now_ && it.rtt_min_us <= now_,
				"a round trip that long");
		}
		require(fastest || !any, "no link is the fastest");
	}

	Input &in_;
	Meters meters_;
	Link links_[links];
	mplink_u64 now_ = 1000000;
};

void datagram(const unsigned char *data, std::size_t size)
{
	// Memory of exactly that size, so that ASan sees the first byte beyond.
	const auto copy = std::make_unique<mplink_u8[]>(size);
	mplink_size at = 0;

	std::copy(data, data + size, copy.get());
	while (at < size) {
		mplink_message message = {};
		const mplink_size len = read_message(copy.get() + at, size - at, message);

		if (!len)
			return;
		require(len >= 4 && len <= size - at, "longer than the datagram");
		require(message.type <= MPLINK_MESSAGE_NACK, "no such type");
		if (message.type)
			check_written(message, len);
		at += len;
	}
}

} // namespace

// What happens, a byte each and what belongs to it; also read as a datagram.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	datagram(data, size);
	{
		Input in(data, size);

		World(in).run();
	}
	require(!fake::Memory::live(), "memory is left behind");
	return 0;
}
