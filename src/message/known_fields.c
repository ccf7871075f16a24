/*
 * Holds the table of known fields and what their values look like. It must be
 * sorted by name, in either case. Names that are ordinary words require strict
 * values, because programs print such lines: "Status: failed".
 */
#include "message/known_fields.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"

/* A longer value without an "@" is not accepted as a list of local names. */
#define NAMES_MAX ((size_t)64 * 1024)

enum fit {
	FIT_ANY,
	FIT_SOME,      /* not only blanks */
	FIT_ADDRESSES, /* at least one address, or a group */
	FIT_MAILBOX,   /* an address with an "@" */
	FIT_PATH,      /* <...>, which may be empty, or an address */
	FIT_DATE,
	FIT_ID,	      /* <...> */
	FIT_URL,      /* <...> or NO */
	FIT_RECEIVED, /* "from" or "by", and a semicolon */
	FIT_TYPE,     /* a word, a slash and a word */
	FIT_TAGS,     /* name=value; ... */
	FIT_NUMBER,
	FIT_WORD, /* one of the row's `words`; NULL: any word */
};

struct known_field {
	const char *name;
	enum fit fit;
	const char *words; /* separated by blanks */
};

static const struct known_field fields[] = {
    {"Accept-Language", FIT_SOME, NULL},
    {"Alternate-Recipient", FIT_WORD, "allowed prohibited"},
    {"Apparently-To", FIT_ADDRESSES, NULL},
    {"ARC-Authentication-Results", FIT_TAGS, NULL},
    {"ARC-Message-Signature", FIT_TAGS, NULL},
    {"ARC-Seal", FIT_TAGS, NULL},
    {"Archived-At", FIT_ID, NULL},
    {"Authentication-Results", FIT_SOME, NULL},
    {"Author", FIT_MAILBOX, NULL},
    {"Auto-Submitted", FIT_SOME, NULL},
    {"Autoforwarded", FIT_WORD, "true false"},
    {"Autosubmitted", FIT_SOME, NULL},
    {"Bcc", FIT_ADDRESSES, NULL},
    {"BIMI-Indicator", FIT_SOME, NULL},
    {"BIMI-Location", FIT_TAGS, NULL},
    {"BIMI-Selector", FIT_TAGS, NULL},
    {"Cc", FIT_ADDRESSES, NULL},
    {"Comments", FIT_ANY, NULL},
    {"Content-ID", FIT_ID, NULL},
    {"Content-Length", FIT_NUMBER, NULL},
    {"Content-Transfer-Encoding", FIT_WORD,
	"7bit 8bit binary quoted-printable base64"},
    {"Content-Type", FIT_TYPE, NULL},
    {"Conversion", FIT_WORD, "allowed prohibited"},
    {"Conversion-With-Loss", FIT_WORD, "allowed prohibited"},
    {"Date", FIT_DATE, NULL},
    {"Deferred-Delivery", FIT_DATE, NULL},
    {"Delivered-To", FIT_ADDRESSES, NULL},
    {"Delivery-Date", FIT_DATE, NULL},
    {"Discarded-X400-IPMS-Extensions", FIT_SOME, NULL},
    {"Discarded-X400-MTS-Extensions", FIT_SOME, NULL},
    {"Disclose-Recipients", FIT_WORD, "allowed prohibited"},
    {"Disposition-Notification-Options", FIT_TAGS, NULL},
    {"Disposition-Notification-To", FIT_ADDRESSES, NULL},
    {"DKIM-Signature", FIT_TAGS, NULL},
    {"DL-Expansion-History", FIT_SOME, NULL},
    {"Downgraded-Bcc", FIT_SOME, NULL},
    {"Downgraded-Cc", FIT_SOME, NULL},
    {"Downgraded-Disposition-Notification-To", FIT_SOME, NULL},
    {"Downgraded-Final-Recipient", FIT_SOME, NULL},
    {"Downgraded-From", FIT_SOME, NULL},
    {"Downgraded-In-Reply-To", FIT_SOME, NULL},
    {"Downgraded-Mail-From", FIT_SOME, NULL},
    {"Downgraded-Message-Id", FIT_SOME, NULL},
    {"Downgraded-Original-Recipient", FIT_SOME, NULL},
    {"Downgraded-Rcpt-To", FIT_SOME, NULL},
    {"Downgraded-References", FIT_SOME, NULL},
    {"Downgraded-Reply-To", FIT_SOME, NULL},
    {"Downgraded-Resent-Bcc", FIT_SOME, NULL},
    {"Downgraded-Resent-Cc", FIT_SOME, NULL},
    {"Downgraded-Resent-From", FIT_SOME, NULL},
    {"Downgraded-Resent-Reply-To", FIT_SOME, NULL},
    {"Downgraded-Resent-Sender", FIT_SOME, NULL},
    {"Downgraded-Resent-To", FIT_SOME, NULL},
    {"Downgraded-Return-Path", FIT_SOME, NULL},
    {"Downgraded-Sender", FIT_SOME, NULL},
    {"Downgraded-To", FIT_SOME, NULL},
    {"EDIINT-Features", FIT_SOME, NULL},
    {"Eesst-Version", FIT_SOME, NULL},
    {"Encoding", FIT_NUMBER, NULL},
    {"Encrypted", FIT_WORD, "pgp pem fs"},
    {"Errors-To", FIT_ADDRESSES, NULL},
    {"Expires", FIT_DATE, NULL},
    {"Expiry-Date", FIT_DATE, NULL},
    {"Form-Sub", FIT_SOME, NULL},
    {"From", FIT_ADDRESSES, NULL},
    {"Generate-Delivery-Report", FIT_ANY, NULL},
    {"HP-Outer", FIT_SOME, NULL},
    {"Importance", FIT_WORD, "low normal high"},
    {"In-Reply-To", FIT_ID, NULL},
    {"Incomplete-Copy", FIT_ANY, NULL},
    {"Injection-Date", FIT_DATE, NULL},
    {"Jabber-ID", FIT_MAILBOX, NULL},
    {"Keywords", FIT_ANY, NULL},
    {"Language", FIT_WORD, "de en es fr it ja nl pt ru zh"},
    {"Latest-Delivery-Time", FIT_DATE, NULL},
    {"List-Archive", FIT_URL, NULL},
    {"List-Help", FIT_URL, NULL},
    {"List-ID", FIT_SOME, NULL},
    {"List-Owner", FIT_URL, NULL},
    {"List-Post", FIT_URL, NULL},
    {"List-Subscribe", FIT_URL, NULL},
    {"List-Unsubscribe", FIT_URL, NULL},
    {"List-Unsubscribe-Post", FIT_TAGS, NULL},
    {"Mail-Followup-To", FIT_ADDRESSES, NULL},
    {"Message-Context", FIT_WORD, NULL},
    {"Message-ID", FIT_ID, NULL},
    {"Message-Type", FIT_WORD, "delivery"},
    {"MIME-Version", FIT_NUMBER, NULL},
    {"MMHS-Acp127-Message-Identifier", FIT_SOME, NULL},
    {"MMHS-Authorizing-Users", FIT_SOME, NULL},
    {"MMHS-Codress-Message-Indicator", FIT_SOME, NULL},
    {"MMHS-Copy-Precedence", FIT_SOME, NULL},
    {"MMHS-Exempted-Address", FIT_SOME, NULL},
    {"MMHS-Extended-Authorisation-Info", FIT_SOME, NULL},
    {"MMHS-Handling-Instructions", FIT_SOME, NULL},
    {"MMHS-Message-Instructions", FIT_SOME, NULL},
    {"MMHS-Message-Type", FIT_SOME, NULL},
    {"MMHS-Originator-PLAD", FIT_SOME, NULL},
    {"MMHS-Originator-Reference", FIT_SOME, NULL},
    {"MMHS-Other-Recipients-Indicator-CC", FIT_SOME, NULL},
    {"MMHS-Other-Recipients-Indicator-To", FIT_SOME, NULL},
    {"MMHS-Primary-Precedence", FIT_SOME, NULL},
    {"MMHS-Subject-Indicator-Codes", FIT_SOME, NULL},
    {"MT-Priority", FIT_NUMBER, NULL},
    {"Obsoletes", FIT_ID, NULL},
    {"Organization", FIT_ANY, NULL},
    {"Original-Encoded-Information-Types", FIT_SOME, NULL},
    {"Original-From", FIT_ADDRESSES, NULL},
    {"Original-Message-ID", FIT_ID, NULL},
    {"Original-Recipient", FIT_MAILBOX, NULL},
    {"Original-Subject", FIT_ANY, NULL},
    {"Originator-Return-Address", FIT_SOME, NULL},
    {"PICS-Label", FIT_SOME, NULL},
    {"Precedence", FIT_WORD,
	"bulk list junk first-class air-mail "
	"special-delivery"},
    {"Prevent-NonDelivery-Report", FIT_ANY, NULL},
    {"Priority", FIT_WORD, "normal urgent non-urgent"},
    {"Privicon", FIT_SOME, NULL},
    {"Received", FIT_RECEIVED, NULL},
    {"Received-SPF", FIT_SOME, NULL},
    {"References", FIT_ID, NULL},
    {"Reply-By", FIT_DATE, NULL},
    {"Reply-To", FIT_ADDRESSES, NULL},
    {"Require-Recipient-Valid-Since", FIT_MAILBOX, NULL},
    {"Resent-Bcc", FIT_ADDRESSES, NULL},
    {"Resent-Cc", FIT_ADDRESSES, NULL},
    {"Resent-Date", FIT_DATE, NULL},
    {"Resent-From", FIT_ADDRESSES, NULL},
    {"Resent-Message-ID", FIT_ID, NULL},
    {"Resent-Reply-To", FIT_ADDRESSES, NULL},
    {"Resent-Sender", FIT_ADDRESSES, NULL},
    {"Resent-To", FIT_ADDRESSES, NULL},
    {"Return-Path", FIT_PATH, NULL},
    {"Sender", FIT_ADDRESSES, NULL},
    {"Sensitivity", FIT_WORD, "personal private company-confidential"},
    {"SIO-Label", FIT_SOME, NULL},
    {"SIO-Label-History", FIT_SOME, NULL},
    {"Solicitation", FIT_WORD, NULL},
    {"Status", FIT_WORD, "o r ro or u n"},
    {"Subject", FIT_ANY, NULL},
    {"Supersedes", FIT_ID, NULL},
    {"TLS-Report-Domain", FIT_WORD, NULL},
    {"TLS-Report-Submitter", FIT_WORD, NULL},
    {"TLS-Required", FIT_WORD, "no"},
    {"To", FIT_ADDRESSES, NULL},
    {"User-Agent", FIT_ANY, NULL},
    {"VBR-Info", FIT_TAGS, NULL},
    {"X400-Content-Identifier", FIT_SOME, NULL},
    {"X400-Content-Return", FIT_SOME, NULL},
    {"X400-Content-Type", FIT_SOME, NULL},
    {"X400-MTS-Identifier", FIT_SOME, NULL},
    {"X400-Originator", FIT_SOME, NULL},
    {"X400-Received", FIT_SOME, NULL},
    {"X400-Recipients", FIT_SOME, NULL},
    {"X400-Trace", FIT_SOME, NULL},
};

