/*
 * Writes a mailbox as a path for MAIL FROM and RCPT TO. This is the gate that
 * keeps control characters in addresses off the wire.
 */
#include "address/mailbox.h"

#include <stdlib.h>

#include "address/address_token.h"
#include "address/domain.h"
#include "base/mem.h"
#include "base/utf8.h"

/* RFC 5321 section 4.5.3.1: a path is 256 octets with its angle brackets. */
#define PATH_MAX_OCTETS 254
#define LOCAL_MAX_OCTETS 64
#define SHOWN_OCTETS ((size_t)80)

void
mailbox_free(struct mailbox *mailbox)
{
	free(mailbox->local);
	free(mailbox->domain);
	free(mailbox->name);
	*mailbox = (struct mailbox){0};
}

static bool
refuse(const struct mailbox *mailbox, struct error *err, const char *why)
{
	struct buf address = {0};
	char *shown;

	/* More than is shown, so that the excerpt ends in "...". */
	buf_add_span(
	    &address, span_head(span_from(mailbox->local), 2 * SHOWN_OCTETS));
	if (mailbox->domain != NULL) {
		buf_add_char(&address, '@');
		buf_add_span(&address,
		    span_head(span_from(mailbox->domain), 2 * SHOWN_OCTETS));
	}
	shown = utf8_excerpt_masked(buf_span(&address), SHOWN_OCTETS);
	error_set(
	    err, ERROR_DATA, "cannot use the address '%s': %s", shown, why);
	free(shown);
	buf_free(&address);
	return false;
}

/*
 * Whether it is a Dot-string (RFC 5321 section 4.1.2): atoms with single dots
 * between them. An atom that begins like an encoded word (RFC 2047) is quoted,
 * so that no reader decodes it into another address.
 */
static bool
is_dot_string(struct span local)
{
	bool in_atom = false;

	for (size_t i = 0; i < local.len; i++) {
		bool is_dot = local.at[i] == '.';

		if (is_dot ? !in_atom : !address_token_is_atext(local.at[i]))
			return false;
		if (!in_atom && span_starts(span_skip(local, i), SPAN("=?")))
			return false;
		in_atom = !is_dot;
	}
	return in_atom;
}

static void
add_local(struct buf *out, struct span local)
{
	if (is_dot_string(local)) {
		buf_add_span(out, local);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < local.len; i++) {
		if (local.at[i] == '"' || local.at[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, local.at[i]);
	}
	buf_add_char(out, '"');
}

/* Whether it has one of the C1 controls, U+0080 to U+009F. */
static bool
has_control_beyond_ascii(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if ((unsigned char)text.at[i] == 0xc2 &&
		    (unsigned char)text.at[i + 1] < 0xa0)
			return true;
	return false;
}

/* Why the local part cannot be used; NULL if it can be. */
static const char *
local_fault(const struct mailbox *mailbox)
{
	struct span local = span_from(mailbox->local);

	if (mailbox->local == NULL)
		return "it is empty";
	if (!utf8_is_valid(local))
		return "it is not UTF-8";
	if (span_has_control(local) || has_control_beyond_ascii(local))
		return "it has a control character";
	if (mailbox->domain == NULL && local.len > LOCAL_MAX_OCTETS)
		return "a name without a domain is longer than 64 octets";
	return NULL;
}

/* The only name that needs no domain (RFC 5321 section 4.1.1.3). */
static bool
is_postmaster(const struct mailbox *mailbox)
{
	return span_equal_nocase(span_from(mailbox->local), SPAN("postmaster"));
}

bool
mailbox_add_path(const struct mailbox *mailbox, const char *domain,
    struct buf *out, struct error *err)
{
	const char *fault = local_fault(mailbox);
	struct buf path = {.max = PATH_MAX_OCTETS};
	struct error cause = {0};
	bool added = true;

	if (fault != NULL)
		return refuse(mailbox, err, fault);
	if (mailbox->domain != NULL)
		domain = mailbox->domain;
	if (domain == NULL && !is_postmaster(mailbox)) {
		refuse(mailbox, err, "it has no domain");
		error_add(err,
		    "\nhint: write name@domain, or set domain in "
		    "the profile");
		return false;
	}
	add_local(&path, span_from(mailbox->local));
	if (domain != NULL) {
		buf_add_char(&path, '@');
		added = domain_to_ascii(span_from(domain), &path, &cause);
	}
	if (path.full)
		added = refuse(mailbox, err, "it is longer than 254 octets");
	else if (!added)
		refuse(mailbox, err, cause.text);
	else if (!buf_add_span(out, buf_span(&path)))
		added = refuse(mailbox, err, "there is no room for it");
	buf_free(&path);
	return added;
}

char *
mailbox_path(
    const struct mailbox *mailbox, const char *domain, struct error *err)
{
	struct buf path = {0};
	char *text = NULL;

	if (mailbox_add_path(mailbox, domain, &path, err))
		text = mem_copy_text(buf_text(&path));
	buf_free(&path);
	return text;
}

char *
mailbox_as_written(const struct mailbox *mailbox)
{
	struct buf text = {0};

	buf_add_span(&text, span_from(mailbox->local));
	if (mailbox->domain != NULL)
		buf_add_format(&text, "@%s", mailbox->domain);
	return buf_take_text(&text);
}
