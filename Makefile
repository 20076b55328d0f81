# SPDX-License-Identifier: GPL-2.0
# `make help` lists the targets.
KDIR ?= /lib/modules/$(shell uname -r)/build

PREFIX ?= /usr/local
UNITDIR ?= $(PREFIX)/lib/systemd/system
# `make SETUP=: ...` takes what is there, and installs no packages.
SETUP ?= scripts/setup

modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates $@

# Debian's headers for 6.1 have another release in include/config/kernel.release.
modules_uninstall:
	rm -f $(DESTDIR)/lib/modules/$$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
		$(KDIR)/include/generated/utsrelease.h)/updates/mplink.ko*

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -rf build

command:
	$(SETUP) command
	scripts/build-command

install: command
	install -D -t $(DESTDIR)$(PREFIX)/sbin build/mplink
	mkdir -p $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(UNITDIR)
	for page in mplink.8 mplink-doctor.8 mplink.json.5; do \
		sed "s/@VERSION@/$$(cat VERSION)/" src/cli/$$page \
			>$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page || exit; \
	done
	sed "s,@SBINDIR@,$(PREFIX)/sbin," src/cli/mplink.service >$(DESTDIR)$(UNITDIR)/mplink.service
	install -D -m 644 src/cli/mplink.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/mplink

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/mplink $(DESTDIR)$(PREFIX)/share/man/man8/mplink.8 \
		$(DESTDIR)$(PREFIX)/share/man/man8/mplink-doctor.8 \
		$(DESTDIR)$(PREFIX)/share/man/man5/mplink.json.5 $(DESTDIR)$(UNITDIR)/mplink.service \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/mplink

dist:
	scripts/dist

deb:
	$(SETUP) deb
	scripts/build-deb

demo:
	$(SETUP) build demo
	demo/run

test:
	$(SETUP) build test
	tests/run

test-unit test-cli test-fuzz test-check test-vm:
	$(SETUP) build test
	tests/run $(@:test-%=%)

test-packages:
	$(SETUP) packages
	tests/run packages

check: test-check

bench:
	$(SETUP) build bench
	tests/bench/run

help:
	@printf '%s\n' \
		'make                  mplink.ko, for the running kernel or that of KDIR=' \
		'make modules_install  install mplink.ko; run depmod after it' \
		'make command          build/mplink, the command' \
		'make install          install the command, its service, manual and completion below PREFIX=/usr/local' \
		'make modules_uninstall, make uninstall' \
		'                      remove what these installed; all four honour DESTDIR=' \
		'make deb              Debian packages of both, in build/deb' \
		'make dist             the sources, as build/mplink-VERSION.tar.xz' \
		'make demo             two hosts, three cables that fail in turn: nothing is lost' \
		'make test             all tests; by part:' \
		'make test-unit        the core in user space' \
		'make test-cli         the command, without a kernel' \
		'make test-fuzz        the fuzzers, 15 s each' \
		'make test-check       the static checks (also: make check)' \
		'make test-vm          the scenarios in booted kernels' \
		'' \
		'make test-packages    the Debian packages, installed and used in a Debian of their own: half an hour' \
		'make bench            what a packet, a failure and a BFD session cost, beside bonding and others' \
		'make clean            remove what was built' \
		'' \
		'demo, deb, test and bench run as root on Debian 12 and install the packages they need.'

.PHONY: modules modules_install modules_uninstall command install uninstall dist deb clean demo test check bench help \
	test-unit test-cli test-fuzz test-check test-vm test-packages
.DEFAULT_GOAL := modules
