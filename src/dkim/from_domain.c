/*
 * A header can have several From fields, with several mailboxes each. Nobody
 * can tell which of them a receiver will look at, so all must fit.
 */
#include "dkim/from_domain.h"

#include <stdlib.h>

#include "address/address_list.h"
#include "address/domain.h"
#include "base/utf8.h"
#include "message/header.h"

/* Adds BEFORE, the text masked, and AFTER. Always false. */
static bool
refuse(struct buf *why, const char *before, const char *text, const char *after)
{
	char *shown = utf8_excerpt_masked(span_from(text), 200);

	buf_add_format(why, "%s%s%s", before, shown, after);
	free(shown);
	return false;
}

/* Adds the domain of a mailbox for the wire. */
static bool
add_domain(const struct mailbox *mailbox, struct buf *out, struct buf *why)
{
	struct buf text = {0};
	struct error err;
	bool done = false;

	if (mailbox->domain == NULL) {
		buf_add_text(why, "the address in From has no domain");
		return false;
	}
	if (!domain_to_ascii(span_from(mailbox->domain), &text, &err) ||
	    !domain_is_name(buf_span(&text))) {
		refuse(why, "", mailbox->domain, " in From is no domain name");
	} else {
		buf_add_lower(out, buf_span(&text));
		done = true;
	}
	buf_free(&text);
	return done;
}

/* The first mailbox chooses the domain, if none is given. */
static bool
check(const struct mailbox *mailbox, struct buf *domain, struct buf *why)
{
	struct buf own = {0};
	bool done = add_domain(mailbox, &own, why);

	if (done && domain->len == 0) {
		buf_add_span(domain, buf_span(&own));
	} else if (done && !domain_is_in(buf_span(&own), buf_span(domain))) {
		done = refuse(
		    why, "From is of ", buf_text(&own), ", which is not in ");
		buf_add_span(why, buf_span(domain));
	}
	buf_free(&own);
	return done;
}

static bool
check_field(const struct field *field, struct buf *domain, size_t *count,
    struct buf *why)
{
	struct address_list list = {0};
	struct error err;
	bool done = address_list_parse(&list, field->body, &err);

	if (!done)
		buf_add_text(why, "From is no list of addresses");
	for (size_t i = 0; done && i < list.count; i++) {
		done = check(&list.mailboxes[i], domain, why);
		(*count)++;
	}
	address_list_free(&list);
	return done;
}

bool
from_domain_find(
    struct span header, const char *given, struct buf *domain, struct buf *why)
{
	struct field field;
	size_t count = 0;

	if (given != NULL)
		buf_add_lower(domain, span_from(given));
	while (header_next(&header, &field))
		if (span_equal_nocase(field.name, SPAN("From")) &&
		    !check_field(&field, domain, &count, why))
			return false;
	if (count == 0)
		buf_add_text(why, "there is no address in From");
	return count > 0;
}
