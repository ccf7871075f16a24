/*
 * Reads the map. A map with one wrong line is refused as a whole, since that
 * line could be the one that forbids a sender to a user.
 */
#include "profile/sender_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/name_list.h"
#include "profile/setting_mail.h"

#define SHOWN_MAX ((size_t)64)

static bool
refuse(struct place place, struct span part, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(part, SHOWN_MAX);

	error_set(err, ERROR_CONFIG, "\"%s\": %s", shown, why);
	free(shown);
	return config_line_refuse(place, err);
}

/* Orders by user, and the lines of one user by line. */
static int
compare_rows(const void *a, const void *b)
{
	const struct sender_map_row *left = a, *right = b;
	int order = strcmp(left->user, right->user);

	if (order != 0)
		return order;
	return left->place.line < right->place.line ? -1 : 1;
}

static int
compare_user(const void *user, const void *row)
{
	return strcmp(user, ((const struct sender_map_row *)row)->user);
}

static bool
add_senders(struct name_list *senders, const struct line_reader *lines,
    struct span rest, struct error *err)
{
	struct span sender;

	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &sender)) {
		const char *why = setting_mail_sender_fault(sender);

		if (why != NULL) {
			refuse(
			    config_line_place(lines, sender), sender, why, err);
			setting_hint_word(
			    sender, setting_mail_sender_words, err);
			return false;
		}
		name_list_add(senders, sender);
	}
	return true;
}

static bool
add_row(
    struct sender_map *map, const struct line_reader *lines, struct error *err)
{
	struct span text = span_trim(buf_span(&lines->text));
	size_t colon = span_find(text, ':');
	struct span user = span_trim(span_head(text, colon));
	struct sender_map_row *row;

	if (text.len == 0)
		return true;
	if (colon == text.len || user.len == 0 ||
	    span_find(user, ' ') < user.len)
		return refuse(config_line_place(lines, text), text,
		    "not of the form \"user: sender, sender\"", err);
	row = mem_append(&map->rows, &map->count, sizeof(*row));
	row->user = span_copy(user);
	row->place = config_line_place(lines, user);
	return add_senders(
	    &row->senders, lines, span_skip(text, colon + 1), err);
}

/* Sorts the rows by user; refuses a user with two lines. */
static bool
sort_rows(struct sender_map *map, struct error *err)
{
	if (map->count > 1)
		qsort(map->rows, map->count, sizeof(*map->rows), compare_rows);
	for (size_t i = 1; i < map->count; i++)
		if (strcmp(map->rows[i - 1].user, map->rows[i].user) == 0)
			return refuse(map->rows[i].place,
			    span_from(map->rows[i].user),
			    "this user already has a line", err);
	return true;
}

static bool
parse(struct sender_map *map, const char *path, struct span text,
    struct error *err)
{
	struct line_reader lines;
	enum line_result result = LINE_BAD;
	bool done = config_lines_begin(&lines, path, text, err);

	while (done && (result = config_lines_next(&lines, err)) == LINE_READ)
		done = add_row(map, &lines, err);
	config_lines_free(&lines);
	return done && result == LINE_END && sort_rows(map, err);
}

bool
sender_map_read(struct sender_map *map, const char *path, struct error *err)
{
	struct buf text = {.max = CONFIG_FILE_MAX};
	bool done = file_read_path(path, FILE_OWN, &text, ERROR_CONFIG, err) &&
	    parse(map, path, buf_span(&text), err);

	buf_free(&text);
	if (!done)
		sender_map_free(map);
	return done;
}

static const struct sender_map_row *
find_row(const struct sender_map *map, const char *user)
{
	if (map->count == 0)
		return NULL;
	return bsearch(
	    user, map->rows, map->count, sizeof(*map->rows), compare_user);
}

const struct name_list *
sender_map_find(const struct sender_map *map, const char *user)
{
	const struct sender_map_row *row = NULL;

	if (user != NULL)
		row = find_row(map, user);
	if (row == NULL)
		row = find_row(map, "*");
	return row != NULL ? &row->senders : NULL;
}

void
sender_map_free(struct sender_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		name_list_free(&map->rows[i].senders);
		free(map->rows[i].user);
	}
	free(map->rows);
	*map = (struct sender_map){0};
}
