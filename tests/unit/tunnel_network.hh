// SPDX-License-Identifier: GPL-2.0
// Two hosts with gre-udp between them, under virtual time: whole devices, peers, tables and
// schedulers at both ends, resequencers behind, and wires that can do their worst.
#pragma once
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "flow_buckets.hh"
#include "random.hh"
#include "world.hh"

namespace fake
{

// One direction of a cable, which keeps the order.  Times are microseconds.
struct Cable {
	mplink_u64 delay = 1000;
	mplink_u64 jitter = 0; // more, up to that
	mplink_u32 loss = 0;   // in a thousand
	mplink_u64 byte_ns = 0;
	mplink_u64 queue = 0; // the most delay by that; packets beyond it are lost
	bool dead = false;

	mplink_u64 busy_ns = 0;
	mplink_u64 last = 0;
};

class TunnelNetwork
{
public:
	// What one of a host's flows has had from the other.
	struct Flow {
		mplink_u64 sent = 0;
		mplink_u64 delivered = 0;
		mplink_u64 last = 0; // number, from 1 on
		mplink_u64 held = 0; // how many of them came before their time
		mplink_u64 wait_max = 0;
	};

	TunnelNetwork(mplink_u32 links, mplink_u32 policy, mplink_u32 seed) : random(seed)
	{
		for (Host &host : hosts_) {
			host.world = std::make_unique<World>();
			host.world->owner.keep = false;
			host.world->start(links);
			require(!host.world->set_policy(policy), "a policy is refused");
			host.wires.resize(links);
			host.buckets = std::make_unique<FlowBuckets>(
				mplink_core_resequencer_create(host.world->device()));
		}
	}
	TunnelNetwork(const TunnelNetwork &) = delete;
	TunnelNetwork &operator=(const TunnelNetwork &) = delete;

	World &world(int host)
	{
		return *at(host).world;
	}
	// What the host sends over that link.
	Cable &wire(int host, mplink_u32 link)
	{
		return at(host).wires[link];
	}
	void both(mplink_u32 link, const Cable &wire)
	{
		for (Host &host : hosts_)
			host.wires[link] = wire;
	}
	// From now on.  Packets under way are not overtaken.
	void delay(mplink_u32 link, mplink_u64 us)
	{
		for (Host &host : hosts_)
			host.wires[link].delay = us;
	}
	Netdev &dev(int host, mplink_u32 link)
	{
		return *world(host).find(world(host).name(link));
	}
	mplink_resequencer_counters counters(int host)
	{
		return at(host).buckets->counters();
	}
	// What that host has received.
	std::map<mplink_u32, Flow> &flows(int host)
	{
		return at(host).flows;
	}

	// --- what happens to a cable ---

	void pull(mplink_u32 link)
	{
		for (int host = 0; host < 2; host++)
			world(host).cable(dev(host, link), false);
		both_dead(link, true);
		tell(random.below(1000000), link);
	}
	void plug(mplink_u32 link)
	{
		for (int host = 0; host < 2; host++)
			world(host).cable(dev(host, link), true);
		both_dead(link, false);
		tell(random.below(1000000), link);
	}
	// Carrier stays; BFD sees it, if it has been turned on.
	void die(mplink_u32 link)
	{
		both_dead(link, true);
		session(30000, link, false);
	}
	void live(mplink_u32 link)
	{
		both_dead(link, false);
		session(random.below(50000), link, true);
	}
	void watch()
	{
		for (Host &host : hosts_) {
			mplink_liveness_config config = host.world->liveness();

			config.mode = MPLINK_LIVENESS_BFD;
			require(!host.world->set_liveness(config), "liveness is refused");
			for (mplink_u32 link = 0; link < host.wires.size(); link++)
				host.world->session_told(*host.world->find(host.world->name(link)),
							 true);
		}
		grace_period();
	}

	// --- packets, and time ---

