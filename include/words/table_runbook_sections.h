/* What kind of section of a runbook has this heading? One heading may be of several kinds. */
#ifndef WORDS_TABLE_RUNBOOK_SECTIONS_H
#define WORDS_TABLE_RUNBOOK_SECTIONS_H

#include "words/word_table.h"

enum runbook_section {
	SECTION_ABOUT,
	SECTION_ALERTS,
	SECTION_RELATED,
	SECTION_USUAL,
	SECTION_ASIDE, /* no runbook, whatever alert it names */
	SECTION_THING, /* a name in brackets behind it is such a thing's: "Script (RestartAll)" */
};

extern const struct word_table runbook_sections;

#endif
