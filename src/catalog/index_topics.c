/* What a heading says the blocks below it are about. Rows are tried in order: the special before the general. */
#include "index_impl.h"

enum how { HAS, IS, ENDS };

struct topic_row {
	const char *phrase; /* folded */
	enum how how;
	enum topic topic;
};

static const struct topic_row rows[] = {
	/* Templates, before what they are templates of. */
	{"communication template", HAS, TOPIC_MESSAGES},
	{"message template", HAS, TOPIC_MESSAGES},
	{"notification template", HAS, TOPIC_MESSAGES},
	{"announcement template", HAS, TOPIC_MESSAGES},
	{"status update template", HAS, TOPIC_MESSAGES},
	{"update template", HAS, TOPIC_MESSAGES},
	{"email template", HAS, TOPIC_MESSAGES},
	{"slack template", HAS, TOPIC_MESSAGES},
	{"canned message", HAS, TOPIC_MESSAGES},
	{"post mortem template", HAS, TOPIC_POSTMORTEM},
	{"postmortem template", HAS, TOPIC_POSTMORTEM},
	{"post mortem structure", HAS, TOPIC_POSTMORTEM},
	{"postmortem structure", HAS, TOPIC_POSTMORTEM},
	{"post mortem format", HAS, TOPIC_POSTMORTEM},
	{"postmortem format", HAS, TOPIC_POSTMORTEM},
	{"post incident review template", HAS, TOPIC_POSTMORTEM},
	{"incident report template", HAS, TOPIC_POSTMORTEM},
	{"template", HAS, TOPIC_SECTIONS},
	{"runbook structure", HAS, TOPIC_SECTIONS},
	{"runbook format", HAS, TOPIC_SECTIONS},
	{"standard format", HAS, TOPIC_SECTIONS},
	{"required section", HAS, TOPIC_SECTIONS},
	{"mandatory section", HAS, TOPIC_SECTIONS},
	{"optional section", HAS, TOPIC_SECTIONS},
	/* About the page and its pages. */
	{"revision history", HAS, TOPIC_HISTORY},
	{"version history", HAS, TOPIC_HISTORY},
	{"change history", HAS, TOPIC_HISTORY},
	{"document history", HAS, TOPIC_HISTORY},
	{"changelog", HAS, TOPIC_HISTORY},
	{"change log", HAS, TOPIC_HISTORY},
	{"update process", HAS, TOPIC_UPDATE},
	{"change management", HAS, TOPIC_UPDATE},
	{"change process", HAS, TOPIC_UPDATE},
	{"change control", HAS, TOPIC_UPDATE},
	{"updating", HAS, TOPIC_UPDATE},
	{"adding", HAS, TOPIC_UPDATE},
	{"creating", HAS, TOPIC_UPDATE},
	{"add a", HAS, TOPIC_UPDATE},
	{"create a", HAS, TOPIC_UPDATE},
	{"writing a", HAS, TOPIC_UPDATE},
	{"new runbook", HAS, TOPIC_UPDATE},
	{"contributing", HAS, TOPIC_UPDATE},
	{"how to change", HAS, TOPIC_UPDATE},
	{"review schedule", HAS, TOPIC_REVIEW},
	{"review cycle", HAS, TOPIC_REVIEW},
	{"review cadence", HAS, TOPIC_REVIEW},
	{"review frequency", HAS, TOPIC_REVIEW},
	{"review process", HAS, TOPIC_REVIEW},
	{"runbook review", HAS, TOPIC_REVIEW},
	{"runbook maintenance", HAS, TOPIC_REVIEW},
	{"document maintenance", HAS, TOPIC_REVIEW},
	{"documentation maintenance", HAS, TOPIC_REVIEW},
	{"maintaining", HAS, TOPIC_REVIEW},
	{"review", IS, TOPIC_REVIEW},
	{"formatting", HAS, TOPIC_FORMATTING},
	{"style guide", HAS, TOPIC_FORMATTING},
	{"writing guideline", HAS, TOPIC_FORMATTING},
	{"writing style", HAS, TOPIC_FORMATTING},
	{"convention", HAS, TOPIC_FORMATTING},
	{"related", HAS, TOPIC_RELATED},
	{"see also", HAS, TOPIC_RELATED},
	{"further reading", HAS, TOPIC_RELATED},
	{"additional resource", HAS, TOPIC_RELATED},
	{"additional documentation", HAS, TOPIC_RELATED},
	{"other documentation", HAS, TOPIC_RELATED},
	{"reference", IS, TOPIC_RELATED},
	{"resource", IS, TOPIC_RELATED},
	{"link", IS, TOPIC_RELATED},
	{"using", HAS, TOPIC_OTHER},
	{"how to use", HAS, TOPIC_OTHER},
	{"when to use", HAS, TOPIC_OTHER},
	{"what is", HAS, TOPIC_OTHER},
	{"overview", IS, TOPIC_OTHER},
	{"purpose", IS, TOPIC_OTHER},
	{"introduction", IS, TOPIC_OTHER},
	{"about", HAS, TOPIC_OTHER},
	{"getting started", HAS, TOPIC_OTHER},
	{"command", HAS, TOPIC_OTHER},
	/* Named groups of runbooks: "Security Incident Runbooks", "Escalation Playbooks". */
	{"runbook index", HAS, TOPIC_RUNBOOKS},
	{"runbook", ENDS, TOPIC_RUNBOOKS},
	{"playbook", ENDS, TOPIC_RUNBOOKS},
	{"runbook category", HAS, TOPIC_RUNBOOKS},
	{"table of content", HAS, TOPIC_RUNBOOKS},
	/* What to do, and who. */
	{"post incident", HAS, TOPIC_POST_INCIDENT},
	{"postmortem", HAS, TOPIC_POST_INCIDENT},
	{"post mortem", HAS, TOPIC_POST_INCIDENT},
	{"after an incident", HAS, TOPIC_POST_INCIDENT},
	{"after incident", HAS, TOPIC_POST_INCIDENT},
	{"after the incident", HAS, TOPIC_POST_INCIDENT},
	{"improvement tracking", HAS, TOPIC_POST_INCIDENT},
	{"training", HAS, TOPIC_TRAINING},
	{"onboarding", HAS, TOPIC_TRAINING},
	{"drill", HAS, TOPIC_TRAINING},
	{"game day", HAS, TOPIC_TRAINING},
	{"exercise", HAS, TOPIC_TRAINING},
	{"tool", HAS, TOPIC_TOOLS},
	{"tooling", HAS, TOPIC_TOOLS},
	{"access requirement", HAS, TOPIC_ACCESS},
	{"required access", HAS, TOPIC_ACCESS},
	{"permission", HAS, TOPIC_ACCESS},
	{"access", IS, TOPIC_ACCESS},
	{"war room", HAS, TOPIC_WAR_ROOM},
	{"incident bridge", HAS, TOPIC_WAR_ROOM},
	{"bridge", IS, TOPIC_WAR_ROOM},
	{"incident channel", HAS, TOPIC_WAR_ROOM},
	{"url", HAS, TOPIC_URLS},
	{"endpoint", HAS, TOPIC_URLS},
	{"dashboard", ENDS, TOPIC_URLS},
	{"useful link", HAS, TOPIC_URLS},
	{"important link", HAS, TOPIC_URLS},
	{"quick link", HAS, TOPIC_URLS},
	{"status page", IS, TOPIC_URLS},
	{"escalation contact", HAS, TOPIC_ESCALATION_CONTACTS},
	{"escalation order", HAS, TOPIC_ESCALATION_CONTACTS},
	{"contact", HAS, TOPIC_CONTACTS},
	{"on call rotation", HAS, TOPIC_CONTACTS},
	{"who to call", HAS, TOPIC_CONTACTS},
	{"severity", HAS, TOPIC_SEVERITIES},
	{"priority", HAS, TOPIC_SEVERITIES},
	{"incident level", HAS, TOPIC_SEVERITIES},
	{"incident classification", HAS, TOPIC_SEVERITIES},
	{"sla", HAS, TOPIC_SEVERITIES},
	{"response time", HAS, TOPIC_SEVERITIES},
	{"response target", HAS, TOPIC_SEVERITIES},
	{"escalation", HAS, TOPIC_ESCALATION},
	{"escalate", HAS, TOPIC_ESCALATION},
	{"on call responsibility", HAS, TOPIC_ESCALATION},
	{"on call role", HAS, TOPIC_ESCALATION},
	{"on call", IS, TOPIC_ESCALATION},
	{"runbook list", HAS, TOPIC_RUNBOOKS},
	{"available runbook", HAS, TOPIC_RUNBOOKS},
};

