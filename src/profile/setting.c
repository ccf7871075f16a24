/*
 * Refuses values, and reads and prints those that are not about mail: text,
 * words, numbers with a unit. setting_mail.c has the other types.
 */
#include "profile/setting.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "profile/name_list.h"
#include "profile/proxy_url.h"
#include "profile/secret_line.h"
#include "profile/token_url.h"
#include "tls/token_key.h"

#define DAY_MILLISECONDS ((uint64_t)24 * 60 * 60 * 1000)
#define VALUE_SHOWN_MAX ((size_t)128)

void *
setting_field(const struct setting *setting, struct profile *profile)
{
	return (char *)profile + setting->offset;
}

const void *
setting_field_of(const struct setting *setting, const struct profile *profile)
{
	return (const char *)profile + setting->offset;
}

bool
setting_is(const struct setting *setting, const char *name)
{
	return strcmp(setting->name, name) == 0;
}

enum value_kind
setting_value_kind(const struct setting *setting, struct span value)
{
	if (value.len > 0 && value.at[0] == '"')
		value = span_skip(value, 1);
	if (setting->traits & SETTING_COMMAND ||
	    (setting->traits & SETTING_LOGIN_URL &&
		proxy_url_is_command(value)))
		return VALUE_COMMAND;
	return setting->traits & (SETTING_PATH | SETTING_SLASH) ? VALUE_PATH
								: VALUE_TEXT;
}

bool
setting_is_path(const struct setting *setting, struct span value)
{
	if (setting->traits & SETTING_SLASH)
		return span_find(value, '/') < value.len;
	if (!(setting->traits & SETTING_PATH) || value.len == 0)
		return false;
	if (setting->traits & SETTING_TOKEN_URL && token_key_is_url(value))
		return false;
	/* Words such as "system" are not paths. */
	for (size_t i = 0; setting->words != NULL && setting->words[i]; i++)
		if (span_equal(value, span_from(setting->words[i])))
			return false;
	return true;
}

bool
setting_hides(const struct setting *setting, struct span value)
{
	if (setting->traits & SETTING_LOGIN_URL)
		return proxy_url_has_password(value);
	if (setting->traits & SETTING_TOKEN_URL)
		return token_url_has_pin(value);
	return setting->traits & SETTING_SECRET && value.len > 0;
}

int
setting_find_word(const struct setting *setting, struct span value)
{
	for (int i = 0; setting->words[i] != NULL; i++)
		if (span_equal(value, span_from(setting->words[i])))
			return i;
	return -1;
}

bool
setting_refuse(const struct setting *setting, struct span value,
    struct error *err, const char *why)
{
	char *shown;

	/* The name of a PIN in a URL may be misspelt. */
	if (setting->traits & (SETTING_SECRET | SETTING_LOGIN_URL) ||
	    token_key_is_url(value))
		return error_set(
		    err, ERROR_CONFIG, "cannot set %s: %s", setting->name, why);
	shown = utf8_excerpt_masked(value, VALUE_SHOWN_MAX);
	error_set(err, ERROR_CONFIG, "cannot set %s to \"%s\": %s",
	    setting->name, shown, why);
	free(shown);
	return false;
}

void
setting_hint_word(
    struct span value, const char *const *words, struct error *err)
{
	struct nearest nearest = nearest_to(value);

	for (size_t i = 0; words[i] != NULL; i++)
		nearest_consider(&nearest, words[i]);
	if (nearest.name != NULL)
		error_add(err, "\nhint: the nearest one known is \"%s\"",
		    nearest.name);
}

bool
setting_refuse_word(const struct setting *setting, struct span value,
    const char *const *words, struct error *err)
{
	struct buf why = {0};

	buf_add_format(&why, "%s must be", setting->name);
	for (size_t i = 0; words[i] != NULL; i++) {
		const char *before = words[i + 1] == NULL ? " or " : ", ";

		buf_add_format(&why, "%s%s", i > 0 ? before : " ", words[i]);
	}
	setting_refuse(setting, value, err, buf_text(&why));
	setting_hint_word(value, words, err);
	buf_free(&why);
	return false;
}

