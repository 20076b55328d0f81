// SPDX-License-Identifier: GPL-2.0
// Several files as one configuration.
#include <gtest/gtest.h>

#include "common/failure.hh"
#include "config/texts.hh"

namespace mplink::cli
{
namespace
{

ConfigText file(const std::string &path, const std::string &devices)
{
	return {.path = path, .json = "{\"devices\": [" + devices + "]}"};
}

// The error message; empty if there is none.
std::string fault(const std::vector<ConfigText> &texts)
{
	try {
		parse_texts(texts);
	} catch (const Failure &failure) {
		EXPECT_EQ(failure.status, Exit::usage);
		return failure.what();
	}
	return "";
}

TEST(Texts, KeepTheirOrder)
{
	const auto devices = parse_texts(
		{file("b", R"({"name": "m2"}, {"name": "m1"})"), file("a", R"({"name": "m0"})")});

	ASSERT_EQ(devices.size(), 3U);
	EXPECT_EQ(devices[0].name, "m2");
	EXPECT_EQ(devices[1].name, "m1");
	EXPECT_EQ(devices[1].where, "b: $.devices[1]");
	EXPECT_EQ(devices[2].name, "m0");
	EXPECT_EQ(devices[2].where, "a: $.devices[0]");
	EXPECT_TRUE(parse_texts({}).empty());
}

TEST(Texts, AllFaultsNameTheirFiles)
{
	EXPECT_EQ(fault({file("a", "5"), file("b", R"({"name": "m0"})"), file("c", "{}")}),
		  "a: $.devices[0]: 5 is not an object {...}\n"
		  "c: $.devices[0]: \"name\" is missing; add it");
}

TEST(Texts, ADeviceIsInOneFile)
{
	// The NIC, too, but there is one remedy for both.
	EXPECT_EQ(fault({file("a", R"({"name": "m0", "nics": ["eth1"]})"),
			 file("b", R"({"name": "m1"}, {"name": "m0", "nics": ["eth1"]})")}),
		  "b: $.devices[1].name: \"m0\" is a: $.devices[0] already; remove one");
}

TEST(Texts, ANicIsInOneDevice)
{
	const std::string why = " already, and a NIC can be in one device only; remove one";

	EXPECT_EQ(fault({file("a", R"({"name": "m0", "nics": ["eth1", "eth2"]})"),
			 file("b", R"({"name": "m1", "nics": ["eth3", "eth2"]})")}),
		  "b: $.devices[0].nics[1]: \"eth2\" is a: $.devices[0].nics[1]" + why);
	EXPECT_EQ(fault({file("a", R"({"name": "m0", "nics": ["eth1"]},
				      {"name": "m1", "nics": ["eth1"]})")}),
		  "a: $.devices[1].nics[0]: \"eth1\" is a: $.devices[0].nics[0]" + why);
}

} // namespace
} // namespace mplink::cli
