/*
 * What a muttrc leaves behind. The same statements are given to the real mutt
 * and neomutt by tests/interop/import_mutt.py, at random.
 */
#include "rows.h"

#include "import/muttrc.h"

struct muttrc_row {
	const char *name, *text;
	/* Of realname: "=TEXT", "!" not set, "?COMMAND" or "?" not known. */
	const char *realname;
	const char *notes; /* "STATEMENT|..."; NULL: none */
};

static const struct muttrc_row statements[] = {
    {"a word", "set realname=a", "=a", NULL},
    {"blanks", " set  realname = a  ", "=a", NULL},
    {"double quotes", "set realname=\"a b\"", "=a b", NULL},
    {"single quotes", "set realname='a \"$x`\\'", "=a \"$x`\\", NULL},
    {"quotes joined", "set realname=a' 'b\" \"c", "=a b c", NULL},
    {"escapes", "set realname=\"\\\"\\\\\\x\\101\"", "=\"\\xA", NULL},
    {"an open quote", "set realname=\"a ; b", "=a ; b", NULL},
    {"a comment", "set realname=a # b", "=a", NULL},
    {"a comment in a word", "set realname=a#b", "=a", NULL},
    {"several on a line", "set realname=a from=x realname=b", "=b", NULL},
    {"several commands", "set realname=a;set realname=b", "=b", NULL},
    {"an empty value", "set realname=", "=", NULL},
    {"a continued line", "set realname=\\\n a", "=a", NULL},
    {"CRLF", "set realname=a\\\r\nb\r\n", "=ab", NULL},
    {"a continued comment", "# x \\\nset realname=a", "!", NULL},
    {"two backslashes continue a line",
	"set realname=a\\\\\n\n\nset realname=b", "=b", NULL},
    {"a synonym", "set real_name=a", "=a", NULL},
    {"unset", "set realname=a; unset realname", "!", NULL},
    {"no before a name", "set realname=a norealname", "!", NULL},
    {"reset", "set realname=a; reset realname", "!", NULL},
    {"reset all", "set realname=a; reset all", "!", NULL},
    {"+=", "set realname=a; set realname += b", "=ab", NULL},
    {"a question ends the line", "set realname=a ?from realname=b", "=a", NULL},
    {"a name alone is a question", "set realname realname=b", "!",
	"set realname"},
    {"my_", "set my_a=x; set realname=$my_a.${my_a}", "=x.x", NULL},
    {"a variable in double quotes", "set my_a=x; set realname=\"$my_a\"", "=x",
	NULL},
    {"another variable", "set imap_user=x; set realname=$imap_user", "=x",
	NULL},
    {"a default", "set realname=$ssl_starttls", "=yes", NULL},
    {"a dollar sign alone", "set realname='$'$.$1", "=$$.$1", NULL},
    {"the environment", "set realname=$SHELL", "?", NULL},
    {"setenv", "setenv X y; set realname=$X", "=y", NULL},
    {"backticks", "set realname=`a \"b\" \\`c\\``", "?a \"b\" \\`c\\`", NULL},
    {"backticks in quotes", "set realname=\"`a`\"", "?a", NULL},
    {"backticks and more", "set realname=`a`b", "?", NULL},
    {"backticks by a variable", "set my_a=`a`; set realname=$my_a", "?a", NULL},
    {"backticks with a variable of neomutt", "set realname=`a $my_b`", "?",
	NULL},
    {"an unknown variable", "set hunter2=x realname=a", "!", "set hunter2"},
    {"later on the line, a name may be of a password", "set realname=a hunter2",
	"=a", "set"},
    {"an unknown command", "hunter2 secret; set realname=a", "!", "hunter2"},
    {"an unknown command later on the line", "set realname=a;hunter2", "=a",
	""},
    {"a value that is refused", "set ssl_force_tls=maybe realname=a", "!",
	"set ssl_force_tls"},
    {"no value where one is forbidden", "set nouse_from=no realname=a", "!",
	"set use_from"},
    {"an alias takes its line", "alias a A <a@x>; set realname=a", "!", NULL},
    {"another command does not take its line", "bind a b c; set realname=a",
	"=a", NULL},
    {"a command of source", "source \"gpg -d secret|\"", "!",
	"source the output of gpg"},
    {"a file that is not there", "source /nonexistent/x; set realname=a", "=a",
	"source /nonexistent/x"},
    {"a hook is not run", "send-hook . 'set realname=a'", "!", NULL},
    {"a hook without quotes", "send-hook . set realname=a;set realname=b", "=b",
	NULL},
    {"a macro is not run", "macro index x ':set realname=a'", "!", "macro"},
};

