#include "rows.h"

#include <errno.h>
#include <sys/time.h>

#include "fixup/header_policy.h"
#include "message/header.h"

#define ROOM ((size_t)16 * 1024 * 1024)

/* Fields in, each ended by \n; the changed and the added ones out. */
struct policy_row {
	const char *name;
	const char *in;
	const char *out;
};

static void
add_wire(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			buf_add_char(out, '\r');
		buf_add_char(out, *text);
	}
}

/* The fields that are sent, in their order, with the added ones in front. */
static void
run(struct header_policy *policy, const char *text, struct buf *out)
{
	struct buf wire = {.max = ROOM}, kept = {.max = ROOM},
		   changed = {.max = ROOM}, resent = {0};
	struct span rest;
	struct field field;
	struct error err = {0};

	add_wire(&wire, text);
	rest = buf_span(&wire);
	policy->resent = header_newest_resent(rest);
	while (header_next(&rest, &field)) {
		enum field_change change;

		buf_clear(&changed);
		change = header_policy_field(policy, &field, &changed, &err);
		assert_int_equal(changed.len > 0, change == FIELD_CHANGED);
		if (change == FIELD_CHANGED)
			buf_add_span(&kept, buf_span(&changed));
		else if (change == FIELD_UNCHANGED)
			buf_add_span(&kept, field.whole);
		assert_int_equal(
		    err.kind != ERROR_NONE, change == FIELD_REFUSED);
		if (change == FIELD_REFUSED) {
			buf_add_format(out, "%d: %s", err.kind, err.text);
			break;
		}
	}
	if (err.kind == ERROR_NONE) {
		if (!header_policy_add(policy, out, &resent, &err))
			fail_msg("nothing could be added: %s", err.text);
		buf_add_span(out, buf_span(&resent));
		buf_add_span(out, buf_span(&kept));
	}
	buf_free(&wire);
	buf_free(&kept);
	buf_free(&changed);
	buf_free(&resent);
}

static void
check(struct header_policy *policy, const struct policy_row *row)
{
	struct buf out = {0}, expected = {0};

	run(policy, row->in, &out);
	add_wire(&expected, row->out != NULL ? row->out : row->in);
	assert_string_equal(buf_text(&out), buf_text(&expected));
	buf_free(&out);
	buf_free(&expected);
	header_policy_free(policy);
}

