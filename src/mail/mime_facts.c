#include "mail/mime_facts.h"

#include <string.h>

void
mime_count_begin(struct mime_count *count)
{
	*count = (struct mime_count){.facts = {.is_utf8 = true}};
}

/* RFC 3629 section 4: what may follow the first octet of a character. */
static bool
begin_character(struct mime_count *count, unsigned char c)
{
	count->low = 0x80;
	count->high = 0xbf;
	if (c < 0xc2 || c > 0xf4)
		return false;
	count->need = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	if (c == 0xe0)
		count->low = 0xa0;
	if (c == 0xed)
		count->high = 0x9f;
	if (c == 0xf0)
		count->low = 0x90;
	if (c == 0xf4)
		count->high = 0x8f;
	return true;
}

static void
check_utf8(struct mime_count *count, unsigned char c)
{
	if (count->need == 0) {
		if (c >= 0x80 && !begin_character(count, c))
			count->facts.is_utf8 = false;
		return;
	}
	if (c < count->low || c > count->high) {
		count->facts.is_utf8 = false;
		count->need = 0;
		return;
	}
	count->need--;
	count->low = 0x80;
	count->high = 0xbf;
}

static void
keep_head(struct mime_count *count, struct span part)
{
	size_t room = sizeof(count->head) - count->head_len;

	if (!count->keeps_head || room == 0)
		return;
	part = span_head(part, room);
	memcpy(count->head + count->head_len, part.at, part.len);
	count->head_len += part.len;
}

void
mime_count_take(struct mime_count *count, struct span part)
{
	struct mime_facts *facts = &count->facts;

	if (part.len == 0)
		return;
	keep_head(count, part);
	for (size_t i = 0; i < part.len; i++) {
		unsigned char c = (unsigned char)part.at[i];

		facts->quoted +=
		    c == '=' || c >= 0x7f || (c < ' ' && c != '\t');
		if (c > 0 && c < 0x80 && count->need == 0)
			continue;
		facts->has_nul |= c == 0;
		facts->has_eight_bit |= c >= 0x80;
		check_utf8(count, c);
	}
	facts->octets += part.len;
	count->line += part.len;
	count->last = part.at[part.len - 1];
}

void
mime_count_end_line(struct mime_count *count)
{
	struct mime_facts *facts = &count->facts;

	keep_head(count, SPAN("\n"));
	if (count->line > facts->longest_line)
		facts->longest_line = count->line;
	if (count->need != 0)
		facts->is_utf8 = false;
	if (count->line > 0 && ascii_is_blank(count->last))
		facts->quoted++;
	count->need = 0;
	count->line = 0;
}
