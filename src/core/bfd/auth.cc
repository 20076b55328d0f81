// SPDX-License-Identifier: GPL-2.0
#include "bfd/auth.hh"

namespace mplink
{

mplink_u32 BfdAuth::check(const mplink_bfd_config &config, const BfdPacket &packet) const
{
	if (config.auth_type == MPLINK_BFD_AUTH_NONE)
		return packet.auth_type == MPLINK_BFD_AUTH_NONE ? MPLINK_BFD_DROP_NONE
								: MPLINK_BFD_DROP_AUTH_UNWANTED;
	if (packet.auth_type == MPLINK_BFD_AUTH_NONE)
		return MPLINK_BFD_DROP_AUTH_MISSING;
	if (packet.auth_type != config.auth_type)
		return MPLINK_BFD_DROP_AUTH_TYPE;
	if (packet.auth_key_id != config.auth_key_id)
		return MPLINK_BFD_DROP_AUTH_KEY;
	if (!known_)
		return MPLINK_BFD_DROP_NONE;

	// Numbers wrap, so an older one looks far ahead.
	const mplink_u32 ahead = packet.auth_seq - rcv_seq_;
	const mplink_u32 least = packet.auth_type == MPLINK_BFD_AUTH_METICULOUS_SHA1 ? 1 : 0;

	if (ahead < least || ahead > 3U * packet.detect_mult)
		return MPLINK_BFD_DROP_AUTH_SEQUENCE;
	return MPLINK_BFD_DROP_NONE;
}

} // namespace mplink