static const struct policy_row completes[] = {
    {"nothing to do: not an octet changes",
	"From:  \"A, B\"  <a@b.example> (x)\n"
	"To : c@d.example ,\n\te@f.example\n"
	"Subject: root\n",
	NULL},
    {"a bare name", "From: root\n", "From: root@home.example\n"},
    {"what cron writes", "From: root (Cron Daemon)\n",
	"From: Cron Daemon <root@home.example>\n"},
    {"what arpwatch writes", "From: arpwatch (Arpwatch vm)\n",
	"From: Arpwatch vm <arpwatch@home.example>\n"},
    {"what anacron writes", "From: Anacron <root>\n",
	"From: Anacron <root@home.example>\n"},
    {"a comment with specials", "From: root (a, \"b\" (c))\n",
	"From: \"a, \\\"b\\\" (c)\" <root@home.example>\n"},
    {"a comment with a backslash", "From: root (a\\)b)\n",
	"From: \"a)b\" <root@home.example>\n"},
    {"a comment with folding", "From: root (Cron\n Daemon)\n",
	"From: Cron Daemon <root@home.example>\n"},
    {"a comment with raw octets", "From: root (\xc3\x84)\n",
	"From: =?UTF-8?B?w4Q=?= <root@home.example>\n"},
    {"a comment with an encoded word", "From: root (=?utf-8?q?=C3=84?=)\n",
	"From: =?utf-8?q?=C3=84?= <root@home.example>\n"},
    {"an encoded word that no phrase may hold",
	"From: root (=?utf-8?q?=C3=84.?=)\n",
	"From: root@home.example (=?utf-8?q?=C3=84.?=)\n"},
    {"an empty comment", "From: root ()\n", "From: root@home.example ()\n"},
    {"two comments", "From: root (a) (b)\n",
	"From: root@home.example (a) (b)\n"},
    {"a comment in front", "From: (a) root\n", "From: (a) root@home.example\n"},
    {"a comment in the brackets", "From: A <root (b)>\n",
	"From: A <root@home.example (b)>\n"},
    {"a comment after a whole address", "From: root@x.example (A)\n", NULL},
    {"a comment with an injected field", "From: root (A\n\tBcc: b)\n",
	"From: \"A Bcc: b\" <root@home.example>\n"},
    {"quotes stay", "From: \"x (y)\" <root>\n",
	"From: \"x (y)\" <root@home.example>\n"},
    {"raw octets of a name stay", "From: \xc4lice <root>\n",
	"From: \xc4lice <root@home.example>\n"},
    {"encoded words stay",
	"From: =?iso-8859-1?q?=C4?=\n =?iso-8859-1?q?=D6?= <root>\n",
	"From: =?iso-8859-1?q?=C4?=\n =?iso-8859-1?q?=D6?= "
	"<root@home.example>\n"},
    {"a quoted name", "To: \"joe smith\", \"ann\"\n",
	"To: \"joe smith\"@home.example, ann@home.example\n"},
    {"every field", "Sender: a\nReply-To: b\nTo: c\nCc: d\nBcc: e\n",
	"Sender: a@home.example\nReply-To: b@home.example\n"
	"To: c@home.example\nCc: d@home.example\nBcc: e@home.example\n"},
    {"case of the name, no blank", "FROM:root\nto:x\n",
	"FROM:root@home.example\nto:x@home.example\n"},
    {"two of a kind", "To: a\nTo: b\n",
	"To: a@home.example\nTo: b@home.example\n"},
    {"only some of a list", "To: a, B <b@x.example>,,\n\tc (C.)\n",
	"To: a@home.example, B <b@x.example>,,\n\t"
	"\"C.\" <c@home.example>\n"},
    {"groups", "To: friends: a, b@x.example;, none:;\n",
	"To: friends: a@home.example, b@x.example;, none:;\n"},
    {"a route", "To: A <@x,@y:joe>, <@z:b@c.example>\n",
	"To: A <joe@home.example>, <@z:b@c.example>\n"},
    {"resent block",
	"Resent-From: me (Me)\nResent-Sender: s\nResent-To: a, b\n"
	"Resent-Cc: c\nFrom: x@y.example\n",
	"Resent-From: Me <me@home.example>\nResent-Sender: "
	"s@home.example\nResent-To: a@home.example, b@home.example\n"
	"Resent-Cc: c@home.example\nFrom: x@y.example\n"},
    {"a name that should have quotes stays", "From: A@B <a@b.example>\n", NULL},
    {"such a name before a bare one", "From: A@B <root>\nTo: [x] Y <y>, z\n",
	"From: \"A@B\" <root@home.example>\n"
	"To: \"[x] Y\" <y@home.example>, z@home.example\n"},
    {"an injected name", "To: a@b.example>, <c <root>\n", NULL},
    {"such a name with quotes in it", "From: \"A\" @ \"B, C\" <root>\n",
	"From: \"A @ B, C\" <root@home.example>\n"},
    {"such a name with raw octets", "From: \xc3\x84@B <a@b.example>\n",
	"From: =?UTF-8?B?w4RAQg==?= <a@b.example>\n"},
    {"a final dot", "From: A <a@b.example.>\nTo: c@d.example. (x), e\n",
	"From: A <a@b.example>\n"
	"To: x <c@d.example>, e@home.example\n"},
    {"quotes around all of it", "To: \"a@b.example\", root\n", NULL},
    {"other fields", "Errors-To: root\nX-From: root\nReturn-Path: root\n",
	NULL},
    {"not to be read", "From: a b c\nTo: root\nCc: <\n",
	"From: a b c\nTo: root@home.example\nCc: <\n"},
    {"a name beyond ASCII", "To: p\xc3\xa5, root\n",
	"To: p\xc3\xa5, root@home.example\n"},
    {"an empty From is filled", "From: \nTo: \n",
	"From: me@env.example\nTo: \n"},
    {"several From: Sender is added", "From: a, b@x.example\n",
	"Sender: me@env.example\n"
	"From: a@home.example, b@x.example\n"},
    {"several From with Sender", "Sender: c\nFrom: a@x, b@x\n",
	"Sender: c@home.example\nFrom: a@x, b@x\n"},
    {"several From, Sender after it", "From: a@x, b@x\nSender: c@x\n", NULL},
    {"From a group", "From: Team: a@x.example;\n",
	"Sender: me@env.example\nFrom: Team: a@x.example;\n"},
    {"a colon in a name is no group", "From: \"a: b\" <a@x.example>\n", NULL},
};

