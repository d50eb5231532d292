/* Which column holds the names of alerts? The whole heading must be the phrase. */
#include "words/table_alert_columns.h"

static const struct word_row rows[] = {
	{"alert", 0, "the plain word"},
	{"alerts", 0, "several in a cell"},
	{"alert s", 0, "Alert(s)"},
	{"alert name", 0, "the plain words"},
	{"alert name s", 0, "Alert name(s)"},
	{"alert names", 0, "several in a cell"},
	{"alertname", 0, "the label's own name"},
	{"alertnames", 0, "several in a cell"},
	{"alerting rule", 0, "Prometheus' word"},
	{"alert rule", 0, "Grafana's word"},
	{"prometheus alert", 0, "beside other sources"},
};

const struct word_table alert_columns = {rows, sizeof rows / sizeof *rows};
