/* Decides the summary: rule, annotations, telling labels. */
#include "base/time.h"
#include "rules/ruleset_impl.h"

#define SUMMARY_MAX 1024 /* bytes: PagerDuty's limit, and a line that a person reads */
#define DEGRADED_MAX 512 /* of one that could not be read whole: what says so is not to be cut off */
#define LABELS_SHOWN 3

/* In this order; the first that is not blank. */
static const char *const annotations[] = {"summary", "title", "message", "description"};
/* Labels that say where, in this order. */
static const char *const telling[] = {"instance", "service", "pod", "namespace", "job", "cluster", "node", "device"};

/* Blanks and control characters become single spaces; cut at a character's boundary. */
static struct str one_line(struct arena *arena, struct str s, size_t most)
{
	size_t n = 0;
	most = s.n < most ? s.n : most;
	char *to = arena_alloc(arena, most + 1);
	bool gap = false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c == 0x7f) {
			gap = n > 0;
			continue;
		}
		size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		if (n + gap + length > most)
			break;
		if (gap)
			to[n++] = ' ';
		gap = false;
		for (to[n++] = s.p[i]; length > 1 && i + 1 < s.n && ((unsigned char)s.p[i + 1] & 0xc0) == 0x80; length--)
			to[n++] = s.p[++i];
	}
	return (struct str){to, n};
}

static bool set_summary(struct evaluation *e, struct str text, struct plan_origin from)
{
	struct str line = one_line(e->arena, text, SUMMARY_MAX);
	if (line.n == 0)
		return false;
	e->plan->summary.text = line;
	e->plan->summary.from = from;
	return true;
}

static bool summary_from_rule(struct evaluation *e)
{
	const struct rule *rule = e->setter[RULE_SUMMARY];
	if (!rule)
		return false;
	json_t *context = plan_context(e, rule->summary, &e->summary_captures);
	AUTOBUF struct buf out;
	buf_init(&out, TEMPLATE_OUTPUT_MAX);
	bool good = template_render(rule->summary, context, ESCAPE_NONE, &out);
	json_decref(context);
	if (!good)
		e->plan->template_errors++;
	return good && set_summary(e, buf_str(&out), origin_of_rule(rule, RULE_SUMMARY));
}

static struct str first_trimmed_line(struct str s)
{
	s = str_trim(s);
	ptrdiff_t end = str_index(s, '\n');
	return end < 0 ? s : str_slice(s, 0, (size_t)end);
}

static bool from_annotations(struct evaluation *e)
{
	for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++) {
		struct str value = labels_get(&e->alert->annotations, str_c(annotations[i]));
		if (set_summary(e, first_trimmed_line(value), origin_of(SOURCE_ANNOTATION, (struct pos){0})))
			return true;
	}
	return false;
}

static bool is_said_elsewhere(struct str name)
{
	return str_eq_c(name, "alertname") || str_eq_c(name, "severity");
}

static void add_label(struct buf *b, size_t *shown, struct str name, struct str value)
{
	buf_printf(b, "%s%.*s=", (*shown)++ ? ", " : " (", STR_ARG(name));
	buf_add(b, value);
}

static size_t add_telling(struct buf *b, const struct labels *l)
{
	size_t shown = 0;
	for (size_t i = 0; i < sizeof telling / sizeof *telling && shown < LABELS_SHOWN; i++) {
		struct str value = labels_get(l, str_c(telling[i]));
		if (value.n > 0)
			add_label(b, &shown, str_c(telling[i]), value);
	}
	bool any = shown > 0;
	for (size_t i = 0; i < l->n && !any && shown < LABELS_SHOWN; i++)
		if (!is_said_elsewhere(l->v[i].name) && l->v[i].value.n > 0)
			add_label(b, &shown, l->v[i].name, l->v[i].value);
	return shown;
}

static void from_labels(struct evaluation *e)
{
	AUTOBUF struct buf b;
	buf_init(&b, 64 * 1024);
	buf_add(&b, e->plan->alertname.n > 0 ? e->plan->alertname : STR("alert without a name"));
	if (add_telling(&b, &e->alert->labels) > 0)
		buf_add_char(&b, ')');
	set_summary(e, buf_str(&b), origin_of(SOURCE_DEFAULT, (struct pos){0}));
}

/* The alert's own words tell of its presence. */
static void from_heartbeat(struct evaluation *e)
{
	struct plan *p = e->plan;
	char every[TIME_DURATION_MAX];
	AUTOBUF struct buf b;
	buf_init(&b, 64 * 1024);
	buf_add(&b, p->alertname.n > 0 ? p->alertname : STR("alert without a name"));
	buf_printf(&b, " has not been heard of for %s", time_duration_format(p->heartbeat.ms, every));
	if (add_telling(&b, &e->alert->labels) > 0)
		buf_add_char(&b, ')');
	set_summary(e, buf_str(&b), p->heartbeat.from);
}

/* Who is woken by an alert that could not be read whole is told so at once; how it came is in its annotation. */
static void say_flaw(struct evaluation *e)
{
	enum alert_flaw flaw = e->alert->flaw;
	if (flaw == ALERT_SOUND || flaw == ALERT_LARGE_ANNOTATIONS)
		return;
	char *note = arena_printf(e->arena, " [alert degraded: %s]", alert_flaw_name(flaw));
	struct str text = one_line(e->arena, e->plan->summary.text, DEGRADED_MAX);
	e->plan->summary.text = str_c(arena_printf(e->arena, "%.*s%s", STR_ARG(text), note));
}

void plan_decide_summary(struct evaluation *e)
{
	if (!summary_from_rule(e)) {
		if (plan_watches(e->plan))
			from_heartbeat(e);
		else if (!from_annotations(e))
			from_labels(e);
	}
	say_flaw(e);
}
