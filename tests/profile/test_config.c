#include "folder.h"

#include "profile/config.h"

/* "[section]key=raw@line:column;" for every entry, in order. */
static void
describe(const struct config *config, struct buf *out)
{
	for (size_t i = 0; i < config->count; i++) {
		const struct section *section = &config->sections[i];

		if (section->name != NULL)
			buf_add_format(out, "[%s]", section->name);
		for (size_t j = 0; j < section->count; j++) {
			const struct entry *entry = &section->entries[j];

			buf_add_format(out, "%s=", entry->setting->name);
			buf_add_span(out, buf_span(&entry->raw));
			buf_add_format(out, "@%zu:%zu;",
			    entry->value_place.line, entry->value_place.column);
		}
	}
}

struct read_row {
	const char *name;
	struct span content;
	const char *described; /* NULL: refused */
	const char *error;     /* "config" stands for the path before it */
};

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

static const struct read_row reads[] = {
    {"empty", TEXT(""), "", NULL},
    {"comment", TEXT("# user = me\n  # x\n\t#\n#"), "", NULL},
    {"blank lines", TEXT("\n \n\t\n"), "", NULL},
    {"one", TEXT("user = me\n"), "user=me@1:8;", NULL},
    {"no line end", TEXT("user = me"), "user=me@1:8;", NULL},
    {"no blanks", TEXT("user=me\n"), "user=me@1:6;", NULL},
    {"leading and last blanks", TEXT(" \tuser\t= me \t\n"), "user=me@1:10;",
	NULL},
    {"value with = and #", TEXT("user = a=b # c\n"), "user=a=b # c@1:8;", NULL},
    {"no value", TEXT("user =\n"), "user=@1:7;", NULL},
    {"CRLF", TEXT("# x\r\nuser = me\r\n\r\n[a]\r\n"), "user=me@2:8;[a]", NULL},
    {"last carriage return", TEXT("user = me\r"), "user=me@1:8;", NULL},
    {"byte order mark", TEXT("\xef\xbb\xbfuser = me\n"), "user=me@1:8;", NULL},
    {"continued", TEXT("user = a\\\nb\n"), "user=ab@1:8;", NULL},
    {"continued keeps blanks", TEXT("user = a \\\n  b\n"), "user=a   b@1:8;",
	NULL},
    {"continued CRLF", TEXT("user = a\\\r\nb\r\n"), "user=ab@1:8;", NULL},
    {"continued before the value", TEXT("user =\\\n   me\ntls = none\n"),
	"user=me@2:4;tls=none@3:7;", NULL},
    {"continued by #", TEXT("user = a\\\n# b\n"), "user=a# b@1:8;", NULL},
    {"comment does not continue", TEXT("# a\\\nuser = me\n"), "user=me@2:8;",
	NULL},
    {"backslash and blank", TEXT("user = a\\ \nauth = none\n"),
	"user=a\\@1:8;auth=none@2:8;", NULL},
    {"password that ends in a backslash",
	TEXT("tls = none\n password = hunter2\\\nuser = me\n"), NULL,
	"config:2:20: password cannot continue on the next line"},
    {"password in quotes, continued", TEXT("password = \"hunter2\\\n\"\n"),
	NULL, "config:1:20: password cannot continue"},
    {"password in the next line", TEXT("password =\\\n hunter2\n"), NULL,
	"config:1:11: password cannot continue"},
    {"proxy's password, continued", TEXT("proxy = socks5://a:hunter2\\\n@b\n"),
	NULL, "config:1:27: proxy cannot continue"},
    {"password with a last backslash", TEXT("password = \"a\\\\\"\n"),
	"password=\"a\\\\\"@1:12;", NULL},
    {"command, continued", TEXT("password-command = a\\\n b\n"),
	"password-command=a b@1:20;", NULL},
    {"backslash in the last line", TEXT("user = a\\"), NULL,
	"config:1:9: the last line"},
    {"backslash before the end", TEXT("user = a\\\n"), NULL,
	"config:1:9: the last line"},
    {"section", TEXT("[work]\nuser = me\n[home]\nuser = you\n"),
	"[work]user=me@2:8;[home]user=you@4:8;", NULL},
    {"section with blanks", TEXT(" [ work ] \n"), "[work]", NULL},
    {"section of an address", TEXT("[me+x@example.org]\n"),
	"[me+x@example.org]", NULL},
    {"section in UTF-8", TEXT("[b\xc3\xbcro]\n"), "[b\xc3\xbcro]", NULL},
    {"section not UTF-8", TEXT("[b\xfcro]\n"), NULL, "config:1:1: not a"},
    {"section twice", TEXT("[a]\n[b]\n[a]\n"), NULL,
	"config:3:1: [a] is given twice, first at "},
    {"section without end", TEXT("[a\n"), NULL,
	"config:1:1: the name of a profile"},
    {"section with text", TEXT("[a] b\n"), NULL,
	"config:1:1: the name of a profile"},
    {"section with comment", TEXT("[a] # b\n"), NULL, "config:1:1:"},
    {"section without name", TEXT("[]\n"), NULL, "config:1:1: not a name"},
    {"section with slash", TEXT("[../a]\n"), NULL, "config:1:1: not a name"},
    {"section with a blank", TEXT("[a b]\n"), NULL, "config:1:1: not a"},
    {"section like an option", TEXT("[-a]\n"), NULL, "config:1:1: not a"},
    {"section of a bracket", TEXT("[\n"), NULL,
	"config:1:1: the name of a profile"},
    {"key twice", TEXT("user = a\ntls = none\n user = b\n"), NULL,
	"config:3:2: user is given twice, first at "},
    {"key in two sections", TEXT("user = a\n[x]\nuser = b\n"),
	"user=a@1:8;[x]user=b@3:8;", NULL},
    {"unknown key", TEXT("tls = none\n  usr = a\n"), NULL,
	"config:2:3: unknown setting \"usr\"\nhint: the nearest one known is "
	"\"user\""},
    {"key in capitals", TEXT("User = a\n"), NULL, "is \"user\""},
    {"setting of no program", TEXT("jazz = no\n"), NULL,
	"unknown setting \"jazz\"\nhint: see smtpost.conf(5)"},
    {"no equals sign", TEXT("password hunter2\n"), NULL, "config:1:1: neither"},
    {"msmtp's: our name", TEXT("user me\n"), NULL,
	"FILE\"\nhint: write user = VALUE"},
    {"msmtp's: its name", TEXT("passwordeval pass show hunter2\n"), NULL,
	"FILE\"\nhint: smtpost calls it password-command = COMMAND"},
    {"key of two words", TEXT("pass word = hunter2\n"), NULL,
	"config:1:1: neither"},
    {"key missing", TEXT(" = hunter2\n"), NULL, "config:1:2: neither"},
    {"NUL", TEXT("user = a\n\nx\0y = 1\n"), NULL,
	"config:3:2: control character \\x00"},
    {"escape", TEXT("user = \033[1m\n"), NULL,
	"config:1:8: control character \\x1b"},
    {"carriage return inside", TEXT("user = a\rb\n"), NULL,
	"config:1:9: control character \\x0d"},
    {"two carriage returns", TEXT("user = a\r\r\n"), NULL,
	"config:1:9: control character \\x0d"},
    {"delete in a comment", TEXT("# \177\n"), NULL,
	"config:1:3: control character \\x7f"},
    {"include with =", TEXT("include = a\n"), NULL, "include FILE"},
    {"include alone", TEXT("include\n"), NULL, "config:1:1: neither"},
    {"include of nothing there", TEXT("\n include none\n"), NULL,
	"config:2:10: cannot open "},
    {"include with bad variable", TEXT("include $X\n"), NULL,
	"config:1:9: a $"},
    {"include of itself", TEXT("include config\n"), NULL,
	"config:1:9: includes nest deeper than 16"},
};

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct folder folder;
	struct config config = {0};
	struct error err = {0};
	struct buf out = {0};
	char *path;

	folder_make(&folder);
	folder_write_span(&folder, "config", 0600, row->content);
	path = folder_path(&folder, "config");
	assert_int_equal(config_read(&config, path, &err),
	    row->described != NULL ? CONFIG_READ : CONFIG_BAD);
	if (row->described != NULL) {
		describe(&config, &out);
		assert_string_equal(buf_text(&out), row->described);
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
		assert_lacks(err.text, "hunter2");
	}
	buf_free(&out);
	config_free(&config);
	free(path);
	folder_remove(&folder);
}

