// SPDX-License-Identifier: GPL-2.0
#include "fake_bfd.hh"

#include <algorithm>

#include "complain.hh"
#include "fake_memory.hh"
#include "fake_rcu.hh"

struct mplink_bfd : mplink_rcu {
	unsigned long up;
	fake::Netdev *dev;
	mplink_addr remote;
	mplink_addr local;
	mplink_bfd_config config;
	unsigned users;
	bool runs;
	mplink_u64 up_ms;
};

namespace fake
{

namespace
{

std::vector<mplink_bfd *> sessions;

} // namespace

mplink_bfd *session_of(const Netdev &dev, const mplink_addr &remote, const mplink_addr &local)
{
	for (mplink_bfd *session : sessions)
		if (session->dev == &dev && session->remote.hi == remote.hi &&
		    session->remote.lo == remote.lo && session->local.hi == local.hi &&
		    session->local.lo == local.lo)
			return session;
	return nullptr;
}

void set_session(mplink_bfd *session, bool up)
{
	up = up && session->runs;
	__atomic_store_n(&session->up, up, __ATOMIC_RELAXED);
	session->up_ms = up ? mplink_now_ms() : MPLINK_NEVER;
}

bool session_runs(const mplink_bfd *session)
{
	return session->runs;
}

unsigned session_users(const mplink_bfd *session)
{
	return session->users;
}

const mplink_bfd_config &session_config(const mplink_bfd *session)
{
	return session->config;
}

} // namespace fake

using namespace fake;

extern "C" {

mplink_bfd *mplink_bfd_get(mplink_port *port, const mplink_addr *remote, const mplink_addr *local,
			   const mplink_bfd_config *config)
{
	mplink_assert_rtnl();
	if (!port || !attached(port)) {
		complain("a session over a port that is not attached");
		return nullptr;
	}

	Netdev &dev = device_of(port);

	if (mplink_bfd *session = session_of(dev, *remote, *local)) {
		session->users++;
		return session;
	}
	if (Memory::refuses())
		return nullptr;
	dev.refs++;
	dev.sessions++;
	sessions.push_back(
		new mplink_bfd{{}, 0, &dev, *remote, *local, *config, 1, false, MPLINK_NEVER});
	return sessions.back();
}

void mplink_bfd_put(mplink_bfd *session)
{
	mplink_assert_rtnl();
	if (!session->dev->port)
		complain("a session outlives its port");
	if (--session->users)
		return;
	std::erase(sessions, session);
	session->dev->sessions--;
	mplink_call_rcu(session, [](mplink_rcu *rcu) {
		mplink_bfd *s = static_cast<mplink_bfd *>(rcu);

		s->dev->refs--;
		delete s;
	});
}

void mplink_bfd_configure(mplink_bfd *session, const mplink_bfd_config *config)
{
	mplink_assert_rtnl();
	session->config = *config;
}

int mplink_bfd_run(mplink_bfd *session, int on)
{
	mplink_assert_rtnl();
	if (on && Memory::refuses())
		return false;
	session->runs = on;
	if (!on)
		set_session(session, false);
	return true;
}

const unsigned long *mplink_bfd_up(const mplink_bfd *session)
{
	return &session->up;
}

void mplink_bfd_since(const mplink_bfd *session, mplink_u64 *init_ms, mplink_u64 *up_ms)
{
	mplink_assert_rtnl();
	*init_ms = *up_ms = session->up_ms;
}

} // extern "C"
