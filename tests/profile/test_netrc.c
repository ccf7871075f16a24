#include "rows.h"

#include "profile/netrc.h"

struct find_row {
	const char *name, *netrc;
	const char *password; /* NULL: none; of "me" at "mail.example" */
};

#define M "machine mail.example "

static const struct find_row finds[] = {
    {"empty", "", NULL},
    {"one line", M "login me password secret\n", "secret"},
    {"no line end", M "login me password secret", "secret"},
    {"many lines", "machine\tmail.example\n\tlogin me\r\n\tpassword secret\n",
	"secret"},
    {"password first", M "password secret login me", "secret"},
    {"case of the machine", "machine Mail.EXAMPLE login me password s", "s"},
    {"case of the login", M "login Me password s", NULL},
    {"another machine", "machine b login me password s", NULL},
    {"longer machine", "machine mail.example.org login me password s", NULL},
    {"another login", M "login you password s", NULL},
    {"no login", M "password s", NULL},
    {"no password", M "login me", NULL},
    {"second entry", M "login you password a\n" M "login me password b", "b"},
    {"first that fits", M "login me password a\n" M "login me password b", "a"},
    {"entries do not mix", M "login me\nmachine b password s", NULL},
    {"default", "default login me password s", "s"},
    {"default of another", "default login you password s", NULL},
    {"default without login", "default password s", NULL},
    {"machine before default",
	"default login me password d\n" M "login me password s", "s"},
    {"default after another login",
	M "login you password a\n"
	  "default login me password d",
	"d"},
    {"quotes", M "login \"me\" password \"a b\"", "a b"},
    {"quote and backslash", M "login me password \"a\\\"\\\\b\"", "a\"\\b"},
    {"hash in a password", M "login me password a#b", "a#b"},
    {"password of a hash", M "login me password #b", "#b"},
    {"keyword as password", M "login me password machine", "machine"},
    {"keyword as login", M "login password password s", NULL},
    {"comment", "# " M "login me password a\n" M "login me password b", "b"},
    {"comment behind", M "login me # password a\npassword b", "b"},
    {"account", M "account login login me password s", "s"},
    {"macro", "macdef x\n" M "login me password a\n\n" M "login me password b",
	"b"},
    {"macro ends at an empty CRLF line",
	"macdef x\r\ny\r\n\r\n" M "login me password b", "b"},
    {"macro to the end",
	M "login you password s\nmacdef x\n" M "login me password a", NULL},
    {"unknown word", M "port 587 login me password s", "s"},
    {"open quote", M "login me password \"s", NULL},
    {"open quote elsewhere", "machine \"a\n" M "login me password s", NULL},
    {"machine at the end", "machine", NULL},
    {"password at the end", M "login me password", NULL},
    {"empty password", M "login me password \"\"", ""},
};

static void
test_find(void **state)
{
	const struct find_row *row = *state;
	struct buf password = {0};
	bool found = netrc_find(
	    span_from(row->netrc), SPAN("mail.example"), SPAN("me"), &password);

	assert_int_equal(found, row->password != NULL);
	if (found)
		assert_string_equal(buf_text(&password), row->password);
	buf_wipe(&password);
}

int
main(void)
{
	return rows_run("find", finds, ROWS(finds), test_find);
}
