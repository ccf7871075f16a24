#include "rows.h"

#include "base/base64.h"
#include "smtp/given.h"
#include "smtp/login.h"
#include "profile/mechanism.h"

struct login_row {
	const char *name;
	const char *offered; /* mechanisms; NULL: no AUTH at all */
	const char *wanted;  /* the setting `auth` */
	const char *user, *password;
	const char *input, *output;
	const char *told; /* of the trouble; NULL: logged in */
	bool may_move;
	bool in_clear; /* not loopback */
};

#define USER "tim"
#define PASSWORD "tanstaaftanstaaf"
#define PLAIN_LINE "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n"
#define LOGIN_LINES "AUTH LOGIN\r\ndGlt\r\ndGFuc3RhYWZ0YW5zdGFhZg==\r\n"
#define PROMPTS "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n"

static const struct login_row logins[] = {
    {"PLAIN", "LOGIN PLAIN", "", USER, PASSWORD, "235 2.7.0 ok\r\n", PLAIN_LINE,
	NULL, true, false},
    {"PLAIN, in several lines", "PLAIN", "", USER, PASSWORD,
	"235-2.7.0 a\r\n235 2.7.0 b\r\n", PLAIN_LINE, NULL, true, false},
    {"LOGIN", "LOGIN", "", USER, PASSWORD, PROMPTS "235 ok\r\n", LOGIN_LINES,
	NULL, true, false},
    {"LOGIN wanted", "PLAIN LOGIN", "login", USER, PASSWORD,
	PROMPTS "235 ok\r\n", LOGIN_LINES, NULL, true, false},
    {"LOGIN, a NUL in the prompt", "LOGIN", "", USER, PASSWORD,
	"334 VXNlciBOYW1lAA==\r\n334 UGFzc3dvcmQA\r\n235 ok\r\n", LOGIN_LINES,
	NULL, true, false},
    {"LOGIN, prompts swapped", "LOGIN", "", USER, PASSWORD,
	"334 UGFzc3dvcmQ6\r\n334 VXNlcm5hbWU6\r\n235 ok\r\n", LOGIN_LINES, NULL,
	true, false},
    {"LOGIN, empty prompts", "LOGIN", "", USER, PASSWORD,
	"334 \r\n334\r\n235 ok\r\n", LOGIN_LINES, NULL, true, false},
    {"LOGIN, 334 in several lines", "LOGIN", "", USER, PASSWORD,
	"334-VXNl\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 ok\r\n",
	LOGIN_LINES, NULL, true, false},
    /* A prompt may repeat what was sent before. */
    {"LOGIN, a user who is a part of a prompt", "LOGIN", "", "Pas", "x",
	PROMPTS "235 ok\r\n", "AUTH LOGIN\r\nUGFz\r\neA==\r\n", NULL, true,
	false},
    {"LOGIN, a user who is called Password", "LOGIN", "", "Password", "x",
	PROMPTS "235 ok\r\n", "AUTH LOGIN\r\nUGFzc3dvcmQ=\r\neA==\r\n", NULL,
	true, false},

    /* Refused */
    {"535", "PLAIN", "", USER, PASSWORD, "535 5.7.8 no\r\n", PLAIN_LINE,
	"deferred auth 535 login", false, false},
    {"501, as NetMail says it", "LOGIN", "", USER, PASSWORD,
	PROMPTS "501 Authentication failed!\r\n", LOGIN_LINES,
	"deferred auth 501 login", false, false},
    {"504", "PLAIN", "", USER, PASSWORD, "504 5.5.4 unknown\r\n", PLAIN_LINE,
	"deferred auth 504 login", false, false},
    {"504, and LOGIN is offered", "PLAIN LOGIN", "", USER, PASSWORD,
	"504 5.5.4 unknown\r\n" PROMPTS "235 ok\r\n", PLAIN_LINE LOGIN_LINES,
	NULL, true, false},
    {"500 and 502", "PLAIN LOGIN", "", USER, PASSWORD,
	"500 what\r\n502 what\r\n", PLAIN_LINE "AUTH LOGIN\r\n",
	"deferred auth 502 login", false, false},
    {"504 to the password", "PLAIN LOGIN", "LOGIN PLAIN", USER, PASSWORD,
	"334 \r\n334 \r\n504 no\r\n235 ok\r\n", LOGIN_LINES PLAIN_LINE, NULL,
	true, false},
    {"535 with 5.7.4", "PLAIN LOGIN", "", USER, PASSWORD, "535 5.7.4 no\r\n",
	PLAIN_LINE, "deferred auth 535 login", false, false},
    {"538", "PLAIN LOGIN", "", USER, PASSWORD, "538 5.7.11 no\r\n", PLAIN_LINE,
	"deferred auth 538 login", false, false},
    {"454", "PLAIN", "", USER, PASSWORD, "454 4.7.0 later\r\n", PLAIN_LINE,
	"deferred auth 454 temporary", true, false},
    {"421", "PLAIN", "", USER, PASSWORD, "421 bye\r\n", PLAIN_LINE,
	"deferred auth 421 temporary", true, false},
    {"354", "PLAIN", "", USER, PASSWORD, "354 go\r\n", PLAIN_LINE,
	"deferred auth 354 protocol", true, false},
    {"nothing", "PLAIN", "", USER, PASSWORD, "", PLAIN_LINE,
	"deferred auth - temporary", true, false},
    /* RFC 4954 section 6: 235 and nothing else */
    {"250 is no success", "PLAIN", "", USER, PASSWORD, "250 ok\r\n", PLAIN_LINE,
	"deferred auth 250 protocol", true, false},
    {"220", "PLAIN", "", USER, PASSWORD, "220 ok\r\n", PLAIN_LINE,
	"deferred auth 220 protocol", true, false},
    {"250 to the password", "LOGIN", "", USER, PASSWORD, PROMPTS "250 ok\r\n",
	LOGIN_LINES, "deferred auth 250 protocol", true, false},
    {"235 before the password", "LOGIN", "", USER, PASSWORD,
	"334 VXNlcm5hbWU6\r\n235 ok\r\n", "AUTH LOGIN\r\ndGlt\r\n", NULL, true,
	false},
    {"535 to the user alone: the password stays", "LOGIN", "", USER, PASSWORD,
	"334 VXNlcm5hbWU6\r\n535 no\r\n", "AUTH LOGIN\r\ndGlt\r\n",
	"deferred auth 535 login", false, false},

    /* Cancelled */
    {"PLAIN asks again", "PLAIN", "", USER, PASSWORD,
	"334 \r\n501 5.7.0 aborted\r\n", PLAIN_LINE "*\r\n",
	"deferred auth - protocol", true, false},
    {"LOGIN asks a third time", "LOGIN", "", USER, PASSWORD,
	PROMPTS "334 VXNlcm5hbWU6\r\n501 aborted\r\n", LOGIN_LINES "*\r\n",
	"deferred auth - protocol", true, false},
    {"no base64", "LOGIN", "", USER, PASSWORD,
	"334 Username:\r\n501 aborted\r\n", "AUTH LOGIN\r\n*\r\n",
	"deferred auth - protocol", true, false},
    {"padding in front", "LOGIN", "", USER, PASSWORD,
	"334 =AAA\r\n501 aborted\r\n", "AUTH LOGIN\r\n*\r\n",
	"deferred auth - protocol", true, false},
    {"padding inside", "LOGIN", "", USER, PASSWORD,
	"334 AAA=BBB=\r\n501 aborted\r\n", "AUTH LOGIN\r\n*\r\n",
	"deferred auth - protocol", true, false},
    {"235 to the cancelling is no login", "LOGIN", "", USER, PASSWORD,
	"334 ?\r\n235 welcome\r\n", "AUTH LOGIN\r\n*\r\n",
	"deferred auth - protocol", true, false},

    /* Impossible: no AUTH is sent. */
    {"no AUTH", NULL, "", USER, PASSWORD, "", "", "deferred auth - login", true,
	false},
    {"an empty AUTH", "", "", USER, PASSWORD, "", "", "deferred auth - login",
	true, false},
    {"only unknown mechanisms", "GSSAPI NTLM", "", USER, PASSWORD, "", "",
	"deferred auth - login", true, false},
    {"what is wanted is not offered", "PLAIN", "LOGIN", USER, PASSWORD, "", "",
	"deferred auth - login", true, false},
    {"in clear", "PLAIN LOGIN", "", USER, PASSWORD, "", "",
	"deferred auth - login", true, true},
};