/* Prefixes of names that are not in the table above. */
static const struct known_field families[] = {
    {"Content-", FIT_SOME, NULL},
    {"List-", FIT_SOME, NULL},
    {"Resent-", FIT_SOME, NULL},
    {"X-", FIT_ANY, NULL},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int
compare_name(const void *key, const void *row)
{
	const struct span *name = key;
	const struct known_field *field = row;
	struct span other = span_from(field->name);

	for (size_t i = 0; i < name->len && i < other.len; i++) {
		int difference =
		    ascii_lower(name->at[i]) - ascii_lower(other.at[i]);

		if (difference != 0)
			return difference;
	}
	return (name->len > other.len) - (name->len < other.len);
}

static const struct known_field *
find(struct span name)
{
	const struct known_field *found = bsearch(
	    &name, fields, COUNT(fields), sizeof(fields[0]), compare_name);

	for (size_t i = 0; found == NULL && i < COUNT(families); i++)
		if (span_starts_nocase(name, span_from(families[i].name)))
			found = &families[i];
	return found;
}

/* Whether the value contains "x@y". */
static bool
has_address(struct span value)
{
	for (size_t i = 1; i + 1 < value.len; i++)
		if (value.at[i] == '@' && !ascii_is_space(value.at[i - 1]) &&
		    !ascii_is_space(value.at[i + 1]))
			return true;
	return false;
}

/* Whether it looks like the name of a user, rather than of a file or host. */
static bool
is_user_name(const char *local)
{
	for (; *local != '\0'; local++)
		if (!ascii_is_alnum(*local) && strchr("._+-", *local) == NULL)
			return false;
	return true;
}

static bool
fits_addresses(struct span value)
{
	struct address_list list = {0};
	struct error ignored = {0};
	bool fits;

	if (has_address(value))
		return true;
	if (value.len > NAMES_MAX)
		return false;
	fits = address_list_parse(&list, value, &ignored) &&
	    (list.count > 0 || span_find(value, ':') < value.len);
	for (size_t i = 0; fits && i < list.count; i++)
		fits = list.mailboxes[i].local != NULL &&
		    is_user_name(list.mailboxes[i].local);
	address_list_free(&list);
	return fits;
}

/* Whether it has something in angle brackets. */
static bool
has_brackets(struct span value, bool may_be_empty)
{
	size_t open = span_find(value, '<');
	size_t close = span_find(span_skip(value, open), '>');

	return open + close < value.len && (close > 1 || may_be_empty);
}

static bool
is_number(struct span word, size_t least, size_t most)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_digit(word.at[i]))
			return false;
	return word.len >= least && word.len <= most;
}

