#include "rows.h"

#include "base/mem.h"
#include "base/wait.h"
#include "envelope/recipients.h"

typedef bool adder(
    struct recipients *recipients, struct span text, struct error *err);

struct add_row {
	const char *name;
	adder *add;
	const char *text;
	const char *paths; /* each followed by a blank; NULL: refused */
	const char *words; /* in the error */
};

static const struct add_row rows[] = {
    {"list: one", recipients_add_list, "a@example.org", "a@example.org ", NULL},
    {"list: several and names", recipients_add_list,
	"Ann <a@example.org>, b@example.org,, \"C, D\" <c@example.org>",
	"a@example.org b@example.org c@example.org ", NULL},
    {"list: a group", recipients_add_list,
	"friends: a@example.org, b@example.org;, c@example.org",
	"a@example.org b@example.org c@example.org ", NULL},
    {"list: each mailbox once", recipients_add_list,
	"a@example.org, A <a@EXAMPLE.ORG>, A@example.org",
	"a@example.org A@example.org ", NULL},
    {"list: quotes that are not needed go, then it is the same",
	recipients_add_list, "\"a\"@example.org, a@example.org",
	"a@example.org ", NULL},
    {"list: a bare name gets the domain", recipients_add_list, "root",
	"root@host.example ", NULL},
    {"list: a route is left out", recipients_add_list,
	"<@x.example,@y.example:a@example.org>", "a@example.org ", NULL},
    {"list: empty", recipients_add_list, "", "", NULL},
    {"list: an empty group", recipients_add_list, "undisclosed-recipients:;",
	"", NULL},
    {"list: unclear", recipients_add_list, "a@example.org b@example.org", NULL,
	"b@example.org"},
    {"list: a line feed with a command after it", recipients_add_list,
	"a@example.org>\r\nRCPT TO:<b@example.org", NULL, "\\x0d"},
    {"list: local part in UTF-8", recipients_add_list,
	"p\xc3\xa5@b\xc3\xbc"
	"cher.de",
	"p\xc3\xa5@xn--bcher-kva.de ", NULL},
    {"list: local part in Latin-1", recipients_add_list, "p\xe5@example.org",
	NULL, "not UTF-8"},

    {"lines: one each", recipients_add_lines, "a@example.org\nb@example.org\n",
	"a@example.org b@example.org ", NULL},
    {"lines: no end on the last", recipients_add_lines,
	"a@example.org\nb@example.org", "a@example.org b@example.org ", NULL},
    {"lines: CRLF, blanks, comments, empty ones", recipients_add_lines,
	"# who\r\n\r\n  a@example.org  \r\n\t# b@example.org\r\n \r\n"
	"c@example.org, d@example.org\r\n",
	"a@example.org c@example.org d@example.org ", NULL},
    {"lines: CR CR LF", recipients_add_lines,
	"a@example.org\r\r\n\r\r\nb@example.org\r\r",
	"a@example.org b@example.org ", NULL},
    {"lines: CR, and no LF", recipients_add_lines,
	"# who\ra@example.org\r\rb@example.org\r",
	"a@example.org b@example.org ", NULL},
    {"lines: CR within a line", recipients_add_lines,
	"a@example.org\rb@example.org\n", NULL, "(line 1)"},
    {"lines: CR within a comment", recipients_add_lines,
	"b@example.org\n# who\ra@example.org\n", NULL, "(line 2)"},
    {"lines: nothing", recipients_add_lines, "", "", NULL},
    {"lines: the number of a bad one", recipients_add_lines,
	"a@example.org\n\n@@\n", NULL, "(line 3)"},

    {"header: To, Cc, Bcc", recipients_add_header,
	"From: x@example.org\r\nTo: a@example.org\r\n"
	"Cc: b@example.org\r\nBcc: c@example.org\r\n",
	"a@example.org b@example.org c@example.org ", NULL},
    {"header: other fields name no recipients", recipients_add_header,
	"From: a@example.org\r\nReply-To: b@example.org\r\n"
	"Sender: c@example.org\r\nTo-Do: d@example.org\r\n"
	"X-To: e@example.org\r\nApparently-To: f@example.org\r\n",
	"", NULL},
    {"header: any case, folded, twice, blank before the colon",
	recipients_add_header,
	"TO: a@example.org,\r\n\tb@example.org\r\n"
	"to : c@example.org\r\nbCc:d@example.org\r\n",
	"a@example.org b@example.org c@example.org d@example.org ", NULL},
    {"header: Resent- fields replace them", recipients_add_header,
	"Resent-From: x@example.org\r\nResent-To: r@example.org\r\n"
	"Resent-Bcc: s@example.org\r\nTo: a@example.org\r\n",
	"r@example.org s@example.org ", NULL},
    {"header: only the newest block", recipients_add_header,
	"Resent-To: new@example.org\r\nResent-From: x@example.org\r\n"
	"Resent-From: y@example.org\r\nResent-To: old@example.org\r\n"
	"To: a@example.org\r\n",
	"new@example.org ", NULL},
    {"header: blocks not adjacent", recipients_add_header,
	"Received: by x\r\nResent-To: new@example.org\r\n"
	"Received: by y\r\nResent-Cc: old@example.org\r\n"
	"To: a@example.org\r\n",
	"new@example.org ", NULL},
    {"header: other fields stand in the block", recipients_add_header,
	"Resent-From: x@example.org\r\nX-Loop: y\r\n"
	"Subject: s\r\nResent-To: a@example.org\r\nTo: b@example.org\r\n"
	"Resent-Cc: c@example.org\r\nresent-bcc : d@example.org\r\n",
	"a@example.org c@example.org d@example.org ", NULL},
    {"header: the block is the last of the header", recipients_add_header,
	"Received: by x\r\nFrom: x@example.org\r\nTo: b@example.org\r\n"
	"Resent-Date: y\r\nResent-To: a@example.org\r\n",
	"a@example.org ", NULL},
    {"header: Received before there is a recipient", recipients_add_header,
	"Resent-From: x@example.org\r\nReceived: by x\r\n"
	"Resent-To: a@example.org\r\n",
	"a@example.org ", NULL},
    {"header: Return-Path ends a block", recipients_add_header,
	"Resent-Bcc: a@example.org\r\nReturn-Path: <x@y>\r\n"
	"Resent-Cc: old@example.org\r\n",
	"a@example.org ", NULL},
    {"header: Delivered-To ends a block", recipients_add_header,
	"Resent-Cc: a@example.org\r\nDELIVERED-TO: x@y\r\n"
	"Resent-To: old@example.org\r\n",
	"a@example.org ", NULL},
    {"header: any single field that comes again ends a block",
	recipients_add_header,
	"Resent-To: a@example.org\r\nResent-Message-ID: <1@x>\r\n"
	"X: y\r\nResent-Message-ID: <2@x>\r\n"
	"Resent-Cc: old@example.org\r\n",
	"a@example.org ", NULL},
    {"header: two Resent-To are two blocks", recipients_add_header,
	"Resent-To: a@example.org\r\nResent-To: old@example.org\r\n",
	"a@example.org ", NULL},
    {"header: other Resent- names make no block", recipients_add_header,
	"Resent-By: x@example.org\r\nTo: a@example.org\r\n", "a@example.org ",
	NULL},
    {"header: To does not count after a block without recipients",
	recipients_add_header,
	"Resent-From: x@example.org\r\nTo: a@example.org\r\n", "", NULL},
    {"header: the field of a bad address", recipients_add_header,
	"To: a@example.org\r\nCc: @@\r\n", NULL, "(in the header field Cc)"},
    {"header: none", recipients_add_header, "", "", NULL},
};

