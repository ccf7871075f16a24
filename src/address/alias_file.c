/*
 * Parses aliases files. A line that cannot be parsed is noted and skipped,
 * because one bad line must not stop the mail for all other names.
 */
#include "address/alias_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NOTES_MAX ((size_t)1024) /* octets, about */

/*
 * The length of a line without a comment at its end. Sendmail has no such
 * comments, but people write them, and no address begins with "#".
 */
static size_t
content_length(struct span line)
{
	bool in_quotes = false;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.at[i];

		if (c == '\\' && in_quotes)
			i++;
		else if (c == '"')
			in_quotes = !in_quotes;
		else if (c == '#' && !in_quotes &&
		    (i == 0 || ascii_is_blank(line.at[i - 1])))
			return i;
	}
	return line.len;
}

/* Takes one physical line from *rest, without its end. */
static struct span
take_line(struct span *rest)
{
	size_t end = span_find(*rest, '\n');
	struct span line = span_head(*rest, end);

	*rest = span_skip(*rest, end + 1);
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

bool
alias_file_next_line(struct span *rest, struct span *line)
{
	while (rest->len > 0) {
		struct span physical = take_line(rest);

		*line =
		    span_trim(span_head(physical, content_length(physical)));
		if (line->len > 0)
			return true;
	}
	return false;
}

/* Takes and decodes a quoted text; false if the quotes are not closed. */
static bool
take_quoted(struct span *rest, struct buf *out)
{
	for (size_t i = 1; i < rest->len; i++) {
		char c = rest->at[i];

		if (c == '"') {
			*rest = span_skip(*rest, i + 1);
			return true;
		}
		if (c == '\\' && i + 1 < rest->len)
			c = rest->at[++i];
		buf_add_char(out, c);
	}
	return false;
}

/* Takes a name and its colon from *rest. */
static bool
take_name(struct span *rest, struct buf *name)
{
	size_t colon;

	*rest = span_trim(*rest);
	name->max = rest->len + 1;
	if (rest->len > 0 && rest->at[0] == '"') {
		if (!take_quoted(rest, name))
			return false;
		*rest = span_trim(*rest);
		colon = 0;
	} else {
		colon = span_find(*rest, ':');
		buf_add_span(name, span_trim(span_head(*rest, colon)));
	}
	if (colon >= rest->len || rest->at[colon] != ':' || name->len == 0)
		return false;
	*rest = span_skip(*rest, colon + 1);
	return true;
}

static void
add_entry(
    struct alias_file *file, const char *path, struct span logical, size_t line)
{
	struct span rest = logical;
	struct buf name = {0}, note = {0};
	struct alias_entry *entry;

	if (take_name(&rest, &name)) {
		entry =
		    mem_append(&file->entries, &file->count, sizeof(*entry));
		*entry = (struct alias_entry){
		    .name = span_copy(buf_span(&name)),
		    .targets = span_copy(span_trim(rest)),
		    .line = line,
		};
	} else {
		buf_add_format(&note,
		    "%s line %zu is not an alias: it has no name or no colon",
		    path, line);
		buf_add_note(&file->notes, NOTES_MAX, buf_span(&note));
	}
	buf_free(&note);
	buf_free(&name);
}

/* Orders entries by name, then by line. */
static int
compare_entries(const void *a, const void *b)
{
	const struct alias_entry *left = a, *right = b;
	const char *l = left->name, *r = right->name;

	while (*l != '\0' && ascii_lower(*l) == ascii_lower(*r))
		l++, r++;
	if (ascii_lower(*l) != ascii_lower(*r))
		return (unsigned char)ascii_lower(*l) <
			(unsigned char)ascii_lower(*r)
		    ? -1
		    : 1;
	return left->line < right->line ? -1 : left->line > right->line;
}

static void
free_entry(struct alias_entry *entry)
{
	free(entry->name);
	free(entry->targets);
	if (entry->single != NULL)
		mailbox_free(entry->single);
	free(entry->single);
}

static void
drop_repeated(struct alias_file *file)
{
	size_t kept = 0;

	for (size_t i = 0; i < file->count; i++) {
		struct alias_entry *entry = &file->entries[i];

		if (kept > 0 &&
		    span_equal_nocase(span_from(entry->name),
			span_from(file->entries[kept - 1].name)))
			free_entry(entry);
		else
			file->entries[kept++] = *entry;
	}
	file->count = kept;
}

struct alias_entry *
alias_file_find(const struct alias_file *file, struct span name)
{
	struct alias_entry key = {0}, *found = NULL;
	size_t low = 0, high = file->count;

	key.name = span_copy(name);
	while (found == NULL && low < high) {
		size_t middle = low + (high - low) / 2;
		struct alias_entry *entry = &file->entries[middle];
		int order;

		key.line = entry->line;
		order = compare_entries(&key, entry);
		if (order == 0)
			found = entry;
		else if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	free(key.name);
	return found;
}

/*
 * Warns of an alias "default": msmtp and others use it for all names without an
 * alias, but here it is a name like any other.
 */
static void
note_default(struct alias_file *file, const char *path)
{
	const struct alias_entry *entry =
	    alias_file_find(file, SPAN("default"));

	if (entry != NULL && alias_file_find(file, SPAN("*")) == NULL)
		buf_add_format(&file->notes,
		    "warning: %s line %zu: the alias \"default\" is only for "
		    "mail to the name default; for all names without an alias "
		    "write \"*:\" or set local-recipients\n",
		    path, entry->line);
}

/*
 * A line that begins with a blank, or follows a backslash, continues the one
 * before. Comments and empty lines between them are skipped.
 */
void
alias_file_parse(struct alias_file *file, const char *path, struct span text)
{
	struct span rest = text;
	struct buf logical = {.max = text.len + 1};
	size_t number = 0, begins = 0;
	bool goes_on = false;

	while (rest.len > 0) {
		struct span line = take_line(&rest), content;

		number++;
		content = span_trim(span_head(line, content_length(line)));
		if (content.len == 0)
			continue;
		if (!goes_on && !ascii_is_blank(line.at[0])) {
			if (logical.len > 0)
				add_entry(
				    file, path, buf_span(&logical), begins);
			buf_clear(&logical);
			begins = number;
		}
		goes_on = content.at[content.len - 1] == '\\';
		if (goes_on)
			content.len--;
		if (logical.len == 0)
			begins = number;
		else
			buf_add_char(&logical, ' ');
		buf_add_span(&logical, content);
	}
	if (logical.len > 0)
		add_entry(file, path, buf_span(&logical), begins);
	buf_free(&logical);
	if (file->count > 0)
		qsort(file->entries, file->count, sizeof(*file->entries),
		    compare_entries);
	drop_repeated(file);
	note_default(file, path);
}

void
alias_file_free(struct alias_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		free_entry(&file->entries[i]);
	free(file->entries);
	buf_free(&file->notes);
	*file = (struct alias_file){0};
}

/* The length of the first target: a comma outside quotes and <> ends it. */
static size_t
target_length(struct span text)
{
	bool in_quotes = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\\')
			i++;
		else if (c == '"')
			in_quotes = !in_quotes;
		else if (in_quotes)
			continue;
		else if (c == '(' || c == '<')
			depth++;
		else if ((c == ')' || c == '>') && depth > 0)
			depth--;
		else if (c == ',' && depth == 0)
			return i;
	}
	return text.len;
}

/*
 * The kind of a target by its first octets; those that are not part of the
 * value are removed from *value.
 */
static enum alias_target_kind
kind_of(struct span *value)
{
	if (span_starts_nocase(*value, SPAN(":include:"))) {
		*value = span_trim(span_skip(*value, sizeof(":include:") - 1));
		return ALIAS_TARGET_INCLUDE;
	}
	switch (value->at[0]) {
	case '|':
		return ALIAS_TARGET_COMMAND;
	case '/':
		return ALIAS_TARGET_FILE;
	case ':':
		return ALIAS_TARGET_DIRECTIVE;
	case '\\':
		*value = span_skip(*value, 1);
		return ALIAS_TARGET_FINAL;
	}
	return ALIAS_TARGET_ADDRESS;
}

static void
read_target(struct alias_target *target)
{
	struct span value = target->text, rest = value;
	struct buf decoded = {.max = value.len + 1};

	/* "|command with blanks": the quotes enclose the whole target. */
	if (value.at[0] == '"' && take_quoted(&rest, &decoded) &&
	    rest.len == 0 && decoded.len > 0 &&
	    strchr("|/:", decoded.data[0]) != NULL)
		value = buf_span(&decoded);
	target->kind = kind_of(&value);
	rest = value;
	if (target->kind == ALIAS_TARGET_INCLUDE && value.len > 0 &&
	    value.at[0] == '"') {
		/* :include:"/path with blanks" */
		if (take_quoted(&rest, &target->value) && rest.len == 0)
			value.len = 0;
		else
			buf_clear(&target->value);
	}
	buf_add_span(&target->value, value);
	buf_free(&decoded);
}

bool
alias_file_next_target(struct span *rest, struct alias_target *target)
{
	alias_file_target_free(target);
	while (rest->len > 0) {
		size_t end = target_length(*rest);

		target->text = span_trim(span_head(*rest, end));
		*rest = span_skip(*rest, end + 1);
		if (target->text.len == 0)
			continue;
		buf_init(&target->value, target->text.len + 1);
		read_target(target);
		return true;
	}
	return false;
}

void
alias_file_target_free(struct alias_target *target)
{
	buf_free(&target->value);
	*target = (struct alias_target){0};
}