struct mode_row {
	const char *name;
	mode_t mode, included_mode;
	const char *content, *included;
	const char *error; /* NULL: accepted */
};

static const struct mode_row modes[] = {
    {"readable by all", 0644, 0644, "user = me\n", "", NULL},
    {"written by group", 0664, 0644, "user = me\n", "",
	"config: others can write"},
    {"written by others", 0602, 0644, "user = me\n", "",
	"config: others can write"},
    {"private password", 0600, 0644, "password = x\n", "", NULL},
    {"password and group", 0640, 0644, "[a]\npassword = x\n", "", NULL},
    {"password and others", 0604, 0644, "password = x\n", "",
	"config: it holds a secret"},
    {"a comment is no password", 0644, 0644, "# password = x\n", "", NULL},
    {"a command is no password", 0644, 0644, "password-command = x\n", "",
	NULL},
    {"password from the environment", 0644, 0644, "password = ${PASSWORD}\n",
	"", NULL},
    {"the same in quotes", 0644, 0644, "password = \"${PASSWORD}\"\n", "",
	NULL},
    {"password partly from the environment", 0604, 0644,
	"password = x${PASSWORD}\n", "", "config: it holds a secret"},
    {"a default password", 0604, 0644, "password = ${PASSWORD:-x}\n", "",
	"config: it holds a secret"},
    {"proxy's password from the environment", 0644, 0644,
	"proxy = socks5://a:${PASSWORD}@c\n", "", NULL},
    {"proxy's login from the environment", 0644, 0644,
	"proxy = socks5://${LOGIN}@c\n", "", NULL},
    {"proxy's password partly", 0604, 0644,
	"proxy = socks5://a:x${PASSWORD}@c\n", "", "config: it holds a secret"},
    {"password not set", 0644, 0644, "password =\n", "", NULL},
    {"a proxy's password", 0644, 0644, "proxy = socks5://a:b@c\n", "",
	"config: it holds a secret"},
    {"a proxy's password in quotes", 0640, 0644, "proxy = \"socks5://a:b@c\"\n",
	"", NULL},
    {"a proxy's password in quotes, others", 0604, 0644,
	"proxy = \"socks5://a:b@c\"\n", "", "config: it holds a secret"},
    {"a proxy's password, private", 0600, 0644, "proxy = socks5://a:b@c\n", "",
	NULL},
    {"a proxy without a password", 0644, 0644, "proxy = socks5://a@c\n", "",
	NULL},
    {"included, written by group", 0600, 0660, "include more\n", "",
	"more: others can write"},
    {"included password", 0600, 0644, "include more\n", "password = x\n",
	"more: it holds a secret"},
    {"password in the private one", 0644, 0600, "include more\n",
	"password = x\n", NULL},
    {"password around an include", 0644, 0600, "include more\npassword = x\n",
	"", "config: it holds a secret"},
};

