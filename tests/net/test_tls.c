#include "rows.h"

#include "net/stream.h"
#include "net/tls.h"
#include "net/tls_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"

#define LONG 20000
#define BULK ((size_t)2 * 1024 * 1024)
#define CLIENT_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define OLD_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0"
#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

#define NOW "expiration_days = 30\n"
#define SERVER "tls_www_server\nsigning_key\n"
#define AUTHORITY "ca\ncert_signing_key\n" NOW
#define GOOD "cn = x\ndns_name = mail.example.org\n" SERVER NOW

extern char **environ;

/* A folder for certificates; empty where certtool is missing. */
struct fixture {
	char folder[64];
};

static struct fixture fixture;

static void
file_path(char *path, size_t room, const char *name, const char *kind)
{
	snprintf(path, room, "%s/%s.%s", fixture.folder, name, kind);
}

static void
write_file(const char *path, const char *text, const char *mode)
{
	FILE *file = fopen(path, mode);

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* The first file's text at the end of the second. */
static void
append_file(const char *from, const char *to)
{
	char text[16384];
	FILE *file = fopen(from, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	write_file(to, text, "a");
}

static bool
certtool(const char *const *arguments)
{
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(
		    &actions, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawnp(&pid, "certtool", &actions, NULL,
		(char *const *)(uintptr_t)arguments, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * Makes NAME.pem and NAME.key by a template, signed by the certificate
 * `signer`, or by itself. `more` are options for the key or the signature.
 */
static void
make_certificate(const char *name, const char *template, const char *signer,
    const char *key_option, const char *hash)
{
	char pem[128], key[128], form[128], ca[128], ca_key[128];
	const char *make_key[] = {"certtool", "--generate-privkey",
	    key_option ? "--key-type=rsa" : "--key-type=ecdsa",
	    key_option ? key_option : "--curve=secp256r1", "--outfile", key,
	    NULL};
	const char *sign[] = {"certtool",
	    signer ? "--generate-certificate" : "--generate-self-signed",
	    "--load-privkey", key, "--template", form, "--outfile", pem,
	    hash ? hash : "--hash=SHA256",
	    signer ? "--load-ca-certificate" : NULL, ca, "--load-ca-privkey",
	    ca_key, NULL};

	file_path(pem, sizeof(pem), name, "pem");
	file_path(key, sizeof(key), name, "key");
	file_path(form, sizeof(form), name, "form");
	file_path(ca, sizeof(ca), signer ? signer : "", "pem");
	file_path(ca_key, sizeof(ca_key), signer ? signer : "", "key");
	write_file(form, template, "w");
	assert_true(certtool(make_key));
	assert_true(certtool(sign));
}

static int
set_up(void)
{
	static const char *const version[] = {"certtool", "--version", NULL};

	if (!certtool(version)) {
		printf("# certtool is missing: tests with certificates are "
		       "skipped\n");
		return 0;
	}
	snprintf(
	    fixture.folder, sizeof(fixture.folder), "/tmp/smtpost-tls-XXXXXX");
	if (mkdtemp(fixture.folder) == NULL)
		abort();
	return 0;
}

static void
make_authorities(void)
{
	struct stat status;
	char path[128];

	if (fixture.folder[0] == '\0')
		skip();
	file_path(path, sizeof(path), "ca", "pem");
	if (stat(path, &status) == 0)
		return;
	make_certificate(
	    "ca", "cn = \"Test Root\"\n" AUTHORITY, NULL, NULL, NULL);
	make_certificate(
	    "other", "cn = \"Other Root\"\n" AUTHORITY, NULL, NULL, NULL);
	make_certificate(
	    "middle", "cn = \"Test Middle\"\n" AUTHORITY, "ca", NULL, NULL);
	make_certificate("late",
	    "cn = \"Late Middle\"\nca\ncert_signing_key\n"
	    "activation_date = \"2020-01-01 00:00:00\"\n"
	    "expiration_date = \"2021-01-01 00:00:00\"\n",
	    "ca", NULL, NULL);
	make_certificate("bound",
	    "cn = \"Bound Middle\"\n"
	    "nc_permit_dns = example.com\n" AUTHORITY,
	    "ca", NULL, NULL);
	make_certificate("leaf", GOOD, "ca", NULL, NULL);
}

static void
tear_down(void)
{
	static const char *const names[] = {
	    "ca", "other", "middle", "late", "bound", "leaf", "test", "bundle"};
	static const char *const kinds[] = {"pem", "key", "form"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t j = 0; j < 3; j++) {
			file_path(path, sizeof(path), names[i], kinds[j]);
			unlink(path);
		}
	if (fixture.folder[0] != '\0')
		rmdir(fixture.folder);
}

/* What the server does once the hands are shaken. */
typedef int server_function(int fd, gnutls_session_t session);

/* The other end, in a process of its own; the result is its exit status. */
static int
serve(int fd, const char *certificate, const char *priority,
    server_function *function)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	char pem[128], key[128];
	int result;

	file_path(pem, sizeof(pem), certificate, "pem");
	file_path(key, sizeof(key), certificate, "key");
	if (gnutls_global_init() < 0 ||
	    gnutls_certificate_allocate_credentials(&credentials) < 0 ||
	    gnutls_certificate_set_x509_key_file(
		credentials, pem, key, GNUTLS_X509_FMT_PEM) < 0)
		return 90;
	gnutls_init(&session, GNUTLS_SERVER);
	if (gnutls_priority_set_direct(session, priority, NULL) < 0)
		return 91;
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, fd);
	do
		result = gnutls_handshake(session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	/* The exit status that a refused handshake is expected to give. */
	result = result < 0 ? 50 : function != NULL ? function(fd, session) : 0;
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	gnutls_global_deinit();
	return result;
}

struct server {
	pid_t pid;
	int fd;
};

static struct server
server_start(
    const char *certificate, const char *priority, server_function *function)
{
	struct server server;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	server.pid = fork();
	assert_true(server.pid >= 0);
	if (server.pid == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		alarm(30);
		_exit(serve(ends[1], certificate, priority, function));
	}
	close(ends[1]);
	server.fd = ends[0];
	return server;
}

static void
server_end(struct server *server, int expected)
{
	int status = -1;

	assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

/* Names of a certificate against the name that is wanted. */
struct name_row {
	const char *name;
	struct span offered;
	const char *wanted;
	bool matches;
};

static const struct name_row name_rows[] = {
    {"equal", {"mail.example.org", 16}, "mail.example.org", true},
    {"upper case", {"MAIL.Example.ORG", 16}, "mail.exAMPle.org", true},
    {"final dot", {"mail.example.org", 16}, "mail.example.org.", true},
    {"one label", {"localhost", 9}, "localhost", true},
    {"another", {"mail.example.com", 16}, "mail.example.org", false},
    {"a part", {"example.org", 11}, "mail.example.org", false},
    {"longer", {"mail.example.org.evil.test", 26}, "mail.example.org", false},
    {"NUL", {"mail.example.org\0.evil.test", 27}, "mail.example.org", false},
    {"NUL at the end", {"mail.example.org", 17}, "mail.example.org", false},
    {"wildcard", {"*.example.org", 13}, "mail.example.org", true},
    {"wildcard, IDN", {"*.example.org", 13}, "xn--bcher-kva.example.org", true},
    {"wildcard too deep", {"*.example.org", 13}, "a.mail.example.org", false},
    {"wildcard for the domain", {"*.example.org", 13}, "example.org", false},
    {"wildcard for nothing", {"*.example.org", 13}, ".example.org", false},
    {"wildcard alone", {"*", 1}, "mail", false},
    {"wildcard of everything", {"*.", 2}, "mail.", false},
    {"wildcard of one label", {"*.org", 5}, "example.org", false},
    {"wildcard of one label and a dot", {"*.org.", 6}, "example.org.", false},
    {"half a wildcard", {"m*.example.org", 14}, "mail.example.org", false},
    {"wildcard inside", {"mail.*.org", 10}, "mail.example.org", false},
    {"two wildcards", {"*.*.example.org", 15}, "a.b.example.org", false},
    {"wildcard asked for", {"*.example.org", 13}, "*.example.org", false},
    {"empty", {"", 0}, "", false},
    {"empty name", {"", 0}, "mail.example.org", false},
    {"dot", {".", 1}, ".", false},
    {"an address is no name", {"127.0.0.1", 9}, "127.0.0.1", false},
    {"nor with a dot", {"127.0.0.1", 9}, "127.0.0.1.", false},
    {"nor a short one", {"127.1", 5}, "127.1", false},
    {"nor by wildcard", {"*.0.0.1", 7}, "127.0.0.1", false},
    {"digits in a name", {"mx1", 3}, "mx1", true},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;

	assert_int_equal(
	    tls_name_matches(row->offered, row->wanted), row->matches);
}

/* Certificates: who vouches for whom, and what comes of it. */
enum chain {
	ALONE,
	WITH_MIDDLE, /* the signer's certificate is sent too */
};

struct certificate_row {
	const char *name;
	const char *template;
	const char *signer; /* NULL: itself */
	enum chain chain;
	const char *wanted;
	enum tls_result result;
	const char *text; /* in the failure */
	const char *key, *hash;
};

static const struct certificate_row certificate_rows[] = {
    {"good", GOOD, "ca", ALONE, "mail.example.org", TLS_DONE, "", 0, 0},
    {"one of several names",
	"dns_name = a.example.org\ndns_name = b.example.org\n" SERVER NOW, "ca",
	ALONE, "b.example.org", TLS_DONE, "", 0, 0},
    {"upper case", "dns_name = MAIL.EXAMPLE.ORG\n" SERVER NOW, "ca", ALONE,
	"mail.example.org", TLS_DONE, "", 0, 0},
    {"wildcard", "dns_name = *.example.org\n" SERVER NOW, "ca", ALONE,
	"mail.example.org", TLS_DONE, "", 0, 0},
    {"wildcard too deep", "dns_name = *.example.org\n" SERVER NOW, "ca", ALONE,
	"a.b.example.org", TLS_REFUSED,
	"is for *.example.org, not "
	"for a.b.example.org\nhint: ",
	0, 0},
    {"IDN", "dns_name = xn--bcher-kva.example\n" SERVER NOW, "ca", ALONE,
	"xn--bcher-kva.example", TLS_DONE, "", 0, 0},
    {"address", "ip_address = 127.0.0.1\n" SERVER NOW, "ca", ALONE, "127.0.0.1",
	TLS_DONE, "", 0, 0},
    {"IPv6 address", "ip_address = ::1\n" SERVER NOW, "ca", ALONE, "0::1",
	TLS_DONE, "", 0, 0},
    {"address as a DNS name", "dns_name = 127.0.0.1\n" SERVER NOW, "ca", ALONE,
	"127.0.0.1", TLS_REFUSED, "is for 127.0.0.1, not for", 0, 0},
    {"another address", "ip_address = 127.0.0.2\n" SERVER NOW, "ca", ALONE,
	"127.0.0.1", TLS_REFUSED, "is for 127.0.0.2, not for 127.0.0.1", 0, 0},
    {"a name and no address", GOOD, "ca", ALONE, "127.0.0.1", TLS_REFUSED,
	"not for 127.0.0.1", 0, 0},
    {"wrong name", GOOD, "ca", ALONE, "smtp.example.org", TLS_REFUSED,
	"is for mail.example.org, not for smtp.example.org\nhint: ", 0, 0},
    {"many names",
	"dns_name = a.test\ndns_name = b.test\ndns_name = c.test\n"
	"dns_name = d.test\ndns_name = e.test\ndns_name = f.test\n" SERVER NOW,
	"ca", ALONE, "mail.example.org", TLS_REFUSED,
	"is for a.test, b.test, c.test, d.test and 2 more, not for", 0, 0},
    {"common name only", "cn = mail.example.org\n" SERVER NOW, "ca", ALONE,
	"mail.example.org", TLS_REFUSED,
	"names no server, so not mail.example.org (its subject, "
	"CN=mail.example.org, does not count)",
	0, 0},
    {"common name beside an address",
	"cn = mail.example.org\nip_address = 127.0.0.1\n" SERVER NOW, "ca",
	ALONE, "mail.example.org", TLS_REFUSED, "is for 127.0.0.1, not", 0, 0},
    {"common name beside another kind of name",
	"cn = mail.example.org\nemail = me@example.org\n" SERVER NOW, "ca",
	ALONE, "mail.example.org", TLS_REFUSED, "names no server", 0, 0},
    {"expired",
	"dns_name = mail.example.org\n" SERVER
	"activation_date = \"2020-01-01 00:00:00\"\n"
	"expiration_date = \"2020-02-01 00:00:00\"\n",
	"ca", ALONE, "mail.example.org", TLS_REFUSED,
	"the certificate expired on 2020-0", 0, 0},
    {"not yet valid",
	"dns_name = mail.example.org\n" SERVER
	"activation_date = \"2039-01-01 00:00:00\"\n"
	"expiration_date = \"2040-02-01 00:00:00\"\n",
	"ca", ALONE, "mail.example.org", TLS_REFUSED,
	"the certificate is not valid before 20", 0, 0},
    {"self-signed", GOOD, NULL, ALONE, "mail.example.org", TLS_REFUSED,
	"self-signed and not a trusted root: CN=x\nhint: ", 0, 0},
    {"unknown root", GOOD, "other", ALONE, "mail.example.org", TLS_REFUSED,
	"issuer is unknown: CN=Other Root\nhint: ", 0, 0},
    {"unknown root, sent too", GOOD, "other", WITH_MIDDLE, "mail.example.org",
	TLS_REFUSED, "root is not trusted: CN=Other Root\nhint: ", 0, 0},
    {"two troubles", GOOD, "other", ALONE, "smtp.example.org", TLS_REFUSED,
	"CN=Other Root; the certificate is for mail.example.org", 0, 0},
    {"by a middle", GOOD, "middle", WITH_MIDDLE, "mail.example.org", TLS_DONE,
	"", 0, 0},
    {"by a middle that was not sent", GOOD, "middle", ALONE, "mail.example.org",
	TLS_REFUSED, "unknown: CN=Test Middle", 0, 0},
    {"by an expired middle", GOOD, "late", WITH_MIDDLE, "mail.example.org",
	TLS_REFUSED,
	"the certificate of its issuer CN=Late Middle expired on 202", 0, 0},
    {"by a middle bound to other names", GOOD, "bound", WITH_MIDDLE,
	"mail.example.org", TLS_REFUSED, "constraints", 0, 0},
    {"by one that is no authority", GOOD, "leaf", WITH_MIDDLE,
	"mail.example.org", TLS_REFUSED, "may not issue", 0, 0},
    {"for clients",
	"dns_name = mail.example.org\ntls_www_client\nsigning_key\n" NOW, "ca",
	ALONE, "mail.example.org", TLS_REFUSED, "not meant for servers", 0, 0},
    {"no purpose", "dns_name = mail.example.org\n" NOW, "ca", ALONE,
	"mail.example.org", TLS_DONE, "", 0, 0},
    {"SHA-1", GOOD, "ca", ALONE, "mail.example.org", TLS_REFUSED, "too weak", 0,
	"--hash=SHA1"},
    {"RSA of 1024 bits", GOOD, "ca", ALONE, "mail.example.org", TLS_REFUSED,
	"too weak (RSA of 1024 bits", "--bits=1024", 0},
    {"RSA of 2048 bits", GOOD, "ca", ALONE, "mail.example.org", TLS_DONE, "",
	"--bits=2048", 0},
    {"foreign octets in the subject",
	"cn = \"a\\\\\x1b[31m\xe2\x80\xae\"\n" SERVER NOW, NULL, ALONE,
	"mail.example.org", TLS_REFUSED, "self-signed", 0, 0},
};

static int
hang_up(int fd, gnutls_session_t session)
{
	char octet;

	(void)fd;
	/* The client must say goodbye. */
	return gnutls_record_recv(session, &octet, 1) == 0 ? 0 : 60;
}

/* Nothing of what a failure says can disturb a terminal. */
static void
assert_text_is_safe(const char *text)
{
	bool hint = false;

	assert_int_not_equal(text[0], '\0');
	for (; *text != '\0'; text++) {
		assert_false(*text == '\n' && hint);
		hint = hint || *text == '\n';
		assert_true(*text == '\n' || !ascii_is_control(*text));
		assert_false((unsigned char)text[0] == 0xe2);
	}
}

static struct tls *
start(struct server *server, const char *name, bool verify,
    struct tls_failure *failure)
{
	char trust[128];
	struct tls_options options = {.host = "mail.example.org",
	    .name = name,
	    .trust = trust,
	    .verify = verify};

	file_path(trust, sizeof(trust), "ca", "pem");
	memset(failure, 0xff, sizeof(*failure));
	return tls_start(server->fd, &options, deadline_in(LONG), failure);
}

static void
test_certificate(void **state)
{
	const struct certificate_row *row = *state;
	struct tls_failure failure;
	struct server server;
	struct tls *tls;
	char signer[128], leaf[128];

	make_authorities();
	make_certificate(
	    "test", row->template, row->signer, row->key, row->hash);
	file_path(leaf, sizeof(leaf), "test", "pem");
	if (row->chain == WITH_MIDDLE) {
		file_path(signer, sizeof(signer), row->signer, "pem");
		append_file(signer, leaf);
	}

	/* Both versions: the certificate comes at another point in each. */
	for (int i = 0; i < 2; i++) {
		server = server_start("test",
		    i == 0 ? TLS13 ":+SIGN-ALL" : TLS12 ":+SIGN-ALL", hang_up);
		tls = start(&server, row->wanted, true, &failure);
		assert_int_equal(failure.result, row->result);
		assert_int_equal(tls != NULL, row->result == TLS_DONE);
		if (tls == NULL) {
			assert_text_is_safe(failure.text);
			if (strstr(failure.text, row->text) == NULL)
				fail_msg("\"%s\" lacks \"%s\"", failure.text,
				    row->text);
		} else {
			assert_string_equal(tls_verified_by(tls), "trust");
			assert_string_equal(
			    tls_protocol(tls), i == 0 ? "TLS1.3" : "TLS1.2");
		}
		tls_free(tls);
		close(server.fd);
		/* TLS 1.3 servers learn it behind their own last word. */
		if (row->result == TLS_DONE)
			server_end(&server, 0);
		else
			server_end(&server, 50);
	}
}

/* Opportunistic TLS judges nothing. */
static void
test_unverified(void **state)
{
	struct tls_failure failure;
	struct server server;
	struct tls *tls;

	(void)state;
	make_authorities();
	make_certificate("test", GOOD, NULL, NULL, NULL);
	server = server_start("test", TLS13, hang_up);
	tls = start(&server, "another.example.org", false, &failure);
	assert_non_null(tls);
	assert_string_equal(tls_verified_by(tls), "none");
	assert_int_not_equal(tls_cipher(tls)[0], '\0');
	tls_free(tls);
	close(server.fd);
	server_end(&server, 0);
}

/* The file of trusted roots. */
struct trust_row {
	const char *name;
	const char *before, *after; /* around the right root; NULL: no root */
	enum tls_result result;
	const char *text;
};

static const struct trust_row trust_rows[] = {
    {"the root", "", "", TLS_DONE, ""},
    {"comments around", "# a comment\nsubject=x\n\n", "\n# the end", TLS_DONE,
	""},
    {"empty", NULL, "", TLS_CONFIG, "holds no certificate in PEM"},
    {"no certificate", NULL, "hello\n", TLS_CONFIG,
	"holds no certificate in PEM"},
    {"a broken certificate", NULL,
	"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	TLS_CONFIG, "bundle.pem: a certificate in it cannot be read"},
    {"a certificate that does not end", NULL,
	"-----BEGIN CERTIFICATE-----\nMIIB", TLS_CONFIG, "bundle.pem: "},
};

static void
test_trust(void **state)
{
	const struct trust_row *row = *state;
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "mail.example.org",
	    .name = "mail.example.org",
	    .verify = true};
	struct server server;
	struct tls *tls;
	char bundle[128], ca[128];

	make_authorities();
	file_path(bundle, sizeof(bundle), "bundle", "pem");
	file_path(ca, sizeof(ca), "ca", "pem");
	write_file(bundle, row->before ? row->before : "", "w");
	if (row->before != NULL)
		append_file(ca, bundle);
	write_file(bundle, row->after, "a");
	options.trust = bundle;
	server = server_start("leaf", TLS13, hang_up);
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	if (tls == NULL && strstr(failure.text, row->text) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", failure.text, row->text);
	assert_int_equal(failure.result, row->result);
	assert_int_equal(tls != NULL, row->result == TLS_DONE);
	tls_free(tls);
	close(server.fd);
	server_end(&server, row->result == TLS_DONE ? 0 : 50);
}

static void
test_trust_missing(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x",
	    .name = "x",
	    .trust = "/nonexistent/roots.pem",
	    .verify = true};

	(void)state;
	assert_null(tls_start(-1, &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_CONFIG);
	assert_string_equal(failure.text,
	    "cannot open /nonexistent/roots.pem: No such file or directory");
}

/* Servers that do not get as far as a certificate; raw octets. */
struct handshake_row {
	const char *name;
	const char *octets; /* what the server sends, then it hangs up */
	size_t len;
	bool stays; /* it stays, in silence */
	enum tls_result result;
	const char *text;
};

#define RAW(text) text, sizeof(text) - 1

static const struct handshake_row handshake_rows[] = {
    {"closes", RAW(""), false, TLS_LOST, "closed the connection"},
    {"silent", RAW(""), true, TLS_LOST, "in time"},
    {"half a record", RAW("\x16\x03\x03\x00\x7a\x02"), false, TLS_LOST,
	"closed the connection"},
    {"half a record, then silence", RAW("\x16\x03\x03\x00\x7a\x02"), true,
	TLS_LOST, "in time"},
    {"speaks SMTP", RAW("220 mail.example.org ESMTP\r\n"), true, TLS_REFUSED,
	"does not speak TLS here, it says \"220 mail.example.org "
	"ESMTP\"\nhint: "},
    {"speaks SMTP and hangs up", RAW("554 no\r\n"), false, TLS_REFUSED,
	"does not speak TLS here, it says \"554 no\"\nhint: "},
    {"escapes in clear", RAW("\x1b[31mred\r\n"), true, TLS_REFUSED,
	"it says \"\\x1b[31mred\""},
    {"alert: protocol version", RAW("\x15\x03\x01\x00\x02\x02\x46"), true,
	TLS_REFUSED, "neither TLS 1.2 nor 1.3"},
    {"alert: handshake failure", RAW("\x15\x03\x03\x00\x02\x02\x28"), true,
	TLS_REFUSED, "the alert \"handshake failed\" (40)"},
    {"alert: internal error", RAW("\x15\x03\x03\x00\x02\x02\x50"), true,
	TLS_LOST, "the alert \"internal error\" (80)"},
    {"alert: close", RAW("\x15\x03\x03\x00\x02\x01\x00"), true, TLS_LOST,
	"closed the connection"},
    {"server hello of TLS 1.1",
	RAW("\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02"
	    "0123456789abcdef0123456789abcdef\x00\xc0\x14\x00"),
	true, TLS_REFUSED, "neither TLS 1.2 nor 1.3"},
    {"noise in a record", RAW("\x16\x03\x03\x00\x06\x02\x00\x00\x02no"), true,
	TLS_REFUSED, "handshake cannot be completed: "},
    {"data first", RAW("\x17\x03\x03\x00\x04hallo"), true, TLS_REFUSED,
	"handshake cannot be completed: "},
    {"a record too long", RAW("\x16\x03\x03\xff\xff\x02"), true, TLS_REFUSED,
	"handshake cannot be completed: "},
};

static void
test_handshake(void **state)
{
	const struct handshake_row *row = *state;
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x.test", .name = "x.test"};
	int64_t begin = clock_now();
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	assert_int_equal(write(ends[1], row->octets, row->len), row->len);
	if (!row->stays)
		shutdown(ends[1], SHUT_WR);
	assert_null(tls_start(ends[0], &options, deadline_in(400), &failure));
	if (strstr(failure.text, row->text) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", failure.text, row->text);
	assert_int_equal(failure.result, row->result);
	assert_text_is_safe(failure.text);
	assert_true(clock_now() - begin < 3000);
	close(ends[0]);
	close(ends[1]);
}

/* Warnings without end do not hold the handshake up for ever. */
static void
test_warnings(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x.test", .name = "x.test"};
	int64_t begin = clock_now();
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 50; i++)
		assert_int_equal(
		    write(ends[1], "\x15\x03\x03\x00\x02\x01\x70", 7), 7);
	assert_null(tls_start(ends[0], &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_REFUSED);
	assert_true(clock_now() - begin < LONG);
	close(ends[0]);
	close(ends[1]);
}

/* Versions that a real server of GnuTLS is willing to speak. */
struct version_row {
	const char *name;
	const char *priority;
	const char *protocol; /* NULL: refused */
};

static const struct version_row version_rows[] = {
    {"all", "NORMAL", "TLS1.3"},
    {"TLS 1.2", TLS12, "TLS1.2"},
    {"TLS 1.1 and 1.0", OLD_VERSIONS, NULL},
};

static void
test_version(void **state)
{
	const struct version_row *row = *state;
	struct tls_failure failure;
	struct server server;
	struct tls *tls;

	make_authorities();
	server = server_start("leaf", row->priority, hang_up);
	tls = start(&server, "mail.example.org", true, &failure);
	assert_int_equal(tls != NULL, row->protocol != NULL);
	if (tls != NULL)
		assert_string_equal(tls_protocol(tls), row->protocol);
	else
		assert_int_equal(failure.result, TLS_REFUSED);
	if (strstr(row->name, "1.1"))
		assert_string_equal(
		    failure.text, "the server speaks neither TLS 1.2 nor 1.3");
	tls_free(tls);
	close(server.fd);
	server_end(&server, row->protocol != NULL ? 0 : 50);
}

/* What the server does after the handshake, seen through a stream. */
static struct stream *
stream_to(struct server *server)
{
	struct tls_failure failure;
	struct stream *stream = stream_new(server->fd);
	struct tls *tls = start(server, "mail.example.org", true, &failure);

	assert_non_null(tls);
	stream_use_tls(stream, tls);
	assert_ptr_equal(stream_tls(stream), tls);
	return stream;
}

static bool
fill_until(struct stream *stream, size_t len)
{
	while (stream_input(stream).len < len)
		if (!stream_fill(stream, deadline_in(LONG)))
			return false;
	return true;
}

/* RFC 6066 section 3: what the client says that it looks for. */
struct sni_row {
	const char *name;
	const char *host;
	const char *expected;
};

static const struct sni_row sni_rows[] = {
    {"name", "mail.example.org", "mail.example.org\n"},
    {"final dot", "mail.example.org.", "mail.example.org\n"},
    {"one label", "localhost", "localhost\n"},
    {"A-label", "xn--bcher-kva.example", "xn--bcher-kva.example\n"},
    {"address", "127.0.0.1", "\n"},
    {"IPv6 address", "::1", "\n"},
    {"IPv6 address with a zone", "fe80::1%lo", "\n"},
};

/* Tells which name the client asked for. */
static int
serve_sni(int fd, gnutls_session_t session)
{
	char name[256];
	size_t len = sizeof(name) - 1;
	unsigned type;

	(void)fd;
	if (gnutls_server_name_get(session, name, &len, &type, 0) < 0)
		len = 0;
	name[len++] = '\n';
	return gnutls_record_send(session, name, len) == (ssize_t)len ? 0 : 1;
}

static void
test_sni(void **state)
{
	const struct sni_row *row = *state;
	struct tls_options options = {.host = row->host, .name = "x"};
	struct tls_failure failure;
	struct server server;
	struct stream *stream;
	struct tls *tls;

	make_authorities();
	server = server_start("leaf", "NORMAL", serve_sni);
	stream = stream_new(server.fd);
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	assert_non_null(tls);
	stream_use_tls(stream, tls);
	assert_true(fill_until(stream, strlen(row->expected)));
	assert_int_equal(stream_input(stream).len, strlen(row->expected));
	assert_memory_equal(
	    stream_input(stream).at, row->expected, strlen(row->expected));
	stream_free(stream);
	server_end(&server, 0);
}

static int
serve_talk(int fd, gnutls_session_t session)
{
	char line[64];

	(void)fd;
	if (gnutls_record_send(session, "220 hello\r\n", 11) != 11)
		return 1;
	if (gnutls_record_recv(session, line, sizeof(line)) != 10 ||
	    memcmp(line, "EHLO\r\nMAIL", 10) != 0)
		return 2;
	if (gnutls_record_send(session, "250 ok\r\n", 8) != 8)
		return 3;
	return gnutls_record_recv(session, line, 1) == 0 ? 0 : 4;
}

static void
test_talk(void **state)
{
	struct server server;
	struct stream *stream;

	(void)state;
	make_authorities();
	server = server_start("leaf", "NORMAL", serve_talk);
	stream = stream_to(&server);
	assert_true(fill_until(stream, 11));
	assert_memory_equal(stream_input(stream).at, "220 hello\r\n", 11);
	stream_consume(stream, 11);
	assert_false(stream_peek(stream));
	assert_true(stream_write(stream, "EHLO\r\n", 6, deadline_in(LONG)));
	assert_true(stream_write(stream, "MAIL", 4, deadline_in(LONG)));
	assert_true(fill_until(stream, 8));
	stream_free(stream);
	server_end(&server, 0);
}

/* F14: no close_notify; the end is the end, and what came before counts. */
static int
serve_cut(int fd, gnutls_session_t session)
{
	(void)fd;
	return gnutls_record_send(session, "250 o", 5) == 5 ? 0 : 1;
}

static void
test_cut(void **state)
{
	struct server server;
	struct stream *stream;

	(void)state;
	make_authorities();
	server = server_start("leaf", "NORMAL", serve_cut);
	stream = stream_to(&server);
	assert_true(fill_until(stream, 5));
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 5);
	stream_free(stream);
	server_end(&server, 0);
}

/* F16: after close_notify nothing counts, in clear least of all. */
static int
serve_end_and_clear(int fd, gnutls_session_t session)
{
	if (gnutls_bye(session, GNUTLS_SHUT_WR) < 0)
		return 1;
	return write(fd, "250 clear\r\n", 11) == 11 ? 0 : 2;
}

static void
test_end_and_clear(void **state)
{
	struct server server;
	struct stream *stream;

	(void)state;
	make_authorities();
	server = server_start("leaf", "NORMAL", serve_end_and_clear);
	stream = stream_to(&server);
	/* Both have come before the first is read. */
	server_end(&server, 0);
	for (int i = 0; i < 3; i++)
		assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 0);
	assert_true(stream_peek(stream));
	stream_free(stream);
}

static int
serve_clear(int fd, gnutls_session_t session)
{
	(void)session;
	return write(fd, "250 clear text\r\n", 16) == 16 ? 0 : 2;
}

static void
test_clear(void **state)
{
	struct server server;
	struct stream *stream;

	(void)state;
	make_authorities();
	server =
	    server_start("leaf", "NORMAL:-VERS-ALL:+VERS-TLS1.2", serve_clear);
	stream = stream_to(&server);
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_BROKEN);
	assert_int_not_equal(stream_reason(stream)[0], '\0');
	assert_int_equal(stream_input(stream).len, 0);
	assert_false(stream_write(stream, "x", 1, deadline_in(LONG)));
	stream_free(stream);
	server_end(&server, 0);
}

static char
pattern(size_t i)
{
	return (char)('a' + (i * 7 + i / 251) % 26);
}

/*
 * The server writes much, asks for new keys while the client is stuck in a
 * write, then reads: every octet must come once and in order.
 */
static int
serve_rekey(int fd, gnutls_session_t session)
{
	char block[4096];
	size_t at = 0;

	(void)fd;
	for (int i = 0; i < 3; i++) {
		poll(NULL, 0, 100);
		if (gnutls_record_send(session, "200 go on\r\n", 11) != 11)
			return 1;
		if (gnutls_session_key_update(session, GNUTLS_KU_PEER) < 0)
			return 2;
	}
	poll(NULL, 0, 100);
	while (at < BULK) {
		ssize_t got = gnutls_record_recv(session, block, sizeof(block));

		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
			continue;
		if (got <= 0)
			return 3;
		for (ssize_t i = 0; i < got; i++)
			if (block[i] != pattern(at++))
				return 4;
	}
	return at == BULK ? 0 : 5;
}

static void
test_rekey(void **state)
{
	struct server server;
	struct stream *stream;
	char *bulk = malloc(BULK);

	(void)state;
	assert_non_null(bulk);
	for (size_t i = 0; i < BULK; i++)
		bulk[i] = pattern(i);
	make_authorities();
	server = server_start("leaf", TLS13, serve_rekey);
	stream = stream_to(&server);
	assert_true(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	assert_int_equal(stream_input(stream).len, 33);
	stream_free(stream);
	server_end(&server, 0);
	free(bulk);
}

/* Broken off by the deadline and taken up again: nothing twice, no hole. */
static int
serve_late(int fd, gnutls_session_t session)
{
	poll(NULL, 0, 800);
	return serve_rekey(fd, session);
}

static void
test_write_deadline(void **state)
{
	struct server server;
	struct stream *stream;
	char *bulk = malloc(BULK);

	(void)state;
	assert_non_null(bulk);
	for (size_t i = 0; i < BULK; i++)
		bulk[i] = pattern(i);
	make_authorities();
	server = server_start("leaf", TLS13, serve_late);
	stream = stream_to(&server);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(300)));
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	stream_retry(stream);
	assert_true(stream_flush(stream, deadline_in(LONG)));
	stream_free(stream);
	server_end(&server, 0);
	free(bulk);
}

/* Given up in the middle: not one octet more goes out, no goodbye either. */
static int
serve_until_end(int fd, gnutls_session_t session)
{
	char block[4096];
	ssize_t got;

	(void)fd;
	poll(NULL, 0, 600);
	do
		got = gnutls_record_recv(session, block, sizeof(block));
	while (got > 0);
	return got == GNUTLS_E_PREMATURE_TERMINATION ? 0 : 1;
}

static void
test_given_up(void **state)
{
	struct server server;
	struct stream *stream;
	char *bulk = calloc(1, BULK);

	(void)state;
	assert_non_null(bulk);
	make_authorities();
	server = server_start("leaf", TLS13, serve_until_end);
	stream = stream_to(&server);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(200)));
	stream_free(stream);
	server_end(&server, 0);
	free(bulk);
}

/* F40 over TLS: a refusal in the middle of the data, then the end. */
static int
serve_refusal(int fd, gnutls_session_t session)
{
	char block[1000];

	(void)fd;
	if (gnutls_record_recv(session, block, sizeof(block)) <= 0)
		return 1;
	if (gnutls_record_send(session, "552 too big\r\n", 13) != 13)
		return 2;
	return 0;
}

static void
test_refusal(void **state)
{
	struct server server;
	struct stream *stream;
	char *bulk = calloc(1, BULK);

	(void)state;
	assert_non_null(bulk);
	make_authorities();
	server = server_start("leaf", "NORMAL", serve_refusal);
	stream = stream_to(&server);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	while (stream_fill(stream, deadline_in(LONG)))
		;
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 13);
	assert_memory_equal(stream_input(stream).at, "552 too big\r\n", 13);
	stream_free(stream);
	server_end(&server, 0);
	free(bulk);
}

