/* Empty tags, as behind the last semicolon, are passed over. */
#include "doctor/tag_list.h"

enum tag_next
tag_list_next(struct span *rest, struct tag *tag)
{
	struct span text;
	size_t sign;

	do {
		if (rest->len == 0)
			return TAG_END;
		sign = span_find(*rest, ';');
		text = span_trim(span_head(*rest, sign));
		*rest = span_skip(*rest, sign + 1);
	} while (text.len == 0);
	sign = span_find(text, '=');
	tag->name = span_trim(span_head(text, sign));
	tag->value = span_trim(span_skip(text, sign + 1));
	return sign < text.len && tag->name.len > 0 ? TAG_FOUND : TAG_WRONG;
}
