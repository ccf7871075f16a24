/* A look at servers: what is kept of a session, and the end of each address. */
#include "rows.h"

#include "base/signals.h"
#include "doctor/survey.h"
#include "net/resolver.h"
#include "profile/mechanism.h"
#include "smtp/given.h"
#include "smtp/peer.h"

#define EHLO "C EHLO client.example\n"
#define BYE "C QUIT\nS 221 bye\nE\n"
#define NONE TLS_POLICY_NONE
#define MUST TLS_POLICY_REQUIRED

/* Adds text with its line ends as "/". */
static void
tell_text(struct buf *told, const char *name, const struct buf *text)
{
	if (text->len == 0)
		return;
	buf_add_format(told, " %s=", name);
	for (size_t i = 0; i < text->len; i++)
		buf_add_char(told, text->data[i] == '\n' ? '/' : text->data[i]);
}

static void
tell_address(struct buf *told, const struct survey_address *address)
{
	buf_add_text(told, address->name);
	if (address->error != 0)
		buf_add_format(told, " %s",
		    address->error == ETIMEDOUT		 ? "silent"
			: address->error == ECONNREFUSED ? "refused"
			: address->error == EINTR	 ? "interrupted"
							 : "failed");
	tell_text(told, "greeting", &address->greeting);
	tell_text(told, "ehlo", &address->ehlo);
	tell_text(told, "tls", &address->ehlo_tls);
	tell_text(told, "odd", &address->odd);
	tell_text(told, "auth", &address->offered_before);
	if (survey_address_is_ready(address)) {
		buf_add_text(told, " ready");
	} else if (address->trouble.action != ACTION_NONE) {
		buf_add_char(told, ' ');
		given_tell(told, &address->trouble);
	}
}

static void
tell(struct buf *told, const struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		if (i > 0)
			buf_add_text(told, "; ");
		if (server->resolved != HOST_FOUND) {
			buf_add_text(told, "no addresses: ");
			buf_add_span(told, buf_span(&server->reason));
		}
		for (size_t j = 0; j < server->count; j++) {
			if (j > 0)
				buf_add_text(told, ", ");
			tell_address(told, server->addresses[j]);
		}
		if (server->left_out > 0)
			buf_add_format(told, " and %zu", server->left_out);
	}
	if (survey->left_out > 0)
		buf_add_format(told, "; and %zu", survey->left_out);
}

/* The server may know it from an earlier login. */
static struct secret known;

static void
run(struct survey *survey, struct given *given, struct buf *told)
{
	given->profile.servers = &given->server;
	if (given->profile.server_count == 0)
		given->profile.server_count = 1;
	survey->hidden = &known;
	survey_run(survey, &given->profile, NULL, deadline_in(20000));
	tell(told, survey);
}

/* One session; the server's name is left out of what is told. */
struct session_row {
	const char *name;
	enum tls_policy tls;
	const char *script;
	const char *told;
};

