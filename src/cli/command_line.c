/*
 * Reads argv into struct options. Options are first only collected and then
 * applied once they are known to go with the mode, because the option that
 * selects the mode may come last.
 */
#include "cli/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "cli/mode_letter.h"
#include "cli/msmtp_option.h"
#include "cli/option_table.h"
#include "profile/foreign_setting.h"
#include "profile/setting_table.h"

#define WORD_SHOWN_MAX ((size_t)80)

/* Options of msmtp, mailx, mutt and curl that are not settings. */
static const struct {
	const char *word, *hint;
} others[] = {
    {"-n", "--dry-run prints what would be sent"},
    {"-A", "--attach FILE attaches a file"},
    {"-E", "the name mail has -E: see smtpost-mail(1)"},
    {"-H", "--message FILE reads a message that is ready"},
    {"-S", "--server-info shows a server, --set KEY=VALUE sets a setting"},
    {"-T", "--message FILE reads a message that is ready"},
    {"-c", "--cc LIST names recipients of copies"},
    {"--append", "--header 'NAME: VALUE' sets a field"},
    {"--configure", "--setup ADDRESS finds the server and makes a profile"},
    {"--content-type", "--html-file FILE sends HTML"},
    {"--mail-from", "--from ADDRESS names the sender"},
    {"--mail-rcpt", "name recipients after the options, or with --to"},
    {"--return-address", "--from ADDRESS names the sender"},
    {"--rmqs", "smtpost cannot ask a server to send its queue (ETRN)"},
    {"--silent", "--quiet prints nothing after a success"},
    {"--upload-file", "--message FILE reads a message that is ready"},
    {"--url", "--server URL sends through this server"},
    {"--usage", "--help prints the options"},
    {"--verbose", "-v shows the dialogue"},
};

#define OTHER_COUNT (sizeof(others) / sizeof(others[0]))

/* Options that have another letter in other programs called mail. */
static const struct {
	const char *word, *hint;
} mailers[] = {
    {"-A", "-a FILE attaches a file"},
    {"-S", "settings are in the configuration: see smtpost.conf(5)"},
    {"-f", "-r ADDRESS names the sender"},
    {"-q", "the text is standard input: < FILE"},
    {"-t", "sendmail -t takes recipients from the message"},
};

#define MAILER_COUNT (sizeof(mailers) / sizeof(mailers[0]))

/* mail and mailx also read mail, which smtpost cannot. */
static void
add_mailer(struct span word, enum role role, struct error *err)
{
	error_add(err, "\nhint: smtpost only sends mail; ");
	for (size_t i = 0; i < MAILER_COUNT; i++)
		if (span_equal(word, span_from(mailers[i].word))) {
			error_add(err, "%s", mailers[i].hint);
			return;
		}
	error_add(err, "see %s --help", options_role_name(role));
}

/* These functions add a hint to err; false: they have no hint. */
static bool
add_other_program(struct span word, struct error *err)
{
	for (size_t i = 0; i < OTHER_COUNT; i++) {
		if (!span_equal(word, span_from(others[i].word)))
			continue;
		error_add(err, "\nhint: %s", others[i].hint);
		return true;
	}
	return false;
}

/* For an option of another program that is a setting in smtpost. */
static bool
add_foreign(struct span name, enum role role, struct error *err)
{
	const struct foreign_setting *foreign = foreign_setting_find(name);
	const char *note;

	if (foreign == NULL)
		return false;
	note = foreign->note != NULL ? foreign->note : "";
	if (foreign->setting == NULL)
		error_add(err, "\nhint: %s", note);
	else
		error_add(err,
		    options_role_is_sendmail(role)
			? "\nhint: in the configuration it is %s = %s%s%s"
			: "\nhint: in smtpost it is --set %s=%s%s%s",
		    foreign->setting, foreign->value,
		    foreign->note != NULL ? "; " : "", note);
	return true;
}

/* For a setting, which is not an option but can be given to --set. */
static bool
add_setting(struct span name, enum role role, struct error *err)
{
	const struct setting *setting = setting_table_find(name);

	if (setting == NULL)
		return false;
	if (setting->traits & SETTING_SECRET)
		error_add(err,
		    "\nhint: all users can see a %s on the command line: "
		    "use %s",
		    setting->traits & SETTING_SOURCE ? "password"
						     : "client secret",
		    setting->traits & SETTING_SOURCE
			? "password-file or password-command"
			: "oauth-client-secret-file");
	else
		error_add(err,
		    options_role_is_sendmail(role)
			? "\nhint: in the configuration it is %s = VALUE"
			: "\nhint: it is a setting: --set %s=VALUE",
		    setting->name);
	return true;
}

