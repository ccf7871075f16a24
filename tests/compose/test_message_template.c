#include "rows.h"

#include "compose/message_template.h"
#include "message/feed.h"

static const char *const names[] = {"name", "mail", "lines", "word"};
static const struct table_columns columns = {names, 4};

#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct span cells[] = {
    S("J\xc3\xbcrgen <X> & Y"),
    S("j@example.org"),
    S("a\r\n--b\r\nContent-Type: text/html\r\n\r\nevil"),
    S("=?utf-8?q?x?= {{name}}"),
};

static const struct table_row given = {.number = 1, .line = 2, .cells = cells};

static struct message_template *
read_text(const char *text, struct error *err)
{
	char path[64];
	struct message_template *template;
	FILE *file;

	snprintf(path, sizeof(path), "test_message_template.%ld.eml",
	    (long)getpid());
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	template = message_template_read(path, &columns, err);
	unlink(path);
	return template;
}

struct make_row {
	const char *name;
	const char *text, *made;
};

#define TYPE "Content-Type: multipart/mixed; boundary=b\r\n"

static const struct make_row makes[] = {
    {"header", "To: {{name}} <{{mail}}>\nSubject: for {{ name }}\n\nhello\n",
	"To: =?UTF-8?B?SsO8cmdlbiA8WD4gJiBZ?= <j@example.org>\r\n"
	"Subject: for J\xc3\xbcrgen <X> & Y\r\n\r\nhello\n"},
    {"Date and Message-ID are left out",
	"Date: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: a\n"
	"Message-ID: <a@b>\n\nhello\n",
	"Subject: a\r\n\r\nhello\n"},
    {"no placeholder", "Subject: a\n\n} {b\n", "Subject: a\r\n\r\n} {b\n"},
    {"folded fields", "To: Ann <ann@x>,\n {{mail}}\nSubject: a\n {{mail}}\n\n",
	"To: Ann <ann@x>,\r\n j@example.org\r\n"
	"Subject: a\r\n j@example.org\r\n\r\n"},
    {"an encoded word in a cell", "Subject: a\n {{word}}\n\n",
	"Subject: =?UTF-8?B?YSA9P3V0Zi04P3E/eD89IHt7bmFtZX19?=\r\n\r\n"},
    {"text", "Subject: a\n\n{{name}}, {{{mail}}}: {{lines}}\n",
	"Subject: a\r\n\r\nJ\xc3\xbcrgen <X> & Y, j@example.org: "
	"a\r\n--b\r\nContent-Type: text/html\r\n\r\nevil\n"},
    {"cells are not expanded", "Subject: a\n\n{{word}}\n",
	"Subject: a\r\n\r\n=?utf-8?q?x?= {{name}}\n"},
    {"HTML", "Content-Type: text/html; charset=utf-8\n\n{{name}} {{{name}}}",
	"Content-Type: text/html; charset=utf-8\r\n\r\n"
	"J\xc3\xbcrgen &lt;X&gt; &amp; Y J\xc3\xbcrgen <X> & Y"},
    {"parts",
	TYPE "\n{{preamble}}\n--b\n\n{{mail}}\n--b\n"
	     "Content-Type: text/html\n\n{{mail}}\n--b\n"
	     "Content-Type: application/x\n\n{{data}}\n--b--\n{{end}}\n",
	TYPE "\r\n{{preamble}}\n--b\n\nj@example.org\n--b\n"
	     "Content-Type: text/html\n\nj@example.org\n--b\n"
	     "Content-Type: application/x\n\n{{data}}\n--b--\n{{end}}\n"},
    {"a message in the message stays",
	TYPE "\n--b\nContent-Type: message/rfc822\n\n"
	     "Subject: {{x}}\n\n{{mail}}\n--b--\n",
	TYPE "\r\n--b\nContent-Type: message/rfc822\n\n"
	     "Subject: {{x}}\n\n{{mail}}\n--b--\n"},
    {"quoted-printable without placeholders",
	"Content-Type: text/plain; charset=iso-8859-1\n"
	"Content-Transfer-Encoding: quoted-printable\n\n=7B =FC{\n",
	"Content-Type: text/plain; charset=iso-8859-1\r\n"
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n=7B =FC{\n"},
};

static void
test_make(void **state)
{
	const struct make_row *row = *state;
	struct message_options how = {0};
	struct error err = {0};
	struct message_template *template = read_text(row->text, &err);
	struct message *message;
	size_t column;
	char *shown;

	if (template == NULL)
		fail_msg("%s", err.text);
	for (int i = 0; i < 2; i++) {
		message = message_template_make(
		    template, &given, &how, &column, &err);
		if (message == NULL)
			fail_msg("%s", err.text);
		shown = gather_text(message);
		assert_string_equal(shown, row->made);
		free(shown);
		message_free(message);
	}
	message_template_free(template);
}

struct refuse_row {
	const char *name;
	const char *text;
	const char *words;  /* in the error */
	const char *column; /* of a cell that is refused */
};

#define CODING "Content-Transfer-Encoding: "

static const struct refuse_row refuses[] = {
    {"unknown column in a field", "Subject: {{nmae}}\n\n",
	".eml, field Subject: the table has no column \"nmae\"", NULL},
    {"unknown column in the body", "Subject: a\n\na\n{{nmae}}\n",
	".eml, line 2: the table has no column \"nmae\"", NULL},
    {"no header", "hello {{name}}\n", "it has no header", NULL},
    {"signed", "DKIM-Signature: a\nSubject: a\n\n", "it is signed", NULL},
    {"quoted-printable", CODING "quoted-printable\n\na {{name}}\n",
	"a placeholder is in a part in quoted-printable", NULL},
    {"quoted-printable, hidden", CODING "quoted-printable\n\n=7b=\n=7Bname}}\n",
	"a placeholder is in a part in quoted-printable", NULL},
    {"base64", CODING "base64\n\ne3tu\nYW1lfX0K\n",
	"a placeholder is in a part in base64", NULL},
    {"another charset",
	"Content-Type: text/plain; charset=iso-8859-1\n\n{{name}}\n",
	"a placeholder is in a part whose charset is not UTF-8", NULL},
    {"another charset in HTML",
	"Content-Type: text/html\n\n<meta charset=iso-8859-1>{{name}}\n",
	"a placeholder is in a part whose charset is not UTF-8", NULL},
    {"octets that are not UTF-8", "Subject: a\n\n\xfc {{name}}\n",
	"a placeholder is in a part whose charset is not UTF-8", NULL},
    {"the header of a part",
	TYPE "\n--b\nContent-Type: text/plain; name=\"{{name}}\"\n\n\n--b--\n",
	"a placeholder is in the header of a part", NULL},
    {"the type", "Content-Type: text/{{name}}\n\n",
	"a placeholder is in a field that describes the body, or in a name",
	NULL},
    {"a line break in a field", "Subject: {{lines}}\n\n",
	"a cell must not have a line break", "lines"},
    {"a line break in an address field", "To: {{lines}} <a@b>\n\n",
	"a cell must not have a line break", "lines"},
    {"not an address", "To: {{name}}\n\n", "", "name"},
    {"a boundary", TYPE "\n--b\n\n{{lines}}\n--b--\n",
	"a cell has a line that ends a part of the template", ""},
    {"not ASCII", "Content-Type: text/plain; charset=us-ascii\n\n{{name}}\n",
	"the cell is not ASCII", "name"},
};

static void
test_refuse(void **state)
{
	const struct refuse_row *row = *state;
	struct message_options how = {0};
	struct error err = {0};
	struct message_template *template = read_text(row->text, &err);
	size_t column = 9;

	if (row->column == NULL) {
		assert_null(template);
	} else {
		if (template == NULL)
			fail_msg("%s", err.text);
		assert_null(message_template_make(
		    template, &given, &how, &column, &err));
		if (row->column[0] == '\0')
			assert_true(column == SIZE_MAX);
		else
			assert_string_equal(names[column], row->column);
		message_template_free(template);
	}
	assert_int_equal(err.kind, ERROR_DATA);
	if (strstr(err.text, row->words) == NULL)
		fail_msg("%s", err.text);
}

static void
test_count(void **state)
{
	struct error err = {0};
	size_t counts[4] = {0};
	struct message_template *template = read_text(
	    "To: {{name}} <{{mail}}>\nSubject: {{name}}\n\n{{word}}", &err);

	(void)state;
	assert_non_null(template);
	message_template_count(template, counts);
	assert_int_equal(counts[0], 2);
	assert_int_equal(counts[1], 1);
	assert_int_equal(counts[2], 0);
	assert_int_equal(counts[3], 1);
	message_template_free(template);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "make", makes, ROWS(makes), test_make);
	rows_add(&all, "refuse", refuses, ROWS(refuses), test_refuse);
	rows_add_one(&all, "count", test_count);
	return rows_end(&all);
}