static const struct session_row sessions[] = {
    {"plain", NONE, "S 220-mx\\n220 ESMTP\n" EHLO "S 250-mx\\n250 SIZE 5\n" BYE,
	" greeting=220-mx/220 ESMTP ehlo=250-mx/250 SIZE 5 ready"},
    {"offers of logins", NONE,
	"S 220 mx\n" EHLO
	"S 250-mx\\n250-AUTH=LOGIN\\n250 AUTH PLAIN LOGIN X\n" BYE,
	" greeting=220 mx ehlo=250-mx/250-AUTH=LOGIN/250 AUTH PLAIN LOGIN X "
	"auth=LOGIN PLAIN X ready"},
    {"HELO", NONE,
	"S 220 mx\n" EHLO "S 502 what\nC HELO client.example\nS 250 mx\n" BYE,
	" greeting=220 mx ehlo=250 mx ready"},
    {"no STARTTLS", MUST, "S 220 mx\n" EHLO "S 250-mx\\n250 SIZE 5\n" BYE,
	" greeting=220 mx ehlo=250-mx/250 SIZE 5 deferred tls - protocol"},
    {"STARTTLS refused", MUST,
	"S 220 mx\n" EHLO "S 250-mx\\n250 STARTTLS\nC STARTTLS\nS 454 no\n" BYE,
	" greeting=220 mx ehlo=250-mx/250 STARTTLS deferred tls 454 temporary"},
    {"EHLO refused", MUST, "S 220 mx\n" EHLO "S 550 go away\n" BYE,
	" greeting=220 mx ehlo=550 go away deferred ehlo 550 protocol"},
    {"a greeting that refuses", NONE, "S 554-no\\n554 mail\n" BYE,
	" greeting=554-no/554 mail failed greeting 554 refused"},
    {"too busy", NONE, "S 421 later\nE\n",
	" greeting=421 later deferred greeting 421 temporary"},
    {"another protocol", NONE,
	"S HTTP/1.1 302 Found\\nLocation: http://login.example/\\n\nH\n",
	" odd=HTTP/1.1 302 Found/Location: http://login.example/\r/\r/ "
	"deferred greeting - protocol"},
    {"a line that does not end", NONE, "s * OK\n",
	" odd=* OK deferred greeting - protocol"},
    {"the password in a line that does not end", NONE, "s * hunter2\n",
	" odd=* *** deferred greeting - protocol"},
    {"the password as a line", NONE, "S hunter2\n",
	" odd=*** deferred greeting - protocol"},
    {"the password after a line", NONE, "S x\\nhunter2\nH\n",
	" odd=x/***\r/ deferred greeting - protocol"},
    {"the password in a greeting", NONE,
	"S 220 hunter2\n" EHLO "S 250 mx\n" BYE,
	" greeting=220 *** ehlo=250 mx ready"},
    {"the password among logins", NONE,
	"S 220 mx\n" EHLO "S 250-mx\\n250 AUTH PLAIN hunter2\n" BYE,
	" greeting=220 mx ehlo=250-mx/250 AUTH PLAIN *** auth=PLAIN *** ready"},
    {"closed at once", NONE, "", " deferred greeting - temporary"},
    {"closed after the greeting", NONE, "S 220 mx\n",
	" greeting=220 mx deferred ehlo - temporary"},
    {"an answer of two codes", NONE, "S 220 mx\n" EHLO "S 250-mx\\n550 no\nE\n",
	" greeting=220 mx ehlo=250-mx/550 no deferred ehlo - protocol"},
};

static void
test_session(void **state)
{
	const struct session_row *row = *state;
	struct buf told = {0}, expected = {0};
	struct survey survey = {0};
	struct given given;
	struct peer peer;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.tls = row->tls;
	peer_start(&peer, row->script);
	given_server(&given, peer.port);
	run(&survey, &given, &told);
	buf_add_format(&expected, "127.0.0.1%s", row->told);
	assert_string_equal(buf_text(&told), buf_text(&expected));
	assert_int_equal(survey.is_ready, strstr(row->told, " ready") != NULL);
	assert_int_equal(survey.failure.action == ACTION_NONE, survey.is_ready);
	peer_end(&peer);
	survey_free(&survey);
	buf_free(&told);
	buf_free(&expected);
	given_free(&given);
}

/* After HELO there is no login; without one, mail could go. */
static void
test_helo(void **state)
{
	static const char script[] =
	    "S 220 mx\n" EHLO "S 502 what\nC HELO client.example\n"
	    "S 250 mx\n" BYE;

	(void)state;
	for (int with_login = 0; with_login < 2; with_login++) {
		struct buf told = {0};
		struct survey survey = {0};
		struct given given;
		struct peer peer;

		given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
		given.profile.user =
		    with_login ? mem_copy_text("me@example.org") : NULL;
		peer_start(&peer, script);
		given_server(&given, peer.port);
		run(&survey, &given, &told);
		assert_int_equal(survey.is_ready, !with_login);
		if (with_login)
			assert_outcome(
			    &survey.failure, "deferred ehlo - login");
		peer_end(&peer);
		survey_free(&survey);
		buf_free(&told);
		given_free(&given);
	}
}

