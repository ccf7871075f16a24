#include "rows.h"

#include "address/mailbox.h"
#include "base/mem.h"
#include "base/utf8.h"

#define TEN "1234567890"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define LABEL_61 "a" SIXTY

struct path_row {
	const char *name, *local, *domain, *fallback;
	const char *path, *why; /* one of them */
};

static const struct path_row path_rows[] = {
    {"plain", "alice", "example.org", NULL, "alice@example.org", NULL},
    {"own domain first", "alice", "example.org", "home.test",
	"alice@example.org", NULL},
    {"bare", "alice", NULL, "home.test", "alice@home.test", NULL},
    {"bare, U-label", "alice", NULL,
	"b\xc3\xbc"
	"cher.de",
	"alice@xn--bcher-kva.de", NULL},
    {"bare, literal", "alice", NULL, "[192.0.2.1]", "alice@[192.0.2.1]", NULL},
    {"postmaster", "postmaster", NULL, NULL, "postmaster", NULL},
    {"postmaster in another case", "PostMaster", NULL, NULL, "PostMaster",
	NULL},
    {"postmaster with a domain to add", "postmaster", NULL, "home.test",
	"postmaster@home.test", NULL},
    {"quoted for a blank", "a b", "example.org", NULL, "\"a b\"@example.org",
	NULL},
    {"quoted needlessly", "", "example.org", NULL, "\"\"@example.org", NULL},
    {"quoted for a dot", ".", "example.org", NULL, "\".\"@example.org", NULL},
    {"quoted for two dots", "a..b", "example.org", NULL, "\"a..b\"@example.org",
	NULL},
    {"quoted for angle brackets", "a> <b", "example.org", NULL,
	"\"a> <b\"@example.org", NULL},
    {"quoted pairs", "\"\\\"", "example.org", NULL,
	"\"\\\"\\\\\\\"\"@example.org", NULL},
    {"quoted for a comma", "a,b", "example.org", NULL, "\"a,b\"@example.org",
	NULL},
    {"bare and quoted", "a b", NULL, "home.test", "\"a b\"@home.test", NULL},
    {"bare of 64", SIXTY "1234", NULL, "home.test", SIXTY "1234@home.test",
	NULL},
    {"local part of 120", SIXTY SIXTY, "example.org", NULL,
	SIXTY SIXTY "@example.org", NULL},
    {"path of 254 octets", SIXTY "12345678", LABEL_61 "." LABEL_61 "." LABEL_61,
	NULL, SIXTY "12345678@" LABEL_61 "." LABEL_61 "." LABEL_61, NULL},
    {"path of 255 octets", SIXTY "123456789",
	LABEL_61 "." LABEL_61 "." LABEL_61, NULL, NULL,
	"longer than 254 octets"},
    {"path of 254 octets and quotes", SIXTY "1234567 ",
	LABEL_61 "." LABEL_61 "." LABEL_61, NULL, NULL,
	"longer than 254 octets"},
    {"local part of 420", SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY SIXTY,
	"example.org", NULL, NULL, "1234567890...': it is longer"},
    {"domain with a dot at its end", "alice", "example.org.", NULL,
	"alice@example.org", NULL},

    {"nothing", NULL, "example.org", NULL, NULL, "it is empty"},
    {"nothing at all", NULL, NULL, NULL, NULL, "it is empty"},
    {"bare without a domain", "alice", NULL, NULL, NULL,
	"'alice': it has no domain\nhint: "},
    {"bare of 65", SIXTY "12345", NULL, "home.test", NULL,
	"longer than 64 octets"},
    {"control", "a\033b", "example.org", NULL, NULL,
	"'a\\x1bb@example.org': it has a control"},
    {"TAB", "a\tb", "example.org", NULL, NULL, "it has a control"},
    {"CR LF", "a\r\nDATA\r\n", "example.org", NULL, NULL, "a\\x0d\\x0aDATA"},
    {"DEL", "\x7f", "example.org", NULL, NULL, "it has a control"},
    {"UTF-8", "pek\xc3\xa5", "example.org", NULL, "pek\xc3\xa5@example.org",
	NULL},
    {"UTF-8 and a blank", "p \xc3\xa5", "example.org", NULL,
	"\"p \xc3\xa5\"@example.org", NULL},
    {"C1 control",
	"a\xc2\x85"
	"b",
	"example.org", NULL, NULL, "it has a control"},
    {"8-bit, not UTF-8", "pek\xe5", "example.org", NULL, NULL,
	"'pek\\xe5@example.org'"},
    {"domain with an underscore", "alice", "a_b.test", NULL, "alice@a_b.test",
	NULL},
    {"domain with an angle bracket", "alice", "a.test> SIZE=1", NULL, NULL,
	"only letters"},
    {"domain with a line end", "alice", "a.test\r\nDATA", NULL, NULL,
	"a.test\\x0d\\x0aDATA"},
    {"domain empty", "alice", "", "home.test", NULL, "it is empty"},
    {"domain not a literal", "alice", "[x]", NULL, NULL,
	"neither an [IPv4 address] nor"},
    {"domain is an address without brackets", "a", "1.2.3.4", NULL, NULL,
	"its last label is a number; write an IP address as [192.0.2.1]"},
    {"domain ends in a number", "a", "example.1", NULL, NULL,
	"its last label is a number"},
    {"added domain is an address without brackets", "a", NULL, "192.0.2.1",
	NULL, "its last label is a number"},
    {"added domain is bad", "alice", NULL, "home test", NULL,
	"cannot use the domain 'home test'"},
};