bool
setting_check_controls(
    const struct setting *setting, struct span value, struct error *err)
{
	return !span_has_control(value) ||
	    setting_refuse(
		setting, value, err, "there is a control character in it");
}

/* Text: anything. An empty text or list counts as not set. */

static bool
parse_text(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	char **field = setting_field(setting, profile);

	if (value.len > 0 && memchr(value.at, '\0', value.len) != NULL)
		return setting_refuse(
		    setting, value, err, "there is a NUL in it");
	/* The first word, if there are words, is the default. */
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
	return setting_check_controls(setting, value, err) &&
	    parse_text(setting, profile, value, err);
}

static void
print_text(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	char *const *field = setting_field_of(setting, profile);

	if (*field != NULL)
		buf_add_text(out, *field);
	else if (setting->words != NULL)
		buf_add_text(out, setting->words[0]);
}

const struct setting_type setting_text = {parse_text, print_text};
const struct setting_type setting_line = {parse_line, print_text};

/* A path, or the URL of an object in a token. */

static bool
parse_file_or_token(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct token_url url;
	struct error why = {0};
	char *text;
	bool done;

	if (!token_key_is_url(value))
		return parse_text(setting, profile, value, err);
	text = span_copy(value);
	done = token_url_parse(&url, text, &why);
	token_url_free(&url);
	mem_wipe(text, value.len);
	free(text);
	return done ? parse_text(setting, profile, value, err)
		    : setting_refuse(setting, value, err, why.text);
}

static void
print_file_or_token(const struct setting *setting,
    const struct profile *profile, struct buf *out)
{
	char *const *field = setting_field_of(setting, profile);

	if (*field != NULL)
		token_url_print(span_from(*field), out);
}

const struct setting_type setting_file_or_token = {
    parse_file_or_token, print_file_or_token};

/* A secret: never printed, wiped. */

static bool
parse_secret(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct buf *field = setting_field(setting, profile);

	for (size_t i = 0; i < value.len; i++)
		if (strchr("\r\n", value.at[i]) != NULL) /* or NUL */
			return setting_refuse(setting, value, err,
			    "there is a line end or a NUL in it");
	buf_init_secret(field, SECRET_MAX);
	if (!buf_add_span(field, value)) {
		buf_wipe(field);
		return setting_refuse(
		    setting, value, err, "it is longer than 4096 octets");
	}
	return true;
}

static void
print_secret(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct buf *field = setting_field_of(setting, profile);

	if (field->len > 0)
		buf_add_text(out, "***");
}

const struct setting_type setting_secret = {parse_secret, print_secret};

/* One of a few words: an enum whose values number the words. */

_Static_assert(sizeof(enum tls_policy) == sizeof(unsigned),
    "every enum of a setting is stored as an unsigned");

static bool
parse_choice(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	int word = setting_find_word(setting, value);

	if (word < 0)
		return setting_refuse_word(setting, value, setting->words, err);
	memcpy(setting_field(setting, profile), &word, sizeof(word));
	return true;
}

static void
print_choice(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	unsigned i;

	memcpy(&i, setting_field_of(setting, profile), sizeof(i));
	buf_add_text(out, setting->words[i]);
}

const struct setting_type setting_choice = {parse_choice, print_choice};

static bool
parse_yes_no(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	static const char *const words[] = {"yes", "no", NULL};
	bool *field = setting_field(setting, profile);

	*field = span_equal(value, SPAN("yes"));
	if (*field || span_equal(value, SPAN("no")))
		return true;
	return setting_refuse_word(setting, value, words, err);
}

static void
print_yes_no(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const bool *field = setting_field_of(setting, profile);

	buf_add_text(out, *field ? "yes" : "no");
}

const struct setting_type setting_yes_no = {parse_yes_no, print_yes_no};

/* Numbers with a unit after them. */

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
	int64_t *field = setting_field(setting, profile);
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
	const int64_t *field = setting_field(setting, profile);

	if (!parse_duration(setting, profile, value, err))
		return false;
	return *field != 0 ||
	    setting_refuse(setting, value, err, "it must not be 0");
}

static void
print_duration(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const int64_t *field = setting_field_of(setting, profile);

	print_units((uint64_t)*field, time_units, out);
}

const struct setting_type setting_duration = {parse_duration, print_duration};
const struct setting_type setting_some_duration = {
    parse_some_duration, print_duration};

