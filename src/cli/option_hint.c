/*
 * Explains an unknown option. The table of words of other programs comes first,
 * because people who change from msmtp type its options.
 */
#include "cli/option_hint.h"

#include <stdlib.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "cli/option_table.h"
#include "profile/foreign_setting.h"
#include "profile/settings.h"

#define WORD_SHOWN_MAX ((size_t)80)

/* Options of other programs, of msmtp above all, that are not settings. */
static const struct {
	const char *word, *hint;
} others[] = {
    {"-n", "--dry-run prints what would be sent"},
    {"-A", "let another program make a message with attachments"},
    {"-S", "-v shows what the server offers"},
    {"-s", "write a line Subject: TEXT at the start of the message"},
    {"--attach", "let another program make a message with attachments"},
    {"--bcc", "put recipients after the options; -t takes those of Bcc"},
    {"--cc", "put recipients after the options; -t takes those of Cc"},
    {"--configure", "smtpost.conf(5) has examples to copy"},
    {"--debug", "-v shows the dialogue, -vvv the content too"},
    {"--doctor", "--dry-run and --explain check without sending"},
    {"--file", "--config FILE reads another configuration"},
    {"--import", "smtpost.conf(5) has examples to copy"},
    {"--pretend", "--dry-run prints what would be sent"},
    {"--quiet", "--report none prints nothing after a success"},
    {"--server-info", "-v shows what the server offers"},
    {"--serverinfo", "-v shows what the server offers"},
    {"--setup", "smtpost.conf(5) has examples to copy"},
    {"--silent", "--report none prints nothing after a success"},
    {"--subject", "write a line Subject: TEXT at the start of the message"},
    {"--to", "put recipients after the options; -t takes those of To"},
    {"--usage", "--help prints the options"},
    {"--verbose", "-v shows the dialogue"},
};

#define OTHER_COUNT (sizeof(others) / sizeof(others[0]))

/* These functions add a hint to err, and are false if they know none. */
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

/* An option of another program that has a setting of smtpost for it. */
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

/* A setting, which is not an option but can be given to --set. */
static bool
add_setting(struct span name, enum role role, struct error *err)
{
	const struct setting *setting = settings_find(name);

	if (setting == NULL)
		return false;
	if (setting->traits & SETTING_SECRET)
		error_add(err,
		    "\nhint: everybody can see a password on the "
		    "command line: use password-file or "
		    "password-command");
	else
		error_add(err,
		    options_role_is_sendmail(role)
			? "\nhint: in the configuration it is %s = VALUE"
			: "\nhint: it is a setting: --set %s=VALUE",
		    setting->name);
	return true;
}

/* A misspelt option of another program, or a misspelt setting. */
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
	setting = settings_nearest(name);
	return setting != NULL &&
	    add_setting(span_from(setting), ROLE_SMTPOST, err);
}

/* A misspelt option, with one dash or two: -help and --helo. */
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
	error_add(err, "\nhint: the nearest one known is --%s", nearest.name);
	return true;
}

bool
option_hint_refuse_unknown(struct span word, enum role role, struct error *err)
{
	char *masked = utf8_excerpt_masked(word, WORD_SHOWN_MAX);
	bool is_own = !options_role_is_sendmail(role);
	bool is_long = span_starts(word, SPAN("--"));
	struct span name = span_skip(word, 2);

	error_set(err, ERROR_USAGE, "unknown option %s", masked);
	free(masked);
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
