/* Is the list below these words one of the page's own alerts? "**Alerts:**", "This page covers the following alerts:". */
#include "runbook_impl.h"
#include "words.h"

/* Of a sentence or a heading: what it says of the alerts behind it. */
static const struct {
	const char *phrase; /* folded */
	const char *why;
} own_alerts[] = {
	{"covers the following alerts", "this page"},
	{"covers these alerts", "this page"},
	{"handles the following alerts", "this page"},
	{"handles these alerts", "this page"},
	{"applies to the following alerts", "this page"},
	{"applies to these alerts", "this page"},
	{"is for the following alerts", "this page"},
	{"for the following alerts", "use this page, this procedure"},
	{"responds to the following alerts", "this page"},
	{"respond to the following alerts", "how to"},
	{"addresses the following alerts", "this page"},
	{"triggered by the following alerts", "this procedure"},
	{"alerts does this", "which alerts does this runbook cover?"},
	{"alerts this runbook", "alerts this runbook covers"},
	{"alerts this page", "alerts this page covers"},
	{"alerts covered by this", "this page"},
	{"alerts handled by this", "this page"},
	{"alerts that trigger this", "this page"},
	{"alerts which trigger this", "this page"},
};

/* Whoever names alerts that fire beside its own sends the reader elsewhere. */
static const char *const elsewhere[] = {"also", "other", "another", "not", "unless", "see", "check", "silence", "if"};

static bool has_phrase(struct str folded)
{
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		if (words_have(folded, elsewhere[i]))
			return false;
	for (size_t i = 0; i < sizeof own_alerts / sizeof *own_alerts; i++)
		if (words_have(folded, own_alerts[i].phrase))
			return true;
	return false;
}

enum intro runbook_intro_of(struct str folded)
{
	if (runbook_says_related(folded))
		return str_ends(folded, STR(" alerts")) ? INTRO_RELATED : INTRO_NONE;
	bool key = runbook_says_alerts(folded) || runbook_key_of(folded) == KEY_ALERTS;
	return key || has_phrase(folded) ? INTRO_OWN : INTRO_NONE;
}

enum intro runbook_intro_above(struct reading *r, cmark_node *list)
{
	cmark_node *said = cmark_node_previous(list);
	if (!node_is(list, "list") || !said || !node_is(said, "paragraph"))
		return INTRO_NONE;
	struct str text = node_value(r->arena, said).text;
	/* The last sentence, or the last line, is what introduces. */
	for (size_t i = text.n; i-- > 1;)
		if (text.p[i - 1] == '\n' || (i + 1 < text.n && text.p[i - 1] == '.' && text.p[i] == ' ')) {
			text = str_slice(text, i, text.n);
			break;
		}
	return runbook_intro_of(runbook_fold(r->arena, text));
}
