#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/option_table.h"

static const struct option *
find_letter(char letter)
{
	for (size_t i = 0; letter != 0 && i < option_count; i++)
		if (option_table[i].letter == letter)
			return &option_table[i];
	for (size_t i = 0; letter != 0 && i < ignored_option_count; i++)
		if (ignored_options[i].letter == letter)
			return &ignored_options[i];
	return NULL;
}

/* As sendmail nearly no long name exists. */
static bool
has_name(const struct option *option, enum role role)
{
	return option->name != NULL &&
	    (!role_is_sendmail(role) || option->traits & OPTION_EVERYWHERE);
}

static const struct option *
find_name(struct span name, enum role role)
{
	for (size_t i = 0; i < option_count; i++)
		if (has_name(&option_table[i], role) &&
		    span_equal(name, span_from(option_table[i].name)))
			return &option_table[i];
	return NULL;
}

static bool
refuse(enum role role, struct span word, const char *why, struct error *err)
{
	char *masked = utf8_masked(span_head(word, 80));

	error_set(err, ERROR_USAGE, "%s %s\nhint: see %s --help", why,
	    masked, role_name(role));
	free(masked);
	return false;
}

static bool
apply(struct options *options, const struct option *option,
    const char *value, struct error *err)
{
	if (option->apply == NULL ||
	    (role_is_sendmail(options->role) && option->traits & OPTION_OWN))
		return true;
	return option->apply(options, value, err);
}

/* What is left of the command line. */
struct words {
	char **at;
	int left;
};

static const char *
next_word(struct words *words)
{
	if (words->left == 0)
		return NULL;
	words->left--;
	return *words->at++;
}

/* --name, --name=value, --name value */
static bool
parse_long(struct options *options, const char *word, struct words *words,
    struct error *err)
{
	struct span name = span_from(word + 2);
	size_t equals = span_find(name, '=');
	struct span shown = span_head(span_from(word), equals + 2);
	const char *value = equals < name.len ? word + 2 + equals + 1 : NULL;
	const struct option *option =
	    find_name(span_head(name, equals), options->role);

	if (option == NULL)
		return refuse(options->role, shown, "unknown option", err);
	if (option->argument == ARGUMENT_NONE && value != NULL)
		return refuse(
		    options->role, shown, "no value belongs to", err);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		value = next_word(words);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		return refuse(
		    options->role, shown, "a value is missing after", err);
	return apply(options, option, value, err);
}

/*
 * -t, -ti (grouped), -fADDR, -f ADDR (an empty word is a value too), and -q,
 * -q15m, which never take the next word.
 */
static bool
parse_letters(struct options *options, const char *word, struct words *words,
    struct error *err)
{
	for (const char *at = word + 1; *at != '\0'; at++) {
		const struct option *option = find_letter(*at);
		char name[3] = {'-', *at, '\0'};
		const char *value = at + 1;

		if (option == NULL)
			return refuse(options->role, span_from(name),
			    "unknown option", err);
		if (option->argument == ARGUMENT_WORD && *value == '\0')
			value = next_word(words);
		if (value == NULL)
			return refuse(options->role, span_from(name),
			    "a value is missing after", err);
		if (!apply(options, option, value, err))
			return false;
		if (option->argument != ARGUMENT_NONE)
			break;
	}
	return true;
}

/* Each of them is an answer of its own, instead of the mail. */
static bool
check_looks(const struct options *options, struct error *err)
{
	if (options->explain + options->dry_run + options->check_message < 2)
		return true;
	return error_set(err, ERROR_USAGE,
	    "cannot do more than one of --explain, --dry-run and "
	    "--check-message");
}

