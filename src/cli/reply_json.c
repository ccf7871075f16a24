/*
 * Writes a reply in JSON. All lines are kept, since each may be the one that
 * says what to do.
 */
#include "cli/reply_json.h"

#include "base/json_text.h"

void
reply_json_add(struct buf *out, enum stage stage, const struct reply *reply)
{
	struct span rest = buf_span(&reply->text);
	const char *comma = "";

	json_text_add_member(out, "stage",
	    stage != STAGE_NONE ? outcome_stage_name(stage) : NULL);
	json_text_add_key(out, "code");
	if (reply->code != 0)
		buf_add_format(out, "%d", reply->code);
	else
		buf_add_text(out, "null");
	json_text_add_key(out, "enhanced");
	if (reply->status.class != 0) {
		buf_add_char(out, '"');
		reply_status_add(out, reply->status);
		buf_add_char(out, '"');
	} else {
		buf_add_text(out, "null");
	}
	json_text_add_key(out, "text");
	buf_add_char(out, '[');
	for (size_t lines = reply->text.data != NULL; lines > 0; lines--) {
		size_t end = span_find(rest, '\n');

		buf_add_text(out, comma);
		json_text_add(out, span_head(rest, end));
		comma = ",";
		if (end < rest.len)
			lines++;
		rest = span_skip(rest, end + 1);
	}
	buf_add_char(out, ']');
}
