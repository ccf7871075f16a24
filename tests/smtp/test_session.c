#include "rows.h"

#include "smtp/given.h"
#include "smtp/login.h"
#include "smtp/peer.h"

#define EHLO "C EHLO client.example\n"
#define HELO "C HELO client.example\n"
#define BYE "C QUIT\nS 221 bye\nE\n"

struct open_row {
	const char *name;
	enum tls_policy tls;
	bool is_implicit, with_secret;
	const char *script;
	const char *told; /* of the trouble; NULL: it opened */
	unsigned offered;
	bool is_helo, is_stuck; /* no other server may be tried */
};

#define NONE TLS_POLICY_NONE
#define MAY TLS_POLICY_OPPORTUNISTIC
#define MUST TLS_POLICY_REQUIRED

static const struct open_row opens[] = {
    {"plain", NONE, false, false,
	"N\nS 220 mx\n" EHLO "N\nS 250-mx\\n250 SIZE 5\n" BYE, NULL,
	EXTENSION_SIZE, false, false},
    {"no word of ESMTP is asked for", NONE, false, false,
	"S 220\n" EHLO "S 250 mx\n" BYE, NULL, 0, false, false},
    {"a banner of twelve lines", NONE, false, false,
	"S 220-a\\n220-b\\n220-c\\n220-d\\n220-e\\n220-f\\n220-g\\n"
	"220-h\\n220-i\\n220-j\\n220-k\\n220 l\n" EHLO "S 250 mx\n" BYE,
	NULL, 0, false, false},
    {"QUIT may stay unanswered", NONE, false, false,
	"S 220 mx\n" EHLO "S 250 mx\nC QUIT\n", NULL, 0, false, false},
    {"greeting 221", NONE, false, false, "S 221 bye\n" BYE,
	"deferred greeting 221 protocol", 0, false, false},
    {"greeting 250", NONE, false, false, "S 250 ok\n" BYE,
	"deferred greeting 250 protocol", 0, false, false},
    {"greeting 354", NONE, false, false, "S 354 go\n" BYE,
	"deferred greeting 354 protocol", 0, false, false},
    {"greeting 421", NONE, false, false, "S 421 bye\nE\n",
	"deferred greeting 421 temporary", 0, false, false},
    {"greeting 450", NONE, false, false, "S 450 later\n" BYE,
	"deferred greeting 450 temporary", 0, false, false},
    {"greeting 501", NONE, false, false, "S 501 no\n" BYE,
	"failed greeting 501 refused", 0, false, false},
    {"greeting 530", NONE, false, false, "S 530 no\n" BYE,
	"failed greeting 530 refused", 0, false, false},
    {"greeting 554", NONE, false, false, "S 554-no\\n554 mail\n" BYE,
	"failed greeting 554 refused", 0, false, false},
    {"greeting of another protocol", NONE, false, false,
	"S * OK IMAP4rev1\nH\n", "deferred greeting - protocol", 0, false,
	false},
    {"no greeting", NONE, false, false, "", "deferred greeting - temporary", 0,
	false, false},
    {"half a greeting", NONE, false, false, "s 220 mx\n",
	"deferred greeting - temporary", 0, false, false},
    {"a reply to EHLO before it", NONE, false, false,
	"S 220 mx\\n250-mx\\n250 AUTH PLAIN\nE\n", "deferred ehlo - protocol",
	0, false, false},

    /* EHLO */
    {"HELO where EHLO is unknown", NONE, false, false,
	"S 220 mx\n" EHLO "S 502 what\n" HELO "S 250-mx\\n250 SIZE 5\n" BYE,
	NULL, 0, true, false},
    {"HELO for 500", MAY, false, false,
	"S 220 mx\n" EHLO "S 500 what\n" HELO "S 250 mx\n" BYE, NULL, 0, true,
	false},
    {"HELO refused too", NONE, false, false,
	"S 220 mx\n" EHLO "S 502 what\n" HELO "S 550 no\n" BYE,
	"failed ehlo 550 refused", 0, true, false},
    {"no HELO where TLS is required", MUST, false, false,
	"S 220 mx\n" EHLO "S 502 what\n" BYE, "deferred ehlo 502 protocol", 0,
	false, false},
    {"no HELO where a login is", NONE, false, true,
	"S 220 mx\n" EHLO "S 502 what\n" BYE, "deferred ehlo 502 login", 0,
	false, false},
    {"EHLO refused for good", NONE, false, false,
	"S 220 mx\n" EHLO "S 554 no\n" BYE, "failed ehlo 554 refused", 0, false,
	false},
    {"EHLO refused for good in clear, where TLS is required", MUST, false,
	false, "S 220 mx\n" EHLO "S 554 no\n" BYE, "deferred ehlo 554 protocol",
	0, false, false},
    {"EHLO refused for good, with a login", NONE, false, true,
	"S 220 mx\n" EHLO "S 554 no\n" BYE, "failed ehlo 554 refused", 0, false,
	false},
    {"554 in clear, where TLS is required", MUST, false, false,
	"S 554 no\n" BYE, "deferred greeting 554 temporary", 0, false, false},
    {"EHLO refused for now", MUST, false, false,
	"S 220 mx\n" EHLO "S 451 later\n" BYE, "deferred ehlo 451 temporary", 0,
	false, false},
    {"421 to EHLO", MUST, false, false, "S 220 mx\n" EHLO "S 421 bye\nE\n",
	"deferred ehlo 421 temporary", 0, false, false},
    {"3yz to EHLO", NONE, false, false, "S 220 mx\n" EHLO "S 354 go\nH\n",
	"deferred ehlo 354 protocol", 0, false, false},
    {"mixed codes to EHLO", NONE, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n550 no\nE\n", "deferred ehlo - protocol",
	0, false, false},
    {"closed at EHLO", NONE, false, false, "S 220 mx\n" EHLO,
	"deferred ehlo - temporary", 0, false, false},

    /* STARTTLS */
    {"not offered", MUST, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 SIZE 5\n" BYE,
	"deferred tls - protocol", EXTENSION_SIZE, false, false},
    {"only the server's name is STARTTLS", MUST, false, false,
	"S 220 mx\n" EHLO "S 250 STARTTLS\n" BYE, "deferred tls - protocol", 0,
	false, false},
    {"454", MUST, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nN\n"
	"S 454 later\n" BYE,
	"deferred tls 454 temporary", EXTENSION_STARTTLS, false, false},
    {"554", MUST, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 554 no\n" BYE,
	"deferred tls 554 protocol", EXTENSION_STARTTLS, false, false},
    {"250", MUST, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 250 ok\n" BYE,
	"deferred tls 250 protocol", EXTENSION_STARTTLS, false, false},
    {"354", MUST, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 354 go\n" BYE,
	"deferred tls 354 protocol", EXTENSION_STARTTLS, false, false},
    {"a reply behind the 220", MUST, false, true,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\n"
	"S 220 go\\n250-mx\\n250 AUTH PLAIN\nE\n",
	"deferred tls - protocol", EXTENSION_STARTTLS, false, false},
    {"one octet behind the 220", MAY, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\n"
	"s 220 go\\nx\nE\n",
	"deferred tls - protocol", EXTENSION_STARTTLS, false, false},
    {"opportunistic and not offered", MAY, false, false,
	"S 220 mx\n" EHLO "S 250 mx\n" BYE, NULL, 0, false, false},
    {"opportunistic and refused", MAY, false, false,
	"S 220 mx\n" EHLO
	"S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 454 later\n" BYE,
	NULL, EXTENSION_STARTTLS, false, false},
    {"opportunistic and dismissed", MAY, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 421 bye\nE\n",
	"deferred tls 421 temporary", EXTENSION_STARTTLS, false, false},
    {"opportunistic and senseless", MAY, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 250 ok\n" BYE,
	"deferred tls 250 protocol", EXTENSION_STARTTLS, false, false},
    {"opportunistic in clear: never a login", MAY, false, true,
	"S 220 mx\n" EHLO "S 250-mx\\n250 AUTH PLAIN\n" BYE,
	"deferred auth - login", EXTENSION_AUTH, false, false},
    {"a handshake that fails, opportunistic too", MAY, false, false,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\n"
	"S 220 go\nK 5\nS 500 what is this\nH\n",
	"deferred tls - protocol", EXTENSION_STARTTLS, false, false},
    {"implicit TLS at a plain port", MUST, true, false, "S 220 mx\nH\n",
	"deferred tls - protocol", 0, false, false},
    {"closed in the handshake", MUST, true, false, "K 5\n",
	"deferred tls - temporary", 0, false, false},

    /* AUTH */
    {"a login, and no EHLO behind it", NONE, false, true,
	"S 220 mx\n" EHLO "S 250-mx\\n250 AUTH PLAIN\n"
	"C AUTH PLAIN AHUAc2VjcmV0\nN\nS 235 ok\n" BYE,
	NULL, EXTENSION_AUTH, false, false},
    {"a login refused", NONE, false, true,
	"S 220 mx\n" EHLO "S 250-mx\\n250 AUTH PLAIN\n"
	"C AUTH PLAIN AHUAc2VjcmV0\nS 535 no\n" BYE,
	"deferred auth 535 login", EXTENSION_AUTH, false, true},
};