/* What the name says goes before -b; -q stands for a mode of its own. */
static bool
settle_mode(struct options *options, struct error *err)
{
	if (options->role == ROLE_MAILQ)
		options->mode = MODE_QUEUE_LIST;
	if (options->role == ROLE_NEWALIASES)
		options->mode = MODE_NOTHING;
	if (options->role == ROLE_SENDMAIL && options->mode == MODE_NOTHING &&
	    (options->operand_count > 0 || options->read_recipients))
		return error_set(err, ERROR_USAGE,
		    "cannot submit: an option says that nothing is to be "
		    "done");
	if (!options->runs_queue || options->mode == MODE_QUEUE_LIST ||
	    options->mode == MODE_NOTHING)
		return true;
	/* Who gives a message shall not think that it was sent. */
	if (options->mode != MODE_POST || options->operand_count > 0 ||
	    options->read_recipients || options->recipients != NULL ||
	    options->message != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot submit and run the queue (-q) at once");
	options->mode = MODE_QUEUE_RUN;
	return true;
}

bool
options_parse(
    struct options *options, int argc, char **argv, struct error *err)
{
	struct words words = {argv + 1, argc > 0 ? argc - 1 : 0};
	bool only_operands = false;

	*options = (struct options){
	    .role = role_of(argc > 0 ? argv[0] : NULL)};
	options->operands = mem_new((size_t)argc + 1, sizeof(char *));
	while (words.left > 0) {
		char *word = *words.at;
		bool is_option = !only_operands && word[0] == '-';

		next_word(&words);
		if (!is_option) {
			options->operands[options->operand_count++] = word;
		} else if (strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (options->operand_count > 0 || word[1] == '\0') {
			/* An injected option, or a mistake. */
			return refuse(options->role, span_from(word),
			    "put options in front of the recipients, or -- "
			    "in front of a recipient such as",
			    err);
		} else if (word[1] == '-') {
			if (!parse_long(options, word, &words, err))
				return false;
		} else if (!parse_letters(options, word, &words, err)) {
			return false;
		}
	}
	return check_looks(options, err) && settle_mode(options, err);
}

bool
options_read_input(const struct options *options)
{
	if (options->help || options->version || options->explain ||
	    options->providers || options->mode != MODE_POST)
		return false;
	return options->message == NULL ||
	    strcmp(options->message, "-") == 0 ||
	    (options->recipients != NULL &&
		strcmp(options->recipients, "-") == 0);
}

void
options_free(struct options *options)
{
	for (size_t i = 0; i < options->set_count; i++) {
		char *text = (char *)(uintptr_t)options->sets[i].at;

		mem_wipe(text, options->sets[i].len);
		free(text);
	}
	for (size_t i = 0; i < options->warning_count; i++)
		free(options->warnings[i]);
	free(options->warnings);
	free(options->sets);
	free(options->set_origins);
	free(options->operands);
	*options = (struct options){0};
}

/* "-P, --profile NAME", "-r ADDRESS", "-q[X]", "    --set KEY=VALUE" */
static void
print_row(FILE *out, const struct option *option, enum role role)
{
	bool is_named = has_name(option, role);
	bool is_attached = option->argument == ARGUMENT_REST;
	struct buf left = {0};

	if (option->letter != 0)
		buf_add_format(&left, "-%c%s", option->letter,
		    is_named ? ", " : "");
	else
		buf_add_text(&left, "    ");
	if (is_named)
		buf_add_format(&left, "--%s", option->name);
	if (option->metavar != NULL)
		buf_add_format(&left, is_attached ? "[%s]" : " %s",
		    option->metavar);
	if (option->help == NULL)
		fprintf(out, "  %s\n", buf_text(&left));
	else if (left.len > 24)
		fprintf(out, "  %s\n  %24s %s\n", buf_text(&left), "",
		    option->help);
	else
		fprintf(out, "  %-24s %s\n", buf_text(&left), option->help);
	buf_free(&left);
}

/* In one paragraph: nobody needs to know more of them. */
static void
print_ignored(FILE *out, enum role role)
{
	fputs("\nTaken for callers of sendmail, and ignored:\n ", out);
	for (size_t i = 0; i < ignored_option_count; i++) {
		const struct option *option = &ignored_options[i];

		fprintf(out, " -%c", option->letter);
		if (option->argument == ARGUMENT_REST)
			fprintf(out, "[%s]", option->metavar);
		else if (option->metavar != NULL)
			fprintf(out, " %s", option->metavar);
	}
	fputs(role_is_sendmail(role) ? " -C FILE\n" : "\n", out);
}

static const char *
usage_of(enum role role)
{
	if (role_is_sendmail(role))
		return "usage: sendmail [options] recipient ... < message\n"
		       "       sendmail -t [options] < message\n"
		       "       mailq\n"
		       "       newaliases\n\n"
		       "This is smtpost, in the place of sendmail: it submits "
		       "a message to a mail\nserver.\n\n";
	return "usage: smtpost [-P profile] [options] recipient ... "
	       "< message\n"
	       "       smtpost -t [options] < message\n"
	       "       smtpost --message FILE --recipients FILE\n\n"
	       "Submit a message to a mail server and tell who got it.\n\n";
}

void
options_print_help(FILE *out, enum role role)
{
	bool as_sendmail = role_is_sendmail(role);

	fputs(usage_of(role), out);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		if (!as_sendmail || has_name(option, role) ||
		    (option->letter != 0 && !(option->traits & OPTION_OWN)))
			print_row(out, option, role);
	}
	print_ignored(out, role);
	fprintf(out, "\nOptions end at the first recipient, or at --. See %s."
		     "\n",
	    as_sendmail ? "smtpost-sendmail(8)"
			: "smtpost(1) and\nsmtpost.conf(5)");
}
