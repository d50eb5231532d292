/* Is the list below these words one of the page's own alerts? "**Alerts:**", "This page covers the following alerts:". */
#include "runbook_impl.h"
#include "words/table_alert_intros.h"
#include "words/words.h"

static bool has_phrase(struct str folded)
{
	return !words_table_has(&alert_intros, INTRO_WORD_ELSEWHERE, folded) &&
	       words_table_has(&alert_intros, INTRO_WORD_OWN, folded);
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
