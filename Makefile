# SPDX-License-Identifier: GPL-2.0
# `make help` lists the targets.
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
	mkdir -p $(DESTDIR)$(PREFIX)/share/man/man8
	sed "s/@VERSION@/$$(cat VERSION)/" src/cli/mplink.8 \
		>$(DESTDIR)$(PREFIX)/share/man/man8/mplink.8
	install -D -m 644 src/cli/mplink.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/mplink

demo:
	scripts/setup build demo
	demo/run

test:
	scripts/setup build test
	tests/run

test-unit test-cli test-fuzz test-check test-vm:
	scripts/setup build test
	tests/run $(@:test-%=%)

check: test-check

bench:
	scripts/setup build bench
	tests/bench/run

help:
	@printf '%s\n' \
		'make                  mplink.ko, for the running kernel or that of KDIR=' \
		'make modules_install  install mplink.ko; run depmod after it' \
		'make command          build/mplink, the command' \
		'make install          install the command, its manual page and completion below PREFIX=/usr/local' \
		'make demo             two hosts, three cables, one TCP flow; one cable is pulled' \
		'make test             all tests; by part:' \
		'make test-unit        the core in user space' \
		'make test-cli         the command, without a kernel' \
		'make test-fuzz        the fuzzers, 15 s each' \
		'make test-check       the static checks (also: make check)' \
		'make test-vm          the scenarios in booted kernels' \
		'make bench            what a packet, a failure and a BFD session cost, beside bonding and others' \
		'make clean            remove what was built' \
		'' \
		'demo, test and bench run as root on Debian 12 and install the packages they need.'

.PHONY: modules modules_install command install clean demo test check bench help \
	test-unit test-cli test-fuzz test-check test-vm
.DEFAULT_GOAL := modules
