/*
 * The file that allow-senders may name: which user may send with which
 * addresses. A line is "user: sender, sender ..." with the same words as in
 * allow-senders; the user `*` is the line for all other users. Comments,
 * continued lines and the checks of the file's owner are as for configuration
 * files.
 */
#ifndef PROFILE_SENDER_MAP_H
#define PROFILE_SENDER_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "profile/config_line.h"
#include "profile/name_list.h"

struct sender_map_row {
	char *user;
	struct place place;
	struct name_list senders; /* any, own, or globs */
};

struct sender_map {
	struct sender_map_row *rows; /* ascending by user */
	size_t count;
};

/* Fills an empty map. Errors are ERROR_CONFIG and name file, line, column. */
bool sender_map_read(
    struct sender_map *map, const char *path, struct error *err);
/*
 * The senders that the user may use; NULL if no line is for this user. A user
 * without a name (NULL) has the line of `*`.
 */
const struct name_list *sender_map_find(
    const struct sender_map *map, const char *user);
void sender_map_free(struct sender_map *map);

#endif
