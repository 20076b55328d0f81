// SPDX-License-Identifier: GPL-2.0
#include "doctor/report.hh"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "show/columns.hh"

namespace mplink::cli
{

namespace
{

const char *name(Severity severity)
{
	return severity == Severity::error ? "error" : "warning";
}

std::string text(const Finding &finding, const Painter &paint)
{
	std::string out = fmt::format(
		"{}: {}: {}\n    {}\n",
		paint(finding.severity == Severity::error ? Colour::wrong : Colour::bold,
		      name(finding.severity)),
		finding.subject, finding.what, finding.why);

	if (finding.far_end && !finding.remedy.empty())
		out += "    At the far end:\n";
	for (const std::string &line : finding.remedy)
		out += fmt::format("        {}\n", paint(Colour::bold, line));
	return out;
}

} // namespace

std::string report_text(const Diagnosis &diagnosis, bool colour)
{
	const Painter paint(colour);
	std::string out;

	for (const Finding &finding : diagnosis.findings)
		out += text(finding, paint) + "\n";
	if (diagnosis.findings.empty())
		out += paint(Colour::good, "Nothing is wrong, as far as this host can tell.") +
		       "\n";
	for (const Unread &one : diagnosis.unread)
		out += fmt::format("Not looked at: {} ({})\n", one.what, one.why);
	return out;
}

std::string report_json(const Diagnosis &diagnosis, bool pretty)
{
	using Ordered = nlohmann::ordered_json;

	Ordered findings = Ordered::array();
	Ordered unread = Ordered::array();

	for (const Finding &one : diagnosis.findings)
		findings.push_back({{"severity", name(one.severity)},
				    {"subject", one.subject},
				    {"what", one.what},
				    {"why", one.why},
				    {"remedy", one.remedy},
				    {"at_far_end", one.far_end}});
	for (const Unread &one : diagnosis.unread)
		unread.push_back({{"what", one.what}, {"why", one.why}});

	const Ordered all{{"findings", findings}, {"not_looked_at", unread}};

	// Names may contain any byte, but JSON must be UTF-8.
	return all.dump(pretty ? 2 : -1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

} // namespace mplink::cli