/* F15: a few are put up with, a flood is not. */
struct events_row {
	const char *name;
	const char *priority;
	int count;
	bool survives;
};

static const struct events_row events_rows[] = {
    {"one request to renegotiate", TLS12, 1, true},
    {"many requests to renegotiate", TLS12, 200, false},
    {"two key updates", TLS13, 2, true},
    {"many key updates", TLS13, 200, false},
};

/* The number of events comes as the first octet. */
static int
serve_events(int fd, gnutls_session_t session)
{
	unsigned char count, goodbye;

	(void)fd;
	if (gnutls_record_recv(session, &count, 1) != 1)
		return 1;
	for (int i = 0; i < count; i++)
		if ((gnutls_protocol_get_version(session) == GNUTLS_TLS1_3
			    ? gnutls_session_key_update(session, GNUTLS_KU_PEER)
			    : gnutls_rehandshake(session)) < 0)
			return 0;
	if (gnutls_record_send(session, "250 ok\r\n", 8) < 0)
		return 0;
	while (gnutls_record_recv(session, &goodbye, 1) > 0)
		;
	return 0;
}

static void
test_events(void **state)
{
	const struct events_row *row = *state;
	char count = (char)row->count;
	struct server server;
	struct stream *stream;

	make_authorities();
	server = server_start("leaf", row->priority, serve_events);
	stream = stream_to(&server);
	assert_true(stream_write(stream, &count, 1, deadline_in(LONG)));
	assert_int_equal(fill_until(stream, 8), row->survives);
	assert_int_equal(
	    stream_state(stream), row->survives ? STREAM_OPEN : STREAM_BROKEN);
	stream_free(stream);
	server_end(&server, 0);
}

