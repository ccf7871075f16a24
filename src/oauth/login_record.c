/*
 * One row for each member of the record. Members that no row knows are written
 * back as they were read, so that an older version of the program spoils
 * nothing.
 */
#include "oauth/login_record.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/mem.h"
#include "profile/secret_line.h"

#define RECORD_VERSION 1
#define TEXT_MAX ((size_t)4096)

enum member_type { MEMBER_TEXT, MEMBER_SECRET, MEMBER_TIME, MEMBER_FLAG };

#define ROW(field, type)                                           \
	{                                                          \
#field, type, offsetof(struct login_record, field) \
	}

static const struct member {
	const char *name;
	enum member_type type;
	size_t field;
} members[] = {
    ROW(provider, MEMBER_TEXT),
    ROW(issuer, MEMBER_TEXT),
    ROW(token_endpoint, MEMBER_TEXT),
    ROW(revoke_endpoint, MEMBER_TEXT),
    ROW(client_id, MEMBER_TEXT),
    ROW(client_secret, MEMBER_SECRET),
    ROW(client_auth, MEMBER_TEXT),
    ROW(scope, MEMBER_TEXT),
    ROW(user, MEMBER_TEXT),
    ROW(login_at, MEMBER_TIME),
    ROW(refresh_token, MEMBER_SECRET),
    ROW(refresh_obtained_at, MEMBER_TIME),
    ROW(refresh_used_at, MEMBER_TIME),
    ROW(refresh_ends_at, MEMBER_TIME),
    ROW(registered, MEMBER_FLAG),
    ROW(dead, MEMBER_FLAG),
    ROW(dead_reason, MEMBER_TEXT),
    ROW(dead_at, MEMBER_TIME),
    ROW(exported, MEMBER_FLAG),
    ROW(exported_at, MEMBER_TIME),
    ROW(session, MEMBER_TEXT),
    ROW(access_token, MEMBER_SECRET),
    ROW(obtained_at, MEMBER_TIME),
    ROW(expires_at, MEMBER_TIME),
    ROW(margin, MEMBER_TIME),
};

#define MEMBER_COUNT (sizeof(members) / sizeof(members[0]))

/* NULL: a later version's. */
static const struct member *
find(struct json name)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		if (json_equals(name, span_from(members[i].name)))
			return &members[i];
	return NULL;
}

/* Text that may stand in a sentence or in a form. */
static bool
take_text(struct json value, struct buf *text)
{
	return json_add_string(value, text) &&
	    !span_has_control(buf_span(text));
}

static bool
take(
    const struct member *member, struct json value, struct login_record *record)
{
	void *field = (char *)record + member->field;
	struct buf text;
	uint64_t number;
	bool done;

	switch (member->type) {
	case MEMBER_TEXT:
		if (json_kind(value) == JSON_NULL)
			return true;
		buf_init(&text, TEXT_MAX);
		done = take_text(value, &text);
		*(char **)field = buf_take_text(&text);
		return done;
	case MEMBER_SECRET:
		buf_init_secret(field, TOKEN_MAX);
		return take_text(value, field);
	case MEMBER_TIME:
		done = json_number(value, CALENDAR_MAX, &number);
		*(int64_t *)field = done ? (int64_t)number : 0;
		return done;
	case MEMBER_FLAG:
		*(bool *)field = json_kind(value) == JSON_TRUE;
		return *(bool *)field || json_kind(value) == JSON_FALSE;
	}
	return false;
}

static void
keep(const struct json_walk *walk, struct buf *others)
{
	if (others->max == 0)
		buf_init_secret(others, LOGIN_RECORD_MAX);
	buf_add_char(others, ',');
	buf_add_span(others, walk->name.text);
	buf_add_char(others, ':');
	buf_add_span(others, walk->value.text);
}

bool
login_record_read(
    struct login_record *record, struct span text, struct buf *reason)
{
	struct json json;
	struct json_walk walk;
	uint64_t version;

	if (!json_read(&json, text, reason))
		return false;
	if (!json_number(
		json_find(json, "version"), RECORD_VERSION, &version) ||
	    version != RECORD_VERSION) {
		buf_add_format(
		    reason, "it does not say \"version\": %d", RECORD_VERSION);
		return false;
	}
	walk = json_enter(json);
	while (json_next(&walk)) {
		const struct member *member = find(walk.name);

		if (json_equals(walk.name, SPAN("version")))
			continue;
		if (member == NULL) {
			keep(&walk, &record->others);
		} else if (!take(member, walk.value, record)) {
			buf_add_format(
			    reason, "\"%s\" has no valid value", member->name);
			return false;
		}
	}
	return true;
}

static void
add_member(const struct member *member, const struct login_record *record,
    struct buf *out)
{
	const void *field = (const char *)record + member->field;
	struct span text = {0};

	switch (member->type) {
	case MEMBER_TEXT:
		text = span_from(*(char *const *)field);
		break;
	case MEMBER_SECRET:
		text = buf_span(field);
		break;
	case MEMBER_TIME:
		if (*(const int64_t *)field > 0)
			json_text_add_number(out, member->name,
			    (uint64_t) * (const int64_t *)field);
		return;
	case MEMBER_FLAG:
		json_text_add_bool(out, member->name, *(const bool *)field);
		return;
	}
	if (text.len == 0)
		return;
	json_text_add_key(out, member->name);
	json_text_add_exact(out, text);
}

bool
login_record_add(const struct login_record *record, struct buf *out)
{
	buf_add_format(out, "{\"version\":%d", RECORD_VERSION);
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		add_member(&members[i], record, out);
	buf_add_span(out, buf_span(&record->others));
	buf_add_text(out, "}\n");
	return !out->full && out->len <= LOGIN_RECORD_MAX;
}

void
login_record_set_token(struct buf *token, struct span value)
{
	struct buf old = *token;

	buf_init_secret(token, TOKEN_MAX);
	buf_add_span(token, value);
	buf_wipe(&old); /* `value` may be a part of it */
}

void
login_record_free(struct login_record *record)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		void *field = (char *)record + members[i].field;

		if (members[i].type == MEMBER_TEXT)
			free(*(char **)field);
		else if (members[i].type == MEMBER_SECRET)
			buf_wipe(field);
	}
	buf_wipe(&record->others);
	*record = (struct login_record){0};
}
