/*
 * Drops Bcc, Return-Path and empty fields. Bcc is dropped even if a signature
 * may cover it: keeping recipients secret matters more.
 */
#include "fixup/field_removal.h"

#include "fixup/field_kind.h"

static bool
is_blind_copy(struct span name)
{
	return span_equal_nocase(name, SPAN("Bcc")) ||
	    span_equal_nocase(name, SPAN("Resent-Bcc"));
}

/* Whether there are only blanks and commas. */
static bool
is_empty_list(struct span body)
{
	for (size_t i = 0; i < body.len; i++)
		if (!ascii_is_space(body.at[i]) && body.at[i] != ',')
			return false;
	return true;
}

static bool
is_completed(struct span name)
{
	return span_equal_nocase(name, SPAN("Date")) ||
	    span_equal_nocase(name, SPAN("Message-ID"));
}

bool
field_removal_drops(const struct field_removal *removal,
    const struct field *field, struct plan *plan)
{
	bool may_be_empty =
	    !(removal->drops_empty && field_kind_has_addresses(field->name)) &&
	    !(removal->drops_completed && is_completed(field->name));

	if (removal->drops_bcc && is_blind_copy(field->name))
		plan_note_routine(plan, field->name, "dropped");
	else if (span_equal_nocase(field->name, SPAN("Return-Path")))
		plan_note_field(plan, field->name,
		    "dropped, since the last server adds it");
	else if (!may_be_empty && is_empty_list(field->body))
		plan_note_field(
		    plan, field->name, "dropped, since it is empty");
	else
		return false;
	return true;
}
