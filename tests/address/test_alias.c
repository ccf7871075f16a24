#include "rows.h"

#include <sys/stat.h>

#include "address/alias.h"
#include "base/buf.h"
#include "base/mem.h"

/* Files in a folder; "@" in a text stands for its path. */
struct folder {
	char path[64];
	char aliases[80], list[80];
};

static void
write_file(const struct folder *folder, const char *path, const char *text,
    mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (; *text != '\0'; text++)
		if (*text == '@' && text[1] == '/')
			fputs(folder->path, file);
		else
			fputc(*text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
folder_make(struct folder *folder)
{
	snprintf(
	    folder->path, sizeof(folder->path), "/tmp/smtpost-alias-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	snprintf(folder->aliases, sizeof(folder->aliases), "%s/aliases",
	    folder->path);
	snprintf(folder->list, sizeof(folder->list), "%s/list", folder->path);
}

static void
folder_remove(struct folder *folder)
{
	unlink(folder->aliases);
	unlink(folder->list);
	rmdir(folder->path);
}

static void
tell(struct buf *out, const struct alias_result *result)
{
	for (size_t i = 0; i < result->mailboxes.count; i++) {
		const struct mailbox *mailbox = &result->mailboxes.mailboxes[i];

		buf_add_format(out, "%s%s%s ", mailbox->local,
		    mailbox->domain != NULL ? "@" : "",
		    mailbox->domain != NULL ? mailbox->domain : "");
	}
	for (size_t i = 0; i < result->fault_count; i++)
		buf_add_format(out, "!%s ", result->faults[i].name);
}

struct expand_row {
	const char *name, *aliases, *list, *sought;
	const char *found; /* NULL: no alias; "!" before a fault */
	const char *lone;  /* NULL: none */
};

static const struct expand_row expands[] = {
    {"one", "root: a@b\n", NULL, "root", "a@b ", "a@b"},
    {"case-blind", "Root: a@b\n", NULL, "rOOT", "a@b ", "a@b"},
    {"none", "root: a@b\n", NULL, "toor", NULL, NULL},
    {"several", "root: a@b, c@d\n", NULL, "root", "a@b c@d ", NULL},
    {"the same twice", "root: a@b, a@B\n", NULL, "root", "a@b ", "a@b"},
    {"a display name", "root: A <a@b>\n", NULL, "root", "a@b ", "a@b"},
    {"a name that is no alias", "root: joe\n", NULL, "root", "joe ", "joe"},
    {"aliases of aliases", "a: b\nb: c\nc: d@e\n", NULL, "a", "d@e ", "d@e"},
    {"through names at this host", "a: b@localhost\nb: c@d\n", NULL, "a",
	"c@d ", "c@d"},
    {"not through others", "a: b@elsewhere.example\nb: c@d\n", NULL, "a",
	"b@elsewhere.example ", "b@elsewhere.example"},
    {"each name once", "a: b, c, b\nb: d\nc: d\nd: e@f\n", NULL, "a", "e@f ",
	"e@f"},
    {"itself", "a: a, b@c\n", NULL, "a", "a b@c ", NULL},
    {"itself alone", "a: A\n", NULL, "a", "A ", "A"},
    {"final", "a: \\b, c@d\nb: e@f\n", NULL, "a", "b c@d ", NULL},
    {"a ring", "a: b\nb: c\nc: a\n", NULL, "a", "!a ", NULL},
    {"a ring with a way out", "a: b\nb: a, c@d\n", NULL, "a", "c@d ", "c@d"},
    {"no targets", "a:\n", NULL, "a", "!a ", NULL},
    {"a command", "a: |x, b@c\n", NULL, "a", "b@c !a ", NULL},
    {"a command after it", "a: b\nb: \"|x\"\n", NULL, "a", "!b ", NULL},
    {"a file", "a: /dev/null\n", NULL, "a", "!a ", NULL},
    {"a directive", "a: :fail: x\n", NULL, "a", "!a ", NULL},
    {"no address", "a: b c d, e@f\n", NULL, "a", "e@f !a ", NULL},
    {"a group", "a: g: b@c, d@e;\n", NULL, "a", "!a !a ", NULL},
    {"owner", "l: a@b, c@d\nowner-l: o@p\n", NULL, "owner-l", "o@p ", "o@p"},
    {"a list", "l: :include:@/list\n", "# x\na@b, c@d\n\n root # y\n", "l",
	"a@b c@d root ", NULL},
    {"a list of one", "l: :include:@/list\n", "a@b\n", "l", "a@b ", "a@b"},
    {"a list with an alias", "l: :include:@/list\nx: y@z\n", "x\n", "l", "y@z ",
	"y@z"},
    {"a list that names its alias", "l: :include:@/list\n", "l\na@b\n", "l",
	"l a@b ", NULL},
    {"a list in itself", "l: :include:@/list\n", "a@b\n:include:@/list\n", "l",
	"a@b ", "a@b"},
    {"a list of commands", "l: :include:@/list\n", "|x\n/y\na@b\n", "l",
	"a@b !l !l ", NULL},
    {"a list that is not there", "l: :include:@/no, a@b\n", NULL, "l",
	"a@b !l ", NULL},
    {"a list that is a folder", "l: :include:@/.\n", NULL, "l", "!l ", NULL},
    {"a list by a relative path", "l: :include:list\n", "a@b\n", "l", "!l ",
	NULL},
    {"all names without an alias", "*: a@b\nroot: c@d\n", NULL, "joe", "a@b ",
	NULL},
    {"all names, and an alias", "*: a@b\nroot: c@d\n", NULL, "root", "c@d ",
	"c@d"},
    {"all names, after an alias", "*: a@b\nroot: joe\n", NULL, "root", "a@b ",
	"a@b"},
    {"all names, of which one is left", "*: joe, a@b\n", NULL, "ann",
	"joe a@b ", NULL},
    {"all names, through an alias", "*: team\nteam: joe, ann\n", NULL, "bob",
	"joe ann ", NULL},
    {"several names for all names", "root: joe, ann\n*: a@b\n", NULL, "root",
	"a@b ", "a@b"},
    {"all names in a ring", "*: x\nx: y\ny: x\n", NULL, "z", "!z ", NULL},
    {"all names to a command", "*: |x\n", NULL, "joe", "!joe ", NULL},
    {"final names are not all names", "*: a@b\nroot: \\joe\n", NULL, "root",
	"joe ", "joe"},
    {"the name of a star", "*: a@b\n", NULL, "*", "a@b ", "a@b"},
    {"default is a name", "default: a@b\n", NULL, "joe", NULL, NULL},
    {"an empty list", "l: :include:@/list\n", "# nobody\n", "l", "!l ", NULL},
};

static void
test_expand(void **state)
{
	const struct expand_row *row = *state;
	struct folder folder;
	struct aliases aliases = {.path = folder.aliases};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};
	struct buf told = {0};
	char *sought = mem_copy_text(row->sought);
	struct mailbox mailbox = {.local = sought};
	const struct mailbox *lone;

	folder_make(&folder);
	write_file(&folder, folder.aliases, row->aliases, 0644);
	if (row->list != NULL)
		write_file(&folder, folder.list, row->list, 0644);
	if (!aliases_expand(&aliases, &walk, &mailbox, &result, &err))
		fail_msg("%s", err.text);
	assert_int_equal(result.is_alias, row->found != NULL);
	tell(&told, &result);
	assert_string_equal(
	    buf_text(&told), row->found != NULL ? row->found : "");
	buf_clear(&told);
	for (int i = 0; i < 2; i++) {
		lone = aliases_single_mailbox(&aliases, span_from(row->sought));
		assert_int_equal(lone != NULL, row->lone != NULL);
	}
	if (lone != NULL) {
		buf_add_text(&told, lone->local);
		if (lone->domain != NULL)
			buf_add_format(&told, "@%s", lone->domain);
		assert_string_equal(buf_text(&told), row->lone);
	}
	buf_free(&told);
	free(sought);
	alias_result_free(&result);
	aliases_free(&aliases);
	folder_remove(&folder);
}

/* A mailbox with a bare name; valid until the next call. */
static const struct mailbox *
bare_name(const char *text)
{
	static char local[8];
	static struct mailbox mailbox = {.local = local};

	snprintf(local, sizeof(local), "%s", text);
	return &mailbox;
}

static void
test_trust(void **state)
{
	static const mode_t modes[] = {0664, 0646};
	struct folder folder;
	struct error err = {0};

	(void)state;
	folder_make(&folder);
	for (size_t i = 0; i < 2; i++) {
		struct aliases aliases = {.path = folder.aliases};
		struct alias_walk walk = {0};
		struct alias_result result;

		write_file(&folder, folder.aliases, "a: b@c\n", modes[i]);
		assert_false(aliases_expand(
		    &aliases, &walk, bare_name("a"), &result, &err));
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_null(aliases_single_mailbox(&aliases, SPAN("a")));
		aliases_free(&aliases);
	}
	for (size_t i = 0; i < 2; i++) {
		struct aliases aliases = {.path = folder.aliases};
		struct alias_walk walk = {0};
		struct alias_result result;

		write_file(
		    &folder, folder.aliases, "a: :include:@/list, b@c\n", 0600);
		write_file(&folder, folder.list, "d@e\n", modes[i]);
		assert_true(aliases_expand(
		    &aliases, &walk, bare_name("a"), &result, &err));
		assert_int_equal(result.mailboxes.count, 1);
		assert_int_equal(result.fault_count, 1);
		alias_result_free(&result);
		aliases_free(&aliases);
	}
	folder_remove(&folder);
}

/*
 * No error contains text of an included list; a target in the aliases file
 * itself is shown, masked.
 */
static void
test_masked(void **state)
{
	struct folder folder;
	struct aliases aliases = {.path = folder.aliases};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};

	(void)state;
	folder_make(&folder);
	write_file(
	    &folder, folder.aliases, "a: :include:@/list, |x\033[2J\n", 0644);
	write_file(&folder, folder.list,
	    "|hunter2\033[2J\n/hunter2\nhunter2 b c@\n:hunter2:\n"
	    ":include:/hunter2\n:include:hunter2\n",
	    0644);
	assert_true(
	    aliases_expand(&aliases, &walk, bare_name("a"), &result, &err));
	assert_int_equal(result.fault_count, 7);
	for (size_t i = 0; i < result.fault_count; i++) {
		const struct alias_fault *fault = &result.faults[i];

		assert_null(strstr(fault->target, "hunter2"));
		assert_null(strstr(fault->why, "hunter2"));
		assert_null(strchr(fault->target, '\033'));
	}
	assert_non_null(strstr(result.faults[6].target, "|x\\x1b[2J"));
	alias_result_free(&result);
	aliases_free(&aliases);
	folder_remove(&folder);
}