static void
test_add(void **state)
{
	const struct add_row *row = *state;
	struct envelope envelope = {0};
	struct recipients recipients = {
	    .envelope = &envelope, .domain = "host.example"};
	struct error err = {0};
	struct buf paths = {0};
	bool done = row->add(&recipients, span_from(row->text), &err);

	for (size_t i = 0; i < envelope.count; i++)
		buf_add_format(
		    &paths, "%s ", envelope.recipients[i].forward_path);
	if (row->paths != NULL) {
		if (!done)
			fail_msg("refused: %s", err.text);
		assert_string_equal(buf_text(&paths), row->paths);
	} else {
		assert_false(done);
		assert_int_equal(err.kind, ERROR_DATA);
		if (strstr(err.text, row->words) == NULL)
			fail_msg("no %s in: %s", row->words, err.text);
	}
	buf_free(&paths);
	recipients_free(&recipients);
	envelope_free(&envelope);
}

struct alias_row {
	const char *name, *text;
	const char *local; /* local recipients; NULL: none */
	const char *paths; /* "!" before one that is settled */
};

static const char alias_text[] = "root: admin@example.org\n"
				 "all: ann, bob, root\n"
				 "ann: ann@example.org\n"
				 "joe: \\joe, |x\n"
				 "cmd: |x, ann, /y\n"
				 "bad: p\xe5@example.org, ann\n"
				 "me: me@box\n"
				 "old: x@old.example\n";

