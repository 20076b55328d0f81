// SPDX-License-Identifier: GPL-2.0
#include "link/flow_hash.hh"

namespace mplink::flow
{

mplink_u32 other(const mplink_u8 *l3, mplink_size len)
{
	constexpr mplink_u32 header = 40;
	mplink_u64 h = 0;

	if (len < header || l3[0] >> 4 != 6)
		return 0;
	for (mplink_u32 at = 8; at < header; at += 8)
		h = mix(h ^ (h >> 32), load<mplink_u64>(l3 + at));
	if (!has_ports(l3[6]) || len < header + 4)
		return finish(h, 0);
	return finish(h, load<mplink_u32>(l3 + header));
}

} // namespace mplink::flow
