#include "mail/fixup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/utf8.h"
#include "mail/header.h"
#include "mail/message.h"

/* 130 bits that tell neither time nor process (RFC 5322 section 3.6.4). */
#define ID_CHARACTERS 26
#define LINE_WISH ((size_t)76) /* RFC 2047 section 2 */

/* What the message has already. */
struct found {
	bool from, date, message_id;
};

static bool
is_blind_copy(struct span name)
{
	return span_equal_nocase(name, SPAN("Bcc")) ||
	    span_equal_nocase(name, SPAN("Resent-Bcc"));
}

static void
drop_stretch(struct plan *plan, size_t from, size_t to)
{
	struct plan_drop *last;

	if (plan->drop_count > 0) {
		last = &plan->drops[plan->drop_count - 1];
		if (last->to == from) {
			last->to = to;
			return;
		}
	}
	last = mem_append(&plan->drops, &plan->drop_count, sizeof(*last));
	*last = (struct plan_drop){from, to};
}

/* The identifier for report and log; one that does not print is no use. */
static char *
copy_id(struct span body)
{
	struct span id = span_trim(body);

	if (id.len == 0 || !span_is_ascii(id) || span_has_control(id))
		return NULL;
	return span_copy(id);
}

static void
look_through(struct plan *plan, struct span header, bool remove_bcc,
    struct found *found)
{
	struct span rest = header;
	struct field field;

	while (header_next(&rest, &field)) {
		size_t to = header.len - rest.len;

		if (span_equal_nocase(field.name, SPAN("From")))
			found->from = true;
		else if (span_equal_nocase(field.name, SPAN("Date")))
			found->date = true;
		else if (remove_bcc && is_blind_copy(field.name))
			drop_stretch(plan, to - field.whole.len, to);
		else if (!found->message_id &&
		    span_equal_nocase(field.name, SPAN("Message-ID"))) {
			found->message_id = true;
			plan->message_id = copy_id(field.body);
		}
	}
}

/* A line end in what others gave would be a field of theirs. */
static bool
check_text(const char *what, struct span text, struct error *err)
{
	char *shown;

	if (!span_has_control(text))
		return true;
	shown = utf8_masked(text);
	error_set(err, ERROR_DATA,
	    "cannot use '%s' in %s: it holds a control character", shown,
	    what);
	free(shown);
	return false;
}

static bool
add_from(struct buf *out, const struct fixup *fixup, struct error *err)
{
	struct span path = span_from(fixup->from_path);
	size_t begin = out->len, line;

	if (!check_text("a From field", path, err))
		return false;
	buf_add_text(out, "From: ");
	line = out->len;
	phrase_add(out, span_from(fixup->from_name));
	if (out->len == line) {
		buf_add_span(out, path);
	} else {
		line = begin;
		for (size_t i = begin; i < out->len; i++)
			if (out->data[i] == '\n')
				line = i + 1;
		if (out->len - line + path.len + 3 > LINE_WISH)
			buf_add_text(out, "\r\n");
		buf_add_text(out, " <");
		buf_add_span(out, path);
		buf_add_char(out, '>');
	}
	buf_add_text(out, "\r\n");
	return true;
}

static bool
add_message_id(struct plan *plan, const char *domain, struct error *err)
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
		    "cannot make a Message-ID: the system gives no random "
		    "numbers");
	}
	buf_add_char(&id, '@');
	buf_add_span(&id, right);
	buf_add_char(&id, '>');
	plan->message_id = mem_copy_text(buf_text(&id));
	buf_add_text(&plan->added, "Message-ID: ");
	buf_add_span(&plan->added, buf_span(&id));
	buf_add_text(&plan->added, "\r\n");
	buf_free(&id);
	return true;
}

static bool
add_missing(struct plan *plan, const struct fixup *fixup,
    const struct found *found, struct error *err)
{
	if (!found->from && span_from(fixup->from_path).len > 0 &&
	    !add_from(&plan->added, fixup, err))
		return false;
	if (!found->date) {
		buf_add_text(&plan->added, "Date: ");
		date_add(&plan->added, fixup->now);
		buf_add_text(&plan->added, "\r\n");
	}
	if (!found->message_id &&
	    !add_message_id(plan, fixup->id_domain, err))
		return false;
	if (plan->added.full)
		return error_set(err, ERROR_DATA,
		    "cannot complete the header: the name or address for the "
		    "From field is too long");
	return true;
}

bool
message_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err)
{
	struct found found = {0};

	*plan = (struct plan){0};
	look_through(
	    plan, message_header(message), fixup->remove_bcc, &found);
	if (!fixup->complete || add_missing(plan, fixup, &found, err))
		return true;
	plan_free(plan);
	return false;
}

void
plan_free(struct plan *plan)
{
	free(plan->drops);
	free(plan->message_id);
	buf_free(&plan->added);
	*plan = (struct plan){0};
}
