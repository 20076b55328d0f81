// SPDX-License-Identifier: GPL-2.0
#include "tunnel/reorder_timer.hh"

#include "base/atomic.hh"
#include "base/deadline.hh"

namespace mplink
{

mplink_u32 ReorderTimer::timeout_us(const mplink_tunnel_config &config) const
{
	const mplink_u32 now = read_once(spread_);
	const mplink_u32 before = read_once(spread_before_);
	const mplink_u32 least = read_once(config.outoforder_min_us);
	const mplink_u32 most = read_once(config.outoforder_max_us);
	const mplink_u64 timeout = 2 * mplink_u64{now > before ? now : before};

	if (timeout > most)
		return most;
	return timeout < least ? least : static_cast<mplink_u32>(timeout);
}

// By an eighth at least: the others' CPUs need not hear of less.
void ReorderTimer::raise(mplink_u64 us)
{
	const mplink_u32 spread = read_once(spread_);

	if (us > mplink_u64{spread} + spread / 8)
		atomic_raise(spread_, us < most_us ? static_cast<mplink_u32>(us) : most_us);
}

// Whoever is first turns the window.
void ReorderTimer::turn(mplink_u64 now_us)
{
	const mplink_u64 since = read_once(since_us_);

	if (since && elapsed(now_us, since) < window_us)
		return;
	if (!atomic_replace(since_us_, since, now_us) || !since)
		return;

	const mplink_u32 spread = read_once(spread_);
	const mplink_u32 before = read_once(measured_) ? read_once(spread_before_) / 2 : 0;

	write_once(spread_before_, spread > before ? spread : before);
	write_once(measured_, true);
	write_once(spread_, 0);
}

void ReorderTimer::filled(mplink_u64 now_us, mplink_u64 open_us)
{
	turn(now_us);
	raise(open_us);
}

void ReorderTimer::late(mplink_u64 now_us, mplink_u64 open_us)
{
	write_once(raised_us_, now_us);
	filled(now_us, open_us);
}

void ReorderTimer::too_short(mplink_u64 now_us, const mplink_tunnel_config &config)
{
	const mplink_u64 raised = read_once(raised_us_);
	const mplink_u32 timeout = timeout_us(config);

	if (elapsed(now_us, raised) >= timeout && atomic_replace(raised_us_, raised, now_us))
		raise(timeout);
}

} // namespace mplink