static void
test_open(void **state)
{
	const struct open_row *row = *state;
	struct secret secret = {.is_set = true};
	struct session session;
	struct given given;
	struct peer peer;
	bool opened;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.tls = row->tls;
	given.profile.user = mem_copy_text("u");
	given.server.scheme = row->is_implicit ? SCHEME_SMTPS : SCHEME_SMTP;
	buf_add_text(&secret.password, "secret");
	peer_start(&peer, row->script);
	given_server(&given, peer.port);
	opened = session_open(&session, peer_connect(&peer),
		     &(struct session_options){.profile = &given.profile,
			 .server = &given.server,
			 .secret = row->with_secret ? &secret : NULL,
			 .deadline = DEADLINE_NEVER,
			 .diagnose = row->with_secret}) &&
	    (!row->with_secret || login_authenticate(&session));
	if (row->told != NULL)
		assert_outcome(&session.trouble, row->told);
	assert_int_equal(opened, row->told == NULL);
	/* A session that may log in never goes on behind a bad certificate. */
	assert_false(session.diagnose);
	assert_int_equal(session.extensions.offered, row->offered);
	assert_int_equal(session.may_move, !row->is_stuck);
	assert_int_not_equal(session.connected_at, 0);
	assert_false(session_is_encrypted(&session));
	if (row->is_helo)
		assert_false(session.is_extended);
	session_close(&session, false);
	peer_end(&peer);
	buf_wipe(&secret.password);
	given_free(&given);
}

