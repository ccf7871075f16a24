#include "serve/serve_client.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/address_list.h"
#include "address/mailbox.h"
#include "base/mem.h"

void
serve_client_find(struct client *client, int in, int out)
{
	uid_t reader = LOG_NO_USER, writer = LOG_NO_USER;
	enum other_end from = other_end_find(in, &writer);
	enum other_end to = other_end_find(out, &reader);
	const struct passwd *entry = NULL;

	*client = (struct client){.user = LOG_NO_USER};
	client->kind = from > to ? from : to;
	if (client->kind == OTHER_END_USER)
		client->user = from == OTHER_END_USER ? writer : reader;
	else if (client->kind == OTHER_END_NONE)
		client->user = getuid();
	if (client->user != LOG_NO_USER)
		entry = getpwuid(client->user);
	if (entry != NULL)
		client->name = mem_copy_text(entry->pw_name);
}

void
serve_client_describe(const struct client *client, struct buf *out)
{
	if (client->user == LOG_NO_USER)
		buf_add_text(out, "a TCP client");
	else
		buf_add_format(out, "uid %lu (%s)", (unsigned long)client->user,
		    client->name != NULL ? client->name : "no name");
}

void
serve_client_free(struct client *client)
{
	free(client->name);
	*client = (struct client){0};
}

char *
serve_client_path(const struct client *client, const char *domain)
{
	struct mailbox mailbox = {.local = client->name};
	struct error ignored = {0};
	struct buf path = {0};
	char *text = NULL;

	if (client->name == NULL)
		return NULL;
	if (mailbox_add_path(&mailbox, domain, &path, &ignored))
		text = mem_copy_text(buf_text(&path));
	buf_free(&path);
	return text;
}

/* At `domain`, or at any other name of this machine. */
static bool
is_at_this_machine(
    const struct client_rights *rights, const struct mailbox *mailbox)
{
	if (rights->domain != NULL && mailbox->domain != NULL &&
	    span_equal_nocase(
		span_from(mailbox->domain), span_from(rights->domain)))
		return true;
	return aliases_are_for(rights->aliases, mailbox);
}

/*
 * At this machine: for root every name, for others the user name, octet by
 * octet, and an alias that stands for that user alone.
 */
static bool
is_own(const struct client_rights *rights, const char *path)
{
	const struct client *client = rights->client;
	struct mailbox mailbox = {0};
	struct error ignored = {0};
	bool is_own = address_list_parse_one(
			  &mailbox, span_from(path), false, &ignored) &&
	    is_at_this_machine(rights, &mailbox);

	if (is_own && client->user != 0)
		is_own = client->name != NULL &&
		    (strcmp(mailbox.local, client->name) == 0 ||
			aliases_lead_to(rights->aliases,
			    span_from(mailbox.local), client->name));
	mailbox_free(&mailbox);
	return is_own;
}

/* What allow-senders lists for this client. */
static const struct name_list *
senders_of(const struct client_rights *rights)
{
	static const struct name_list nobody = {0};
	const struct clients *clients = &rights->profile->clients;
	const struct name_list *senders = NULL;

	if (clients->sender_map == NULL)
		return &clients->senders;
	if (rights->map != NULL)
		senders = sender_map_find(rights->map, rights->client->name);
	return senders != NULL ? senders : &nobody;
}

bool
serve_client_may_be_any(const struct client_rights *rights)
{
	const struct name_list *allowed = senders_of(rights);
	bool may = false;

	for (size_t i = 0; i < allowed->count && !may; i++)
		may = span_equal_nocase(
		    span_from(allowed->names[i]), SPAN("any"));
	return may;
}

bool
serve_client_may_send_as(const struct client_rights *rights, const char *path)
{
	const struct name_list *allowed = senders_of(rights);
	bool may = path[0] == '\0' || serve_client_may_be_any(rights);

	if (rights->client->kind == OTHER_END_LOOPBACK &&
	    rights->profile->clients.tcp != TCP_CLIENTS_LOOPBACK)
		return false;
	for (size_t i = 0; i < allowed->count && !may; i++) {
		struct span name = span_from(allowed->names[i]);

		if (span_equal_nocase(name, SPAN("own")))
			may = is_own(rights, path);
		else
			may = span_matches(span_from(path), name);
	}
	return may;
}
