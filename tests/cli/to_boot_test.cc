// SPDX-License-Identifier: GPL-2.0
// What `mplink save --to-boot` writes, and what it leaves alone.
#include <gtest/gtest.h>

#include "common/failure.hh"
#include "config/file.hh"
#include "config/to_boot.hh"
#include "folder.hh"
#include "sample.hh"

namespace mplink::cli
{
namespace
{

class ToBoot : public Folder
{
protected:
	std::string save(const DeviceStatus &device, bool replace = false) const
	{
		return save_to_boot(folder_, {device}, replace);
	}
	std::string refusal(const DeviceStatus &device, bool replace = false) const
	{
		try {
			save(device, replace);
		} catch (const Failure &failure) {
			EXPECT_EQ(failure.status, Exit::failed);
			return failure.what();
		}
		return "";
	}
	std::string file() const
	{
		return path("mpl0.json");
	}
};

DeviceStatus other(const char *name, const char *nic)
{
	return {.name = name, .nics = {{.name = nic}}};
}

TEST_F(ToBoot, MakesAFileForEachDevice)
{
	folder_ = path("new");
	EXPECT_EQ(save_to_boot(folder_, {sample(), other("mpl1", "eth3")}, false),
		  file() + ": written\n" + path("mpl1.json") + ": written\n");
	EXPECT_EQ(mode(folder_), 0755U);
	EXPECT_EQ(mode(file()), 0600U);
	EXPECT_EQ(get("mpl0.json"), write_config({sample()}));
	EXPECT_EQ(get("mpl1.json"), write_config({other("mpl1", "eth3")}));
	EXPECT_EQ(names(), (std::vector<std::string>{"mpl0.json", "mpl1.json"}));
	folder_ = std::filesystem::path(folder_).parent_path();
}

TEST_F(ToBoot, ReplacesWhatItHasWritten)
{
	DeviceStatus device = sample();

	save(device);
	device.settings[Setting::wtr_ms] = 7;
	EXPECT_EQ(save(device), file() + ": written\n");
	EXPECT_EQ(get("mpl0.json"), write_config({device}));
}

// Whatever its form and its comments are.
TEST_F(ToBoot, KeepsAFileThatMeansTheSame)
{
	const std::string said = file() + ": is up to date\n";
	const std::string written =
		R"({"devices": [{"name": "mpl0", "nics": ["eth1", "eth2"], // two
		"peers": [{"address": "fd99::3"}, {"address": "10.99.0.2", "links": [
		{"nic": "eth2", "remote": "fd00:2::2"},
		{"nic": "eth1", "remote": "10.0.1.2", "weight": 3}]}]}]})";

	put("mpl0.json", written);
	EXPECT_EQ(save(sample()), said);
	EXPECT_EQ(save(sample(), true), said);
	EXPECT_EQ(get("mpl0.json"), written);
}

TEST_F(ToBoot, KeepsComments)
{
	const std::string commented = "// mine\n" + write_config({sample()});
	DeviceStatus device = sample();

	device.settings[Setting::wtr_ms] = 7;
	put("mpl0.json", commented);
	EXPECT_EQ(refusal(device),
		  file() + ": has comments, which would be lost; edit it by hand (mplink save mpl0 "
			   "prints what is in force), or replace it with --force\nnothing was "
			   "written");
	EXPECT_EQ(get("mpl0.json"), commented);
	// Nor is a file written that could be.
	EXPECT_THROW(save_to_boot(folder_, {other("mpl1", "eth3"), device}, false), Failure);
	EXPECT_EQ(names(), std::vector<std::string>{"mpl0.json"});
	EXPECT_EQ(save(device, true), file() + ": written\n");
	EXPECT_EQ(get("mpl0.json"), write_config({device}));
}

// The first NIC that works is the one in use, with policy active-backup.
TEST_F(ToBoot, TheOrderOfNicsMeansSomething)
{
	DeviceStatus device = sample();

	save(device);
	std::swap(device.nics[0], device.nics[1]);
	EXPECT_EQ(save(device), file() + ": written\n");
	EXPECT_EQ(get("mpl0.json"), write_config({device}));
}

TEST_F(ToBoot, KeepsFilesThatHaveMore)
{
	for (const std::string &content :
	     {write_config({sample(), other("mpl1", "eth3")}),
	      write_config({other("mpl1", "eth3")}), std::string("no JSON"), std::string()}) {
		put("mpl0.json", content);
		EXPECT_EQ(
			refusal(sample()),
			file() + ": is no valid configuration of mpl0 alone (mplink load --check " +
				file() +
				"); move it away, or replace it with --force\nnothing was written");
		EXPECT_EQ(get("mpl0.json"), content);
		EXPECT_EQ(refusal(sample(), true), "");
		EXPECT_EQ(get("mpl0.json"), write_config({sample()}));
	}
}

TEST_F(ToBoot, WritesNothingThatCouldNotBeLoaded)
{
	put("site.json", write_config({sample()}));
	EXPECT_EQ(refusal(sample(), true),
		  path("site.json") + ": $.devices[0].name: \"mpl0\" is " + file() +
			  ": $.devices[0] already; remove one\nnothing was written");
	EXPECT_EQ(refusal(other("mpl1", "eth2")),
		  path("site.json") + ": $.devices[0].nics[1]: \"eth2\" is " + path("mpl1.json") +
			  ": $.devices[0].nics[0] already, and a NIC can be in one device only; "
			  "remove one\nnothing was written");
	EXPECT_EQ(refusal(other(".mpl", "eth3")),
		  path(".mpl.json") + ": the file would be hidden, and never loaded; rename the "
				      "device\nnothing was written");
	EXPECT_EQ(names(), std::vector<std::string>{"site.json"});
}

// The kernel tells nobody the key.
TEST_F(ToBoot, KeepsTheKey)
{
	DeviceStatus device = live_sample();
	const std::string said = file() + ": written\n";

	EXPECT_EQ(save(device),
		  said + file() +
			  ": add the \"key\" to \"bfd\", for the kernel does not tell it; without "
			  "it, the load fails\n");

	std::string keyed = get("mpl0.json");

	keyed.replace(keyed.find("\"auth\""), 0, "\"key\": \"0x01ff\", ");
	put("mpl0.json", keyed);
	EXPECT_EQ(save(device), file() + ": is up to date\n");
	device.settings[Setting::wtr_ms] = 7;
	EXPECT_EQ(save(device), said);

	const DeviceConfig config = parse_config(get("mpl0.json")).at(0);

	EXPECT_EQ(config.settings[Setting::wtr_ms], 7U);
	EXPECT_EQ(config.bfd_key, (BfdKey{1, 0xff}));
	// A key without authentication is no valid configuration.
	device.settings[Setting::bfd_auth] = MPLINK_BFD_AUTH_NONE;
	device.settings[Setting::bfd_key_id] = 0;
	EXPECT_EQ(save(device), said);
	EXPECT_EQ(parse_config(get("mpl0.json")).at(0).bfd_key, std::nullopt);
}

TEST_F(ToBoot, TellsOfDevicesThatAreGone)
{
	save_to_boot(folder_, {sample(), other("mpl1", "eth3")}, false);
	EXPECT_EQ(absent_devices(folder_, {sample(), other("mpl1", "eth3")}), "");
	EXPECT_EQ(absent_devices(folder_, {sample()}),
		  path("mpl1.json") +
			  ": $.devices[0]: mpl1 does not exist now; if it shall not come "
			  "back, remove it from that file\n");
	EXPECT_EQ(names(), (std::vector<std::string>{"mpl0.json", "mpl1.json"}));
}

} // namespace
} // namespace mplink::cli
