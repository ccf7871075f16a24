/*
 * A buf grows by allocating, copying and wiping the old memory, because any buf
 * may hold a secret: realloc would leave unwiped copies behind.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

void
buf_init_secret(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max, .is_secret = true};
}

static void
free_data(const struct buf *buf)
{
	if (buf->is_secret)
		mem_free_secret(buf->data);
	else
		free(buf->data);
}

void
buf_free(struct buf *buf)
{
	free_data(buf);
	*buf = (struct buf){.max = buf->max, .is_secret = buf->is_secret};
}

void
buf_wipe(struct buf *buf)
{
	if (buf->data != NULL)
		mem_wipe(buf->data, buf->room);
	buf_free(buf);
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->full = false;
}

/* Makes room for len more octets and a NUL. */
static bool
reserve(struct buf *buf, size_t len)
{
	size_t max = buf->max ? buf->max : BUF_DEFAULT_MAX, room;
	char *data;

	if (buf->full || len > max || buf->len > max - len) {
		buf->full = true;
		return false;
	}
	if (buf->room > buf->len + len)
		return true;
	room = buf->room ? buf->room : 64;
	while (room <= buf->len + len)
		room *= 2;
	data =
	    buf->is_secret ? mem_new_secret(room) : mem_resize(NULL, room, 1);
	if (buf->len != 0)
		memcpy(data, buf->data, buf->len);
	/* Behind len is what was dropped. */
	if (buf->data != NULL)
		mem_wipe(buf->data, buf->room);
	free_data(buf);
	buf->data = data;
	buf->room = room;
	return true;
}

bool
buf_add(struct buf *buf, const void *data, size_t len)
{
	if (!reserve(buf, len))
		return false;
	if (len != 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	return true;
}

bool
buf_add_span(struct buf *buf, struct span span)
{
	return buf_add(buf, span.at, span.len);
}

bool
buf_add_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

bool
buf_add_char(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

bool
buf_add_lower(struct buf *buf, struct span text)
{
	size_t start = buf->len;

	if (!buf_add_span(buf, text))
		return false;
	for (size_t i = start; i < buf->len; i++)
		buf->data[i] = ascii_lower(buf->data[i]);
	return true;
}

bool
buf_add_arguments(struct buf *buf, const char *format, va_list arguments)
{
	va_list again;
	int len;

	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0 || !reserve(buf, (size_t)len))
		return false;
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, arguments);
	buf->len += (size_t)len;
	return true;
}

bool
buf_add_hex(struct buf *buf, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char octet = (unsigned char)c;

	return buf_add_char(buf, digits[octet >> 4]) &&
	    buf_add_char(buf, digits[octet & 15]);
}

bool
buf_add_unescaped(struct buf *buf, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		int high, low;

		if (text.at[i] != '%') {
			buf_add_char(buf, text.at[i]);
			continue;
		}
		if (text.len - i < 3)
			return false;
		high = ascii_hex_value(text.at[i + 1]);
		low = ascii_hex_value(text.at[i + 2]);
		if (high < 0 || low < 0)
			return false;
		buf_add_char(buf, (char)(high * 16 + low));
		i += 2;
	}
	return !buf->full;
}

bool
buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	bool added;

	va_start(arguments, format);
	added = buf_add_arguments(buf, format, arguments);
	va_end(arguments);
	return added;
}

bool
buf_add_note(struct buf *buf, size_t max, struct span line)
{
	static const struct span more =
	    SPAN("more notes of this kind are not listed\n");
	struct span last = span_skip(
	    buf_span(buf), buf->len > more.len ? buf->len - more.len : 0);

	if (buf->len < max)
		return buf_add_span(buf, line) && buf_add_char(buf, '\n');
	return span_equal(last, more) || buf_add_span(buf, more);
}

void
buf_drop(struct buf *buf, size_t len)
{
	if (len > buf->len)
		len = buf->len;
	if (len == 0)
		return;
	memmove(buf->data, buf->data + len, buf->len - len);
	buf->len -= len;
}

struct span
buf_span(const struct buf *buf)
{
	return (struct span){buf->data, buf->len};
}

char *
buf_take_text(struct buf *buf)
{
	char *text = span_copy(buf_span(buf));

	buf_free(buf);
	return text;
}

const char *
buf_text(struct buf *buf)
{
	if (buf->data == NULL)
		return "";
	buf->data[buf->len] = '\0'; /* reserve keeps room for it */
	return buf->data;
}
