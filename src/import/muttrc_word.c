/*
 * Does what mutt_extract_token does in mutt 2.2 and neomutt, octet by octet;
 * the interop tests compare it with both. What mutt would get from a command,
 * or from a variable that the files do not set, becomes an unknown part.
 */
#include "import/muttrc_word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "import/muttrc_key.h"

#define NAME_OCTETS_MAX ((size_t)80)

struct word {
	struct span rest;
	const struct muttrc_scope *scope;
	const char *home;
	struct muttrc_value *value;
};

static bool
take(struct word *word, char *c)
{
	if (word->rest.len == 0)
		return false;
	*c = word->rest.at[0];
	word->rest = span_skip(word->rest, 1);
	return true;
}

static void
add(struct word *word, struct span text)
{
	struct muttrc_value part = {0};

	/* Borrowed: nobody changes it. */
	part.text.data = (char *)text.at;
	part.text.len = text.len;
	muttrc_value_add(word->value, &part);
}

static void
add_char(struct word *word, char c)
{
	add(word, (struct span){&c, 1});
}

static bool
is_octal(struct span digits)
{
	return digits.len >= 3 && ascii_is_digit(digits.at[0]) &&
	    ascii_is_digit(digits.at[1]) && ascii_is_digit(digits.at[2]);
}

/* After a backslash. */
static bool
add_escape(struct word *word)
{
	static const char letters[] = "rntfe", octets[] = "\r\n\t\f\033";
	struct span digits = word->rest;
	const char *known;
	char c;

	if (!take(word, &c))
		return false;
	if (c == 'c' || c == 'C') {
		if (!take(word, &c))
			return false;
		add_char(word, (char)((ascii_upper(c) - '@') & 0x7f));
	} else if ((known = strchr(letters, c)) != NULL && c != '\0') {
		add_char(word, octets[known - letters]);
	} else if (is_octal(digits)) {
		add_char(word,
		    (char)(((digits.at[0] - '0') << 6) +
			((digits.at[1] - '0') << 3) + (digits.at[2] - '0')));
		word->rest = span_skip(word->rest, 2);
	} else {
		add_char(word, c);
	}
	return true;
}

/* After the first backtick. */
static bool
add_backticks(struct word *word)
{
	bool was_empty = word->value->text.len == 0;
	struct span command;
	size_t end = 0;

	while (end < word->rest.len && word->rest.at[end] != '`')
		end += word->rest.at[end] == '\\' ? 2 : 1;
	if (end >= word->rest.len)
		return false;
	command = span_head(word->rest, end);
	word->rest = span_skip(word->rest, end + 1);
	muttrc_value_add_unknown(word->value,
	    "it comes from a command in backticks, and --import runs nothing");
	/* neomutt would replace its own variables in the command. */
	if (was_empty && memmem(command.at, command.len, "$my_", 4) == NULL)
		word->value->command = span_copy(command);
	return true;
}

/* Of the environment, what says where a user's files are, or who it is. */
static const char *
find_in_environment(struct span name)
{
	static const char *const names[] = {"LOGNAME", "USER", "XDG_CACHE_HOME",
	    "XDG_CONFIG_HOME", "XDG_DATA_HOME"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_equal(name, span_from(names[i])))
			return environment_get(names[i]);
	return NULL;
}

static void
add_variable(struct word *word, struct span name)
{
	const char *outer = find_in_environment(name);
	const struct muttrc_variable *variable =
	    muttrc_scope_find_set(word->scope, name);
	const struct muttrc_key *key = muttrc_key_find(name);
	char why[160] = "", *shown;

	if (span_equal(name, SPAN("HOME")) && word->home != NULL) {
		add(word, span_from(word->home));
	} else if (outer != NULL) {
		add(word, span_from(outer));
	} else if (variable != NULL) {
		muttrc_value_add(word->value, &variable->value);
	} else if (key != NULL) {
		add(word, span_from(key->standard));
	} else {
		/* Without a value, mutt leaves it out, neomutt leaves it as it
		   is; both take it from the environment first. */
		shown = utf8_excerpt_masked(name, NAME_OCTETS_MAX);
		snprintf(why, sizeof(why),
		    "$%s is in it, which these files do not set", shown);
		free(shown);
		muttrc_value_add_unknown(word->value, why);
	}
}

/* After a dollar sign. */
static void
add_dollar(struct word *word)
{
	size_t end = 0;

	if (word->rest.at[0] == '{') {
		word->rest = span_skip(word->rest, 1);
		end = span_find(word->rest, '}');
		if (end == word->rest.len)
			return;
		add_variable(word, span_head(word->rest, end));
		word->rest = span_skip(word->rest, end + 1);
		return;
	}
	while (end < word->rest.len &&
	    (ascii_is_alnum(word->rest.at[end]) || word->rest.at[end] == '_'))
		end++;
	add_variable(word, span_head(word->rest, end));
	word->rest = span_skip(word->rest, end);
}

static bool
ends_word(char c, unsigned flags)
{
	return (ascii_is_space(c) && !(flags & MUTTRC_WORD_BLANKS)) ||
	    c == '#' || c == ';' ||
	    (flags & MUTTRC_WORD_NAME && c != '\0' &&
		strchr("=+-?", c) != NULL);
}

static bool
is_variable(struct span rest)
{
	return rest.len > 0 &&
	    (rest.at[0] == '{' || ascii_is_alpha(rest.at[0]));
}

/* One octet and what belongs to it. */
static bool
add_octet(struct word *word, char c, char *quote, unsigned flags)
{
	bool is_live = *quote != '\'';

	if (c == *quote && *quote != '\0')
		*quote = '\0';
	else if (*quote == '\0' && (c == '\'' || c == '"') &&
	    !(flags & MUTTRC_WORD_QUOTES))
		*quote = c;
	else if (c == '\\' && is_live)
		return add_escape(word);
	else if (c == '`' && is_live)
		return add_backticks(word);
	else if (c == '$' && is_live && is_variable(word->rest))
		add_dollar(word);
	else if (c == '\0')
		muttrc_value_add_unknown(word->value,
		    "a part of it is not known, as --import runs nothing");
	else
		add_char(word, c);
	return true;
}

static void
skip_space(struct span *rest)
{
	while (rest->len > 0 && ascii_is_space(rest->at[0]))
		*rest = span_skip(*rest, 1);
}

void
muttrc_word_read(struct span *rest, unsigned flags,
    const struct muttrc_scope *scope, const char *home,
    struct muttrc_value *value)
{
	struct word word = {*rest, scope, home, value};
	bool is_whole = true;
	char quote = '\0', c;

	skip_space(&word.rest);
	while (is_whole && word.rest.len > 0) {
		c = word.rest.at[0];
		if (quote == '\0' && ends_word(c, flags))
			break;
		word.rest = span_skip(word.rest, 1);
		is_whole = add_octet(&word, c, &quote, flags);
	}
	skip_space(&word.rest);
	*rest = word.rest;
}

bool
muttrc_word_follows(struct span *rest)
{
	skip_space(rest);
	return rest->len > 0 && rest->at[0] != ';' && rest->at[0] != '#';
}
