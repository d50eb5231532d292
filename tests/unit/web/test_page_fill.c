/* Placeholders of commands: filled in where a label says it, and never with what a shell would obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/runbook_page.h"

static struct label label_rows[] = {
	{STR_INIT("climb"), STR_INIT("a/../../etc")},
	{STR_INIT("coded"), STR_INIT("a%2F%2e%2Epasswd%2f%2E.")},
	{STR_INIT("dotted"), STR_INIT("v1.2../.x/a..b")},
	{STR_INIT("evil"), STR_INIT("a;reboot")},
	{STR_INIT("instance"), STR_INIT("n-1:9100")},
	{STR_INIT("namespace"), STR_INIT("shop")},
	{STR_INIT("option"), STR_INIT("--all")},
	{STR_INIT("opts"), STR_INIT("dir=../x")},
	{STR_INIT("place"), STR_INIT("h:..")},
	{STR_INIT("pod"), STR_INIT("cart-7")},
	{STR_INIT("self"), STR_INIT("./.")},
	{STR_INIT("up"), STR_INIT("..")},
};
static struct labels labels = {label_rows, sizeof label_rows / sizeof *label_rows};

static void becomes(const char *code, const char *html)
{
	AUTOBUF struct buf out;
	buf_init(&out, 1 << 16);
	runbook_fill_code(&labels, str_c(code), &out);
	assert_string_equal(out.p ? out.p : "", html);
}

#define MARK(written, value) "<mark title=\"" written ", filled in from the alert\">" value "</mark>"

static void what_a_label_says_is_filled_in(void **state)
{
	(void)state;
	becomes("get -n NAMESPACE $POD", "get -n " MARK("NAMESPACE", "shop") " " MARK("$POD", "cart-7"));
	becomes("ssh <instance>", "ssh " MARK("&lt;instance&gt;", "n-1:9100"));
	becomes("log ${POD_NAME}", "log " MARK("${POD_NAME}", "cart-7"));
	becomes("log <pod-name>", "log " MARK("&lt;pod-name&gt;", "cart-7"));
	becomes("ping HOST", "ping " MARK("HOST", "n-1:9100"));
}

static void what_no_label_says_stays(void **state)
{
	(void)state;
	becomes("cat < file > other && $UNKNOWN ${X} <y>", "cat &lt; file &gt; other &amp;&amp; $UNKNOWN ${X} &lt;y&gt;");
	becomes("podcast pod namespace", "podcast pod namespace");
	becomes("MYPOD POD2 $$POD", "MYPOD POD2 $$POD");
}

static void what_a_shell_would_obey_is_not_filled_in(void **state)
{
	(void)state;
	becomes("echo $EVIL <evil>", "echo $EVIL &lt;evil&gt;");
	becomes("rm OPTION", "rm OPTION");
}

static void what_leads_out_of_a_path_is_not_filled_in(void **state)
{
	(void)state;
	becomes("rm -r /data/$UP", "rm -r /data/$UP");
	becomes("cat /data/$CLIMB/log ${CODED} $SELF", "cat /data/$CLIMB/log ${CODED} $SELF");
	becomes("cp $PLACE/key $OPTS", "cp $PLACE/key $OPTS");
	becomes("cat $DOTTED", "cat " MARK("$DOTTED", "v1.2../.x/a..b"));
}

static void what_the_code_sets_itself_is_its_own(void **state)
{
	(void)state;
	becomes("POD=$(pick); log $POD", "POD=$(pick); log $POD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_label_says_is_filled_in),
		cmocka_unit_test(what_no_label_says_stays),
		cmocka_unit_test(what_a_shell_would_obey_is_not_filled_in),
		cmocka_unit_test(what_leads_out_of_a_path_is_not_filled_in),
		cmocka_unit_test(what_the_code_sets_itself_is_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
