/* What a heading says the blocks below it are about. Rows are tried in order: the special before the general. */
#include "index_impl.h"
#include "words/table_section_intros.h"

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
static bool topic_stays(enum topic above, enum topic topic)
{
	if (above == TOPIC_MESSAGES || above == TOPIC_POSTMORTEM)
		return topic != TOPIC_SECTIONS && topic != TOPIC_MESSAGES && topic != TOPIC_POSTMORTEM;
	return above == TOPIC_RELATED || (above == TOPIC_UPDATE && topic == TOPIC_RUNBOOKS);
}

enum topic topic_of_heading(struct str folded, enum topic above)
{
	for (size_t i = 0; i < topic_rows_count; i++) {
		if (row_fits(&topic_rows[i], folded))
			return topic_stays(above, topic_rows[i].topic) ? above : topic_rows[i].topic;
	}
	return above;
}

enum topic topic_of_intro(struct str folded)
{
	if (!words_table_has(&section_intros, LIST_HOW, folded))
		return TOPIC_NONE;
	if (words_table_has(&section_intros, LIST_WHAT_POSTMORTEM, folded))
		return TOPIC_POSTMORTEM;
	return words_table_has(&section_intros, LIST_WHAT_RUNBOOK, folded) ? TOPIC_SECTIONS : TOPIC_NONE;
}