static bool ends_with(struct str folded, const char *word)
{
	struct str w = str_c(word);
	return str_ends(folded, w) && (folded.n == w.n || folded.p[folded.n - w.n - 1] == ' ');
}

static bool row_fits(const struct topic_row *row, struct str folded)
{
	switch (row->how) {
	case HAS: return words_have(folded, row->phrase);
	case IS: return words_are(folded, row->phrase);
	case ENDS: return ends_with(folded, row->phrase);
	}
	return false;
}

/* Below messages, a post-mortem's template or a list of runbooks a heading names one of them, whatever else it says. */
static bool stays(enum topic above, enum topic topic)
{
	if (above == TOPIC_MESSAGES || above == TOPIC_POSTMORTEM)
		return topic != TOPIC_SECTIONS && topic != TOPIC_MESSAGES && topic != TOPIC_POSTMORTEM;
	return above == TOPIC_RELATED || (above == TOPIC_UPDATE && topic == TOPIC_RUNBOOKS);
}

enum topic topic_of_heading(struct str folded, enum topic above)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (row_fits(&rows[i], folded))
			return stays(above, rows[i].topic) ? above : rows[i].topic;
	}
	return above;
}

static bool has_any(struct str folded, const char *const *phrases)
{
	for (; *phrases; phrases++) {
		if (words_have(folded, *phrases))
			return true;
	}
	return false;
}

enum topic topic_of_intro(struct str folded)
{
	static const char *const what[] = {"runbook", "playbook", "document", "page", NULL};
	static const char *const how[] = {
		"structure", "standard format", "following section", "must include",   "must contain",
		"must have", "these section",   "template",          "should include", "required section",
		NULL};
	static const char *const postmortem[] = {"postmortem", "post mortem", "incident report", NULL};
	if (!has_any(folded, how))
		return TOPIC_NONE;
	if (has_any(folded, postmortem))
		return TOPIC_POSTMORTEM;
	return has_any(folded, what) ? TOPIC_SECTIONS : TOPIC_NONE;
}
