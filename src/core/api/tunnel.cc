// SPDX-License-Identifier: GPL-2.0
// Implements include/mplink/tunnel.h.
#include "mplink/tunnel.h"

#include "api/boundary.hh"
#include "base/errors.hh"
#include "link/device.hh"
#include "mplink/measure.h"
#include "tunnel/gre_header.hh"
#include "tunnel/resequencer.hh"

using namespace mplink;

namespace
{

Resequencer &core(mplink_resequencer *resequencer)
{
	return *reinterpret_cast<Resequencer *>(resequencer);
}

const Resequencer &core(const mplink_resequencer *resequencer)
{
	return *reinterpret_cast<const Resequencer *>(resequencer);
}

Resequencer::Bucket &core(mplink_flow_bucket *bucket)
{
	return *reinterpret_cast<Resequencer::Bucket *>(bucket);
}

LinksAlive alive_of(const mplink_peer *peer, ReadSection section)
{
	return LinksAlive(reinterpret_cast<const Peer *>(peer)->table(section));
}

} // namespace

extern "C" {

mplink_u32 mplink_core_gre_read(const mplink_u8 *bytes, mplink_size len, mplink_gre *gre)
{
	return gre_read(bytes, len, *gre);
}

void mplink_core_gre_write(mplink_u8 *bytes, const mplink_gre *gre)
{
	gre_write(bytes, *gre);
}

mplink_u32 mplink_core_flow_hash(const mplink_u8 *l3, mplink_u32 len)
{
	return flow_hash(l3, len);
}

mplink_path *mplink_core_peer_path(const mplink_peer *peer, mplink_u32 id)
{
	const ReadSection section = Boundary::read_section();
	const Link *link = reinterpret_cast<const Peer *>(peer)->find_link(section, id);

	return link ? link->reach(section) : nullptr;
}

mplink_resequencer *mplink_core_resequencer_create(const mplink_device *device)
{
	const auto &of = *reinterpret_cast<const Device *>(device);

	return reinterpret_cast<mplink_resequencer *>(make<Resequencer>(of.tunnel()).release());
}

void mplink_core_resequencer_free(mplink_resequencer *resequencer)
{
	destroy(reinterpret_cast<Resequencer *>(resequencer));
}

void mplink_core_resequencer_set_equalize(mplink_resequencer *resequencer, mplink_u32 equalize)
{
	core(resequencer).set_equalize(equalize);
}

mplink_u32 mplink_core_resequencer_get_equalize(const mplink_resequencer *resequencer)
{
	return core(resequencer).own_equalize();
}

mplink_u32 mplink_core_resequencer_equalize(const mplink_resequencer *resequencer)
{
	return core(resequencer).equalize();
}

void mplink_core_resequencer_counters(const mplink_resequencer *resequencer,
				      mplink_resequencer_counters *sum)
{
	core(resequencer).counters(*sum);
}

mplink_u64 mplink_core_resequencer_mark(mplink_resequencer *resequencer, mplink_u32 link,
					const mplink_mark *mark, mplink_u64 now_us)
{
	return core(resequencer).mark(link, *mark, now_us);
}

void mplink_core_resequencer_forget(mplink_resequencer *resequencer, mplink_u32 link)
{
	core(resequencer).forget(link);
}

mplink_size mplink_core_bucket_size(void)
{
	return sizeof(Resequencer::Bucket);
}

mplink_flow_bucket *mplink_core_bucket_make(mplink_resequencer *resequencer, void *memory)
{
	return reinterpret_cast<mplink_flow_bucket *>(
		new (memory) Resequencer::Bucket(core(resequencer)));
}

void mplink_core_bucket_end(mplink_flow_bucket *bucket)
{
	core(bucket).~Bucket();
}

int mplink_core_bucket_in_order(mplink_flow_bucket *bucket, const mplink_held *packet)
{
	return core(bucket).in_order(*packet);
}

void mplink_core_bucket_arrive(mplink_flow_bucket *bucket, const mplink_peer *peer,
			       mplink_held *packet, mplink_release *release)
{
	core(bucket).arrive(alive_of(peer, Boundary::read_section()), *packet, *release);
}

void mplink_core_bucket_replay(mplink_flow_bucket *bucket, const mplink_peer *peer,
			       mplink_held *packet, mplink_release *release)
{
	core(bucket).replay(alive_of(peer, Boundary::read_section()), *packet, *release);
}

void mplink_core_bucket_refused(mplink_flow_bucket *bucket, const mplink_peer *peer,
				const mplink_nack *nack, mplink_release *release)
{
	core(bucket).refusal(alive_of(peer, Boundary::read_section()), *nack, *release);
}

void mplink_core_bucket_expire(mplink_flow_bucket *bucket, const mplink_peer *peer,
			       mplink_release *release)
{
	core(bucket).expire(alive_of(peer, Boundary::read_section()), *release);
}

void mplink_core_bucket_review(mplink_flow_bucket *bucket)
{
	core(bucket).review(mplink_now_us());
}

void mplink_core_bucket_flush(mplink_flow_bucket *bucket, mplink_release *release)
{
	core(bucket).flush(*release);
}

void mplink_core_bucket_counters(const mplink_flow_bucket *bucket, mplink_resequencer_counters *sum)
{
	reinterpret_cast<const Resequencer::Bucket *>(bucket)->add_to(*sum);
}

} // extern "C"
