/* Finds a key in its table, and does what the row says. */
#include "import/import_key.h"

#include <string.h>

#include "base/buf.h"

const struct import_key *
import_key_find(const struct import_keys *keys, struct span name)
{
	for (const struct import_key *row = keys->rows; row->name != NULL;
	     row++)
		if (keys->is_case_blind
			? span_equal_nocase(name, span_from(row->name))
			: span_equal(name, span_from(row->name)))
			return row;
	return NULL;
}

/* Beginnings of keys that hold a secret; a longer one comes first. */
static const char *const secret_keys[] = {
    "passwordeval", "password", "passphrase", "passwd", "pass", "authpass"};

struct span
import_key_name(struct span word)
{
	size_t len = 0;

	while (len < word.len &&
	    (ascii_is_alnum(word.at[len]) ||
		memchr("-_.", word.at[len], 3) != NULL))
		len++;
	/* No separator may stand between a key and its secret. */
	for (size_t i = 0; i < sizeof(secret_keys) / sizeof(*secret_keys); i++)
		if (span_starts_nocase(word, span_from(secret_keys[i])))
			return span_head(word, strlen(secret_keys[i]));
	return span_head(word, len);
}

static void
leave_unknown(const struct import_keys *keys, const struct import_line *line,
    struct import_profile *profile)
{
	struct span name = import_key_name(line->key);
	struct buf why = {0};

	buf_add_format(&why, "%s has no such key", keys->program);
	import_profile_leave(
	    profile, name.len > 0 ? name : SPAN("a line"), buf_text(&why));
	buf_free(&why);
}

void
import_key_take(const struct import_keys *keys, const struct import_line *line,
    struct import_profile *profile, void *reader)
{
	const struct import_key *row = import_key_find(keys, line->key);
	struct span shown =
	    row != NULL && row->is_secret ? line->key : line->whole;

	if (row != NULL && line->value.len > 0)
		profile->tally->is_understood = true;
	if (row == NULL)
		leave_unknown(keys, line, profile);
	else if (row->take != NULL)
		row->take(reader, line);
	else if (row->setting != NULL)
		import_profile_set(
		    profile, row->setting, line->value, row->name);
	else if (row->why_not != NULL)
		import_profile_leave(profile, shown, row->why_not);
	else
		import_profile_need_not(profile, shown, row->needless);
}
