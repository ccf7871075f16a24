/*
 * Reads and writes encoded words. A text is cut only between characters, which
 * requires a known charset: a text in another charset, such as UTF-7, is not
 * cut.
 */
#include "fixup/encoded_word.h"

#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"

#define WORD_MAX ((size_t)75) /* RFC 2047 section 2 */
/* In a phrase or comment up to four specials may touch a word. */
#define STRUCTURED_WORD_MAX (WORD_MAX - 4)

/* How many octets a character of a charset has. */
enum charset_form {
	FORM_UNKNOWN, /* a text must not be cut */
	FORM_OCTETS,  /* each octet is a character */
	FORM_UTF8,
	FORM_PAIRS, /* EUC, GBK, Big5: an octet above 127 begins a pair */
	FORM_GB18030,
	FORM_EUC_JP,
	FORM_EUC_TW,
	FORM_SHIFT_JIS,
	FORM_ISO_2022_JP,
};

/*
 * The state of ISO-2022-JP at a position in a text: a piece that begins there
 * must begin with this escape sequence. All zero is ASCII, in which every text
 * begins and ends (RFC 1468). For other charsets it stays all zero.
 */
struct charset_state {
	struct span escape; /* borrowed from the text */
	bool has_pairs;	    /* two octets are one character */
};

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

/*
 * The form of a charset, by its name in an encoded word. The table has shell
 * patterns, which ignore case.
 */
static enum charset_form
charset_form_of(struct span name)
{
	/* Drop the language after the "*" (RFC 2231 section 5). */
	name = span_head(name, span_find(name, '*'));
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (span_matches(name, span_from(charsets[i].pattern)))
			return charsets[i].form;
	return FORM_UNKNOWN;
}

/* The length of a character in octets, by its first two octets. */
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

/* The length of an escape sequence (RFC 1468, RFC 2237); 0 if there is none. */
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

/* The escape sequence that leads back to ASCII; empty if not needed. */
static struct span
charset_end_of(const struct charset_state *state)
{
	return state->escape.len > 0 ? ascii_escape : (struct span){0};
}

/*
 * Returns the length of the first character or escape sequence of a text that
 * is not empty, and sets the state after it. The length is 1 if the octets are
 * not valid.
 */
static size_t
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

size_t
encoded_word_column(const struct buf *out)
{
	size_t column = 0;

	while (column < out->len && out->data[out->len - 1 - column] != '\n')
		column++;
	return column;
}

/* How a word is written. */
struct style {
	struct span charset; /* with its language */
	enum charset_form form;
	char encoding; /* 'B' or 'Q' */
	size_t word_max;
};

/*
 * The encoded length of the longest character with its escape sequences: a word
 * is begun only if the line has room for it.
 */
static size_t
least_room(const struct style *style)
{
	if (style->form == FORM_ISO_2022_JP)
		return style->encoding == 'Q' ? 24 : 12;
	return style->encoding == 'Q' ? 12 : 8;
}

/*
 * Whether a character needs no encoding even in a phrase (RFC 2047 section 5
 * (3)).
 */
static bool
is_plain(char c)
{
	return ascii_is_alnum(c) || c == '!' || c == '*' || c == '+' ||
	    c == '-' || c == '/';
}

static size_t
quoted_length(struct span text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		len += is_plain(text.at[i]) || text.at[i] == ' ' ? 1 : 3;
	return len;
}

static void
add_quoted(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (is_plain(c) || c == ' ') {
			buf_add_char(out, c == ' ' ? '_' : c);
			continue;
		}
		buf_add_char(out, '=');
		buf_add_hex(out, c);
	}
}

/* The room that a text takes: its octets, or for Q their encoded length. */
static size_t
weight(const struct style *style, struct span text)
{
	return style->encoding == 'Q' ? quoted_length(text) : text.len;
}

/*
 * How many octets of the text, in whole characters, fit into `room` encoded
 * octets; *state becomes the state after them.
 */
static size_t
fitting(const struct style *style, struct charset_state *state,
    struct span text, size_t room)
{
	size_t len = 0, used = weight(style, state->escape);
	size_t max = style->encoding == 'Q' ? room : room / 4 * 3;

	while (len < text.len) {
		struct span rest = span_skip(text, len);
		struct charset_state next = *state;
		size_t step = charset_step(style->form, rest, &next);

		used += weight(style, span_head(rest, step));
		if (used + weight(style, charset_end_of(&next)) > max)
			break;
		*state = next;
		len += step;
	}
	return len;
}

