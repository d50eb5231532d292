/* The elements of HTML, sorted: the living standard's, and old ones that pages still have. */
#include <stdlib.h>

#include "catalog/html_tags.h"

static const char *const elements[] = {
	"a",        "abbr",    "acronym",  "address",    "applet", "area",       "article",  "aside",    "audio",
	"b",        "base",    "bdi",      "bdo",        "big",    "blockquote", "body",     "br",       "button",
	"canvas",   "caption", "center",   "cite",       "code",   "col",        "colgroup", "data",     "datalist",
	"dd",       "del",     "details",  "dfn",        "dialog", "dir",        "div",      "dl",       "dt",
	"em",       "embed",   "fieldset", "figcaption", "figure", "font",       "footer",   "form",     "frame",
	"frameset", "h1",      "h2",       "h3",         "h4",     "h5",         "h6",       "head",     "header",
	"hgroup",   "hr",      "html",     "i",          "iframe", "img",        "input",    "ins",      "kbd",
	"label",    "legend",  "li",       "link",       "main",   "map",        "mark",     "marquee",  "math",
	"menu",     "meta",    "meter",    "nav",        "nobr",   "noframes",   "noscript", "object",   "ol",
	"optgroup", "option",  "output",   "p",          "param",  "picture",    "pre",      "progress", "q",
	"rp",       "rt",      "ruby",     "s",          "samp",   "script",     "search",   "section",  "select",
	"slot",     "small",   "source",   "span",       "strike", "strong",     "style",    "sub",      "summary",
	"sup",      "svg",     "table",    "tbody",      "td",     "template",   "textarea", "tfoot",    "th",
	"thead",    "time",    "title",    "tr",         "track",  "tt",         "u",        "ul",       "var",
	"video",    "wbr",
};

static int compare_element_name(const void *key, const void *row)
{
	const struct str *name = key;
	char lower[16];
	for (size_t i = 0; i < name->n; i++)
		lower[i] = (char)(name->p[i] >= 'A' && name->p[i] <= 'Z' ? name->p[i] | 0x20 : name->p[i]);
	return str_cmp((struct str){lower, name->n}, str_c(*(const char *const *)row));
}

bool html_is_element(struct str name)
{
	return name.n && name.n < 16 &&
	       bsearch(&name, elements, sizeof elements / sizeof *elements, sizeof *elements, compare_element_name) != NULL;
}