static void
test_mode(void **state)
{
	const struct mode_row *row = *state;
	struct folder folder;
	struct config config = {0};
	struct error err = {0};
	char *path;

	folder_make(&folder);
	folder_write(&folder, "config", row->mode, row->content);
	folder_write(&folder, "more", row->included_mode, row->included);
	path = folder_path(&folder, "config");
	assert_int_equal(config_read(&config, path, &err),
	    row->error == NULL ? CONFIG_READ : CONFIG_BAD);
	if (row->error != NULL) {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
	}
	config_free(&config);
	free(path);
	folder_remove(&folder);
}

struct include_row {
	const char *name;
	const char *content, *more, *deep; /* config, sub/more, sub/deep */
	const char *described;		   /* NULL: refused */
	const char *error;
};

static const struct include_row includes[] = {
    {"above all", "include sub/more\nuser = me\n", "tls = none\n", "",
	"tls=none@1:7;user=me@2:8;", NULL},
    {"in a section", "[a]\ninclude sub/more\nuser = me\n", "tls = none\n", "",
	"[a]tls=none@1:7;user=me@3:8;", NULL},
    {"with sections", "[a]\ninclude sub/more\nuser = me\n", "[b]\ntls = none\n",
	"", "[a]user=me@3:8;[b]tls=none@2:7;", NULL},
    {"beside the including file", "include sub/more\n", "include deep\n",
	"user = me\n", "user=me@1:8;", NULL},
    {"quotes and blanks", "include  \"sub/more\" \n", "user = me\n", "",
	"user=me@1:8;", NULL},
    {"variable", "include ${SUB}/more\n", "user = me\n", "", "user=me@1:8;",
	NULL},
    {"home", "include ~/sub/more\n", "user = me\n", "", "user=me@1:8;", NULL},
    {"twice", "[a]\ninclude sub/more\n[b]\ninclude sub/more\n", "user = me\n",
	"", "[a]user=me@1:8;[b]user=me@1:8;", NULL},
    {"twice in one section", "include sub/more\ninclude sub/more\n",
	"user = me\n", "", NULL, "more:1:1: user is given twice"},
    {"key given twice", "user = me\ninclude sub/more\n", "\n user = me\n", "",
	NULL, "more:2:2: user is given twice, first at "},
    {"section given twice", "[a]\ninclude sub/more\n", "[a]\n", "", NULL,
	"more:1:1: [a] is given twice"},
    {"error inside", "include sub/more\n", "include deep\n", "\nx = 1\n", NULL,
	"deep:2:1: unknown"},
    {"missing inside", "include sub/more\n", "include none\n", "", NULL,
	"more:1:9: cannot open"},
    {"a folder", "include sub\n", "", "", NULL, "not a regular file"},
    {"pattern", "include sub/*\nuser = me\n", "[b]\ntls = none\n",
	"[a]\ntls = none\n", "user=me@2:8;[a]tls=none@2:7;[b]tls=none@2:7;",
	NULL},
    {"pattern that fits one", "include sub/?or*\n", "user = me\n",
	"tls = none\n", "user=me@1:8;", NULL},
    {"pattern that fits none", "user = me\ninclude sub/*.conf\n", "", "",
	"user=me@1:8;", NULL},
    {"pattern in no folder", "user = me\ninclude none/*\n", "", "",
	"user=me@1:8;", NULL},
    {"pattern in a file's place", "include sub/more/*\n", "", "", NULL,
	"config:1:9: cannot use "},
    {"error behind a pattern", "include sub/m*\n", "x = 1\n", "", NULL,
	"more:1:1: unknown"},
    {"pattern that includes itself", "include conf*\n", "", "", NULL,
	"config:1:9: includes nest deeper than 16"},
    {"unset variable", "include ${SMTPOST_NO_SUCH}/x\n", "", "", NULL,
	"config:1:9: ${SMTPOST_NO_SUCH}"},
};

