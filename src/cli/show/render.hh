// SPDX-License-Identifier: GPL-2.0
// The output of `mplink show`: for people, for programs (JSON), and for Prometheus (text
// exposition format 0.0.4).
#pragma once
#include <string>
#include <vector>

#include "model/status.hh"

namespace mplink::cli
{

std::string render_table(const std::vector<DeviceStatus> &devices, bool colour);
// When each link reached each stage on its way to valid.
std::string render_timeline(const std::vector<DeviceStatus> &devices, bool colour);
std::string render_json(const std::vector<DeviceStatus> &devices, bool pretty);
std::string render_prometheus(const std::vector<DeviceStatus> &devices);

} // namespace mplink::cli
