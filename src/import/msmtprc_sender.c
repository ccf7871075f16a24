/*
 * msmtp chooses an account only by -f, and its From field has no display name;
 * smtpost does both better. Comments say what it does less well.
 */
#include "import/msmtprc_sender.h"

#include <string.h>

#include "profile/identity.h"

bool
msmtprc_sender_is_pattern(struct span from)
{
	return span_find(from, '*') < from.len ||
	    span_find(from, '?') < from.len || span_find(from, '[') < from.len;
}

/* The same address in our form; false: there is none. */
static bool
add_sender(struct buf *out, struct span from)
{
	for (size_t i = 0; i < from.len; i++) {
		char next = i + 1 < from.len ? from.at[i + 1] : '\0';

		if (from.at[i] != '%') {
			buf_add_char(out, from.at[i]);
			continue;
		}
		if (next == 'C' || next == 'F')
			return false;
		if (next == 'U' || next == 'H' || next == 'M') {
			buf_add_char(out, '%');
			buf_add_char(out, ascii_lower(next));
			i++;
		} else {
			buf_add_text(out, "%%");
		}
	}
	return out->len > 0;
}

void
msmtprc_sender_make_sender(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct buf sender = {0};
	struct span from;

	if (msmtprc_file_is(account, MSMTPRC_AUTO_FROM, "on")) {
		msmtprc_setting_take(account, MSMTPRC_AUTO_FROM, setting);
		from =
		    msmtprc_setting_take(account, MSMTPRC_MAILDOMAIN, setting);
		buf_add_text(&sender, "%u@");
		if (!add_sender(&sender, from.len > 0 ? from : SPAN("%M")))
			sender.len = 0;
		setting->comment = from.len > 0
		    ? "sender: with auto_from msmtp ignores -f; smtpost does "
		      "not"
		    : "sender: without maildomain msmtp adds no domain, and "
		      "with auto_from it ignores -f; smtpost adds one, and "
		      "does not ignore -f";
	} else {
		from = msmtprc_setting_take(account, MSMTPRC_FROM, setting);
		if (msmtprc_sender_is_pattern(from) ||
		    !add_sender(&sender, from))
			sender.len = 0;
		if (span_find(from, '@') == from.len)
			setting->comment =
			    "sender: msmtp sends the name alone; smtpost adds "
			    "a domain";
	}
	if (sender.len > 0)
		msmtprc_setting_set(setting, buf_span(&sender));
	else
		setting->comment = NULL;
	buf_free(&sender);
}

void
msmtprc_sender_make_full_name(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span name =
	    msmtprc_setting_take(account, MSMTPRC_FROM_FULL_NAME, setting);
	struct buf value = {0};

	identity_add_literal(&value, name);
	if (name.len > 0)
		msmtprc_setting_set(setting, buf_span(&value));
	buf_free(&value);
}

bool
msmtprc_sender_has_words(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.at[i] == '%' &&
		    memchr("UHCM", text.at[i + 1], 4) != NULL)
			return true;
	return false;
}

static bool
has_sender(const struct msmtprc_account *account)
{
	struct msmtprc_setting sender = {0};
	bool has;

	msmtprc_sender_make_sender(account, &sender);
	has = import_profile_accepts("sender", span_from(sender.value));
	msmtprc_setting_wipe(&sender);
	return has;
}

/* "off" for From, Date and Message-ID alike is `keep`. */
void
msmtprc_sender_make_header_policy(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span from =
	    msmtprc_setting_take(account, MSMTPRC_SET_FROM_HEADER, setting);

	if (span_equal(from, SPAN("on")) && has_sender(account)) {
		msmtprc_setting_set(setting, SPAN("provider"));
		if (msmtprc_file_is(
			account, MSMTPRC_ALLOW_FROM_OVERRIDE, "off"))
			msmtprc_setting_take(
			    account, MSMTPRC_ALLOW_FROM_OVERRIDE, setting);
		else
			setting->comment =
			    "header-policy = provider also replaces an address "
			    "of -f that is not the sender and does not fit "
			    "match";
	} else if (span_equal(from, SPAN("off"))) {
		bool keeps_all =
		    msmtprc_file_is(account, MSMTPRC_SET_DATE_HEADER, "off") &&
		    msmtprc_file_is(account, MSMTPRC_SET_MSGID_HEADER, "off");

		msmtprc_setting_set(setting, SPAN("keep"));
		if (msmtprc_file_is(account, MSMTPRC_SET_DATE_HEADER, "off"))
			msmtprc_setting_take(
			    account, MSMTPRC_SET_DATE_HEADER, setting);
		if (msmtprc_file_is(account, MSMTPRC_SET_MSGID_HEADER, "off"))
			msmtprc_setting_take(
			    account, MSMTPRC_SET_MSGID_HEADER, setting);
		if (!keeps_all)
			setting->comment = "header-policy = keep adds no Date "
					   "and no Message-ID either";
	}
}

bool
msmtprc_sender_add_match(
    const struct msmtprc_account *account, struct buf *patterns)
{
	struct span from = msmtprc_file_value(account, MSMTPRC_FROM);
	size_t at = span_find(from, '@');

	if (at == from.len || msmtprc_sender_has_words(from) ||
	    span_find(from, ' ') < from.len ||
	    span_find(from, ',') < from.len || span_find(from, '[') < from.len)
		return false;
	buf_add_span(patterns, from);
	/* msmtp takes me+detail@example.org for me@example.org. */
	if (!msmtprc_sender_is_pattern(from) &&
	    span_find(from, '+') == from.len) {
		buf_add_char(patterns, ' ');
		buf_add_span(patterns, span_head(from, at));
		buf_add_text(patterns, "+*");
		buf_add_span(patterns, span_skip(from, at));
	}
	return true;
}
