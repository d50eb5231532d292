# runbookd. `make help` lists the targets.
#
# Yours to set: CC CFLAGS LDFLAGS PREFIX DESTDIR, and SAN=asan, WERROR=1, BUILD=another/build/folder.
# Every flavour (compiler, sanitizer) has its own folder below $(BUILD), so objects never mix;
# a change of flags inside one flavour rebuilds it.

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif
PKG_CONFIG ?= pkg-config
# Debian's own interpreter: python3-pytest belongs to it, whatever python3 comes first on the PATH.
PYTHON ?= /usr/bin/python3
PREFIX ?= /usr/local
UNITDIR ?= $(PREFIX)/lib/systemd/system
MANDIR ?= $(PREFIX)/share/man
# Where zsh looks by itself: site-functions of what is local, vendor-completions of packages.
ZSHDIR ?= $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
BUILD ?= build
VERSION := 0.1.0
FUZZ_SECONDS ?= 20

# The layers, each knowing only those left of it. tests/tools/check_layers.py reads this line too.
LAYERS := base alert words catalog rules incident lint io store replica receivers config service replay setup help web ctl app

PACKAGES := libevent libevent_openssl jansson libpcre2-8 libcurl hiredis yaml-0.1 sqlite3 openssl libcmark-gfm libutf8proc libgit2 zlib libical libcrypt
TEST_PACKAGES := cmocka
# hiredis 1.x brings TLS for Redis along; 0.14 has none, and the configuration then refuses `tls`.
OPTIONAL_PACKAGES := hiredis_ssl

DEPS_RUN := gcc make pkg-config libc6-dev libevent-dev libjansson-dev libpcre2-dev libcurl4-openssl-dev \
	libhiredis-dev libyaml-dev libsqlite3-dev libssl-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libutf8proc-dev libgit2-dev zlib1g-dev libical-dev libcrypt-dev \
	ca-certificates
# The demo's script and stand-in pager; a real Alertmanager in front where its package can be had.
DEPS_DEMO := python3
DEPS_DEMO_IF_POSSIBLE := prometheus-alertmanager
DEPS_CHECK := $(DEPS_RUN) git libcmocka-dev python3 python3-pytest python3-dateutil redis-server redis-sentinel redis-tools prometheus-alertmanager \
	clang clang-format libclang-rt-dev faketime valgrind mandoc

# ---- flavour and flags ----

compiler := $(notdir $(lastword $(CC)))
suffix := $(if $(filter gcc cc,$(compiler)),,-$(compiler))
FLAVOUR := $(if $(SAN),$(SAN),release)$(suffix)
B := $(BUILD)/$(FLAVOUR)

ifeq ($(SAN),)
CFLAGS ?= -O2 -g
# Fortify needs the optimizer; without it glibc only warns.
harden := -fstack-protector-strong $(if $(filter -O1 -O2 -O3 -Os -Og,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
else ifeq ($(SAN),asan)
# Where each variable lies at each instruction is a third of the compiler's work here, and no report names it.
CFLAGS ?= -O1 -g -fno-var-tracking
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(SAN),fuzz)
CFLAGS ?= -O1 -g
sanitize := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(SAN),coverage)
CFLAGS ?= -O0 -g
sanitize := --coverage
else
$(error SAN=$(SAN) is unknown: asan, fuzz or coverage)
endif

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wundef -Wvla -Wwrite-strings -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wimplicit-fallthrough -Wswitch-enum $(if $(filter 1,$(WERROR)),-Werror)

# Asked once, and only when something is compiled: `make help` and `make deps` work without pkg-config.
optional = $(eval optional := $$(shell for p in $(OPTIONAL_PACKAGES); do $(PKG_CONFIG) --exists $$$$p && echo $$$$p; done))$(optional)
pkg_cflags = $(eval pkg_cflags := $$(patsubst -I%,-isystem %,$$(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(optional))) \
	$$(if $$(filter hiredis_ssl,$(optional)),-DHAVE_HIREDIS_SSL))$(pkg_cflags)
# The sanitizer has a crypt_r of its own, which calls libcrypt's: without it nobody would seem to need that library.
pkg_libs = $(eval pkg_libs := $$(shell $(PKG_CONFIG) --libs $(PACKAGES) $(optional)) \
	$(if $(sanitize),-Wl$(comma)--no-as-needed -lcrypt -Wl$(comma)--as-needed))$(pkg_libs)
test_libs = $(eval test_libs := $$(shell $(PKG_CONFIG) --libs $(TEST_PACKAGES)))$(test_libs)

