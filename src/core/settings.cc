// SPDX-License-Identifier: GPL-2.0
#include "settings.hh"

#include "bfd_session.hh"

namespace mplink
{

const char *why_no_liveness(const mplink_liveness_config &config)
{
	if (config.mode != MPLINK_LIVENESS_OFF && config.mode != MPLINK_LIVENESS_BFD)
		return "liveness is neither bfd nor off";
	if (config.wtr_ms > MPLINK_MAX_WAIT_MS)
		return "the wait to restore is longer than an hour (3600000 ms)";
	if (config.holdoff_ms > MPLINK_MAX_WAIT_MS)
		return "the hold-off is longer than an hour (3600000 ms)";
	if (!config.bfd.detect_mult)
		return "BFD's multiplier is not from 1 to 255";
	if (!bfd_valid(config.bfd))
		return "BFD's interval is not from 3300 to 60000000 us";
	return nullptr;
}

} // namespace mplink
