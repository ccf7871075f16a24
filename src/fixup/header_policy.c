/*
 * Rewrites the address fields of a message as the profile requires. A field
 * that needs no change is sent with exactly the octets that were read.
 */
#include "fixup/header_policy.h"

#include <stdlib.h>

#include "address/domain.h"
#include "fixup/address_text.h"
#include "fixup/field_kind.h"

#define ADDED_MAX ((size_t)4 * 1024 * 1024)
#define ADDRESSES_MAX ((size_t)100000) /* in a field that may change */
#define NOTES_MAX ((size_t)4096)       /* octets, about */
#define WORDS_MAX 64		       /* tried as an address */

/*
 * The role of a field in this message. If the message is resent, the newest
 * Resent-From and Resent-Sender have the roles of From and Sender.
 */
static enum field_role
role_of(const struct header_policy *policy, const struct field *field)
{
	enum field_role role = field_kind_of(field->name)->role;
	bool is_newest = header_block_has(policy->resent, field->whole);

	switch (role) {
	case ROLE_FROM:
	case ROLE_SENDER:
		return policy->resent.len > 0 ? ROLE_OTHER : role;
	case ROLE_RE_FROM:
		return is_newest ? ROLE_FROM : ROLE_OTHER;
	case ROLE_RE_SENDER:
		return is_newest ? ROLE_SENDER : ROLE_OTHER;
	default:
		return role;
	}
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

/*
 * Whether the mailbox has a name without its quotes that repair, or a server
 * that checks the sender, could take for an address.
 */
static bool
needs_quotes(const struct header_policy *policy, const struct mailbox *mailbox)
{
	return mailbox->place.has_loose_name &&
	    (policy->replaces || !span_is_ascii(span_from(mailbox->name)));
}

/*
 * Adds the path that replaces the mailbox: that of its alias, or its name at
 * the domain, or the same path if it must be written differently. False: the
 * mailbox stays.
 */
static bool
add_path(void *context, const struct mailbox *mailbox, struct buf *path)
{
	const struct header_policy *policy = context;
	const struct mailbox *single = NULL;
	struct mailbox final = *mailbox;
	struct error ignored = {0};

	if (policy->aliases != NULL &&
	    aliases_apply_to(policy->aliases, mailbox))
		single = aliases_single_mailbox(
		    policy->aliases, span_from(mailbox->local));
	if (policy->aliases != NULL)
		final = local_host_strip_domain(&policy->aliases->host,
		    single != NULL ? single : mailbox, policy->domain);
	if (single == NULL && final.domain != NULL &&
	    !mailbox->place.has_final_dot && !needs_quotes(policy, mailbox))
		return false;
	/* A bare word can be encoded; an address would need SMTPUTF8. */
	if (single == NULL && !span_is_ascii(span_from(mailbox->local)))
		return false;
	return mailbox_add_path(&final, policy->domain, path, &ignored);
}

/* Adds the path to send; if it cannot be used, the address as in `text`. */
static void
add_final_path(struct header_policy *policy, struct span text,
    const struct mailbox *mailbox, struct buf *path)
{
	const struct mailbox_place *place = &mailbox->place;
	struct error ignored = {0};

	if (add_path(policy, mailbox, path) ||
	    mailbox_add_path(mailbox, policy->domain, path, &ignored))
		return;
	buf_clear(path);
	buf_add_span(path,
	    span_head(span_skip(text, place->address),
		place->address_end - place->address));
}

static bool
mailbox_is_foreign(struct header_policy *policy, struct span text,
    const struct mailbox *mailbox)
{
	struct buf path = {0};
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

/* Adds the name of the field and its colon, unchanged. */
static void
begin_field(struct buf *out, const struct field *field)
{
	struct span whole = field->whole;

	buf_add_span(
	    out, span_head(whole, (size_t)(field->body.at - whole.at)));
}

static enum field_change
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
	return address_text_rewrite(&rewrite, out) ? FIELD_CHANGED
						   : FIELD_UNCHANGED;
}

/*
 * Adds the sender. A From without a display name gets the name of the profile.
 */
static void
add_sender_named(const struct header_policy *policy, struct span name,
    bool is_from, struct buf *out)
{
	if (name.len == 0 && is_from)
		name = span_from(policy->name);
	address_text_add(out, name, span_from(policy->sender));
}

/*
 * Adds the mailboxes that are the user's own; if there are none, the sender
 * with the display name of the first.
 */
static void
write_replaced(struct header_policy *policy, const struct field *field,
    const struct address_list *list, bool is_from, struct buf *out)
{
	struct buf path = {0};
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
		address_text_add_member(
		    out, field->body, mailbox, buf_span(&path));
	}
	if (written == 0)
		buf_add_char(out, ' ');
	if (written == 0 && list->count > 0 && list->mailboxes[0].name != NULL)
		address_text_add_member(out, field->body, &list->mailboxes[0],
		    span_from(policy->sender));
	else if (written == 0)
		add_sender_named(policy, (struct span){0}, is_from, out);
	if (is_from)
		policy->wants_sender = written > 1;
	buf_free(&path);
}