static void
expect_realname(const struct muttrc *rc, const char *expected)
{
	const struct muttrc_variable *variable =
	    muttrc_scope_find(&rc->scope, SPAN("realname"));
	struct buf told = {0};

	if (variable == NULL || !variable->is_set)
		buf_add_text(&told, "!");
	else if (variable->value.unknown == NULL) {
		buf_add_text(&told, "=");
		buf_add_span(&told, buf_span(&variable->value.text));
	} else {
		buf_add_text(&told, "?");
		if (variable->value.command != NULL)
			buf_add_text(&told, variable->value.command);
	}
	assert_string_equal(buf_text(&told), expected);
	buf_free(&told);
}

static void
expect_notes(const struct muttrc *rc, const char *expected)
{
	struct buf told = {0};

	for (size_t i = 0; i < rc->note_count; i++)
		buf_add_format(
		    &told, "%s%s", i > 0 ? "|" : "", rc->notes[i].statement);
	assert_int_equal(rc->note_count > 0, expected != NULL);
	assert_string_equal(buf_text(&told), expected != NULL ? expected : "");
	buf_free(&told);
}

static void
test_statement(void **state)
{
	const struct muttrc_row *row = *state;
	struct translation translation;
	struct muttrc rc;

	translation_init(&translation, false);
	muttrc_read(&rc, &translation, "/nonexistent/muttrc",
	    span_from(row->text), NULL);
	expect_realname(&rc, row->realname);
	expect_notes(&rc, row->notes);
	muttrc_free(&rc);
	translation_free(&translation);
}

/* The commands of a hook see the variables of the file, and change none. */
static void
test_hook(void **state)
{
	struct translation translation;
	struct muttrc rc, hook;

	(void)state;
	translation_init(&translation, false);
	muttrc_read(&rc, &translation, NULL,
	    SPAN("set my_a=x realname=y\nfolder-hook w \"set realname='$my_a "
		 "\\$my_a'\"\nset my_a=z\nfolder-hook v 'set sort=date'"),
	    NULL);
	assert_int_equal(rc.hook_count, 1);
	assert_string_equal(rc.hooks[0].type, "folder-hook");
	muttrc_read(&hook, &translation, NULL,
	    buf_span(&rc.hooks[0].commands.text), &rc);
	expect_realname(&hook, "=x $my_a");
	expect_realname(&rc, "=y");
	assert_int_equal(hook.scope.count, 1);
	muttrc_free(&hook);
	muttrc_free(&rc);
	translation_free(&translation);
}

/* A value that doubles itself ends at a limit, and is then not known. */
static void
test_growth(void **state)
{
	struct translation translation;
	struct buf text = {0};
	struct muttrc rc;

	(void)state;
	translation_init(&translation, false);
	buf_add_text(&text, "set realname=x\n");
	for (unsigned i = 0; i < 64; i++)
		buf_add_text(&text, "set realname=$realname$realname\n");
	muttrc_read(&rc, &translation, NULL, buf_span(&text), NULL);
	expect_realname(&rc, "?");
	muttrc_free(&rc);
	buf_free(&text);
	translation_free(&translation);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(
	    &all, "statement", statements, ROWS(statements), test_statement);
	rows_add_one(&all, "a hook", test_hook);
	rows_add_one(&all, "growth", test_growth);
	return rows_end(&all);
}