static const struct alias_row alias_rows[] = {
    {"one", "root", NULL, "admin@example.org "},
    {"at this host", "root@box, root@LOCALHOST", NULL, "admin@example.org "},
    {"at this host, no alias", "x@box", NULL, "x@box "},
    {"elsewhere", "root@host.example, root@example.org", NULL,
	"root@host.example root@example.org "},
    {"no alias", "x, \"root\"", NULL, "x@host.example admin@example.org "},
    {"several, each once", "all, root, ann@example.org", NULL,
	"ann@example.org bob@host.example admin@example.org "},
    {"a command does not affect the other targets", "cmd", NULL,
	"ann@example.org !cmd@host.example "},
    {"a command twice", "cmd, cmd", NULL, "ann@example.org !cmd@host.example "},
    {"a command and the name itself", "joe", NULL, "joe@host.example !|x "},
    {"an address that cannot be used", "bad", NULL,
	"!bad@host.example ann@example.org "},
    {"itself at this host", "me", NULL, "me@box "},
    {"local recipients", "x, y, root, z@box", "l@example.org, m",
	"l@example.org m@host.example admin@example.org "},
    {"local recipients for what an alias leaves", "all", "l@example.org",
	"ann@example.org l@example.org admin@example.org "},
    {"local recipients are not for the domain", "x@host.example",
	"l@example.org", "x@host.example "},
    {"local recipients have no alias", "x", "root", "root@host.example "},
    {"an alias at a further name", "Root@old.example", NULL,
	"admin@example.org "},
    {"no alias at a further name", "x@OLD.example", NULL, "x@host.example "},
    {"a further name is no other's", "x@old.example.org", NULL,
	"x@old.example.org "},
    {"local recipients at a further name", "x@old.example", "l@example.org",
	"l@example.org "},
    {"an alias to a further name", "old", NULL, "x@host.example "},
};

/* The same with an alias for all names without an alias. */
static const char star_text[] = "root: admin@example.org\n"
				"*: all@example.org, guard\n"
				"team: ann, bob@box\n"
				"cmd: |x\n";

static const struct alias_row star_rows[] = {
    {"an alias", "root, ROOT@box", NULL, "admin@example.org "},
    {"no alias", "joe", NULL, "all@example.org guard@host.example "},
    {"no alias at this host", "joe@localhost", NULL,
	"all@example.org guard@host.example "},
    {"no alias at a further name", "joe@old.example", NULL,
	"all@example.org guard@host.example "},
    {"postmaster", "Postmaster", NULL, "all@example.org guard@host.example "},
    {"two without an alias", "joe, ann, root", NULL,
	"all@example.org guard@host.example admin@example.org "},
    {"where it leads", "guard", NULL, "all@example.org guard@host.example "},
    {"an alias of names without one", "team", NULL,
	"all@example.org guard@host.example "},
    {"elsewhere", "joe@host.example, joe@example.org", NULL,
	"joe@host.example joe@example.org "},
    {"the mail domain is also the host's domain", "joe@box.example", NULL,
	"joe@box.example "},
    {"an alias at the mail's domain", "root@box.example", NULL,
	"admin@example.org "},
    {"one that an alias keeps from everybody", "cmd", NULL,
	"!cmd@host.example "},
    {"before local recipients", "joe", "l@example.org",
	"all@example.org l@example.org "},
};

static void
check_aliases(const struct alias_row *row, const char *text)
{
	struct envelope envelope = {0};
	struct aliases aliases = {
	    .is_read = true,
	    .mail_domain = "box.example",
	};
	struct recipients recipients = {
	    .envelope = &envelope,
	    .domain = "host.example",
	    .aliases = &aliases,
	    .local = span_from(row->local),
	};
	char further_name[] = "old.example";
	char *const further[] = {further_name};
	struct error err = {0};
	struct buf paths = {0};

	aliases.host.name = mem_copy_text("box");
	aliases.host.full = mem_copy_text("box.example");
	aliases.host.is_looked_up = true;
	aliases.host.further = further;
	aliases.host.further_count = 1;
	alias_file_parse(&aliases.file, "file", span_from(text));
	if (!recipients_add_list(&recipients, span_from(row->text), &err))
		fail_msg("refused: %s", err.text);
	for (size_t i = 0; i < envelope.count; i++) {
		const struct recipient *recipient = &envelope.recipients[i];
		const struct outcome *outcome = &recipient->outcome;

		if (outcome->action != ACTION_NONE) {
			buf_add_char(&paths, '!');
			assert_int_equal(outcome->action, ACTION_FAILED);
			assert_int_equal(outcome->cause, CAUSE_CONTENT);
			assert_int_equal(recipient->rcpt_reply.code, 0);
			assert_true(recipient->rcpt_reply.text.len > 0);
		}
		buf_add_format(&paths, "%s ", recipient->forward_path);
	}
	assert_string_equal(buf_text(&paths), row->paths);
	buf_free(&paths);
	recipients_free(&recipients);
	aliases_free(&aliases);
	envelope_free(&envelope);
}