struct fixture {
	struct given given;
	struct session session;
	struct secret secret;
	struct buf output;
	char *wanted;
};

static void
fixture_init(struct fixture *fixture, const struct login_row *row)
{
	struct session *session = &fixture->session;
	struct span rest = span_from(row->offered), word;

	*fixture = (struct fixture){0};
	given_init(&fixture->given, SPAN(GIVEN_MESSAGE), "a@x");
	fixture->given.profile.user = mem_copy_text(row->user);
	fixture->wanted = mem_copy_text(row->wanted);
	if (row->wanted[0] != '\0')
		fixture->given.profile.auth =
		    (struct name_list){&fixture->wanted, 1};
	buf_add_text(&fixture->secret.password, row->password);
	fixture->secret.is_set = true;
	given_session(&fixture->given, session,
	    stream_new_memory(span_from(row->input), 1, &fixture->output),
	    row->offered ? EXTENSION_AUTH : 0);
	while (row->offered && span_next_word(&rest, " ", &word))
		session->extensions.mechanisms |= mechanism_bit(word);
	session->secret = &fixture->secret;
	/* As session_open does. */
	echo_hide_secret(&session->dialogue.echo, session->secret);
	session->is_loopback = !row->in_clear;
}

static void
fixture_free(struct fixture *fixture)
{
	session_close(&fixture->session, true);
	buf_free(&fixture->output);
	buf_wipe(&fixture->secret.password);
	free(fixture->wanted);
	given_free(&fixture->given);
}

