// SPDX-License-Identifier: GPL-2.0
// One dump of the netlink family "mplink", as the kernel sends it.
//
// usage: dump-netlink device|nic|peer [DEVICE [COMMAND...]]
//
// Of one device or, with "" or without, of all. Runs the command once the first datagram
// has been received: by then the second has been filled as well, and it is from the third
// on that the dump can tell what the command did. Prints how many datagrams and objects
// came, how many different ones, and how many messages said that the dump was interrupted.
#include <net/if.h>
#include <sys/wait.h>

#include <set>
#include <string>

#include "netlink.hh"

namespace
{

struct Kind {
	const char *name;
	std::uint8_t cmd;
	std::uint16_t device; // attributes
	std::uint16_t key;
	// Short, that some dozens of objects take several; peers want room for 64 links.
	std::size_t datagram;
};

constexpr Kind kinds[] = {
	{"device", MPLINK_CMD_DEVICE_GET, MPLINK_A_DEVICE_IFINDEX, MPLINK_A_DEVICE_NAME, 4096},
	{"nic", MPLINK_CMD_NIC_GET, MPLINK_A_NIC_DEVICE, MPLINK_A_NIC_NAME, 4096},
	{"peer", MPLINK_CMD_PEER_GET, MPLINK_A_PEER_DEVICE, MPLINK_A_PEER_ADDRESS, 16384},
};

void run(char **command)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		execvp(command[0], command);
		std::perror(command[0]);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		std::fprintf(stderr, "%s failed\n", command[0]);
		std::exit(1);
	}
}

} // namespace

int main(int argc, char **argv)
{
	const Kind *kind = nullptr;

	for (const Kind &k : kinds)
		if (argc >= 2 && argv[1] == std::string(k.name))
			kind = &k;
	if (!kind) {
		std::fprintf(stderr, "usage: dump-netlink device|nic|peer [DEVICE [COMMAND...]]\n");
		return 2;
	}

	Socket asking, socket; // the one that dumps has received nothing long before
	const std::uint16_t id = family(asking);
	const std::size_t attributes = NLMSG_HDRLEN + GENL_HDRLEN;
	std::set<Bytes> different;
	Bytes filter;
	unsigned datagrams = 0, objects = 0, interrupted = 0;

	if (argc >= 3 && *argv[2])
		put(filter, kind->device, std::uint32_t{if_nametoindex(argv[2])});
	socket.send(id, NLM_F_REQUEST | NLM_F_DUMP, kind->cmd, filter);
	for (bool done = false; !done;) {
		socket.each(socket.receive(kind->datagram), [&](const nlmsghdr &h) {
			interrupted += (h.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
			done = Socket::ends(h);
			if (done) {
				errno = Socket::error(h);
				if (errno)
					die("dump");
				return false;
			}
			const Bytes message = Socket::bytes(h);
			Bytes key = find(message, attributes, kind->device);
			const Bytes name = find(message, attributes, kind->key);

			key.insert(key.end(), name.begin(), name.end());
			different.insert(key);
			objects++;
			return true;
		});
		if (++datagrams == 1 && argc > 3)
			run(argv + 3);
	}
	std::printf("datagrams=%u objects=%u different=%zu interrupted=%u\n", datagrams, objects,
		    different.size(), interrupted);
	return 0;
}