/* The lines hide a password that equals a keyword; what they mean stays. */
static void
test_keyword(void **state)
{
	static const char script[] =
	    "S 220 mx\n" EHLO "S 250-mx\\n250-SIZE 5\\n250 AUTH PLAIN\n" BYE;
	static const char *const words[] = {"SIZE", "AUTH", "PLAIN"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct secret secret = {0};
		struct survey survey = {.hidden = &secret};
		const struct survey_address *address;
		struct given given;
		struct peer peer;

		buf_add_text(&secret.password, words[i]);
		given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
		peer_start(&peer, script);
		given_server(&given, peer.port);
		given.profile.servers = &given.server;
		given.profile.server_count = 1;
		survey_run(&survey, &given.profile, NULL, deadline_in(20000));
		address = survey.servers[0]->addresses[0];
		assert_int_equal(
		    address->before.offered, EXTENSION_SIZE | EXTENSION_AUTH);
		assert_int_equal(address->before.size_limit, 5);
		assert_int_equal(
		    address->before.mechanisms, mechanism_bit(SPAN("PLAIN")));
		assert_null(
		    strstr(buf_text((struct buf *)&address->ehlo), words[i]));
		peer_end(&peer);
		survey_free(&survey);
		buf_wipe(&secret.password);
		given_free(&given);
	}
}

/* Only the server's own limits are kept, not those of the provider's row. */
static void
test_provider(void **state)
{
	struct survey survey = {0};
	struct buf told = {0};
	struct given given;
	struct peer peer;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.provider = mem_copy_text("gmail");
	peer_start(&peer, "S 220 mx\n" EHLO "S 250-mx\\n250 DSN\n" BYE);
	given_server(&given, peer.port);
	run(&survey, &given, &told);
	assert_int_equal(survey.servers[0]->addresses[0]->before.size_limit, 0);
	peer_end(&peer);
	survey_free(&survey);
	buf_free(&told);
	free(given.profile.provider);
	given_free(&given);
}

/* Whatever a server sends, only so much is kept. */
static void
test_flood(void **state)
{
	struct buf script = {.max = 4 << 20};
	struct survey survey = {0};
	struct buf told = {.max = 1 << 20};
	const struct survey_address *address;
	struct given given;
	struct peer peer;

	(void)state;
	buf_add_text(&script, "S 220 mx\n" EHLO "s 250-mx");
	for (size_t i = 0; i < 1000; i++)
		buf_add_format(&script, "\\n250-X%zu %040d", i, 1);
	buf_add_text(&script, "\\n250 SIZE\\n\n" BYE);
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	peer_start(&peer, buf_text(&script));
	given_server(&given, peer.port);
	run(&survey, &given, &told);
	address = survey.servers[0]->addresses[0];
	assert_true(survey.is_ready);
	assert_true(address->ehlo.full);
	assert_in_range(address->ehlo.len, 15 * 1024, 16 * 1024);
	/* It ends with a whole line. */
	assert_memory_equal(
	    address->ehlo.data + address->ehlo.len - 5, "00001", 5);
	peer_end(&peer);
	survey_free(&survey);
	buf_free(&script);
	buf_free(&told);
	given_free(&given);
}

static unsigned short
port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	return ntohs(address.sin_port);
}

/* A socket that is listened at, but that does not answer any more. */
static void
fill(const char *text, unsigned short port, int sockets[5])
{
	struct addrinfo *at = make_address(text, port);

	sockets[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(sockets[0], at->ai_addr, at->ai_addrlen), 0);
	assert_int_equal(listen(sockets[0], 0), 0);
	((struct sockaddr_in *)(void *)at->ai_addr)->sin_port =
	    htons(port_of(sockets[0]));
	for (size_t i = 1; i < 5; i++) {
		sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(sockets[i], at->ai_addr, at->ai_addrlen);
	}
	freeaddrinfo(at);
	poll(NULL, 0, 50);
}

