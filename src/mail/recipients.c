#include "mail/recipients.h"

#include "mail/address_list.h"
#include "mail/header.h"

#define PATH_MAX_OCTETS ((size_t)1024)

void
recipients_free(struct recipients *recipients)
{
	envelope_index_free(&recipients->index);
}

static bool
add_mailbox(struct recipients *recipients, const struct mailbox *mailbox,
    struct error *err)
{
	struct buf path;
	bool done;

	buf_init(&path, PATH_MAX_OCTETS);
	done = mailbox_add_path(mailbox, recipients->domain, &path, err);
	if (done)
		envelope_add(recipients->envelope, &recipients->index,
		    buf_text(&path));
	buf_free(&path);
	return done;
}

bool
recipients_add_list(
    struct recipients *recipients, struct span text, struct error *err)
{
	struct address_list list = {0};
	bool done = address_list_parse(&list, text, err);

	for (size_t i = 0; done && i < list.count; i++)
		done = add_mailbox(recipients, &list.mailboxes[i], err);
	address_list_free(&list);
	return done;
}

bool
recipients_add_lines(
    struct recipients *recipients, struct span text, struct error *err)
{
	unsigned long number = 0;

	while (text.len > 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_trim(span_head(text, end));

		number++;
		text = span_skip(text, end + 1);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (!recipients_add_list(recipients, line, err)) {
			error_add(err, " (line %lu)", number);
			return false;
		}
	}
	return true;
}

static const struct span original_fields[] = {
    {"To", 2},
    {"Cc", 2},
    {"Bcc", 3},
};
static const struct span resent_fields[] = {
    {"Resent-To", 9},
    {"Resent-Cc", 9},
    {"Resent-Bcc", 10},
};

static bool
names_recipients(const struct span names[3], struct span name)
{
	return span_equal_nocase(name, names[0]) ||
	    span_equal_nocase(name, names[1]) ||
	    span_equal_nocase(name, names[2]);
}

static bool
is_resent(const struct field *field)
{
	return span_starts_nocase(field->name, SPAN("Resent-"));
}

/* Whether a field of that name stands in the stretch of header. */
static bool
has_field(struct span header, struct span name)
{
	struct field field;

	return header_find(header, name, &field);
}

/*
 * The newest block: from the first Resent- field on, until another field
 * comes or a name comes again, which opens the next older block.
 */
static struct span
newest_resent_block(struct span header)
{
	struct span rest = header, block = {header.at, 0};
	struct field field;

	while (header_next(&rest, &field)) {
		if (!is_resent(&field)) {
			if (block.len > 0)
				break;
			continue;
		}
		if (block.len == 0)
			block = (struct span){field.whole.at, 0};
		if (has_field(block, field.name))
			break;
		block.len += field.whole.len;
	}
	return block;
}

bool
recipients_add_header(
    struct recipients *recipients, struct span header, struct error *err)
{
	struct span block = newest_resent_block(header);
	const struct span *names =
	    block.len > 0 ? resent_fields : original_fields;
	struct span rest = block.len > 0 ? block : header;
	struct field field;

	while (header_next(&rest, &field)) {
		if (!names_recipients(names, field.name))
			continue;
		if (!recipients_add_list(recipients, field.body, err)) {
			error_add(err, " (in the header field %.*s)",
			    (int)field.name.len, field.name.at);
			return false;
		}
	}
	return true;
}
