/*
 * Adds recipients. An alias target that mail cannot be sent to becomes a
 * recipient that is settled at once, as failed, so that the other targets still
 * get the mail; any other mistake refuses all.
 */
#include "envelope/recipients.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/utf8.h"
#include "message/header.h"

void
recipients_free(struct recipients *recipients)
{
	envelope_index_free(&recipients->index);
}

static bool
add_path(struct recipients *recipients, const struct mailbox *mailbox,
    struct error *err)
{
	struct mailbox final = *mailbox;
	char *path;

	if (recipients->aliases != NULL)
		final = local_host_strip_domain(
		    &recipients->aliases->host, mailbox, recipients->domain);
	path = mailbox_path(&final, recipients->domain, err);
	if (path == NULL)
		return false;
	envelope_add(recipients->envelope, &recipients->index, path);
	if (recipients->notes != NULL)
		domain_note_underscore(span_from(path), recipients->notes);
	free(path);
	return true;
}

/* The mailboxes of `local` are final: no alias is looked up for them. */
static bool
add_local(struct recipients *recipients, struct error *err)
{
	struct address_list list = {0};
	bool done;

	if (recipients->local_is_added)
		return true;
	done = address_list_parse(&list, recipients->local, err);
	for (size_t i = 0; done && i < list.count; i++)
		done = add_path(recipients, &list.mailboxes[i], err);
	recipients->local_is_added = done;
	address_list_free(&list);
	return done;
}

static bool
is_local(const struct recipients *recipients, const struct mailbox *mailbox)
{
	return recipients->aliases != NULL
	    ? aliases_may_catch(recipients->aliases, mailbox)
	    : mailbox->domain == NULL;
}

/* Adds a mailbox that has no alias, or a target of an alias. */
static bool
add_final(struct recipients *recipients, const struct mailbox *mailbox,
    struct error *err)
{
	if (recipients->local.len > 0 && is_local(recipients, mailbox))
		return add_local(recipients, err);
	return add_path(recipients, mailbox, err);
}

/* The address that the report shows for a name whose alias has a fault. */
static char *
path_of_fault(
    const struct recipients *recipients, const struct alias_fault *fault)
{
	struct mailbox mailbox = {.local = fault->name};
	struct error ignored = {0};
	char *path = mailbox_path(&mailbox, recipients->domain, &ignored);

	return path != NULL ? path : utf8_masked(span_from(fault->name));
}

static void
add_fault(struct recipients *recipients, const struct alias_fault *fault)
{
	struct envelope *envelope = recipients->envelope;
	char *path = path_of_fault(recipients, fault);
	struct recipient *recipient;
	bool is_new = envelope_add(envelope, &recipients->index, path);

	recipient = envelope_find(envelope, &recipients->index, path);
	if (!is_new && recipient->outcome.action == ACTION_NONE) {
		/* "joe: \joe, |command": mail to joe himself is sent. */
		is_new =
		    envelope_add(envelope, &recipients->index, fault->target);
		recipient =
		    envelope_find(envelope, &recipients->index, fault->target);
	}
	free(path);
	if (!is_new)
		return;
	outcome_set_own(&recipient->outcome, STAGE_RCPT, CAUSE_CONTENT,
	    "cannot follow the alias %s to '%s': %s", fault->name,
	    fault->target, fault->why);
	reply_copy(&recipient->rcpt_reply, &recipient->outcome.reply);
}

/* A mistake in one target does not affect the other targets. */
static bool
add_target(struct recipients *recipients, char *name,
    const struct mailbox *mailbox, struct error *err)
{
	struct alias_fault fault = {.name = name, .why = err->text};

	if (add_final(recipients, mailbox, err))
		return true;
	if (err->kind != ERROR_DATA)
		return false;
	fault.target = utf8_masked(span_from(mailbox->local));
	add_fault(recipients, &fault);
	free(fault.target);
	return true;
}

static bool
add_alias(struct recipients *recipients, const struct mailbox *mailbox,
    bool *is_alias, struct error *err)
{
	struct alias_result result;
	bool done = aliases_expand(
	    recipients->aliases, &recipients->walk, mailbox, &result, err);

	*is_alias = result.is_alias;
	for (size_t i = 0; done && i < result.mailboxes.count; i++)
		done = add_target(recipients, mailbox->local,
		    &result.mailboxes.mailboxes[i], err);
	for (size_t i = 0; done && i < result.fault_count; i++)
		add_fault(recipients, &result.faults[i]);
	alias_result_free(&result);
	return done;
}

bool
recipients_add_mailbox(struct recipients *recipients,
    const struct mailbox *mailbox, struct error *err)
{
	bool is_alias = false;

	if (recipients->aliases != NULL &&
	    aliases_apply_to(recipients->aliases, mailbox) &&
	    !add_alias(recipients, mailbox, &is_alias, err))
		return false;
	return is_alias || add_final(recipients, mailbox, err);
}

bool
recipients_add_list(
    struct recipients *recipients, struct span text, struct error *err)
{
	struct address_list list = {0};
	bool done = address_list_parse(&list, text, err);

	for (size_t i = 0; done && i < list.count; i++)
		done =
		    recipients_add_mailbox(recipients, &list.mailboxes[i], err);
	address_list_free(&list);
	return done;
}

bool
recipients_add_lines(
    struct recipients *recipients, struct span text, struct error *err)
{
	/* As in a message: if there is no LF, lines end in CR. */
	char ending = span_find(text, '\n') < text.len ? '\n' : '\r';
	unsigned long number = 0;

	while (text.len > 0) {
		size_t end = span_find(text, ending);
		struct span line = span_trim(span_head(text, end));

		number++;
		text = span_skip(text, end + 1);
		if (line.len == 0)
			continue;
		if (line.at[0] == '#' && span_find(line, '\r') == line.len)
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

bool
recipients_add_header(
    struct recipients *recipients, struct span header, struct error *err)
{
	struct span block = header_newest_resent(header);
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
