// SPDX-License-Identifier: GPL-2.0
/*
 * The suites, and what their cases in C++ need of the kernel.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>

#include "lane.h"
#include "packet/path.h"
#include "cases.h"
#include "suites.h"

void mplink_kunit_expect(struct kunit *test, int ok, const char *what, unsigned int line)
{
	KUNIT_EXPECT_TRUE_MSG(test, ok, "line %u: %s", line, what);
}

void mplink_kunit_rtnl_lock(void)
{
	rtnl_lock();
}

void mplink_kunit_rtnl_unlock(void)
{
	rtnl_unlock();
}

u32 mplink_kunit_packet_begin(void)
{
	rcu_read_lock();
	preempt_disable();
	return mplink_lane();
}

void mplink_kunit_packet_end(void)
{
	preempt_enable();
	rcu_read_unlock();
}

void mplink_kunit_rcu_barrier(void)
{
	rcu_barrier();
}

u32 mplink_kunit_online_cpus(void)
{
	return num_online_cpus();
}

struct mplink_kunit_runner {
	void (*run)(void *arg);
	void *arg;
};

static int mplink_kunit_thread(void *data)
{
	const struct mplink_kunit_runner *runner = data;

	while (!kthread_should_stop()) {
		runner->run(runner->arg);
		cond_resched();
	}
	return 0;
}

int mplink_kunit_on_all_cpus(void (*run)(void *arg), void (*meanwhile)(void *arg), void *arg,
			     u32 ms)
{
	struct mplink_kunit_runner runner = { .run = run, .arg = arg };
	const unsigned long end = jiffies + msecs_to_jiffies(ms);
	struct task_struct *threads[8];
	unsigned int n = 0, cpu;
	int err = 0;

	for_each_online_cpu(cpu) {
		struct task_struct *thread;

		if (n == ARRAY_SIZE(threads))
			break;
		thread = kthread_create_on_cpu(mplink_kunit_thread, &runner, cpu,
					       "mplink_kunit/%u");
		if (IS_ERR(thread)) {
			err = PTR_ERR(thread);
			break;
		}
		/* Or it may never begin: a thread stopped before it ran returns at once. */
		get_task_struct(thread);
		threads[n++] = thread;
		wake_up_process(thread);
	}
	while (!err && time_before(jiffies, end)) {
		meanwhile(arg);
		cond_resched();
	}
	while (n) {
		kthread_stop(threads[--n]);
		put_task_struct(threads[n]);
	}
	return err;
}

static struct kunit_case mplink_kunit_core_cases[] = {
	KUNIT_CASE(mplink_kunit_nic_states),
	KUNIT_CASE(mplink_kunit_even),
	KUNIT_CASE(mplink_kunit_weights),
	KUNIT_CASE(mplink_kunit_flows),
	KUNIT_CASE(mplink_kunit_broadcast),
	KUNIT_CASE(mplink_kunit_retirement),
	KUNIT_CASE(mplink_kunit_readers),
	KUNIT_CASE(mplink_kunit_object_counts),
	{}
};

static struct kunit_case mplink_kunit_addr_cases[] = {
	KUNIT_CASE(mplink_kunit_parse),
	KUNIT_CASE(mplink_kunit_no_address),
	KUNIT_CASE(mplink_kunit_memory),
	KUNIT_CASE(mplink_kunit_loopback),
	{}
};

static struct kunit_case mplink_kunit_path_cases[] = {
	KUNIT_CASE(mplink_kunit_path_inet),
	KUNIT_CASE(mplink_kunit_path_inet6),
	KUNIT_CASE(mplink_kunit_path_none),
	{}
};

static struct kunit_suite mplink_kunit_core = {
	.name = "mplink_core",
	.test_cases = mplink_kunit_core_cases,
};

static struct kunit_suite mplink_kunit_platform = {
	.name = "mplink_platform",
	.test_cases = mplink_kunit_addr_cases,
};

static struct kunit_suite mplink_kunit_path = {
	.name = "mplink_path",
	.test_cases = mplink_kunit_path_cases,
};

kunit_test_suites(&mplink_kunit_core, &mplink_kunit_platform, &mplink_kunit_path);

MODULE_DESCRIPTION("KUnit suites of mplink");
MODULE_LICENSE("GPL");