static void
test_path(void **state)
{
	const struct path_row *row = *state;
	struct mailbox mailbox = {0};
	struct error err = {0};
	struct buf out = {0};
	bool added;

	if (row->local != NULL)
		mailbox.local = mem_copy_text(row->local);
	if (row->domain != NULL)
		mailbox.domain = mem_copy_text(row->domain);
	mailbox.name = mem_copy_text("Name");
	buf_add_char(&out, '<');
	added = mailbox_add_path(&mailbox, row->fallback, &out, &err);
	if (row->path == NULL) {
		if (added)
			fail_msg("accepted: %s", buf_text(&out));
		assert_int_equal(err.kind, ERROR_DATA);
		assert_string_equal(buf_text(&out), "<");
		assert_true(utf8_is_valid(span_from(err.text)));
		if (strstr(err.text, row->why) == NULL)
			fail_msg("said: %s", err.text);
	} else {
		if (!added)
			fail_msg("refused: %s", err.text);
		assert_string_equal(buf_text(&out) + 1, row->path);
	}
	buf_free(&out);
	mailbox_free(&mailbox);
	assert_null(mailbox.local);
	assert_null(mailbox.domain);
	assert_null(mailbox.name);
	mailbox_free(&mailbox);
}

static void
test_no_room(void **state)
{
	char local[] = "alice", domain[] = "example.org";
	struct mailbox mailbox = {.local = local, .domain = domain};
	struct error err = {0};
	struct buf out = {.max = 10};

	(void)state;
	assert_false(mailbox_add_path(&mailbox, NULL, &out, &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

/* A path has no octet that must not be sent. */
static void
test_every_octet(void **state)
{
	(void)state;
	for (int octet = 1; octet < 256; octet++) {
		char local[] = {'a', (char)octet, 'b', '\0'};
		char domain[] = "example.org";
		struct mailbox mailbox = {.local = local, .domain = domain};
		struct error err = {0};
		struct buf out = {0};
		bool plain = octet >= ' ' && octet < 0x7f;

		assert_int_equal(
		    mailbox_add_path(&mailbox, NULL, &out, &err), plain);
		if (plain && strchr(" \"(),:;<>@[\\]", octet) != NULL)
			assert_int_equal(out.data[0], '"');
		else if (plain)
			assert_int_equal(out.data[0], 'a');
		else
			assert_int_equal(out.len, 0);
		buf_free(&out);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "path", path_rows, ROWS(path_rows), test_path);
	rows_add_one(&all, "no room", test_no_room);
	rows_add_one(&all, "every octet", test_every_octet);
	return rows_end(&all);
}
