/*
 * The first rule that matches, for many different alerts: the literal index, beside the rules one by one with PCRE2, and
 * RE2::Set and Hyperscan where their packages are installed. All must find the same rules.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rule_engine.h"
#include "rule_world.h"
#include "rules/ruleset_impl.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define FILE_MAX ((size_t)64 << 20)
#define ALERTS 20000
#define COLD_ALERTS 400
#define PASSES 5
#define ENOUGH_NS 500000000.0 /* what takes longer is measured with fewer alerts */
#define CACHE_BYTES ((size_t)6 << 20)

static double clock_ns(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void die_of(const char *what)
{
	fprintf(stderr, "bench_rules: %s\n", what);
	exit(1);
}

/* ---- rules and alerts ---- */

static const struct plan_defaults defaults = {.severity = STR_INIT("P3")};

struct scene {
	struct catalog *catalog;
	struct ruleset *set;
	const struct rule *const *rules;
	size_t count;
	struct arena *arena;
	struct labels *alerts;

	struct str names[ENGINE_LABELS_MAX]; /* the labels that rules ask for */
	struct engine_rules others;
	struct engine_text (*values)[ENGINE_LABELS_MAX]; /* per alert */
};

static struct ruleset *load_ruleset(const struct catalog *catalog, struct str text)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct ruleset *set = ruleset_new(catalog, &defaults);
	if (!ruleset_add_file(set, "bench.yml", text, &err) || !ruleset_finish(set, NULL, NULL, &err, &warnings))
		die_of(err_first(&err));
	return set;
}

static struct catalog *empty_catalog(void)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	if (!catalog_finish(c, &err))
		die_of(err_first(&err));
	return c;
}

static size_t scene_label(struct scene *s, struct str name)
{
	size_t i = 0;
	while (i < s->others.labels && !str_eq(s->names[i], name))
		i++;
	if (i == ENGINE_LABELS_MAX)
		die_of("too many labels");
	if (i == s->others.labels)
		s->names[s->others.labels++] = name;
	return i;
}

static struct engine_matcher plain_matcher(struct scene *s, const struct matcher *m)
{
	return (struct engine_matcher){
		.label = scene_label(s, m->name),
		.equal = m->op == MATCH_EQUAL || m->op == MATCH_NOT_EQUAL,
		.negated = m->op == MATCH_NOT_EQUAL || m->op == MATCH_NOT_REGEX,
		.text = {m->value.p, m->value.n},
	};
}

/* The rules as the other engines want them. */
static void make_plain(struct scene *s)
{
	struct engine_rule *rules = arena_alloc(s->arena, s->count * sizeof *rules);
	for (size_t i = 0; i < s->count; i++) {
		const struct rule *rule = s->rules[i];
		struct engine_matcher *matchers = arena_alloc(s->arena, rule->matcher_count * sizeof *matchers);
		for (size_t k = 0; k < rule->matcher_count; k++)
			matchers[k] = plain_matcher(s, &rule->matchers[k]);
		rules[i] = (struct engine_rule){matchers, rule->matcher_count};
	}
	s->others.v = rules;
	s->others.n = s->count;
}

static void make_alerts(struct scene *s, struct rule_world *w)
{
	s->alerts = arena_alloc(s->arena, ALERTS * sizeof *s->alerts);
	s->values = arena_alloc(s->arena, ALERTS * sizeof *s->values);
	for (size_t i = 0; i < ALERTS; i++) {
		s->alerts[i] = rule_world_alert(w, s->arena);
		for (size_t k = 0; k < s->others.labels; k++) {
			struct str value = labels_get(&s->alerts[i], s->names[k]);
			s->values[i][k] = (struct engine_text){value.p, value.n};
		}
	}
}

static struct scene scene_new(size_t rules)
{
	struct rule_world w = rule_world_of(rules, 1);
	AUTOBUF struct buf file;
	buf_init(&file, FILE_MAX);
	rule_world_file(&w, rules, &file);
	struct scene s = {.catalog = empty_catalog(), .arena = arena_new()};
	s.set = load_ruleset(s.catalog, buf_str(&file));
	s.count = ruleset_rules(s.set, &s.rules);
	make_plain(&s);
	make_alerts(&s, &w);
	return s;
}

