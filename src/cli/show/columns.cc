// SPDX-License-Identifier: GPL-2.0
#include "show/columns.hh"

#include <algorithm>

namespace mplink::cli
{

std::string align(const std::vector<Row> &rows, const Painter &paint)
{
	std::vector<std::size_t> widths;
	std::string out;

	for (const Row &row : rows) {
		widths.resize(std::max(widths.size(), row.size()));
		for (std::size_t i = 0; i < row.size(); i++)
			widths[i] = std::max(widths[i], row[i].text.size());
	}
	for (const Row &row : rows) {
		std::string line = " ";

		for (std::size_t i = 0; i < row.size(); i++) {
			const std::string gap(widths[i] - row[i].text.size(), ' ');
			const std::string painted = paint(row[i].colour, row[i].text);

			line += " " + (row[i].right ? gap + painted : painted + gap) + " ";
		}
		line.erase(line.find_last_not_of(' ') + 1);
		out += line + "\n";
	}
	return out;
}

} // namespace mplink::cli
