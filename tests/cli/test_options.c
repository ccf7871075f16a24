#include "rows.h"

#include "base/buf.h"
#include "cli/option_table.h"
#include "cli/options.h"

struct parse_row {
	const char *name;
	const char *words[10]; /* behind the program's name */
	const char *told;      /* what was understood; NULL: refused */
	const char *why;       /* in the error */
};

static const struct parse_row parses[] = {
	{"nothing", {NULL}, "", NULL},
	{"recipients", {"a@x", "b@x"}, "[a@x][b@x]", NULL},
	{"an empty recipient", {""}, "[]", NULL},

	/* Letters: separate, attached, grouped */
	{"-P NAME", {"-P", "work", "a@x"}, "P=work [a@x]", NULL},
	{"-PNAME", {"-Pwork", "a@x"}, "P=work [a@x]", NULL},
	{"-a NAME", {"-a", "work"}, "P=work ", NULL},
	{"-f ADDRESS", {"-f", "me@x", "a@x"}, "f=me@x [a@x]", NULL},
	{"-fADDRESS", {"-fme@x", "a@x"}, "f=me@x [a@x]", NULL},
	{"-f ''", {"-f", "", "a@x"}, "f= [a@x]", NULL},
	{"-f <>", {"-f<>", "a@x"}, "f=<> [a@x]", NULL},
	{"-f takes a word that begins with -", {"-f", "-v"}, "f=-v ", NULL},
	{"-r ADDRESS", {"-r", "me@x"}, "f=me@x ", NULL},
	{"the last of -f and -r wins", {"-f", "a@x", "-r", "b@x"}, "f=b@x ",
	    NULL},
	{"-F NAME", {"-F", "A B"}, "F=A B ", NULL},
	{"-FNAME", {"-FCronDaemon"}, "F=CronDaemon ", NULL},
	{"-F '' takes it back", {"-F", "x", "-F", ""}, "", NULL},
	{"-t", {"-t"}, "t ", NULL},
	{"-ti", {"-ti"}, "t -i:ignore-dots=yes ", NULL},
	{"-i", {"-i"}, "-i:ignore-dots=yes ", NULL},
	{"-oi", {"-oi"}, "-i:ignore-dots=yes ", NULL},
	{"-o i", {"-o", "i"}, "-i:ignore-dots=yes ", NULL},
	{"-oitrue", {"-oitrue"}, "-i:ignore-dots=yes ", NULL},
	{"-tfme@x", {"-tfme@x", "a@x"}, "f=me@x t [a@x]", NULL},
	{"-tf me@x", {"-tf", "me@x", "a@x"}, "f=me@x t [a@x]", NULL},
	{"-v, -vv", {"-v", "-vv"}, "v3 ", NULL},
	{"-C FILE", {"-C", "conf"}, "C=conf ", NULL},

	/* Long names */
	{"--profile NAME", {"--profile", "work"}, "P=work ", NULL},
	{"--profile=NAME", {"--profile=work"}, "P=work ", NULL},
	{"--account=NAME", {"--account=work"}, "P=work ", NULL},
	{"--from=", {"--from="}, "f= ", NULL},
	{"--full-name", {"--full-name", "A B"}, "F=A B ", NULL},
	{"--read-recipients", {"--read-recipients"}, "t ", NULL},
	{"--message, --recipients",
	    {"--message", "m", "--recipients=r"}, "m=m r=r ", NULL},
	{"--config", {"--config=-"}, "C=- ", NULL},
	{"--report", {"--report", "json"}, "--report:report=json ", NULL},
	{"--set", {"--set", "tls=none"}, "--set:tls=none ", NULL},
	{"--set keeps every =", {"--set=password-command=a=b"},
	    "--set:password-command=a=b ", NULL},
	{"--set KEY=", {"--set", "user="}, "--set:user= ", NULL},
	{"several --set, in order",
	    {"--set", "a=1", "--report=text", "--set", "b=2"},
	    "--set:a=1 --report:report=text --set:b=2 ", NULL},
	{"--server", {"--server", "smtp://x"},
	    "server --server:server=smtp://x ", NULL},
	{"--set server=", {"--set", " server = smtp://x"},
	    "server --set: server = smtp://x ", NULL},
	{"--set of what only begins so", {"--set", "servers=x"},
	    "--set:servers=x ", NULL},
	{"--dry-run, --explain", {"--dry-run", "--explain"},
	    "dry explain ", NULL},
	{"--help, --version", {"--help", "--version"}, "help version ", NULL},

	/* Where options end: F26 */
	{"--", {"--", "-f@x"}, "[-f@x]", NULL},
	{"-- twice", {"--", "--"}, "[--]", NULL},
	{"-- behind a recipient", {"a@x", "--", "-b@x"}, "[a@x][-b@x]", NULL},
	{"-- as a value", {"-f", "--", "a@x"}, "f=-- [a@x]", NULL},
	{"an option behind a recipient", {"a@x", "-v"}, NULL, "-v"},
	{"a long one", {"a@x", "--set", "server=smtp://evil"}, NULL,
	    "--set"},
	{"a lone -", {"-"}, NULL, "-"},
	{"a lone - behind a recipient", {"a@x", "-"}, NULL, "-"},

	/* Refused */
	{"an unknown letter", {"-Z"}, NULL, "unknown option -Z"},
	{"an unknown letter in a group", {"-tZ"}, NULL, "unknown option -Z"},
	{"an unknown name", {"--unknown"}, NULL, "unknown option --unknown"},
	{"an unknown name, its value is not shown", {"--pass=s3cret"}, NULL,
	    "unknown option --pass\n"},
	{"the start of a name", {"--prof=x"}, NULL, "unknown option --prof"},
	{"an empty name", {"--=x"}, NULL, "unknown option --"},
	{"an unknown -o", {"-oX"}, NULL, "unknown option -oX"},
	{"no value", {"-f"}, NULL, "a value is missing after -f"},
	{"no value in a group", {"-tf"}, NULL, "a value is missing after -f"},
	{"no value behind a name", {"--from"}, NULL,
	    "a value is missing after --from"},
	{"a value too many", {"--dry-run=yes"}, NULL,
	    "no value belongs to --dry-run\n"},
	{"--set without =", {"--set", "tls"}, NULL, "KEY=VALUE"},
	{"controls are masked", {"--\033[2J"}, NULL, "\\x1b[2J"},
	{"an eight-bit letter", {"-\xc3\xa4"}, NULL, "unknown option -"},
};

