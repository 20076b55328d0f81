// SPDX-License-Identifier: GPL-2.0
// Reads the module's parameters.  An invalid parameter makes the load fail; the error says which
// part is wrong, and why.
#pragma once
#include "mplink/types.h"

namespace mplink
{

bool parse_params(const mplink_params &params, mplink_config &config, mplink_param_error &error);

} // namespace mplink