/*
 * Keeps the replaced addresses, in ASCII, because added fields are not
 * repaired.
 */
static void
keep_original(struct header_policy *policy, const struct field *field,
    const struct address_list *list)
{
	struct buf path = {0};
	struct buf *out = &policy->original_from;
	bool is_ascii = span_is_ascii(field->body);

	if (out->len > 0 || policy->resent.len > 0)
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
		else if (is_ascii)
			address_text_add_member(
			    out, field->body, mailbox, buf_span(&path));
		else
			address_text_add_named(
			    out, span_from(mailbox->name), buf_span(&path));
	}
	if (!span_is_ascii(buf_span(out)) || out->full)
		buf_free(out);
	buf_free(&path);
}

static bool
has_foreign(struct header_policy *policy, const struct field *field,
    const struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (mailbox_is_foreign(
			policy, field->body, &list->mailboxes[i]))
			return true;
	return list->count == 0;
}

static bool
check_sender(const struct header_policy *policy, const struct field *field,
    struct error *err)
{
	return policy->sender != NULL ||
	    error_set(err, ERROR_CONFIG,
		"cannot replace the %.*s field: its address is not yours, and "
		"no sender is set\nhint: set sender, or match for the "
		"addresses that you may use",
		(int)field->name.len, field->name.at);
}

/* Adds the path if the text is an ASCII address with a domain. */
static bool
add_address(struct span text, struct buf *path)
{
	struct mailbox mailbox = {0};
	struct error ignored = {0};
	bool added = address_list_parse_mailbox(&mailbox, text, &ignored) &&
	    mailbox.domain != NULL &&
	    mailbox_add_path(&mailbox, NULL, path, &ignored);

	mailbox_free(&mailbox);
	if (added && span_is_ascii(buf_span(path)))
		return true;
	buf_clear(path);
	return false;
}

/*
 * Finds the address in a text that cannot be parsed: the last one in angle
 * brackets, else the first word that is an address. *at is set to its offset,
 * or to the end of the text.
 */
static bool
find_address(struct span text, struct buf *path, size_t *at)
{
	struct span rest, word;

	*at = text.len;
	while (*at > 0 && text.at[*at - 1] != '<')
		--*at;
	rest = span_skip(text, *at);
	if (*at > 0 && add_address(span_head(rest, span_find(rest, '>')), path))
		return true;
	rest = text;
	for (int tried = 0; tried < WORDS_MAX &&
	     span_next_word(&rest, " \t\r\n,;<>()\"", &word);) {
		if (span_find(word, '@') == word.len)
			continue;
		*at = (size_t)(word.at - text.at);
		if (add_address(word, path))
			return true;
		tried++;
	}
	*at = text.len;
	return false;
}

/* Adds a text without its quotes and backslashes. */
static void
add_unquoted(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\' && i + 1 < text.len)
			i++;
		else if (text.at[i] == '"')
			continue;
		buf_add_char(out, text.at[i]);
	}
}

/*
 * Puts the sender in place of a From or Sender that cannot be parsed, because a
 * server that checks the field would refuse it. The text before the address
 * becomes the display name, the address goes to Reply-To, the whole value to
 * X-Original-From.
 */
