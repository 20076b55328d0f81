# SPDX-License-Identifier: GPL-2.0
# make            mplink.ko for the running kernel, or that of KDIR=
KDIR ?= /lib/modules/$(shell uname -r)/build

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

modules_install clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

.PHONY: modules modules_install clean
.DEFAULT_GOAL := modules