static bool
add_near(const char *option, struct error *err)
{
	error_add(err, "\nhint: the nearest one known is --%s", option);
	return true;
}

/* For a misspelt option of another program, or a misspelt setting. */
static bool
add_nearest_other(struct span name, struct error *err)
{
	struct nearest nearest = nearest_to(name);
	const char *setting;

	for (size_t i = 0; i < OTHER_COUNT; i++)
		if (span_starts(span_from(others[i].word), SPAN("--")))
			nearest_consider(&nearest, others[i].word + 2);
	if (nearest.name != NULL)
		return add_other_program(span_from(nearest.name - 2), err);
	setting = setting_table_nearest(name);
	if (setting != NULL)
		return add_setting(span_from(setting), ROLE_SMTPOST, err);
	msmtp_option_consider(&nearest);
	return nearest.name != NULL && add_near(nearest.name, err);
}

/* For a misspelt option, with one dash or two: -help and --helo. */
static bool
add_nearest(struct span word, enum role role, struct error *err)
{
	struct span name = span_skip(word, span_starts(word, SPAN("--")) + 1);
	struct nearest nearest = nearest_to(name);

	if (name.len < 2)
		return false;
	for (size_t i = 0; i < option_count; i++)
		if (option_table_has_name(&option_table[i], role))
			nearest_consider(&nearest, option_table[i].name);
	if (nearest.name == NULL)
		return false;
	return add_near(nearest.name, err);
}

/*
 * Sets the error for an unknown option, given with its dashes, and a hint: the
 * option or setting that does the same, the nearest name, or --help. Options of
 * other programs come first, because users who change from msmtp type them.
 */
static bool
refuse_unknown(struct span word, enum role role, struct error *err)
{
	char *masked = utf8_excerpt_masked(word, WORD_SHOWN_MAX);
	bool is_own = role == ROLE_SMTPOST;
	bool is_long = span_starts(word, SPAN("--"));
	struct span name = span_skip(word, 2);

	error_set(err, ERROR_USAGE, "cannot use %s: %s has no such option",
	    masked, options_role_name(role));
	free(masked);
	if (options_role_is_mail(role)) {
		add_mailer(word, role, err);
		return false;
	}
	if ((is_own && add_other_program(word, err)) ||
	    (is_long &&
		(add_foreign(name, role, err) ||
		    add_setting(name, role, err))) ||
	    add_nearest(word, role, err) ||
	    (is_own && is_long && add_nearest_other(name, err)))
		return false;
	error_add(err, "\nhint: see %s --help", options_role_name(role));
	return false;
}

/* The role by the last part of argv[0], which may be NULL. */
static enum role
role_of(const char *program)
{
	const char *slash;

	if (program == NULL)
		return ROLE_SMTPOST;
	slash = strrchr(program, '/');
	if (slash != NULL)
		program = slash + 1;
	for (enum role role = ROLE_SENDMAIL; role <= ROLE_MAILX; role++)
		if (strcmp(program, options_role_name(role)) == 0)
			return role;
	return ROLE_SMTPOST;
}

/* An option on the command line. */
struct given {
	const struct option *option;
	const char *value; /* NULL: it takes none */
	bool is_letter;
};

/* The command line while it is read. */
struct reading {
	struct options *options;
	char **words; /* the words not read yet */
	int word_count;
	struct given *given; /* owned */
	size_t count;
	char *mode_name; /* owned: as the user wrote it; NULL: the default */
	bool mode_is_of_role; /* selected by the name mailq or newaliases */
};

static bool
refuse(const struct reading *reading, struct span word, const char *why,
    struct error *err)
{
	char *masked = utf8_excerpt_masked(word, WORD_SHOWN_MAX);

	error_set(err, ERROR_USAGE, "cannot use %s: %s\nhint: see %s --help",
	    masked, why, options_role_name(reading->options->role));
	free(masked);
	return false;
}

static bool
refuse_late(struct span word, enum role role, struct error *err)
{
	char *masked = utf8_excerpt_masked(word, WORD_SHOWN_MAX);

	error_set(err, ERROR_USAGE,
	    "cannot use %s after a recipient\n"
	    "hint: put options before the recipients, or -- before a "
	    "recipient that begins with -",
	    masked);
	free(masked);
	/* As in: mail -s Report root -- -f me@example.com */
	if (options_role_is_mail(role) && span_equal(word, SPAN("--")))
		error_add(err, "; -r ADDRESS names the sender");
	return false;
}

/* "--dry-run", "-t", "-bs", "-oi"; caller frees. */
static char *
given_name(const struct given *given)
{
	struct buf name = {0};
	char *text;

	if (!given->is_letter)
		buf_add_format(&name, "--%s", given->option->name);
	else
		buf_add_format(&name, "-%c", given->option->letter);
	if (given->is_letter && given->value != NULL &&
	    strchr("boq", given->option->letter) != NULL) {
		text = utf8_excerpt_masked(
		    span_from(given->value), WORD_SHOWN_MAX);
		buf_add_text(&name, text);
		free(text);
	}
	return buf_take_text(&name);
}