static void
test_absent(void **state)
{
	struct aliases none = {0};
	struct aliases absent = {
	    .path = "/nonexistent/aliases", .may_be_absent = true};
	struct aliases wanted = {.path = "/nonexistent/aliases"};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};

	(void)state;
	assert_true(
	    aliases_expand(&none, &walk, bare_name("a"), &result, &err));
	assert_false(result.is_alias);
	assert_true(
	    aliases_expand(&absent, &walk, bare_name("a"), &result, &err));
	assert_false(result.is_alias);
	assert_false(
	    aliases_expand(&wanted, &walk, bare_name("a"), &result, &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	aliases_free(&none);
	aliases_free(&absent);
	aliases_free(&wanted);
}

/* A name that the walk has already met adds neither a mailbox nor a fault. */
static void
test_walk(void **state)
{
	struct aliases aliases = {.is_read = true};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};

	(void)state;
	alias_file_parse(
	    &aliases.file, "file", SPAN("a: c\nb: c\nc: d@e\nx: y\ny: x\n"));
	assert_true(
	    aliases_expand(&aliases, &walk, bare_name("a"), &result, &err));
	assert_int_equal(result.mailboxes.count, 1);
	alias_result_free(&result);
	for (int i = 0; i < 2; i++) {
		assert_true(aliases_expand(
		    &aliases, &walk, bare_name("b"), &result, &err));
		assert_true(result.is_alias);
		assert_int_equal(result.mailboxes.count, 0);
		assert_int_equal(result.fault_count, 0);
		alias_result_free(&result);
	}
	assert_true(
	    aliases_expand(&aliases, &walk, bare_name("x"), &result, &err));
	assert_int_equal(result.fault_count, 1);
	alias_result_free(&result);
	aliases_free(&aliases);
}

