/*
 * rule_files_isolation: each rule file is tried by itself first. One with errors counts in its last good version; where
 * none is known it is left out. Rule names must stay unique over all files: of two files that claim one, the file that
 * has changed steps back, and that may bring back a name that a third has taken, so the choice is made anew until it holds.
 *
 * A last good version that the rest of the new set no longer fits (its receiver is gone) is no way out: then the whole
 * new set is refused.
 */
#include <stdlib.h>

#include "load.h"

enum use { AS_WRITTEN, LAST_GOOD, LEFT_OUT };

struct version {
	struct str text;
	struct ruleset *alone; /* its rules; NULL when it cannot be used */
};

struct candidate {
	struct str path;
	struct version written, last;
	bool changed; /* from the last good version, or there is none */
	enum use use;
	struct err err;   /* what is wrong with it as it is written */
	struct err unfit; /* why the new set has no place for its last good version */
};

struct isolation {
	struct loading *l;
	struct candidate *v;
	size_t n;
};

/* ---- one file by itself ---- */

static bool parse_alone(struct isolation *s, const struct candidate *c, struct version *v, struct err *err)
{
	v->alone = ruleset_new(s->l->c->catalog, &s->l->c->defaults);
	if (ruleset_add_file(v->alone, arena_cstr(s->l->c->arena, c->path), v->text, err))
		return true;
	ruleset_free(v->alone);
	v->alone = NULL;
	return false;
}

static bool fits_alone(struct isolation *s, struct version *v, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT; /* said once, when all are in force */
	if (ruleset_finish(v->alone, config_tells, s->l->c, err, &warnings))
		return true;
	ruleset_free(v->alone);
	v->alone = NULL;
	return false;
}

static bool find_last(const struct loading *l, struct str path, struct str *out)
{
	const struct config *running = l->options->running;
	for (size_t i = 0; running && i < running->rules_in_force_count; i++)
		if (str_eq(running->rules_in_force[i].path, path)) {
			*out = running->rules_in_force[i].text;
			return true;
		}
	return l->options->last_good && config_files_text(l->options->last_good, path, out);
}

static void try_file(struct isolation *s, struct candidate *c)
{
	const char *why;
	bool readable = files_read(s->l->files, c->path, RULE_FILE_MAX, &c->written.text, &why);
	bool has_last = find_last(s->l, c->path, &c->last.text);
	AUTOERR struct err ignored = ERR_INIT;
	if (!readable)
		err_at(&c->err, (struct pos){arena_cstr(s->l->c->arena, c->path), 0, 0}, "%s", why);
	bool good = readable && parse_alone(s, c, &c->written, &c->err) && fits_alone(s, &c->written, &c->err);
	c->changed = !readable || !has_last || !str_eq(c->written.text, c->last.text);
	c->use = good ? AS_WRITTEN : has_last ? LAST_GOOD : LEFT_OUT;
	if (has_last && parse_alone(s, c, &c->last, &ignored))
		fits_alone(s, &c->last, &c->unfit);
	else if (!good)
		c->use = LEFT_OUT;
}

/* ---- names over all files ---- */

static const struct version *chosen(const struct candidate *c)
{
	return c->use == AS_WRITTEN ? &c->written : c->use == LAST_GOOD ? &c->last : NULL;
}

/* False with a line in `err` when another file has one of its names. */
static bool claim(struct map *names, const struct candidate *c, struct err *err)
{
	const struct version *v = chosen(c);
	const struct rule *const *rules;
	size_t n = v && v->alone ? ruleset_rules(v->alone, &rules) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct rule *other = map_get(names, rules[i]->name);
		if (!other)
			continue;
		err_at(err, rules[i]->at, "rule \"%.*s\" has the name of the rule at %s:%d", STR_ARG(rules[i]->name),
		       other->at.file ? other->at.file : "", other->at.line);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		map_set(names, rules[i]->name, (void *)(uintptr_t)rules[i]);
	return true;
}

static void step_back(struct candidate *c)
{
	c->use = c->use == AS_WRITTEN && c->changed && c->last.alone ? LAST_GOOD : LEFT_OUT;
}

/* Files as they were go first. False when one has had to step back. */
static bool claim_all(struct isolation *s)
{
	struct map *names = map_new();
	bool good = true;
	for (int changed = 0; changed < 2 && good; changed++)
		for (size_t i = 0; i < s->n && good; i++) {
			struct candidate *c = &s->v[i];
			if ((c->use == AS_WRITTEN && c->changed) != changed)
				continue;
			good = claim(names, c, &c->err);
			if (!good)
				step_back(c);
		}
	map_free(names);
	return good;
}

/* ---- putting in force ---- */

static void report_candidate(struct isolation *s, struct candidate *c)
{
	const struct pos at = {arena_cstr(s->l->c->arena, c->path), 0, 0};
	struct err *out = &s->l->c->isolated;
	if (c->use == AS_WRITTEN)
		return;
	err_move(out, &c->err);
	if (err_any(&c->unfit)) {
		err_move(s->l->err, out);
		err_move(s->l->err, &c->unfit);
		return;
	}
	err_at(out, at,
	       c->use == LAST_GOOD ? "its last good version stays in force"
	                           : "it is left out: no good version of it is known");
}

static void put_in_force(struct isolation *s, struct candidate *c)
{
	const struct version *v = chosen(c);
	if (c->use != AS_WRITTEN)
		files_replace(s->l->files, c->path, v ? &v->text : NULL);
	if (v && v->alone)
		load_rule_text(s->l, c->path, v->text);
}

static void release_candidate(struct candidate *c)
{
	ruleset_free(c->written.alone);
	ruleset_free(c->last.alone);
	err_release(&c->err);
	err_release(&c->unfit);
}

void load_isolated_rules(struct loading *l)
{
	const struct strs *files = &l->c->rule_files;
	struct isolation s = {l, mem_zero((files->n + 1) * sizeof *s.v), files->n};
	for (size_t i = 0; i < s.n; i++) {
		s.v[i].path = files->v[i];
		try_file(&s, &s.v[i]);
	}
	while (!claim_all(&s))
		continue;
	for (size_t i = 0; i < s.n; i++) {
		report_candidate(&s, &s.v[i]);
		put_in_force(&s, &s.v[i]);
	}
	for (size_t i = 0; i < s.n; i++)
		release_candidate(&s.v[i]);
	free(s.v);
}
