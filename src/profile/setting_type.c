/* The types of settings that any program could have. */
#include "profile/setting.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SECRET_MAX 4096 /* profile/secret.c says the same of its sources */
#define DAY_MILLISECONDS ((uint64_t)24 * 60 * 60 * 1000)

static void *
field_of(const struct setting *setting, struct profile *profile)
{
	return (char *)profile + setting->offset;
}

static const void *
const_field_of(const struct setting *setting, const struct profile *profile)
{
	return (const char *)profile + setting->offset;
}

/* Text: anything; empty is the same as not set, as for lists. */

static bool
parse_text(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	char **field = field_of(setting, profile);

	if (value.len > 0 && memchr(value.at, '\0', value.len) != NULL)
		return setting_refuse(setting, value, err, "NUL in it");
	/* The first word, where there is one, is the default. */
	if (value.len > 0 &&
	    (setting->words == NULL ||
		!span_equal(value, span_from(setting->words[0]))))
		*field = span_copy(value);
	return true;
}

static bool
parse_line(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (span_has_control(value))
		return setting_refuse(setting, value, err, "control character");
	return parse_text(setting, profile, value, err);
}

static void
print_text(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	char *const *field = const_field_of(setting, profile);

	if (*field != NULL)
		buf_add_text(out, *field);
	else if (setting->words != NULL)
		buf_add_text(out, setting->words[0]);
}

static void
clear_text(const struct setting *setting, struct profile *profile)
{
	char **field = field_of(setting, profile);

	free(*field);
	*field = NULL;
}

const struct setting_type setting_text = {parse_text, print_text, clear_text};
const struct setting_type setting_line = {parse_line, print_text, clear_text};

/* A secret: never printed, wiped. */

static bool
parse_secret(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct buf *field = field_of(setting, profile);

	for (size_t i = 0; i < value.len; i++)
		if (strchr("\r\n", value.at[i]) != NULL) /* NUL too */
			return setting_refuse(
			    setting, value, err, "line end or NUL in it");
	buf_init_secret(field, SECRET_MAX);
	if (!buf_add_span(field, value)) {
		buf_wipe(field);
		return setting_refuse(
		    setting, value, err, "longer than 4096 octets");
	}
	return true;
}

static void
print_secret(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct buf *field = const_field_of(setting, profile);

	if (field->len > 0)
		buf_add_text(out, "***");
}

static void
clear_secret(const struct setting *setting, struct profile *profile)
{
	buf_wipe(field_of(setting, profile));
}

const struct setting_type setting_secret = {
    parse_secret, print_secret, clear_secret};

/* One of a few words: an enum whose values number the words. */

_Static_assert(sizeof(enum tls_policy) == sizeof(unsigned),
    "every enum of a setting is stored as an unsigned");

static bool
parse_choice(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	for (unsigned i = 0; setting->words[i] != NULL; i++) {
		if (!span_equal(value, span_from(setting->words[i])))
			continue;
		memcpy(field_of(setting, profile), &i, sizeof(i));
		return true;
	}
	return setting_refuse_word(setting, value, setting->words, err);
}

static void
print_choice(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	unsigned i;

	memcpy(&i, const_field_of(setting, profile), sizeof(i));
	buf_add_text(out, setting->words[i]);
}

static void
clear_choice(const struct setting *setting, struct profile *profile)
{
	memset(field_of(setting, profile), 0, sizeof(unsigned));
}

const struct setting_type setting_choice = {
    parse_choice, print_choice, clear_choice};

/* log: a word, or a file where there is a slash in it. */

static bool
parse_log(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (span_has_control(value))
		return setting_refuse(setting, value, err, "control character");
	if (setting_is_path(setting, value)) {
		profile->log = LOG_FORM_FILE;
		profile->log_file = span_copy(value);
		return true;
	}
	for (unsigned i = 0; setting->words[i] != NULL; i++) {
		if (!span_equal(value, span_from(setting->words[i])))
			continue;
		profile->log = (enum log_form)i;
		return true;
	}
	setting_refuse(setting, value, err,
	    "neither none, syslog, journal or stderr nor a path with a slash "
	    "in it");
	setting_hint_word(value, setting->words, err);
	return false;
}

static void
print_log(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	buf_add_text(out,
	    profile->log == LOG_FORM_FILE ? profile->log_file
					  : setting->words[profile->log]);
}

static void
clear_log(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	free(profile->log_file);
	profile->log_file = NULL;
	profile->log = LOG_FORM_NONE;
}

const struct setting_type setting_log = {parse_log, print_log, clear_log};

static bool
parse_yes_no(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	static const char *const words[] = {"yes", "no", NULL};
	bool *field = field_of(setting, profile);

	*field = span_equal(value, SPAN("yes"));
	if (*field || span_equal(value, SPAN("no")))
		return true;
	return setting_refuse_word(setting, value, words, err);
}

