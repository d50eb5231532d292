/* Where alert definitions come from: rule files, a Prometheus, the decision journal. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/file.h"
#include "app/json.h"
#include "app/remote.h"
#include "cmd_coverage_impl.h"
#include "io/http_client.h"
#include "version.h"

#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024) /* of a rule file, and of what a Prometheus answers */

static void add_all(struct coverage *c, enum coverage_source source, struct promrules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		coverage_add(c, source, &rules->v[i]);
	promrules_release(rules);
}

/* ---- files ---- */

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Every file that the pattern, or a folder that it names, leads to; none is an error. */
static void each_file(struct coverage *c, const char *pattern, const char *inside,
                      void (*read)(struct coverage *c, const char *path))
{
	glob_t found;
	AUTOFREE char *within = is_folder(pattern) ? mem_printf("%s/%s", pattern, inside) : mem_strdup(pattern);
	int problem = glob(within, GLOB_BRACE | GLOB_TILDE, NULL, &found);

	if (problem) {
		err_add(c->err, "%s: %s", within, problem == GLOB_NOMATCH ? "there is no such file" : "cannot be searched");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!is_folder(found.gl_pathv[i]))
			read(c, found.gl_pathv[i]);
	globfree(&found);
}

static void read_rule_file(struct coverage *c, const char *path)
{
	AUTOBUF struct buf text;
	struct promrules rules = {0};

	buf_init(&text, FILE_MAX_BYTES);
	if (!file_read(path, &text, c->err))
		return;
	/* The tree's strings are copies, those of the text are not needed any more. */
	if (promrules_read(c->arena, path, buf_str(&text), &rules, c->err) && !rules.n)
		err_add(&c->warnings, "%s: no alerting rules in it", path);
	add_all(c, COVERAGE_FILES, &rules);
}

void coverage_read_rules(struct coverage *c, const char *pattern)
{
	each_file(c, pattern, "*.{yml,yaml,json}", read_rule_file);
}

/* ---- a Prometheus ---- */

struct exchange {
	struct loop *loop;
	const char *url;
	struct buf *out;
	struct err *err;
	bool ok;
};

static void answered(void *arg, const struct http_result *r)
{
	struct exchange *e = arg;

	if (r->outcome != HTTP_ANSWERED)
		err_add(e->err, "%s: %s", e->url, r->error);
	else if (r->status != 200)
		err_add(e->err, "%s: answered %d", e->url, r->status);
	else if (r->body.n >= FILE_MAX_BYTES)
		err_add(e->err, "%s: the answer is larger than %zu bytes", e->url, FILE_MAX_BYTES);
	else
		e->ok = true;
	if (e->ok)
		buf_add(e->out, r->body);
	loop_stop(e->loop);
}

static bool fetch(const char *url, struct buf *out, struct err *err)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	struct exchange e = {.loop = loop_new(), .url = url, .out = out, .err = err};
	struct http_client *client = http_client_new(e.loop, "runbookctl/" RUNBOOKD_VERSION);
	const struct http_client_request request = {
		.method = "GET",
		.url = url,
		.headers = headers,
		.timeout_ms = REMOTE_TIMEOUT_MS,
		.response_max = FILE_MAX_BYTES,
		.proxy = HTTP_PROXY_ENVIRONMENT,
	};

	http_client_send(client, &request, answered, &e);
	loop_run(e.loop);
	http_client_free(client);
	loop_free(e.loop);
	return e.ok;
}

void coverage_read_prometheus(struct coverage *c, const char *base)
{
	struct str url = str_c(base);
	struct promrules rules = {0};
	AUTOBUF struct buf body;

	buf_init(&body, FILE_MAX_BYTES);
	while (str_ends(url, STR("/")))
		url.n--;
	if (!receiver_url_valid(url) || !receiver_url_safe(url)) {
		err_add(c->err, "--prometheus: '%s' is neither https nor http to loopback", base);
		return;
	}
	AUTOFREE char *whole = mem_printf("%.*s/api/v1/rules?type=alert", STR_ARG(url));
	if (fetch(whole, &body, c->err) && promrules_read_api(c->arena, base, buf_str(&body), &rules, c->err) && !rules.n)
		err_add(&c->warnings, "%s: it has no alerting rules", base);
	add_all(c, COVERAGE_PROMETHEUS, &rules);
}

/* ---- the journal ---- */

static struct labels read_pairs(struct arena *arena, json_t *object)
{
	struct labels out = {0};
	const char *name;
	json_t *value;

	out.v = arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v);
	json_object_foreach(object, name, value) if (json_is_string(value)) out.v[out.n++] =
		(struct label){arena_str(arena, str_c(name)), arena_str(arena, json_text(object, name))};
	labels_sort(&out);
	return out;
}

static struct promrule recorded(struct arena *arena, json_t *entry, struct pos at)
{
	struct promrule rule = {
		.labels = read_pairs(arena, json_object_get(entry, "labels")),
		.annotations = read_pairs(arena, json_object_get(entry, "annotations")),
		.at = at,
	};

	rule.name = labels_get(&rule.labels, STR("alertname"));
	return rule;
}

/* A journal holds the same alerts again and again: only what is new stays in memory. */
static bool read_line(struct coverage *c, struct str line, struct pos at)
{
	AUTOARENA struct arena *scratch = arena_new();
	json_error_t where;
	json_t *entry = json_loadb(line.p, line.n, JSON_ALLOW_NUL, &where);
	bool ok = json_is_object(json_object_get(entry, "labels")) && json_object_get(entry, "verdict");

	if (ok) {
		struct promrule rule = recorded(scratch, entry, at);
		if (coverage_is_news(c, COVERAGE_JOURNAL, &rule)) {
			rule = recorded(c->arena, entry, at);
			coverage_add(c, COVERAGE_JOURNAL, &rule);
		}
	}
	json_decref(entry);
	return ok;
}

/* A line that a crash cut off, or that is being written now, is passed over; a file without any entry is none. */
static void read_lines(struct coverage *c, FILE *f, const char *path)
{
	AUTOFREE char *line = NULL;
	size_t room = 0, entries = 0;
	ssize_t n;

	for (int number = 1; (n = getline(&line, &room, f)) >= 0; number++) {
		struct pos at = {path, number, 0};
		struct str text = str_trim((struct str){line, (size_t)n});
		if (text.n && read_line(c, text, at))
			entries++;
		else if (text.n)
			err_add(&c->warnings, "%s:%d: not an entry of a journal; passed over", path, number);
	}
	if (ferror(f))
		err_add(c->err, "%s: %s", path, strerror(errno));
	else if (!entries)
		err_add(&c->warnings, "%s: holds no entry of a journal", path);
}

static void read_journal_file(struct coverage *c, const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f) {
		err_add(c->err, "%s: %s", path, strerror(errno));
		return;
	}
	read_lines(c, f, arena_cstr(c->arena, str_c(path)));
	fclose(f);
}

void coverage_read_journal(struct coverage *c, const char *pattern)
{
	each_file(c, pattern, "*.jsonl", read_journal_file);
}
