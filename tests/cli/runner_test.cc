// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "monitor/runner.hh"

namespace mplink::cli
{
namespace
{

using namespace std::chrono_literals;

// The message about the end of the command; "" after the timeout.  A busy machine may stand still
// for seconds.
std::string until_ended(Runner &runner, std::chrono::milliseconds patience = 60s)
{
	const auto end = Runner::Clock::now() + patience;
	std::string said;

	while (runner.running() && Runner::Clock::now() < end) {
		said += runner.reap();
		poll(nullptr, 0, 5);
	}
	EXPECT_FALSE(runner.running());
	return said;
}

class RunnerTest : public testing::Test
{
protected:
	std::string file = testing::TempDir() + "mplink-runner." + std::to_string(getpid());
	std::string content() const
	{
		std::ostringstream all;

		all << std::ifstream(file).rdbuf();
		return all.str();
	}
	void TearDown() override
	{
		std::remove(file.c_str());
	}
};

TEST_F(RunnerTest, ReadsNothingOfOurs)
{
	Runner runner("readlink /proc/self/fd/0 >" + file + "; cat");

	runner.add({});
	EXPECT_EQ(until_ended(runner), "");
	EXPECT_EQ(content(), "/dev/null\n");
}

TEST_F(RunnerTest, RunsForOneChangeAfterTheOther)
{
	Runner runner("echo $MPLINK_N >>" + file);

	for (const char *n : {"MPLINK_N=1", "MPLINK_N=2", "MPLINK_N=3"})
		EXPECT_EQ(runner.add({n}), "");
	EXPECT_EQ(until_ended(runner), "");
	EXPECT_EQ(content(), "1\n2\n3\n");
}

// Whether the process runs.  It may be a zombie that nobody asks about.
bool runs(const std::string &pid)
{
	std::ifstream status("/proc/" + pid + "/stat");
	std::string number, name, state;

	return status >> number >> name >> state && state != "Z";
}

TEST_F(RunnerTest, WhatDoesNotEndIsKilledWithAllThatItStarted)
{
	const std::string command = "sleep 600 & echo $! >" + file + "; sleep 600";
	Runner runner(command, 2s);

	runner.add({});
	EXPECT_LE(runner.timeout_ms(), 2000);
	EXPECT_EQ(until_ended(runner),
		  "--exec: \"" + command + "\" has not ended within 2.0 s: killed");
	EXPECT_EQ(runner.timeout_ms(), -1);

	const std::string started = content().substr(0, content().find('\n'));

	ASSERT_NE(started, "");
	for (int tries = 1000; runs(started) && tries; tries--)
		poll(nullptr, 0, 5);
	EXPECT_FALSE(runs(started));
}

TEST_F(RunnerTest, TellsHowItEnded)
{
	Runner three("exit 3"), killed("kill -9 $$");

	three.add({});
	killed.add({});
	EXPECT_EQ(until_ended(three), "--exec: \"exit 3\" ended with status 3");
	EXPECT_EQ(until_ended(killed), "--exec: \"kill -9 $$\" was ended by signal 9");
}

TEST_F(RunnerTest, WhenStoppedItHasALittleTimeLeft)
{
	Runner quick("sleep 0.2; echo done >" + file, 60s, 60s);
	Runner slow("sleep 600", 600s, 100ms);

	quick.add({});
	slow.add({});
	quick.stop();
	slow.stop();
	EXPECT_EQ(until_ended(quick), "");
	EXPECT_EQ(content(), "done\n");
	EXPECT_TRUE(until_ended(slow).starts_with("--exec: \"sleep 600\" has not ended within"));
}

TEST_F(RunnerTest, NoMoreWaitThanCanBeBorne)
{
	Runner runner("sleep 60");

	// One command runs.
	for (std::size_t i = 0; i <= Runner::most_waiting; i++)
		EXPECT_EQ(runner.add({}), "");
	EXPECT_NE(runner.add({}), "") << "the first that does not wait";
	EXPECT_EQ(runner.add({}), "");
	EXPECT_EQ(runner.stop(), Runner::most_waiting);
	EXPECT_LE(runner.timeout_ms(), 1000) << "the last one may not keep the user waiting";
	EXPECT_EQ(runner.add({}), "--exec: not run for 2 changes");
}

} // namespace
} // namespace mplink::cli