static void
print_yes_no(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const bool *field = const_field_of(setting, profile);

	buf_add_text(out, *field ? "yes" : "no");
}

static void
clear_yes_no(const struct setting *setting, struct profile *profile)
{
	bool *field = field_of(setting, profile);

	*field = false;
}

const struct setting_type setting_yes_no = {
    parse_yes_no, print_yes_no, clear_yes_no};

/* Numbers with a unit behind them. */

struct unit {
	char letter;
	uint64_t factor;
};

static const struct unit time_units[] = {
    {'d', DAY_MILLISECONDS},
    {'h', 60 * 60 * 1000},
    {'m', 60 * 1000},
    {'s', 1000},
    {'\0', 0},
};

static const struct unit size_units[] = {
    {'G', (uint64_t)1 << 30},
    {'M', (uint64_t)1 << 20},
    {'K', (uint64_t)1 << 10},
    {'\0', 0},
};

static bool
parse_units(
    struct span value, const struct unit *units, uint64_t max, uint64_t *number)
{
	char letter = value.len ? value.at[value.len - 1] : '\0';

	for (; letter != '\0' && units->letter != '\0'; units++) {
		if (units->letter != letter)
			continue;
		if (!span_number(span_head(value, value.len - 1),
			max / units->factor, number))
			return false;
		*number *= units->factor;
		return true;
	}
	return false;
}

static void
print_units(uint64_t number, const struct unit *units, struct buf *out)
{
	while (units->letter != '\0' && number % units->factor != 0)
		units++;
	if (number == 0)
		return;
	if (units->letter == '\0')
		buf_add_format(out, "%llu", (unsigned long long)number);
	else
		buf_add_format(out, "%llu%c",
		    (unsigned long long)(number / units->factor),
		    units->letter);
}

static bool
parse_duration(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	int64_t *field = field_of(setting, profile);
	uint64_t number = 0;

	if (!span_equal(value, SPAN("0")) &&
	    !parse_units(value, time_units, 365 * DAY_MILLISECONDS, &number))
		return setting_refuse(setting, value, err,
		    "not a time of at most 365d, such as 30s, 5m, 2h or 1d");
	*field = (int64_t)number;
	return true;
}

static bool
parse_some_duration(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	const int64_t *field = field_of(setting, profile);

	if (!parse_duration(setting, profile, value, err))
		return false;
	return *field != 0 ||
	    setting_refuse(setting, value, err, "no time at all");
}

static void
print_duration(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const int64_t *field = const_field_of(setting, profile);

	print_units((uint64_t)*field, time_units, out);
}

static void
clear_duration(const struct setting *setting, struct profile *profile)
{
	int64_t *field = field_of(setting, profile);

	*field = 0;
}

const struct setting_type setting_duration = {
    parse_duration, print_duration, clear_duration};
const struct setting_type setting_some_duration = {
    parse_some_duration, print_duration, clear_duration};

static bool
parse_size(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	uint64_t *field = field_of(setting, profile);

	if (span_number(value, INT64_MAX, field) ||
	    parse_units(value, size_units, INT64_MAX, field))
		return true;
	return setting_refuse(
	    setting, value, err, "not a size such as 500K, 10M or 1G");
}

static void
print_size(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const uint64_t *field = const_field_of(setting, profile);

	print_units(*field, size_units, out);
}

static void
clear_size(const struct setting *setting, struct profile *profile)
{
	uint64_t *field = field_of(setting, profile);

	*field = 0;
}

const struct setting_type setting_size = {parse_size, print_size, clear_size};

static bool
parse_rate(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (value.len == 0 || rate_parse(value, field_of(setting, profile)))
		return true;
	return setting_refuse(setting, value, err,
	    "not a rate of 1 to 10000, such as 100/h or 5/m");
}

static void
print_rate(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	rate_add(out, const_field_of(setting, profile));
}

static void
clear_rate(const struct setting *setting, struct profile *profile)
{
	memset(field_of(setting, profile), 0, sizeof(struct rate));
}

const struct setting_type setting_rate = {parse_rate, print_rate, clear_rate};

/* A file descriptor that the caller left open; -1: none. */

static bool
parse_descriptor(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	int *field = field_of(setting, profile);
	uint64_t number;

	if (!span_number(value, INT_MAX, &number) || number < 3)
		return setting_refuse(setting, value, err,
		    "not the number of a file descriptor from 3 on");
	*field = (int)number;
	return true;
}

static void
print_descriptor(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const int *field = const_field_of(setting, profile);

	if (*field >= 0)
		buf_add_format(out, "%d", *field);
}

static void
clear_descriptor(const struct setting *setting, struct profile *profile)
{
	int *field = field_of(setting, profile);

	*field = -1;
}

const struct setting_type setting_descriptor = {
    parse_descriptor, print_descriptor, clear_descriptor};
