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

/* Behind a severity: nothing but another, or what it means ("wake somebody", "within 2 hours"). "CPU and memory" is a topic. */
static bool means_level(struct index *ix, struct str behind)
{
	struct str folded = words_fold(ix->arena, behind);
	struct strs named = fact_severities_read(ix->arena, behind);
	bool alone = named.n && count_telling_words(folded) <= named.n;
	return alone || words_table_has(&index_words, INDEX_MEANS_LEVEL, folded) ||
	       fact_duration_read(ix->arena, behind).ms > 0;
}

/* Amazon's S3 is no severity: nothing else is said, or what it means, or the page defines others like it. */
static bool knows_kind(struct index *ix, struct str name, struct str behind)
{
	const struct facts *f = ix->out;
	struct str letter = str_slice(name, 0, 1);
	bool known = name.n != 2 || !str_eq_nocase(letter, STR("s")) || !behind.n || means_level(ix, behind);
	for (size_t i = 0; i < f->severities_count && !known; i++) {
		struct str other = f->severities[i].name;
		known = other.n == name.n && str_eq_nocase(str_slice(other, 0, 1), letter);
	}
	return known;
}

/* "P0 (Critical) - page at once", "SEV2: a pump is lost", "P1 incidents"; "P2 (peer to peer)" is no severity. */
static struct strs level_of_number(struct index *ix, struct str text, struct strs named)
{
	struct str name = named.v[0], none = {NULL, 0};
	bool opens = str_starts(text, name);
	struct str behind = opens ? str_trim(str_slice(text, name.n, text.n)) : none;
	bool noted = str_starts(behind, STR("(")), separated = behind.n && words_trim(behind).p != behind.p;
	bool brief = count_telling_words(words_fold(ix->arena, text)) <= named.n + 2;
	bool level = noted ? means_level(ix, str_slice(behind, 1, behind.n)) : separated || brief;
	return level && (!opens || knows_kind(ix, name, behind)) ? named : (struct strs){NULL, 0};
}

struct strs index_level_of(struct index *ix, struct str heading)
{
	struct str text = index_level_text(ix, heading), head = before_dash(text);
	struct str behind = words_trim(str_slice(text, head.n, text.n)), note = words_take_note(&head);
	struct strs named = fact_severities_read(ix->arena, text), number = fact_severities_read(ix->arena, note);
	struct str said = words_fold(ix->arena, head);
	if (has_number(&named))
		return level_of_number(ix, text, named);
	if (!named.n)
		return level_of_alerts(ix, words_fold(ix->arena, text));
	bool heads = is_level_word(&named) && count_telling_words(said) <= fact_severities_read(ix->arena, head).n;
	if (heads && has_number(&number) && str_starts(note, number.v[0]))
		return number; /* "Critical (P1)", not "Critical (not P1)" */
	bool more = note.n || behind.n, means = means_level(ix, note) || means_level(ix, behind);
	return heads && (!more || (means && !has_number(&number))) ? named : (struct strs){NULL, 0};
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

static bool is_list_or_table(cmark_node *node)
{
	return node && (cmark_node_get_type(node) == CMARK_NODE_LIST || block_is(node, "table"));
}

bool index_heads_list(const struct line *line, cmark_node *next)
{
	bool bold = line->strong && !line->rest.n && !line->url.n;
	return bold || (is_list_or_table(next) && str_ends(line->text, STR(":")));
}

bool index_is_level_line(struct index *ix, const struct line *line, cmark_node *next)
{
	enum topic topic = topic_now(ix);
	bool open = topic == TOPIC_NONE || topic == TOPIC_OTHER || topic == TOPIC_RUNBOOKS;
	bool heads = is_list_or_table(next) && index_heads_list(line, next);
	return heads && open && !ix->runbook && index_level_of(ix, line->text).n > 0;
}
