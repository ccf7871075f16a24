#include "mail/header_policy.h"

#include <stdlib.h>

#include "base/mem.h"
#include "mail/address_list.h"
#include "mail/address_rewrite.h"

#define PATH_MAX_OCTETS ((size_t)1024)
#define ADDED_MAX ((size_t)4 * 1024 * 1024)
#define NOTES_MAX ((size_t)4096) /* more of them tell nothing new */

enum address_field {
	FIELD_OTHER,
	FIELD_FROM,
	FIELD_SENDER,
	FIELD_REPLY_TO,
	FIELD_RECIPIENTS,
	FIELD_RESENT,
	FIELD_ORIGINAL_FROM,
};

static const struct {
	const char *name;
	enum address_field kind;
} fields[] = {
    {"From", FIELD_FROM},
    {"Sender", FIELD_SENDER},
    {"Reply-To", FIELD_REPLY_TO},
    {"To", FIELD_RECIPIENTS},
    {"Cc", FIELD_RECIPIENTS},
    {"Bcc", FIELD_RECIPIENTS},
    {"Resent-From", FIELD_RESENT},
    {"Resent-Sender", FIELD_RESENT},
    {"Resent-Reply-To", FIELD_RESENT},
    {"Resent-To", FIELD_RESENT},
    {"Resent-Cc", FIELD_RESENT},
    {"Resent-Bcc", FIELD_RESENT},
    {"X-Original-From", FIELD_ORIGINAL_FROM},
};

static enum address_field
kind_of(struct span name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (span_equal_nocase(name, span_from(fields[i].name)))
			return fields[i].kind;
	return FIELD_OTHER;
}

void
header_policy_free(struct header_policy *policy)
{
	free(policy->first_from);
	policy->first_from = NULL;
	buf_free(&policy->original_from);
	buf_free(&policy->notes);
}

bool
header_policy_is_foreign(
    const struct header_policy *policy, struct span address)
{
	if (policy->sender != NULL &&
	    span_equal_nocase(address, span_from(policy->sender)))
		return false;
	for (size_t i = 0; i < policy->match_count; i++)
		if (span_matches(address, span_from(policy->match[i])))
			return false;
	return true;
}

/* What an alias of one mailbox says, or the name at the domain. */
static bool
complete(const struct header_policy *policy, const struct mailbox *mailbox,
    struct buf *path)
{
	const struct mailbox *lone = NULL;
	struct mailbox final = *mailbox;
	struct error ignored = {0};

	if (policy->aliases != NULL &&
	    aliases_are_for(policy->aliases, mailbox))
		lone = aliases_lone(
		    policy->aliases, span_from(mailbox->local));
	if (policy->aliases != NULL)
		final = local_host_shorten(&policy->aliases->host,
		    lone != NULL ? lone : mailbox, policy->domain);
	if (lone == NULL && final.domain != NULL)
		return false;
	/* As a bare word it can be encoded; as an address it wants SMTPUTF8. */
	if (lone == NULL && !span_is_ascii(span_from(mailbox->local)))
		return false;
	return mailbox_add_path(&final, policy->domain, path, &ignored);
}

static bool
choose_complete(void *context, const struct mailbox *mailbox, struct buf *path)
{
	return complete(context, mailbox, path);
}

/* The address as it leaves; one that cannot be used, as it came in `text`. */
static void
add_final_path(const struct header_policy *policy, struct span text,
    const struct mailbox *mailbox, struct buf *path)
{
	const struct mailbox_place *place = &mailbox->place;
	struct error ignored = {0};

	if (complete(policy, mailbox, path) ||
	    mailbox_add_path(mailbox, policy->domain, path, &ignored))
		return;
	buf_clear(path);
	buf_add_span(path,
	    span_head(span_skip(text, place->address),
		place->address_end - place->address));
}

static bool
mailbox_is_foreign(const struct header_policy *policy, struct span text,
    const struct mailbox *mailbox)
{
	struct buf path = {.max = PATH_MAX_OCTETS};
	bool is_foreign;

	add_final_path(policy, text, mailbox, &path);
	is_foreign = header_policy_is_foreign(policy, buf_span(&path));
	buf_free(&path);
	return is_foreign;
}