/* A tiny record behind TLS 1.3's tickets is seen by a peek. */
static int
serve_farewell(int fd, gnutls_session_t session)
{
	char octet;

	(void)fd;
	if (gnutls_session_key_update(session, 0) < 0 ||
	    gnutls_record_send(session, "421 bye\r\n", 9) != 9)
		return 1;
	gnutls_record_recv(session, &octet, 1);
	return 0;
}

static void
test_peek(void **state)
{
	struct server server;
	struct stream *stream;

	(void)state;
	make_authorities();
	server = server_start("leaf", TLS13, serve_farewell);
	stream = stream_to(&server);
	poll(NULL, 0, 300);
	assert_true(stream_peek(stream));
	assert_int_equal(stream_input(stream).len, 9);
	stream_free(stream);
	server_end(&server, 0);
}

/* F60: the environment neither logs keys nor sets priorities. */
static void
test_environment(void **state)
{
	struct tls_failure failure;
	struct server server;
	char log[128];

	(void)state;
	make_authorities();
	file_path(log, sizeof(log), "keys", "log");
	server = server_start("leaf", "NORMAL", hang_up);
	setenv("SSLKEYLOGFILE", log, 1);
	setenv("GNUTLS_DEBUG_LEVEL", "9", 1);
	setenv("GNUTLS_SYSTEM_PRIORITY_FILE", "/nonexistent", 1);
	setenv("GNUTLS", "kept", 1);
	tls_free(start(&server, "mail.example.org", true, &failure));
	assert_int_equal(failure.result, TLS_DONE);
	assert_int_equal(access(log, F_OK), -1);
	assert_null(getenv("SSLKEYLOGFILE"));
	assert_null(getenv("GNUTLS_DEBUG_LEVEL"));
	assert_null(getenv("GNUTLS_SYSTEM_PRIORITY_FILE"));
	assert_non_null(getenv("GNUTLS"));
	close(server.fd);
	server_end(&server, 0);
}

