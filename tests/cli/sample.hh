// SPDX-License-Identifier: GPL-2.0
// A device with a bit of everything.
#pragma once
#include "model.hh"

namespace mplink::cli
{

inline Address at(const char *text)
{
	return Address::parse(text).value();
}

inline Device sample()
{
	return {
		.name = "mpl0",
		.ifindex = 7,
		.policy = MPLINK_POLICY_BALANCE_RR,
		.encap = MPLINK_ENCAP_NONE,
		.rescheduled = 4,
		.copies = 0,
		.drops = {{MPLINK_DROP_NO_PEER, 0}, {MPLINK_DROP_NO_LINK, 1234}},
		.carrier = true,
		.nics = {{.name = "eth1",
			  .ifindex = 2,
			  .reason = MPLINK_REASON_NONE,
			  .carrier = true,
			  .address = at("10.0.1.1"),
			  .transitions = 1,
			  .since_ms = 11523000,
			  .counters = {1000000, 1234567890, 999, 999}},
			 {.name = "eth2",
			  .ifindex = 0,
			  .reason = MPLINK_REASON_UNREGISTERED,
			  .since_ms = 2500}},
		.peers = {{.address = at("10.99.0.2"),
			   .links = {{.nic = "eth1",
				      .remote = at("10.0.1.2"),
				      .weight = 3,
				      .reason = MPLINK_REASON_NONE,
				      .counters = {1000000, 1234567890, 999, 999}},
				     {.nic = "eth2",
				      .remote = at("fd00:2::2"),
				      .weight = 1,
				      .reason = MPLINK_REASON_UNREGISTERED}}},
			  {.address = at("fd99::3"), .links = {}}},
	};
}

} // namespace mplink::cli
