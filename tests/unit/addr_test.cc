// SPDX-License-Identifier: GPL-2.0
#include "base/addr.hh"

#include <gtest/gtest.h>

#include "platform.hh"

namespace mplink
{

namespace
{

using fake::addr;

TEST(Addr, SameMeansAllBytes)
{
	EXPECT_TRUE(addr("10.0.0.1") == addr("10.0.0.1"));
	EXPECT_TRUE(addr("10.0.0.1") == addr("::ffff:10.0.0.1"));
	EXPECT_FALSE(addr("10.0.0.1") == addr("10.0.0.2"));
	EXPECT_FALSE(addr("10.0.0.1") == addr("::10.0.0.1"));
	EXPECT_FALSE(addr("2001:db8::1") == addr("2001:db9::1"));
}

TEST(Addr, GivenIsAnythingButAllZero)
{
	EXPECT_FALSE(given(mplink_addr{}));
	EXPECT_FALSE(given(addr("::")));
	EXPECT_TRUE(given(addr("0.0.0.0"))); // it was written down, if wrongly
	EXPECT_TRUE(given(addr("1::")));
	EXPECT_TRUE(given(addr("::2")));
}

TEST(Addr, Family)
{
	EXPECT_EQ(family(addr("10.0.0.1")), Family::inet);
	EXPECT_EQ(family(addr("2001:db8::1")), Family::inet6);
	EXPECT_EQ(family(addr("::1.2.3.4")), Family::inet6);
	EXPECT_EQ(family(addr("fe80::1")), Family::inet6_local);
	EXPECT_EQ(family(addr("febf::1")), Family::inet6_local);
	EXPECT_EQ(family(addr("fec0::1")), Family::inet6);
	EXPECT_EQ(family(addr("fe00::1")), Family::inet6);
	EXPECT_EQ(family(addr("fd00::1")), Family::inet6);
}

TEST(Addr, UnicastIsWhatAHostCanHave)
{
	for (const char *good :
	     {"10.0.0.1", "1.0.0.0", "126.255.255.255", "128.0.0.1", "223.255.255.255",
	      "2001:db8::1", "fe80::1", "fd00::1", "::2", "::1:0:0:1", "::100:1"})
		EXPECT_TRUE(unicast(addr(good))) << good;
	for (const char *bad :
	     {"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.0.1", "224.0.0.1", "239.1.1.1",
	      "240.0.0.1", "255.255.255.255", "::", "::1", "ff02::1", "ff00::"})
		EXPECT_FALSE(unicast(addr(bad))) << bad;
}

} // namespace

} // namespace mplink
