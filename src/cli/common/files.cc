// SPDX-License-Identifier: GPL-2.0
#include "common/files.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "common/failure.hh"

namespace mplink::cli
{

namespace
{

namespace fs = std::filesystem;

std::string cannot(const char *what, const std::string &path, int error)
{
	return fmt::format("cannot {} {}: {}", what, path, std::strerror(error));
}

// A new name in a folder may be lost until the folder is written, too.
void sync_folder(const fs::path &folder)
{
	const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int error = fd < 0 || fsync(fd) ? errno : 0;

	if (fd >= 0)
		close(fd);
	if (error)
		throw failed(cannot("write", folder, error));
}

bool write_all(int fd, std::string_view content)
{
	while (!content.empty()) {
		const ssize_t n = write(fd, content.data(), content.size());

		if (n < 0)
			return false;
		content.remove_prefix(static_cast<std::size_t>(n));
	}
	return fsync(fd) == 0;
}

} // namespace

std::string read_file(const std::string &path)
{
	const auto end = [](FILE *f) { return f == stdin ? 0 : std::fclose(f); };
	const std::unique_ptr<FILE, decltype(end)> in(
		path == "-" ? stdin : std::fopen(path.c_str(), "re"), end);
	std::string content;
	char buffer[1 << 16];

	if (!in)
		throw usage_error(cannot("open", path, errno));
	while (const std::size_t n = std::fread(buffer, 1, sizeof(buffer), in.get()))
		content.append(buffer, n);
	if (std::ferror(in.get()))
		throw usage_error(cannot("read", path, errno));
	return content;
}

bool is_folder(const std::string &path)
{
	std::error_code ignored;

	return fs::is_directory(path, ignored);
}

std::vector<std::string> list_folder(const std::string &folder, std::string_view ending)
{
	std::vector<std::string> found;
	std::error_code error;

	for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
	     entry.increment(error)) {
		const std::string name = entry->path().filename();

		if (!name.starts_with('.') && name.ends_with(ending))
			found.push_back(entry->path());
	}
	if (error)
		throw usage_error(cannot("read", folder, error.value()));
	std::sort(found.begin(), found.end());
	return found;
}

void make_folder(const std::string &path)
{
	if (mkdir(path.c_str(), 0755)) {
		if (errno == EEXIST)
			return;
		throw failed(cannot("make", path, errno));
	}
	// Whatever the umask has taken away.
	if (chmod(path.c_str(), 0755))
		throw failed(cannot("make", path, errno));
	sync_folder(fs::path(path).parent_path());
}

void replace_file(const std::string &path, std::string_view content)
{
	const fs::path target(path);
	std::string temporary =
		target.parent_path() / fmt::format(".{}.XXXXXX", target.filename().string());
	// Makes it with mode 0600: there may be a key in it.
	const int fd = mkostemp(temporary.data(), O_CLOEXEC);

	if (fd < 0)
		throw failed(cannot("write", path, errno));

	const bool written = write_all(fd, content);
	int error = written ? 0 : errno;

	close(fd);
	if (written && std::rename(temporary.c_str(), path.c_str()))
		error = errno;
	if (error) {
		unlink(temporary.c_str());
		throw failed(cannot("write", path, error));
	}
	sync_folder(target.parent_path());
}

} // namespace mplink::cli
