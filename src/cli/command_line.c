/*
 * Reads argv into struct options. Every option is first looked up and kept,
 * and applied only when it is known to go with the mode, because the option
 * that selects the mode may come last.
 */
#include "cli/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/option_hint.h"
#include "cli/option_table.h"
#include "cli/sendmail_letters.h"

#define WORD_SHOWN_MAX ((size_t)80)

/* By the last part of argv[0], which may be NULL. */
static enum role
role_of(const char *program)
{
	const char *slash;

	if (program == NULL)
		return ROLE_SMTPOST;
	slash = strrchr(program, '/');
	if (slash != NULL)
		program = slash + 1;
	for (enum role role = ROLE_SENDMAIL; role <= ROLE_NEWALIASES; role++)
		if (strcmp(program, options_role_name(role)) == 0)
			return role;
	return ROLE_SMTPOST;
}

/* An option as it stands on the command line. */
struct given {
	const struct option *option;
	const char *value; /* NULL where it takes none */
	bool is_letter;
};

/* The command line while it is read. */
struct reading {
	struct options *options;
	char **words; /* what is left of it */
	int word_count;
	struct given *given; /* owned */
	size_t count;
	char *mode_name; /* owned: as the user wrote it; NULL: the default */
	bool mode_is_of_role; /* by the name mailq or newaliases */
};

static bool
refuse(const struct reading *reading, struct span word, const char *why,
    struct error *err)
{
	char *masked = utf8_masked(span_head(word, WORD_SHOWN_MAX));

	error_set(err, ERROR_USAGE, "%s %s\nhint: see %s --help", why, masked,
	    options_role_name(reading->options->role));
	free(masked);
	return false;
}

/* "--dry-run", "-t", "-bs", "-oi"; caller frees. */
static char *
given_name(const struct given *given)
{
	struct buf name = {0};
	char *masked;

	if (!given->is_letter)
		buf_add_format(&name, "--%s", given->option->name);
	else
		buf_add_format(&name, "-%c", given->option->letter);
	if (given->is_letter && given->value != NULL &&
	    strchr("boq", given->option->letter) != NULL)
		buf_add_span(
		    &name, span_head(span_from(given->value), WORD_SHOWN_MAX));
	masked = utf8_masked(buf_span(&name));
	buf_free(&name);
	return masked;
}

/* Two modes at once, or an option that does not go with the mode. */
static bool
refuse_pair(const struct reading *reading, const char *name, const char *mode,
    struct error *err)
{
	return error_set(err, ERROR_USAGE,
	    "cannot use %s with %s\nhint: %s says which options go together",
	    name, mode,
	    options_role_is_sendmail(reading->options->role)
		? "smtpost-sendmail(8)"
		: "smtpost --help");
}

static const char *
next_word(struct reading *reading)
{
	if (reading->word_count == 0)
		return NULL;
	reading->word_count--;
	return *reading->words++;
}

/* Beside sendmail's -bp, -q says which mails to list, and is no mode. */
static bool
is_filter(const struct reading *reading, enum mode mode)
{
	enum mode other = reading->options->mode;

	return options_role_is_sendmail(reading->options->role) &&
	    ((mode == MODE_QUEUE_RUN && other == MODE_QUEUE_LIST) ||
		(mode == MODE_QUEUE_LIST && other == MODE_QUEUE_RUN));
}

static bool
select_mode(struct reading *reading, enum mode mode, const struct given *given,
    struct error *err)
{
	struct options *options = reading->options;
	bool is_question = mode == MODE_HELP || mode == MODE_VERSION;
	char *name = given_name(given);

	if (reading->mode_name == NULL ||
	    (reading->mode_is_of_role && is_question)) {
		options->mode = mode;
	} else if (is_filter(reading, mode)) {
		options->mode = MODE_QUEUE_LIST;
	} else if (options->mode != mode) {
		refuse_pair(reading, name, reading->mode_name, err);
		free(name);
		return false;
	}
	reading->mode_is_of_role = false;
	free(reading->mode_name);
	reading->mode_name = name;
	return true;
}

static bool
add_given(struct reading *reading, const struct option *option,
    const char *value, bool is_letter, struct error *err)
{
	struct given *given =
	    mem_append(&reading->given, &reading->count, sizeof(*given));
	enum mode mode = MODE_SUBMIT;

	*given = (struct given){option, value, is_letter};
	if (is_letter && option->letter == 'b')
		return sendmail_letters_find_mode(value, &mode, err) &&
		    select_mode(reading, mode, given, err);
	while (mode < MODE_COUNT && option->selects != MODE_BIT(mode))
		mode++;
	return mode == MODE_COUNT || select_mode(reading, mode, given, err);
}