/* The silent address costs its time-out; the others are measured rightly. */
static void
test_addresses(void **state)
{
	struct buf told = {0};
	struct survey survey = {0};
	struct given given;
	struct peer peer;
	int sockets[5];
	int64_t began = clock_now();

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.timeout_connect = 800;
	peer_start(&peer, "S 220 mx\n" EHLO "S 250 mx\n" BYE);
	fill("127.0.0.2", peer.port, sockets);
	free(given.server.host);
	given.server.host = mem_copy_text("three.test");
	given_server(&given, peer.port);
	run(&survey, &given, &told);
	assert_string_equal(buf_text(&told),
	    "127.0.0.1 greeting=220 mx ehlo=250 mx ready, "
	    "127.0.0.2 silent deferred connect - temporary, "
	    "127.0.0.3 refused deferred connect - temporary");
	assert_in_range(clock_now() - began, 780, 10000);
	assert_in_range(
	    survey.servers[0]->addresses[1]->connect_time, 780, 5000);
	/* The greeting had come long before anybody looked for it. */
	assert_in_range(survey.servers[0]->addresses[0]->greeting_time, 0, 700);
	assert_true(survey.servers[0]->resolve_time >= 0);
	peer_end(&peer);
	for (size_t i = 0; i < 5; i++)
		close(sockets[i]);
	survey_free(&survey);
	buf_free(&told);
	given_free(&given);
}

struct host_row {
	const char *name;
	const char *host;
	enum ip_family ip;
	const char *told;
	enum cause cause; /* of the failure */
};

static const struct host_row hosts[] = {
    {"no such name", "no-name.test", IP_ANY,
	"no addresses: the name does not exist", CAUSE_NO_HOST},
    {"no name server", "again.test", IP_ANY,
	"no addresses: the name server does not answer", CAUSE_TEMPORARY},
    {"none of the family", "four.test", IP_SIX,
	"no addresses: the name has no IPv6 address", CAUSE_NO_HOST},
    {"of the family only", "both.test", IP_FOUR,
	"127.0.0.1 refused deferred connect - temporary", CAUSE_TEMPORARY},
    {"an address", "127.0.0.1", IP_ANY,
	"127.0.0.1 refused deferred connect - temporary", CAUSE_TEMPORARY},
};

static void
test_host(void **state)
{
	const struct host_row *row = *state;
	struct buf told = {0};
	struct survey survey = {0};
	struct given given;

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	free(given.server.host);
	given.server.host = mem_copy_text(row->host);
	given.profile.network.ip = row->ip;
	given_server(&given, 1);
	run(&survey, &given, &told);
	assert_string_equal(buf_text(&told), row->told);
	assert_int_equal(survey.failure.stage, STAGE_CONNECT);
	assert_int_equal(survey.failure.cause, row->cause);
	assert_false(survey.is_ready);
	survey_free(&survey);
	buf_free(&told);
	given_free(&given);
}

/* A domain can name very many servers, and each very many addresses. */
static void
test_bounds(void **state)
{
	struct server servers[SURVEY_SERVERS_MAX + 2];
	struct survey survey = {0};
	struct given given;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.timeout_connect = 500;
	free(given.server.host);
	given.server.host = mem_copy_text("many.test");
	given_server(&given, 1);
	for (size_t i = 0; i < SURVEY_SERVERS_MAX + 2; i++)
		servers[i] = given.server;
	given.profile.servers = servers;
	given.profile.server_count = SURVEY_SERVERS_MAX + 2;
	survey_run(&survey, &given.profile, NULL, deadline_in(20000));
	assert_int_equal(survey.count, SURVEY_SERVERS_MAX);
	assert_int_equal(survey.left_out, 2);
	assert_int_equal(survey.servers[0]->count, SURVEY_ADDRESSES_MAX);
	assert_int_equal(survey.servers[0]->left_out,
	    HOST_ADDRESSES_MAX - SURVEY_ADDRESSES_MAX);
	survey_free(&survey);
	given_free(&given);
}

static void
test_deadline(void **state)
{
	struct survey survey = {0};
	int64_t began = clock_now();
	struct given given;
	struct peer peer;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	peer_start(&peer, "H\n");
	given_server(&given, peer.port);
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	survey_run(&survey, &given.profile, NULL, deadline_in(300));
	assert_in_range(clock_now() - began, 290, 4000);
	assert_outcome(&survey.servers[0]->addresses[0]->trouble,
	    "deferred greeting - temporary");
	peer_end(&peer);
	survey_free(&survey);
	given_free(&given);
}