static void
test_aliases(void **state)
{
	check_aliases(*state, alias_text);
}

static void
test_catch_all(void **state)
{
	check_aliases(*state, star_text);
}

/* A `domain` that is also the name of the host is still a mail domain. */
static void
test_foreign_domain(void **state)
{
	(void)state;
	for (int is_foreign = 0; is_foreign < 2; is_foreign++) {
		struct envelope envelope = {0};
		struct aliases aliases = {
		    .is_read = true,
		    .mail_domain = is_foreign != 0 ? "box.example" : NULL,
		};
		struct recipients recipients = {
		    .envelope = &envelope,
		    .domain = "box.example",
		    .aliases = &aliases,
		    .local = SPAN("l@example.org"),
		};
		struct error err = {0};

		aliases.host.name = mem_copy_text("box.example");
		assert_true(recipients_add_list(
		    &recipients, SPAN("x@box.example"), &err));
		assert_string_equal(envelope.recipients[0].forward_path,
		    is_foreign ? "x@box.example" : "l@example.org");
		assert_true(recipients_add_list(&recipients, SPAN("x"), &err));
		assert_string_equal(
		    envelope.recipients[envelope.count - 1].forward_path,
		    "l@example.org");
		recipients_free(&recipients);
		aliases_free(&aliases);
		envelope_free(&envelope);
	}
}

static void
test_no_domain(void **state)
{
	struct envelope envelope = {0};
	struct recipients recipients = {.envelope = &envelope};
	struct error err = {0};

	(void)state;
	assert_false(recipients_add_list(&recipients, SPAN("root"), &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_true(recipients_add_list(&recipients, SPAN("Postmaster"), &err));
	assert_int_equal(envelope.count, 1);
	recipients_free(&recipients);
	envelope_free(&envelope);
}

/* Several sources fill one envelope through one index. */
static void
test_sources(void **state)
{
	struct envelope envelope = {0};
	struct recipients recipients = {.envelope = &envelope};
	struct error err = {0};

	(void)state;
	assert_true(
	    recipients_add_list(&recipients, SPAN("a@example.org"), &err));
	assert_true(recipients_add_lines(
	    &recipients, SPAN("b@example.org\na@example.org\n"), &err));
	assert_true(recipients_add_header(
	    &recipients, SPAN("To: b@example.org, c@example.org\r\n"), &err));
	assert_int_equal(envelope.count, 3);
	assert_string_equal(
	    envelope.recipients[2].forward_path, "c@example.org");
	recipients_free(&recipients);
	envelope_free(&envelope);
}

/* An untrusted header section must not take quadratic time. */
static void
test_many_fields(void **state)
{
	struct envelope envelope = {0};
	struct recipients recipients = {.envelope = &envelope};
	struct error err = {0};
	int64_t began;
	struct buf header;

	(void)state;
	buf_init(&header, (size_t)1 << 20);
	buf_add_text(&header, "Resent-To: a@example.org\r\n");
	for (unsigned i = 0; i < 8000; i++)
		buf_add_format(&header, "Resent-%u: x\r\n", i);
	began = clock_now();
	assert_true(
	    recipients_add_header(&recipients, buf_span(&header), &err));
	assert_in_range(clock_now() - began, 0, 1000);
	assert_int_equal(envelope.count, 1);
	buf_free(&header);
	recipients_free(&recipients);
	envelope_free(&envelope);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "recipients", rows, ROWS(rows), test_add);
	rows_add(&all, "aliases", alias_rows, ROWS(alias_rows), test_aliases);
	rows_add(&all, "catch-all", star_rows, ROWS(star_rows), test_catch_all);
	rows_add_one(
	    &all, "the domain is the host's name", test_foreign_domain);
	rows_add_one(&all, "a bare name and no domain", test_no_domain);
	rows_add_one(&all, "several sources", test_sources);
	rows_add_one(&all, "8000 Resent- fields", test_many_fields);
	return rows_end(&all);
}
