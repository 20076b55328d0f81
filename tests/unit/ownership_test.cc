// SPDX-License-Identifier: GPL-2.0
// What owns an object lets it go exactly once, and not before its readers have gone.
#include <type_traits>

#include "api/boundary.hh"
#include "base/ref.hh"
#include "fixture.hh"

namespace fake
{

namespace
{

using mplink::Boundary;
using mplink::Box;
using mplink::make;
using mplink::Rcu;
using mplink::ReadSection;
using mplink::Ref;
using mplink::Retired;
using mplink::Rtnl;

// Only the boundary makes proofs.
static_assert(!std::is_default_constructible_v<ReadSection>);
static_assert(!std::is_default_constructible_v<Rtnl>);
// They cost nothing to pass on.
static_assert(std::is_empty_v<ReadSection> && std::is_trivially_copyable_v<ReadSection>);

int alive;

struct Object : mplink_rcu {
	Object() : mplink_rcu()
	{
		alive++;
	}
	~Object()
	{
		alive--;
	}
	Object(const Object &) = delete;
	Object &operator=(const Object &) = delete;
};

static_assert(!std::is_copy_constructible_v<Retired<Object>>);
static_assert(!std::is_copy_assignable_v<Retired<Object>>);
static_assert(!std::is_copy_constructible_v<Rcu<Object>>);

class Ownership : public Clean
{
protected:
	void SetUp() override
	{
		Clean::SetUp();
		alive = 0;
	}
};

TEST_F(Ownership, WhatIsReplacedStaysUntilAGracePeriodEnds)
{
	Rcu<Object> pointer;

	{
		const RtnlLock lock;
		const Retired<Object> none = pointer.exchange(Boundary::rtnl(), make<Object>());

		EXPECT_FALSE(none);
		{
			const Retired<Object> old =
				pointer.exchange(Boundary::rtnl(), make<Object>());

			EXPECT_TRUE(old);
			EXPECT_EQ(rcu_pending(), 0U);
		}
		EXPECT_EQ(rcu_pending(), 1U);
		EXPECT_EQ(alive, 2);
	}
	grace_period();
	EXPECT_EQ(alive, 1);
}

TEST_F(Ownership, TheLastOneGoesWithItsPointer)
{
	{
		Rcu<Object> pointer;
		const RtnlLock lock;

		(void)pointer.exchange(Boundary::rtnl(), make<Object>());
		EXPECT_EQ(alive, 1);
	}
	EXPECT_EQ(alive, 0);
	EXPECT_EQ(rcu_pending(), 0U);
}

TEST_F(Ownership, WhatHasMovedIsRetiredOnce)
{
	{
		Retired<Object> first(make<Object>());
		const Retired<Object> second(std::move(first));

		EXPECT_TRUE(second);
	}
	EXPECT_EQ(rcu_pending(), 1U);
	grace_period();
	EXPECT_EQ(alive, 0);
}

void release(int *count)
{
	++*count;
}

using IntRef = Ref<int, release>;

static_assert(!std::is_copy_constructible_v<IntRef> && !std::is_copy_assignable_v<IntRef>);
static_assert(sizeof(IntRef) == sizeof(int *));

TEST_F(Ownership, AReferenceIsReleasedOnce)
{
	int first = 0;
	int second = 0;

	{
		IntRef ref(&first);
		IntRef moved(std::move(ref));

		EXPECT_EQ(moved.get(), &first);
		moved = IntRef(&second);
		EXPECT_EQ(first, 1);
		EXPECT_EQ(second, 0);
		moved = {};
		EXPECT_EQ(second, 1);
		EXPECT_FALSE(moved);
	}
	EXPECT_EQ(first, 1);
	EXPECT_EQ(second, 1);
}

} // namespace

} // namespace fake
