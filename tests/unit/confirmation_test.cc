// SPDX-License-Identifier: GPL-2.0
// While the far end of a tunnel answers on one link, another link is used only if it answers
// there, too.
#include "fixture.hh"

#include "mplink/measure.h"
#include "mplink/tunnel.h"

namespace fake
{

namespace
{

constexpr mplink_u64 far_end = 0x1111;
constexpr mplink_u64 restarted = 0x2222;
// How long a link that is in use waits for its answer, in ms.
constexpr mplink_u64 grace = 100;
// After how many ms the user is told.
constexpr mplink_u64 tells = 3000;

class Confirmation : public InWorld
{
protected:
	using Names = std::set<std::string>;
	using Lines = std::vector<std::string>;

	void SetUp() override
	{
		InWorld::SetUp();
		world().owner.recheck_ms = MPLINK_NEVER;
	}
	mplink_u32 take(mplink_u32 link, mplink_u64 epoch, bool proven)
	{
		const ReadLock lock;

		return mplink_core_take_caps(world().peer(), link, epoch, proven);
	}
	// The far end has read our question, and its answer has come.
	void answer(mplink_u32 link, mplink_u64 epoch)
	{
		EXPECT_TRUE(take(link, epoch, true) & MPLINK_CAPS_CONFIRMED);
		world().recheck(MPLINK_EVENT_ANSWER);
	}
	// Asks, and then answers: a far end that has begun anew.
	void meet(mplink_u32 link, mplink_u64 epoch)
	{
		EXPECT_EQ(take(link, epoch, false), mplink_u32{MPLINK_CAPS_ASK});
		answer(link, epoch);
	}
	std::string reason(mplink_u32 id)
	{
		return mplink_core_reason_name(world().link_info(id).reason);
	}
	bool reaches(mplink_u32 id)
	{
		const ReadLock lock;

		return mplink_core_peer_path(world().peer(), id);
	}
	bool all_confirmed()
	{
		const ReadLock lock;

		return mplink_core_all_confirmed(world().peer());
	}
	Names used()
	{
		Names names;

		for (mplink_u32 i = 0; i < 8; i++)
			for (const Netdev *over : world().send(100).over)
				names.insert(over->name);
		return names;
	}
};

TEST_F(Confirmation, AFarEndThatNeverAnswersIsUsedByAllLinks)
{
	world().start(2);
	world().run(100000);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	EXPECT_FALSE(all_confirmed());
	EXPECT_EQ(world().owner.unanswered, Lines{});
}

TEST_F(Confirmation, ALinkWithoutAnAnswerIsLeftForItsSibling)
{
	world().start(2);
	answer(0, far_end);
	EXPECT_EQ(reason(1), "none") << "its answer may take longer";
	world().run(grace - 1);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	world().run(1);
	EXPECT_EQ(reason(0), "none");
	EXPECT_EQ(reason(1), "unconfirmed");
	EXPECT_EQ(used(), Names{"eth1"});
	EXPECT_TRUE(reaches(1)) << "to ask again";
	world().run(tells - grace - 1);
	EXPECT_EQ(world().owner.unanswered, Lines{}) << "it may be far away";
	world().run(1);
	EXPECT_EQ(world().owner.unanswered, Lines{"eth2"});
	world().run(100000);
	EXPECT_EQ(world().owner.unanswered, Lines{"eth2"}) << "told once";
	answer(1, far_end);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	EXPECT_TRUE(all_confirmed());
}

TEST_F(Confirmation, AnAnswerInTimeDisturbsNothing)
{
	world().start(2);
	world().owner.links.clear();
	answer(0, far_end);
	world().run(grace - 1);
	answer(1, far_end);
	world().run(100000);
	EXPECT_EQ(world().owner.links, Lines{});
	EXPECT_EQ(world().owner.unanswered, Lines{});
}

TEST_F(Confirmation, ANewLinkIsNotUsedBeforeItsAnswer)
{
	world().name_nics(2);
	world().plug_running("eth1", 1);
	answer(0, far_end);
	world().plug_running("eth2", 2);
	EXPECT_EQ(reason(1), "unconfirmed");
	EXPECT_EQ(used(), Names{"eth1"});
	answer(1, far_end);
	EXPECT_EQ(reason(1), "none");
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	EXPECT_EQ(world().owner.unanswered, Lines{});
}

TEST_F(Confirmation, TheLastLinkIsUsedWithoutAnAnswer)
{
	world().start(2);
	answer(0, far_end);
	world().run(grace);
	EXPECT_EQ(used(), Names{"eth1"});
	world().cable_told(dev("eth1"), false);
	EXPECT_EQ(reason(1), "none") << "better than to drop packets";
	EXPECT_EQ(used(), Names{"eth2"});
	EXPECT_TRUE(world().owner.carrier);
	world().cable_told(dev("eth1"), true);
	world().run(grace);
	EXPECT_EQ(reason(1), "unconfirmed");
	EXPECT_EQ(used(), Names{"eth1"});
}

TEST_F(Confirmation, AFarEndThatBeginsAnewIsAskedOnAllLinksAgain)
{
	world().start(2);
	answer(0, far_end);
	answer(1, far_end);
	meet(0, restarted);
	EXPECT_FALSE(all_confirmed());
	world().run(grace);
	EXPECT_EQ(reason(1), "unconfirmed");
	EXPECT_EQ(used(), Names{"eth1"});
	answer(1, restarted);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

TEST_F(Confirmation, NothingIsBelievedOnOnePacketsWord)
{
	world().start(2);
	answer(0, far_end);
	answer(1, far_end);
	// A question proves nothing, however often it comes: anybody can write it.
	for (int i = 0; i < 10; i++)
		EXPECT_EQ(take(0, restarted, false), mplink_u32{MPLINK_CAPS_ASK});
	// A flipped bit in an answer.
	EXPECT_EQ(take(0, far_end ^ 4, true), mplink_u32{MPLINK_CAPS_ASK});
	EXPECT_EQ(take(0, far_end, true), 0U);
	world().recheck(MPLINK_EVENT_ANSWER);
	world().run(1000);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	EXPECT_TRUE(all_confirmed());
}

TEST_F(Confirmation, TwoAnswersOfANewFarEndAreBelieved)
{
	world().start(2);
	answer(0, far_end);
	answer(1, far_end);
	EXPECT_EQ(take(0, restarted, true), mplink_u32{MPLINK_CAPS_ASK});
	EXPECT_EQ(take(0, restarted, true), mplink_u32{MPLINK_CAPS_ANEW | MPLINK_CAPS_CONFIRMED});
}

TEST_F(Confirmation, AFarEndThatFallsSilentIsAnyFarEnd)
{
	world().start(2);
	answer(0, far_end);
	world().run(grace);
	EXPECT_EQ(used(), Names{"eth1"});
	{
		const ReadLock lock;

		mplink_core_forget_far_end(world().peer());
	}
	world().recheck(MPLINK_EVENT_ANSWER);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

TEST_F(Confirmation, AnotherAddressNeedsAnotherAnswer)
{
	world().start(2);
	answer(0, far_end);
	answer(1, far_end);
	EXPECT_EQ(world().set_link(1, addr("10.0.9.2")), 0);
	EXPECT_EQ(reason(1), "unconfirmed");
	answer(1, far_end);
	EXPECT_EQ(reason(1), "none");
	// The NIC comes back with an address that the far end may not know.
	world().set_inet(dev("eth2"), {});
	world().set_inet(dev("eth2"), addr("10.0.2.77"));
	EXPECT_EQ(reason(1), "unconfirmed");
	EXPECT_EQ(used(), Names{"eth1"});
	answer(1, far_end);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
	// A cable that was out changes no address.
	world().cable_told(dev("eth2"), false);
	EXPECT_FALSE(reaches(1));
	world().cable_told(dev("eth2"), true);
	EXPECT_EQ(used(), (Names{"eth1", "eth2"}));
}

TEST_F(Confirmation, CapsByALinkThatHasGoneMeanNothing)
{
	world().start(2);
	EXPECT_EQ(world().remove_link(1), 0);
	EXPECT_EQ(take(1, far_end, true), 0U);
	EXPECT_EQ(used(), Names{"eth1"});
}

} // namespace

} // namespace fake
