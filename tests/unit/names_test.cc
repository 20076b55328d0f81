// SPDX-License-Identifier: GPL-2.0
// The words that users see; scripts will have been written against them.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <iterator>

#include "mplink/core.h"

namespace
{

TEST(Names, Reasons)
{
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASON_NONE), "none");
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASON_UNREGISTERED), "unregistered");
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASON_ADMIN_DOWN), "admin-down");
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASON_NO_CARRIER), "no-carrier");
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASON_NO_ADDRESS), "no-address");
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASON_NO_ROUTE), "no-route");
	EXPECT_STREQ(mplink_core_reason_name(MPLINK_REASONS), "?");
	EXPECT_STREQ(mplink_core_reason_name(~0U), "?");
}

TEST(Names, PoliciesAreReadAsTheyAreWritten)
{
	for (mplink_u32 i = 0; i < MPLINK_POLICIES; i++) {
		const char *name = mplink_core_policy_name(i);

		EXPECT_EQ(mplink_core_policy_parse(name, std::strlen(name)), static_cast<int>(i));
		EXPECT_EQ(mplink_core_policy_parse(name, std::strlen(name) - 1), -EINVAL);
		EXPECT_EQ(mplink_core_policy_parse(name, std::strlen(name) + 1), -EINVAL);
	}
	EXPECT_STREQ(mplink_core_policy_names(),
		     "balance-rr, balance-xor, active-backup, broadcast, adaptive");
	EXPECT_STREQ(mplink_core_policy_name(MPLINK_POLICY_BALANCE_RR), "balance-rr");
	EXPECT_STREQ(mplink_core_policy_name(MPLINK_POLICY_BALANCE_XOR), "balance-xor");
	EXPECT_STREQ(mplink_core_policy_name(MPLINK_POLICY_ACTIVE_BACKUP), "active-backup");
	EXPECT_STREQ(mplink_core_policy_name(MPLINK_POLICY_BROADCAST), "broadcast");
	EXPECT_STREQ(mplink_core_policy_name(MPLINK_POLICY_ADAPTIVE), "adaptive");
	EXPECT_STREQ(mplink_core_policy_name(MPLINK_POLICIES), "?");
	EXPECT_EQ(mplink_core_policy_parse("", 0), -EINVAL);
	EXPECT_EQ(mplink_core_policy_parse("Balance-RR", 10), -EINVAL);
}

TEST(Names, EncapsAndDrops)
{
	EXPECT_STREQ(mplink_core_encap_name(MPLINK_ENCAP_NONE), "none");
	EXPECT_STREQ(mplink_core_encap_name(MPLINK_ENCAP_GRE_UDP), "gre-udp");
	EXPECT_EQ(mplink_core_encap_parse("none", 4), MPLINK_ENCAP_NONE);
	EXPECT_EQ(mplink_core_encap_parse("gre-udp", 7), MPLINK_ENCAP_GRE_UDP);
	EXPECT_EQ(mplink_core_encap_parse("gre-udp", 3), -EINVAL);
	EXPECT_EQ(mplink_core_encap_parse("", 0), -EINVAL);
	EXPECT_STREQ(mplink_core_encap_name(MPLINK_ENCAPS), "?");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_NO_PEER), "no-peer");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_NO_LINK), "no-link");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_MALFORMED), "malformed");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_TOO_BIG), "too-big");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_NO_MEMORY), "no-memory");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_NO_NEIGHBOUR), "no-neighbour");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_LOOP), "loop");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_POLICY), "policy");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_NO_PEER_MULTICAST), "no-peer-multicast");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROP_REDIRECT), "redirect");
	EXPECT_STREQ(mplink_core_drop_name(MPLINK_DROPS), "?");
}

