/*
 * A reader of octets, as git's own is: a carriage return before a line feed
 * does not count, and the end of the file ends a line.
 */
#include "import/git_config.h"

#include "base/buf.h"

#define END_OF_FILE (-1)

struct git_text {
	struct span rest;
	size_t line;  /* the number of the line that is being read */
	size_t first; /* of the line in which the section or variable began */
	struct buf section, subsection, name, value;
	struct span spelling;
};

static int
next(struct git_text *text)
{
	char c;

	if (text->rest.len == 0)
		return END_OF_FILE;
	if (span_starts(text->rest, SPAN("\r\n")))
		text->rest = span_skip(text->rest, 1);
	c = text->rest.at[0];
	text->rest = span_skip(text->rest, 1);
	if (c == '\n')
		text->line++;
	return (unsigned char)c;
}

static bool
is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_key_char(int c)
{
	return c >= 0 && (ascii_is_alnum((char)c) || c == '-');
}

static void
skip_comment(struct git_text *text)
{
	for (int c = '#'; c != '\n' && c != END_OF_FILE;)
		c = next(text);
}

/* What follows the blank of [section "subsection"]. */
static bool
read_subsection(struct git_text *text)
{
	int c = ' ';

	while (is_space(c) && c != '\n')
		c = next(text);
	if (c != '"')
		return false;
	while ((c = next(text)) != '"') {
		if (c == '\\')
			c = next(text);
		if (c == '\n' || c == END_OF_FILE)
			return false;
		buf_add_char(&text->subsection, (char)c);
	}
	return next(text) == ']';
}

/* What follows a [. A dot in the name begins an old form of subsection. */
static bool
read_section(struct git_text *text)
{
	struct buf *name = &text->section;
	int c;

	buf_clear(&text->section);
	buf_clear(&text->subsection);
	while ((c = next(text)) != ']') {
		if (is_space(c))
			return c != '\n' && text->section.len > 0 &&
			    read_subsection(text);
		if (c == '.' && name == &text->section)
			name = &text->subsection;
		else if (is_key_char(c) || c == '.')
			buf_add_char(name, ascii_lower((char)c));
		else
			return false;
	}
	return text->section.len > 0;
}

/* An octet after a backslash in a value; false: git knows no such escape. */
static bool
add_escape(struct git_text *text, int c)
{
	static const char letters[] = "tbn\\\"", meanings[] = "\t\b\n\\\"";

	for (size_t i = 0; letters[i] != '\0'; i++)
		if (c == letters[i]) {
			buf_add_char(&text->value, meanings[i]);
			return true;
		}
	/* The value goes on in the next line. */
	return c == '\n' || c == END_OF_FILE;
}

/* What follows the =, to the end of the line. */
static bool
read_value(struct git_text *text)
{
	bool quoted = false;
	size_t spaces = 0;
	int c;

	while ((c = next(text)) != '\n' && c != END_OF_FILE) {
		if (is_space(c) && !quoted) {
			if (text->value.len > 0)
				spaces++;
			continue;
		}
		if (!quoted && (c == '#' || c == ';')) {
			skip_comment(text);
			return true;
		}
		for (; spaces > 0; spaces--)
			buf_add_char(&text->value, ' ');
		if (c == '\\') {
			if (!add_escape(text, next(text)))
				return false;
		} else if (c == '"') {
			quoted = !quoted;
		} else {
			buf_add_char(&text->value, (char)c);
		}
	}
	return !quoted;
}

/* A variable whose name begins with `first`. */
static bool
read_variable(struct git_text *text, int first, struct git_variable *variable)
{
	int c = first;

	buf_clear(&text->name);
	buf_clear(&text->value);
	text->spelling = (struct span){text->rest.at - 1, 0};
	for (; is_key_char(c); c = next(text)) {
		buf_add_char(&text->name, ascii_lower((char)c));
		text->spelling.len++;
	}
	while (c == ' ' || c == '\t')
		c = next(text);
	if (c != '=' && c != '\n' && c != END_OF_FILE)
		return false;
	variable->has_value = c == '=';
	return c != '=' || read_value(text);
}

static bool
read_all(struct git_text *text,
    void (*take)(void *reader, const struct git_variable *variable),
    void *reader)
{
	struct git_variable variable;
	int c;

	if (span_starts(text->rest, SPAN("\xef\xbb\xbf")))
		text->rest = span_skip(text->rest, 3);
	for (;;) {
		text->first = text->line;
		c = next(text);
		if (c == END_OF_FILE)
			return true;
		if (is_space(c))
			continue;
		if (c == '#' || c == ';') {
			skip_comment(text);
		} else if (c == '[') {
			if (!read_section(text))
				return false;
		} else if (ascii_is_alpha((char)c) &&
		    read_variable(text, c, &variable)) {
			variable.section = buf_span(&text->section);
			variable.subsection = buf_span(&text->subsection);
			variable.name = buf_span(&text->name);
			variable.spelling = text->spelling;
			variable.value = buf_span(&text->value);
			take(reader, &variable);
		} else {
			return false;
		}
	}
}

bool
git_config_read(struct span all,
    void (*take)(void *reader, const struct git_variable *variable),
    void *reader, struct error *err)
{
	struct git_text text = {.rest = all, .line = 1};
	size_t max = all.len + 1;
	bool done;

	buf_init(&text.section, max);
	buf_init(&text.subsection, max);
	buf_init(&text.name, max);
	buf_init_secret(&text.value, max);
	done = read_all(&text, take, reader);
	buf_free(&text.section);
	buf_free(&text.subsection);
	buf_free(&text.name);
	buf_wipe(&text.value);
	if (!done)
		error_set(err, ERROR_DATA,
		    "git does not accept the configuration: bad line %zu",
		    text.first);
	return done;
}
