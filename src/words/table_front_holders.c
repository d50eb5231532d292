/* Below which keys of front matter do a page's own statements stand? The whole key must be the phrase. */
#include "words/table_front_holders.h"

static const struct word_row rows[] = {
	{"runbook", 0, "what belongs to the page as a runbook, apart from what the site needs"},
	{"metadata", 0, "Backstage, Docusaurus"},
	{"meta", 0, "VitePress, Nuxt"},
	{"params", 0, "Hugo"},
	{"extra", 0, "Zola, MkDocs Material"},
	{"custom", 0, "Docusaurus"},
	{"alert", 0, "the one alert that the page is for, with its severity"},
	{"alerting", 0, "the same"},
	{"on call", 0, "owner and severity"},
	{"oncall", 0, "owner and severity"},
	{"spec", 0, "Backstage: spec.owner"},
	{"labels", 0, "the labels of its alerts: severity, team"},
};

const struct word_table front_holders = {rows, sizeof rows / sizeof *rows};
