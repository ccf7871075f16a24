/*
 * Reads the words of a netrc one by one, at most twice: an entry for the
 * machine goes before the default entry. An unclosed quote ends the reading,
 * since the text after it cannot be trusted.
 */
#include "profile/netrc.h"

#include <string.h>

#define BLANKS " \t\r\n"

struct entry_state {
	bool is_open, is_default;
	struct buf login, password; /* wiped */
	bool has_password;
};

static bool
is_blank(char c)
{
	return c != '\0' && strchr(BLANKS, c) != NULL;
}

/* In quotes until the closing one; a backslash keeps the next octet. */
static bool
take_quoted(struct span *rest, struct buf *word)
{
	size_t i = 1;

	while (i < rest->len && rest->at[i] != '"') {
		if (rest->at[i] == '\\' && i + 1 < rest->len)
			i++;
		buf_add_char(word, rest->at[i++]);
	}
	if (i == rest->len)
		return false;
	*rest = span_skip(*rest, i + 1);
	return !word->full;
}

bool
netrc_take_word(struct span *rest, struct buf *word)
{
	struct span plain;

	buf_wipe(word);
	while (rest->len > 0 && is_blank(rest->at[0]))
		*rest = span_skip(*rest, 1);
	if (rest->len > 0 && rest->at[0] == '"')
		return take_quoted(rest, word);
	return span_next_word(rest, BLANKS, &plain) &&
	    buf_add_span(word, plain);
}

void
netrc_skip_line(struct span *rest)
{
	*rest = span_skip(*rest, span_find(*rest, '\n'));
}

void
netrc_skip_macro(struct span *rest)
{
	bool is_empty = false;

	netrc_skip_line(rest);
	while (rest->len > 0 && !is_empty) {
		struct span line;

		*rest = span_skip(*rest, 1);
		line = span_head(*rest, span_find(*rest, '\n'));
		is_empty = span_trim(line).len == 0;
		netrc_skip_line(rest);
	}
}

static void
entry_reset(struct entry_state *entry)
{
	buf_wipe(&entry->login);
	buf_wipe(&entry->password);
	*entry = (struct entry_state){0};
}

/* Whether the entry, now complete, has the password for this login. */
static bool
entry_fits(const struct entry_state *entry, struct span login)
{
	return entry->is_open && entry->has_password &&
	    span_equal(buf_span(&entry->login), login);
}

static bool
begin_entry(struct span *rest, struct span machine, struct buf *word,
    bool is_default, struct entry_state *entry)
{
	entry_reset(entry);
	entry->is_default = entry->is_open = is_default;
	if (is_default)
		return true;
	if (!netrc_take_word(rest, word))
		return false;
	entry->is_open = span_equal_nocase(buf_span(word), machine);
	return true;
}

/* Reads to the end of the next entry that fits; false: there is no other. */
static bool
next_fitting(struct span *rest, struct span machine, struct span login,
    bool want_default, struct entry_state *entry)
{
	struct buf word = {0};
	bool going = true, fits = false;

	while (going && !fits) {
		struct span before = *rest, key;
		bool is_default;

		going = netrc_take_word(rest, &word);
		key = buf_span(&word);
		is_default = span_equal(key, SPAN("default"));
		if (!going || is_default || span_equal(key, SPAN("machine"))) {
			fits = entry_fits(entry, login) &&
			    entry->is_default == want_default;
			if (fits)
				*rest = before;
			else if (going)
				going = begin_entry(
				    rest, machine, &word, is_default, entry);
		} else if (span_equal(key, SPAN("login"))) {
			going = netrc_take_word(rest, &entry->login);
		} else if (span_equal(key, SPAN("password"))) {
			going = netrc_take_word(rest, &entry->password);
			entry->has_password = going;
		} else if (span_equal(key, SPAN("account"))) {
			going = netrc_take_word(rest, &word);
		} else if (span_equal(key, SPAN("macdef"))) {
			netrc_skip_macro(rest);
		} else if (span_starts(key, SPAN("#"))) {
			netrc_skip_line(rest);
		}
	}
	buf_wipe(&word);
	return fits;
}

bool
netrc_find(struct span netrc, struct span machine, struct span login,
    struct buf *password)
{
	struct entry_state entry = {0};
	bool found = false;

	for (int pass = 0; pass < 2 && !found; pass++) {
		struct span rest = netrc;

		entry_reset(&entry);
		found = next_fitting(&rest, machine, login, pass == 1, &entry);
	}
	if (found)
		buf_add_span(password, buf_span(&entry.password));
	entry_reset(&entry);
	return found;
}