static bool
is_month(struct span word)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (size_t i = 0; months[i] != '\0'; i += 3)
		if (span_equal_nocase(word, (struct span){&months[i], 3}))
			return true;
	return false;
}

/* "Mon, 5 Jan 2026 10:00:00 +0000"; the day and the zone may be missing. */
static bool
fits_date(struct span value)
{
	struct span word = {0};
	size_t colon;

	if (!span_next_word(&value, " \t\r\n,", &word))
		return false;
	if (ascii_is_alpha(word.at[0]) &&
	    !span_next_word(&value, " \t\r\n,", &word))
		return false;
	if (!is_number(word, 1, 2) ||
	    !span_next_word(&value, " \t\r\n", &word) || !is_month(word) ||
	    !span_next_word(&value, " \t\r\n", &word) ||
	    !is_number(word, 2, 4) || !span_next_word(&value, " \t\r\n", &word))
		return false;
	colon = span_find(word, ':');
	return is_number(span_head(word, colon), 1, 2) &&
	    is_number(span_head(span_skip(word, colon + 1), 2), 2, 2);
}

static bool
fits_received(struct span value)
{
	struct span rest = value, word = {0};

	return span_find(value, ';') < value.len &&
	    span_next_word(&rest, " \t\r\n", &word) &&
	    (span_equal_nocase(word, SPAN("from")) ||
		span_equal_nocase(word, SPAN("by")));
}

