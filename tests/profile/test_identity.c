#include "folder.h"

#include <pwd.h>

#include "address/domain.h"
#include "profile/identity.h"
#include "profile/profile.h"

struct expand_row {
	const char *name, *sender, *expanded; /* NULL: refused */
	struct sender_words words;
};

static const struct expand_row expands[] = {
    {"nothing", "me@example.org", "me@example.org", {NULL, NULL, NULL}},
    {"all", "%u+%h@%m", "u+h@m", {"u", "h", "m"}},
    {"percent", "%%u@x", "%u@x", {"u", "h", "m"}},
    {"word with a placeholder", "%u@x", "%h@x", {"%h", "h", "m"}},
    {"not known", "me@%m", NULL, {"u", "h", NULL}},
    {"other letter", "%d", NULL, {"u", "h", "m"}},
    {"end", "me%", NULL, {"u", "h", "m"}},
};

static void
test_expand(void **state)
{
	const struct expand_row *row = *state;
	struct buf out = {0};
	bool done =
	    identity_expand_sender(span_from(row->sender), &row->words, &out);

	assert_int_equal(done, row->expanded != NULL);
	if (done)
		assert_string_equal(buf_text(&out), row->expanded);
	buf_free(&out);
}

static const struct full_name_row {
	const char *name, *gecos, *login, *full;
} full_names[] = {
    {"first field", "Alice Example,Room 1,,", "alice", "Alice Example"},
    {"alone", "Alice", "alice", "Alice"},
    {"ampersand", "& Example", "alice", "Alice Example"},
    {"ampersand inside", "The &&", "bo", "The BoBo"},
    {"ampersand, no letter", "&", "_x", "_x"},
    {"blanks", "  A B ,", "a", "A B"},
    {"empty", "", "a", ""},
    {"empty first", ",x", "a", ""},
    {"octets", "Jos\xc3\xa9", "jose", "Jos\xc3\xa9"},
};

static void
test_full_name(void **state)
{
	const struct full_name_row *row = *state;
	struct buf out = {0};

	identity_add_full_name(
	    &out, span_from(row->gecos), span_from(row->login));
	assert_string_equal(buf_text(&out), row->full);
	buf_free(&out);
}

static void
check_home(const char *value, const char *expected)
{
	char *home;

	if (value != NULL)
		setenv("HOME", value, 1);
	else
		unsetenv("HOME");
	home = identity_home();
	if (expected == NULL)
		assert_null(home);
	else
		assert_string_equal(home, expected);
	free(home);
}

static void
test_home(void **state)
{
	const struct passwd *entry = getpwuid(getuid());
	char *standard = entry != NULL && entry->pw_dir[0] == '/'
	    ? strdup(entry->pw_dir)
	    : NULL;
	struct folder folder;
	char *file;

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "file", 0600, "");
	file = folder_path(&folder, "file");
	check_home(folder.path, folder.path);
	check_home(NULL, standard);
	check_home("", standard);
	check_home("/nonexistent", standard);
	check_home(file, standard);
	assert_int_equal(chdir(folder.path), 0);
	check_home(".", standard);
	assert_int_equal(chdir("/"), 0);
	if (geteuid() == 0) { /* another user's folder */
		assert_int_equal(chown(folder.path, 65534, 65534), 0);
		check_home(folder.path, standard);
	} else {
		check_home("/", standard);
	}
	free(standard);
	free(file);
	folder_remove(&folder);
}

static void
test_sender(void **state)
{
	const struct passwd *entry = getpwuid(getuid());
	char text[] = "%u@a.example", null[] = "<>", plain[] = "b@a.example";
	char domain[] = "mail.example", mail[] = "x@%m", twice[] = "x@y@%m";
	struct profile profile = {.domain = domain};
	struct error err = {0};
	char *sender;

	(void)state;
	setenv("USER", "somebody-else", 1);
	setenv("LOGNAME", "somebody-else", 1);
	profile.sender = null;
	sender = identity_sender(&profile, &err);
	assert_string_equal(sender, "<>");
	free(sender);
	profile.sender = plain;
	sender = identity_sender(&profile, &err);
	assert_string_equal(sender, "b@a.example");
	free(sender);
	profile.sender = mail;
	sender = identity_sender(&profile, &err);
	assert_string_equal(sender, "x@mail.example");
	free(sender);
	profile.sender = twice;
	assert_null(identity_sender(&profile, &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	profile.sender = NULL;
	assert_null(identity_sender(&profile, &err));
	profile.sender = text;
	sender = identity_sender(&profile, &err);
	if (entry != NULL) {
		assert_non_null(sender);
		assert_memory_equal(
		    sender, entry->pw_name, strlen(entry->pw_name));
		assert_string_equal(
		    sender + strlen(entry->pw_name), "@a.example");
	}
	free(sender);
}

/* The machine decides; but what it gives is a domain. */
static void
test_domain(void **state)
{
	char name[] = "mail.example";
	struct profile profile = {.domain = name};
	char *domain = identity_domain(&profile);

	(void)state;
	assert_string_equal(domain, "mail.example");
	free(domain);
	profile.domain = NULL;
	domain = identity_domain(&profile);
	if (domain != NULL)
		assert_true(domain_is_ldh(span_from(domain)) ||
		    domain_is_literal(span_from(domain)));
	free(domain);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "expand", expands, ROWS(expands), test_expand);
	rows_add(
	    &all, "full name", full_names, ROWS(full_names), test_full_name);
	rows_add_one(&all, "home", test_home);
	rows_add_one(&all, "sender", test_sender);
	rows_add_one(&all, "domain", test_domain);
	return rows_end(&all);
}
