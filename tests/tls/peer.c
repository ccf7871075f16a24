#include "rows.h"

#include "peer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/text.h"
#include "base/wait.h"
#include "pki.h"

/* Whatever is in the file, without a look into it. */
static int
staple_response(gnutls_session_t session, void *path, gnutls_datum_t *response)
{
	(void)session;
	return gnutls_load_file(path, response) < 0
	    ? GNUTLS_E_NO_CERTIFICATE_STATUS
	    : 0;
}

/* The other end, in a process of its own; the result is its exit status. */
static int
serve(int fd, const struct peer_options *options)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	char pem[128], key[128];
	int result;

	pki_path(pem, sizeof(pem), options->certificate, "pem");
	pki_path(key, sizeof(key), options->certificate, "key");
	if (gnutls_global_init() < 0 ||
	    gnutls_certificate_allocate_credentials(&credentials) < 0 ||
	    gnutls_certificate_set_x509_key_file(
		credentials, pem, key, GNUTLS_X509_FMT_PEM) < 0)
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
	/* The exit status that a refused handshake is expected to give. */
	result = result < 0		? 50
	    : options->function != NULL ? options->function(fd, session)
					: 0;
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	gnutls_global_deinit();
	return result;
}

struct peer
peer_start_with(const struct peer_options *options)
{
	struct peer server;
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

struct peer
peer_start(
    const char *certificate, const char *priority, peer_function *function)
{
	struct peer_options options = {.certificate = certificate,
	    .priority = priority,
	    .function = function};

	return peer_start_with(&options);
}

void
peer_end(struct peer *server, int expected)
{
	int status = -1;

	assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

int
peer_hang_up(int fd, gnutls_session_t session)
{
	char octet;

	(void)fd;
	/* The client must say goodbye. */
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

struct tls *
peer_connect(struct peer *server, const char *name, bool verify,
    struct tls_failure *failure)
{
	char trust[128];
	struct tls_options options = {.host = "mail.example.org",
	    .name = name,
	    .trust = trust,
	    .verify = verify};

	pki_path(trust, sizeof(trust), "ca", "pem");
	memset(failure, 0xff, sizeof(*failure));
	return tls_start(server->fd, &options, deadline_in(LONG), failure);
}
