// SPDX-License-Identifier: GPL-2.0
// include/mplink/measure.h: messages, and what is measured of a peer's links.
#include "mplink/measure.h"

#include "api/boundary.hh"
#include "link/peer.hh"
#include "measure/message.hh"
#include "measure/meters.hh"
#include "policy/adaptive.hh"
#include "tunnel/gre_header.hh"

using namespace mplink;

namespace
{

Meters &core(mplink_meters *meters)
{
	return *reinterpret_cast<Meters *>(meters);
}

const Meters &core(const mplink_meters *meters)
{
	return *reinterpret_cast<const Meters *>(meters);
}

const Peer &core(const mplink_peer *peer)
{
	return *reinterpret_cast<const Peer *>(peer);
}

bool has_tiers(const LinkSet &links)
{
	for (const Link &link : links)
		if (link.pace_settings().preference.read())
			return true;
	return false;
}

mplink_u64 capacity(const Meters &meters, const Link &link)
{
	const Meter *const meter = meters.at(link.id());

	return meter ? meter->capacity() : link.unmeasured();
}

mplink_u32 delay_ns(const Meters &meters, const Link &link)
{
	const Meter *const meter = meters.at(link.id());

	return meter ? meters.delay_ns(*meter) : 0;
}

Tiers::Member tier_member(const Meters &meters, const Peer &peer, const LinkTable *table,
			  const Link &link)
{
	const Meter *const meter = meters.at(link.id());
	const mplink_u64 rate = capacity(meters, link);

	return {.tier = link.pace_settings().preference.read(),
		.valid = table && table->find(link.id()) && !meters.suspect(link.id()),
		.known = (meter && meter->settled()) || link.pace_settings().reaches_max(rate),
		.capacity = link.pace_settings().bounded(rate),
		.delay_ns = delay_ns(meters, link),
		.sent = link.sum(peer.lanes()).tx_bytes};
}

// equalized: the far end lets packets of bulk flows take as long by all links.
void set_pace(const Meters &meters, const Link &link, mplink_u32 delay_ns, bool equalized)
{
	const mplink_u64 rate = capacity(meters, link);

	if (meters.suspect(link.id()))
		// Also later than by a link whose tier is closed.
		link.set_pace(rate, LinkPace::suspect_ns, LinkPace::suspect_ns);
	else
		link.set_pace(rate, Adaptive::counted_delay_ns(delay_ns),
			      equalized ? Adaptive::bulk_delay_ns(delay_ns)
					: Adaptive::counted_delay_ns(delay_ns));
}

void apply_tiers(Meters &meters, const Peer &peer, ReadSection section, bool equalized)
{
	const LinkSet &links = *peer.links(section);
	const LinkTable *const table = peer.table(section);

	for (const Link &link : links)
		meters.tiers.take(tier_member(meters, peer, table, link));
	meters.tiers.judge(mplink_now_us());
	for (const Link &link : links) {
		const mplink_u32 preference = link.pace_settings().preference.read();
		const mplink_u32 counted =
			meters.tiers.counted_ns(preference, delay_ns(meters, link));

		set_pace(meters, link, counted, equalized && meters.tiers.is_open(preference));
	}
}

} // namespace

