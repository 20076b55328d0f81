// SPDX-License-Identifier: GPL-2.0
// The module's parameters: from what the user wrote to what it means, or to
// which part of it cannot be meant, and why.
#pragma once
#include "mplink/types.h"

namespace mplink
{

bool parse_params(const mplink_params &params, mplink_config &config, mplink_param_error &error);

} // namespace mplink
