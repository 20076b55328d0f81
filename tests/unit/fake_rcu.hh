// SPDX-License-Identifier: GPL-2.0
// RTNL and RCU in user space.  Two kinds of RCU: one where a grace period ends
// exactly when the test says so, for a single thread; and one with real readers
// on other threads.
#pragma once
#include "mplink/platform.h"

namespace fake
{

enum class RcuMode { deferred, concurrent };

void rcu_start(RcuMode mode);
// Runs all that is still queued, and what that queues in turn.
void rcu_stop();

void rcu_call(mplink_rcu *rcu, void (*free)(mplink_rcu *rcu));
// deferred: a grace period passes, and all callbacks run that were queued before
// it.  concurrent: waits for the readers; their callbacks run meanwhile or soon.
void grace_period();
unsigned rcu_pending();

bool in_read_section();
bool holds_rtnl();

class ReadLock
{
public:
	ReadLock();
	~ReadLock();
	ReadLock(const ReadLock &) = delete;
	ReadLock &operator=(const ReadLock &) = delete;
};

class RtnlLock
{
public:
	RtnlLock();
	~RtnlLock();
	RtnlLock(const RtnlLock &) = delete;
	RtnlLock &operator=(const RtnlLock &) = delete;
};

} // namespace fake