	void send(int from, mplink_u32 flow, mplink_u32 len = 1000)
	{
		Host &host = at(from);
		const mplink_u32 bucket = flow % 256;
		const mplink_u32 seq = host.next[bucket]++;
		Flow &there = at(1 - from).flows[flow];

		host.numbers++;
		there.sent++;
		for (const Netdev *over : host.world->send(len, flow).over) {
			const mplink_u32 link = over->name.back() - mplink_u32{'1'};

			copies++;
			transmit(from, link, len,
				 {.to = 1 - from,
				  .link = link,
				  .bucket = bucket,
				  .seq = seq,
				  .flow = flow,
				  .number = there.sent});
		}
		if (replays && random.below(1000) < replays)
			replay(from, len,
			       {.to = 1 - from,
				.bucket = bucket,
				.seq = seq,
				.flow = flow,
				.number = there.sent,
				.replayed = true});
	}
	// Sends packets once more now and then, whether they have come or not, up to that much
	// later.  In a thousand.
	mplink_u32 replays = 0;
	mplink_u32 replay_us = 300000;
	// Marks come by all links that work, and promise replays within so many milliseconds.
	void mark(mplink_u32 replay_ms)
	{
		for (int host = 0; host < 2; host++)
			for (mplink_u32 link = 0; link < at(host).wires.size(); link++) {
				const Cable &wire = at(host).wires[link];

				if (!wire.dead)
					at(1 - host).buckets->mark(link, now - wire.delay,
								   replay_ms, now);
			}
	}
	void run(mplink_u64 us)
	{
		const mplink_u64 end = now + us;

		while (!events_.empty() && events_.begin()->first <= end) {
			const Event event = std::move(events_.begin()->second);

			now = std::max(now, events_.begin()->first);
			events_.erase(events_.begin());
			set_time_us(now);
			event();
		}
		now = end;
		set_time_us(now);
	}
	// All that is under way arrives, and all that is held comes out.
	void finish()
	{
		run(20000000);
		for (int host = 0; host < 2; host++) {
			const mplink_resequencer_counters sum = counters(host);

			require(!sum.held, "packets are held for ever");
			require(at(host).arrived == at(host).delivered + at(host).refused,
				"packets went nowhere");
			require(sum.duplicates + sum.late + at(host).refused_replays ==
					at(host).refused,
				"the count of what was refused");
			require(sum.in_order + sum.reordered == at(host).delivered,
				"the count of what was delivered");
		}
		require(copies == lost_copies + hosts_[0].arrived + hosts_[1].arrived,
			"copies went nowhere");
	}
	// Numbers that the host never got in time, though others behind them.
	mplink_u64 lost(int host)
	{
		const mplink_resequencer_counters sum = counters(host);

		return sum.lost_rule + sum.lost_timer + sum.lost_overflow;
	}
	mplink_u64 missing(int host)
	{
		return at(1 - host).numbers - at(host).delivered;
	}

	Random random;
	mplink_u64 now = 1000000;
	mplink_u64 copies = 0;
	mplink_u64 lost_copies = 0;
	std::string wrong; // the first thing that may never be

private:
	using Event = std::function<void()>;

	struct Packet {
		int to;
		mplink_u32 link;
		mplink_u32 bucket;
		mplink_u32 seq;
		mplink_u32 flow;
		mplink_u64 number;
		bool replayed = false;
	};
	struct Arrived {
		mplink_held held; // first, as in an skb's cb
		Packet packet;
		mplink_u64 at;
	};
	struct Host {
		std::unique_ptr<World> world;
		std::unique_ptr<FlowBuckets> buckets;
		std::vector<Cable> wires;
		std::array<mplink_u32, 256> next = {};
		std::array<mplink_u64, 256> timer = {}; // 0: none
		std::map<mplink_u32, Flow> flows;
		mplink_u64 numbers = 0;
		mplink_u64 arrived = 0;
		mplink_u64 delivered = 0;
		mplink_u64 refused = 0;
		mplink_u64 refused_replays = 0; // of these
	};

	Host &at(int host)
	{
		return hosts_[static_cast<std::size_t>(host)];
	}
	void require(bool holds, const char *what)
	{
		if (!holds && wrong.empty())
			wrong = what;
	}
	void in(mplink_u64 us, Event event)
	{
		events_.emplace(now + us, std::move(event));
	}

	void transmit(int from, mplink_u32 link, mplink_u32 len, const Packet &packet)
	{
		Cable &wire = at(from).wires[link];
		const mplink_u64 start = std::max(wire.busy_ns, now * 1000);

		if (wire.byte_ns && start / 1000 - now > wire.queue) {
			lost_copies++;
			return;
		}
		wire.busy_ns = start + len * wire.byte_ns;

		const mplink_u64 jitter =
			wire.jitter ? random.below(static_cast<mplink_u32>(wire.jitter)) : 0;

		wire.last = std::max(wire.last, wire.busy_ns / 1000 + wire.delay + jitter);
		if (wire.dead || random.below(1000) < wire.loss) {
			lost_copies++;
			return;
		}
		events_.emplace(wire.last, [this, packet] { arrive(packet); });
	}

