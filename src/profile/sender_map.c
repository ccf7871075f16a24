/*
 * Reads the map whole and refuses it whole: a line that is not understood
 * could have been the one that keeps a sender from somebody.
 */
#include "profile/sender_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/profile_line.h"

#define LIST_SEPARATORS ", \t"
#define SHOWN_MAX ((size_t)64)

static bool
refuse(const struct line_reader *lines, struct span part, const char *why,
    struct error *err)
{
	char *shown = utf8_masked(span_head(part, SHOWN_MAX));

	error_set(err, ERROR_CONFIG, "\"%s\": %s", shown, why);
	free(shown);
	return place_error(line_place(lines, part), err);
}

static struct sender_map_row *
find_row(const struct sender_map *map, struct span user)
{
	for (size_t i = 0; i < map->count; i++)
		if (span_equal(span_from(map->rows[i].user), user))
			return &map->rows[i];
	return NULL;
}

/* A word for somebody, or a pattern that an address can fit. */
static bool
is_sender(struct span sender)
{
	return span_equal_nocase(sender, SPAN("own")) ||
	    span_equal_nocase(sender, SPAN("any")) ||
	    span_find(sender, '@') < sender.len ||
	    span_find(sender, '*') < sender.len;
}

static bool
add_senders(struct name_list *senders, const struct line_reader *lines,
    struct span rest, struct error *err)
{
	struct span sender;

	while (span_next_word(&rest, LIST_SEPARATORS, &sender)) {
		char **name;

		if (!is_sender(sender))
			return refuse(lines, sender,
			    "neither own nor any nor an address", err);
		name = mem_append(
		    &senders->names, &senders->count, sizeof(*name));
		*name = span_copy(sender);
	}
	return true;
}

static bool
add_row(struct sender_map *map, const struct line_reader *lines,
    struct error *err)
{
	struct span text = span_trim(buf_span(&lines->text));
	size_t colon = span_find(text, ':');
	struct span user = span_trim(span_head(text, colon));
	struct sender_map_row *row;

	if (text.len == 0)
		return true;
	if (colon == text.len || user.len == 0 ||
	    span_find(user, ' ') < user.len)
		return refuse(lines, text,
		    "not a line \"user: sender, sender\"", err);
	if (find_row(map, user) != NULL)
		return refuse(
		    lines, user, "this user has a line already", err);
	row = mem_append(&map->rows, &map->count, sizeof(*row));
	row->user = span_copy(user);
	return add_senders(
	    &row->senders, lines, span_skip(text, colon + 1), err);
}

static bool
parse(struct sender_map *map, const char *path, struct span text,
    struct error *err)
{
	struct line_reader lines;
	enum line_result result = LINE_BAD;
	bool done;

	line_reader_init(&lines, path);
	lines.rest = text;
	done = line_reader_check(&lines, err);
	while (done && (result = line_next(&lines, err)) == LINE_READ)
		done = add_row(map, &lines, err);
	line_reader_free(&lines);
	return done && result == LINE_END;
}

bool
sender_map_read(struct sender_map *map, const char *path, struct error *err)
{
	int fd = file_open(path, FILE_OWN, ERROR_CONFIG, err);
	struct buf text;
	bool done;

	if (fd < 0)
		return false;
	buf_init(&text, CONFIG_FILE_MAX);
	done = file_read(fd, path, &text, ERROR_CONFIG, err) &&
	    parse(map, path, buf_span(&text), err);
	buf_free(&text);
	close(fd);
	if (!done)
		sender_map_free(map);
	return done;
}

const struct name_list *
sender_map_find(const struct sender_map *map, const char *user)
{
	const struct sender_map_row *row = NULL;

	if (user != NULL)
		row = find_row(map, span_from(user));
	if (row == NULL)
		row = find_row(map, SPAN("*"));
	return row != NULL ? &row->senders : NULL;
}

void
sender_map_free(struct sender_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		struct name_list *senders = &map->rows[i].senders;

		for (size_t j = 0; j < senders->count; j++)
			free(senders->names[j]);
		free(senders->names);
		free(map->rows[i].user);
	}
	free(map->rows);
	*map = (struct sender_map){0};
}
