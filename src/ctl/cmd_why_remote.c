/*
 * The question put to daemons: each reads its own journal, and the store that they share has the records of the incidents.
 * What one of them told of an incident that another one decided is found in a second round, by the incident's key.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_why_impl.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "io/loop.h"

#define DAEMONS_MOST 16
#define KEYS_MOST 100
#define INCIDENTS_MOST 20
#define PATH_MAX_BYTES ((size_t)16 * 1024)

struct daemons {
	struct asking_why *w;
	const char *urls[DAEMONS_MOST];
	json_t *answers[DAEMONS_MOST]; /* NULL: it keeps no journal, or did not answer */
	size_t count, answered;
};

static bool name_daemons(struct daemons *d)
{
	const struct ctl *c = d->w->ctl;
	const char *const *urls;
	size_t n = flags_all(c->flags, "daemon", &urls);

	if (n > DAEMONS_MOST) {
		ctl_error("--daemon: more than %d", DAEMONS_MOST);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(urls[i]);
		while (length && urls[i][length - 1] == '/')
			length--;
		d->urls[d->count++] = arena_cstr(c->arena, (struct str){urls[i], length});
	}
	if (!n)
		d->urls[d->count++] = c->url;
	return true;
}

static void add_why_matchers(const struct asking_why *w, struct buf *path)
{
	for (size_t i = 0; i < w->ctl->word_count; i++)
		remote_query_add(path, "matcher", str_c(w->ctl->words[i]));
}

/* ---- journals ---- */

static json_t *ask_journal(struct daemons *d, const char *url, json_t *keys)
{
	AUTOBUF struct buf path;
	const json_t *key;
	size_t i;

	buf_init(&path, PATH_MAX_BYTES);
	buf_add_c(&path, "/api/v1/why");
	add_why_matchers(d->w, &path);
	remote_query_add(&path, "since", str_c(flags_get(d->w->ctl->flags, "since")));
	json_array_foreach(keys, i, key) remote_query_add(&path, "key", str_c(json_string_value(key)));
	return remote_call_at(d->w->ctl, url, path.p, (struct str){NULL, 0});
}

static bool knows_key(const json_t *answer, const json_t *key)
{
	const json_t *known;
	size_t i;

	json_array_foreach(json_object_get(answer, "keys"), i, known) if (json_equal(known, key)) return true;
	return false;
}

/* Those that others know and this one does not. */
static json_t *keys_of_others(const struct daemons *d, size_t which)
{
	json_t *out = json_array(), *key;
	size_t i;

	for (size_t k = 0; k < d->count; k++)
		json_array_foreach(json_object_get(d->answers[k], "keys"), i,
		                   key) if (!knows_key(d->answers[which], key) && json_array_size(out) < KEYS_MOST)
			json_array_append(out, key);
	return out;
}

static void ask_for_other_keys(struct daemons *d, size_t which)
{
	json_t *keys = keys_of_others(d, which);

	if (d->answers[which] && json_array_size(keys)) {
		json_t *fuller = ask_journal(d, d->urls[which], keys);
		if (fuller) {
			json_decref(d->answers[which]);
			d->answers[which] = fuller;
		}
	}
	json_decref(keys);
}

/* ---- one answer of several ---- */

static void keep_latest(json_t *all, json_t *some)
{
	const char *name;
	json_t *at;

	json_object_foreach(some, name, at) if (json_time(some, name) > json_time(all, name))
		json_object_set(all, name, at);
}

static int by_line_time(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;
	int64_t p = json_time(*x, "at"), q = json_time(*y, "at");
	return (p > q) - (p < q);
}

static json_t *sorted_events(json_t *list)
{
	size_t n = json_array_size(list);
	AUTOFREE json_t **all = mem_alloc((n + 1) * sizeof *all);
	json_t *sorted = json_array();

	for (size_t i = 0; i < n; i++)
		all[i] = json_array_get(list, i);
	if (n > 1)
		qsort(all, n, sizeof *all, by_line_time);
	for (size_t i = 0; i < n; i++)
		json_array_append(sorted, all[i]);
	json_decref(list);
	return sorted;
}

