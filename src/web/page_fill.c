/*
 * Placeholders of a runbook's commands, filled in from the alert's labels and marked as such. What a label holds comes from
 * outside: only a value that no shell would take for more than a word, and no path for a way up, is filled in.
 */
#include <string.h>

#include "alert/alert.h"
#include "base/ascii.h"
#include "catalog/html.h"
#include "runbook_page.h"

#define NAME_MAX_BYTES 64
#define VALUE_MAX_BYTES 256

/* What runbooks call a label that alerts call otherwise. */
static const struct {
	const char *placeholder, *label;
} aliases[] = {
	{"pod_name", "pod"},
	{"namespace_name", "namespace"},
	{"ns", "namespace"},
	{"node_name", "node"},
	{"host", "instance"},
	{"hostname", "instance"},
	{"service_name", "service"},
	{"container_name", "container"},
	{"deployment_name", "deployment"},
	{"cluster_name", "cluster"},
	{"job_name", "job"},
	{"instance_name", "instance"},
	{"node", "instance"},
	{"server", "instance"},
};

static bool is_placeholder_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Bytes of the sign that stands there, plain or as a URL writes it; 0: another. */
static size_t sign_length(struct str value, size_t at, char sign, const char *escaped)
{
	if (value.p[at] == sign)
		return 1;
	return str_eq_nocase(str_slice(value, at, at + strlen(escaped)), str_c(escaped)) ? strlen(escaped) : 0;
}

/* Bytes of what ends a part of a path, or of a host, an option or a list with paths in it. */
static size_t end_length(struct str value, size_t at)
{
	return strchr(":=,@", value.p[at]) ? 1 : sign_length(value, at, '/', "%2f");
}

/* A part of it is of dots alone, "." or "..": in a path it would name another place than the one it is put into. */
static bool climbs(struct str value)
{
	size_t dots = 0, length = 0;

	for (size_t i = 0; i < value.n;) {
		size_t end = end_length(value, i), dot = sign_length(value, i, '.', "%2e");
		if (end && length && dots == length)
			return true;
		dots = end ? 0 : dots + (dot > 0);
		length = end ? 0 : length + 1;
		i += end ? end : dot ? dot : 1;
	}
	return length && dots == length;
}

static bool is_plain_word(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!is_placeholder_char(value.p[i]) && !(value.p[i] && strchr("./:@%+=,", value.p[i])))
			return false;
	return value.n && value.n <= VALUE_MAX_BYTES && value.p[0] != '-' && !climbs(value);
}

/* "POD-Name" -> "pod_name"; empty where it is too long. */
static struct str label_name_of(struct str name, char out[NAME_MAX_BYTES])
{
	for (size_t i = 0; i < name.n && name.n <= NAME_MAX_BYTES; i++) {
		char c = name.p[i];
		out[i] = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	return (struct str){out, name.n <= NAME_MAX_BYTES ? name.n : 0};
}

static struct str label_for(const struct labels *labels, struct str placeholder)
{
	char bytes[NAME_MAX_BYTES];
	struct str name = label_name_of(placeholder, bytes), value = labels_get(labels, name);

	for (size_t i = 0; !value.n && i < sizeof aliases / sizeof *aliases; i++)
		if (str_eq_c(name, aliases[i].placeholder))
			value = labels_get(labels, str_c(aliases[i].label));
	return is_plain_word(value) ? value : (struct str){NULL, 0};
}

/* ---- where placeholders are ---- */

static size_t placeholder_length(struct str code, size_t from)
{
	size_t n = from;
	while (n < code.n && is_placeholder_char(code.p[n]))
		n++;
	return n - from;
}

static bool is_capital(struct str name)
{
	bool letter = false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] >= 'a' && name.p[i] <= 'z')
			return false;
		letter |= name.p[i] >= 'A' && name.p[i] <= 'Z';
	}
	return letter && name.n > 1;
}

/* A shell's variable that the code sets itself is not the reader's to fill in. */
static bool is_set_in(struct str code, struct str name)
{
	for (size_t i = 0; i + name.n < code.n; i++) {
		bool begins = !i || !is_placeholder_char(code.p[i - 1]);
		if (begins && code.p[i + name.n] == '=' && str_eq(str_slice(code, i, i + name.n), name))
			return true;
	}
	return false;
}

struct placeholder {
	struct str name;
	size_t length; /* with what stands around the name */
};

static bool take_enclosed(struct str code, size_t at, size_t before, char end, struct placeholder *out)
{
	size_t n = placeholder_length(code, at + before);
	if (!n || at + before + n >= code.n || code.p[at + before + n] != end)
		return false;
	*out = (struct placeholder){str_slice(code, at + before, at + before + n), before + n + 1};
	return true;
}

static bool find_placeholder(struct str code, size_t at, struct placeholder *out)
{
	if (code.p[at] == '<')
		return take_enclosed(code, at, 1, '>', out);
	if (code.p[at] == '$' && at + 1 < code.n && code.p[at + 1] == '{')
		return take_enclosed(code, at, 2, '}', out) && !is_set_in(code, out->name);
	size_t dollar = code.p[at] == '$', n = placeholder_length(code, at + dollar);
	struct str name = str_slice(code, at + dollar, at + dollar + n);
	bool escaped = at && code.p[at - 1] == '$'; /* $$POD */
	bool whole = !at || !is_placeholder_char(code.p[at - 1]);
	*out = (struct placeholder){name, dollar + n};
	return n && !escaped && (dollar || (whole && is_capital(name))) && !is_set_in(code, name);
}

static void write_filled(struct buf *out, struct str written, struct str value)
{
	buf_add_c(out, "<mark title=\"");
	html_text(out, written);
	buf_add_c(out, ", filled in from the alert\">");
	html_text(out, value);
	buf_add_c(out, "</mark>");
}

void runbook_fill_code(void *arg, struct str code, struct buf *out)
{
	const struct labels *labels = arg;
	size_t done = 0;

	for (size_t i = 0; i < code.n;) {
		struct placeholder found;
		struct str value = {NULL, 0};
		if (find_placeholder(code, i, &found))
			value = label_for(labels, found.name);
		if (!value.n) {
			i++;
			continue;
		}
		html_text(out, str_slice(code, done, i));
		write_filled(out, str_slice(code, i, i + found.length), value);
		i += found.length;
		done = i;
	}
	html_text(out, str_slice(code, done, code.n));
}
