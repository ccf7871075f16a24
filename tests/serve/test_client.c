#include "rows.h"

#include "serve/client.h"

struct sender_row {
	const char *name;
	const char *allowed[3];
	const char *user; /* NULL: without a name; "root" is uid 0 */
	const char *path;
	bool may;
};

static const struct sender_row senders[] = {
    {"any", {"any"}, "joe", "boss@example.org", true},
    {"own", {"own"}, "joe", "joe@example.com", true},
    {"own: another", {"own"}, "joe", "boss@example.com", false},
    {"own: another domain", {"own"}, "joe", "joe@example.org", false},
    {"own: the host's name", {"own"}, "joe", "joe@box.example.net", true},
    {"own: the host's short name", {"own"}, "joe", "joe@BOX", true},
    {"own: localhost", {"own"}, "joe", "joe@localhost", true},
    {"own: a further name", {"own"}, "joe", "joe@Old.example.net", true},
    {"own: a further name with octets beyond ASCII", {"own"}, "joe",
	"joe@b\xc3\xbc"
	"cher.example",
	true},
    {"own: another user at the host", {"own"}, "joe", "ann@box", false},
    {"own: root at the host", {"own"}, "joe", "root@box", false},
    {"own: an alias at a further name", {"own"}, "joe", "info@old.example.net",
	true},
    {"own: the host's name and more", {"own"}, "joe",
	"joe@box.example.net.evil", false},
    {"own: the host's domain alone", {"own"}, "joe", "joe@example.net", false},
    {"own: root", {"own"}, "root", "root@example.com", true},
    {"own: root at the host", {"own"}, "root", "root@box.example.net", true},
    {"own: root as another user", {"own"}, "root", "ann@example.com", true},
    {"own: root as any name at the host", {"own"}, "root", "www@box", true},
    {"own: root at a further name", {"own"}, "root", "x@old.example.net", true},
    {"own: root elsewhere", {"own"}, "root", "root@example.org", false},
    {"list: root is not in it", {"*@example.org"}, "root", "root@example.com",
	false},
    {"own: the domain's case", {"own"}, "joe", "joe@EXAMPLE.com", true},
    {"own: the user's case", {"own"}, "joe", "Joe@example.com", false},
    {"own: longer", {"own"}, "joe", "joe@example.com.evil", false},
    {"own: an at sign in quotes", {"own"}, "joe",
	"\"joe@example.com\"@example.com", false},
    {"own: what a catch-all leads to", {"own"}, "joe", "boss@localhost", false},
    {"own: without a name", {"own"}, NULL, "joe@example.com", false},
    {"own: the null path", {"own"}, "joe", "", true},
    {"own: an alias", {"own"}, "joe", "info@example.com", true},
    {"own: its case", {"own"}, "joe", "INFO@Example.com", true},
    {"own: at this host", {"own"}, "joe", "info@localhost", true},
    {"own: an alias elsewhere", {"own"}, "joe", "info@example.org", false},
    {"own: a final one", {"own"}, "joe", "sales@example.com", true},
    {"own: an alias of an alias", {"own"}, "joe", "chain@example.com", true},
    {"own: of two", {"own"}, "joe", "both@example.com", false},
    {"own: a list", {"own"}, "joe", "list@example.com", false},
    {"own: another's alias", {"own"}, "joe", "ann@example.com", false},
    {"own: of one elsewhere", {"own"}, "joe", "away@example.com", false},
    {"own: a ring", {"own"}, "joe", "ring@example.com", false},
    {"own: of nobody", {"own"}, "joe", "none@example.com", false},
    {"own: a program", {"own"}, "joe", "program@example.com", false},
    {"own: final means the name", {"own"}, "joe", "back@example.com", false},
    {"own: an alias, without a name", {"own"}, NULL, "info@example.com", false},
    {"list: no alias", {"*@example.org"}, "joe", "info@example.com", false},
    {"list", {"*@example.org", "a@example.net"}, "joe", "boss@Example.ORG",
	true},
    {"list: the second", {"*@example.org", "a@example.net"}, "joe",
	"a@example.net", true},
    {"list: not in it", {"*@example.org", "a@example.net"}, "joe",
	"b@example.net", false},
    {"list: own in it", {"*@example.org", "own"}, "joe", "joe@example.com",
	true},
    {"list: own is not any", {"*@example.org", "own"}, "joe", "b@example.com",
	false},
    {"list: the null path", {"*@example.org"}, "joe", "", true},
    {"nothing", {NULL}, "joe", "joe@example.com", false},
};

