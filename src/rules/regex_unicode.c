/*
 * Names of Unicode's categories and scripts, as Go 1.25 and Alertmanager 0.33 take them: \p{Lu}, \p{Letter}, \p{greek}.
 * Aliases of categories: Unicode's PropertyValueAliases.txt, gc.
 */
#include <string.h>

#include "rules/regex_impl.h"

/* Names without case and separators, and what PCRE2 10.42 calls them. */
static const struct {
	const char *name, *pcre;
	bool negated;
} categories[] = {
	{"any", "Any", false},
	{"assigned", "Cn", true},
	{"c", "C", false},
	{"other", "C", false},
	{"cc", "Cc", false},
	{"control", "Cc", false},
	{"cntrl", "Cc", false},
	{"cf", "Cf", false},
	{"format", "Cf", false},
	{"cn", "Cn", false},
	{"unassigned", "Cn", false},
	{"co", "Co", false},
	{"privateuse", "Co", false},
	{"cs", "Cs", false},
	{"surrogate", "Cs", false},
	{"l", "L", false},
	{"letter", "L", false},
	{"lc", "L&", false},
	{"casedletter", "L&", false},
	{"ll", "Ll", false},
	{"lowercaseletter", "Ll", false},
	{"lm", "Lm", false},
	{"modifierletter", "Lm", false},
	{"lo", "Lo", false},
	{"otherletter", "Lo", false},
	{"lt", "Lt", false},
	{"titlecaseletter", "Lt", false},
	{"lu", "Lu", false},
	{"uppercaseletter", "Lu", false},
	{"m", "M", false},
	{"mark", "M", false},
	{"combiningmark", "M", false},
	{"mc", "Mc", false},
	{"spacingmark", "Mc", false},
	{"me", "Me", false},
	{"enclosingmark", "Me", false},
	{"mn", "Mn", false},
	{"nonspacingmark", "Mn", false},
	{"n", "N", false},
	{"number", "N", false},
	{"nd", "Nd", false},
	{"decimalnumber", "Nd", false},
	{"digit", "Nd", false},
	{"nl", "Nl", false},
	{"letternumber", "Nl", false},
	{"no", "No", false},
	{"othernumber", "No", false},
	{"p", "P", false},
	{"punctuation", "P", false},
	{"punct", "P", false},
	{"pc", "Pc", false},
	{"connectorpunctuation", "Pc", false},
	{"pd", "Pd", false},
	{"dashpunctuation", "Pd", false},
	{"pe", "Pe", false},
	{"closepunctuation", "Pe", false},
	{"pf", "Pf", false},
	{"finalpunctuation", "Pf", false},
	{"pi", "Pi", false},
	{"initialpunctuation", "Pi", false},
	{"po", "Po", false},
	{"otherpunctuation", "Po", false},
	{"ps", "Ps", false},
	{"openpunctuation", "Ps", false},
	{"s", "S", false},
	{"symbol", "S", false},
	{"sc", "Sc", false},
	{"currencysymbol", "Sc", false},
	{"sk", "Sk", false},
	{"modifiersymbol", "Sk", false},
	{"sm", "Sm", false},
	{"mathsymbol", "Sm", false},
	{"so", "So", false},
	{"othersymbol", "So", false},
	{"z", "Z", false},
	{"separator", "Z", false},
	{"zl", "Zl", false},
	{"lineseparator", "Zl", false},
	{"zp", "Zp", false},
	{"paragraphseparator", "Zp", false},
	{"zs", "Zs", false},
	{"spaceseparator", "Zs", false},
};

/* PCRE2 also takes ISO 15924 codes (Grek), which Go does not; these scripts have a name that is as long as a code. */
static const char *const short_scripts[] = {"cham", "kawi", "lisu", "thai", "toto"};

static bool is_name_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Small letters only; NULL where there is anything but letters and separators. */
static char *folded(struct arena *arena, struct str name)
{
	char *out = arena_alloc(arena, name.n + 1), *to = out;

	for (size_t i = 0; i < name.n; i++)
		if (is_name_letter(name.p[i]))
			*to++ = (char)(name.p[i] | 0x20);
		else if (!name.p[i] || !strchr(" _-", name.p[i]))
			return NULL;
	return out;
}

/* A script is meant as such: PCRE2 alone would read the name as script extensions. */
static const char *script(struct arena *arena, const char *name)
{
	bool known = strlen(name) > 2 && strlen(name) != 4;

	for (size_t i = 0; i < sizeof short_scripts / sizeof *short_scripts; i++)
		known = known || strcmp(name, short_scripts[i]) == 0;
	return known || strcmp(name, "yi") == 0 ? arena_printf(arena, "sc:%s", name) : NULL;
}

const char *regex_unicode_name(struct arena *arena, struct str name, bool *negated)
{
	const char *plain = folded(arena, name);

	if (!plain || !*plain)
		return NULL;
	if (strcmp(plain, "ascii") == 0)
		return "ascii"; /* PCRE2 has it as a POSIX class only */
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
		if (strcmp(plain, categories[i].name) == 0) {
			*negated = *negated != categories[i].negated;
			return categories[i].pcre;
		}
	return script(arena, plain);
}