/* Some readers expect a word, not a fold, after the name of a field. */
static bool
is_behind_name(const struct buf *out)
{
	return out->len > 0 && out->data[out->len - 1] == ':';
}

/* The length of "=?charset?B?" and "?=". */
static size_t
frame_length(const struct style *style)
{
	return style->charset.len + 7;
}

/*
 * The room that the first word needs. A text that fits into one word is not
 * cut to fill the line: some readers put a blank between two words of a name.
 */
static size_t
first_room(const struct style *style, const struct buf *out, struct span text)
{
	size_t least = frame_length(style) + least_room(style);
	size_t whole = frame_length(style) +
	    (style->encoding == 'Q' ? quoted_length(text)
				    : (text.len + 2) / 3 * 4);

	if (whole <= least || whole > style->word_max || is_behind_name(out))
		return least;
	return whole + WORD_MAX - style->word_max;
}

/*
 * Adds the lead of a word, with a fold before it if the line has fewer than
 * `least` octets left. Returns the column after it.
 */
static size_t
begin_word(struct buf *out, struct span lead, size_t least)
{
	size_t column = encoded_word_column(out) + lead.len;
	bool is_folded = span_find(lead, '\n') < lead.len;

	if (!is_folded && column + least > ENCODED_LINE_MAX) {
		buf_add_text(out, "\r\n");
		if (lead.len == 0)
			lead = SPAN(" ");
	}
	buf_add_span(out, lead);
	return encoded_word_column(out);
}

static void
add_word(struct buf *out, const struct style *style, struct span text)
{
	buf_add_text(out, "=?");
	buf_add_span(out, style->charset);
	buf_add_format(out, "?%c?", style->encoding);
	if (style->encoding == 'Q')
		add_quoted(out, text);
	else
		base64_encode(out, text);
	buf_add_text(out, "?=");
}

static void
add_words(struct buf *out, const struct style *style, struct span lead,
    struct span text)
{
	size_t frame = frame_length(style);
	size_t least = frame + least_room(style);
	size_t wanted;
	struct charset_state state = {0};
	struct buf piece;

	buf_init(&piece, WORD_MAX);

	/* Fold before a comment, not after its "(". */
	if (lead.len == 0 && out->len > 2 &&
	    memcmp(out->data + out->len - 2, " (", 2) == 0) {
		out->len -= 2;
		lead = SPAN(" (");
	}
	wanted = first_room(style, out, text);
	do {
		size_t column = begin_word(out, lead, wanted);
		size_t room = ENCODED_LINE_MAX - WORD_MAX + style->word_max;
		struct charset_state before = state;
		size_t len;

		/* The lead may be longer than a line. */
		room -= column + least < room ? column : 1;
		if (room > style->word_max)
			room = style->word_max;
		len = fitting(style, &state, text, room - frame);
		buf_clear(&piece);
		buf_add_span(&piece, before.escape);
		buf_add_span(&piece, span_head(text, len));
		buf_add_span(&piece, charset_end_of(&state));
		add_word(out, style, buf_span(&piece));
		text = span_skip(text, len);
		/* Readers drop it (RFC 2047 section 6.2). */
		lead = SPAN(" ");
		wanted = least;
	} while (text.len > 0 && !out->full);
	buf_free(&piece);
}

/* The style of new encoded words. */
static struct style
new_style(struct span text, size_t word_max)
{
	bool is_utf8 = utf8_is_valid(text);

	return (struct style){
	    .charset = is_utf8 ? SPAN("UTF-8") : SPAN("unknown-8bit"),
	    .form = is_utf8 ? FORM_UTF8 : FORM_OCTETS,
	    .encoding = 'B',
	    .word_max = word_max,
	};
}

void
encoded_words_add(struct buf *out, struct span text)
{
	struct style style = new_style(text, WORD_MAX);

	if (text.len > 0)
		add_words(out, &style, (struct span){0}, text);
}

bool
encoded_word_may_be_in(struct span text)
{
	for (; text.len > 1; text = span_skip(text, 1))
		if (span_starts(text, SPAN("=?")))
			return true;
	return false;
}

static bool
has_blank(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_space(text.at[i]))
			return true;
	return false;
}

static bool
is_charset_octet(char c)
{
	return c > ' ' && c < 0x7f && strchr("?=()<>@,;:\"[]", c) == NULL;
}