static void
test_complete(void **state)
{
	struct header_policy policy = {
	    .domain = "home.example",
	    .reverse_path = "me@env.example",
	};

	check(&policy, *state);
}

static const struct policy_row further_rows[] = {
    {"a further name becomes the domain",
	"From: root@box (Cron Daemon)\n"
	"To: Ann <ann@OLD.example>, b@x.example\n",
	"From: Cron Daemon <root@home.example>\n"
	"To: Ann <ann@home.example>, b@x.example\n"},
    {"in every field",
	"Sender: a@box\nReply-To: b@box\nCc: c@box\nResent-From: d@box\n",
	"Sender: a@home.example\nReply-To: b@home.example\n"
	"Cc: c@home.example\nResent-From: d@home.example\n"},
    {"other names stay", "From: a@box.example\nTo: b@xbox, c@localhost\n",
	NULL},
};

static void
test_further(void **state)
{
	char box[] = "box", old[] = "old.example";
	char *const further[] = {box, old};
	struct aliases aliases = {
	    .is_read = true,
	    .host = {.further = further, .further_count = 2},
	};
	struct header_policy policy = {
	    .domain = "home.example",
	    .aliases = &aliases,
	    .reverse_path = "",
	};

	check(&policy, *state);
	aliases_free(&aliases);
}

static const struct policy_row without_domains[] = {
    {"bare names stay", "From: root (Cron Daemon)\nTo: root, B <b>\n", NULL},
    {"postmaster too", "To: Postmaster\n", NULL},
    {"an empty From stays", "From:\n", NULL},
    {"Sender is the first From", "From: a@x.example, b@x.example\n",
	"Sender: a@x.example\nFrom: a@x.example, b@x.example\n"},
};

/* And the null reverse-path. */
static void
test_without_domain(void **state)
{
	struct header_policy policy = {.reverse_path = ""};

	check(&policy, *state);
}