	// Some time later, by any link.
	void replay(int from, mplink_u32 len, Packet packet)
	{
		packet.link = random.below(static_cast<mplink_u32>(at(from).wires.size()));
		copies++;
		in(random.below(replay_us),
		   [this, from, len, packet] { transmit(from, packet.link, len, packet); });
	}
	void arrive(const Packet &packet)
	{
		Host &host = at(packet.to);
		const ReadLock lock;
		mplink_release release = {};
		auto *arrived = new Arrived{.held = {}, .packet = packet, .at = now};

		arrived->held.seq = packet.seq;
		arrived->held.link = static_cast<mplink_u8>(packet.link);
		host.arrived++;

		mplink_flow_bucket *bucket = host.buckets->at(packet.bucket);

		if (!packet.replayed && mplink_core_bucket_in_order(bucket, &arrived->held)) {
			deliver(host, arrived->held);
			return;
		}
		if (packet.replayed)
			mplink_core_bucket_replay(bucket, host.world->peer(), &arrived->held,
						  &release);
		else
			mplink_core_bucket_arrive(bucket, host.world->peer(), &arrived->held,
						  &release);
		carry_out(packet.to, packet.bucket, release);
	}
	void expire(int to, mplink_u32 bucket)
	{
		Host &host = at(to);
		const ReadLock lock;
		mplink_release release = {};

		host.timer[bucket] = 0;
		mplink_core_bucket_expire(host.buckets->at(bucket), host.world->peer(), &release);
		carry_out(to, bucket, release);
	}
	void carry_out(int to, mplink_u32 bucket, const mplink_release &release)
	{
		Host &host = at(to);

		for (mplink_held *p = release.deliver, *next; p; p = next) {
			next = p->next;
			deliver(host, *p);
		}
		for (mplink_held *p = release.refused, *next; p; p = next) {
			next = p->next;
			host.refused++;
			host.refused_replays += p->drop == MPLINK_GRE_DROP_REPLAY;
			delete reinterpret_cast<Arrived *>(p);
		}
		// As the kernel does: a timer set for sooner stays.
		mplink_u64 &timer = host.timer[bucket];

		if (release.deadline_us == MPLINK_NEVER || (timer && timer <= release.deadline_us))
			return;
		timer = std::max(release.deadline_us, now);
		in(timer - now, [this, to, bucket, armed = timer] {
			if (at(to).timer[bucket] == armed)
				expire(to, bucket);
		});
	}
	void deliver(Host &host, mplink_held &held)
	{
		const std::unique_ptr<Arrived> arrived(reinterpret_cast<Arrived *>(&held));
		Flow &flow = host.flows[arrived->packet.flow];
		const mplink_u64 waited = now - arrived->at;

		require(arrived->packet.number > flow.last, "a flow is out of order");
		require(waited <= 2000000, "held for too long");
		flow.last = arrived->packet.number;
		flow.delivered++;
		flow.held += waited > 0;
		flow.wait_max = std::max(flow.wait_max, waited);
		host.delivered++;
	}

	void both_dead(mplink_u32 link, bool dead)
	{
		for (Host &host : hosts_)
			host.wires[link].dead = dead;
	}
	// Linkwatch tells of the carrier, some time later.
	void tell(mplink_u64 us, mplink_u32 link)
	{
		in(us, [this, link] {
			for (int host = 0; host < 2; host++)
				world(host).event(MPLINK_EVENT_CHANGE, dev(host, link));
			changed();
		});
	}
	void session(mplink_u64 us, mplink_u32 link, bool up)
	{
		in(us, [this, link, up] {
			for (int host = 0; host < 2; host++)
				world(host).session_told(dev(host, link), up);
			changed();
		});
	}
	// Links have changed, which gaps may have waited for.
	void changed()
	{
		grace_period();
		for (int to = 0; to < 2; to++)
			for (mplink_u32 bucket = 0; bucket < 256; bucket++)
				if (at(to).timer[bucket])
					expire(to, bucket);
	}

	std::array<Host, 2> hosts_;
	std::multimap<mplink_u64, Event> events_;
};

} // namespace fake
