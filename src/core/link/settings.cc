// SPDX-License-Identifier: GPL-2.0
#include "link/settings.hh"

#include "bfd/session.hh"

namespace mplink
{

void TunnelSettings::set(const mplink_tunnel_config &config)
{
#define MPLINK_TUNNEL_SETTING(id, name, file, ...) file.write(config.file);
#include "uapi/mplink_attributes.def"
}

mplink_tunnel_config TunnelSettings::get() const
{
	return {
#define MPLINK_TUNNEL_SETTING(id, name, file, ...) .file = file.read(),
#include "uapi/mplink_attributes.def"
	};
}

// Each check is a line of mplink_attributes.def: it returns why the value is out of bounds.
#define CHECK(kind, why, name, value, least, most)                                                 \
	if (!within(Values::kind, value, least, most))                                             \
		return #name " " why;
#define CHECK_NUMBER(name, value, least, most, unit)                                               \
	CHECK(number, MPLINK_WHY_NUMBER(unit, least, most), name, value, least, most)
#define CHECK_POWER_OF_TWO(name, value, least, most, unit)                                         \
	CHECK(power_of_two, MPLINK_WHY_POWER_OF_TWO(unit, least, most), name, value, least, most)
#define CHECK_SWITCH(name, value, least, most, unit)                                               \
	CHECK(number, MPLINK_WHY_SWITCH(unit, least, most), name, value, least, most)
#define CHECK_EQUALIZE(name, value, least, most, unit)                                             \
	CHECK(number, MPLINK_WHY_EQUALIZE(unit, least, most), name, value, least, most)
#define CHECK_DUPLICATE(name, value, least, most, unit)                                            \
	CHECK(number, MPLINK_WHY_DUPLICATE(unit, least, most), name, value, least, most)
#define CHECK_KEY_ID(name, value, least, most, unit)
#define CHECK_POLICY(name, value, least, most, unit)
#define CHECK_ENCAP(name, value, least, most, unit)
#define CHECK_LIVENESS(name, value, least, most, unit)
#define CHECK_AUTH(name, value, least, most, unit)

const char *why_no_liveness(const mplink_liveness_config &config)
{
	if (config.mode != MPLINK_LIVENESS_OFF && config.mode != MPLINK_LIVENESS_BFD)
		return "liveness is neither bfd nor off";
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, initial, unit, ...)       \
	CHECK_##values(file, config.file, least, most, unit)
#define MPLINK_BFD_SETTING(id, name, file, bits, values, least, most, initial, unit, ...)          \
	CHECK_##values(file, config.bfd.file, least, most, unit)
#include "uapi/mplink_attributes.def"
	if (!bfd_valid(config.bfd))
		return "auth_type is none of none, sha1, meticulous-sha1";
	return nullptr;
}

const char *why_no_tunnel(const mplink_tunnel_config &config)
{
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, initial, unit, ...)       \
	CHECK_##values(file, config.file, least, most, unit)
#include "uapi/mplink_attributes.def"
	if (config.outoforder_min_us > config.outoforder_max_us)
		return "the out-of-order timer's lower bound is above its upper bound";
	return nullptr;
}

} // namespace mplink
