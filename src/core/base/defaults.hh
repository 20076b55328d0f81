// SPDX-License-Identifier: GPL-2.0
// Defaults that depend on another setting.  All others are in mplink_attributes.def.
#pragma once
#include "mplink/types.h"

namespace mplink
{

// Only gre-udp measures links, so only there adaptive knows more than balance-rr.
constexpr mplink_u32 default_policy(mplink_u32 encap)
{
	return encap == MPLINK_ENCAP_GRE_UDP ? MPLINK_POLICY_ADAPTIVE : MPLINK_POLICY_BALANCE_RR;
}

} // namespace mplink
