// SPDX-License-Identifier: GPL-2.0
// The whole core, built into the KUnit module.
#include "../../src/core/api.cc"
#include "../../src/core/census.cc"
#include "../../src/core/device.cc"
#include "../../src/core/link_table.cc"
#include "../../src/core/names.cc"
#include "../../src/core/nic.cc"
#include "../../src/core/nic_state.cc"
#include "../../src/core/params.cc"
#include "../../src/core/peer.cc"
#include "../../src/core/scheduler.cc"