static enum field_change
replace_unread(struct header_policy *policy, const struct field *field,
    bool is_from, struct buf *out, struct error *err)
{
	struct span body = field->body;
	struct buf path = {0}, name = {0};
	size_t at, less = span_find(body, '<');
	bool keeps = is_from && policy->resent.len == 0;

	if (!check_sender(policy, field, err))
		return FIELD_REFUSED;
	if (find_address(body, &path, &at) && keeps &&
	    policy->original_from.len == 0) {
		buf_add_span(&policy->original_from, buf_span(&path));
		policy->original_is_kept = true;
	}
	add_unquoted(&name, span_head(body, less < at ? less : at));
	begin_field(out, field);
	buf_add_char(out, ' ');
	add_sender_named(policy, span_trim(buf_span(&name)), is_from, out);
	if (keeps && span_trim(body).len > 0) {
		buf_add_text(out, "\r\nX-Original-From:");
		buf_add_span(out, body);
	}
	buf_free(&path);
	buf_free(&name);
	return FIELD_CHANGED;
}

static enum field_change
replace(struct header_policy *policy, const struct field *field,
    const struct address_list *list, bool is_from, struct buf *out,
    struct error *err)
{
	bool is_plain = list->count == 1 &&
	    !(is_from && policy->wants_sender) &&
	    !(is_from && policy->name != NULL &&
		list->mailboxes[0].name == NULL);

	if (is_from && list->count == 1 &&
	    list->mailboxes[0].place.has_loose_name)
		return replace_unread(policy, field, is_from, out, err);
	if (is_from)
		keep_original(policy, field, list);
	if (!check_sender(policy, field, err))
		return FIELD_REFUSED;
	if (is_plain)
		return rewrite(policy, field, list, choose_sender, out);
	write_replaced(policy, field, list, is_from, out);
	return FIELD_CHANGED;
}

/*
 * Notes the content of From. If it has several mailboxes or a group, a Sender
 * is needed (RFC 5322 section 3.6.2, RFC 6854).
 */
static void
look_at_from(struct header_policy *policy, const struct field *field,
    const struct address_list *list)
{
	struct buf path = {0};
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
	policy->first_from = buf_take_text(&path);
}

/* Fills an empty From, if an address is known. */
static enum field_change
fill(const struct header_policy *policy, const struct field *field,
    struct buf *out)
{
	struct span path = span_from(policy->from_path);

	if (path.len == 0)
		path = span_from(policy->reverse_path);
	begin_field(out, field);
	buf_add_char(out, ' ');
	address_text_add(out, span_from(policy->name), path);
	return path.len > 0 ? FIELD_CHANGED : FIELD_UNCHANGED;
}

/* Whether a foreign address in the field is replaced. */
static bool
may_be_replaced(const struct header_policy *policy, enum field_role role)
{
	return policy->replaces && (role == ROLE_FROM || role == ROLE_SENDER);
}

static enum field_change
change(struct header_policy *policy, enum field_role role,
    const struct field *field, const struct address_list *list, struct buf *out,
    struct error *err)
{
	bool is_from = role == ROLE_FROM;

	if (is_from)
		look_at_from(policy, field, list);
	if (may_be_replaced(policy, role) && has_foreign(policy, field, list))
		return replace(policy, field, list, is_from, out, err);
	if (is_from && span_trim(field->body).len == 0)
		return fill(policy, field, out);
	return rewrite(policy, field, list, add_path, out);
}

static void
note(struct header_policy *policy, const struct field *field, const char *what,
    const char *why)
{
	struct buf line = {0};

	buf_add_format(&line, "field %.*s: %s%s%s", (int)field->name.len,
	    field->name.at, what, why[0] != '\0' ? ": " : "", why);
	buf_add_note(&policy->notes, NOTES_MAX, buf_span(&line));
	buf_free(&line);
}

/*
 * Whether the list is a name with commas that lacks its quotes: "Team, Org
 * <a@b.example>" is parsed as a bare name and a mailbox.
 */
static bool
is_name_with_comma(const struct address_list *list)
{
	const struct mailbox *last;

	if (list->count < 2)
		return false;
	last = &list->mailboxes[list->count - 1];
	if (!last->place.in_brackets || last->domain == NULL)
		return false;
	for (size_t i = 0; i + 1 < list->count; i++)
		if (list->mailboxes[i].domain != NULL ||
		    list->mailboxes[i].place.in_brackets)
			return false;
	return true;
}