static void
test_login(void **state)
{
	const struct login_row *row = *state;
	struct fixture fixture;
	bool done;

	fixture_init(&fixture, row);
	done = login_authenticate(&fixture.session);
	assert_string_equal(buf_text(&fixture.output), row->output);
	if (row->told != NULL)
		assert_outcome(&fixture.session.trouble, row->told);
	assert_int_equal(done, row->told == NULL);
	assert_int_equal(fixture.session.mechanism != NULL, done);
	assert_int_equal(fixture.session.may_move, row->may_move);
	fixture_free(&fixture);
}

struct clear_row {
	const char *name;
	bool is_loopback, is_set;
	enum tls_policy tls;
	bool is_allowed;
};

/* In clear only to this host, and only if the profile sets tls = none. */
static const struct clear_row clears[] = {
    {"loopback and tls = none", true, true, TLS_POLICY_NONE, true},
    {"elsewhere", false, true, TLS_POLICY_NONE, false},
    {"not in so many words", true, false, TLS_POLICY_NONE, false},
    {"opportunistic", true, true, TLS_POLICY_OPPORTUNISTIC, false},
    {"required", true, true, TLS_POLICY_REQUIRED, false},
};

static void
test_clear(void **state)
{
	static const struct login_row login = {"", "PLAIN", "", USER, PASSWORD,
	    "235 ok\r\n", "", NULL, true, false};
	const struct clear_row *row = *state;
	struct fixture fixture;

	fixture_init(&fixture, &login);
	fixture.session.is_loopback = row->is_loopback;
	fixture.given.profile.tls_is_set = row->is_set;
	fixture.given.profile.tls = row->tls;
	assert_int_equal(login_authenticate(&fixture.session), row->is_allowed);
	assert_int_equal(fixture.output.len > 0, row->is_allowed);
	fixture_free(&fixture);
}

