/*
 * runbookctl oncall: who is on call, from calendars and rotations, without a daemon.
 */
#include "base/time.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "io/loop.h"
#include "service/oncall.h"

static const struct flag rows[] = {
	{.name = "at",
     .argument = "TIME",
     .doc = "2026-03-01T09:00 in runbookd's time zone, or with an offset; now by default"},
	{.name = "until", .argument = "TIME", .doc = "all turns from --at to then, with the gaps between them"},
	{.name = "no-secrets", .doc = "secret files need not be there"},
};

static const char *const titles[] = {"SCHEDULE", "PERSON", "FROM", "UNTIL", "SOURCE", "RECEIVERS", "CONTACT", NULL};

static void add_shift_time(struct table *t, const struct config *c, const json_t *row, const char *name)
{
	char text[ZONE_TIME_MAX];
	table_add_c(t, zone_format(c->zone, json_time(row, name), text));
}

static void add_person_receivers(struct table *t, const json_t *names)
{
	AUTOBUF struct buf b;
	const json_t *name;
	size_t i;
	buf_init(&b, 4096);
	json_array_foreach(names, i, name) buf_printf(&b, "%s%s", i ? ", " : "", json_string_value(name));
	table_add(t, buf_str(&b));
}

static void add_shift_row(struct table *t, const struct config *c, struct str schedule, const json_t *row)
{
	struct str person = json_text(row, "person");
	table_add(t, schedule);
	table_add(t, person.n ? person : STR("(nobody)"));
	add_shift_time(t, c, row, "from");
	add_shift_time(t, c, row, "until");
	table_add(t, json_text(row, "source"));
	add_person_receivers(t, json_object_get(row, "receivers"));
	table_add(t, json_text(row, "contact"));
}

static void add_nobody(struct table *t, struct str schedule)
{
	table_add(t, schedule);
	table_add_c(t, "(nobody)");
	for (size_t i = 2; titles[i]; i++)
		table_add_c(t, "");
}

/* False where it cannot be said who is on call. */
static bool add_shifts(struct table *t, const struct config *c, const json_t *schedule)
{
	struct str name = json_text(schedule, "name"), why = json_text(schedule, "unknown_because");
	struct str trouble = json_text(schedule, "trouble");
	const json_t *list = json_object_get(schedule, "on_call"), *row;
	size_t i;
	if (trouble.n)
		ctl_error("schedule \"%.*s\": %.*s", STR_ARG(name), STR_ARG(trouble));
	if (why.n)
		ctl_error("schedule \"%.*s\": %.*s", STR_ARG(name), STR_ARG(why));
	if (list && !json_array_size(list) && !why.n)
		add_nobody(t, name);
	list = list ? list : json_object_get(schedule, "shifts");
	json_array_foreach(list, i, row) add_shift_row(t, c, name, row);
	return !why.n;
}

static bool print_shifts(const struct config *c, const json_t *document)
{
	struct table *t = table_new(titles);
	const json_t *schedule;
	bool ok = true;
	size_t i;
	json_array_foreach(json_object_get(document, "schedules"), i, schedule) ok = add_shifts(t, c, schedule) && ok;
	table_print(t, stdout);
	table_free(t);
	return ok;
}

static bool all_known(const json_t *document)
{
	const json_t *schedule;
	bool ok = true;
	size_t i;
	json_array_foreach(json_object_get(document, "schedules"), i, schedule) ok =
		ok && !json_text(schedule, "unknown_because").n;
	return ok;
}

static enum ctl_status answer_oncall(struct ctl *c, const struct config *config)
{
	AUTOERR struct err err = ERR_INIT;
	struct oncall_question q = {.schedule = str_c(c->word_count ? c->words[0] : NULL), .at = loop_wall_ms()};
	bool fine = oncall_time(config, "at", str_c(flags_get(c->flags, "at")), &q.at, &err);
	fine = oncall_time(config, "until", str_c(flags_get(c->flags, "until")), &q.until, &err) && fine;
	json_t *document = fine ? oncall_json(config, &q, &err) : NULL;
	ctl_errors(&err);
	if (document && c->json)
		ctl_print_json(document);
	bool ok = document && (c->json ? all_known(document) : print_shifts(config, document));
	json_decref(document);
	return ok ? CTL_OK : fine ? CTL_FAILED : CTL_USAGE;
}

static enum ctl_status run_oncall(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	const struct config_options options = {
		.file = c->config_file, .no_secrets = flags_given(c->flags, "no-secrets"), .reads_only = true};
	if (c->word_count > 1) {
		ctl_error("oncall takes at most one schedule");
		return CTL_USAGE;
	}
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, &err, &warnings);
	ctl_errors(&err);
	enum ctl_status status = config ? answer_oncall(c, config) : CTL_FAILED;
	config_unref(config);
	config_files_free(files);
	return status;
}

const struct cmd cmd_oncall = {
	.name = "oncall",
	.arguments = "[SCHEDULE]",
	.doc = "Says who is on call, now or at another time, from calendars and rotations.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_oncall,
};
