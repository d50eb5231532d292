/* Which month is this word? Without accents; the English names first, which may be cut to three letters. */
#include "words/table_months.h"

static const struct word_row rows[] = {
	{"january", 1, "English"},      {"february", 2, "English"},     {"march", 3, "English"},
	{"april", 4, "English"},        {"may", 5, "English"},          {"june", 6, "English"},
	{"july", 7, "English"},         {"august", 8, "English"},       {"september", 9, "English"},
	{"october", 10, "English"},     {"november", 11, "English"},    {"december", 12, "English"},
	{"januar", 1, "German"},        {"marz", 3, "German"},          {"mai", 5, "German"},
	{"juni", 6, "German"},          {"juli", 7, "German"},          {"oktober", 10, "German"},
	{"dezember", 12, "German"},     {"janvier", 1, "French"},       {"fevrier", 2, "French"},
	{"mars", 3, "French"},          {"avril", 4, "French"},         {"juin", 6, "French"},
	{"juillet", 7, "French"},       {"aout", 8, "French"},          {"septembre", 9, "French"},
	{"octobre", 10, "French"},      {"novembre", 11, "French"},     {"decembre", 12, "French"},
	{"enero", 1, "Spanish"},        {"febrero", 2, "Spanish"},      {"marzo", 3, "Spanish"},
	{"abril", 4, "Spanish"},        {"mayo", 5, "Spanish"},         {"junio", 6, "Spanish"},
	{"julio", 7, "Spanish"},        {"agosto", 8, "Spanish"},       {"septiembre", 9, "Spanish"},
	{"octubre", 10, "Spanish"},     {"noviembre", 11, "Spanish"},   {"diciembre", 12, "Spanish"},
	{"janeiro", 1, "Portuguese"},   {"fevereiro", 2, "Portuguese"}, {"marco", 3, "Portuguese"},
	{"maio", 5, "Portuguese"},      {"junho", 6, "Portuguese"},     {"julho", 7, "Portuguese"},
	{"setembro", 9, "Portuguese"},  {"outubro", 10, "Portuguese"},  {"novembro", 11, "Portuguese"},
	{"dezembro", 12, "Portuguese"},
};

const struct word_table month_names = {rows, sizeof rows / sizeof *rows};
