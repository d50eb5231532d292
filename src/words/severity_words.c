/* Which severity does this word mean? One table for labels, for pages and for index pages; FACTS has the spellings. */
#include <string.h>

#include "base/ascii.h"
#include "words/severity_words.h"
#include "words/unicode.h"

/*
 * Written without accents, in lower case. Rank 0 is gravest. Within a rank the later is less grave ("info" below "low"). `text`: the word means a severity in a
 * sentence too; the others only where a severity must stand, as in a label.
 */
static const struct severity_word words[] = {
	{"critical", 0, true, "Prometheus' convention, Alertmanager's examples, every third index page"},
	{"crit", 0, false, "syslog"},
	{"emergency", 0, true, "syslog"},
	{"emerg", 0, false, "syslog"},
	{"disaster", 0, false, "Zabbix"},
	{"fatal", 0, false, "log levels"},
	{"page", 0, false, "Google's SRE book, Sloth and Pyrra: it wakes somebody"},
	{"pager", 0, false, "the same"},
	{"paging", 0, false, "the same"},
	{"blocker", 0, true, "Jira"},
	{"severe", 0, true, "java.util.logging"},
	{"red", 0, false, "traffic lights"},
	{"high", 1, true, "Jira, PagerDuty's urgency, index pages beside critical"},
	{"error", 1, true, "PagerDuty, Loki's rules"},
	{"err", 1, false, "syslog"},
	{"major", 1, true, "ITU X.733, ServiceNow"},
	{"urgent", 1, true, "Zendesk"},
	{"orange", 1, false, "traffic lights with four lamps"},
	{"warning", 2, true, "Prometheus' convention"},
	{"warn", 2, false, "log levels"},
	{"medium", 2, true, "Jira, index pages beside high and low"},
	{"moderate", 2, true, "ServiceNow"},
	{"average", 2, false, "Zabbix"},
	{"minor", 2, true, "ITU X.733"},
	{"normal", 2, false, "Zendesk"},
	{"ticket", 2, false, "Google's SRE book, Sloth: a ticket, nobody is woken"},
	{"yellow", 2, false, "traffic lights"},
	{"amber", 2, false, "traffic lights, British"},
	{"low", 3, true, "Jira, index pages"},
	{"info", 3, true, "kube-prometheus, PagerDuty"},
	{"informational", 3, true, "index pages"},
	{"information", 3, false, "Zabbix"},
	{"notice", 3, false, "syslog"},
	{"notify", 3, false, "told, not paged"},
	{"trivial", 3, true, "Jira"},
	{"debug", 3, false, "log levels"},
	{"green", 3, false, "traffic lights"},
	{"blue", 3, false, "traffic lights with four lamps"},
	{"🔴", 0, false, "traffic lights"},
	{"🟠", 1, false, "traffic lights with four lamps"},
	{"🟡", 2, false, "traffic lights"},
	{"🟢", 3, false, "traffic lights"},
	{"🔵", 3, false, "traffic lights with four lamps"},
	{"kritisch", 0, false, "German"},
	{"hoch", 1, false, "German"},
	{"schwer", 1, false, "German"},
	{"dringend", 1, false, "German"},
	{"warnung", 2, false, "German"},
	{"mittel", 2, false, "German"},
	{"niedrig", 3, false, "German"},
	{"gering", 3, false, "German"},
	{"hinweis", 3, false, "German"},
	{"rot", 0, false, "German"},
	{"gelb", 2, false, "German"},
	{"grun", 3, false, "German"},
	{"critique", 0, false, "French"},
	{"bloquant", 0, false, "French"},
	{"elevee", 1, false, "French"},
	{"eleve", 1, false, "French"},
	{"haute", 1, false, "French"},
	{"majeur", 1, false, "French"},
	{"majeure", 1, false, "French"},
	{"avertissement", 2, false, "French"},
	{"moyen", 2, false, "French"},
	{"moyenne", 2, false, "French"},
	{"mineur", 2, false, "French"},
	{"mineure", 2, false, "French"},
	{"faible", 3, false, "French"},
	{"basse", 3, false, "French"},
	{"rouge", 0, false, "French"},
	{"vert", 3, false, "French"},
	{"critica", 0, false, "Spanish and Portuguese"},
	{"critico", 0, false, "Spanish and Portuguese"},
	{"alta", 1, false, "Spanish and Portuguese"},
	{"alto", 1, false, "Spanish and Portuguese"},
	{"urgente", 1, false, "Spanish and Portuguese"},
	{"grave", 1, false, "Spanish and Portuguese"},
	{"advertencia", 2, false, "Spanish and Portuguese"},
	{"aviso", 2, false, "Spanish and Portuguese"},
	{"media", 2, false, "Spanish and Portuguese"},
	{"medio", 2, false, "Spanish and Portuguese"},
	{"baja", 3, false, "Spanish and Portuguese"},
	{"bajo", 3, false, "Spanish and Portuguese"},
	{"baixa", 3, false, "Spanish and Portuguese"},
	{"baixo", 3, false, "Spanish and Portuguese"},
	{"informativo", 3, false, "Spanish and Portuguese"},
	{"rojo", 0, false, "Spanish and Portuguese"},
	{"vermelho", 0, false, "Spanish and Portuguese"},
	{"amarillo", 2, false, "Spanish and Portuguese"},
	{"amarelo", 2, false, "Spanish and Portuguese"},
	{"verde", 3, false, "Spanish and Portuguese"},
};

