// SPDX-License-Identifier: GPL-2.0
#include "fake_rcu.hh"

#include <atomic>
#include <mutex>
#include <thread>

#include "complain.hh"

namespace fake
{

namespace
{

using Free = void (*)(mplink_rcu *);

std::mutex rtnl;
thread_local bool rtnl_held;

// The epoch in which this thread's read section began, where grace periods can
// see it.  0: not in one.
constexpr unsigned max_threads = 64;
std::atomic<mplink_u64> readers[max_threads];
std::atomic<unsigned> nr_threads;
std::atomic<mplink_u64> epoch{1};
thread_local unsigned depth;

unsigned my_slot()
{
	thread_local const unsigned slot = nr_threads++ % max_threads;

	return slot;
}

// The queue goes through the callers' own mplink_rcu, like the kernel's: it
// would be garbled if one object were queued twice, or had no room for it.
std::mutex queue_lock;
mplink_rcu *queue;
std::atomic<unsigned> queued;
RcuMode mode = RcuMode::deferred;
std::atomic<bool> stopping;
std::thread reclaimer;

mplink_rcu *take_queue()
{
	const std::scoped_lock guard(queue_lock);
	mplink_rcu *taken = queue;

	queue = nullptr;
	return taken;
}

void run(mplink_rcu *list)
{
	while (list) {
		mplink_rcu *next = static_cast<mplink_rcu *>(list->opaque[0]);
		const Free free = reinterpret_cast<Free>(list->opaque[1]);

		free(list);
		queued--;
		list = next;
	}
}

void wait_for_readers()
{
	const mplink_u64 now = ++epoch;

	for (std::atomic<mplink_u64> &reader : readers)
		for (;;) {
			const mplink_u64 since = reader;

			if (!since || since >= now)
				break;
			std::this_thread::yield();
		}
}

void reclaim()
{
	while (!stopping || queued) {
		mplink_rcu *list = take_queue();

		wait_for_readers();
		run(list);
		std::this_thread::yield();
	}
}

} // namespace

void rcu_start(RcuMode with)
{
	mode = with;
	stopping = false;
	if (mode == RcuMode::concurrent)
		reclaimer = std::thread(reclaim);
}

void rcu_stop()
{
	if (mode == RcuMode::concurrent) {
		stopping = true;
		reclaimer.join();
		mode = RcuMode::deferred;
	} else {
		while (queued)
			grace_period();
	}
}

void rcu_call(mplink_rcu *rcu, Free free)
{
	if (!rcu || rcu->opaque[1]) {
		complain("call_rcu: nothing, or the same twice");
		return;
	}

	const std::scoped_lock guard(queue_lock);

	queued++;
	rcu->opaque[0] = queue;
	rcu->opaque[1] = reinterpret_cast<void *>(free);
	queue = rcu;
}

void grace_period()
{
	if (in_read_section())
		complain("waits for readers inside a read section");
	else if (mode == RcuMode::concurrent)
		wait_for_readers();
	else
		run(take_queue());
}

unsigned rcu_pending()
{
	return queued;
}

bool in_read_section()
{
	return depth;
}

bool holds_rtnl()
{
	return rtnl_held;
}

ReadLock::ReadLock()
{
	if (!depth++)
		readers[my_slot()] = epoch.load();
}

ReadLock::~ReadLock()
{
	if (!--depth)
		readers[my_slot()] = 0;
}

RtnlLock::RtnlLock()
{
	rtnl.lock();
	rtnl_held = true;
}

RtnlLock::~RtnlLock()
{
	rtnl_held = false;
	rtnl.unlock();
}

} // namespace fake
