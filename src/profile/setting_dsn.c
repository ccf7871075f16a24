/* The types of settings for what stays behind: notifications, and a queue. */
#include "profile/setting.h"

#include "envelope/dsn.h"

static unsigned *
notify_field(const struct setting *setting, struct profile *profile)
{
	return (void *)((char *)profile + setting->offset);
}

/* Empty is the same as not set, as for lists. */
static bool
parse_notify(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (value.len == 0 ||
	    dsn_parse_notify(value, notify_field(setting, profile)))
		return true;
	return setting_refuse(setting, value, err,
	    "neither never nor a list of success, failure and delay");
}

static void
print_notify(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const unsigned *field =
	    (const void *)((const char *)profile + setting->offset);
	struct buf words = {0};

	dsn_add_notify(&words, *field);
	for (size_t i = 0; i < words.len; i++)
		buf_add_char(out, ascii_lower(words.data[i]));
	buf_free(&words);
}

static void
clear_number(const struct setting *setting, struct profile *profile)
{
	*notify_field(setting, profile) = 0;
}

const struct setting_type setting_dsn_notify = {
    parse_notify, print_notify, clear_number};

static bool
parse_return(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	static const char *const words[] = {"full", "hdrs", NULL};

	return value.len == 0 ||
	    dsn_parse_return(value, &profile->dsn_return) ||
	    setting_refuse_word(setting, value, words, err);
}

static void
print_return(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	if (profile->dsn_return != DSN_RETURN_UNSET)
		buf_add_text(out,
		    profile->dsn_return == DSN_RETURN_FULL ? "full" : "hdrs");
}

static void
clear_return(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	profile->dsn_return = DSN_RETURN_UNSET;
}

const struct setting_type setting_dsn_return = {
    parse_return, print_return, clear_return};

/* Whoever asks for a queue shall not believe that he has one. */
static bool
parse_queue(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (span_equal(value, SPAN("on-tempfail")) ||
	    span_equal(value, SPAN("always")))
		return setting_refuse(setting, value, err,
		    "the queue is not built yet, only never can be chosen");
	return setting_choice.parse(setting, profile, value, err);
}

static void
print_queue(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	setting_choice.print(setting, profile, out);
}

static void
clear_queue(const struct setting *setting, struct profile *profile)
{
	setting_choice.clear(setting, profile);
}

const struct setting_type setting_queue = {
    parse_queue, print_queue, clear_queue};
