# SPDX-License-Identifier: GPL-2.0
# make            mplink.ko for the running kernel, or that of KDIR=
# make demo       two hosts, three cables, one of them pulled
# make test       all tests          make check      the static ones
# make bench      what a packet costs, beside bonding and the like
#
# All but the first do their own set-up, on a Debian machine, as root.
KDIR ?= /lib/modules/$(shell uname -r)/build

modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -rf build

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

.PHONY: modules modules_install clean demo test check bench
.DEFAULT_GOAL := modules