static void scene_free(struct scene *s)
{
	ruleset_free(s->set);
	catalog_free(s->catalog);
	arena_free(s->arena);
}

/* ---- who finds the first rule ---- */

struct finder {
	const struct scene *scene;
	struct engine *engine;
	engine_first_fn *first; /* NULL: the index */
	struct arena *arena;
};

static size_t find_alert(const struct finder *f, size_t alert)
{
	if (f->first)
		return f->first(f->engine, f->scene->values[alert]);
	struct literal_search search;
	enum pattern_result result;
	literal_search_begin(&search, f->scene->set->index, &f->scene->alerts[alert], f->arena);
	const struct rule *rule = literal_search_next(&search, &result);
	return rule ? rule->index : ENGINE_NONE;
}

static double time_pass(const struct finder *f, size_t alerts, size_t *found)
{
	double from = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	for (size_t i = 0; i < alerts; i++)
		found[i] = find_alert(f, i);
	return (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - from) / (double)alerts;
}

static void compare_found(const size_t *found, const size_t *expected, size_t alerts, const char *name)
{
	for (size_t i = 0; expected && i < alerts; i++)
		if (found[i] != expected[i]) {
			fprintf(stderr, "%s finds rule %zd for alert %zu, the index %zd\n", name, (ssize_t)found[i], i,
			        (ssize_t)expected[i]);
			exit(1);
		}
}

/* The best pass, CPU time: whatever else runs on the machine only adds. */
static double measure_finder(const struct finder *f, size_t *found, const size_t *expected, const char *name)
{
	size_t alerts = ALERTS;
	double trial = time_pass(f, 50, found), best = 1e18;
	if (trial * ALERTS > ENOUGH_NS)
		alerts = (size_t)(ENOUGH_NS / trial) > 50 ? (size_t)(ENOUGH_NS / trial) : 50;
	for (int i = 0; i < PASSES; i++) {
		double took = time_pass(f, alerts, found);
		best = took < best ? took : best;
	}
	compare_found(found, expected, alerts, name);
	return best;
}

static void evict(void)
{
	static volatile char bytes[CACHE_BYTES];
	for (size_t i = 0; i < CACHE_BYTES; i += 64)
		bytes[i]++;
}

/* One alert at a time, after something else has used the first two levels of cache. The median: a tick of the clock or an
 * interrupt is longer than what is measured. */
static int compare_trials(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double measure_cold(const struct finder *f)
{
	static double took[COLD_ALERTS];
	for (size_t i = 0; i < COLD_ALERTS; i++) {
		evict();
		double from = clock_ns(CLOCK_MONOTONIC);
		find_alert(f, i);
		took[i] = clock_ns(CLOCK_MONOTONIC) - from;
	}
	qsort(took, COLD_ALERTS, sizeof *took, compare_trials);
	return took[COLD_ALERTS / 2];
}

/* ---- the table ---- */

static const struct contender {
	const char *name, *package;
	engine_new_fn *make;
	engine_first_fn *first;
	engine_free_fn *release;
} contenders[] = {
	{"PCRE2 in sequence", "", pcre2_engine_new, pcre2_engine_first, pcre2_engine_free},
	{"RE2::Set", "libre2-dev", re2_engine_new, re2_engine_first, re2_engine_free},
	{"Hyperscan", "libhyperscan-dev", libhs_engine_new, libhs_engine_first, libhs_engine_free},
};

static void print_rules_row(size_t rules, const char *name, double warm, double cold, double compile_ms)
{
	printf("%6zu  %-18s %12.0f %12.0f %12.1f\n", rules, name, warm, cold, compile_ms);
	fflush(stdout);
}

static void run_contender(const struct scene *s, const struct contender *c, const size_t *expected)
{
	static size_t found[ALERTS];
	if (!c->make) {
		printf("%6zu  %-18s not installed (%s)\n", s->count, c->name, c->package);
		return;
	}
	double from = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	struct finder f = {.scene = s, .engine = c->make(&s->others), .first = c->first};
	double compiled = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - from) / 1e6;
	if (!f.engine)
		die_of(c->name);
	double warm = measure_finder(&f, found, expected, c->name);
	print_rules_row(s->count, c->name, warm, measure_cold(&f), compiled);
	c->release(f.engine);
}