static const struct policy_row providers[] = {
    {"the own address", "From: Me <ME@mail.example>\n", NULL},
    {"one that matches", "From: any@OWN.example, me@mail.example\n",
	"Sender: me@mail.example\n"
	"From: any@OWN.example, me@mail.example\n"},
    {"a bare one that matches then", "From: root (Cron)\n",
	"From: Cron <root@own.example>\n"},
    {"a foreign one", "From: Boss <boss@x.example>\nTo: a\n",
	"Reply-To: Boss <boss@x.example>\nFrom: Boss <me@mail.example>\n"
	"To: a@own.example\n"},
    {"old form", "From: b@x.example (Boss, the)\n",
	"Reply-To: \"Boss, the\" <b@x.example>\n"
	"From: \"Boss, the\" <me@mail.example>\n"},
    {"no name", "From: b@x.example\n",
	"Reply-To: b@x.example\nFrom: me@mail.example\n"},
    {"a Reply-To that is there", "Reply-To: a@y.example\nFrom: b@x.example\n",
	"Reply-To: a@y.example\nFrom: me@mail.example\n"},
    {"a Reply-To after it", "From: b@x.example\nreply-to: a\n",
	"From: me@mail.example\nreply-to: a@own.example\n"},
    {"raw octets in the name", "From: \xc3\x84 <b@x.example>\n",
	"Reply-To: =?UTF-8?B?w4Q=?= <b@x.example>\n"
	"From: \xc3\x84 <me@mail.example>\n"},
    {"a foreign Sender", "From: me@mail.example\nSender: S <s@x.example>\n",
	"From: me@mail.example\nSender: S <me@mail.example>\n"},
    {"of several the own ones stay",
	"From: a@x.example, Me <me@mail.example>\n",
	"Reply-To: a@x.example,\n Me <me@mail.example>\n"
	"From: Me <me@mail.example>\n"},
    {"of several foreign ones the first is replaced",
	"From: A <a@x.example>, B <b@x.example>\n",
	"Reply-To: A <a@x.example>,\n B <b@x.example>\n"
	"From: A <me@mail.example>\n"},
    {"a foreign group", "From: Team: a@x.example;\n",
	"Reply-To: a@x.example\nFrom: me@mail.example\n"},
    {"an empty From", "From:\n", "From: me@mail.example\n"},
    {"an address as its own name", "From: b@x.example <b@x.example>\n",
	"Reply-To: b@x.example\n"
	"From: \"b@x.example\" <me@mail.example>\n"
	"X-Original-From: b@x.example <b@x.example>\n"},
    {"a name that should have quotes", "From: [Alert] <a@b.example>\n",
	"Reply-To: a@b.example\n"
	"From: \"[Alert]\" <me@mail.example>\n"
	"X-Original-From: [Alert] <a@b.example>\n"},
    {"another's address as the own name",
	"From: b@x.example <me@mail.example>\n",
	"From: \"b@x.example\" <me@mail.example>\n"},
    {"the own address as another's name",
	"From: me@mail.example <b@x.example>\n",
	"Reply-To: b@x.example\n"
	"From: \"me@mail.example\" <me@mail.example>\n"
	"X-Original-From: me@mail.example <b@x.example>\n"},
    {"a quoted angle bracket", "From: \"<a\" <b@x.example>\n",
	"Reply-To: \"<a\" <b@x.example>\nFrom: \"<a\" <me@mail.example>\n"},
    {"resent: the resender is the sender",
	"Resent-From: R <r@x.example>\nResent-Sender: s@x.example\n"
	"From: boss@x.example\nSender: boss@x.example\n",
	"Resent-From: R <me@mail.example>\nResent-Sender: me@mail.example\n"
	"From: boss@x.example\nSender: boss@x.example\n"},
    {"resent by an own address",
	"Resent-From: root\nResent-To: a\n"
	"From: boss@x.example, b@x.example\nReply-To: c\n",
	"Resent-From: root@own.example\nResent-To: a@own.example\n"
	"From: boss@x.example, b@x.example\nReply-To: c@own.example\n"},
    {"resent by several",
	"Resent-From: me@mail.example, a@own.example\nFrom: b@x.example\n",
	"Resent-Sender: me@mail.example\n"
	"Resent-From: me@mail.example, a@own.example\nFrom: b@x.example\n"},
    {"resent twice: the older block is ignored",
	"Resent-From: me@mail.example\nResent-To: a@x.example\n"
	"Resent-From: r@x.example\n",
	NULL},
    {"resent, unreadable",
	"Resent-From: A, B <a b>\n"
	"From: boss@x.example\n",
	"Resent-From: \"A, B\" <me@mail.example>\nFrom: boss@x.example\n"},
};

