// SPDX-License-Identifier: GPL-2.0
#include "tunnel/reorder_timer.hh"

#include "base/deadline.hh"

namespace mplink
{

mplink_u32 ReorderTimer::timeout_us(const TunnelSettings &settings) const
{
	const mplink_u32 least = settings.outoforder_min_us.read();
	const mplink_u32 most = settings.outoforder_max_us.read();
	const mplink_u64 timeout = 2 * mplink_u64{spread_us()};

	if (timeout > most)
		return most;
	return timeout < least ? least : static_cast<mplink_u32>(timeout);
}

// Writes the word only if it grows by an eighth at least, to spare the other CPUs' caches.
void ReorderTimer::raise(mplink_u64 us)
{
	const mplink_u32 spread = spread_.read();

	if (us > mplink_u64{spread} + spread / 8)
		spread_.raise(us < most_us ? static_cast<mplink_u32>(us) : most_us);
}

// Begins a new window if the present one is over.  The first CPU to notice does it.
void ReorderTimer::turn(mplink_u64 now_us)
{
	const mplink_u64 since = since_us_.read();

	if (since && elapsed(now_us, since) < window_us)
		return;
	if (!since_us_.replace(since, now_us) || !since)
		return;

	const mplink_u32 spread = spread_.read();
	const mplink_u32 before = measured_.read() ? spread_before_.read() / 2 : 0;

	spread_before_.write(spread > before ? spread : before);
	measured_.write(true);
	spread_.write(0);
}

void ReorderTimer::filled(mplink_u64 now_us, mplink_u64 open_us)
{
	turn(now_us);
	raise(open_us);
}

void ReorderTimer::late(mplink_u64 now_us, mplink_u64 open_us)
{
	raised_us_.write(now_us);
	filled(now_us, open_us);
}

void ReorderTimer::too_short(mplink_u64 now_us, const TunnelSettings &settings)
{
	const mplink_u64 raised = raised_us_.read();
	const mplink_u32 timeout = timeout_us(settings);

	if (elapsed(now_us, raised) >= timeout && raised_us_.replace(raised, now_us))
		raise(timeout);
}

} // namespace mplink