static bool
parse_size(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	uint64_t *field = setting_field(setting, profile);

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
	const uint64_t *field = setting_field_of(setting, profile);

	print_units(*field, size_units, out);
}

const struct setting_type setting_size = {parse_size, print_size};

static bool
parse_number(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	uint64_t *field = setting_field(setting, profile);

	if (span_number(value, UINT32_MAX, field) && *field > 0)
		return true;
	return setting_refuse(
	    setting, value, err, "not a number from 1 on, such as 100");
}

static void
print_number(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const uint64_t *field = setting_field_of(setting, profile);

	buf_add_format(out, "%llu", (unsigned long long)*field);
}

const struct setting_type setting_number = {parse_number, print_number};

/* Takes two words, and there must be no third. */
static bool
split_pair(struct span value, struct span *one, struct span *other)
{
	struct span third;

	return span_next_word(&value, NAME_LIST_SEPARATORS, one) &&
	    span_next_word(&value, NAME_LIST_SEPARATORS, other) &&
	    !span_next_word(&value, NAME_LIST_SEPARATORS, &third);
}

/* Two times, of which the second is not the shorter one. */
static bool
parse_queue_pauses(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct queue_pauses *field = setting_field(setting, profile);
	struct span words[2];
	uint64_t first, longest;

	if (!split_pair(value, &words[0], &words[1]) ||
	    !parse_units(
		words[0], time_units, 365 * DAY_MILLISECONDS, &first) ||
	    !parse_units(
		words[1], time_units, 365 * DAY_MILLISECONDS, &longest))
		return setting_refuse(setting, value, err,
		    "not two times of at most 365d, such as 5m 4h");
	if (first == 0 || first > longest)
		return setting_refuse(setting, value, err,
		    "the first pause must not be 0, nor longer than the "
		    "longest one");
	*field = (struct queue_pauses){(int64_t)first, (int64_t)longest};
	return true;
}

static void
print_queue_pauses(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct queue_pauses *field = setting_field_of(setting, profile);

	print_units((uint64_t)field->first, time_units, out);
	buf_add_char(out, ' ');
	print_units((uint64_t)field->longest, time_units, out);
}

const struct setting_type setting_queue_pauses = {
    parse_queue_pauses, print_queue_pauses};

/* A number of mails and a size; neither can be 0. */
static bool
parse_queue_limit(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct queue_limit *field = setting_field(setting, profile);
	struct span count, size;

	if (split_pair(value, &count, &size) &&
	    span_number(count, UINT32_MAX, &field->mails) &&
	    (span_number(size, INT64_MAX, &field->octets) ||
		parse_units(size, size_units, INT64_MAX, &field->octets)) &&
	    field->mails > 0 && field->octets > 0)
		return true;
	return setting_refuse(setting, value, err,
	    "not a number of mails and a size, such as 10000 1G");
}

static void
print_queue_limit(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct queue_limit *field = setting_field_of(setting, profile);

	buf_add_format(out, "%llu ", (unsigned long long)field->mails);
	print_units(field->octets, size_units, out);
}

const struct setting_type setting_queue_limit = {
    parse_queue_limit, print_queue_limit};

static bool
parse_rate(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (value.len == 0 ||
	    rate_parse(value, setting_field(setting, profile)))
		return true;
	return setting_refuse(setting, value, err,
	    "not a rate of 1 to 10000, such as 100/h or 5/m");
}

static void
print_rate(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	rate_add(out, setting_field_of(setting, profile));
}

const struct setting_type setting_rate = {parse_rate, print_rate};

/* A file descriptor that the caller left open; -1: none. */

static bool
parse_descriptor(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	int *field = setting_field(setting, profile);
	uint64_t number;

	if (!span_number(value, INT_MAX, &number) || number < 3)
		return setting_refuse(setting, value, err,
		    "not the number of a file descriptor, 3 or higher");
	*field = (int)number;
	return true;
}

static void
print_descriptor(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const int *field = setting_field_of(setting, profile);

	if (*field >= 0)
		buf_add_format(out, "%d", *field);
}

const struct setting_type setting_descriptor = {
    parse_descriptor, print_descriptor};