static bool
choose_sender(void *context, const struct mailbox *mailbox, struct buf *path)
{
	const struct header_policy *policy = context;

	(void)mailbox;
	return buf_add_text(path, policy->sender);
}

/* The field's name and colon, as they came. */
static void
begin_field(struct buf *out, const struct field *field)
{
	struct span whole = field->whole;

	buf_add_span(out,
	    span_head(whole, (size_t)(field->body.at - whole.at)));
}

static bool
rewrite(struct header_policy *policy, const struct field *field,
    const struct address_list *list,
    bool (*choose)(void *, const struct mailbox *, struct buf *),
    struct buf *out)
{
	const struct address_rewrite rewrite = {
	    .text = field->body,
	    .list = list,
	    .choose = choose,
	    .context = policy,
	};

	begin_field(out, field);
	return address_rewrite(&rewrite, out);
}

/*
 * Of several those that are the user's own; if none is, the replacement with
 * the display name of the first.
 */
static void
write_replaced(struct header_policy *policy, const struct field *field,
    const struct address_list *list, bool is_from, struct buf *out)
{
	struct buf path = {.max = PATH_MAX_OCTETS};
	size_t written = 0;

	begin_field(out, field);
	for (size_t i = 0; i < list->count; i++) {
		const struct mailbox *mailbox = &list->mailboxes[i];

		if (mailbox_is_foreign(policy, field->body, mailbox))
			continue;
		if (written++ > 0)
			buf_add_text(out, ",\r\n");
		buf_add_char(out, ' ');
		buf_clear(&path);
		add_final_path(policy, field->body, mailbox, &path);
		address_add_member(
		    out, field->body, mailbox, buf_span(&path));
	}
	if (written == 0)
		buf_add_char(out, ' ');
	if (written == 0 && list->count > 0)
		address_add_member(out, field->body, &list->mailboxes[0],
		    span_from(policy->sender));
	else if (written == 0)
		buf_add_text(out, policy->sender);
	if (is_from)
		policy->wants_sender = written > 1;
	buf_free(&path);
}

/* ASCII, since no repair sees fields that are added. */
static void
keep_original(struct header_policy *policy, const struct field *field,
    const struct address_list *list)
{
	struct buf path = {.max = PATH_MAX_OCTETS};
	struct buf *out = &policy->original_from;

	if (out->len > 0)
		return;
	buf_init(out, ADDED_MAX);
	for (size_t i = 0; i < list->count; i++) {
		const struct mailbox *mailbox = &list->mailboxes[i];

		if (i > 0)
			buf_add_text(out, ",\r\n ");
		buf_clear(&path);
		add_final_path(policy, field->body, mailbox, &path);
		if (mailbox->domain == NULL && policy->domain == NULL)
			policy->original_is_bare = true;
		if (mailbox->name == NULL)
			buf_add_span(out, buf_span(&path));
		else if (span_is_ascii(field->body))
			address_add_member(
			    out, field->body, mailbox, buf_span(&path));
		else
			address_add_named(out, span_from(mailbox->name),
			    buf_span(&path));
	}
	if (!span_is_ascii(buf_span(out)) || out->full)
		buf_free(out);
	buf_free(&path);
}

static bool
has_foreign(const struct header_policy *policy, const struct field *field,
    const struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (mailbox_is_foreign(
			policy, field->body, &list->mailboxes[i]))
			return true;
	return list->count == 0;
}

static bool
replace(struct header_policy *policy, const struct field *field,
    const struct address_list *list, bool is_from, struct buf *out,
    struct error *err)
{
	if (is_from)
		keep_original(policy, field, list);
	if (policy->sender == NULL)
		return error_set(err, ERROR_CONFIG,
		    "cannot replace the %.*s field, which is not yours: no "
		    "sender is set\nhint: set sender, or match for the "
		    "addresses that you may use",
		    (int)field->name.len, field->name.at);
	if (list->count == 1 && !(is_from && policy->wants_sender))
		return rewrite(policy, field, list, choose_sender, out);
	write_replaced(policy, field, list, is_from, out);
	return true;
}

/*
 * RFC 5322 section 3.6.2, RFC 6854: a From of several, or of a group, does
 * not tell who sent it.
 */
