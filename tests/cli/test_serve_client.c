#include "rows.h"

#include "cli/serve_client.h"

struct sender_row {
	const char *name;
	const char *allowed[3];
	const char *user; /* NULL: without a name */
	const char *path;
	bool may;
};

static const struct sender_row senders[] = {
	{"any", {"any"}, "joe", "boss@example.org", true},
	{"own", {"own"}, "joe", "joe@example.com", true},
	{"own: another", {"own"}, "joe", "boss@example.com", false},
	{"own: another domain", {"own"}, "joe", "joe@example.org", false},
	{"own: the domain's case", {"own"}, "joe", "joe@EXAMPLE.com", true},
	{"own: the user's case", {"own"}, "joe", "Joe@example.com", false},
	{"own: longer", {"own"}, "joe", "joe@example.com.evil", false},
	{"own: an at sign in quotes", {"own"}, "joe",
	    "\"joe@example.com\"@example.com", false},
	{"own: without a name", {"own"}, NULL, "joe@example.com", false},
	{"own: the null path", {"own"}, "joe", "", true},
	{"list", {"*@example.org", "a@example.net"}, "joe",
	    "boss@Example.ORG", true},
	{"list: the second", {"*@example.org", "a@example.net"}, "joe",
	    "a@example.net", true},
	{"list: not in it", {"*@example.org", "a@example.net"}, "joe",
	    "b@example.net", false},
	{"list: own in it", {"*@example.org", "own"}, "joe",
	    "joe@example.com", true},
	{"list: own is not any", {"*@example.org", "own"}, "joe",
	    "b@example.com", false},
	{"list: the null path", {"*@example.org"}, "joe", "", true},
	{"nothing", {NULL}, "joe", "joe@example.com", false},
};

static void
test_sender(void **state)
{
	const struct sender_row *row = *state;
	struct profile profile = {0};
	struct client client = {0};
	char *names[3], user[16] = "";

	while (profile.allow_senders.count < 3 &&
	    row->allowed[profile.allow_senders.count] != NULL) {
		size_t i = profile.allow_senders.count++;

		names[i] = strdup(row->allowed[i]);
	}
	profile.allow_senders.names = names;
	if (row->user != NULL)
		snprintf(user, sizeof(user), "%s", row->user);
	client.name = row->user != NULL ? user : NULL;
	assert_int_equal(client_may_send_as(
			     &client, &profile, row->path, "example.com"),
	    row->may);
	for (size_t i = 0; i < profile.allow_senders.count; i++)
		free(names[i]);
}

/* A pipe has no other end with a user: it is who runs the program. */
static void
test_find(void **state)
{
	struct client client;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	client_find(&client, fds[0]);
	assert_int_equal(client.user, getuid());
	client_free(&client);
	assert_null(client.name);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "sender", senders, ROWS(senders), test_sender);
	rows_add_one(&all, "who it is", test_find);
	return rows_end(&all);
}
