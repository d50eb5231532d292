/* What is written like an alert's name and is none? */
#ifndef WORDS_TABLE_NO_ALERT_NAMES_H
#define WORDS_TABLE_NO_ALERT_NAMES_H

#include "words/word_table.h"

enum no_alert_name {
	NAME_THING,      /* a product, a protocol, a document: a page is about it */
	NAME_THING_END,  /* behind a small letter it makes such a thing: PromQL, EdgeDB */
	NAME_CHANNEL,    /* "Alerts: slack" says the way, not the name */
	NAME_METRIC_END, /* a word that ends so is what is measured */
};

extern const struct word_table no_alert_names;

#endif