static const struct policy_row unread_rows[] = {
    {"words", "From: a b c\n",
	"From: a b c <me@mail.example>\nX-Original-From: a b c\n"},
    {"a comma without quotes", "From: Team, Org <a@b.example>\n",
	"Reply-To: a@b.example\nFrom: \"Team, Org\" <me@mail.example>\n"
	"X-Original-From: Team, Org <a@b.example>\n"},
    {"several commas", "From: A, B, \"C. D\" <a@b.example>\n",
	"Reply-To: a@b.example\nFrom: \"A, B, C. D\" <me@mail.example>\n"
	"X-Original-From: A, B, \"C. D\" <a@b.example>\n"},
    {"no angle brackets", "From: \"A, B\" a@b.example\n",
	"Reply-To: a@b.example\nFrom: \"A, B\" <me@mail.example>\n"
	"X-Original-From: \"A, B\" a@b.example\n"},
    {"no angle brackets and a comment", "From: Ann a@b.example (x)\n",
	"Reply-To: a@b.example\nFrom: Ann <me@mail.example>\n"
	"X-Original-From: Ann a@b.example (x)\n"},
    {"a quote that is not closed", "From: \"Ann <a@b.example>\n",
	"Reply-To: a@b.example\nFrom: Ann <me@mail.example>\n"
	"X-Original-From: \"Ann <a@b.example>\n"},
    {"a bracket that is not closed", "From: Ann <a@b.example\n",
	"Reply-To: a@b.example\nFrom: Ann <me@mail.example>\n"
	"X-Original-From: Ann <a@b.example\n"},
    {"a colon", "From: Re: Ann <a@b.example>\n",
	"Reply-To: a@b.example\nFrom: \"Re: Ann\" <me@mail.example>\n"
	"X-Original-From: Re: Ann <a@b.example>\n"},
    {"folded", "From: Re:\n Ann\n <a@b.example>\n",
	"Reply-To: a@b.example\nFrom: \"Re: Ann\" <me@mail.example>\n"
	"X-Original-From: Re:\n Ann\n <a@b.example>\n"},
    {"an encoded word with blanks",
	"From: =?utf-8?q?=C3=84 Ltd, ?= <a@b.example\n",
	"Reply-To: a@b.example\n"
	"From: \"=?utf-8?q?=C3=84 Ltd, ?=\" <me@mail.example>\n"
	"X-Original-From: =?utf-8?q?=C3=84 Ltd, ?= <a@b.example\n"},
    {"raw octets", "From: \xc3\x84: <a@b.example>\n",
	"Reply-To: a@b.example\n"
	"From: =?UTF-8?B?w4Q6?= <me@mail.example>\n"
	"X-Original-From: \xc3\x84: <a@b.example>\n"},
    {"an injected field", "From: A\n\tBcc: x@y.example <a@b.example\n",
	"Reply-To: a@b.example\n"
	"From: \"A Bcc: x@y.example\" <me@mail.example>\n"
	"X-Original-From: A\n\tBcc: x@y.example <a@b.example\n"},
    {"two addresses", "From: a@b.example c@d.example\n",
	"Reply-To: a@b.example\nFrom: The Name <me@mail.example>\n"
	"X-Original-From: a@b.example c@d.example\n"},
    {"nothing to check", "From: <>\n",
	"From: The Name <me@mail.example>\nX-Original-From: <>\n"},
    {"a Reply-To that is there", "From: a: <a@b.example>\nReply-To: c@d\n",
	"From: \"a:\" <me@mail.example>\n"
	"X-Original-From: a: <a@b.example>\nReply-To: c@d\n"},
    {"no name, and ours", "From: b@x.example\n",
	"Reply-To: b@x.example\nFrom: The Name <me@mail.example>\n"},
    {"empty, and ours", "From:\n", "From: The Name <me@mail.example>\n"},
    {"an empty group", "From: nobody:;\n",
	"From: The Name <me@mail.example>\n"},
    {"a group without a name of its own", "From: Team: a@x.example;\n",
	"Reply-To: a@x.example\nFrom: The Name <me@mail.example>\n"},
    {"twice, the first is ours",
	"From: me@mail.example\nFrom: B <b@x.example>\n",
	"From: me@mail.example\nX-Original-From: B <b@x.example>\n"},
    {"twice, the second is ours",
	"From: B <b@x.example>\nFrom: me@mail.example\n",
	"Reply-To: B <b@x.example>\nX-Original-From: B <b@x.example>\n"
	"From: B <me@mail.example>\nX-Original-From: me@mail.example\n"},
    {"twice, both unread", "From: a: <a@b.example>\nfrom : c: <c@d.example>\n",
	"Reply-To: a@b.example\nFrom: \"a:\" <me@mail.example>\n"
	"X-Original-From: a: <a@b.example>\n"
	"X-Original-From: c: <c@d.example>\n"},
    {"the second is empty", "From: me@mail.example\nFrom:\n",
	"From: me@mail.example\n"},
    {"Sender twice",
	"From: me@mail.example\nSender: me@mail.example\n"
	"Sender: x@y.example\n",
	"From: me@mail.example\nSender: me@mail.example\n"},
    {"Sender unread", "From: me@mail.example\nSender: Web, x <a b>\n",
	"From: me@mail.example\nSender: \"Web, x\" <me@mail.example>\n"},
    {"other fields stay as they are", "To: a b c\nReply-To: x y <z\n", NULL},
};

static void
test_unread(void **state)
{
	struct header_policy policy = {
	    .reverse_path = "me@mail.example",
	    .replaces = true,
	    .sender = "me@mail.example",
	    .name = "The Name",
	};

	check(&policy, *state);
}

