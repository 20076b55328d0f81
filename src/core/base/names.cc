// SPDX-License-Identifier: GPL-2.0
#include "base/names.hh"

#include "mplink/core.h"

namespace mplink
{

namespace
{

constexpr const char *reasons[] = {"none",       "unregistered",    "admin-down",
				   "no-carrier", "no-address",      "no-route",
				   "liveness",   "wait-to-restore", "unconfirmed"};
constexpr const char *livenesses[] = {"inherit", "off", "bfd"};
constexpr const char *nic_stages[] = {"registered", "up", "carrier", "address"};
constexpr const char *link_stages[] = {"route", "bfd-init", "bfd-up", "valid"};
constexpr const char *encaps[] = {"none", "gre-udp"};
constexpr const char *equalizes[] = {"off", "auto", "on", "inherit"};
constexpr const char *duplicates[] = {"off", "sparse", "all", "inherit"};
constexpr const char *bfd_states[] = {"admin-down", "down", "init", "up"};
// In the order of RFC 5880 4.1, and mostly with its words.
constexpr const char *bfd_diags[] = {"none",
				     "detection-time-expired",
				     "echo-failed",
				     "neighbour-down",
				     "forwarding-plane-reset",
				     "path-down",
				     "concatenated-path-down",
				     "admin-down",
				     "reverse-concatenated-path-down"};
// A name of a .def list, which writes it as an identifier: '-' replaces '_'.
struct Name {
	char text[32];
};

template <mplink_size n>
consteval Name name_of(const char (&identifier)[n])
{
	Name name = {};

	static_assert(n <= sizeof(name.text));
	for (mplink_size i = 0; i < n; i++)
		name.text[i] = identifier[i] == '_' ? '-' : identifier[i];
	return name;
}

constexpr Name drops[] = {
#define MPLINK_DROP(id, name, ...) name_of(#name),
#include "uapi/mplink_drops.def"
};
constexpr Name gre_drops[] = {
	name_of("none"),
#define MPLINK_GRE_DROP(id, name, harmless) name_of(#name),
#include "uapi/mplink_drops.def"
};
constexpr Name bfd_drops[] = {
	name_of("none"),
#define MPLINK_BFD_DROP(id, name) name_of(#name),
#include "uapi/mplink_drops.def"
};

template <class T, mplink_size n>
constexpr mplink_size count(const T (&)[n])
{
	return n;
}

static_assert(count(reasons) == MPLINK_REASONS);
static_assert(count(livenesses) == MPLINK_LIVENESSES);
static_assert(count(nic_stages) == MPLINK_NIC_STAGES);
static_assert(count(link_stages) == MPLINK_LINK_STAGES);
static_assert(count(encaps) == MPLINK_ENCAPS);
static_assert(count(equalizes) == MPLINK_EQUALIZES);
static_assert(count(duplicates) == MPLINK_DUPLICATES);
static_assert(count(drops) == MPLINK_DROPS);
static_assert(count(bfd_states) == MPLINK_BFD_STATES);
static_assert(count(bfd_diags) == MPLINK_BFD_DIAGS);
static_assert(count(bfd_drops) == MPLINK_BFD_DROPS);
static_assert(count(gre_drops) == MPLINK_GRE_DROPS);

template <mplink_size n>
const char *name_in(const Name (&names)[n], mplink_u32 i)
{
	return i < n ? names[i].text : "?";
}

} // namespace

int encap_parse(const char *text, mplink_size len)
{
	return find_in(encaps, text, len);
}

int liveness_parse(const char *text, mplink_size len)
{
	return find_in(livenesses, text, len);
}

int equalize_parse(const char *text, mplink_size len)
{
	return find_in(equalizes, text, len);
}

int duplicate_parse(const char *text, mplink_size len)
{
	return find_in(duplicates, text, len);
}

} // namespace mplink

using namespace mplink;

extern "C" {

const char *mplink_core_reason_name(mplink_u32 reason)
{
	return name_in(reasons, reason);
}

const char *mplink_core_encap_name(mplink_u32 encap)
{
	return name_in(encaps, encap);
}

const char *mplink_core_gre_drop_name(mplink_u32 drop)
{
	return name_in(gre_drops, drop);
}

const char *mplink_core_liveness_name(mplink_u32 liveness)
{
	return name_in(livenesses, liveness);
}

const char *mplink_core_equalize_name(mplink_u32 equalize)
{
	return name_in(equalizes, equalize);
}

const char *mplink_core_duplicate_name(mplink_u32 duplicate)
{
	return name_in(duplicates, duplicate);
}

const char *mplink_core_nic_stage_name(mplink_u32 stage)
{
	return name_in(nic_stages, stage);
}

const char *mplink_core_link_stage_name(mplink_u32 stage)
{
	return name_in(link_stages, stage);
}

const char *mplink_core_drop_name(mplink_u32 drop)
{
	return name_in(drops, drop);
}

const char *mplink_core_bfd_state_name(mplink_u32 state)
{
	return name_in(bfd_states, state);
}

const char *mplink_core_bfd_diag_name(mplink_u32 diag)
{
	return name_in(bfd_diags, diag);
}

const char *mplink_core_bfd_drop_name(mplink_u32 drop)
{
	return name_in(bfd_drops, drop);
}

const char *mplink_core_event_name(mplink_u32 event)
{
	switch (event) {
	case MPLINK_EVENT_UP:
		return "NETDEV_UP";
	case MPLINK_EVENT_DOWN:
		return "NETDEV_DOWN";
	case MPLINK_EVENT_CHANGE:
		return "NETDEV_CHANGE";
	case MPLINK_EVENT_REGISTER:
		return "NETDEV_REGISTER";
	case MPLINK_EVENT_UNREGISTER:
		return "NETDEV_UNREGISTER";
	case MPLINK_EVENT_CHANGEMTU:
		return "NETDEV_CHANGEMTU";
	case MPLINK_EVENT_CHANGEADDR:
		return "NETDEV_CHANGEADDR";
	case MPLINK_EVENT_GOING_DOWN:
		return "NETDEV_GOING_DOWN";
	case MPLINK_EVENT_CHANGENAME:
		return "NETDEV_CHANGENAME";
	case MPLINK_EVENT_PRE_UP:
		return "NETDEV_PRE_UP";
	case MPLINK_EVENT_INET_UP:
		return "inetaddr NETDEV_UP";
	case MPLINK_EVENT_INET_DOWN:
		return "inetaddr NETDEV_DOWN";
	case MPLINK_EVENT_REFRESH:
		return "inet6addr or route change";
	case MPLINK_EVENT_CONTROL:
		return "changed by the user";
	case MPLINK_EVENT_LIVENESS:
		return "BFD";
	case MPLINK_EVENT_ANSWER:
		return "CAPS";
	case MPLINK_EVENT_RESTORE:
		return "wait to restore";
	default:
		return "?";
	}
}

} // extern "C"