struct length_row {
	const char *name;
	size_t len; /* of the password */
	bool is_initial, is_sent;
};

/* "AUTH PLAIN ", 4 octets for 3, CRLF: 512 at most */
static const struct length_row lengths[] = {
    {"509 octets", 369, true, true},
    {"one more group: 513", 370, false, true},
    {"a long one", 4000, false, true},
    {"the longest response", 32768 - 3, false, true},
    {"one beyond", 32768 - 2, false, false},
};

static void
test_length(void **state)
{
	const struct length_row *row = *state;
	struct buf clear, password, expected;
	struct fixture fixture;
	struct login_row login = {
	    "", "PLAIN", "", "u", "", "", "", NULL, true, false};

	buf_init(&expected, 60000);
	buf_init(&password, 40000);
	buf_init(&clear, 40000);
	while (password.len < row->len)
		buf_add_char(&password, 'p');
	buf_add(&clear, "\0u\0", 3);
	buf_add_span(&clear, buf_span(&password));
	buf_add_text(
	    &expected, row->is_initial ? "AUTH PLAIN " : "AUTH PLAIN\r\n");
	base64_encode(&expected, buf_span(&clear));
	buf_add_text(&expected, "\r\n");
	login.password = buf_text(&password);
	login.input = row->is_initial ? "235 ok\r\n" : "334 \r\n235 ok\r\n";
	fixture_init(&fixture, &login);
	assert_int_equal(login_authenticate(&fixture.session), row->is_sent);
	if (row->is_sent)
		assert_string_equal(
		    buf_text(&fixture.output), buf_text(&expected));
	else
		assert_outcome(
		    &fixture.session.trouble, "deferred auth - login");
	fixture_free(&fixture);
	buf_free(&clear);
	buf_free(&password);
	buf_free(&expected);
}

static void
see(void *context, enum observed what, struct span text)
{
	buf_add_char(context, "CR-N"[what]);
	buf_add_span(context, text);
	buf_add_char(context, '|');
}

struct seen_row {
	const char *name;
	const char *offered, *input, *seen, *text;
};

/* The secret is masked in commands and in the replies to them. */
static const struct seen_row sights[] = {
    {"PLAIN echoed", "PLAIN",
	"501 5.5.4 cannot decode AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
	"CAUTH PLAIN ***|R501 5.5.4 cannot decode ***|", "cannot decode ***"},
    {"LOGIN echoed", "LOGIN",
	PROMPTS "535-dGFuc3RhYWZ0YW5zdGFhZg==\r\n535 for dGlt\r\n",
	"CAUTH LOGIN|R334 VXNlcm5hbWU6|C***|R334 UGFzc3dvcmQ6|C***|"
	"R535-***|R535 for ***|",
	"***\nfor ***"},
    {"the password itself", "PLAIN", "535 \"tanstaaftanstaaf\"?\r\n",
	"CAUTH PLAIN ***|R535 \"***\"?|", "\"***\"?"},
};

struct echo_row {
	const char *name, *password;
	const char *reply; /* to MAIL, after the login */
	const char *text;  /* what is seen of it, as text and by observers */
};

#define DANCE "tanzschuh-polka"

