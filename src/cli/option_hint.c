#include "cli/option_hint.h"

#include <stdlib.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "cli/option_table.h"
#include "profile/foreign_setting.h"
#include "profile/setting.h"

#define WORD_SHOWN_MAX ((size_t)80)

/* Options of other programs that are no settings; msmtp's above all. */
static const struct {
	const char *word, *hint;
} others[] = {
    {"-n", "--dry-run prints what would be sent"},
    {"-A", "there is no --attach yet; another program can write the message"},
    {"-S", "-v shows what the server offers"},
    {"-s", "the subject is a header field of the message"},
    {"--attach", "another program can write the message"},
    {"--configure", "smtpost.conf(5) has configurations to copy"},
    {"--debug", "-v shows the dialogue, -vvv the content too"},
    {"--file", "--config FILE reads another configuration"},
    {"--pretend", "--dry-run prints what would be sent"},
    {"--quiet", "--report none is silent where all is well"},
    {"--serverinfo", "-v shows what the server offers"},
    {"--subject", "the subject is a header field of the message"},
    {"--to", "recipients stand behind the options, or -t takes those of the "
	     "message"},
    {"--usage", "--help prints the options"},
    {"--verbose", "-v shows the dialogue"},
};

static bool
add_other_program(struct span word, struct error *err)
{
	const struct foreign_setting *foreign;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!span_equal(word, span_from(others[i].word)))
			continue;
		error_add(err, "\nhint: %s", others[i].hint);
		return true;
	}
	if (!span_starts(word, SPAN("--")))
		return false;
	foreign = foreign_setting_find(span_skip(word, 2));
	if (foreign == NULL)
		return false;
	if (foreign->setting == NULL)
		error_add(err, "\nhint: %s", foreign->note);
	else
		error_add(err, "\nhint: here it is --set %s=%s%s%s",
		    foreign->setting, foreign->value,
		    foreign->note != NULL ? "; " : "",
		    foreign->note != NULL ? foreign->note : "");
	return true;
}

/* A setting is no option, but --set takes it. */
static bool
add_setting(struct span word, struct error *err)
{
	const struct setting *setting = setting_find(span_skip(word, 2));

	if (setting == NULL || !span_starts(word, SPAN("--")) ||
	    setting->traits & SETTING_SECRET)
		return false;
	error_add(err, "\nhint: it is a setting: --set %s=VALUE",
	    setting->name);
	return true;
}

/* One dash or two: -help and --helo mean --help. */
static bool
add_nearest(struct span word, enum role role, struct error *err)
{
	struct span name = span_skip(word, span_starts(word, SPAN("--")) + 1);
	struct nearest nearest = nearest_to(name);

	if (name.len < 2)
		return false;
	for (size_t i = 0; i < option_count; i++)
		if (option_has_name(&option_table[i], role))
			nearest_consider(&nearest, option_table[i].name);
	if (nearest.name == NULL)
		return false;
	error_add(err, "\nhint: the nearest one known is --%s", nearest.name);
	return true;
}

bool
option_refuse_unknown(struct span word, enum role role, struct error *err)
{
	char *masked = utf8_masked(span_head(word, WORD_SHOWN_MAX));
	bool is_own = !role_is_sendmail(role);

	error_set(err, ERROR_USAGE, "unknown option %s", masked);
	free(masked);
	if ((is_own &&
		(add_other_program(word, err) || add_setting(word, err))) ||
	    add_nearest(word, role, err))
		return false;
	error_add(err, "\nhint: see %s --help", role_name(role));
	return false;
}
