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
	return NULL;
}

static const struct option *
find_name(struct span name)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].name != NULL &&
		    span_equal(name, span_from(option_table[i].name)))
			return &option_table[i];
	return NULL;
}

static bool
refuse(struct span word, const char *why, struct error *err)
{
	char *masked = utf8_masked(span_head(word, 80));

	error_set(err, ERROR_USAGE, "%s %s\nhint: see smtpost --help", why,
	    masked);
	free(masked);
	return false;
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
	const char *value = equals < name.len ? word + 2 + equals + 1 : NULL;
	const struct option *option = find_name(span_head(name, equals));

	if (option == NULL)
		return refuse(span_head(span_from(word), equals + 2),
		    "unknown option", err);
	if (option->argument == ARGUMENT_NONE && value != NULL)
		return refuse(span_head(span_from(word), equals + 2),
		    "no value belongs to", err);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		value = next_word(words);
	if (option->argument == ARGUMENT_WORD && value == NULL)
		return refuse(span_from(word), "a value is missing after",
		    err);
	return option->apply(options, value, err);
}

/* -t, -ti (grouped), -fADDR, -f ADDR; an empty word is a value too. */
static bool
parse_letters(struct options *options, const char *word, struct words *words,
    struct error *err)
{
	for (const char *at = word + 1; *at != '\0'; at++) {
		const struct option *option = find_letter(*at);
		char name[3] = {'-', *at, '\0'};
		const char *value = NULL;

		if (option == NULL)
			return refuse(span_from(name), "unknown option", err);
		if (option->argument == ARGUMENT_WORD) {
			value = at[1] != '\0' ? at + 1 : next_word(words);
			if (value == NULL)
				return refuse(span_from(name),
				    "a value is missing after", err);
		}
		if (!option->apply(options, value, err))
			return false;
		if (option->argument == ARGUMENT_WORD)
			break;
	}
	return true;
}

bool
options_parse(
    struct options *options, int argc, char **argv, struct error *err)
{
	struct words words = {argv + 1, argc > 0 ? argc - 1 : 0};
	bool only_operands = false;

	*options = (struct options){0};
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
			return refuse(span_from(word),
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
	return true;
}

void
options_free(struct options *options)
{
	for (size_t i = 0; i < options->set_count; i++) {
		char *text = (char *)(uintptr_t)options->sets[i].at;

		mem_wipe(text, options->sets[i].len);
		free(text);
	}
	free(options->sets);
	free(options->set_origins);
	free(options->operands);
	*options = (struct options){0};
}

/* "-P, --profile NAME", "-r ADDRESS", "    --set KEY=VALUE" */
static void
print_row(FILE *out, const struct option *option)
{
	struct buf left = {0};

	if (option->letter != 0)
		buf_add_format(&left, "-%c%s", option->letter,
		    option->name != NULL ? ", " : "");
	else
		buf_add_text(&left, "    ");
	if (option->name != NULL)
		buf_add_format(&left, "--%s", option->name);
	if (option->metavar != NULL)
		buf_add_format(&left, " %s", option->metavar);
	if (option->help == NULL)
		fprintf(out, "  %s\n", buf_text(&left));
	else if (left.len > 24)
		fprintf(out, "  %s\n  %24s %s\n", buf_text(&left), "",
		    option->help);
	else
		fprintf(out, "  %-24s %s\n", buf_text(&left), option->help);
	buf_free(&left);
}

void
options_print_help(FILE *out)
{
	fputs("usage: smtpost [-P profile] [options] recipient ... < message\n"
	      "       smtpost -t [options] < message\n"
	      "       smtpost --message FILE --recipients FILE\n\n"
	      "Submit a message to a mail server and tell who got it.\n\n",
	    out);
	for (size_t i = 0; i < option_count; i++)
		print_row(out, &option_table[i]);
	fputs("\nOptions end at the first recipient, or at --.\n"
	      "See smtpost(1) and smtpost.conf(5).\n",
	    out);
}
