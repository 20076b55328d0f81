// SPDX-License-Identifier: GPL-2.0
// A test with a world of its own, which leaves nothing behind.
#pragma once
#include <gtest/gtest.h>

#include <optional>

#include "fake_memory.hh"
#include "world.hh"

namespace fake
{

// Whatever a test does: at its end all is destroyed that was made, each counted.
class Clean : public testing::Test
{
protected:
	void SetUp() override
	{
		rcu_start(RcuMode::deferred);
	}
	void TearDown() override
	{
		Memory::fail_nth(0);
		Memory::fail_all(false);
		rcu_stop();
		EXPECT_EQ(objects_left(), "");
		EXPECT_EQ(Memory::live(), 0U);
		EXPECT_EQ(Netdev::live, 0);
	}
};

class InWorld : public Clean
{
protected:
	void SetUp() override
	{
		Clean::SetUp();
		world_.emplace();
	}
	void TearDown() override
	{
		world_.reset();
		Clean::TearDown();
	}
	World &world()
	{
		return *world_;
	}
	Netdev &dev(const std::string &name)
	{
		return *world_->find(name);
	}

private:
	std::optional<World> world_;
};

} // namespace fake
