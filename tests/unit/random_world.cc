// SPDX-License-Identifier: GPL-2.0
#include "random_world.hh"

namespace fake
{

RandomWorld::RandomWorld(mplink_u32 nics, bool bfd) : nics_(nics)
{
	mplink_liveness_config config = world.liveness();

	if (bfd)
		config.mode = MPLINK_LIVENESS_BFD;
	(void)world.set_liveness(config);
	world.start(nics);
}

// One more name than there are NICs, to rename devices away to and swap by.
std::string RandomWorld::name(mplink_u32 i) const
{
	return "eth" + std::to_string(i % (nics_ + 1) + 1);
}

// Something comes under a name that is free.
void RandomWorld::plug(mplink_u8 what, mplink_u32 i)
{
	if (what % 3 == 0) {
		world.plug_running(name(i), i + 1);
	} else if (what % 3 == 1) {
		Netdev &refusing = world.create(name(i));

		refusing.refuses = "does not want to";
		world.event(MPLINK_EVENT_REGISTER, refusing);
	} else if (!away_.empty()) {
		Netdev *back = away_.back();

		away_.pop_back();
		back->name = name(i);
		world.move_back(*back);
	}
}

// What the user does.  The first NIC stays: packets that come in do so by it.
void RandomWorld::control(mplink_u32 what, mplink_u32 i)
{
	if (nics_ == 1)
		return;

	const mplink_u32 id = 1 + i % (nics_ - 1);

	switch (what) {
	case 0:
		if (world.nic(id))
			world.remove_nic(id);
		else
			(void)world.add_nic(name(id));
		break;
	case 1:
		if (world.nic(id) && world.link_exists(id))
			(void)world.remove_link(id);
		break;
	case 2:
		if (world.nic(id))
			(void)world.set_link(id, remote_address(id + 1),
					     static_cast<mplink_u16>(i + 1));
		break;
	default:
		// All at once.
		if (world.nic(0) && world.nic(1))
			(void)world.set_links({{.nic_id = 0,
						.weight = 3,
						.remove = 0,
						.remote = remote_address(1)},
					       {.nic_id = 1,
						.weight = 1,
						.remove = 0,
						.remote = remote_address(2)}});
		break;
	}
}

void RandomWorld::happen(mplink_u8 what, mplink_u8 which)
{
	const mplink_u32 i = which % (nics_ + 1);

	if (what % 26 >= 22) {
		control(what % 26 - 22, i);
		return;
	}

	Netdev *dev = world.find(name(i));

	if (!dev) {
		plug(what, i);
		return;
	}
	switch (what % 26) {
	case 0:
		world.set_down(*dev);
		break;
	case 1:
		world.set_up(*dev);
		break;
	case 2:
	case 3:
		world.cable_told(*dev, what % 2);
		break;
	case 4:
	case 5:
		world.cable(*dev, what % 2);
		break;
	case 6:
		world.unplug(*dev);
		break;
	case 7:
		world.move_away(*dev);
		away_.push_back(dev);
		break;
	case 8:
	case 9: {
		const std::string to = name(i + 1 + what % 2);

		if (!world.find(to))
			world.rename(*dev, to);
		break;
	}
	case 10:
		world.set_inet(*dev, {});
		break;
	case 11:
		world.set_inet(*dev, local_address(i + 1));
		break;
	case 12: {
		const mplink_addr remote = remote_address(i + 1);

		if (!dev->unreachable.erase({remote.hi, remote.lo}))
			dev->unreachable.insert({remote.hi, remote.lo});
		dev->route_generation++;
		world.refresh();
		break;
	}
	case 13:
		(void)world.set_policy(which % MPLINK_POLICIES);
		break;
	case 14:
		(void)world.reap();
		break;
	case 15:
		dev->refuses = dev->refuses ? nullptr : "has changed its mind";
		break;
	case 16:
		world.event(MPLINK_EVENT_GOING_DOWN, *dev); // and no DOWN
		break;
	case 17:
		world.event(MPLINK_EVENT_UP, *dev); // again
		break;
	case 18:
		world.event(MPLINK_EVENT_REFRESH, *dev);
		break;
	case 19:
		world.session_told(*dev, which % 8 != 0);
		break;
	case 20:
		world.session(*dev, which % 2);
		world.refresh();
		break;
	default:
		world.event(MPLINK_EVENT_CHANGEMTU, *dev);
		break;
	}
}

std::string RandomWorld::step(mplink_u8 what, mplink_u8 which)
{
	happen(what, which);
	if (std::string wrong = world.wrong(); !wrong.empty())
		return wrong;
	return world.wrong_way(which);
}

} // namespace fake