static double measure_plans(const struct scene *s)
{
	double best = 1e18;
	for (int i = 0; i < PASSES; i++) {
		double from = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
		for (size_t k = 0; k < ALERTS; k++) {
			AUTOARENA struct arena *arena = arena_new();
			struct alert alert = {.labels = s->alerts[k]};
			struct plan plan;
			ruleset_evaluate(s->set, &alert, NULL, arena, &plan);
		}
		double took = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - from) / ALERTS;
		best = took < best ? took : best;
	}
	return best;
}

static void run_rules(size_t rules)
{
	static size_t expected[ALERTS];
	struct scene s = scene_new(rules);
	struct finder f = {.scene = &s, .arena = arena_new()};
	double from = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	literal_index_free(literal_index_new(s.rules, s.count));
	double built = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - from) / 1e6;
	double warm = measure_finder(&f, expected, NULL, "index");
	size_t hits = 0;
	for (size_t i = 0; i < ALERTS; i++)
		hits += expected[i] != ENGINE_NONE;
	printf("\n%zu rules, %zu %% of the alerts match one; index %zu KiB, %zu rules without a literal\n", rules,
	       hits * 100 / ALERTS, literal_index_bytes(s.set->index) / 1024, literal_index_always(s.set->index));
	print_rules_row(rules, "runbookd's index", warm, measure_cold(&f), built);
	for (size_t i = 0; i < COUNT(contenders); i++)
		run_contender(&s, &contenders[i], expected);
	printf("%6zu  %-18s %12.0f\n", rules, "  (the whole plan)", measure_plans(&s));
	arena_free(f.arena);
	scene_free(&s);
}

/* ---- loading, in a process of its own ---- */

static long resident_kib(void)
{
	long pages = 0, total;
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2)
		die_of("/proc/self/statm");
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void load_once(size_t rules)
{
	struct rule_world w = rule_world_of(rules, 1);
	AUTOBUF struct buf file;
	buf_init(&file, FILE_MAX);
	rule_world_file(&w, rules, &file);
	struct catalog *c = empty_catalog();
	long before = resident_kib();
	double from = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	struct ruleset *set = load_ruleset(c, buf_str(&file));
	double took = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - from) / 1e6;
	printf("%6zu rules (%zu KiB of YAML) loaded, checked and indexed in %.1f ms; resident memory grew by %.1f MiB\n",
	       rules, file.n / 1024, took, (double)(resident_kib() - before) / 1024);
	fflush(stdout);
	ruleset_free(set);
	catalog_free(c);
}

static void run_loading(size_t rules)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		load_once(rules);
		_exit(0);
	}
	int status;
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		die_of("loading failed");
}

int main(void)
{
	static const size_t counts[] = {10, 100, 1000, 10000};
	printf("The first rule that an alert matches, CPU time per alert; %d different alerts of 10 labels, best of %d "
	       "passes.\n"
	       "Of the rules 35 %% name an alert, 20 %% a prefix, 15 %% several alerts, 7 %% a suffix, 8 %% a part, 15 %% "
	       "two labels.\n"
	       "RE2::Set and Hyperscan have one set per label, and find all matching rules; the values of an alert's "
	       "labels are\n"
	       "looked up for everybody but the index. All must agree. Cold: the median of %d alerts, each after the "
	       "caches of\n"
	       "first and second level were filled with something else, with 2 readings of the clock (some 50 ns).\n\n",
	       ALERTS, PASSES, COLD_ALERTS);
	for (size_t i = 0; i < COUNT(counts); i++)
		run_loading(counts[i]);
	printf("\n%6s  %-18s %12s %12s %12s\n", "rules", "", "ns/alert", "cold ns", "compile ms");
	for (size_t i = 0; i < COUNT(counts); i++)
		run_rules(counts[i]);
	return 0;
}