/* Silent servers share the time: each is heard. */
static void
test_silent_servers(void **state)
{
	struct server servers[3];
	struct survey survey = {0};
	struct given given[3];
	struct peer peers[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		given_init(&given[i], SPAN(GIVEN_MESSAGE), "a@x");
		peer_start(&peers[i], "H\n");
		given_server(&given[i], peers[i].port);
		servers[i] = given[i].server;
	}
	given[0].profile.servers = servers;
	given[0].profile.server_count = 3;
	survey_run(&survey, &given[0].profile, NULL, deadline_in(1500));
	for (size_t i = 0; i < 3; i++) {
		assert_true(survey.servers[i]->addresses[0]->is_connected);
		assert_true(survey.servers[i]->addresses[0]->is_silent);
		peer_end(&peers[i]);
	}
	survey_free(&survey);
	for (size_t i = 0; i < 3; i++)
		given_free(&given[i]);
}

static void
test_unix(void **state)
{
	struct buf told = {0};
	struct survey survey = {0};
	struct given given;

	(void)state;
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.server.scheme = SCHEME_SMTP_UNIX;
	given.server.path = mem_copy_text("/nonexistent/socket");
	given_server(&given, 0);
	run(&survey, &given, &told);
	assert_string_equal(buf_text(&told),
	    "/nonexistent/socket failed deferred connect - temporary");
	assert_int_equal(survey.servers[0]->addresses[0]->error, ENOENT);
	survey_free(&survey);
	buf_free(&told);
	free(given.server.path);
	given_free(&given);
}

/* A wait that a signal ended says nothing of the server. */
static void
test_signal_early(void **state)
{
	struct buf told = {0};
	struct survey survey = {0};
	struct given given;
	int sockets[5];
	pid_t child;

	(void)state;
	signals_catch();
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	fill("127.0.0.1", 0, sockets);
	given_server(&given, port_of(sockets[0]));
	child = fork();
	if (child == 0) {
		usleep(200000);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	run(&survey, &given, &told);
	assert_string_equal(buf_text(&told),
	    "127.0.0.1 interrupted deferred connect - temporary");
	assert_true(survey.is_interrupted);
	signals_defer();
	waitpid(child, NULL, 0);
	for (size_t i = 0; i < 5; i++)
		close(sockets[i]);
	survey_free(&survey);
	buf_free(&told);
	given_free(&given);
}

/* A signal ends it: what follows is not done. This is the last test. */
static void
test_signal(void **state)
{
	struct buf told = {0};
	struct survey survey = {0};
	struct given given;
	struct peer peer;

	(void)state;
	signals_catch();
	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	peer_start(&peer, "I\nH\n");
	given_server(&given, peer.port);
	struct server servers[2] = {given.server, given.server};

	given.profile.servers = servers;
	given.profile.server_count = 2;
	survey_run(&survey, &given.profile, NULL, deadline_in(20000));
	tell(&told, &survey);
	assert_string_equal(
	    buf_text(&told), "127.0.0.1 deferred greeting - temporary; and 1");
	assert_true(survey.is_interrupted);
	peer_end(&peer);
	survey_free(&survey);
	buf_free(&told);
	given_free(&given);
}

int
main(void)
{
	struct rows all = {0};
	int failed;

	buf_add_text(&known.password, "hunter2");
	rows_add(&all, "session", sessions, ROWS(sessions), test_session);
	rows_add(&all, "host", hosts, ROWS(hosts), test_host);
	rows_add_one(&all, "HELO and a login", test_helo);
	rows_add_one(&all, "a password that is a keyword", test_keyword);
	rows_add_one(&all, "limits of a provider", test_provider);
	rows_add_one(&all, "a flood of lines", test_flood);
	rows_add_one(&all, "each address comes to its own end", test_addresses);
	rows_add_one(&all, "bounds", test_bounds);
	rows_add_one(&all, "deadline of the whole run", test_deadline);
	rows_add_one(
	    &all, "silent servers share the time", test_silent_servers);
	rows_add_one(&all, "a Unix socket that is not there", test_unix);
	rows_add_one(&all, "a signal while it connects", test_signal_early);
	rows_add_one(&all, "a signal", test_signal);
	failed = rows_end(&all);
	buf_wipe(&known.password);
	return failed;
}