/* A chain of `count` names that ends at a mailbox. */
static size_t
faults_of_chain(size_t count)
{
	struct aliases aliases = {.is_read = true};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};
	struct buf text = {0};
	size_t faults;

	for (size_t i = 1; i < count; i++)
		buf_add_format(&text, "n%zu: n%zu\n", i, i + 1);
	buf_add_format(&text, "n%zu: a@b\n", count);
	alias_file_parse(&aliases.file, "file", buf_span(&text));
	assert_true(
	    aliases_expand(&aliases, &walk, bare_name("n1"), &result, &err));
	faults = result.fault_count;
	assert_int_equal(result.mailboxes.count, faults == 0);
	alias_result_free(&result);
	aliases_free(&aliases);
	buf_free(&text);
	return faults;
}

static void
test_depth(void **state)
{
	(void)state;
	assert_int_equal(faults_of_chain(ALIAS_DEPTH_MAX), 0);
	assert_int_equal(faults_of_chain(ALIAS_DEPTH_MAX + 1), 1);
}

static size_t
faults_of_many(size_t count)
{
	struct aliases aliases = {.is_read = true};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};
	struct buf text = {.max = 4 * 1024 * 1024};
	size_t faults;

	buf_add_text(&text, "all: ");
	for (size_t i = 0; i < count; i++)
		buf_add_format(&text, "n%zu@b,", i);
	alias_file_parse(&aliases.file, "file", buf_span(&text));
	assert_true(
	    aliases_expand(&aliases, &walk, bare_name("all"), &result, &err));
	faults = result.fault_count;
	assert_int_equal(result.mailboxes.count,
	    count < ALIAS_TARGETS_MAX ? count : ALIAS_TARGETS_MAX);
	alias_result_free(&result);
	aliases_free(&aliases);
	buf_free(&text);
	return faults;
}