TEST(Names, WhyAGrePacketIsNotDelivered)
{
	constexpr const char *names[] = {
		"none",    "truncated", "version",  "flags",     "protocol", "no-key",
		"key",     "sender",    "checksum", "inner",     "ecn",      "duplicate",
		"late",    "down",      "backlog",  "no-memory", "nic",      "icmp",
		"message", "report",    "early",    "replay"};

	static_assert(std::size(names) == MPLINK_GRE_DROPS);
	for (mplink_u32 i = 0; i < MPLINK_GRE_DROPS; i++)
		EXPECT_STREQ(mplink_core_gre_drop_name(i), names[i]);
	// By which their numbers are held to the words.
	EXPECT_EQ(MPLINK_GRE_DROP_KEY_MISSING, 5);
	EXPECT_EQ(MPLINK_GRE_DROP_DUPLICATE, 11);
	EXPECT_EQ(MPLINK_GRE_DROP_LATE, 12);
	EXPECT_EQ(MPLINK_GRE_DROP_NO_MEMORY, 15);
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROPS), "?");
}

TEST(Names, Bfd)
{
	EXPECT_STREQ(mplink_core_bfd_state_name(MPLINK_BFD_ADMIN_DOWN), "admin-down");
	EXPECT_STREQ(mplink_core_bfd_state_name(MPLINK_BFD_UP), "up");
	EXPECT_STREQ(mplink_core_bfd_state_name(MPLINK_BFD_STATES), "?");
	EXPECT_STREQ(mplink_core_bfd_diag_name(MPLINK_BFD_DIAG_NONE), "none");
	EXPECT_STREQ(mplink_core_bfd_diag_name(MPLINK_BFD_DIAG_TIMEOUT), "detection-time-expired");
	EXPECT_STREQ(mplink_core_bfd_diag_name(MPLINK_BFD_DIAG_NEIGHBOUR), "neighbour-down");
	EXPECT_STREQ(mplink_core_bfd_diag_name(MPLINK_BFD_DIAG_PATH), "path-down");
	EXPECT_STREQ(mplink_core_bfd_diag_name(MPLINK_BFD_DIAG_ADMIN), "admin-down");
	EXPECT_STREQ(mplink_core_bfd_diag_name(MPLINK_BFD_DIAGS), "?");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_NONE), "none");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_TOO_SHORT), "too-short");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_MULTIPOINT), "multipoint");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_AUTH_LENGTH), "auth-length");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_SESSION), "no-session");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_AUTH_SEQUENCE), "auth-sequence");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_ADMIN_DOWN), "admin-down");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROP_AUTH_DIGEST), "auth-digest");
	EXPECT_STREQ(mplink_core_bfd_drop_name(MPLINK_BFD_DROPS), "?");
}

TEST(Names, GreDrops)
{
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_NONE), "none");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_TRUNCATED), "truncated");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_KEY_MISSING), "no-key");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_KEY), "key");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_SENDER), "sender");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_CHECKSUM), "checksum");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_DUPLICATE), "duplicate");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_LATE), "late");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROP_NO_MEMORY), "no-memory");
	EXPECT_STREQ(mplink_core_gre_drop_name(MPLINK_GRE_DROPS), "?");
}

TEST(Names, Events)
{
	EXPECT_STREQ(mplink_core_event_name(MPLINK_EVENT_UP), "NETDEV_UP");
	EXPECT_STREQ(mplink_core_event_name(MPLINK_EVENT_GOING_DOWN), "NETDEV_GOING_DOWN");
	EXPECT_STREQ(mplink_core_event_name(MPLINK_EVENT_PRE_UP), "NETDEV_PRE_UP");
	EXPECT_STREQ(mplink_core_event_name(MPLINK_EVENT_UNREGISTER), "NETDEV_UNREGISTER");
	EXPECT_STREQ(mplink_core_event_name(0), "?");
	// The numbers are those of the kernel in which users first saw them.
	EXPECT_EQ(MPLINK_EVENT_GOING_DOWN, 9);
	EXPECT_EQ(MPLINK_EVENT_PRE_UP, 0xd);
}

} // namespace