/* The secret is masked in every encoding, and inside longer text. */
static const struct echo_row echoes[] = {
    {"as it is", DANCE, "250 for tanzschuh-polka!", "for ***!"},
    {"a stretch of it", DANCE, "250 zschuh-p", "***"},
    {"less than a stretch", DANCE, "250 zschuh-", "zschuh-"},
    {"the login line", DANCE, "250 AHRpbQB0YW56c2NodWgtcG9sa2E=", "***"},
    {"base64, by itself", DANCE, "250 dGFuenNjaHVoLXBvbGth", "***"},
    /* ":" and "x:" before it, and a line feed behind it */
    {"base64, one octet on", DANCE, "250 OnRhbnpzY2h1aC1wb2xrYQo=", "On***Qo="},
    {"base64, two octets on", DANCE, "250 eDp0YW56c2NodWgtcG9sa2EK", "eDp***K"},
    {"hexadecimal", DANCE, "250 74616e7a73636875682d706f6c6b61", "***"},
    {"hexadecimal within more", DANCE, "250 x74616e7a73636875682d706f6c6b61x",
	"x***x"},
    {"in a refusal", DANCE, "550 5.7.1 tanzschuh-polka", "***"},
    {"in 421", DANCE, "421 tanzschuh-polka", "***"},
    {"in several lines", DANCE,
	"250-tanzschuh-polka\r\n250 dGFuenNjaHVoLXBvbGth", "***\n***"},
    {"behind a status", DANCE, "250-2.0.0 ok\r\n250 2.tanzschuh-polka",
	"ok\n2.***"},
    {"twice", DANCE, "250 tanzschuh-polka tanzschuh-polka", "*** ***"},
    {"a short one", "abc", "250 abc, YWJj, 616263", "***, ***, ***"},
    {"octets above 127", "p\xc3\xa4\xff", "250 p\xc3\xa4\xff 70c3a4ff",
	"*** ***"},
    {"nothing of it", DANCE, "250 tanz schuh polka", "tanz schuh polka"},
};

static void
test_echo_after_login(void **state)
{
	const struct echo_row *row = *state;
	struct login_row login = {
	    "", "PLAIN", "", USER, row->password, "", "", NULL, true, false};
	struct buf input = {0}, seen = {0};
	const struct observer observer = {.see = see, .context = &seen};
	struct reply reply = {0};
	struct fixture fixture;
	struct dialogue *dialogue = &fixture.session.dialogue;

	buf_add_format(&input, "235 ok\r\n%s\r\n", row->reply);
	login.input = buf_text(&input);
	fixture_init(&fixture, &login);
	assert_true(login_authenticate(&fixture.session));
	dialogue->observer = &observer;
	dialogue_say(dialogue, "MAIL FROM:<me@example.org>");
	assert_true(dialogue_hear(
	    dialogue, STAGE_MAIL, &reply, &fixture.session.trouble));
	assert_string_equal(buf_text(&reply.text), row->text);
	assert_null(strstr(buf_text(&seen), row->password));
	for (struct span rest = span_from(row->text), line;
	     span_next_word(&rest, "\n", &line);) {
		char *text = span_copy(line);

		assert_non_null(strstr(buf_text(&seen), text));
		free(text);
	}
	reply_free(&reply);
	fixture_free(&fixture);
	buf_free(&input);
	buf_free(&seen);
}

static void
test_seen(void **state)
{
	const struct seen_row *row = *state;
	struct login_row login = {"", row->offered, "", USER, PASSWORD,
	    row->input, "", NULL, true, false};
	struct buf seen = {0};
	const struct observer observer = {.see = see, .context = &seen};
	struct fixture fixture;

	fixture_init(&fixture, &login);
	fixture.session.dialogue.observer = &observer;
	assert_false(login_authenticate(&fixture.session));
	assert_string_equal(buf_text(&seen), row->seen);
	assert_string_equal(
	    buf_text(&fixture.session.trouble.reply.text), row->text);
	fixture_free(&fixture);
	buf_free(&seen);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "login", logins, ROWS(logins), test_login);
	rows_add(&all, "in clear", clears, ROWS(clears), test_clear);
	rows_add(&all, "length", lengths, ROWS(lengths), test_length);
	rows_add(&all, "seen", sights, ROWS(sights), test_seen);
	rows_add(&all, "echo after the login", echoes, ROWS(echoes),
	    test_echo_after_login);
	return rows_end(&all);
}
