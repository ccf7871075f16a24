/*
 * Reads JSON (RFC 8259) from others. A text is checked as a whole before any
 * part of it is used; what is not JSON is refused, and so are texts that two
 * programs could read in different ways: with the same name twice in an object,
 * invalid UTF-8, or half of a surrogate pair.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_TEXT_MAX ((size_t)256 * 1024)
#define JSON_DEPTH_MAX 32
/* Members of the objects that are open at one place of the text. */
#define JSON_NAMES_MAX 512

enum json_kind {
	JSON_NONE, /* there is no such value */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A value of a text that was checked. All zero: none. */
struct json {
	struct span text; /* as written; borrowed */
};

/*
 * Checks the whole text and sets *json to its value. On failure sets it to
 * none, and adds to `reason`, unless that is NULL, a phrase that quotes nothing
 * of the text: "a name is there twice (octet 17)".
 */
bool json_read(struct json *json, struct span text, struct buf *reason);

enum json_kind json_kind(struct json json);
/* The member of that name; none if there is none, or `json` is no object. */
struct json json_find(struct json json, const char *name);

/* For a loop over the members of an object or the items of an array. */
struct json_walk {
	struct span rest;  /* borrowed */
	struct json name;  /* a string; none in an array */
	struct json value; /* of the member, or the item */
	bool is_object;
};

/* Any other value is like an empty array. */
struct json_walk json_enter(struct json json);
/* Goes to the next member or item. False if none is left. */
bool json_next(struct json_walk *walk);

/*
 * Adds a string without its escapes, as UTF-8; it may contain any character, a
 * NUL too. Adds nothing and returns false if `json` is no string or `out` has
 * no room for it.
 */
bool json_add_string(struct json json, struct buf *out);
/* Whether it is a string with this content. */
bool json_equals(struct json json, struct span content);
/*
 * The whole part of a number. Some servers send a number as a string, which is
 * read as well. False if it is neither, below 0, or above max.
 */
bool json_number(struct json json, uint64_t max, uint64_t *number);

#endif
