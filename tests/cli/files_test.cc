// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>

#include "common/failure.hh"
#include "folder.hh"

namespace mplink::cli
{
namespace
{

using Files = Folder;

// A file must not grow beyond this while it lives, as on a disk that is full.
class FullDisk
{
public:
	explicit FullDisk(rlim_t most)
	{
		getrlimit(RLIMIT_FSIZE, &before_);
		handler_ = std::signal(SIGXFSZ, SIG_IGN);

		const rlimit limit{.rlim_cur = most, .rlim_max = before_.rlim_max};

		setrlimit(RLIMIT_FSIZE, &limit);
	}
	~FullDisk()
	{
		setrlimit(RLIMIT_FSIZE, &before_);
		std::signal(SIGXFSZ, handler_);
	}

private:
	rlimit before_{};
	void (*handler_)(int);
};

TEST_F(Files, AreReplaced)
{
	replace_file(path("a"), "one");
	EXPECT_EQ(get("a"), "one");
	EXPECT_EQ(mode(path("a")), 0600U);
	EXPECT_EQ(chmod(path("a").c_str(), 0644), 0);
	replace_file(path("a"), std::string(100000, 'x'));
	EXPECT_EQ(get("a"), std::string(100000, 'x'));
	EXPECT_EQ(mode(path("a")), 0600U);
	EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(Files, TheOldOneStaysIfTheNewOneCannotBeWritten)
{
	put("a", "old");
	{
		const FullDisk full(4096);

		EXPECT_THROW(replace_file(path("a"), std::string(100000, 'x')), Failure);
	}
	EXPECT_EQ(get("a"), "old");
	EXPECT_EQ(names(), std::vector<std::string>{"a"});
	// Nor can a folder be replaced.
	EXPECT_EQ(mkdir(path("b").c_str(), 0700), 0);
	EXPECT_THROW(replace_file(path("b"), "new"), Failure);
	EXPECT_EQ(names(), (std::vector<std::string>{"a", "b"}));
	EXPECT_THROW(replace_file(path("none/c"), "new"), Failure);
}

TEST_F(Files, FoldersAreMade)
{
	const mode_t before = umask(077);

	make_folder(path("made"));
	umask(before);
	EXPECT_EQ(mode(path("made")), 0755U);
	EXPECT_EQ(chmod(path("made").c_str(), 0700), 0);
	make_folder(path("made"));
	EXPECT_EQ(mode(path("made")), 0700U);
	EXPECT_THROW(make_folder(path("none/made")), Failure);
}

TEST_F(Files, AreListed)
{
	EXPECT_TRUE(list_folder(folder_, ".json").empty());
	for (const char *name :
	     {"b.json", "10.json", "9.json", ".hidden.json", "b.json.bak", "json"})
		put(name, "");
	EXPECT_EQ(list_folder(folder_, ".json"),
		  (std::vector{path("10.json"), path("9.json"), path("b.json")}));
	EXPECT_THROW(list_folder(path("none"), ".json"), Failure);
	EXPECT_TRUE(is_folder(folder_));
	EXPECT_FALSE(is_folder(path("json")));
	EXPECT_FALSE(is_folder(path("none")));
}

} // namespace
} // namespace mplink::cli