static void
test_sender(void **state)
{
	const struct sender_row *row = *state;
	struct profile profile = {0};
	struct client client = {0};
	struct aliases aliases = {.is_read = true};
	struct client_rights rights = {.client = &client,
	    .profile = &profile,
	    .aliases = &aliases,
	    .domain = "example.com"};
	char *names[3], user[16] = "";
	char old[] = "old.example.net", umlaut[] = "xn--bcher-kva.example";
	char *const further[] = {old, umlaut};

	while (profile.clients.senders.count < 3 &&
	    row->allowed[profile.clients.senders.count] != NULL) {
		size_t i = profile.clients.senders.count++;

		names[i] = strdup(row->allowed[i]);
	}
	profile.clients.senders.names = names;
	if (row->user != NULL)
		snprintf(user, sizeof(user), "%s", row->user);
	client.name = row->user != NULL ? user : NULL;
	client.user = strcmp(user, "root") == 0 ? 0 : 1000;
	aliases.host.name = strdup("box.example.net");
	aliases.host.further = further;
	aliases.host.further_count = 2;
	alias_file_parse(&aliases.file, "file",
	    SPAN("info: joe\nsales: \\joe\nchain: Info@localhost\n"
		 "both: joe, ann\nlist: :include:/joe\nann: ann2\n"
		 "away: joe@example.net\nring: ring2\nring2: ring\n"
		 "none:\nmail: joe@example.com\nprogram: |joe\n"
		 "back: \\info\n*: joe\n"));
	assert_int_equal(client_may_send_as(&rights, row->path), row->may);
	aliases_free(&aliases);
	for (size_t i = 0; i < profile.clients.senders.count; i++)
		free(names[i]);
}

static const struct sender_row mapped[] = {
    {"a line", {0}, "joe", "shop@a.example", true},
    {"a pattern", {0}, "joe", "x@B.example", true},
    {"not in the line", {0}, "joe", "joe@example.com", false},
    {"another's line", {0}, "ann", "shop@a.example", false},
    {"own", {0}, "ann", "ann@example.com", true},
    {"own of another", {0}, "ann", "joe@example.com", false},
    {"any", {0}, "bob", "boss@example.org", true},
    {"a line for everybody else", {0}, "eve", "noreply@example.com", true},
    {"the line of everybody else does not include own", {0}, "eve",
	"eve@example.com", false},
    {"without a name", {0}, NULL, "noreply@example.com", true},
    {"the null path", {0}, "eve", "", true},
};

static void
test_mapped(void **state)
{
	const struct sender_row *row = *state;
	char joe[] = "joe", ann[] = "ann", bob[] = "bob", all[] = "*";
	char shop[] = "shop@a.example", glob[] = "*@b.example";
	char own[] = "own", any[] = "any", reply[] = "noreply@example.com";
	char *lists[] = {shop, glob, own, any, reply};
	struct sender_map_row rows[] = {
	    {.user = all, .senders = {lists + 4, 1}},
	    {.user = ann, .senders = {lists + 2, 1}},
	    {.user = bob, .senders = {lists + 3, 1}},
	    {.user = joe, .senders = {lists, 2}},
	};
	struct sender_map map = {rows, 4};
	char path[] = "map", user[16] = "";
	struct profile profile = {.clients = {.sender_map = path}};
	struct client client = {.kind = OTHER_END_USER, .user = 1000};
	struct aliases aliases = {.is_read = true};
	struct client_rights rights = {.client = &client,
	    .profile = &profile,
	    .aliases = &aliases,
	    .domain = "example.com",
	    .map = &map};

	if (row->user != NULL)
		snprintf(user, sizeof(user), "%s", row->user);
	client.name = row->user != NULL ? user : NULL;
	assert_int_equal(client_may_send_as(&rights, row->path), row->may);
	/* A map that was not read lets nobody send. */
	rights.map = NULL;
	assert_int_equal(
	    client_may_send_as(&rights, row->path), row->path[0] == '\0');
	aliases_free(&aliases);
}

/* On a pipe the client is the user who runs the program. */
static void
test_find(void **state)
{
	struct client client;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	client_find(&client, fds[0], fds[1]);
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
	rows_add(&all, "mapped", mapped, ROWS(mapped), test_mapped);
	rows_add_one(&all, "who it is", test_find);
	return rows_end(&all);
}
