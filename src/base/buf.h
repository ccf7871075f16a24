/*
 * Octets that grow up to a maximum and never beyond: output goes here. When
 * the maximum would be passed, nothing is added, the buf is marked full and
 * the call is false; a full buf stays full, so one check at the end is enough.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define BUF_DEFAULT_MAX ((size_t)64 * 1024)

struct buf {
	char *data; /* owned; not ended by NUL, see buf_text */
	size_t len, room;
	size_t max; /* octets; 0 is BUF_DEFAULT_MAX */
	bool full;
	bool is_secret; /* its memory is that of mem_new_secret */
};

void buf_init(struct buf *buf, size_t max);
void buf_init_secret(struct buf *buf, size_t max);
void buf_free(struct buf *buf);	 /* wipes nothing */
void buf_wipe(struct buf *buf);	 /* for secrets: wipes, then frees */
void buf_clear(struct buf *buf); /* empty again; keeps the room */

bool buf_add(struct buf *buf, const void *data, size_t len);
bool buf_add_span(struct buf *buf, struct span span);
bool buf_add_text(struct buf *buf, const char *text);
bool buf_add_char(struct buf *buf, char c);
bool buf_add_format(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool buf_add_arguments(struct buf *buf, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* Removes the first len octets. */
void buf_drop(struct buf *buf, size_t len);

struct span buf_span(const struct buf *buf);
/* The content with a NUL behind it; valid until the next change. */
const char *buf_text(struct buf *buf);

#endif
