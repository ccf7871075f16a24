/*
 * The kernel names the user at the other end of a Unix socket; nothing that the
 * client sends can change that. Senders are checked at each MAIL and again in
 * the header of each message.
 */
#include "serve/client.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "profile/profile_choice.h"

void
client_find(struct client *client, int in, int out)
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
client_describe(const struct client *client, struct buf *out)
{
	if (client->user == LOG_NO_USER)
		buf_add_text(out, "a TCP client");
	else
		buf_add_format(out, "uid %lu (%s)", (unsigned long)client->user,
		    client->name != NULL ? client->name : "no name");
}

void
client_free(struct client *client)
{
	free(client->name);
	*client = (struct client){0};
}

char *
client_path(const struct client *client, const char *domain)
{
	struct mailbox mailbox = {.local = client->name};
	struct error ignored = {0};

	return client->name != NULL ? mailbox_path(&mailbox, domain, &ignored)
				    : NULL;
}

/* Whether the mailbox's domain is `domain` or a name of this machine. */
static bool
is_at_this_machine(
    const struct client_rights *rights, const struct mailbox *mailbox)
{
	if (rights->domain != NULL && mailbox->domain != NULL &&
	    span_equal_nocase(
		span_from(mailbox->domain), span_from(rights->domain)))
		return true;
	return aliases_apply_to(rights->aliases, mailbox);
}

/*
 * Whether the path is one of the client's own: its domain is this machine, and
 * its local part is the client's user name, compared octet by octet, or an
 * alias for that user alone. root owns every local part.
 */
static bool
is_own(const struct client_rights *rights, const char *path)
{
	const struct client *client = rights->client;
	struct mailbox mailbox = {0};
	struct error ignored = {0};
	bool is_own =
	    address_list_parse_mailbox(&mailbox, span_from(path), &ignored) &&
	    is_at_this_machine(rights, &mailbox);

	if (is_own && client->user != 0)
		is_own = client->name != NULL &&
		    (strcmp(mailbox.local, client->name) == 0 ||
			aliases_lead_to(rights->aliases,
			    span_from(mailbox.local), client->name));
	mailbox_free(&mailbox);
	return is_own;
}

/* The senders that allow-senders lists for this client. */
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
client_may_be_any(const struct client_rights *rights)
{
	const struct name_list *allowed = senders_of(rights);
	bool may = false;

	for (size_t i = 0; i < allowed->count && !may; i++)
		may = span_equal_nocase(
		    span_from(allowed->names[i]), SPAN("any"));
	return may;
}

bool
client_may_send_as(const struct client_rights *rights, const char *path)
{
	const struct name_list *allowed = senders_of(rights);
	bool may = path[0] == '\0' || client_may_be_any(rights);

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

/*
 * Whether some profile serves TCP clients; each MAIL checks the profile that it
 * uses. If none does, the error of a profile that cannot be read is reported,
 * because it explains more.
 */
static bool
admit_tcp(const struct profiles *profiles, const struct options *options,
    struct error *err)
{
	bool is_served = false, is_wrong = false;
	struct error wrong;

	for (size_t i = 0; i < profiles->count && !is_served; i++) {
		const char *name = profiles->named[i].name;
		struct profile profile;
		struct error fault;

		if (options->profile != NULL &&
		    strcmp(options->profile, name) != 0)
			continue;
		if (profile_choice_make(
			&profile, profiles, name, NULL, NULL, &fault)) {
			is_served = profile.clients.tcp == TCP_CLIENTS_LOOPBACK;
			profile_free(&profile);
		} else if (!is_wrong) {
			is_wrong = true;
			wrong = fault;
		}
	}
	if (is_served)
		return true;
	if (!is_wrong)
		return error_set(err, ERROR_CONFIG,
		    "cannot serve a TCP client: no profile has tcp-clients = "
		    "loopback\n"
		    "hint: listen on a Unix socket, whose users are known; see "
		    "smtpost-service(8)");
	*err = wrong;
	return false;
}

bool
client_admit(const struct client *client, const struct profiles *profiles,
    const struct options *options, struct error *err)
{
	switch (client->kind) {
	case OTHER_END_NONE:
	case OTHER_END_USER:
		return true;
	case OTHER_END_LOOPBACK:
		return admit_tcp(profiles, options, err);
	case OTHER_END_REMOTE:
		return error_set(err, ERROR_CONFIG,
		    "cannot serve a TCP client of another machine\n"
		    "hint: listen on 127.0.0.1 or ::1 only");
	case OTHER_END_UNUSABLE:
		break;
	}
	return error_set(err, ERROR_CONFIG,
	    "cannot serve standard input: it is a socket, but not a stream "
	    "connection to a client\n"
	    "hint: the program that listens must accept connections and pass "
	    "each one on (systemd: Accept=yes, inetd: stream and nowait)");
}