static void
test_include(void **state)
{
	const struct include_row *row = *state;
	struct folder folder;
	struct config config = {0};
	struct error err = {0};
	struct buf out = {0};
	char *path;

	folder_make(&folder);
	folder_write(&folder, "config", 0600, row->content);
	folder_write(&folder, "sub/more", 0600, row->more);
	folder_write(&folder, "sub/deep", 0600, row->deep);
	setenv("SUB", "sub", 1);
	unsetenv("SMTPOST_NO_SUCH");
	path = folder_path(&folder, "config");
	assert_int_equal(config_read(&config, path, &err),
	    row->described != NULL ? CONFIG_READ : CONFIG_BAD);
	if (row->described != NULL) {
		describe(&config, &out);
		assert_string_equal(buf_text(&out), row->described);
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
	}
	buf_free(&out);
	config_free(&config);
	free(path);
	folder_remove(&folder);
}

/* One octet, one profile, one file too many; and the most that is allowed. */
static void
test_bounds(void **state)
{
	static const struct {
		const char *line, *last;
		size_t count;
		const char *error;
	} cases[] = {
	    {"#234567\n", "", CONFIG_FILE_MAX / 8, NULL},
	    {"#234567\n", "\n", CONFIG_FILE_MAX / 8, "larger than"},
	    {"[a%zu]\n", "", 4096, NULL},
	    {"[a%zu]\n", "[b]", 4096, "config:4097:1: more than 4096"},
	    {"include more\n", "", 255, NULL},
	    {"include more\n", "", 256, "config:256:9: more than 256"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct folder folder;
		struct config config = {0};
		struct error err = {0};
		struct buf text = {.max = 2 * CONFIG_FILE_MAX};
		bool numbered = strchr(cases[i].line, '%') != NULL;
		char *path;

		folder_make(&folder);
		for (size_t j = 0; j < cases[i].count; j++) {
			if (numbered)
				buf_add_format(&text, "[a%zu]\n", j);
			else
				buf_add_text(&text, cases[i].line);
		}
		buf_add_text(&text, cases[i].last);
		folder_write_span(&folder, "config", 0600, buf_span(&text));
		folder_write(&folder, "more", 0600, "");
		path = folder_path(&folder, "config");
		assert_int_equal(config_read(&config, path, &err),
		    cases[i].error ? CONFIG_BAD : CONFIG_READ);
		if (cases[i].error != NULL)
			assert_contains(err.text, cases[i].error);
		config_free(&config);
		buf_free(&text);
		free(path);
		folder_remove(&folder);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", reads, ROWS(reads), test_read);
	rows_add(&all, "mode", modes, ROWS(modes), test_mode);
	rows_add(&all, "include", includes, ROWS(includes), test_include);
	rows_add_one(&all, "bounds", test_bounds);
	return rows_end(&all);
}