extern "C" {

mplink_size mplink_core_message_write(mplink_u8 *bytes, const mplink_message *message)
{
	return write_message(bytes, *message);
}

mplink_size mplink_core_message_read(const mplink_u8 *bytes, mplink_size len,
				     mplink_message *message)
{
	return read_message(bytes, len, *message);
}

void mplink_core_message_gre(mplink_u8 *bytes, mplink_u32 key, mplink_u8 bucket)
{
	mplink_gre gre = {};

	gre.key = key;
	gre.protocol = MPLINK_MESSAGES;
	gre.bucket = bucket;
	gre_write_unnumbered(bytes, gre);
}

mplink_u32 mplink_core_take_caps(const mplink_peer *peer, mplink_u32 link, mplink_u64 epoch,
				 int proven)
{
	return core(peer).take_caps(Boundary::read_section(), link, epoch, proven);
}

mplink_u64 mplink_core_far_epoch(const mplink_peer *peer)
{
	return core(peer).far_epoch();
}

void mplink_core_forget_far_end(const mplink_peer *peer)
{
	core(peer).forget_far_end();
}

int mplink_core_link_confirmed(const mplink_peer *peer, mplink_u32 id)
{
	const Link *link = core(peer).find_link(Boundary::read_section(), id);
	const mplink_u64 epoch = core(peer).far_epoch();

	return link && epoch && link->answered() == epoch ? 1 : 0;
}

int mplink_core_all_confirmed(const mplink_peer *peer)
{
	return core(peer).all_confirmed(Boundary::read_section()) ? 1 : 0;
}

mplink_meters *mplink_core_meters_create(void)
{
	return reinterpret_cast<mplink_meters *>(make_now<Meters>());
}

void mplink_core_meters_free(mplink_meters *meters)
{
	destroy(reinterpret_cast<Meters *>(meters));
}

mplink_u64 mplink_core_meters_judge(mplink_meters *meters, const mplink_peer *peer,
				    mplink_u64 now_us, int replays, mplink_u16 tick)
{
	const LinkTable *const table = core(peer).table(Boundary::read_section());
	mplink_u64 alive = 0;

	for (mplink_u32 i = 0; table && i < table->size(); i++)
		if ((*table)[i].alive())
			alive |= mplink_u64{1} << (*table)[i].id;
	core(meters).judge(now_us, alive, replays, tick);
	alive &= ~core(meters).suspects();
	return alive ? ~alive : 0;
}

mplink_u64 mplink_core_meters_suspect(const mplink_meters *meters)
{
	return core(meters).suspects();
}

mplink_u64 mplink_core_meters_room(const mplink_meters *meters, mplink_u64 dead,
				   mplink_u64 replayed)
{
	return core(meters).room_without(dead, replayed);
}

void mplink_core_meters_resent(mplink_meters *meters, mplink_u64 links)
{
	core(meters).resent(links);
}

mplink_u32 mplink_core_meters_replay_ms(const mplink_meters *meters)
{
	return core(meters).replay_ms();
}

mplink_u16 mplink_core_meters_acknowledged(const mplink_meters *meters, mplink_u32 link)
{
	const Meter *const meter = core(meters).at(link);

	return meter ? meter->acknowledged() : mplink_u16{0};
}

void mplink_core_meters_suspicions(const mplink_meters *meters, mplink_u64 *all, mplink_u64 *wrong)
{
	*all = core(meters).suspicions();
	*wrong = core(meters).wrong_suspicions();
}

int mplink_core_meters_mark(mplink_meters *meters, mplink_u32 link, mplink_u64 now_us,
			    const mplink_counters *sent, mplink_mark *mark)
{
	return core(meters).mark(link, now_us, *sent, *mark) ? 1 : 0;
}

mplink_u32 mplink_core_meters_report(mplink_meters *meters, mplink_u64 now_us,
				     const mplink_report *report)
{
	return core(meters).take(now_us, *report);
}

void mplink_core_meters_forget(mplink_meters *meters, mplink_u32 link)
{
	core(meters).forget(link);
}

int mplink_core_meters_estimate(const mplink_meters *meters, mplink_u32 link,
				mplink_estimate *estimate)
{
	return core(meters).tell(link, *estimate) ? 1 : 0;
}

void mplink_core_meters_apply(mplink_meters *meters, const mplink_peer *peer, int equalized)
{
	const ReadSection section = Boundary::read_section();
	const LinkSet *links = core(peer).links(section);

	if (!links)
		return;
	core(peer).lanes().share_out();
	if (has_tiers(*links)) {
		apply_tiers(core(meters), core(peer), section, equalized);
		return;
	}
	for (const Link &link : *links)
		if (const Meter *meter = core(meters).at(link.id()))
			set_pace(core(meters), link, core(meters).delay_ns(*meter), equalized);
		else
			link.forget_pace();
}

mplink_u32 mplink_core_link_for_answer(const mplink_peer *peer, mplink_u32 id)
{
	const LinkTable *const table = core(peer).table(Boundary::read_section());
	const mplink_u64 links = table ? table->sendable_ids() : 0;

	return !links || links >> id & 1 ? id : static_cast<mplink_u32>(__builtin_ctzll(links));
}

int mplink_core_link_traffic(const mplink_peer *peer, mplink_u32 id, mplink_counters *sum)
{
	const ReadSection section = Boundary::read_section();
	const Link *link = core(peer).find_link(section, id);

	if (!link)
		return 0;
	*sum = link->sum(core(peer).lanes());
	return 1;
}

} // extern "C"
