# SPDX-License-Identifier: GPL-2.0
# make            mplink.ko for the running kernel, or that of KDIR=
# make command    build/mplink, which shows and changes what the module does
# make install    the command, its manual page and completion, below PREFIX=/usr/local
# make demo       two hosts, three cables, one of them pulled
# make test       all tests          make check      the static ones
# make bench      what a packet costs, and a link's failure, and what TCP makes of the links,
#                 beside bonding and the like; and BFD sessions
#
# All but the first do their own set-up, on a Debian machine, as root.
KDIR ?= /lib/modules/$(shell uname -r)/build

PREFIX ?= /usr/local

modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -rf build

command:
	scripts/setup command
	scripts/build-command

install: command
	install -D -t $(DESTDIR)$(PREFIX)/sbin build/mplink
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 src/cli/mplink.8
	install -D -m 644 src/cli/mplink.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/mplink

demo:
	scripts/setup build demo
	demo/run

test:
	scripts/setup build test
	tests/run

check:
	scripts/setup build test
	scripts/check

bench:
	scripts/setup build bench
	tests/bench/run

.PHONY: modules modules_install command install clean demo test check bench
.DEFAULT_GOAL := modules
