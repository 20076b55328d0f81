// SPDX-License-Identifier: GPL-2.0
// The core in the kernel: its objects with the kernel's own RCU, allocator, CPUs
// and preemption.  What can be seen without these is tested in user space.
#include "cases.h"

#include "base/memory.hh"
#include "link/nic_state.hh"

using namespace mplink;

namespace
{

constexpr mplink_u32 nr_nics = 3;
constexpr mplink_u32 mtu = 1500;

struct RtnlLock {
	RtnlLock()
	{
		mplink_kunit_rtnl_lock();
	}
	~RtnlLock()
	{
		mplink_kunit_rtnl_unlock();
	}
};

mplink_u64 rescheduled(const mplink_device *device)
{
	mplink_device_counters counters;

	mplink_core_device_counters(device, &counters);
	return counters.rescheduled;
}

mplink_addr inet(mplink_u8 a, mplink_u8 b, mplink_u8 c, mplink_u8 d)
{
	const mplink_u8 bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
	mplink_addr addr;

	__builtin_memcpy(&addr, bytes, sizeof(addr));
	return addr;
}

// A virtual NIC over three NICs, and a peer.
struct World {
	explicit World(struct kunit *t, const mplink_u16 (&weights)[nr_nics] = {1, 1, 1}) : test(t)
	{
		const RtnlLock lock;
		mplink_link_config links[nr_nics] = {};
		mplink_extack extack;

		device = mplink_core_device_create(nullptr);
		EXPECT(test, device);
		if (!device)
			return;
		for (mplink_u32 i = 0; i < nr_nics; i++) {
			const char name[] = {'e', 't', 'h', static_cast<char>('1' + i), 0};
			mplink_link_config &link = links[i];

			netdevs[i] = {.state = 1, .refs = 0, .header_len = 14, .nic_id = i};
			EXPECT(test, !mplink_core_nic_add(device, name, &link.nic_id, &extack));
			link.weight = weights[i];
			link.remove = 0;
			link.remote = inet(10, 0, static_cast<mplink_u8>(i + 1), 2);
			tell(i, MPLINK_EVENT_REGISTER, true);
		}
		EXPECT(test,
		       !mplink_core_peer_add(device, &peer_addr, links, nr_nics, &peer, &extack));
	}
	~World()
	{
		if (device) {
			const RtnlLock lock;

			mplink_core_device_clear(device);
		}
		mplink_kunit_rcu_barrier();
		if (device)
			mplink_core_device_free(device);
		mplink_kunit_rcu_barrier();
		EXPECT(test, mplink_kunit_ports() == 0);
		EXPECT(test, mplink_kunit_paths() == 0);
		for (const auto &netdev : netdevs)
			EXPECT(test, netdev.refs == 0);
	}
	World(const World &) = delete;
	World &operator=(const World &) = delete;

	void tell(mplink_u32 i, mplink_u32 event, bool up)
	{
		mplink_snapshot snapshot = {};

		snapshot.netdev = &netdevs[i];
		__builtin_memcpy(snapshot.name, "eth1", 5);
		snapshot.name[3] = static_cast<char>('1' + i);
		snapshot.ifindex = i + 2;
		snapshot.registered = true;
		snapshot.up = up;
		snapshot.carrier = up;
		snapshot.inet = inet(10, 0, static_cast<mplink_u8>(i + 1), 1);
		EXPECT(test, !mplink_core_nic_event(device, event, &snapshot));
	}
	// One packet, of flow number flow.  Returns the NIC, or nr_nics if it was dropped.
	mplink_u32 send(mplink_u32 len, mplink_u32 flow = 0)
	{
		mplink_u8 header[28] = {0x45};
		mplink_u32 nic = nr_nics;

		header[9] = 17;
		__builtin_memcpy(header + 20, &flow, sizeof(flow));
		const mplink_u32 lane = mplink_kunit_packet_begin();
		const mplink_path *path =
			mplink_core_select(peer, len, lane, header, sizeof(header));

		if (!path)
			path = mplink_core_reselect(device, peer, len, lane, header, sizeof(header))
				       .path;
		if (path) {
			EXPECT(test, mplink_kunit_path_lives(path));
			nic = mplink_kunit_path_nic(path);
		}
		mplink_kunit_packet_end();
		return nic;
	}
	mplink_counters count(mplink_u32 link) const
	{
		const RtnlLock lock;
		mplink_counters sum;

		mplink_core_link_counters(peer, link, &sum);
		return sum;
	}

