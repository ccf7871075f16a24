#include "cli/serve_client.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "mail/address_list.h"
#include "mail/mailbox.h"
#include "net/dial_unix.h"

#define PATH_MAX_OCTETS ((size_t)1024)

void
client_find(struct client *client, int fd)
{
	const struct passwd *entry;

	*client = (struct client){0};
	if (!dial_peer_user(fd, &client->user))
		client->user = getuid();
	entry = getpwuid(client->user);
	if (entry != NULL)
		client->name = mem_copy_text(entry->pw_name);
}

void
client_free(struct client *client)
{
	free(client->name);
	*client = (struct client){0};
}

/* The local part octet by octet, since user names are; the domain not. */
static bool
is_same_path(struct span a, struct span b)
{
	size_t at = a.len;

	while (at > 0 && a.at[at - 1] != '@')
		at--;
	return span_equal(span_head(a, at), span_head(b, at)) &&
	    span_equal_nocase(span_skip(a, at), span_skip(b, at));
}

char *
client_path(const struct client *client, const char *domain)
{
	struct mailbox mailbox = {.local = client->name};
	struct error ignored = {0};
	struct buf path;
	char *text = NULL;

	if (client->name == NULL)
		return NULL;
	buf_init(&path, PATH_MAX_OCTETS);
	if (mailbox_add_path(&mailbox, domain, &path, &ignored))
		text = mem_copy_text(buf_text(&path));
	buf_free(&path);
	return text;
}

/* An alias at the domain, or at this host, that stands for it alone. */
static bool
is_alias(const struct client_rights *rights, const char *path)
{
	struct mailbox mailbox = {0};
	struct error ignored = {0};
	bool is_own = address_parse_one(
	    &mailbox, span_from(path), false, &ignored);
	struct span domain = span_from(mailbox.domain);

	is_own = is_own && mailbox.local != NULL &&
	    ((rights->domain != NULL &&
		 span_equal_nocase(domain, span_from(rights->domain))) ||
		aliases_are_for(rights->aliases, &mailbox)) &&
	    aliases_lead_to(rights->aliases, span_from(mailbox.local),
		rights->client->name);
	mailbox_free(&mailbox);
	return is_own;
}

/* Its user name at `domain`, and its aliases. */
static bool
is_own(const struct client_rights *rights, const char *path)
{
	char *own = client_path(rights->client, rights->domain);
	bool is_same =
	    own != NULL && is_same_path(span_from(path), span_from(own));

	free(own);
	return is_same ||
	    (rights->client->name != NULL && is_alias(rights, path));
}

bool
client_may_be_any(const struct profile *profile)
{
	const struct name_list *allowed = &profile->allow_senders;
	bool may = false;

	for (size_t i = 0; i < allowed->count && !may; i++)
		may = span_equal_nocase(
		    span_from(allowed->names[i]), SPAN("any"));
	return may;
}

bool
client_may_send_as(const struct client_rights *rights, const char *path)
{
	const struct name_list *allowed = &rights->profile->allow_senders;
	bool may = path[0] == '\0' || client_may_be_any(rights->profile);

	for (size_t i = 0; i < allowed->count && !may; i++) {
		struct span name = span_from(allowed->names[i]);

		if (span_equal_nocase(name, SPAN("own")))
			may = is_own(rights, path);
		else
			may = span_matches(span_from(path), name);
	}
	return may;
}