static json_t *join_answers(const struct daemons *d)
{
	json_t *events = json_array(), *by_source = json_object(), *received_at = json_object();
	json_int_t received = 0, left_out = 0, lost = 0;

	for (size_t i = 0; i < d->count; i++) {
		received += json_number(d->answers[i], "received");
		left_out += json_number(d->answers[i], "left_out");
		lost += json_number(d->answers[i], "lost");
		json_array_extend(events, json_object_get(d->answers[i], "events"));
		keep_latest(by_source, json_object_get(d->answers[i], "last_by_source"));
		keep_latest(received_at, json_object_get(d->answers[i], "last_received"));
	}
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "received", received, "left_out", left_out, "lost", lost,
	                 "events", sorted_events(events), "last_by_source", by_source, "last_received", received_at);
}

/* ---- records ---- */

static bool has_incident(const json_t *list, struct str key)
{
	const json_t *inc;
	size_t i;

	json_array_foreach(list, i, inc) if (str_eq(json_text(inc, "key"), key)) return true;
	return false;
}

/* By its key: with its timeline. One that was forgotten since is passed over. */
static void show_incident(struct daemons *d, struct str key, json_t *out)
{
	AUTOBUF struct buf path;

	buf_init(&path, PATH_MAX_BYTES);
	if (!key.n || json_array_size(out) == INCIDENTS_MOST || has_incident(out, key))
		return;
	buf_add_c(&path, "/api/v1/incidents/");
	remote_segment_add(&path, key);
	json_t *inc = remote_call_at(d->w->ctl, d->urls[0], path.p, (struct str){NULL, 0});
	if (inc)
		json_array_append_new(out, inc);
}

static bool show_listed(struct daemons *d, const char *state, json_t *out)
{
	AUTOBUF struct buf path;
	const json_t *inc;
	size_t i;

	buf_init(&path, PATH_MAX_BYTES);
	buf_add_c(&path, "/api/v1/incidents?limit=20");
	remote_query_add(&path, "state", str_c(state));
	add_why_matchers(d->w, &path);
	json_t *list = remote_call_at(d->w->ctl, d->urls[0], path.p, (struct str){NULL, 0});
	json_array_foreach(json_object_get(list, "incidents"), i,
	                   inc) if (json_time(inc, "last_seen_at") >= loop_wall_ms() - d->w->since)
		show_incident(d, json_text(inc, "key"), out);
	bool good = list != NULL;
	json_decref(list);
	return good;
}

/* What the journals name comes first: an incident of several alerts is listed by what these have in common alone. */
static bool add_records(struct daemons *d)
{
	json_t *out = json_array(), *key;
	size_t i;

	for (size_t k = 0; k < d->count; k++)
		json_array_foreach(json_object_get(d->answers[k], "keys"), i, key)
			show_incident(d, str_c(json_string_value(key)), out);
	bool good = show_listed(d, "", out) && show_listed(d, "resolved", out);
	json_object_set_new(d->w->answer, "incidents", out);
	return good;
}

bool why_ask_daemons(struct asking_why *w)
{
	struct daemons d = {.w = w};
	bool good = name_daemons(&d);

	for (size_t i = 0; good && i < d.count; i++) {
		d.answers[i] = ask_journal(&d, d.urls[i], NULL);
		d.answered += d.answers[i] != NULL;
	}
	for (size_t i = 0; good && d.answered > 1 && i < d.count; i++)
		ask_for_other_keys(&d, i);
	w->answer = join_answers(&d);
	good = good && add_records(&d);
	for (size_t i = 0; i < d.count; i++)
		json_decref(d.answers[i]);
	return good;
}
