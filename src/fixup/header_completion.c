/*
 * Adds the Date, Message-ID and From that a message lacks. The fields it has
 * are noted only if they will be sent, so that an empty field that was dropped
 * counts as missing.
 */
#include "fixup/header_completion.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/utf8.h"
#include "fixup/address_text.h"

/* 26 characters are 130 random bits, which reveal neither time nor process. */
#define ID_CHARACTERS 26

/* The identifier for report and log; NULL if it is not printable ASCII. */
static char *
copy_id(struct span body)
{
	struct span id = span_trim(body);

	if (id.len == 0 || !span_is_ascii(id) || span_has_control(id))
		return NULL;
	return span_copy(id);
}

void
header_completion_see(
    struct header_found *found, const struct field *field, struct plan *plan)
{
	if (span_equal_nocase(field->name, SPAN("From"))) {
		found->from = true;
	} else if (span_equal_nocase(field->name, SPAN("Date"))) {
		found->date = true;
	} else if (!found->message_id &&
	    span_equal_nocase(field->name, SPAN("Message-ID"))) {
		found->message_id = true;
		plan->message_id = copy_id(field->body);
	}
}

/* A line end in an option or setting would begin another field. */
static bool
check_text(const char *what, struct span text, struct error *err)
{
	char *shown;

	if (!span_has_control(text))
		return true;
	shown = utf8_masked(text);
	error_set(err, ERROR_DATA,
	    "cannot use '%s' in %s: it has a control character", shown, what);
	free(shown);
	return false;
}

static bool
add_from(struct buf *out, const struct header_completion *completion,
    struct error *err)
{
	struct span path = span_from(completion->from_path);

	if (!check_text("a From field", path, err))
		return false;
	buf_add_text(out, "From: ");
	address_text_add(out, span_from(completion->from_name), path);
	buf_add_text(out, "\r\n");
	return true;
}

static void
add_date(struct buf *out, const char *name, time_t now)
{
	buf_add_format(out, "%s: ", name);
	date_add(out, now);
	buf_add_text(out, "\r\n");
}

/* Sets *copy to the identifier unless `copy` is NULL; the caller frees it. */
static bool
add_message_id(struct buf *out, const char *name, const char *domain,
    char **copy, struct error *err)
{
	struct span right = span_from(domain);
	struct buf id = {0};

	if (right.len == 0)
		right = SPAN("localhost");
	if (!check_text("a Message-ID", right, err))
		return false;
	buf_add_char(&id, '<');
	if (!random_add_name(&id, ID_CHARACTERS)) {
		buf_free(&id);
		return error_set(err, ERROR_OS,
		    "cannot make a Message-ID: the system has no source of "
		    "random numbers");
	}
	buf_add_char(&id, '@');
	buf_add_span(&id, right);
	buf_add_char(&id, '>');
	buf_add_format(out, "%s: %s\r\n", name, buf_text(&id));
	if (copy != NULL)
		*copy = mem_copy_text(buf_text(&id));
	buf_free(&id);
	return true;
}

/* RFC 5322 section 3.6.6: what a block of Resent- fields must have. */
static bool
add_missing_resent(const struct header_completion *completion,
    struct span block, struct buf *out, struct error *err)
{
	struct field field;

	if (block.len == 0)
		return true;
	if (!header_find(block, SPAN("Resent-Date"), &field))
		add_date(out, "Resent-Date", completion->now);
	return header_find(block, SPAN("Resent-Message-ID"), &field) ||
	    add_message_id(
		out, "Resent-Message-ID", completion->id_domain, NULL, err);
}

bool
header_completion_add(const struct header_completion *completion,
    const struct header_found *found, struct span block, struct plan *plan,
    struct buf *resent, struct error *err)
{
	if (!found->from && span_from(completion->from_path).len > 0 &&
	    !add_from(&plan->added, completion, err))
		return false;
	if (!found->date)
		add_date(&plan->added, "Date", completion->now);
	if (!found->message_id &&
	    !add_message_id(&plan->added, "Message-ID", completion->id_domain,
		&plan->message_id, err))
		return false;
	if (plan->added.full)
		return error_set(err, ERROR_DATA,
		    "cannot complete the header: the From field is too long");
	return add_missing_resent(completion, block, resent, err);
}
