#include "cli/serve_client.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
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

/* Its user name at `domain`; here its aliases will come, too. */
static bool
is_own(const struct client *client, const char *path, const char *domain)
{
	struct mailbox mailbox = {.local = client->name};
	struct error ignored = {0};
	struct buf own;
	bool is_same;

	if (client->name == NULL)
		return false;
	buf_init(&own, PATH_MAX_OCTETS);
	is_same = mailbox_add_path(&mailbox, domain, &own, &ignored) &&
	    is_same_path(span_from(path), buf_span(&own));
	buf_free(&own);
	return is_same;
}

bool
client_may_send_as(const struct client *client,
    const struct profile *profile, const char *path, const char *domain)
{
	const struct name_list *allowed = &profile->allow_senders;
	bool may = path[0] == '\0';

	for (size_t i = 0; i < allowed->count && !may; i++) {
		struct span name = span_from(allowed->names[i]);

		if (span_equal_nocase(name, SPAN("any")))
			may = true;
		else if (span_equal_nocase(name, SPAN("own")))
			may = is_own(client, path, domain);
		else
			may = span_matches(span_from(path), name);
	}
	return may;
}