/* Before a number. `from_one`: whoever writes it so begins at 1 (GitLab's S1 is the gravest), others at 0. */
static const struct severity_prefix prefixes[] = {
	{"p", false, "P0 or P1, ITIL's priorities and Google's"},
	{"sev", false, "SEV1, Atlassian and PagerDuty's guides"},
	{"s", true, "S1 to S4, GitLab"},
	{"severity", false, "Severity 1"},
	{"priority", false, "Priority 1"},
	{"prio", false, "Prio 1"},
};

/* Between prefix and number. `letter`: behind a prefix of one letter too; "p 1" may be a page or a paragraph. */
static const struct {
	const char *text;
	bool letter;
	const char *why;
} joints[] = {
	{"-", true, "SEV-1"},
	{"\xe2\x80\x91", true, "the hyphen at which no line breaks"},
	{" ", false, "Severity 1"},
	{"\xc2\xa0", false, "the blank at which no line breaks"},
	{"_", false, "sev_1, in labels"},
	{"", true, "P1"},
};

const struct severity_word *severity_words_all(size_t *count)
{
	*count = sizeof words / sizeof *words;
	return words;
}

const struct severity_prefix *severity_prefixes_all(size_t *count)
{
	*count = sizeof prefixes / sizeof *prefixes;
	return prefixes;
}

/* The next character that is no accent of its own: "crítica" may be written with one behind the i. */
static bool take_base_letter(struct str *word, int32_t *c)
{
	bool more;
	do
		more = unicode_take(word, c);
	while (more && unicode_is_mark(*c));
	return more;
}

/* "CRÍTICA" is critica. */
static bool is_severity_row(struct str word, const char *row)
{
	struct str expected = str_c(row);
	int32_t a = 0, b = 0;
	bool more = true, same = true;
	while (same && more) {
		more = take_base_letter(&word, &a);
		same = more == unicode_take(&expected, &b) && (!more || unicode_base(unicode_lower(a)) == b);
	}
	return same;
}

int severity_word_rank(struct str word, bool in_text)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if ((words[i].text || !in_text) && is_severity_row(word, words[i].word))
			return words[i].rank;
	return -1;
}

int severity_word_order(struct str word)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].text && is_severity_row(word, words[i].word))
			return (int)i;
	return -1;
}

static const struct severity_prefix *prefix_named(struct str letters)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (str_eq_nocase(letters, str_c(prefixes[i].text)))
			return &prefixes[i];
	return NULL;
}

size_t severity_numbered(struct str text, int *number, const struct severity_prefix **prefix)
{
	size_t letters = 0;
	while (letters < text.n && ascii_is_alpha(text.p[letters]))
		letters++;
	const struct severity_prefix *found = prefix_named(str_slice(text, 0, letters));
	struct str rest = str_slice(text, letters, text.n);
	for (size_t i = 0; found && i < sizeof joints / sizeof *joints; i++) {
		struct str joint = str_c(joints[i].text);
		if ((letters == 1 && !joints[i].letter) || !str_starts(rest, joint) || rest.n == joint.n)
			continue;
		if (!ascii_is_digit(rest.p[joint.n]))
			continue;
		*number = rest.p[joint.n] - '0';
		if (prefix)
			*prefix = found;
		return letters + joint.n + 1;
	}
	return 0;
}

int severity_number(struct str name, const struct severity_prefix **prefix)
{
	int number;
	return name.n && severity_numbered(name, &number, prefix) == name.n ? number : -1;
}

bool severity_names_same(struct str a, struct str b)
{
	const struct severity_prefix *of_a = NULL, *of_b = NULL;
	int number = severity_number(a, &of_a);
	return str_eq_nocase(a, b) || (number >= 0 && number == severity_number(b, &of_b) && of_a == of_b);
}
