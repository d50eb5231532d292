/* The severity that a heading over a list of runbooks names: "P1 - Critical", "Severity: Critical", "Paging alerts". */
#include "base/ascii.h"
#include "index_impl.h"
#include "words/severity_words.h"
#include "words/table_index_words.h"
#include "words/table_severity_columns.h"
#include "words/unicode.h"

struct str index_behind_signs(struct str text)
{
	for (struct str rest = text; rest.n && !ascii_is_alnum(rest.p[0]);) {
		int32_t c;
		bool sign = unicode_take(&rest, &c) && !unicode_is_letter(c) && !unicode_is_number(c);
		text = sign ? rest : text;
		if (!sign)
			break;
	}
	return words_trim(text);
}

struct str index_level_text(struct index *ix, struct str heading)
{
	struct line line = line_of_text(index_behind_signs(heading), 0);
	const struct word_row *rows = severity_columns.rows;
	bool key = line.keyed && line.rest.n && str_index(line.lead, ' ') < 0;
	key = key && words_find(rows, severity_columns.count, words_fold(ix->arena, line.lead), -1) == NAME;
	return key ? index_behind_signs(line.rest) : line.text;
}

static size_t count_heading_words(struct str folded)
{
	size_t words = folded.n > 0;
	for (size_t i = 0; i < folded.n; i++)
		words += folded.p[i] == ' ';
	return words;
}

/* What "Critical Runbooks" says beside the one word is nothing more. */
static size_t count_telling_words(struct str folded)
{
	size_t words = count_heading_words(folded);
	for (size_t i = 0; i < index_words.count; i++)
		words -=
			words && index_words.rows[i].value == INDEX_BESIDE_LEVEL && words_have(folded, index_words.rows[i].phrase);
	return words;
}

/* "Critical – page at once": the words before the dash, or the colon. */
static struct str before_dash(struct str text)
{
	static const char *const dashes[] = {" - ", " – ", " — ", ": ", " | "};
	size_t end = text.n;
	for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
		ptrdiff_t at = str_find(str_slice(text, 0, end), str_c(dashes[i]));
		end = at > 0 ? (size_t)at : end;
	}
	return str_trim(str_slice(text, 0, end));
}

/* Whether a separator or a note stands behind the number with which the text opens: "P0 (Critical) - page at once". */
static bool opens_with(struct str text, struct str name)
{
	struct str opening = str_slice(text, 0, name.n), after = str_slice(text, name.n, text.n);
	if (!str_eq(opening, name))
		return false;
	after = str_trim(after);
	return !after.n || after.p[0] == '(' || words_trim(after).p != after.p;
}

static bool has_number(const struct strs *named)
{
	return named->n && ascii_is_digit(named->v[0].p[named->v[0].n - 1]);
}

static bool is_level_word(const struct strs *named)
{
	return named->n && words_table_is(&index_words, INDEX_LEVEL, named->v[0]);
}

/* "Paging alerts": a word that means a severity of alerts, and of nothing else. */
static struct strs level_of_alerts(struct index *ix, struct str folded)
{
	struct strs out = {NULL, 0};
	ptrdiff_t blank = str_index(folded, ' ');
	struct str word = str_slice(folded, 0, blank < 0 ? folded.n : (size_t)blank);
	bool alerts = words_have(folded, "alert") && count_telling_words(folded) == 1;
	if (alerts && words_table_is(&index_words, INDEX_LEVEL_OF_ALERTS, word))
		strs_add(ix->arena, &out, word);
	return out;
}

struct strs index_level_of(struct index *ix, struct str heading)
{
	struct str text = index_level_text(ix, heading), folded = words_fold(ix->arena, text);
	struct strs named = fact_severities_read(ix->arena, text), none = {NULL, 0};
	if (has_number(&named))
		return opens_with(text, named.v[0]) || count_telling_words(folded) <= named.n + 2 ? named : none;
	struct str head = before_dash(text), note = words_take_note(&head), said = words_fold(ix->arena, head);
	if (!is_level_word(&named) || count_telling_words(said) > fact_severities_read(ix->arena, head).n)
		return named.n ? none : level_of_alerts(ix, folded);
	struct strs number = fact_severities_read(ix->arena, note);
	return has_number(&number) ? number : named; /* "Critical (P1)" */
}

struct strs index_level_above(struct index *ix)
{
	for (size_t i = ix->depth; i > 1; i--) {
		struct strs named = index_level_of(ix, ix->places[i - 1].heading);
		if (named.n)
			return named;
	}
	return (struct strs){NULL, 0};
}

bool index_is_level_line(struct index *ix, const struct line *line, cmark_node *next)
{
	bool over = next && (cmark_node_get_type(next) == CMARK_NODE_LIST || block_is(next, "table"));
	enum topic topic = topic_now(ix);
	bool open = topic == TOPIC_NONE || topic == TOPIC_OTHER || topic == TOPIC_RUNBOOKS;
	bool heads = (line->strong && !line->rest.n && !line->url.n) || str_ends(line->text, STR(":"));
	return over && open && heads && !ix->runbook && index_level_of(ix, line->text).n > 0;
}
