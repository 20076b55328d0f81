// SPDX-License-Identifier: GPL-2.0
// Implements include/mplink/core.h: passes calls with C's opaque handles on to the objects.
#include "mplink/core.h"
#include "mplink/tunnel.h"

#include "api/boundary.hh"
#include "api/params.hh"
#include "base/errors.hh"
#include "base/names.hh"
#include "link/device.hh"

using namespace mplink;

namespace
{

Device &core(mplink_device *device)
{
	return *reinterpret_cast<Device *>(device);
}

const Device &core(const mplink_device *device)
{
	return *reinterpret_cast<const Device *>(device);
}

const Nic &core(const mplink_nic *nic)
{
	return *reinterpret_cast<const Nic *>(nic);
}

Peer &core(mplink_peer *peer)
{
	return *reinterpret_cast<Peer *>(peer);
}

const Peer &core(const mplink_peer *peer)
{
	return *reinterpret_cast<const Peer *>(peer);
}

} // namespace

extern "C" {

int mplink_core_policy_parse(const char *text, mplink_size len)
{
	const int policy = policy_parse(text, len);

	return policy < 0 ? -einval : policy;
}

int mplink_core_encap_parse(const char *text, mplink_size len)
{
	const int encap = encap_parse(text, len);

	return encap < 0 ? -einval : encap;
}

int mplink_core_liveness_parse(const char *text, mplink_size len)
{
	const int liveness = liveness_parse(text, len);

	return liveness < 0 ? -einval : liveness;
}

int mplink_core_equalize_parse(const char *text, mplink_size len)
{
	const int equalize = equalize_parse(text, len);

	return equalize < 0 ? -einval : equalize;
}

int mplink_core_duplicate_parse(const char *text, mplink_size len)
{
	const int duplicate = duplicate_parse(text, len);

	return duplicate < 0 ? -einval : duplicate;
}

int mplink_core_parse_params(const mplink_params *params, mplink_config *config,
			     mplink_param_error *error)
{
	return parse_params(*params, *config, *error) ? 0 : -einval;
}

mplink_device *mplink_core_device_create(void *owner)
{
	Box<Device> device = make<Device>(owner);

	if (!device || !device->usable())
		return nullptr;
	return reinterpret_cast<mplink_device *>(device.release());
}

void mplink_core_device_clear(mplink_device *device)
{
	core(device).clear(Boundary::rtnl());
}

void mplink_core_device_free(mplink_device *device)
{
	destroy(reinterpret_cast<Device *>(device));
}

int mplink_core_set_policy(mplink_device *device, mplink_u32 policy)
{
	return core(device).set_policy(Boundary::rtnl(), policy);
}

mplink_u32 mplink_core_get_policy(const mplink_device *device)
{
	return core(device).policy();
}

int mplink_core_set_encap(mplink_device *device, mplink_u32 encap, const char **why)
{
	*why = "encap is neither none nor gre-udp";
	if (encap >= MPLINK_ENCAPS)
		return -einval;
	*why = "encap cannot change while there are peers; remove them first";
	return core(device).set_encap(Boundary::rtnl(), encap);
}

mplink_u32 mplink_core_get_encap(const mplink_device *device)
{
	return core(device).encap();
}

int mplink_core_set_tunnel(mplink_device *device, const mplink_tunnel_config *config,
			   const char **why)
{
	*why = why_no_tunnel(*config);
	if (*why)
		return -einval;
	core(device).set_tunnel(Boundary::rtnl(), *config);
	return 0;
}

void mplink_core_get_tunnel(const mplink_device *device, mplink_tunnel_config *config)
{
	*config = core(device).tunnel().get();
}

int mplink_core_set_liveness(mplink_device *device, const mplink_liveness_config *config,
			     const char **why)
{
	*why = why_no_liveness(*config);
	if (*why)
		return -einval;
	core(device).set_liveness(Boundary::rtnl(), *config);
	return 0;
}

void mplink_core_get_liveness(const mplink_device *device, mplink_liveness_config *config)
{
	*config = core(device).liveness();
}

void mplink_core_recheck(mplink_device *device, mplink_u32 event)
{
	core(device).recheck(Boundary::rtnl(), event);
}

void mplink_core_make_lanes(mplink_device *device)
{
	core(device).make_lanes(Boundary::rtnl());
}

void mplink_core_refresh(mplink_device *device)
{
	core(device).refresh(Boundary::rtnl(), MPLINK_EVENT_REFRESH, nullptr);
}

int mplink_core_nic_add(mplink_device *device, const char *name, mplink_u32 *id,
			mplink_extack *extack)
{
	return core(device).add_nic(Boundary::rtnl(), name, *id, *extack);
}

void mplink_core_nic_del(mplink_device *device, mplink_u32 id)
{
	core(device).remove_nic(Boundary::rtnl(), id);
}

mplink_nic *mplink_core_nic_at(const mplink_device *device, mplink_u32 id)
{
	return reinterpret_cast<mplink_nic *>(core(device).nic_at(id));
}

int mplink_core_nic_find(const mplink_device *device, const char *name)
{
	const Nic *nic = core(device).find_nic(Boundary::rtnl(), name);

	return nic ? static_cast<int>(nic->id()) : -enoent;
}

void mplink_core_nic_info(const mplink_nic *nic, mplink_nic_info *info)
{
	core(nic).info(*info);
}

void mplink_core_nic_counters(const mplink_nic *nic, mplink_counters *sum)
{
	*sum = core(nic).counters();
}

void mplink_core_counters(const mplink_device *device, mplink_counters *sum)
{
	*sum = core(device).counters();
}

int mplink_core_nic_event(mplink_device *device, mplink_u32 event, const mplink_snapshot *snapshot)
{
	return core(device).event(Boundary::rtnl(), event, *snapshot);
}

int mplink_core_peer_add(mplink_device *device, const mplink_addr *addr,
			 const mplink_link_config *links, mplink_u32 n, mplink_peer **peer,
			 mplink_extack *extack)
{
	Peer *made;
	const int err = core(device).add_peer(Boundary::rtnl(), *addr, {links, n}, made, *extack);

	if (!err)
		*peer = reinterpret_cast<mplink_peer *>(made);
	return err;
}

int mplink_core_peer_set(mplink_device *device, mplink_peer *peer, const mplink_link_config *links,
			 mplink_u32 n, mplink_extack *extack)
{
	return core(device).set_peer(Boundary::rtnl(), core(peer), {links, n}, *extack);
}

int mplink_core_peer_prepare(mplink_device *device, mplink_peer *peer,
			     const mplink_link_config *links, mplink_u32 n,
			     mplink_changes **changes, mplink_extack *extack)
{
	int err;
	Box<LinkChanges> made =
		core(device).prepare(Boundary::rtnl(), core(peer), {links, n}, err, *extack);

	*changes = reinterpret_cast<mplink_changes *>(made.release());
	return err;
}

int mplink_core_changes_link(const mplink_changes *changes, mplink_u32 id, mplink_link_plan *plan)
{
	return reinterpret_cast<const LinkChanges *>(changes)->plan(id, *plan) ? 1 : 0;
}

void mplink_core_changes_commit(mplink_device *device, mplink_peer *peer, mplink_changes *changes)
{
	const Box<LinkChanges> own(reinterpret_cast<LinkChanges *>(changes));

	core(device).change_links(Boundary::rtnl(), core(peer), *own);
}

void mplink_core_changes_cancel(mplink_changes *changes)
{
	destroy(reinterpret_cast<LinkChanges *>(changes));
}

void mplink_core_peer_set_liveness(mplink_device *device, mplink_peer *peer, mplink_u32 liveness)
{
	core(device).set_peer_liveness(Boundary::rtnl(), core(peer), liveness);
}

const mplink_addr *mplink_core_peer_addr(const mplink_peer *peer)
{
	return &core(peer).addr();
}

mplink_u32 mplink_core_peer_get_liveness(const mplink_peer *peer)
{
	return core(peer).liveness();
}

void mplink_core_peer_del(mplink_device *device, mplink_peer *peer)
{
	core(device).remove_peer(Boundary::rtnl(), core(peer));
}

mplink_u32 mplink_core_link_ids(const mplink_peer *peer, mplink_u8 *ids)
{
	const LinkSet *links = core(peer).links(Boundary::rtnl());
	Link *ordered[MPLINK_MAX_LINKS];
	const mplink_u32 n = links ? links->ordered(ordered) : 0;

	for (mplink_u32 i = 0; i < n; i++)
		ids[i] = static_cast<mplink_u8>(ordered[i]->id());
	return n;
}

int mplink_core_link_exists(const mplink_peer *peer, mplink_u32 id)
{
	return core(peer).link(Boundary::rtnl(), id) ? 1 : 0;
}

void mplink_core_link_info(const mplink_peer *peer, mplink_u32 id, mplink_link_info *info)
{
	core(peer).link(Boundary::rtnl(), id)->info(*info);
}

void mplink_core_link_counters(const mplink_peer *peer, mplink_u32 id, mplink_counters *sum)
{
	*sum = core(peer).link(Boundary::rtnl(), id)->sum(core(peer).lanes());
}

mplink_path *mplink_core_select(const mplink_peer *peer, mplink_size len, mplink_size lane,
				const mplink_u8 *l3, mplink_u32 l3_len)
{
	return select(Boundary::read_section(), core(peer), {len, lane, l3, l3_len});
}

mplink_choice mplink_core_reselect(mplink_device *device, const mplink_peer *peer, mplink_size len,
				   mplink_size lane, const mplink_u8 *l3, mplink_u32 l3_len)
{
	return core(device).reselect(Boundary::read_section(), core(peer), {len, lane, l3, l3_len});
}

mplink_choice mplink_core_next(mplink_device *device, const void *more, mplink_size len,
			       mplink_size lane)
{
	return core(device).next(*static_cast<const LinkEntry *>(more), {len, lane, nullptr, 0});
}

mplink_path *mplink_core_copy(mplink_device *device, const mplink_peer *peer, mplink_u32 *rate,
			      const mplink_path *first, mplink_size len, mplink_size lane,
			      const mplink_u8 *l3, mplink_u32 l3_len)
{
	return core(device).copy(Boundary::read_section(), core(peer),
				 reinterpret_cast<FlowRate *>(rate), first,
				 {len, lane, l3, l3_len});
}

void mplink_core_receive(const mplink_nic *nic, const mplink_peer *peer, mplink_size len,
			 mplink_size lane)
{
	receive(Boundary::read_section(), core(nic), core(peer), len, lane);
}

void mplink_core_receive_link(const mplink_nic *nic, const mplink_peer *peer, mplink_u32 id,
			      mplink_size len, mplink_size lane)
{
	receive_link(Boundary::read_section(), core(nic), core(peer), id, len, lane);
}

mplink_u64 mplink_core_drops(const mplink_device *device, mplink_u32 drop)
{
	return core(device).drops(drop);
}

void mplink_core_device_counters(const mplink_device *device, mplink_device_counters *sum)
{
	*sum = core(device).own_counters();
}

int mplink_core_object_counts(mplink_u32 i, mplink_object_counts *counts)
{
	return ObjectCounts::read(i, *counts);
}

} // extern "C"