/* Refuses a second mode, or an operand that the mode does not take. */
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

/*
 * mailutils' -E runs a command of its own. fail2ban and others give it the one
 * that switches tilde escapes off, which are never on here.
 */
static bool
skip_escape(struct reading *reading, const struct option *option)
{
	if (option->letter != 'E' || reading->word_count == 0 ||
	    strcmp(*reading->words, "set escape") != 0)
		return false;
	next_word(reading);
	return true;
}

/* As sendmail, -q with -bp is not a mode: it selects the mails to list. */
static bool
is_filter(const struct reading *reading, enum mode mode)
{
	enum mode other = reading->options->mode;

	return options_role_is_sendmail(reading->options->role) &&
	    ((mode == MODE_QUEUE_RUN && other == MODE_MAILQ) ||
		(mode == MODE_MAILQ && other == MODE_QUEUE_RUN));
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
		options->mode = MODE_MAILQ;
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
	if (option_table_is_mode_letter(option))
		return mode_letter_find(value, &mode, err) &&
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
	char *masked = utf8_excerpt_masked(word, WORD_SHOWN_MAX);

	error_set(err, ERROR_USAGE,
	    "cannot use \"%s\": it has a blank inside one option\n"
	    "hint: give each option and each value as a separate argument",
	    masked);
	free(masked);
	return false;
}

/* Finds a long name. Options of msmtp exist only as smtpost. */
static const struct option *
find_name(struct reading *reading, struct span name)
{
	struct options *options = reading->options;
	const struct option *option =
	    option_table_find_name(name, options->role);

	if (option != NULL || options->role != ROLE_SMTPOST)
		return option;
	option = msmtp_option_find(name);
	if (option != NULL)
		options->msmtp.is_given = true;
	return option;
}

/* --name, --name=value, --name value */
static bool
read_long(struct reading *reading, const char *word, struct error *err)
{
	struct span name = span_from(word + 2);
	size_t equals = span_find(name, '=');
	struct span shown = span_head(span_from(word), equals + 2);
	const char *value = equals < name.len ? word + 2 + equals + 1 : NULL;
	const struct option *option =
	    find_name(reading, span_head(name, equals));

	if (option == NULL && has_blank(shown))
		return refuse_blank(shown, err);
	if (option == NULL)
		return refuse_unknown(shown, reading->options->role, err);
	if (option->argument == ARGUMENT_NONE && value != NULL)
		return refuse(reading, shown, "it takes no value", err);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		value = next_word(reading);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		return refuse(reading, shown, "its value is missing", err);
	return add_given(reading, option, value, false, err);
}

/*
 * Whether a value looks like several options in one argument, such as "-oi -f
 * x". Read as one option, the second would be lost silently.
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

/* Reads the letter at *at. Its value is the rest of `word` or the next word. */
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
		return refuse_unknown(
		    span_from(name), reading->options->role, err);
	if (*value == '\0' && skip_escape(reading, option))
		return true;
	if (option->argument == ARGUMENT_NONE)
		return add_given(reading, option, NULL, true, err);
	if (has_stray_blank(option, value))
		return refuse_blank(span_from(word), err);
	*at = value + strlen(value);
	if (option->argument == ARGUMENT_WORD && *value == '\0')
		value = next_word(reading);
	if (value == NULL)
		return refuse(
		    reading, span_from(name), "its value is missing", err);
	return add_given(reading, option, value, true, err);
}

/*
 * Reads -t, -ti (grouped), -fADDR, -f ADDR (which may be empty), and -q or
 * -q15m, which never take the next word. -help is refused, with a hint.
 */
static bool
read_letters(struct reading *reading, const char *word, struct error *err)
{
	enum role role = reading->options->role;
	const char *at = word + 1;
	bool done = true;

	if (role == ROLE_SMTPOST && word[1] != '\0' && word[2] != '\0' &&
	    find_name(reading, span_from(at)) != NULL)
		return refuse_unknown(span_from(word), role, err);
	while (done && *at != '\0')
		done = read_letter(reading, word, &at, err);
	return done;
}

static bool
read_option(struct reading *reading, const char *word, struct error *err)
{
	struct options *options = reading->options;

	/* An option after a recipient may have been injected. */
	if (options->operand_count > 0 &&
	    mode_table[options->mode].ends_options)
		return refuse_late(span_from(word), options->role, err);
	if (word[1] == '\0')
		return refuse(reading, span_from(word),
		    "it is neither an option nor a recipient", err);
	return word[1] == '-' ? read_long(reading, word, err)
			      : read_letters(reading, word, err);
}