static void
test_provider(void **state)
{
	char glob[] = "*@own.example";
	char *const match[] = {glob};
	struct header_policy policy = {
	    .domain = "own.example",
	    .reverse_path = "me@mail.example",
	    .replaces = true,
	    .sender = "me@mail.example",
	    .match = match,
	    .match_count = 1,
	};

	check(&policy, *state);
}

static const struct policy_row originals[] = {
    {"kept", "From: B <b@x.example>\n",
	"Reply-To: B <b@x.example>\nX-Original-From: B <b@x.example>\n"
	"From: B <me@mail.example>\n"},
    {"one that is there stays",
	"X-Original-From: z@x.example\nReply-To: y@x.example\n"
	"From: b@x.example\n",
	"X-Original-From: z@x.example\nReply-To: y@x.example\n"
	"From: me@mail.example\n"},
    {"a Sender that must be made is not foreign",
	"From: b@x.example, me@mail.example, ME@mail.example\n",
	"Sender: me@mail.example\n"
	"Reply-To: b@x.example,\n me@mail.example,\n ME@mail.example\n"
	"X-Original-From: b@x.example,\n me@mail.example,\n"
	" ME@mail.example\n"
	"From: me@mail.example,\n ME@mail.example\n"},
    {"a bare one is no answer's address", "From: B <b>\n",
	"X-Original-From: B <b>\nFrom: B <me@mail.example>\n"},
};

static void
test_original(void **state)
{
	struct header_policy policy = {
	    .reverse_path = "",
	    .replaces = true,
	    .sender = "me@mail.example",
	    .keeps_original_from = true,
	};

	check(&policy, *state);
}

static void
test_no_sender(void **state)
{
	struct header_policy policy = {.reverse_path = "", .replaces = true};
	struct buf out = {0};

	(void)state;
	run(&policy, "From: me@mail.example\n", &out);
	assert_non_null(strstr(buf_text(&out), "no sender is set"));
	assert_int_equal(strtol(buf_text(&out), NULL, 10), ERROR_CONFIG);
	buf_free(&out);
	header_policy_free(&policy);
}

static void
test_notes(void **state)
{
	struct header_policy policy = {
	    .domain = "home.example", .reverse_path = ""};
	struct buf out = {0};

	(void)state;
	run(&policy, "From: root\nTo: a b c\n", &out);
	assert_non_null(
	    strstr(buf_text(&policy.notes), "field To: left unchanged: "));
	assert_null(strstr(buf_text(&policy.notes), "From"));
	buf_free(&out);
	header_policy_free(&policy);
}

/* The process ends after so many seconds of processor time; 0: no limit. */
static void
limit_work(time_t seconds)
{
	const struct itimerval limit = {.it_value = {.tv_sec = seconds}};

	assert_return_code(setitimer(ITIMER_PROF, &limit, NULL), errno);
}

/* Many mailboxes take linear time. */
static void
test_many(void **state)
{
	struct header_policy policy = {
	    .domain = "own.example",
	    .reverse_path = "",
	    .replaces = true,
	    .sender = "me@mail.example",
	};
	struct buf text = {.max = ROOM}, out = {.max = ROOM};

	(void)state;
	buf_add_text(&text, "From: root (N)");
	for (int i = 1; i < 90000; i++)
		buf_add_format(&text, ", u%d (N)", i);
	buf_add_text(&text, "\n");
	limit_work(20);
	run(&policy, buf_text(&text), &out);
	limit_work(0);
	assert_non_null(strstr(buf_text(&out), "From: N <me@mail.example>"));
	assert_non_null(strstr(buf_text(&out), " N <u89999@own.example>"));
	buf_free(&text);
	buf_free(&out);
	header_policy_free(&policy);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "complete", completes, ROWS(completes), test_complete);
	rows_add(&all, "local-domains", further_rows, ROWS(further_rows),
	    test_further);
	rows_add(&all, "no domain", without_domains, ROWS(without_domains),
	    test_without_domain);
	rows_add(&all, "provider", providers, ROWS(providers), test_provider);
	rows_add(&all, "unread", unread_rows, ROWS(unread_rows), test_unread);
	rows_add(&all, "original", originals, ROWS(originals), test_original);
	rows_add_one(&all, "provider: no sender is known", test_no_sender);
	rows_add_one(&all, "what cannot be read is noted", test_notes);
	rows_add_one(&all, "a From of very many", test_many);
	return rows_end(&all);
}