static void
test_library(void **state)
{
	(void)state;
	assert_true(span_starts(span_from(tls_library()), SPAN("GnuTLS 3.")));
}

/* Last: from here on a signal has come. */
static void
test_signal(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x.test", .name = "x.test"};
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	signals_catch();
	raise(SIGTERM);
	assert_null(tls_start(ends[0], &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_SIGNAL);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	struct rows all = {0};
	int failures;

	signal(SIGPIPE, SIG_IGN);
	set_up();
	rows_add(&all, "name", name_rows, ROWS(name_rows), test_name);
	rows_add(&all, "handshake", handshake_rows, ROWS(handshake_rows),
	    test_handshake);
	rows_add_one(&all, "warnings without end", test_warnings);
	rows_add(&all, "certificate", certificate_rows, ROWS(certificate_rows),
	    test_certificate);
	rows_add_one(&all, "nothing is verified", test_unverified);
	rows_add(&all, "trust", trust_rows, ROWS(trust_rows), test_trust);
	rows_add_one(&all, "trust: no such file", test_trust_missing);
	rows_add(
	    &all, "version", version_rows, ROWS(version_rows), test_version);
	rows_add(&all, "server name", sni_rows, ROWS(sni_rows), test_sni);
	rows_add_one(&all, "a talk", test_talk);
	rows_add_one(&all, "cut off", test_cut);
	rows_add_one(&all, "clear text after the end", test_end_and_clear);
	rows_add_one(&all, "clear text", test_clear);
	rows_add_one(&all, "new keys under a full pipe", test_rekey);
	rows_add_one(&all, "write that breaks off", test_write_deadline);
	rows_add_one(&all, "write that is given up", test_given_up);
	rows_add_one(&all, "early refusal", test_refusal);
	rows_add(&all, "events", events_rows, ROWS(events_rows), test_events);
	rows_add_one(&all, "peek", test_peek);
	rows_add_one(&all, "environment", test_environment);
	rows_add_one(&all, "library", test_library);
	rows_add_one(&all, "a signal", test_signal);
	failures = rows_end(&all);
	tear_down();
	return failures;
}
