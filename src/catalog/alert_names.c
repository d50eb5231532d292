/* May this word be an alert's name? What looks like one and is the name of a product, a document or a metric. */
#include <string.h>

#include "alert_names.h"
#include "base/ascii.h"
#include "words/table_no_alert_names.h"
#include "words/words.h"

#define NAME_MAX_BYTES 160

/* ---- things that are written like alerts ---- */

bool alert_name_is_thing(struct str word)
{
	if (words_table_is(&no_alert_names, NAME_THING, word))
		return true;
	for (size_t i = 0; i < no_alert_names.count; i++) {
		const struct word_row *row = &no_alert_names.rows[i];
		struct str ending = str_c(row->phrase);
		bool behind = row->value == NAME_THING_END && str_ends(word, ending);
		if (behind && (word.n == ending.n || ascii_is_lower(word.p[word.n - ending.n - 1])))
			return true;
	}
	return false;
}

static bool is_metric(struct str word)
{
	for (size_t i = 0; i < no_alert_names.count; i++)
		if (no_alert_names.rows[i].value == NAME_METRIC_END && str_ends(word, str_c(no_alert_names.rows[i].phrase)))
			return true;
	return false;
}

/* ---- shapes ---- */

bool alert_name_is_token(struct str s)
{
	bool letter = false;
	for (size_t i = 0; i < s.n; i++) {
		letter = letter || ascii_is_alpha(s.p[i]);
		if (!ascii_is_alnum(s.p[i]) && !(s.p[i] && strchr("_-.", s.p[i])))
			return false;
	}
	return letter && s.n > 2 && s.n <= NAME_MAX_BYTES && s.p[s.n - 1] != '.';
}

/* Behind an acronym: the D of APIDown; but no "APIs". */
static bool word_begins_at(struct str s, size_t i)
{
	return i + 2 < s.n && ascii_is_lower(s.p[i + 1]) && ascii_is_lower(s.p[i + 2]);
}

static bool has_hump(struct str s)
{
	bool hump = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]))
			return false;
		hump = hump || (i && ascii_is_upper(s.p[i]) && (ascii_is_lower(s.p[i - 1]) || word_begins_at(s, i)));
	}
	return hump && s.n <= NAME_MAX_BYTES;
}

bool alert_name_is_camel(struct str s)
{
	return has_hump(s) && !alert_name_is_thing(s);
}

/* With a capital at the start of each part: Node_Down, Disk-Full. */
static bool has_capital(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_upper(s.p[i]))
			return true;
	return false;
}

bool alert_name_is_likely(struct str s)
{
	if (alert_name_is_camel(s))
		return true;
	bool joined = alert_name_is_token(s) && (str_index(s, '_') > 0 || str_index(s, '-') > 0);
	return joined && !is_metric(s) && str_index(s, '.') < 0;
}

bool alert_name_is_stated(struct str s)
{
	return alert_name_is_likely(s) || (alert_name_is_token(s) && has_capital(s) && !alert_name_is_thing(s) &&
	                                   !words_table_is(&no_alert_names, NAME_CHANNEL, s));
}