/* Drops a second From or Sender, or renames it to X-Original-From. */
static enum field_change
drop_repeated(struct header_policy *policy, const struct field *field,
    bool is_from, struct buf *out)
{
	if (!is_from || span_trim(field->body).len == 0) {
		note(policy, field, "occurs twice: the second was dropped", "");
		return FIELD_DROPPED;
	}
	policy->has_second_from = true;
	note(policy, field, "occurs twice: the second is now X-Original-From",
	    "");
	buf_add_text(out, "X-Original-From:");
	buf_add_span(out, field->body);
	buf_add_text(out, "\r\n");
	return FIELD_CHANGED;
}

/* Bounds memory: each address takes hundreds of octets when parsed. */
static bool
check_length(struct span body, struct error *err)
{
	size_t commas = 0;

	for (size_t i = 0; i < body.len; i++)
		commas += body.at[i] == ',';
	return commas < ADDRESSES_MAX ||
	    error_set(err, ERROR_DATA, "it has more than %zu addresses",
		ADDRESSES_MAX);
}

/* Changes a field, even if it cannot be parsed. */
static enum field_change
change_any(struct header_policy *policy, enum field_role role,
    const struct field *field, struct buf *out, struct error *err)
{
	struct address_list list = {0};
	struct error cause = {0};
	enum field_change result = FIELD_UNCHANGED;
	bool is_from = role == ROLE_FROM;
	bool is_read = check_length(field->body, &cause) &&
	    address_list_parse(&list, field->body, &cause);

	if (is_read && is_from && policy->replaces && is_name_with_comma(&list))
		is_read = error_set(&cause, ERROR_DATA,
		    "a name with a comma in it needs quotes");
	for (size_t i = 0; i < list.count; i++)
		domain_note_underscore(
		    span_from(list.mailboxes[i].domain), &policy->notes);
	if (is_read) {
		result = change(policy, role, field, &list, out, err);
	} else if (may_be_replaced(policy, role)) {
		policy->has_from |= is_from;
		result = replace_unread(policy, field, is_from, out, err);
		note(policy, field, "replaced by the sender", cause.text);
	} else {
		note(policy, field, "left unchanged", cause.text);
	}
	address_list_free(&list);
	return result;
}

enum field_change
header_policy_field(struct header_policy *policy, const struct field *field,
    struct buf *out, struct error *err)
{
	enum field_role role = role_of(policy, field);
	enum field_change result;
	bool is_repeated = (role == ROLE_FROM && policy->has_from) ||
	    (role == ROLE_SENDER && policy->has_sender);

	policy->has_sender |= role == ROLE_SENDER;
	policy->has_reply_to |= role == ROLE_REPLY_TO;
	policy->has_original_from |= role == ROLE_ORIGINAL;
	if (role == ROLE_NONE || role == ROLE_ORIGINAL)
		return FIELD_UNCHANGED;
	if (is_repeated && policy->replaces)
		return drop_repeated(policy, field, role == ROLE_FROM, out);
	result = change_any(policy, role, field, out, err);
	if (result == FIELD_CHANGED && !buf_add_text(out, "\r\n"))
		result = FIELD_UNCHANGED;
	if (result != FIELD_CHANGED)
		buf_clear(out);
	return result;
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
	/* The sender has replaced a foreign From. */
	if (policy->replaces && policy->sender != NULL &&
	    header_policy_is_foreign(policy, path))
		path = span_from(policy->sender);
	if (path.len > 0 && span_is_ascii(path))
		add_field(added,
		    policy->resent.len > 0 ? "Resent-Sender" : "Sender", path);
}

bool
header_policy_add(struct header_policy *policy, struct buf *added,
    struct buf *resent, struct error *err)
{
	struct span original = buf_span(&policy->original_from);
	bool keeps = policy->has_second_from ||
	    (policy->keeps_original_from && !policy->has_original_from);

	if (policy->wants_sender && !policy->has_sender)
		add_sender(policy, policy->resent.len > 0 ? resent : added);
	if (original.len > 0 && !policy->has_reply_to &&
	    !policy->original_is_bare)
		add_field(added, "Reply-To", original);
	if (original.len > 0 && keeps && !policy->original_is_kept)
		add_field(added, "X-Original-From", original);
	if (added->full || resent->full)
		return error_set(err, ERROR_DATA,
		    "cannot complete the header: the From field is too long");
	return true;
}