/* The only word, without comments after it; empty if there are more words. */
static struct span
only_word(struct span value)
{
	struct span word = {0}, next;

	if (!span_next_word(&value, " \t\r\n", &word) ||
	    (span_next_word(&value, " \t\r\n", &next) && next.at[0] != '('))
		return (struct span){0};
	return word;
}

static bool
is_listed(struct span word, const char *words)
{
	return words == NULL || span_has_word(span_from(words), " ", word);
}

static bool
fits(const struct known_field *field, struct span value)
{
	struct span text = span_trim(value), word = only_word(value);
	size_t slash = span_find(text, '/');

	switch (field->fit) {
	case FIT_ANY:
		return true;
	case FIT_SOME:
		return text.len > 0;
	case FIT_ADDRESSES:
		return fits_addresses(value);
	case FIT_MAILBOX:
		return has_address(value);
	case FIT_PATH:
		return has_brackets(value, true) || has_address(value);
	case FIT_DATE:
		return fits_date(value);
	case FIT_ID:
		return has_brackets(value, false);
	case FIT_URL:
		return has_brackets(value, false) ||
		    span_equal_nocase(word, SPAN("NO"));
	case FIT_RECEIVED:
		return fits_received(value);
	case FIT_TYPE:
		return slash > 0 && slash + 1 < text.len;
	case FIT_TAGS:
		return span_find(text, '=') < text.len;
	case FIT_NUMBER:
		return text.len > 0 &&
		    (ascii_is_digit(text.at[0]) || text.at[0] == '-');
	case FIT_WORD:
		return word.len > 0 && is_listed(word, field->words);
	}
	return false;
}

bool
known_fields_value_fits(const struct field *field)
{
	const struct known_field *known = find(field->name);

	return known == NULL || fits(known, field->body);
}

bool
known_fields_fit(struct span header)
{
	struct field field;

	while (header_next(&header, &field)) {
		const struct known_field *known = find(field.name);

		if (known != NULL && fits(known, field.body))
			return true;
	}
	return false;
}

bool
known_fields_of_recipients(struct span header, struct span *name)
{
	struct field field;

	while (header_next(&header, &field)) {
		*name = field.name;
		if (span_equal_nocase(*name, SPAN("To")) ||
		    span_equal_nocase(*name, SPAN("Cc")) ||
		    span_equal_nocase(*name, SPAN("Bcc")) ||
		    span_starts_nocase(*name, SPAN("Resent-")))
			return true;
	}
	return false;
}

bool
known_fields_line_is_lost(struct span line, bool are_recipients_read)
{
	struct field field = {.name = {0}};

	if (!header_line_is_field(line) || !header_next(&line, &field))
		return false;
	if (span_equal_nocase(field.name, SPAN("Bcc")) ||
	    span_equal_nocase(field.name, SPAN("Resent-Bcc")))
		return true;
	return are_recipients_read &&
	    known_fields_of_recipients(field.whole, &field.name) &&
	    known_fields_value_fits(&field);
}
