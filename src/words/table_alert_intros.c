/* What do these words say of the alerts that stand below them? */
#include "words/table_alert_intros.h"

static const struct word_row rows[] = {
	{"covers the following alerts", INTRO_WORD_OWN, "this page"},
	{"covers these alerts", INTRO_WORD_OWN, "this page"},
	{"handles the following alerts", INTRO_WORD_OWN, "this page"},
	{"handles these alerts", INTRO_WORD_OWN, "this page"},
	{"applies to the following alerts", INTRO_WORD_OWN, "this page"},
	{"applies to these alerts", INTRO_WORD_OWN, "this page"},
	{"is for the following alerts", INTRO_WORD_OWN, "this page"},
	{"for the following alerts", INTRO_WORD_OWN, "use this page, this procedure"},
	{"responds to the following alerts", INTRO_WORD_OWN, "this page"},
	{"respond to the following alerts", INTRO_WORD_OWN, "how to"},
	{"addresses the following alerts", INTRO_WORD_OWN, "this page"},
	{"triggered by the following alerts", INTRO_WORD_OWN, "this procedure"},
	{"alerts does this", INTRO_WORD_OWN, "which alerts does this runbook cover?"},
	{"alerts this runbook", INTRO_WORD_OWN, "alerts this runbook covers"},
	{"alerts this page", INTRO_WORD_OWN, "alerts this page covers"},
	{"alerts covered by this", INTRO_WORD_OWN, "this page"},
	{"alerts handled by this", INTRO_WORD_OWN, "this page"},
	{"alerts that trigger this", INTRO_WORD_OWN, "this page"},
	{"alerts which trigger this", INTRO_WORD_OWN, "this page"},
	{"also", INTRO_WORD_ELSEWHERE, "\"also check the following alerts\""},
	{"other", INTRO_WORD_ELSEWHERE, "\"other alerts\""},
	{"another", INTRO_WORD_ELSEWHERE, "\"another page handles these alerts\""},
	{"not", INTRO_WORD_ELSEWHERE, "\"does not cover these alerts\""},
	{"unless", INTRO_WORD_ELSEWHERE, "\"unless one of these alerts fires\""},
	{"see", INTRO_WORD_ELSEWHERE, "\"see these alerts\""},
	{"check", INTRO_WORD_ELSEWHERE, "\"check for the following alerts\""},
	{"silence", INTRO_WORD_ELSEWHERE, "\"silence the following alerts\""},
	{"if", INTRO_WORD_ELSEWHERE, "\"if the following alerts fire too\""},
};

const struct word_table alert_intros = {rows, sizeof rows / sizeof *rows};
