// SPDX-License-Identifier: GPL-2.0
// Flow buckets whose packets are held back, until they have taken as long as by the slowest
// link that the bucket uses.
//
// The setting `equalize` decides which buckets.  With `auto`, there are two cases:
// - A TCP flow begins.  The sender believes its first measurements for long: CUBIC until the flow
//   ends, BBR for ten seconds.  So all links count from the start, for the SYN-ACK, which gives
//   the first measurement, and for packets of full length.  Small packets pass, because the flow
//   may be an interactive one.
// - A bucket has used several links for a while.  Then the delay rises slowly, so that BBR can
//   follow.
// If the bucket uses one link only, its packets are not held back any more.
#include "base/order.hh"
#include "tunnel/bucket_operation.hh"

namespace mplink
{

namespace
{

// A difference that no sender notices.
constexpr mplink_u32 least_us = 2000;
// After so many small packets, the flow is an interactive one.
constexpr mplink_u16 enough_small = 64;
// BBR can follow if the round trip grows by less than 1.9 times in ten seconds, and few are
// shorter than this.
constexpr mplink_u32 short_rtt_us = 10000;
// The delay falls after the bucket has needed less of it for so long.
constexpr mplink_u8 enough_seconds = 10;

} // namespace

// The bucket's first packets tell what the flow is.
void Resequencer::BucketOperation::begin_flow(const mplink_held &packet)
{
	const mplink_u32 setting = all_.equalize();
	const mplink_u32 level = all_.equalizer_.slowest_us(now());
	const bool full_length = packet.kind == MPLINK_PACKET_TCP_DATA;
	const bool helps = setting != MPLINK_EQUALIZE_OFF && level >= least_us;
	// Not every link is known yet.  The next packet may find more.
	const bool settling = setting != MPLINK_EQUALIZE_OFF && all_.equalizer_.settling(now());

	if (!helps && settling) {
		b_.level_us = 0;
	} else if (!helps || setting == MPLINK_EQUALIZE_ON) {
		b_.beginning = false;
		b_.level_us = helps ? level : 0;
	} else if (full_length || packet.kind == MPLINK_PACKET_SYN_ACK) {
		b_.beginning = !full_length || settling;
		b_.level_us = level;
	} else if (++b_.first_small == enough_small) {
		b_.beginning = false;
	}
	b_.choose_way();
}

mplink_u32 Resequencer::BucketOperation::hold_back_us(const mplink_held &packet)
{
	if (b_.beginning)
		begin_flow(packet);

	// Without marks, nobody reviews the bucket.
	if (!all_.equalizer_.slowest_us(now()))
		b_.level_us = 0;

	const mplink_u32 above = all_.equalizer_.above_fastest_us(packet.link, now());

	if (b_.level_us <= above)
		return 0;
	if (packet.kind == MPLINK_PACKET_SMALL && all_.equalize() != MPLINK_EQUALIZE_ON)
		return 0;
	return b_.level_us - above;
}

// Whether more packets are held than the settings allow.  Those behind gaps count, too, and stay:
// a packet that leaves the line too early costs no order.
bool Resequencer::BucketOperation::line_full() const
{
	const mplink_u64 of_peer = all_.in_lines_.read() + b_.in_line - in_line_before_ +
				   all_.rare_.held.read() + b_.held - held_before_;

	return b_.in_line + b_.held > all_.settings_.max_perflow_buffer.read() ||
	       of_peer > all_.settings_.max_peer_buffer.read();
}

// Returns when to come again.
mplink_u64 Resequencer::BucketOperation::equalize()
{
	HeldList &line = b_.line;
	const mplink_u32 before = b_.in_line;

	for (; delivered_.first(); b_.in_line++)
		line.append(delivered_.take_first());

	const mplink_u32 came = b_.in_line - before;

	for (; b_.in_line; b_.in_line--) {
		const auto wait =
			static_cast<int>(line.first()->due_us - static_cast<mplink_u32>(now()));

		if (wait > 0 && !flushing_ && !line_full()) {
			if (came)
				all_.rare_.equalized.add(smaller(came, b_.in_line));
			return now() + static_cast<mplink_u32>(wait);
		}
		delivered_.append(line.take_first());
	}
	b_.choose_way();
	return never;
}

void Resequencer::Bucket::choose_way()
{
	short_way = level_us || beginning || in_line ? 0 : room;
}

void Resequencer::Bucket::review(mplink_u64 now_us)
{
	const mplink_u32 setting = all.equalize();
	const mplink_u32 came = static_cast<mplink_u32>(arrivals) - reviewed;
	mplink_u32 used = 0;

	reviewed = static_cast<mplink_u32>(arrivals);
	bulk = came >= bulk_packets;
	credit = static_cast<mplink_u16>(
		smaller(larger(came / repair_share, repair_burst), mplink_u32{0xffff}));
	if (setting == MPLINK_EQUALIZE_OFF) {
		level_us = 0;
		beginning = false;
		choose_way();
		return;
	}
	for (mplink_u32 id = 0; id < room; id++)
		if (arrivals - links[id].last < came &&
		    all.equalizer_.above_fastest_us(id, now_us) <= Equalizer::most_us)
			used = larger(used, all.equalizer_.above_fastest_us(id, now_us));
	if (setting == MPLINK_EQUALIZE_ON) {
		level_us = all.equalizer_.slowest_us(now_us);
	} else if (!came) {
		level_us = 0;
		beginning = true;
		first_small = 0;
		lower_seconds = 0;
	} else {
		const mplink_u32 want = bulk && used >= least_us ? used : 0;

		if (want >= level_us) {
			lower_seconds = 0;
			level_us = smaller(want, level_us + (level_us + short_rtt_us) / 16);
		} else if (++lower_seconds >= enough_seconds) {
			level_us = want;
		}
	}
	choose_way();
}

} // namespace mplink
