/*
 * A table of charsets by name, and how many octets their characters take. Names
 * are shell patterns without case; a charset that is not in it is unknown.
 */
#include "fixup/charset.h"

#include "base/utf8.h"

static const struct span ascii_escape = {"\033(B", 3};

/* clang-format off */
static const struct charset_row {
	const char *pattern;
	enum charset_form form;
} charsets[] = {
    {"utf-8",          FORM_UTF8},
    {"utf8",           FORM_UTF8},
    {"us-ascii",       FORM_OCTETS},
    {"ascii",          FORM_OCTETS},
    {"unknown-8bit",   FORM_OCTETS},
    {"iso-8859-*",     FORM_OCTETS},
    {"iso8859-*",      FORM_OCTETS},
    {"iso_8859-*",     FORM_OCTETS},
    {"latin?",         FORM_OCTETS},
    {"windows-125?",   FORM_OCTETS},
    {"windows-874",    FORM_OCTETS},
    {"cp125?",         FORM_OCTETS},
    {"koi8-*",         FORM_OCTETS},
    {"tis-620",        FORM_OCTETS},
    {"macintosh",      FORM_OCTETS},
    {"ibm437",         FORM_OCTETS},
    {"ibm85?",         FORM_OCTETS},
    {"ibm866",         FORM_OCTETS},
    {"gb2312",         FORM_PAIRS},
    {"gbk",            FORM_PAIRS},
    {"cp936",          FORM_PAIRS},
    {"windows-936",    FORM_PAIRS},
    {"big5",           FORM_PAIRS},
    {"big5-hkscs",     FORM_PAIRS},
    {"cp950",          FORM_PAIRS},
    {"euc-kr",         FORM_PAIRS},
    {"ks_c_5601-1987", FORM_PAIRS},
    {"cp949",          FORM_PAIRS},
    {"windows-949",    FORM_PAIRS},
    {"gb18030",        FORM_GB18030},
    {"euc-jp",         FORM_EUC_JP},
    {"euc-tw",         FORM_EUC_TW},
    {"shift_jis",      FORM_SHIFT_JIS},
    {"shift-jis",      FORM_SHIFT_JIS},
    {"sjis",           FORM_SHIFT_JIS},
    {"cp932",          FORM_SHIFT_JIS},
    {"windows-31j",    FORM_SHIFT_JIS},
    {"iso-2022-jp",    FORM_ISO_2022_JP},
    {"iso-2022-jp-1",  FORM_ISO_2022_JP},
};
/* clang-format on */

enum charset_form
charset_form_of(struct span name)
{
	/* Without the language behind the "*" (RFC 2231 section 5). */
	name = span_head(name, span_find(name, '*'));
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (span_matches(name, span_from(charsets[i].pattern)))
			return charsets[i].form;
	return FORM_UNKNOWN;
}

/* How many octets a character has, by its first two. */
static size_t
wanted_length(enum charset_form form, unsigned char first, unsigned char second)
{
	if (first < 0x80)
		return 1;
	switch (form) {
	case FORM_PAIRS:
		return 2;
	case FORM_GB18030:
		return second >= '0' && second <= '9' ? 4 : 2;
	case FORM_EUC_JP:
		return first == 0x8f ? 3 : 2;
	case FORM_EUC_TW:
		return first == 0x8e ? 4 : 2;
	case FORM_SHIFT_JIS:
		return first >= 0xa1 && first <= 0xdf ? 1 : 2;
	case FORM_UNKNOWN:
	case FORM_OCTETS:
	case FORM_UTF8:
	case FORM_ISO_2022_JP:
		break;
	}
	return 1;
}

/* The length of an escape sequence (RFC 1468, RFC 2237); 0: there is none. */
static size_t
escape_length(struct span text)
{
	if (span_starts(text, SPAN("\033$@")) ||
	    span_starts(text, SPAN("\033$B")) ||
	    span_starts(text, SPAN("\033(B")) ||
	    span_starts(text, SPAN("\033(J")) ||
	    span_starts(text, SPAN("\033(I")))
		return 3;
	return span_starts(text, SPAN("\033$(D")) ? 4 : 0;
}

static size_t
step_2022(struct span text, struct charset_state *state)
{
	size_t len = escape_length(text);

	if (len == 0)
		return state->has_pairs ? 2 : 1;
	state->has_pairs = text.at[1] == '$';
	state->escape = span_head(text, len);
	if (span_equal(state->escape, ascii_escape))
		state->escape.len = 0;
	return len;
}

struct span
charset_end_of(const struct charset_state *state)
{
	return state->escape.len > 0 ? ascii_escape : (struct span){0};
}

size_t
charset_step(
    enum charset_form form, struct span text, struct charset_state *state)
{
	uint32_t character;
	size_t len;

	if (form == FORM_UTF8)
		len = utf8_decode(text, &character);
	else if (form == FORM_ISO_2022_JP)
		len = step_2022(text, state);
	else
		len = wanted_length(form, (unsigned char)text.at[0],
		    text.len > 1 ? (unsigned char)text.at[1] : 0);
	return len > 0 && len <= text.len ? len : 1;
}