static bool
has_blank(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (ascii_is_space(word.at[i]))
			return true;
	return false;
}

static bool
refuse_blank(struct span word, struct error *err)
{
	char *masked = utf8_masked(span_head(word, WORD_SHOWN_MAX));

	error_set(err, ERROR_USAGE,
	    "cannot use \"%s\": a blank inside one option\n"
	    "hint: give each option and each value as a word of its own",
	    masked);
	free(masked);
	return false;
}

/* --name, --name=value, --name value */
static bool
read_long(struct reading *reading, const char *word, struct error *err)
{
	struct span name = span_from(word + 2);
	size_t equals = span_find(name, '=');
	struct span shown = span_head(span_from(word), equals + 2);
	const char *value = equals < name.len ? word + 2 + equals + 1 : NULL;
	const struct option *option = option_table_find_name(
	    span_head(name, equals), reading->options->role);

	if (option == NULL && has_blank(shown))
		return refuse_blank(shown, err);
	if (option == NULL)
		return option_hint_refuse_unknown(
		    shown, reading->options->role, err);
	if (option->argument == ARGUMENT_NONE && value != NULL)
		return refuse(reading, shown, "no value belongs to", err);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		value = next_word(reading);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		return refuse(reading, shown, "a value is missing after", err);
	return add_given(reading, option, value, false, err);
}

/*
 * A caller that quotes "-oi -f x" into one word means two options. Taken as
 * one the second would be lost without a word.
 */
static bool
has_stray_blank(const struct option *option, const char *value)
{
	for (; *value != '\0'; value++)
		if (ascii_is_space(*value) &&
		    (!(option->traits & OPTION_KEEPS_BLANKS) ||
			(value[1] == '-' && value[2] != '\0' &&
			    !ascii_is_space(value[2]))))
			return true;
	return false;
}

/* The letter at *at, whose value may be the rest of `word`, or the next. */
static bool
read_letter(struct reading *reading, const char *word, const char **at,
    struct error *err)
{
	const struct option *option =
	    option_table_find_letter(**at, reading->options->role);
	char name[3] = {'-', **at, '\0'};
	const char *value = *at + 1;

	if (ascii_is_space(**at))
		return refuse_blank(span_from(word), err);
	*at = value;
	if (option == NULL)
		return option_hint_refuse_unknown(
		    span_from(name), reading->options->role, err);
	if (option->argument == ARGUMENT_NONE)
		return add_given(reading, option, NULL, true, err);
	if (has_stray_blank(option, value))
		return refuse_blank(span_from(word), err);
	*at = value + strlen(value);
	if (option->argument == ARGUMENT_WORD && *value == '\0')
		value = next_word(reading);
	if (value == NULL)
		return refuse(
		    reading, span_from(name), "a value is missing after", err);
	return add_given(reading, option, value, true, err);
}

/*
 * -t, -ti (grouped), -fADDR, -f ADDR (an empty word is a value too), and -q,
 * -q15m, which never take the next word. -help is a mistake for --help.
 */
static bool
read_letters(struct reading *reading, const char *word, struct error *err)
{
	enum role role = reading->options->role;
	const char *at = word + 1;
	bool done = true;

	if (role == ROLE_SMTPOST && word[1] != '\0' && word[2] != '\0' &&
	    option_table_find_name(span_from(at), role) != NULL)
		return option_hint_refuse_unknown(span_from(word), role, err);
	while (done && *at != '\0')
		done = read_letter(reading, word, &at, err);
	return done;
}

static bool
read_option(struct reading *reading, const char *word, struct error *err)
{
	struct options *options = reading->options;

	/* An injected option, or a mistake. */
	if (word[1] == '\0' ||
	    (options->operand_count > 0 && mode_ends_options(options->mode)))
		return refuse(reading, span_from(word),
		    "put options in front of the recipients, or -- in front "
		    "of a recipient such as",
		    err);
	return word[1] == '-' ? read_long(reading, word, err)
			      : read_letters(reading, word, err);
}

/* " -t": taken as a recipient it would be mailed to -t@domain. */
static bool
is_indented_option(const char *word)
{
	struct span rest = span_trim(span_from(word));

	return ascii_is_space(word[0]) && rest.len > 0 && rest.at[0] == '-';
}

static bool
read_words(struct reading *reading, struct error *err)
{
	struct options *options = reading->options;
	bool only_operands = false, done = true;

	while (done && reading->word_count > 0) {
		char *word = *reading->words;

		next_word(reading);
		if (!only_operands && is_indented_option(word))
			done = refuse_blank(span_from(word), err);
		else if (only_operands || word[0] != '-')
			options->operands[options->operand_count++] = word;
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else
			done = read_option(reading, word, err);
	}
	return done;
}