/* The length of the text before "?="; text.len if there is no "?=". */
static size_t
text_length(struct span text, enum word_place place)
{
	for (size_t len = 0; len < text.len; len++) {
		struct span rest = span_skip(text, len);

		if (span_starts(rest, SPAN("?=")))
			return len;
		/* Another word begins before this one ends. */
		if (span_starts(rest, SPAN("=?")) &&
		    !span_starts(rest, SPAN("=?=")))
			break;
		if (place == WORD_IN_PHRASE &&
		    strchr("<>\"", rest.at[0]) != NULL)
			break;
	}
	return text.len;
}

/* Whether an encoded word may end before this text. */
static bool
ends_word(struct span rest, enum word_place place)
{
	return rest.len == 0 || place == WORD_IN_ANY_TEXT ||
	    ascii_is_space(rest.at[0]) || span_starts(rest, SPAN("=?")) ||
	    (place == WORD_IN_PHRASE && rest.at[0] != '\0' &&
		strchr("),;:<\"", rest.at[0]) != NULL);
}

bool
encoded_word_read(
    struct encoded_word *word, struct span text, enum word_place place)
{
	struct span rest = span_skip(text, 2);
	size_t len = 0;

	if (!span_starts(text, SPAN("=?")))
		return false;
	while (len < rest.len && is_charset_octet(rest.at[len]))
		len++;
	word->charset = span_head(rest, len);
	rest = span_skip(rest, len);
	if (len == 0 || rest.len < 3 || rest.at[0] != '?' || rest.at[2] != '?')
		return false;
	word->encoding = ascii_lower(rest.at[1]) == 'b' ? 'B'
	    : ascii_lower(rest.at[1]) == 'q'		? 'Q'
							: '\0';
	rest = span_skip(rest, 3);
	len = text_length(rest, place);
	if (word->encoding == '\0' || len == rest.len ||
	    !ends_word(span_skip(rest, len + 2), place))
		return false;
	word->text = span_head(rest, len);
	word->whole = span_head(text, (size_t)(rest.at - text.at) + len + 2);
	word->is_proper = word->whole.len <= WORD_MAX &&
	    span_is_ascii(word->whole) && !has_blank(word->text);
	return true;
}