static void
test_many(void **state)
{
	(void)state;
	assert_int_equal(faults_of_many(ALIAS_TARGETS_MAX), 0);
	assert_int_equal(faults_of_many(ALIAS_TARGETS_MAX + 1), 1);
}

/* Loops, and lists that many names, also names in a header, lead to. */
static void
test_bounded(void **state)
{
	struct folder folder;
	struct aliases aliases = {.is_read = true};
	struct alias_walk walk = {0};
	struct alias_result result;
	struct error err = {0};
	struct buf text = {.max = 4 * 1024 * 1024};
	char name[32];

	(void)state;
	folder_make(&folder);
	write_file(&folder, folder.list, "# nobody\n", 0644);
	for (int i = 0; i < 3000; i++)
		buf_add_format(&text, "n%d: n%d, n%d, :include:%s\n", i,
		    (i + 1) % 3000, (i + 7) % 3000, folder.list);
	alias_file_parse(&aliases.file, "file", buf_span(&text));
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_null(aliases_single_mailbox(&aliases, span_from(name)));
	}
	assert_in_range(aliases.targets, ALIAS_TARGETS_MAX / 2,
	    ALIAS_TARGETS_MAX + 3000 + 1);
	assert_int_equal(aliases.includes.count, 1);
	assert_true(
	    aliases_expand(&aliases, &walk, bare_name("n1"), &result, &err));
	assert_int_equal(result.mailboxes.count, 0);
	assert_int_not_equal(result.fault_count, 0);
	alias_result_free(&result);
	aliases_begin_message(&aliases);
	assert_int_equal(aliases.targets, 0);
	aliases_free(&aliases);
	buf_free(&text);
	folder_remove(&folder);
}

