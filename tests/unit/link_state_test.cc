// SPDX-License-Identifier: GPL-2.0
// Every case of a link's state: there are few enough.
#include "link/link_state.hh"

#include <gtest/gtest.h>

namespace mplink
{

namespace
{

NicState nic(mplink_u32 reason)
{
	return {.attached = reason != MPLINK_REASON_UNREGISTERED,
		.closing = false,
		.reason = reason};
}

TEST(LinkState, AnInvalidNicsReasonIsItsLinks)
{
	for (const mplink_u32 reason :
	     {mplink_u32{MPLINK_REASON_UNREGISTERED}, mplink_u32{MPLINK_REASON_ADMIN_DOWN},
	      mplink_u32{MPLINK_REASON_NO_CARRIER}, mplink_u32{MPLINK_REASON_NO_ADDRESS}})
		for (const bool address : {false, true})
			for (const auto no_path : {MPLINK_REASON_NONE, MPLINK_REASON_NO_ROUTE})
				EXPECT_EQ(link_reason(nic(reason), address, no_path), reason);
}

TEST(LinkState, AValidNicsLinkNeedsAnAddressAndAPath)
{
	const NicState valid = nic(MPLINK_REASON_NONE);

	for (const auto why :
	     {MPLINK_REASON_NONE, MPLINK_REASON_NO_ROUTE, MPLINK_REASON_NO_ADDRESS}) {
		EXPECT_EQ(link_reason(valid, true, why), why);
		EXPECT_EQ(link_reason(valid, false, why), MPLINK_REASON_NO_ADDRESS);
	}
}

TEST(LinkState, APathIsKeptOnlyWhereItCanServeAgain)
{
	for (const bool address : {false, true}) {
		EXPECT_EQ(path_need(nic(MPLINK_REASON_UNREGISTERED), address), PathNeed::none);
		EXPECT_EQ(path_need(nic(MPLINK_REASON_ADMIN_DOWN), address), PathNeed::none);
		EXPECT_EQ(path_need(nic(MPLINK_REASON_NO_ADDRESS), address), PathNeed::none);
	}
	EXPECT_EQ(path_need(nic(MPLINK_REASON_NO_CARRIER), true), PathNeed::keep);
	EXPECT_EQ(path_need(nic(MPLINK_REASON_NONE), true), PathNeed::fresh);
	EXPECT_EQ(path_need(nic(MPLINK_REASON_NONE), false), PathNeed::none);
}

} // namespace

} // namespace mplink
