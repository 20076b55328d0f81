// SPDX-License-Identifier: GPL-2.0
// A folder for one test.
#pragma once
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/files.hh"

namespace mplink::cli
{

class Folder : public testing::Test
{
protected:
	Folder()
	{
		std::string name = std::filesystem::temp_directory_path() / "mplink-test-XXXXXX";

		EXPECT_NE(mkdtemp(name.data()), nullptr);
		folder_ = name;
	}
	~Folder() override
	{
		std::filesystem::remove_all(folder_);
	}

	std::string path(const std::string &name) const
	{
		return folder_ + "/" + name;
	}
	void put(const std::string &name, const std::string &content) const
	{
		std::ofstream(path(name)) << content;
	}
	std::string get(const std::string &name) const
	{
		return read_file(path(name));
	}
	// Of everything in it, hidden or not.
	std::vector<std::string> names() const
	{
		std::vector<std::string> names;

		for (const auto &entry : std::filesystem::directory_iterator(folder_))
			names.push_back(entry.path().filename());
		std::sort(names.begin(), names.end());
		return names;
	}
	static mode_t mode(const std::string &path)
	{
		struct stat status {
		};

		EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
		return status.st_mode & 07777;
	}

	std::string folder_;
};

} // namespace mplink::cli