/* The row that says which modes it goes with: -oi is -i. */
static const struct option *
judged_row(const struct given *given, enum role role)
{
	if (given->is_letter && given->value != NULL &&
	    sendmail_letters_ignores_dots(given->option->letter, given->value))
		return option_table_find_letter('i', role);
	return given->option;
}

/* With the modes that would do, since a user may mean one of those. */
static bool
refuse_option(const struct given *given, unsigned modes, const char *mode,
    struct error *err)
{
	char *name = given_name(given);
	const char *before = "";

	error_set(err, ERROR_USAGE,
	    "cannot use %s with %s\nhint: it goes with ", name, mode);
	for (unsigned i = 0; i < MODE_COUNT; i++) {
		if (!(modes & MODE_BIT(i)))
			continue;
		error_add(err, "%s%s", before, mode_name((enum mode)i));
		before = ", ";
	}
	free(name);
	return false;
}

/* Every option and every operand against the mode. */
static bool
check_mode(const struct reading *reading, struct error *err)
{
	const struct options *options = reading->options;
	const char *mode = reading->mode_name != NULL ? reading->mode_name
						      : "-bm, the default";
	struct buf operand = {0};
	char *name;

	for (size_t i = 0; i < reading->count; i++) {
		const struct given *given = &reading->given[i];
		const struct option *row = judged_row(given, options->role);
		unsigned modes = option_table_modes(row, options->role);

		if (!(modes & MODE_BIT(options->mode)))
			return refuse_option(given, modes, mode, err);
	}
	if (options->operand_count == 0 || mode_takes_recipients(options->mode))
		return true;
	name = utf8_masked(
	    span_head(span_from(options->operands[0]), WORD_SHOWN_MAX));
	buf_add_format(&operand, "the operand \"%s\"", name);
	refuse_pair(reading, buf_text(&operand), mode, err);
	buf_free(&operand);
	free(name);
	return false;
}

static bool
apply_setting(
    struct options *options, const struct given *given, struct error *err)
{
	const struct option *option = given->option;
	const char *value = given->value != NULL ? given->value : "yes";
	struct buf origin = {0};
	bool done;

	if (option->name != NULL)
		buf_add_format(&origin, "--%s", option->name);
	else
		buf_add_format(&origin, "-%c", option->letter);
	done = options_set(
	    options, option->setting, value, buf_text(&origin), err);
	buf_free(&origin);
	return done;
}

static bool
apply(struct options *options, const struct given *given, struct error *err)
{
	const struct option *option = given->option;
	char *field = (char *)options + option->field;
	const char **text = (const char **)field;
	const char *value = given->value;

	if (option->take != NULL)
		return option->take(options, value, err);
	if (option->setting != NULL)
		return apply_setting(options, given, err);
	if (option->field == 0)
		return true;
	if (option->argument == ARGUMENT_NONE) {
		++*(unsigned *)field;
		return true;
	}
	if (option->traits & OPTION_ONCE && *text != NULL)
		return error_set(
		    err, ERROR_USAGE, "cannot use --%s twice", option->name);
	if (option->traits & OPTION_EMPTY_IS_NONE && value[0] == '\0')
		value = NULL;
	*text = value;
	return true;
}

/* What the name of the program says before any option. */
static void
set_role(struct reading *reading, const char *program)
{
	struct options *options = reading->options;

	options->role = role_of(program);
	if (options->role == ROLE_MAILQ)
		options->mode = MODE_QUEUE_LIST;
	else if (options->role == ROLE_NEWALIASES)
		options->mode = MODE_NOTHING;
	else
		return;
	reading->mode_is_of_role = true;
	reading->mode_name = mem_copy_text(options_role_name(options->role));
}

/* sendmail's -h needs a value; without one, people want --help. */
static bool
is_help(const struct options *options, int argc, char **argv)
{
	return options->role == ROLE_SMTPOST && argc == 2 &&
	    strcmp(argv[1], "-h") == 0;
}

bool
command_line_parse(
    struct options *options, int argc, char **argv, struct error *err)
{
	struct reading reading = {
	    .options = options,
	    .words = argv + 1,
	    .word_count = argc > 0 ? argc - 1 : 0,
	};
	bool done = true;

	*options = (struct options){0};
	options->operands = mem_new((size_t)argc + 1, sizeof(char *));
	set_role(&reading, argc > 0 ? argv[0] : NULL);
	if (is_help(options, argc, argv))
		options->mode = MODE_HELP;
	else
		done = read_words(&reading, err) && check_mode(&reading, err);
	for (size_t i = 0; done && i < reading.count; i++)
		done = apply(options, &reading.given[i], err);
	free(reading.given);
	free(reading.mode_name);
	return done;
}
