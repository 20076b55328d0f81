// SPDX-License-Identifier: GPL-2.0
// Settings of a virtual NIC, for all its peers.
#pragma once
#include "base/atomic.hh"
#include "mplink/types.h"

namespace mplink
{

// mplink_tunnel_config, which packets read while users change it, each number by itself.
class TunnelSettings
{
public:
	explicit TunnelSettings(const mplink_tunnel_config &config)
	{
		set(config);
	}
	void set(const mplink_tunnel_config &config);
	mplink_tunnel_config get() const;

#define MPLINK_TUNNEL_SETTING(id, name, file, bits, ...) Shared<mplink_u##bits> file;
#include "uapi/mplink_attributes.def"
};

struct Settings {
	void *owner; // for the platform's functions
	mplink_u32 policy;
	mplink_u32 encap;
	mplink_liveness_config liveness;
	TunnelSettings tunnel;
};

// The defaults: see mplink_attributes.def.  3 times 50 ms is a detection time that a busy host
// still keeps.
constexpr mplink_liveness_config default_liveness()
{
	return {
#define INITIAL_NUMBER(file, initial) .file = (initial),
#define INITIAL_POLICY(file, initial)
#define INITIAL_ENCAP(file, initial)
#define INITIAL_LIVENESS(file, initial) .mode = (initial),
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, initial, ...)             \
	INITIAL_##values(file, initial)
#include "uapi/mplink_attributes.def"
#undef INITIAL_NUMBER
#undef INITIAL_POLICY
#undef INITIAL_ENCAP
#undef INITIAL_LIVENESS
		.bfd = {
#define MPLINK_BFD_SETTING(id, name, file, bits, values, least, most, initial, ...)                \
	.file = (initial),
#include "uapi/mplink_attributes.def"
		}};
}

constexpr mplink_tunnel_config default_tunnel()
{
	return {
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, initial, ...)             \
	.file = (initial),
#include "uapi/mplink_attributes.def"
	};
}

// How values may lie between their bounds.
enum class Values { number, power_of_two };

constexpr bool within(Values values, mplink_u32 value, mplink_u32 least, mplink_u32 most)
{
	return value >= least && value <= most &&
	       (values != Values::power_of_two || !(value & (value - 1)));
}

// The end of a message about a value out of bounds, for each kind of values.
#define MPLINK_TEXT(expanded) #expanded
#define MPLINK_WHY(what, least, most) what " from " MPLINK_TEXT(least) " to " MPLINK_TEXT(most)
#define MPLINK_WHY_NUMBER(unit, least, most) MPLINK_WHY("is not a number" unit, least, most)
#define MPLINK_WHY_POWER_OF_TWO(unit, least, most)                                                 \
	MPLINK_WHY("is not a power of two" unit, least, most)
#define MPLINK_WHY_SWITCH(unit, least, most) "is neither on nor off"
#define MPLINK_WHY_EQUALIZE(unit, least, most) "is none of off, auto, on"
#define MPLINK_WHY_DUPLICATE(unit, least, most) "is none of off, sparse, all"

// Null if all values are in range, else a message that names the first wrong setting.
const char *why_no_liveness(const mplink_liveness_config &config);
const char *why_no_tunnel(const mplink_tunnel_config &config);

} // namespace mplink
