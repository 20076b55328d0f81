// SPDX-License-Identifier: GPL-2.0
#include "doctor/doctor.hh"

#include "common/failure.hh"
#include "doctor/checks.hh"
#include "doctor/gather.hh"
#include "netlink/socket.hh"

namespace mplink::cli
{

Diagnosis doctor(const std::string &command_version, const std::optional<std::string> &device,
		 std::chrono::milliseconds apart)
try {
	return diagnose(gather(command_version, device, apart));
} catch (const Overrun &) {
	throw Failure(Exit::usage,
		      "the kernel's answer was lost because the receive buffer was full");
} catch (const std::exception &e) {
	throw Failure(Exit::usage, e.what());
}

} // namespace mplink::cli
