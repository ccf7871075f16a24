/*
 * Parses a term at a time. A word that is wrong is compared with the usual
 * mistakes; what would be proposed is parsed in turn, so that it is right.
 */
#include "doctor/spf_record.h"

#include <string.h>

#include "address/domain.h"
#include "base/nearest.h"
#include "doctor/spf_macro.h"

#define RECORD_VERSION SPAN("v=spf1")
#define PROPOSALS_MAX ((size_t)1024)

enum value {
	VALUE_NONE,
	VALUE_DOMAIN,
	VALUE_DOMAIN_MAY_LACK,
	VALUE_HOSTS, /* may lack; and lengths of prefixes */
	VALUE_IP4,
	VALUE_IP6,
};

static const struct word {
	const char *name;
	char separator;
	enum spf_kind kind;
	enum value value;
} words[] = {
    {"all", ':', SPF_ALL, VALUE_NONE},
    {"include", ':', SPF_INCLUDE, VALUE_DOMAIN},
    {"a", ':', SPF_A, VALUE_HOSTS},
    {"mx", ':', SPF_MX, VALUE_HOSTS},
    {"ptr", ':', SPF_PTR, VALUE_DOMAIN_MAY_LACK},
    {"ip4", ':', SPF_IP4, VALUE_IP4},
    {"ip6", ':', SPF_IP6, VALUE_IP6},
    {"exists", ':', SPF_EXISTS, VALUE_DOMAIN},
    {"redirect", '=', SPF_REDIRECT, VALUE_DOMAIN},
    {"exp", '=', SPF_EXP, VALUE_DOMAIN},
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static const struct word *
find_word(struct span name)
{
	for (size_t i = 0; i < WORDS; i++)
		if (span_equal_nocase(name, span_from(words[i].name)))
			return &words[i];
	return NULL;
}

/* The length of the name at the beginning of a term. */
static size_t
name_len(struct span text)
{
	size_t len = 0;

	while (len < text.len && span_find(SPAN(":/="), text.at[len]) == 3)
		len++;
	return len;
}

/* Visible characters and macros. */
static bool
is_macro_string(struct span text, bool *has_macro)
{
	*has_macro = false;
	for (size_t i = 0; i < text.len;) {
		size_t len = 1;

		if (text.at[i] <= ' ' || text.at[i] > '~')
			return false;
		if (text.at[i] == '%') {
			len = spf_macro_length(span_skip(text, i));
			*has_macro = true;
		}
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

/* RFC 7208 section 7.1: letters, digits and hyphens; no number. */
static bool
is_top_label(struct span label)
{
	bool has_other = false;

	if (label.len == 0 || !ascii_is_alnum(label.at[0]) ||
	    !ascii_is_alnum(label.at[label.len - 1]))
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (!ascii_is_alnum(label.at[i]) && label.at[i] != '-')
			return false;
		has_other = has_other || !ascii_is_digit(label.at[i]);
	}
	return has_other;
}

/* Where the text goes on behind its last macro; 0: there is none. */
static size_t
macros_end(struct span text)
{
	size_t end = 0;

	for (size_t i = 0; i < text.len;)
		if (text.at[i] != '%')
			i++;
		else
			end = i += spf_macro_length(span_skip(text, i));
	return end;
}

/* A macro or a dot and a top-level label is at its end. */
static bool
read_domain(struct span text, struct spf_term *term)
{
	struct span name = text;
	size_t dot;

	if (text.len == 0 || !is_macro_string(text, &term->has_macro))
		return false;
	term->domain = text;
	if (term->has_macro && macros_end(text) == text.len)
		return true;
	if (text.at[text.len - 1] == '.')
		name = span_head(text, text.len - 1);
	dot = span_find_last(name, '.');
	term->domain = name;
	return dot < name.len && dot >= macros_end(text) &&
	    is_top_label(span_skip(name, dot + 1));
}

static bool
read_prefix(struct span text, uint64_t max, unsigned *length)
{
	uint64_t number;

	if (text.len > 3 || !span_number(text, max, &number) ||
	    (text.len > 1 && text.at[0] == '0'))
		return false;
	*length = (unsigned)number;
	return true;
}

static bool
read_network(struct span text, bool is_ip4, struct spf_term *term)
{
	size_t slash = span_find(text, '/');

	term->network = span_head(text, slash);
	return (is_ip4 ? domain_is_ipv4(term->network)
		       : domain_is_ipv6(term->network)) &&
	    (slash == text.len ||
		read_prefix(span_skip(text, slash + 1), is_ip4 ? 32 : 128,
		    is_ip4 ? &term->prefix_ip4 : &term->prefix_ip6));
}

/* Takes such a separator and digits off the end; false: too large a number. */
static bool
take_prefix(
    struct span *text, struct span separator, uint64_t max, unsigned *length)
{
	size_t from = text->len;

	while (from > 0 && ascii_is_digit(text->at[from - 1]))
		from--;
	if (from == text->len || from < separator.len ||
	    !span_starts(span_skip(*text, from - separator.len), separator))
		return true;
	if (!read_prefix(span_skip(*text, from), max, length))
		return false;
	*text = span_head(*text, from - separator.len);
	return true;
}

/* [":" domain] ["/" length] ["//" length]; the separator is still there. */
static bool
read_hosts(struct span text, struct spf_term *term)
{
	return take_prefix(&text, SPAN("//"), 128, &term->prefix_ip6) &&
	    take_prefix(&text, SPAN("/"), 32, &term->prefix_ip4) &&
	    (text.len == 0 ||
		(text.at[0] == ':' && read_domain(span_skip(text, 1), term)));
}

/* The value with its separator, if there is one. */
static bool
read_value(const struct word *word, struct span text, struct spf_term *term)
{
	struct span value = span_skip(text, 1);

	switch (word->value) {
	case VALUE_NONE:
		return text.len == 0;
	case VALUE_DOMAIN:
		return read_domain(value, term);
	case VALUE_DOMAIN_MAY_LACK:
		return text.len == 0 || read_domain(value, term);
	case VALUE_HOSTS:
		return read_hosts(text, term);
	case VALUE_IP4:
		return read_network(value, true, term);
	case VALUE_IP6:
		return read_network(value, false, term);
	}
	return false;
}

static bool
is_modifier_name(struct span name)
{
	if (name.len == 0 || !ascii_is_alpha(name.at[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) &&
		    span_find(SPAN("-_."), name.at[i]) == 3)
			return false;
	return true;
}

/* Returns why the word is wrong; NULL: it is right. */
static const char *
read_term(struct spf_term *term)
{
	struct span text = term->word;
	const struct word *word;
	size_t len;

	term->qualifier = '+';
	term->domain = term->network = (struct span){NULL, 0};
	term->prefix_ip4 = 32;
	term->prefix_ip6 = 128;
	term->has_macro = false;
	term->kind = SPF_OTHER;
	if (text.len > 0 && span_find(SPAN("+-~?"), text.at[0]) < 4) {
		term->qualifier = text.at[0];
		text = span_skip(text, 1);
	}
	len = name_len(text);
	word = find_word(span_head(text, len));
	if (word != NULL &&
	    (len == text.len || text.at[len] == word->separator ||
		(text.at[len] == '/' && word->value == VALUE_HOSTS))) {
		term->kind = word->kind;
		if (word->separator == '=' &&
		    (len == text.len || text.len != term->word.len))
			return "is no term of SPF";
		if (!read_value(word, span_skip(text, len), term))
			return word->value == VALUE_NONE ? "has too much in it"
			    : word->value == VALUE_IP4	 ? "has no IPv4 address"
			    : word->value == VALUE_IP6	 ? "has no IPv6 address"
							 : "has no domain";
		return NULL;
	}
	if (len < text.len && text.at[len] == '=' &&
	    text.len == term->word.len &&
	    is_modifier_name(span_head(text, len)) &&
	    is_macro_string(span_skip(text, len + 1), &term->has_macro)) {
		term->domain = span_skip(text, len + 1);
		return NULL;
	}
	return "is no term of SPF";
}

/* Adds the qualifier, the word and the value, if that is a term. */
static bool
try_proposal(const struct spf_term *wrong, const struct word *word,
    struct span value, struct buf *proposal)
{
	struct spf_term term = {0};

	buf_clear(proposal);
	if (wrong->word.len > PROPOSALS_MAX)
		return false;
	if (word->separator == ':' && wrong->word.at[0] == wrong->qualifier)
		buf_add_char(proposal, wrong->qualifier);
	buf_add_text(proposal, word->name);
	if (word->value != VALUE_NONE && value.len > 0) {
		buf_add_char(proposal, word->separator);
		buf_add_span(proposal, value);
	}
	term.word = buf_span(proposal);
	if (read_term(&term) == NULL && term.kind == word->kind)
		return true;
	buf_clear(proposal);
	return false;
}

/* Whether it ends as a host's name, and not as an address with a mistake. */
static bool
has_top_label(struct span name)
{
	size_t dot = span_find_last(name, '.');

	return dot + 1 < name.len && ascii_is_alpha(name.at[dot + 1]);
}

static bool
propose(const struct spf_term *term, struct buf *proposal)
{
	static const char *const kinds[] = {"ip4", "ip6", "a"};
	struct span text = term->word, name, value;
	struct nearest nearest;
	const struct word *word;
	size_t len;

	if (text.len > 0 && text.at[0] == term->qualifier)
		text = span_skip(text, 1);
	len = name_len(text);
	name = span_head(text, len);
	value = span_skip(text, len + 1);
	word = find_word(name);
	/* The right word with the wrong separator, or with a dot behind it */
	if (word != NULL && try_proposal(term, word, value, proposal))
		return true;
	/* Another word fits the value: "a:192.0.2.5", "ip4:host.example" */
	for (size_t i = 0; i < 3 && word != NULL && word->separator == ':' &&
	     value.len > 0 && (i < 2 || has_top_label(value));
	     i++)
		if (try_proposal(
			term, find_word(span_from(kinds[i])), value, proposal))
			return true;
	if (word != NULL)
		return false;
	/* An address alone */
	for (size_t i = 0; i < 2; i++)
		if (try_proposal(
			term, find_word(span_from(kinds[i])), text, proposal))
			return true;
	if (span_equal_nocase(name, SPAN("ip")))
		for (size_t i = 0; i < 2; i++)
			if (try_proposal(term, find_word(span_from(kinds[i])),
				value, proposal))
				return true;
	nearest = nearest_to(name);
	for (size_t i = 0; i < WORDS; i++)
		nearest_consider(&nearest, words[i].name);
	return nearest.name != NULL &&
	    try_proposal(
		term, find_word(span_from(nearest.name)), value, proposal);
}

bool
spf_record_propose(const struct spf_term *term, struct buf *proposal)
{
	return term->kind == SPF_OTHER && propose(term, proposal);
}

bool
spf_record_is(struct span text)
{
	return span_starts_nocase(text, RECORD_VERSION) &&
	    (text.len == RECORD_VERSION.len ||
		text.at[RECORD_VERSION.len] == ' ');
}

enum spf_next
spf_record_next(
    struct span *rest, struct spf_term *term, struct spf_mistake *mistake)
{
	if (spf_record_is(*rest))
		*rest = span_skip(*rest, RECORD_VERSION.len);
	if (!span_next_word(rest, " ", &term->word))
		return SPF_END;
	mistake->why = read_term(term);
	if (mistake->why == NULL)
		return SPF_TERM;
	propose(term, &mistake->proposal);
	return SPF_WRONG;
}