struct name_row {
	const char *name;
	const char *setting; /* NULL: find one */
};

static const struct name_row own_names[] = {
    {"as set", "mail.example"},
    {"a literal, as set", "[192.0.2.1]"},
    {"not set", NULL},
};

/* Without a setting: the full name of this host, or else its address. */
static void
test_own_name(void **state)
{
	const struct name_row *row = *state;
	struct session session;
	struct buf script = {0}, expected = {0};
	char host[256] = "";
	struct given given;
	struct peer peer;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	free(given.profile.ehlo_name);
	given.profile.ehlo_name =
	    row->setting ? mem_copy_text(row->setting) : NULL;
	gethostname(host, sizeof(host) - 1);
	buf_add_text(&expected,
	    row->setting	    ? row->setting
		: strchr(host, '.') ? host
				    : "[127.0.0.1]");
	buf_add_format(&script, "S 220 mx\nC EHLO %s\nS 250 mx\n" BYE,
	    buf_text(&expected));
	peer_start(&peer, buf_text(&script));
	given_server(&given, peer.port);
	assert_true(session_open(&session, peer_connect(&peer),
	    &(struct session_options){.profile = &given.profile,
		.server = &given.server,
		.deadline = DEADLINE_NEVER}));
	session_close(&session, false);
	peer_end(&peer);
	buf_free(&script);
	buf_free(&expected);
	given_free(&given);
}

/* The deadline of the whole run bounds every step. */
static void
test_deadline(void **state)
{
	int64_t began = clock_now();
	struct session session;
	struct given given;
	struct peer peer;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	peer_start(&peer, "S 220 mx\n" EHLO "H\n");
	given_server(&given, peer.port);
	assert_false(session_open(&session, peer_connect(&peer),
	    &(struct session_options){.profile = &given.profile,
		.server = &given.server,
		.deadline = deadline_in(300)}));
	assert_outcome(&session.trouble, "deferred ehlo - temporary");
	session_close(&session, false);
	assert_in_range(clock_now() - began, 290, 4000);
	peer_end(&peer);
	given_free(&given);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "open", opens, ROWS(opens), test_open);
	rows_add(&all, "own name", own_names, ROWS(own_names), test_own_name);
	rows_add_one(&all, "deadline of the whole run", test_deadline);
	return rows_end(&all);
}
