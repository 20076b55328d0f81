// SPDX-License-Identifier: GPL-2.0
#include "args/command_line.hh"

#include <fmt/format.h>

#include <algorithm>

namespace mplink::cli
{

namespace
{

bool plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       std::string_view("_-.:@%+,/").find(c) != std::string_view::npos;
}

std::string link_arguments(const LinkRequest &link)
{
	std::string arguments = link.remove ? " unlink " : link.add ? " addlink " : " link ";

	arguments += shell_argument(link.nic);
	if (link.remote)
		arguments += " remote " + link.remote->text();
	if (link.local)
		arguments += " local " + (*link.local ? (*link.local)->text() : "auto");
	if (!link.settings.empty())
		arguments += " " + text(link.settings, " ");
	return arguments;
}

std::string peer_arguments(const ChangeRequest &request)
{
	std::string arguments = request.peer->text();

	if (!request.settings.empty())
		arguments += " " + text(request.settings, " ");
	for (const LinkRequest &link : request.links)
		arguments += link_arguments(link);
	return arguments;
}

} // namespace

std::string shell_argument(std::string_view word)
{
	if (!word.empty() && std::all_of(word.begin(), word.end(), plain))
		return std::string(word);

	std::string text = "'";

	for (const char c : word)
		text += c == '\'' ? "'\\''" : std::string(1, c);
	return text + "'";
}

std::string command_line(const std::string &device, const ChangeRequest &request)
{
	const std::string dev = shell_argument(device);

	switch (request.kind) {
	case ChangeRequest::Kind::device_set:
		return fmt::format("mplink set dev {}{}{}{}", dev,
				   request.settings.empty() ? "" : " ", text(request.settings, " "),
				   request.bfd_key ? " bfd-key KEY" : "");
	case ChangeRequest::Kind::nic_add:
		return fmt::format("mplink nic add dev {} {}", dev, shell_argument(request.nic));
	case ChangeRequest::Kind::nic_del:
		return fmt::format("mplink nic del dev {} {}", dev, shell_argument(request.nic));
	case ChangeRequest::Kind::peer_add:
		return fmt::format("mplink peer add dev {} {}", dev, peer_arguments(request));
	case ChangeRequest::Kind::peer_set:
		return fmt::format("mplink peer set dev {} {}", dev, peer_arguments(request));
	case ChangeRequest::Kind::peer_del:
		return fmt::format("mplink peer del dev {} {}", dev, request.peer->text());
	}
	return {};
}

} // namespace mplink::cli
