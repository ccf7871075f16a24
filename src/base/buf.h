/*
 * A growing array of octets with a maximum. A call that would pass the maximum
 * adds nothing, returns false and marks the buf as full; a full buf accepts
 * nothing more, so one check of `full` after many additions is enough. All zero
 * is a valid, empty buf.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define BUF_DEFAULT_MAX ((size_t)64 * 1024)

struct buf {
	char *data; /* owned; has no NUL at its end, see buf_text */
	size_t len, room;
	size_t max; /* octets; 0 is BUF_DEFAULT_MAX */
	bool full;
	bool is_secret; /* allocated with mem_new_secret */
};

void buf_init(struct buf *buf, size_t max);
/* For secrets: mem_forget_secrets overwrites its memory, too. */
void buf_init_secret(struct buf *buf, size_t max);
/* Frees the memory; the buf is then empty and can be used again. */
void buf_free(struct buf *buf);
/* The same for secrets: overwrites the memory first. */
void buf_wipe(struct buf *buf);
/* Empties it, but keeps the memory. */
void buf_clear(struct buf *buf);

bool buf_add(struct buf *buf, const void *data, size_t len);
bool buf_add_span(struct buf *buf, struct span span);
bool buf_add_text(struct buf *buf, const char *text);
bool buf_add_char(struct buf *buf, char c);
/* Adds the text with its ASCII capitals as small letters. */
bool buf_add_lower(struct buf *buf, struct span text);
/* Adds an octet as two hexadecimal digits, A to F as capitals. */
bool buf_add_hex(struct buf *buf, char c);
/*
 * Adds the text with %XX decoded (RFC 3986 section 2.1). False, too, if two
 * hexadecimal digits do not follow a %.
 */
bool buf_add_unescaped(struct buf *buf, struct span text);
bool buf_add_format(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool buf_add_arguments(struct buf *buf, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/*
 * Adds a line to a list of notes. Once the list has `max` octets, later notes
 * are dropped, and one last line says that they are not listed.
 */
bool buf_add_note(struct buf *buf, size_t max, struct span line);
/* Removes the first len octets. */
void buf_drop(struct buf *buf, size_t len);

struct span buf_span(const struct buf *buf);
/* The content followed by a NUL; borrowed, valid until the next change. */
const char *buf_text(struct buf *buf);
/* The content as a string, which the caller frees; the buf is then empty. */
char *buf_take_text(struct buf *buf);

#endif
