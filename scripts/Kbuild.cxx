# SPDX-License-Identifier: GPL-2.0
# How kbuild makes freestanding C++ (*.cc) objects; included from Kbuild.
#
# The flags are those of the C objects less what is not for C++, so mitigations,
# tracing and sanitizers are the kernel's own; objtool runs as for C.  Uses only
# what kbuild has had from 5.19 on: c_flags, if_changed_rule, cmd_and_fixdep,
# cmd_objtool, cmd_gen_objtooldep, cmd_record_mcount.

# gcc-12 -> g++-12, x86_64-linux-gnu-gcc-12 -> x86_64-linux-gnu-g++-12, clang -> clang++
KCXX ?= $(subst gcc,g++,$(subst clang,clang++,$(CC)))

# The freestanding part of libstdc++, which wants the compiler's own headers and
# a <features.h>; no C library is in sight.
cxx-std-dirs := $(shell $(KCXX) -x c++ -E -v /dev/null 2>&1 >/dev/null | \
	sed -n 's,^ \(/[^ ]*/c++/[0-9.]*\)$$,\1,p')
# The kernel's headers bring its C compiler only.
ifeq ($(CONFIG_MODULES)$(cxx-std-dirs),y)
$(error mplink needs $(KCXX) with libstdc++: the C++ compiler of the version that the kernel was built with)
endif
cxx-include-flags := $(addprefix -isystem ,$(cxx-std-dirs) \
	$(shell $(KCXX) -print-file-name=include) $(src)/scripts/cxx-stub)

cxx-lang-flags := -std=gnu++20 -ffreestanding -fbuiltin -nostdinc++ \
	-fno-exceptions -fno-rtti -fno-unwind-tables -fno-asynchronous-unwind-tables \
	-fno-threadsafe-statics -fno-use-cxa-atexit -fno-gnu-unique \
	-Wextra -Wno-unused-parameter -Wshadow -Wconversion -Wold-style-cast \
	-Wnon-virtual-dtor -Woverloaded-virtual

cxxflags-remove := -std=% -fplugin=% -fplugin-arg-% \
	%strict-prototypes %missing-prototypes %missing-declarations %old-style-definition \
	%declaration-after-statement %pointer-sign %override-init \
	%implicit-function-declaration %implicit-int \
	%incompatible-pointer-types %designated-init %jump-misses-init \
	%nested-externs %enum-conversion %missing-parameter-type

# pahole cannot encode C++ types into BTF.  Line tables and function names stay,
# which is what addr2line and decode_stacktrace need.
cxx-debug-flags := $(if $(CONFIG_DEBUG_INFO_BTF_MODULES),-g1)

# compiler_types.h redefines "inline" and friends, for C only.
cxx_flags = $(filter-out $(cxxflags-remove) $(CC_FLAGS_LTO), \
	$(subst -include $(srctree)/include/linux/compiler_types.h,,$(c_flags))) \
	$(cxx-include-flags) $(cxx-lang-flags) $(cxx-debug-flags)

cxx-objcheck := $(src)/scripts/cxx-objcheck
cmd_cxx_objcheck = ; NM="$(NM)" OBJCOPY="$(OBJCOPY)" OBJDUMP="$(OBJDUMP)" \
	READELF="$(READELF)" \
	$(CONFIG_SHELL) $(cxx-objcheck) $(if $(CONFIG_CONSTRUCTORS),-c) $@

quiet_cmd_cxx_o_cc = CXX $(quiet_modtag) $@
      cmd_cxx_o_cc = $(KCXX) $(cxx_flags) -c -o $@ $< \
		$(cmd_cxx_objcheck) \
		$(cmd_objtool)

define rule_cxx_o_cc
	$(call cmd_and_fixdep,cxx_o_cc)
	$(call cmd,gen_objtooldep)
	$(call cmd,record_mcount)
endef

# $(src), not $(obj): from 6.13 on the latter is relative.
$(obj)/%.o: $(src)/%.cc $(cxx-objcheck) FORCE
	$(call if_changed_rule,cxx_o_cc)