static void
decode_quoted(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		int high = -1, low = -1;

		if (text.at[i] == '=' && i + 2 < text.len) {
			high = ascii_hex_value(text.at[i + 1]);
			low = ascii_hex_value(text.at[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_add_char(out, (char)(high * 16 + low));
			i += 2;
		} else {
			buf_add_char(out,
			    text.at[i] == '_' || text.at[i] == '\t'
				? ' '
				: text.at[i]);
		}
	}
}

/*
 * Decodes a word. Text with octets above 127 is not base64, whatever its label
 * says, and is copied unchanged.
 */
static bool
decode(struct buf *out, const struct encoded_word *word)
{
	bool is_base64 = word->encoding == 'B' && span_is_ascii(word->text);
	struct buf text;
	bool done = true;

	buf_init(&text, word->text.len + 1);
	for (size_t i = 0; i < word->text.len; i++) {
		char c = word->text.at[i];

		if (is_base64 ? !ascii_is_space(c) : c != '\r' && c != '\n')
			buf_add_char(&text, c);
	}
	if (is_base64)
		done = base64_decode(out, buf_span(&text));
	else if (word->encoding == 'Q')
		decode_quoted(out, buf_span(&text));
	else
		buf_add_span(out, buf_span(&text));
	buf_free(&text);
	return done;
}

/*
 * Rewrites a word, as several words if it is too long. False if it must stay
 * unchanged, because it cannot be decoded, or its charset is unknown and a cut
 * could split a character.
 */
static bool
add_rewritten(struct buf *out, struct span lead,
    const struct encoded_word *word, size_t word_max)
{
	struct style style = {
	    .charset = word->charset,
	    .form = charset_form_of(word->charset),
	    .encoding = word->encoding,
	    .word_max = word_max,
	};
	bool can_be_cut = style.form != FORM_UNKNOWN &&
	    frame_length(&style) + least_room(&style) < word_max;
	bool must = has_blank(word->text) || !span_is_ascii(word->text);
	struct buf text;
	bool done;

	buf_init(&text, word->text.len + 1);
	done = (can_be_cut || must) && decode(&text, word);
	if (done && can_be_cut) {
		add_words(out, &style, lead, buf_span(&text));
	} else if (done) {
		if (is_behind_name(out))
			buf_add_span(out, lead);
		else
			begin_word(out, lead, word->whole.len);
		add_word(out, &style, buf_span(&text));
	}
	buf_free(&text);
	return done;
}

void
encoded_word_runs_init(struct encoded_word_runs *runs, struct buf *out,
    size_t max, bool is_structured)
{
	*runs = (struct encoded_word_runs){
	    .out = out, .is_structured = is_structured};
	buf_init(&runs->run, max + 1);
}

static size_t
word_max(const struct encoded_word_runs *runs)
{
	return runs->is_structured ? STRUCTURED_WORD_MAX : WORD_MAX;
}

static void
add_unfolded(struct buf *run, struct span blank)
{
	for (size_t i = 0; i < blank.len; i++)
		if (blank.at[i] != '\r' && blank.at[i] != '\n')
			buf_add_char(run, blank.at[i]);
}

static void
flush(struct encoded_word_runs *runs)
{
	struct style style = new_style(buf_span(&runs->run), word_max(runs));

	if (!runs->has_run)
		return;
	if (runs->run.len > 0)
		add_words(runs->out, &style, runs->lead, buf_span(&runs->run));
	runs->out->full |= runs->run.full;
	buf_clear(&runs->run);
	runs->has_run = false;
	runs->has_changed = true;
	runs->last = AFTER_RUN;
}

void
encoded_word_runs_encode(
    struct encoded_word_runs *runs, struct span blank, struct span text)
{
	if (runs->has_run || runs->last == AFTER_ENCODED) {
		if (!runs->has_run)
			runs->lead = SPAN(" ");
		add_unfolded(&runs->run, blank);
	} else {
		runs->lead = blank;
		if (blank.len == 0 && runs->last == AFTER_WORD)
			runs->lead = SPAN(" ");
	}
	runs->has_run = true;
	buf_add_span(&runs->run, text);
}

/*
 * Ends the run before an encoded word; the blanks between them become part of
 * the run.
 */
static void
end_run(struct encoded_word_runs *runs, struct span *blank)
{
	if (runs->has_run) {
		add_unfolded(&runs->run, *blank);
		*blank = SPAN(" ");
	}
	flush(runs);
}

void
encoded_word_runs_add_encoded(struct encoded_word_runs *runs, struct span blank,
    const struct encoded_word *word)
{
	bool is_short; /* its line has room for the word */

	end_run(runs, &blank);
	if (blank.len == 0 && runs->last != AFTER_SPECIAL)
		blank = SPAN(" ");
	is_short = !is_behind_name(runs->out) ||
	    encoded_word_column(runs->out) + blank.len + word->whole.len <=
		ENCODED_LINE_MAX;
	if (!(word->is_proper && is_short) &&
	    add_rewritten(runs->out, blank, word, word_max(runs))) {
		runs->has_changed = true;
	} else {
		buf_add_span(runs->out, blank);
		buf_add_span(runs->out, word->whole);
	}
	runs->last = AFTER_ENCODED;
}

size_t
encoded_word_runs_mix(
    struct encoded_word_runs *runs, struct span blank, struct span text)
{
	size_t from = 0, at = 0;
	struct encoded_word word;

	while (at < text.len && !ascii_is_space(text.at[at])) {
		if (!encoded_word_read(
			&word, span_skip(text, at), WORD_IN_ANY_TEXT)) {
			at++;
			continue;
		}
		if (at > from) {
			encoded_word_runs_encode(
			    runs, blank, span_skip(span_head(text, at), from));
			blank.len = 0;
		}
		encoded_word_runs_add_encoded(runs, blank, &word);
		blank.len = 0;
		at += word.whole.len;
		from = at;
	}
	if (at > from)
		encoded_word_runs_encode(
		    runs, blank, span_skip(span_head(text, at), from));
	return at;
}

void
encoded_word_runs_keep(struct encoded_word_runs *runs, struct span blank,
    struct span text, bool is_word)
{
	flush(runs);
	if (blank.len == 0 && is_word &&
	    (runs->last == AFTER_RUN || runs->last == AFTER_ENCODED))
		blank = SPAN(" ");
	buf_add_span(runs->out, blank);
	buf_add_span(runs->out, text);
	runs->last = is_word ? AFTER_WORD : AFTER_SPECIAL;
}

void
encoded_word_runs_end(struct encoded_word_runs *runs)
{
	flush(runs);
	buf_free(&runs->run);
}