	struct kunit *test;
	mplink_kunit_netdev netdevs[nr_nics] = {};
	mplink_device *device = nullptr;
	mplink_peer *peer = nullptr;
	mplink_addr peer_addr = inet(10, 99, 0, 2);
	mplink_u32 step = 0;
};

// Sizes without a pattern, the same in every run.
mplink_u32 size_of(mplink_u32 i)
{
	return 40 + i * 2654435761U % (mtu - 40 + 1);
}

mplink_u64 widest(const World &w)
{
	mplink_u64 low = ~0ULL, high = 0;

	for (mplink_u32 i = 0; i < nr_nics; i++) {
		const mplink_u64 bytes = w.count(i).tx_bytes;

		low = bytes < low ? bytes : low;
		high = bytes > high ? bytes : high;
	}
	return high - low;
}

mplink_u64 packets(const World &w)
{
	mplink_u64 sum = 0;

	for (mplink_u32 i = 0; i < nr_nics; i++)
		sum += w.count(i).tx_packets;
	return sum;
}

} // namespace

extern "C" {

void mplink_kunit_nic_states(struct kunit *test)
{
	const NicSnapshot snapshot = {
		.registered = true, .up = true, .carrier = true, .addressed = true};
	NicStep s = nic_step({}, MPLINK_EVENT_REGISTER, snapshot);

	EXPECT(test, s.attach && !s.detach && s.next.valid());
	s = nic_step(s.next, MPLINK_EVENT_GOING_DOWN, snapshot);
	EXPECT(test, s.next.reason == MPLINK_REASON_ADMIN_DOWN && s.next.closing);
	// Still up by its flags, and still not to be used.
	s = nic_step(s.next, MPLINK_EVENT_CHANGE, snapshot);
	EXPECT(test, s.next.reason == MPLINK_REASON_ADMIN_DOWN);
	s = nic_step(s.next, MPLINK_EVENT_UP, snapshot);
	EXPECT(test, s.next.valid());
	s = nic_step(s.next, MPLINK_EVENT_UNREGISTER, snapshot);
	EXPECT(test, s.detach && s.next.reason == MPLINK_REASON_UNREGISTERED);
	s = nic_step(s.next, MPLINK_EVENT_UNREGISTER, snapshot);
	EXPECT(test, !s.detach && !s.attach);
}

void mplink_kunit_even(struct kunit *test)
{
	World w(test);
	mplink_u32 i = 0;

	// This thread may be moved to another CPU: one lane each.
	for (; i < 30000; i++)
		EXPECT(test, w.send(size_of(i)) < nr_nics);
	EXPECT(test, packets(w) == 30000);
	EXPECT(test, widest(w) <= mplink_u64{mtu + 14} * mplink_kunit_online_cpus());
}

void mplink_kunit_weights(struct kunit *test)
{
	World w(test, {1, 2, 5});
	mplink_u64 total = 0;

	for (mplink_u32 i = 0; i < 30000; i++)
		(void)w.send(size_of(i));
	for (mplink_u32 i = 0; i < nr_nics; i++)
		total += w.count(i).tx_bytes;
	// Within a percent of 1/8, 2/8, 5/8.
	EXPECT(test,
	       w.count(0).tx_bytes * 800 > total * 99 && w.count(0).tx_bytes * 800 < total * 101);
	EXPECT(test,
	       w.count(1).tx_bytes * 400 > total * 99 && w.count(1).tx_bytes * 400 < total * 101);
	EXPECT(test,
	       w.count(2).tx_bytes * 160 > total * 99 && w.count(2).tx_bytes * 160 < total * 101);
}

void mplink_kunit_flows(struct kunit *test)
{
	World w(test);
	mplink_u8 nic[64];

	mplink_kunit_rtnl_lock();
	EXPECT(test, !mplink_core_set_policy(w.device, MPLINK_POLICY_BALANCE_XOR));
	mplink_kunit_rtnl_unlock();
	for (mplink_u32 flow = 0; flow < 64; flow++)
		nic[flow] = static_cast<mplink_u8>(w.send(100, flow * 7919));
	for (mplink_u32 flow = 0; flow < 64; flow++)
		EXPECT(test, w.send(1000, flow * 7919) == nic[flow]);
	// The carrier bit is read by the packet: no event has come.
	w.netdevs[1].state = 0;
	for (mplink_u32 flow = 0; flow < 64; flow++) {
		const mplink_u32 now = w.send(100, flow * 7919);

		EXPECT(test, now < nr_nics && now != 1);
		EXPECT(test, nic[flow] == 1 || now == nic[flow]);
	}
	EXPECT(test, rescheduled(w.device) > 0);
}

void mplink_kunit_broadcast(struct kunit *test)
{
	World w(test);
	mplink_u32 seen = 0, copies = 0;

	mplink_kunit_rtnl_lock();
	EXPECT(test, !mplink_core_set_policy(w.device, MPLINK_POLICY_BROADCAST));
	mplink_kunit_rtnl_unlock();
	const mplink_u32 lane = mplink_kunit_packet_begin();
	EXPECT(test, !mplink_core_select(w.peer, 100, lane, nullptr, 0));
	mplink_choice choice = mplink_core_reselect(w.device, w.peer, 100, lane, nullptr, 0);

	for (;;) {
		seen |= 1U << mplink_kunit_path_nic(choice.path);
		copies++;
		if (!choice.more)
			break;
		choice = mplink_core_next(w.device, choice.more, 100, lane);
	}
	mplink_kunit_packet_end();
	EXPECT(test, seen == 7 && copies == nr_nics);
}

// What a reader holds stays until its section ends, and no longer.
void mplink_kunit_retirement(struct kunit *test)
{
	World w(test);

	EXPECT(test, mplink_kunit_ports() == 3 && mplink_kunit_paths() == 3);
	mplink_kunit_rtnl_lock();
	w.tell(0, MPLINK_EVENT_UNREGISTER, true);
	// Gone for packets at once, whatever still waits for a grace period.
	mplink_kunit_rtnl_unlock();
	for (mplink_u32 i = 0; i < 30; i++)
		EXPECT(test, w.send(100) != 0);
	mplink_kunit_rcu_barrier();
	EXPECT(test, mplink_kunit_ports() == 2 && mplink_kunit_paths() == 2);
	EXPECT(test, w.netdevs[0].refs == 0);

	mplink_kunit_rtnl_lock();
	w.tell(1, MPLINK_EVENT_UNREGISTER, true);
	w.tell(2, MPLINK_EVENT_UNREGISTER, true);
	mplink_kunit_rtnl_unlock();
	EXPECT(test, w.send(100) == nr_nics);
	mplink_kunit_rcu_barrier();
	EXPECT(test, mplink_kunit_ports() == 0 && mplink_kunit_paths() == 0);

	mplink_kunit_rtnl_lock();
	w.tell(0, MPLINK_EVENT_REGISTER, true);
	mplink_kunit_rtnl_unlock();
	EXPECT(test, w.send(100) == 0);
}

// Packets on every CPU, while NICs come and go and policies change.
void mplink_kunit_readers(struct kunit *test)
{
	World w(test);
	const auto packet = [](void *arg) {
		World &world = *static_cast<World *>(arg);

		for (mplink_u32 i = 0; i < 100; i++)
			(void)world.send(size_of(i), i);
	};
	const auto change = [](void *arg) {
		World &world = *static_cast<World *>(arg);
		const RtnlLock lock;
		const mplink_u32 nic = world.step % nr_nics;

		switch (world.step++ / nr_nics % 4) {
		case 0:
			world.tell(nic, MPLINK_EVENT_UNREGISTER, true);
			break;
		case 1:
			world.tell(nic, MPLINK_EVENT_REGISTER, true);
			break;
		case 2:
			world.tell(nic, MPLINK_EVENT_DOWN, false);
			break;
		default:
			world.tell(nic, MPLINK_EVENT_UP, true);
			(void)mplink_core_set_policy(world.device,
						     world.step / 12 % MPLINK_POLICIES);
		}
	};

	EXPECT(test, !mplink_kunit_on_all_cpus(packet, change, &w, 3000));
	EXPECT(test, w.step > 12);
	// Counted by many, lost by none: sums can be read at any time.
	EXPECT(test, packets(w) > 1000);
	for (mplink_u32 i = 0; i < nr_nics; i++) {
		const RtnlLock lock;

		w.tell(i, MPLINK_EVENT_UP, true);
	}
	EXPECT(test, w.send(100) < nr_nics);
}

// Runs last: every object of the cases before has been destroyed.
void mplink_kunit_object_counts(struct kunit *test)
{
	mplink_object_counts counts;
	mplink_u32 i = 0;

	mplink_kunit_rcu_barrier();
	for (; mplink_core_object_counts(i, &counts); i++)
		EXPECT(test, counts.created == counts.destroyed);
	EXPECT(test, i >= 6);
	EXPECT(test, mplink_core_object_counts(0, &counts) && counts.created > 0);
}

} // extern "C"