static void
look_at_from(struct header_policy *policy, const struct field *field,
    const struct address_list *list)
{
	struct buf path = {.max = PATH_MAX_OCTETS};
	struct span front;

	if (policy->has_from)
		return;
	policy->has_from = true;
	policy->wants_sender = list->count > 1;
	if (list->count == 0)
		return;
	front = span_head(field->body, list->mailboxes[0].place.from);
	if (span_find(front, ':') < front.len)
		policy->wants_sender = true;
	add_final_path(policy, field->body, &list->mailboxes[0], &path);
	policy->first_from = mem_copy_text(buf_text(&path));
	buf_free(&path);
}

/* An empty From is as good as none. */
static bool
fill(const struct header_policy *policy, const struct field *field,
    struct buf *out)
{
	struct span path = span_from(policy->reverse_path);

	begin_field(out, field);
	buf_add_char(out, ' ');
	buf_add_span(out, path);
	return path.len > 0;
}

static bool
change(struct header_policy *policy, enum address_field kind,
    const struct field *field, const struct address_list *list,
    struct buf *out, struct error *err)
{
	bool is_from = kind == FIELD_FROM;

	if (is_from)
		look_at_from(policy, field, list);
	if (policy->replaces && (is_from || kind == FIELD_SENDER) &&
	    has_foreign(policy, field, list))
		return replace(policy, field, list, is_from, out, err);
	if (is_from && span_trim(field->body).len == 0)
		return fill(policy, field, out);
	return rewrite(policy, field, list, choose_complete, out);
}

static void
note_unread(struct header_policy *policy, const struct field *field,
    const struct error *err)
{
	if (policy->notes.len < NOTES_MAX)
		buf_add_format(&policy->notes,
		    "field %.*s: left as it came: %s\n",
		    (int)field->name.len, field->name.at, err->text);
}

enum field_change
header_policy_field(struct header_policy *policy, const struct field *field,
    struct buf *out, struct error *err)
{
	enum address_field kind = kind_of(field->name);
	struct address_list list = {0};
	struct error cause = {0};

	policy->has_sender |= kind == FIELD_SENDER;
	policy->has_reply_to |= kind == FIELD_REPLY_TO;
	policy->has_original_from |= kind == FIELD_ORIGINAL_FROM;
	if (kind == FIELD_OTHER || kind == FIELD_ORIGINAL_FROM)
		return FIELD_UNCHANGED;
	if (!address_list_parse(&list, field->body, &cause)) {
		note_unread(policy, field, &cause);
		return FIELD_UNCHANGED;
	}
	if (!change(policy, kind, field, &list, out, err) ||
	    !buf_add_text(out, "\r\n"))
		buf_clear(out);
	address_list_free(&list);
	return out->len > 0 ? FIELD_CHANGED : FIELD_UNCHANGED;
}

static void
add_field(struct buf *added, const char *name, struct span body)
{
	buf_add_format(added, "%s: ", name);
	buf_add_span(added, body);
	buf_add_text(added, "\r\n");
}

static void
add_sender(const struct header_policy *policy, struct buf *added)
{
	struct span path = span_from(policy->reverse_path);

	if (path.len == 0)
		path = span_from(policy->first_from);
	/* From has been replaced, then. */
	if (policy->replaces && policy->sender != NULL &&
	    header_policy_is_foreign(policy, path))
		path = span_from(policy->sender);
	if (path.len > 0 && span_is_ascii(path))
		add_field(added, "Sender", path);
}

bool
header_policy_add(
    struct header_policy *policy, struct buf *added, struct error *err)
{
	struct span original = buf_span(&policy->original_from);

	if (policy->wants_sender && !policy->has_sender)
		add_sender(policy, added);
	if (original.len > 0 && !policy->has_reply_to &&
	    !policy->original_is_bare)
		add_field(added, "Reply-To", original);
	if (original.len > 0 && policy->keeps_original_from &&
	    !policy->has_original_from)
		add_field(added, "X-Original-From", original);
	if (added->full)
		return error_set(err, ERROR_DATA,
		    "cannot complete the header: the From field is too long");
	return true;
}