static void
tell_text(struct buf *told, const char *name, const char *text)
{
	if (text != NULL)
		buf_add_format(told, "%s=%s ", name, text);
}

static void
tell_flag(struct buf *told, const char *name, bool flag)
{
	if (flag)
		buf_add_format(told, "%s ", name);
}

static void
tell(struct buf *told, const struct options *options)
{
	tell_text(told, "P", options->profile);
	tell_text(told, "f", options->from);
	tell_text(told, "F", options->full_name);
	tell_text(told, "m", options->message);
	tell_text(told, "r", options->recipients);
	tell_text(told, "C", options->config);
	tell_flag(told, "server", options->has_server);
	tell_flag(told, "t", options->read_recipients);
	tell_flag(told, "dry", options->dry_run);
	tell_flag(told, "explain", options->explain);
	tell_flag(told, "help", options->help);
	tell_flag(told, "version", options->version);
	if (options->verbose > 0)
		buf_add_format(told, "v%u ", options->verbose);
	assert_int_equal(options->set_count, options->origin_count);
	for (size_t i = 0; i < options->set_count; i++) {
		buf_add_span(told, options->set_origins[i]);
		buf_add_char(told, ':');
		buf_add_span(told, options->sets[i]);
		buf_add_char(told, ' ');
	}
	for (size_t i = 0; i < options->operand_count; i++)
		buf_add_format(told, "[%s]", options->operands[i]);
}

