#include "mail/excerpt.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

char *
excerpt_masked(struct span text, size_t max)
{
	struct buf buf = {0};
	size_t len = max < text.len ? max : text.len;
	char *masked;

	for (size_t i = 0; i < 3 && len > 0 && len < text.len; i++)
		if (is_continuation(text.at[len]))
			len--;
	utf8_add_masked(&buf, span_head(text, len));
	if (len < text.len)
		buf_add_text(&buf, "...");
	masked = mem_copy_text(buf_text(&buf));
	buf_free(&buf);
	return masked;
}