/* " -t", which as a recipient would become -t@domain. */
static bool
is_indented_option(const char *word)
{
	struct span rest = span_trim(span_from(word));

	return ascii_is_space(word[0]) && rest.len > 0 && rest.at[0] == '-';
}

/* All that is left is the command, whose options are not ours. */
static void
take_command(struct reading *reading)
{
	if (reading->word_count > 0)
		reading->options->command = reading->words;
	reading->word_count = 0;
}

/* For s-nail, options of sendmail follow then. */
static bool
ends_recipients(const struct options *options)
{
	return options_role_is_mail(options->role) &&
	    options->operand_count > 0;
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
		else if (strcmp(word, "--") == 0 && options->mode == MODE_RUN)
			take_command(reading);
		else if (strcmp(word, "--") == 0 && ends_recipients(options))
			done = refuse_late(span_from(word), options->role, err);
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else
			done = read_option(reading, word, err);
	}
	return done;
}

/* The table row with the modes of a given option; that of -oi is -i. */
static const struct option *
judged_row(const struct given *given, enum role role)
{
	if (given->is_letter && given->value != NULL &&
	    option_table_ignores_dots(given->option->letter, given->value))
		return option_table_find_letter('i', role);
	return given->option;
}

/*
 * Refuses an option that does not go with the mode; the hint lists its modes.
 */
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
		error_add(err, "%s%s", before, mode_table[i].name);
		before = ", ";
	}
	/* msmtp's -d goes with all of its modes. */
	if (given->is_letter && given->option->letter == 'd')
		error_add(err, "; -v shows the dialogue");
	free(name);
	return false;
}

static bool
has_letter(const struct reading *reading, char letter)
{
	for (size_t i = 0; i < reading->count; i++)
		if (reading->given[i].option->letter == letter)
			return true;
	return false;
}

/* Checks that every option and operand goes with the mode. */
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
	if (options->mode == MODE_RUN && options->command == NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --run: there is no command\n"
		    "hint: write it after --, as in smtpost --run root -- "
		    "backup --all");
	if (options->operand_count == 0 || mode_takes_operands(options->mode) ||
	    (mode_table[options->mode].takes_ids && !has_letter(reading, 'q')))
		return true;
	name = utf8_excerpt_masked(
	    span_from(options->operands[0]), WORD_SHOWN_MAX);
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
	if (option->traits & OPTION_REPEATS) {
		option_values_add((struct option_values *)field, value);
		return true;
	}
	if (option->traits & OPTION_ONCE && *text != NULL) {
		char *name = given_name(given);

		error_set(err, ERROR_USAGE, "cannot use %s twice", name);
		free(name);
		return false;
	}
	if (option->traits & OPTION_EMPTY_IS_NONE && value[0] == '\0')
		value = NULL;
	*text = value;
	return true;
}

/* Whether the text is the URL of a server; a profile's name is none. */
static bool
is_url(const char *text)
{
	struct span span = span_from(text);

	return strstr(text, "://") != NULL || span_starts(span, SPAN("srv:")) ||
	    span_equal_nocase(span, SPAN("mx:")) ||
	    span_starts(span, SPAN("smtp+unix:")) ||
	    span_starts(span, SPAN("lmtp+unix:"));
}

/* An operand that names a profile or a server does what -P or --server does. */
static bool
apply_profile(const struct reading *reading, struct error *err)
{
	struct options *options = reading->options;

	if (!mode_table[options->mode].takes_profile ||
	    options->operand_count == 0)
		return true;
	if (options->operand_count > 1)
		return error_set(err, ERROR_USAGE,
		    "cannot use more than one profile or server with %s",
		    reading->mode_name);
	if (is_url(options->operands[0]))
		return options_set(
		    options, "server", options->operands[0], "operand", err);
	if (options->profile != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use both -P and an operand: each names a profile");
	options->profile = options->operands[0];
	return true;
}

/* Sets the role and, for mailq and newaliases, the mode. */
static void
set_role(struct reading *reading, const char *program)
{
	struct options *options = reading->options;

	options->role = role_of(program);
	if (options->role == ROLE_MAILQ)
		options->mode = MODE_MAILQ;
	else if (options->role == ROLE_NEWALIASES)
		options->mode = MODE_NOTHING;
	else
		return;
	reading->mode_is_of_role = true;
	reading->mode_name = mem_copy_text(options_role_name(options->role));
}

/* -h alone means --help; sendmail's -h has a value. */
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
	done = done && apply_profile(&reading, err) &&
	    msmtp_option_finish(options, err);
	free(reading.given);
	free(reading.mode_name);
	return done;
}
