#include "rows.h"

#include "tls_peer.h"

#include <fcntl.h>
#include <gnutls/abstract.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/text.h"
#include "base/wait.h"
#include "pki.h"

/* Sends the content of the file. */
static int
staple_response(gnutls_session_t session, void *path, gnutls_datum_t *response)
{
	(void)session;
	return gnutls_load_file(path, response) < 0
	    ? GNUTLS_E_NO_CERTIFICATE_STATUS
	    : 0;
}

/* GnuTLS drops what is no part of the chain unless certificates come so. */
static int
load_all(gnutls_certificate_credentials_t credentials, const char *pem,
    const char *key)
{
	/* The credentials keep all of it. */
	gnutls_pcert_st *certificates = calloc(8, sizeof(*certificates));
	unsigned count = 8;
	gnutls_privkey_t private;
	gnutls_datum_t octets;

	if (certificates == NULL || gnutls_load_file(pem, &octets) < 0 ||
	    gnutls_pcert_list_import_x509_raw(
		certificates, &count, &octets, GNUTLS_X509_FMT_PEM, 0) < 0 ||
	    gnutls_load_file(key, &octets) < 0 ||
	    gnutls_privkey_init(&private) < 0 ||
	    gnutls_privkey_import_x509_raw(
		private, &octets, GNUTLS_X509_FMT_PEM, NULL, 0) < 0)
		return -1;
	return gnutls_certificate_set_key(
	    credentials, NULL, 0, certificates, (int)count, private);
}

/* Runs in the child; returns its exit status. */
static int
serve(int fd, const struct tls_peer_options *options)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	char pem[128], key[128];
	int result;

	pki_path(pem, sizeof(pem), options->certificate, "pem");
	pki_path(key, sizeof(key), options->certificate, "key");
	if (gnutls_global_init() < 0 ||
	    gnutls_certificate_allocate_credentials(&credentials) < 0 ||
	    (options->sends_all
		    ? load_all(credentials, pem, key)
		    : gnutls_certificate_set_x509_key_file(
			  credentials, pem, key, GNUTLS_X509_FMT_PEM)) < 0)
		return 90;
	if (options->staple != NULL)
		gnutls_certificate_set_ocsp_status_request_function(credentials,
		    staple_response, (void *)(uintptr_t)options->staple);
	gnutls_init(&session, GNUTLS_SERVER);
	if (gnutls_priority_set_direct(session, options->priority, NULL) < 0)
		return 91;
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, fd);
	do
		result = gnutls_handshake(session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	if (result < 0)
		gnutls_alert_send_appropriate(session, result);
	result = result < 0		? 50
	    : options->function != NULL ? options->function(fd, session)
					: 0;
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	gnutls_global_deinit();
	return result;
}

struct tls_peer
tls_peer_start_with(const struct tls_peer_options *options)
{
	struct tls_peer server;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	server.pid = fork();
	assert_true(server.pid >= 0);
	if (server.pid == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		alarm(30);
		_exit(serve(ends[1], options));
	}
	close(ends[1]);
	server.fd = ends[0];
	return server;
}

struct tls_peer
tls_peer_start(
    const char *certificate, const char *priority, tls_peer_function *function)
{
	struct tls_peer_options options = {.certificate = certificate,
	    .priority = priority,
	    .function = function};

	return tls_peer_start_with(&options);
}

void
tls_peer_end(struct tls_peer *server, int expected)
{
	int status = -1;

	assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

int
tls_peer_hang_up(int fd, gnutls_session_t session)
{
	char octet;

	(void)fd;
	return gnutls_record_recv(session, &octet, 1) == 0 ? 0 : 60;
}

void
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

struct tls_options
tls_peer_client(void)
{
	static char trust[128];

	pki_path(trust, sizeof(trust), "ca", "pem");
	return (struct tls_options){.host = "mail.example.org",
	    .name = "mail.example.org",
	    .trust = trust,
	    .verify = true};
}

struct tls *
tls_peer_connect(struct tls_peer *server, const char *name, bool verify,
    struct tls_failure *failure)
{
	struct tls_options options = tls_peer_client();

	options.name = name;
	options.verify = verify;
	memset(failure, 0xff, sizeof(*failure));
	return tls_start(server->fd, &options, deadline_in(LONG), failure);
}

void
tls_peer_expect(struct tls_peer *server, const struct tls_options *options,
    enum tls_result result, const char *text, struct tls_failure *failure)
{
	struct tls_failure own;
	struct tls *tls;

	if (failure == NULL)
		failure = &own;
	memset(failure, 0xff, sizeof(*failure));
	tls = tls_start(server->fd, options, deadline_in(LONG), failure);
	if (failure->result != result ||
	    (tls == NULL && strstr(failure->text, text) == NULL))
		fail_msg("%d, \"%s\" lacks \"%s\"", failure->result,
		    failure->text, text);
	assert_int_equal(tls != NULL, result == TLS_DONE);
	if (tls == NULL)
		assert_text_is_safe(failure->text);
	tls_free(tls);
	close(server->fd);
	tls_peer_end(server, result == TLS_DONE ? 0 : 50);
}

struct stream *
tls_peer_stream_with(struct tls_peer *server, const struct tls_options *options)
{
	struct tls_failure failure;
	struct stream *stream = stream_new(server->fd);
	struct tls *tls =
	    tls_start(server->fd, options, deadline_in(LONG), &failure);

	assert_non_null(tls);
	stream_use_tls(stream, tls);
	assert_ptr_equal(stream_tls(stream), tls);
	return stream;
}

struct stream *
tls_peer_stream(
    struct tls_peer *server, const char *priority, tls_peer_function *function)
{
	struct tls_options options;

	pki_authorities();
	options = tls_peer_client();
	*server = tls_peer_start("leaf", priority, function);
	return tls_peer_stream_with(server, &options);
}

bool
tls_peer_fill(struct stream *stream, size_t len)
{
	while (stream_input(stream).len < len)
		if (!stream_fill(stream, deadline_in(LONG)))
			return false;
	return true;
}

char
tls_peer_octet(size_t i)
{
	return (char)('a' + (i * 7 + i / 251) % 26);
}

char *
tls_peer_octets(size_t len)
{
	char *octets = malloc(len);

	assert_non_null(octets);
	for (size_t i = 0; i < len; i++)
		octets[i] = tls_peer_octet(i);
	return octets;
}