own_cflags = -std=c11 -D_GNU_SOURCE -Iinclude -Isrc -I$(B)/gen $(warnings) $(harden) $(sanitize) -fPIE $(pkg_cflags)
own_ldflags = $(sanitize) -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed

compile = $(CC) $(own_cflags) $(CPPFLAGS) $(CFLAGS)

# Tests are compiled without the optimizer, which took half a minute of `make check`: what they call is compiled with it.
ifneq ($(filter file undefined,$(origin CFLAGS)),)
$(B)/obj/tests/unit/%.o $(B)/obj/tests/golden/%.o: private CFLAGS := -O0 -g
$(B)/obj/tests/unit/%.o $(B)/obj/tests/golden/%.o: private harden :=
endif
link = $(CC) $(CFLAGS) $(own_ldflags) $(LDFLAGS)
# Of the 400 test programs each is linked in a quarter of the time by one of these, where it is installed.
quick_linker = $(eval quick_linker := $$(shell for l in gold lld; do command -v ld.$$$$l >/dev/null && echo -fuse-ld=$$$$l && break; done))$(quick_linker)

# ---- what there is to build ----

programs := $(patsubst src/app/%.c,$(B)/bin/%,$(wildcard src/app/runbookd.c src/app/runbookctl.c))
layer_sources = $(filter-out src/app/runbookd.c src/app/runbookctl.c,$(wildcard src/$(1)/*.c))
archives := $(LAYERS:%=$(B)/lib/%.a)
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
# Right to left, the order the linker needs: a layer's undefined symbols are in those left of it.
all_archives := $(call reverse,$(archives))
up_to = $(if $(filter $(1),$(firstword $(2))),$(1),$(firstword $(2)) $(call up_to,$(1),$(wordlist 2,$(words $(2)),$(2))))
archives_up_to = $(patsubst %,$(B)/lib/%.a,$(call reverse,$(call up_to,$(1),$(LAYERS))))

objects_of = $(patsubst %.c,$(B)/obj/%.o,$(1))
tests_of = $(patsubst %.c,$(B)/%,$(wildcard $(1)/test_*.c))
# What stands beside a layer's tests is linked into each; the replica's run the stores' conformance suite, too.
beside_tests = $(foreach L,$(1) $(if $(filter replica,$(1)),store),$(filter-out tests/unit/$(L)/test_%,$(wildcard tests/unit/$(L)/*.c)))
unit_tests := $(foreach L,$(LAYERS),$(call tests_of,tests/unit/$(L)))
golden_tests := $(call tests_of,tests/golden)
fuzz_sources := $(wildcard tests/fuzz/fuzz_*.c)
fuzz_replays := $(patsubst %.c,$(B)/%,$(fuzz_sources))
manual := $(addprefix $(B)/man/,runbookd.8 runbookctl.1 runbookd.yml.5 runbookd-rules.5 runbookd-catalog.5)
completion := $(addprefix $(B)/completion/runbookctl.,bash zsh fish)
tools := $(patsubst %.c,$(B)/%,$(wildcard tests/tools/*.c))
benches := $(patsubst %.c,$(B)/%,$(filter-out %/bench_growth.c,$(wildcard tests/bench/bench_*.c)))
bench_growth := $(B)/tests/bench/bench_growth
fuzzers := $(patsubst tests/fuzz/%.c,$(B)/libfuzzer/%,$(fuzz_sources))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.PHONY: all help deps deps-check build tests demo run check check-unit check-integration check-style coverage-report check-browser screenshots deb check-deb check-image \
	bench bench-growth bench-cost bench-storm chaos mutants fuzz fuzz-run format install clean print-compile FORCE

all: build ## build runbookd and runbookctl into build/release/bin (default)

build: $(programs) $(archives) $(manual) $(completion)

help: ## print this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F'\t' '{ printf "  make %-18s %s\n", $$1, $$2 }'

# ---- dependencies ----

deps: ## install what building and running need (apt; only what is missing)
	@tests/tools/apt_install.sh $(DEPS_RUN)

axe := $(abspath $(BUILD))/axe

deps-check: ## install what the checks need as well
	@tests/tools/apt_install.sh $(DEPS_CHECK)
	@tests/tools/unpack_debian.sh testing '$(BUILD)/newest-alertmanager' usr/bin/amtool prometheus-alertmanager || \
		echo 'no newer Alertmanager to be had: matchers are compared with the installed one only' >&2
	@tests/tools/unpack_debian.sh testing '$(BUILD)/peers/ntfy' usr/bin/ntfy ntfy || \
		echo 'no ntfy to be had: its receiver is tested with a stand-in only' >&2
	@tests/tools/unpack_debian.sh testing '$(BUILD)/peers/prometheus' usr/bin/prometheus prometheus || \
		echo 'no newer Prometheus to be had: backtest asks the installed one only' >&2
	@tests/tools/unpack_debian.sh here '$(BUILD)/peers/exim' usr/sbin/exim4 exim4-daemon-light libidn12 libnss-wrapper || \
		echo 'no Exim to be had: mail is tested with Postfix only, where that is installed' >&2
	@! command -v chromium >/dev/null || ! command -v npm >/dev/null || tests/tools/axe.sh '$(axe)' || \
		echo 'no axe-core to be had: the pages are tried in Chromium without it' >&2

# ---- compile and link ----

hash := \#
comma := ,
revision = $(eval revision := $$(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown))$(revision)
# The day of the sources, for manual pages: SOURCE_DATE_EPOCH goes before the last commit's.
date = $(eval date := $$(shell date -u -d "@$$$${SOURCE_DATE_EPOCH:-$$$$(git log -1 --format=%ct 2>/dev/null || date +%s)}" +%Y-%m-%d))$(date)
version_h = $(call quoted,$(hash)define RUNBOOKD_VERSION "$(VERSION)") \
	$(call quoted,$(hash)define RUNBOOKD_REVISION "$(revision)") \
	$(call quoted,$(hash)define RUNBOOKD_DATE "$(date)")

quoted = '$(subst ','\'',$(1))'
# $(call stamp,LINES): rewrite the target only when its lines change, so what depends on it is rebuilt then.
stamp = @mkdir -p $(@D); printf '%s\n' $(1) >$@.$$$$; if cmp -s $@.$$$$ $@; then rm -f $@.$$$$; else mv -f $@.$$$$ $@; fi

# Results are moved into place whole: two makes in one tree never see each other's half-written file.
in_place = $(1) -o $@.$$$$ $(2) && mv -f $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }

$(B)/flags: FORCE
	@$(PKG_CONFIG) --exists --print-errors '$(PACKAGES)' || { echo 'libraries are missing: run make deps' >&2; exit 1; }
	$(call stamp,$(call quoted,$(compile) | $(link)))

# #include "version.h" in web, ctl and app: RUNBOOKD_VERSION, RUNBOOKD_REVISION.
$(B)/gen/version.h: FORCE
	$(call stamp,$(version_h))
$(patsubst %.c,$(B)/obj/%.o,$(wildcard src/web/*.c src/ctl/*.c src/app/*.c)): | $(B)/gen/version.h

$(B)/obj/%.o: %.c $(B)/flags Makefile
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(call in_place,$(compile) -MMD -MP -MF $(@:.o=.d) -MT $@ -c,$<)

# One archive per layer. What a source embeds (Lua, SQL, CSS, scripts, help texts next to it) is invisible to -MMD.
define layer_rules
$(B)/lib/$(1).list: FORCE
	$$(call stamp,$$(call quoted,$$(call layer_sources,$(1))))
$(B)/lib/$(1).a: $$(call objects_of,$$(call layer_sources,$(1))) $(B)/lib/$(1).list
	@rm -f $$@.$$$$$$$$; $$(AR) rcs $$@.$$$$$$$$ $$(filter %.o,$$^) && mv -f $$@.$$$$$$$$ $$@
$$(call objects_of,$$(call layer_sources,$(1))): $$(wildcard src/$(1)/*.lua src/$(1)/*.sql src/$(1)/*.html src/$(1)/*.css src/$(1)/*.js src/$(1)/*.md)
$$(call tests_of,tests/unit/$(1)): $(B)/tests/unit/$(1)/%: $(B)/obj/tests/unit/$(1)/%.o \
		$$(call objects_of,$$(call beside_tests,$(1))) $$(call archives_up_to,$(1))
	$$(link_test)
endef
$(foreach L,$(LAYERS),$(eval $(call layer_rules,$(L))))

define link_program
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(call in_place,$(link),$(filter %.o %.a,$^) $(pkg_libs) -lm $(1))
endef
link_test = $(call link_program,$(test_libs) $(quick_linker))

$(programs): $(B)/bin/%: $(B)/obj/src/app/%.o $(all_archives)
	$(call link_program,)

$(golden_tests): $(B)/tests/golden/%: $(B)/obj/tests/golden/%.o \
		$(call objects_of,$(filter-out tests/golden/test_%,$(wildcard tests/golden/*.c))) $(all_archives)
	$(link_test)

$(fuzz_replays): $(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay.o $(all_archives)
	$(call link_program,$(quick_linker))

$(tools): $(B)/tests/tools/%: $(B)/obj/tests/tools/%.o $(all_archives)
	$(call link_program,$(quick_linker))

$(fuzzers): $(B)/libfuzzer/%: $(B)/obj/tests/fuzz/%.o $(all_archives)
	$(call link_program,-fsanitize=fuzzer)

$(benches) $(bench_growth): $(B)/tests/bench/%: $(B)/obj/tests/bench/%.o \
		$(call objects_of,$(filter-out tests/bench/bench_%,$(wildcard tests/bench/*.c))) $(all_archives)
	$(call link_program,$(LINK_ALSO))

# What bench_rules compares with, as far as it is installed; C++ is nowhere else.
ifneq ($(filter bench %/bench_rules,$(MAKECMDGOALS)),)
bench_packages := $(if $(shell command -v $(CXX)),$(shell for p in re2 libhs; do $(PKG_CONFIG) --exists $$p && echo $$p; done))
endif
bench_libs := $(if $(bench_packages),$(shell $(PKG_CONFIG) --libs $(bench_packages)) -lstdc++)

$(B)/obj/tests/bench/engine_%.o: tests/bench/engine_%.cc $(B)/flags Makefile
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	@$(call in_place,$(CXX) -std=c++17 -O2 -g -Wall -Wextra $(sanitize) -fPIE $$($(PKG_CONFIG) --cflags $*) \
		-MMD -MP -MF $(@:.o=.d) -MT $@ -c,$<)

$(B)/tests/bench/bench_rules: $(bench_packages:%=$(B)/obj/tests/bench/engine_%.o)
$(B)/tests/bench/bench_rules: LINK_ALSO = $(bench_libs)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- manual pages and completion, as the program itself prints them ----

$(manual): $(B)/man/%: $(B)/bin/runbookctl
	@mkdir -p $(@D)
	@$< help --man=$* >$@.$$$$ && mv -f $@.$$$$ $@

$(completion): $(B)/completion/runbookctl.%: $(B)/bin/runbookctl
	@mkdir -p $(@D)
	@$< completion $* >$@.$$$$ && mv -f $@.$$$$ $@

# ---- run ----

# The libraries may arrive with deps, so what follows it is a make of its own.
demo: deps ## install, build and show one alert going from webhook to page
	@tests/tools/apt_install.sh $(DEPS_DEMO)
	@tests/tools/apt_install.sh $(DEPS_DEMO_IF_POSSIBLE) || echo 'no Alertmanager to be had: the demo posts its webhooks itself' >&2
	@$(MAKE) --no-print-directory build
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) tests/tools/demo.sh

run: deps ## install, build and run the daemon with config/runbookd.yml in the foreground
	@$(MAKE) --no-print-directory build
	@exec $(B)/bin/runbookd --config.file=config/runbookd.yml

# ---- checks ----

tests: build $(unit_tests) $(golden_tests) $(fuzz_replays) $(tools)

run_checks = MAKE='$(MAKE)' CC='$(CC)' PYTHON='$(PYTHON)' BUILD='$(BUILD)' FLAVOUR_SUFFIX='$(suffix)' \
	$(PYTHON) tests/tools/run_checks.py

check: deps-check ## everything: style, layers, unit, golden, fuzz corpora, integration; once more under asan
	@$(run_checks) all

check-style: ## style, layer and layout checks only
	@$(run_checks) style

check-unit: ## unit and golden tests and fuzz corpora of one flavour (SAN=asan for the other)
	@SAN='$(SAN)' $(run_checks) unit

check-integration: ## integration tests of one flavour
	@SAN='$(SAN)' $(run_checks) integration

browser_tests = RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) RUNBOOKD_AXE=$(axe)/axe.min.js $(PYTHON) -m pytest -q tests/integration/test_browser.py

check-browser: build ## install Chromium and axe-core (npm), and try every page in it: phone and desk, light and dark
	@tests/tools/apt_install.sh chromium npm
	@tests/tools/axe.sh '$(axe)'
	@$(browser_tests)

screenshots: build ## the same, and pictures of every page in build/screenshots; the README's in tests/pictures are made anew
	@tests/tools/apt_install.sh chromium npm
	@tests/tools/axe.sh '$(axe)'
	@RUNBOOKD_SCREENSHOTS='$(abspath $(BUILD))/screenshots' $(browser_tests) -k shut_out
	@cp '$(BUILD)/screenshots/open-1400-light.png' tests/pictures/open.png
	@cp '$(BUILD)/screenshots/incident-390-dark.png' tests/pictures/incident.png
	@cp '$(BUILD)/screenshots/noise-1400-light.png' tests/pictures/noise.png

coverage-report: deps-check ## which lines of each layer the unit and golden tests and the corpora reach; at least 90 % of the pure ones
	@$(PYTHON) tests/tools/coverage_report.py --least=90 base alert words rules catalog incident

mutants: ## take each rule of delivery and intake out of a copy of the code; the tests must notice
	@/usr/bin/python3 tests/tools/break_rules.py

chaos: deps-check ## inject faults by the hundred under load, print what was lost (KIND=, CHAOS_FAULTS=100, SEED=); about half an hour
	@$(MAKE) --no-print-directory build
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/integration/chaos/run.py

bench: build $(benches) ## build and run the benchmarks: rules, a million alerts backtested (BENCH_BACKTEST=--alerts=100000), 100,000 alerts in one body; some minutes
	@for b in $(benches); do echo "== $${b##*/}"; RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $$b || exit 1; done
	@echo "== bench_backtest"; RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_backtest.py $(BENCH_BACKTEST)
	@echo "== bench_body"; RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_body.py $(BENCH_BODY)

bench-growth: build $(bench_growth) ## does an alert cost more with 100,000 open and 1,000,000 closed incidents? (a quarter of an hour)
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(bench_growth)

bench-cost: build ## what an alert costs: instructions by library (valgrind), and CPU, pace and latency beside Alertmanager; a quarter of an hour
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_cost.py $(BENCH_COST)
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_beside.py $(BENCH_BESIDE)
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_redis.py $(BENCH_REDIS)
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_beside.py --memory=20000,100000

bench-storm: build ## 5,000 incidents in 10 s for a receiver that may be sent two messages a second; a minute
	@RUNBOOKD_BIN_DIR=$(abspath $(B)/bin) $(PYTHON) tests/bench/bench_storm.py

fuzz: ## fuzz every target with libFuzzer for FUZZ_SECONDS each (needs clang)
	@$(MAKE) --no-print-directory CC=clang SAN=fuzz fuzz-run

fuzz-run: $(fuzzers)
	@tests/tools/fuzz.sh $(FUZZ_SECONDS) $(B)/libfuzzer $(fuzzers)

format: ## format all C sources in place
	@find src include tests -name '*.[ch]' -print0 | xargs -0 -r clang-format -i

# What the layer check compiles headers with.
print-compile:
	@printf '%s\n' $(call quoted,$(compile))

# ---- install ----

examples := $(PREFIX)/share/doc/runbookd/examples
example_files = $(shell find config rules -path config/debian -prune -o -type f ! -name '*.service' -print 2>/dev/null)

install: build ## install programs, manual pages, completion, examples and the systemd unit below DESTDIR/PREFIX
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(programs) '$(DESTDIR)$(PREFIX)/bin/'
	@for f in $(manual); do install -D -m 644 "$$f" "$(DESTDIR)$(MANDIR)/man$${f##*.}/$${f##*/}" || exit 1; done
	install -D -m 644 $(B)/completion/runbookctl.bash '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/runbookctl'
	install -D -m 644 $(B)/completion/runbookctl.zsh '$(DESTDIR)$(ZSHDIR)/_runbookctl'
	install -D -m 644 $(B)/completion/runbookctl.fish '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/runbookctl.fish'
	@for f in $(example_files); do install -D -m 644 "$$f" "$(DESTDIR)$(examples)/$$f" || exit 1; done
	@! test -f config/runbookd.service || { install -d '$(DESTDIR)$(UNITDIR)' && \
		sed 's|/usr/local/bin/|$(PREFIX)/bin/|g' config/runbookd.service >'$(DESTDIR)$(UNITDIR)/runbookd.service'; }
	@echo 'Examples are in $(examples); the daemon reads the file that --config.file names.'

deb: ## build a Debian package into build/deb (debhelper; DEBFULLNAME and DEBEMAIL say who builds it)
	@tests/tools/apt_install.sh $(DEPS_RUN) debhelper
	@config/debian/build.sh $(abspath $(BUILD))/deb $(VERSION) $(revision)

check-deb: ## build, install, start and purge that package in a debootstrapped Debian 12 and 13 (root; some minutes)
	@tests/tools/apt_install.sh debootstrap
	@tests/tools/deb_suites.sh bookworm trixie

check-image: ## build and start the Dockerfile's image without Docker: buildah, in a debootstrapped Debian 12 (root; some minutes)
	@tests/tools/apt_install.sh debootstrap buildah
	@tests/tools/image.sh

clean: ## remove what was built
	rm -rf '$(BUILD)'