/* An included list is read once, even if its file changes. */
static void
test_read_once(void **state)
{
	struct folder folder;
	struct aliases aliases = {.path = folder.aliases};
	struct alias_result result;
	struct error err = {0};

	(void)state;
	folder_make(&folder);
	write_file(&folder, folder.aliases,
	    "a: :include:@/list, :include:@/list\n", 0644);
	write_file(&folder, folder.list, "b@c\nd@e\n", 0644);
	for (int i = 0; i < 2; i++) {
		struct alias_walk walk = {0};

		assert_true(aliases_expand(
		    &aliases, &walk, bare_name("a"), &result, &err));
		assert_int_equal(result.mailboxes.count, 2);
		assert_int_equal(result.fault_count, 0);
		alias_result_free(&result);
		unlink(folder.list);
	}
	aliases_free(&aliases);
	folder_remove(&folder);
}

static const struct host_row {
	const char *name, *domain;
	bool is_local;
} hosts[] = {
    {"a bare name", NULL, true},
    {"localhost", "LocalHost", true},
    {"localhost.localdomain", "localhost.localdomain", true},
    {"the name", "BOX", true},
    {"the full name", "box.Corp.example", true},
    {"the name at another domain", "box.example", false},
    {"the domain", "corp.example", false},
    {"longer", "boxer", false},
    {"the name and a dot", "box.", false},
    {"empty", "", false},
};

static void
test_host(void **state)
{
	const struct host_row *row = *state;
	struct aliases aliases = {0};
	struct mailbox mailbox = {.local = mem_copy_text("root")};

	aliases.host.name = mem_copy_text("box");
	aliases.host.full = mem_copy_text("box.corp.example");
	aliases.host.is_looked_up = true;
	if (row->domain != NULL)
		mailbox.domain = mem_copy_text(row->domain);
	assert_int_equal(aliases_apply_to(&aliases, &mailbox), row->is_local);
	mailbox_free(&mailbox);
	assert_false(aliases_apply_to(&aliases, &mailbox));
	aliases_free(&aliases);
}

static const struct full_row {
	const char *name, *hosts, *full;
} fulls[] = {
    {"as Debian has it",
	"127.0.0.1\tlocalhost\n127.0.1.1\tbox.corp.example\tbox\n",
	"box.corp.example"},
    {"the other way round", "127.0.1.1 BOX box.corp.example\n",
	"box.corp.example"},
    {"comments", "# 1 box.a box\n1 x # box.b box\n2 box.c box # y\n", "box.c"},
    {"the full name alone", "127.0.1.1 box.corp.example\n", NULL},
    {"another's", "127.0.1.1 boxer.corp.example box\n", NULL},
    {"none", "127.0.0.1 localhost\n", NULL},
    {"no end", "1 box.a box", "box.a"},
    {"empty", "", NULL},
};

static void
test_full(void **state)
{
	const struct full_row *row = *state;
	char *full = local_host_full_name(span_from(row->hosts), SPAN("box"));

	if (row->full == NULL)
		assert_null(full);
	else
		assert_string_equal(full, row->full);
	free(full);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "expand", expands, ROWS(expands), test_expand);
	rows_add(&all, "this host", hosts, ROWS(hosts), test_host);
	rows_add(&all, "full name", fulls, ROWS(fulls), test_full);
	rows_add_one(&all, "files that others can write", test_trust);
	rows_add_one(&all, "what faults show", test_masked);
	rows_add_one(&all, "no file", test_absent);
	rows_add_one(&all, "each name once in a walk", test_walk);
	rows_add_one(&all, "depth", test_depth);
	rows_add_one(&all, "number of targets", test_many);
	rows_add_one(&all, "rings, all names together", test_bounded);
	rows_add_one(&all, "a list is read once", test_read_once);
	return rows_end(&all);
}