static void
test_parse(void **state)
{
	const struct parse_row *row = *state;
	char *argv[12] = {strdup("smtpost")};
	struct options options;
	struct error err = {0};
	struct buf told = {0};
	int argc = 1;
	bool done;

	for (; row->words[argc - 1] != NULL; argc++)
		argv[argc] = strdup(row->words[argc - 1]);
	done = options_parse(&options, argc, argv, &err);
	if (done) {
		tell(&told, &options);
		assert_non_null(row->told);
		assert_string_equal(buf_text(&told), row->told);
	} else {
		if (row->told != NULL)
			fail_msg("refused: %s", err.text);
		assert_int_equal(err.kind, ERROR_USAGE);
		if (strstr(err.text, row->why) == NULL)
			fail_msg("no \"%s\" in: %s", row->why, err.text);
		assert_null(strchr(err.text, '\033'));
		assert_null(strstr(err.text, "s3cret"));
	}
	buf_free(&told);
	options_free(&options);
	while (argc > 0)
		free(argv[--argc]);
}

static void
test_no_name(void **state)
{
	char *argv[] = {NULL};
	struct options options;
	struct error err = {0};

	(void)state;
	assert_true(options_parse(&options, 0, argv, &err));
	assert_int_equal(options.operand_count, 0);
	options_free(&options);
}

/* A very long word is cut in the error, not in what is used. */
static void
test_long_words(void **state)
{
	char *argv[3] = {strdup("smtpost"), NULL, NULL};
	struct options options;
	struct error err = {0};
	struct buf word;

	(void)state;
	buf_init(&word, 300000);
	buf_add_text(&word, "--set=from=");
	while (word.len < 200000)
		buf_add_char(&word, 'x');
	argv[1] = strdup(buf_text(&word));
	assert_true(options_parse(&options, 2, argv, &err));
	assert_int_equal(options.sets[0].len, 200000 - 6);
	options_free(&options);

	argv[1][2] = 'S';
	assert_false(options_parse(&options, 2, argv, &err));
	options_free(&options);
	memcpy(argv[1], "--report=", 9); /* goes through a buf */
	assert_false(options_parse(&options, 2, argv, &err));
	assert_int_equal(err.kind, ERROR_USAGE);
	options_free(&options);
	free(argv[0]);
	free(argv[1]);
	buf_free(&word);
}

/* The table: nothing twice, and a line of help or a row above it. */
static void
test_table(void **state)
{
	(void)state;
	assert_true(option_count > 0);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		assert_true(option->letter != 0 || option->name != NULL);
		assert_non_null(option->apply);
		assert_int_equal(option->argument == ARGUMENT_WORD,
		    option->metavar != NULL);
		assert_true(option->help != NULL || i > 0);
		for (size_t j = 0; j < i; j++) {
			const struct option *other = &option_table[j];

			if (option->letter != 0)
				assert_int_not_equal(
				    option->letter, other->letter);
			if (option->name != NULL && other->name != NULL)
				assert_string_not_equal(
				    option->name, other->name);
		}
	}
}

static void
test_help(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	options_print_help(out);
	fclose(out);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		char word[64];

		snprintf(word, sizeof(word), "%s%s",
		    option->name ? "--" : "-",
		    option->name ? option->name
				 : (char[]){option->letter, '\0'});
		if (strstr(text, word) == NULL ||
		    (option->help && strstr(text, option->help) == NULL))
			fail_msg("no %s in the help", word);
	}
	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		if (end - line > 80)
			fail_msg("too wide: %.*s", (int)(end - line), line);
		line = end + 1;
	}
	free(text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "parse", parses, ROWS(parses), test_parse);
	rows_add_one(&all, "no words at all", test_no_name);
	rows_add_one(&all, "long words", test_long_words);
	rows_add_one(&all, "the table", test_table);
	rows_add_one(&all, "the help", test_help);
	return rows_end(&all);
}
