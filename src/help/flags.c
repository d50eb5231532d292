/* Parses a command line by its table, and prints the table as help. */
#include "help/flags.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"

struct flag_values {
	const char **v;
	size_t n, capacity;
};

struct flag_state {
	const struct flag *row;
	struct flag_values values;
};

struct flags {
	struct flag_state *v;
	size_t n, capacity;
	struct flag_values words;
};

struct flags *flags_new(void)
{
	return mem_zero(sizeof(struct flags));
}

void flags_free(struct flags *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		mem_cleanup(&f->v[i].values.v);
	mem_cleanup(&f->words.v);
	mem_cleanup(&f->v);
	mem_cleanup(&f);
}

void flags_add(struct flags *f, const struct flag *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		MEM_ROOM(f->v, f->n, f->capacity);
		f->v[f->n++] = (struct flag_state){.row = &rows[i]};
	}
}

static void values_add(struct flag_values *values, const char *value)
{
	MEM_ROOM(values->v, values->n, values->capacity);
	values->v[values->n++] = value;
}

static struct flag_state *find_name(const struct flags *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq_c(name, f->v[i].row->name))
			return &f->v[i];
	return NULL;
}

static struct flag_state *find_letter(const struct flags *f, char letter)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].row->letter == letter)
			return &f->v[i];
	return NULL;
}

static void unknown_flag(const struct flags *f, struct str name, const char *written, struct err *err)
{
	AUTOFREE const char **names = mem_grow_array(NULL, f->n + 1, sizeof *names);
	for (size_t i = 0; i < f->n; i++)
		names[i] = f->v[i].row->name;
	const char *near = options_nearest(name, names, f->n);
	if (near)
		err_add(err, "unknown flag '%s', did you mean --%s?", written, near);
	else
		err_add(err, "unknown flag '%s'", written);
}

/* The words of one flag: "--name" or "-x", what stands behind '=' in the same word, and the word that follows. */
struct written {
	const char *word, *value, *next;
	struct flag_state *state;
};

static bool split_long(const struct flags *f, struct written *w, struct err *err)
{
	const char *equals = strchr(w->word, '=');
	struct str name = {w->word + 2, equals ? (size_t)(equals - w->word - 2) : strlen(w->word) - 2};

	w->value = equals ? equals + 1 : NULL;
	w->state = find_name(f, name);
	if (!w->state)
		unknown_flag(f, name, w->word, err);
	return w->state != NULL;
}

static bool split_short(const struct flags *f, struct written *w, struct err *err)
{
	w->value = w->word[2] ? w->word + 2 : NULL;
	w->state = find_letter(f, w->word[1]);
	if (!w->state)
		err_add(err, "unknown flag '%s'", w->word);
	return w->state != NULL;
}

/* How many words the flag took: 1 or 2. */
static int take_flag_value(struct written *w, struct err *err)
{
	const struct flag *row = w->state->row;
	int words = 1;

	if (!row->argument) {
		if (w->value)
			err_add(err, "--%s takes no value", row->name);
		w->value = "";
	} else if (!w->value) {
		if (!w->next) {
			err_add(err, "--%s needs a value: %s", row->name, row->argument);
			return words;
		}
		w->value = w->next;
		words = 2;
	}
	if (w->state->values.n && !row->repeated)
		err_add(err, "--%s is given more than once", row->name);
	values_add(&w->state->values, w->value);
	return words;
}

static bool is_flag(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

bool flags_parse(struct flags *f, int argc, const char *const *argv, int *at, bool stop_at_word, struct err *err)
{
	size_t before = err->count;
	bool only_words = false;

	while (*at < argc) {
		struct written w = {.word = argv[*at], .next = *at + 1 < argc ? argv[*at + 1] : NULL};
		if (only_words || !is_flag(w.word)) {
			if (stop_at_word)
				break;
			values_add(&f->words, w.word);
			*at += 1;
		} else if (strcmp(w.word, "--") == 0) {
			only_words = true;
			*at += 1;
		} else if (w.word[1] == '-' ? split_long(f, &w, err) : split_short(f, &w, err)) {
			*at += take_flag_value(&w, err);
		} else {
			*at += 1;
		}
	}
	return err->count == before;
}

static const struct flag_state *must_find(const struct flags *f, const char *name)
{
	const struct flag_state *state = find_name(f, str_c(name));
	assert(state);
	return state;
}

const char *flags_get(const struct flags *f, const char *name)
{
	const struct flag_state *state = must_find(f, name);
	return state->values.n ? state->values.v[state->values.n - 1] : state->row->fallback;
}

bool flags_given(const struct flags *f, const char *name)
{
	return must_find(f, name)->values.n > 0;
}

size_t flags_all(const struct flags *f, const char *name, const char *const **values)
{
	const struct flag_state *state = must_find(f, name);
	*values = state->values.v;
	return state->values.n;
}

size_t flags_words(const struct flags *f, const char *const **words)
{
	*words = f->words.v;
	return f->words.n;
}

void flags_print(const struct flag *rows, size_t count, const struct manual *page)
{
	for (size_t i = 0; i < count; i++) {
		const struct flag *row = &rows[i];
		char letter[] = "-x, ";
		letter[1] = row->letter;
		AUTOFREE char *term = mem_printf("%s--%s%s%s", row->letter ? letter : "", row->name, row->argument ? "=" : "",
		                                 row->argument ? row->argument : "");
		AUTOFREE char *note =
			mem_printf("%s%s%s%s", row->fallback ? "default " : "", row->fallback ? row->fallback : "",
		               row->fallback && row->repeated ? ", " : "", row->repeated ? "may be repeated" : "");
		AUTOFREE char *framed = mem_printf(*note ? "(%s)" : "%s", note);
		manual_entry(page, str_c(term), str_c(framed), str_c(row->doc));
	}
}
