#include "tls/tls_setup.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tls/foreign.h"
#include "tls/tls_verify.h"
#include "tls/tls_words.h"

#define PEM_MAX ((size_t)1024 * 1024)

/* `label` is what PEM calls it (RFC 7468), `word` what we do. */
static bool
read_pem(struct buf *pem, const char *path, enum file_trust trust,
    const char *label, const char *word, struct tls_failure *failure)
{
	struct error err;
	int fd = file_open(path, trust, ERROR_CONFIG, &err);
	bool done;

	buf_init(pem, PEM_MAX);
	done = fd >= 0 && file_read(fd, path, pem, ERROR_CONFIG, &err);
	if (!done)
		tls_words_fail(failure, TLS_CONFIG, "%s", err.text);
	if (fd >= 0)
		close(fd);
	if (done && strstr(buf_text(pem), label) == NULL) {
		char *shown = utf8_masked(span_from(path));

		tls_words_fail(failure, TLS_CONFIG,
		    "cannot use %s: it holds no %s in PEM form", shown, word);
		free(shown);
		done = false;
	}
	return done;
}

static const char *
words_for(int error)
{
	switch (error) {
	case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
		return "the key is not the one of the certificate";
	case GNUTLS_E_DECRYPTION_FAILED:
	case GNUTLS_E_UNKNOWN_PKCS_CONTENT_TYPE:
		return "the key is encrypted, and nobody is asked for its "
		       "passphrase";
	}
	return NULL;
}

static bool
refuse(const char *path, int error, struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(path));
	struct buf why = {0};

	if (words_for(error) != NULL)
		buf_add_text(&why, words_for(error));
	else
		tls_words_add_error(&why, error);
	tls_words_fail(failure, TLS_CONFIG,
	    "cannot use the client certificate of %s: %s", shown,
	    buf_text(&why));
	buf_free(&why);
	free(shown);
	return false;
}

static gnutls_datum_t
datum_of(const struct buf *buf)
{
	return (gnutls_datum_t){(unsigned char *)buf->data, (unsigned)buf->len};
}

bool
tls_load_client_certificate(void *credentials,
    const struct tls_options *options, struct tls_failure *failure)
{
	const char *key_path = options->client_key != NULL
	    ? options->client_key
	    : options->client_certificate;
	struct buf certificate = {0}, key = {0};
	bool done;

	if (options->client_certificate == NULL)
		return true;
	done = read_pem(&certificate, options->client_certificate,
		   options->client_key != NULL ? FILE_OWN : FILE_PRIVATE,
		   "BEGIN CERTIFICATE", "certificate", failure) &&
	    read_pem(&key, key_path, FILE_PRIVATE, "PRIVATE KEY", "private key",
		failure);
	if (done) {
		gnutls_datum_t first = datum_of(&certificate);
		gnutls_datum_t second = datum_of(&key);
		int loaded = gnutls_certificate_set_x509_key_mem2(
		    credentials, &first, &second, GNUTLS_X509_FMT_PEM, NULL, 0);

		done = loaded >= 0 ||
		    refuse(options->client_certificate, loaded, failure);
	}
	buf_wipe(&certificate);
	buf_wipe(&key);
	return done;
}

bool
tls_client_certificate_check(
    const struct tls_options *options, struct tls_failure *failure)
{
	gnutls_certificate_credentials_t credentials = NULL;
	bool done;

	if (!tls_setup_library(failure))
		return false;
	if (gnutls_certificate_allocate_credentials(&credentials) < 0) {
		tls_words_fail(failure, TLS_CONFIG, "cannot start GnuTLS");
		return false;
	}
	done = tls_load_client_certificate(credentials, options, failure);
	gnutls_certificate_free_credentials(credentials);
	return done;
}

#define TLS_1_3 ":-VERS-ALL:+VERS-TLS1.3"
#define TLS_1_2 ":+VERS-TLS1.2"
/* RFC 9155: no handshake is signed by SHA-1. */
#define NO_SHA1 ":-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1"
/* 2048 bits of RSA or Diffie-Hellman at least, and no SHA-1 (RFC 9325). */
#define STRENGTH ":%PROFILE_MEDIUM"
/* RFC 9325 section 4.1: no key exchange without forward secrecy. */
#define FORWARD_SECRECY ":-RSA"
/* RFC 9325 section 4.2: no CBC without encrypt-then-MAC (RFC 7366). */
#define ENCRYPT_THEN_MAC ":%FORCE_ETM"
/* Of what NORMAL has, the least good last. */
#define OLD_LAST                                               \
	":-AES-256-CBC:-AES-128-CBC:+AES-256-CBC:+AES-128-CBC" \
	":-RSA:+RSA"
/* TLS is what allows a login: it encrypts, whatever else may change. */
#define ENCRYPTED ":-NULL"

/* Whether a word adds CBC, or allows it without encrypt-then-MAC. */
static bool
asks_for_cbc(struct span own)
{
	struct span word;

	while (span_next_word(&own, ":", &word)) {
		bool is_cbc = word.len > 4 &&
		    span_equal_nocase(
			span_skip(word, word.len - 4), SPAN("-CBC"));

		if ((word.at[0] == '+' && is_cbc) ||
		    span_equal_nocase(word, SPAN("%NO_ETM")) ||
		    span_equal_nocase(word, SPAN("%COMPAT")))
			return true;
	}
	return false;
}

/*
 * The first word may say what to begin with ("SECURE256"); ours come next, so
 * that no such word brings old versions back (RFC 8996); what changes a list
 * ("+VERS-TLS1.1", "%PROFILE_LOW") is last and wins, over all but ENCRYPTED.
 */
void
tls_setup_add_priority(struct buf *out, const struct tls_options *options)
{
	struct span own = span_from(options->priority);
	struct span base = SPAN("NORMAL");

	if (own.len > 0 && strchr("+-!%", own.at[0]) == NULL) {
		base = span_head(own, span_find(own, ':'));
		own = span_skip(own, base.len + 1);
	}
	buf_add_span(out, base);
	buf_add_text(out, TLS_1_3);
	if (!options->only_tls13)
		buf_add_text(out, TLS_1_2);
	if (options->verify)
		buf_add_text(out, NO_SHA1 STRENGTH);
	if (span_equal(base, SPAN("NORMAL")))
		buf_add_text(out, OLD_LAST);
	if (options->verify && !options->accept_untrusted) {
		buf_add_text(out, FORWARD_SECRECY);
		if (!asks_for_cbc(own))
			buf_add_text(out, ENCRYPT_THEN_MAC);
	}
	if (own.len > 0) {
		buf_add_char(out, ':');
		buf_add_span(out, own);
	}
	if (options->priority != NULL)
		buf_add_text(out, ENCRYPTED);
}

/* What GnuTLS stopped at; it tells a place in the whole string. */
static void
say_place(struct buf *text, struct span own, const char *at)
{
	struct span rest = span_from(at);

	rest = span_head(rest, span_find(rest, ':'));
	if (rest.len == 0 || rest.len > own.len)
		return;
	buf_add_text(text, " at \"");
	tls_words_add_foreign(text, rest);
	buf_add_char(text, '"');
}

bool
tls_priority_check(
    const struct tls_options *options, struct tls_failure *failure)
{
	struct buf whole = {0}, text = {0};
	const char *at = NULL;
	gnutls_priority_t priority;
	int result;

	*failure = (struct tls_failure){.result = TLS_DONE};
	if (!tls_setup_library(failure))
		return false;
	tls_setup_add_priority(&whole, options);
	result = gnutls_priority_init(&priority, buf_text(&whole), &at);
	if (whole.full)
		result = GNUTLS_E_INVALID_REQUEST;
	if (result >= 0) {
		gnutls_priority_deinit(priority);
	} else {
		buf_add_text(&text,
		    result == GNUTLS_E_INVALID_REQUEST
			? "GnuTLS does not understand it"
			: "GnuTLS does not take it: ");
		if (result == GNUTLS_E_INVALID_REQUEST && at != NULL)
			say_place(&text, span_from(options->priority), at);
		else if (result != GNUTLS_E_INVALID_REQUEST)
			tls_words_add_error(&text, result);
		tls_words_fail(failure, TLS_CONFIG, "%s", buf_text(&text));
	}
	buf_free(&whole);
	buf_free(&text);
	return result >= 0;
}

/*
 * GnuTLS would start itself before main, with whatever the environment says.
 * It starts here, so that a run without TLS does not pay for it.
 */
int _gnutls_global_init_skip(void) __attribute__((visibility("default")));
GNUTLS_SKIP_GLOBAL_INIT

/*
 * What makes the libraries write keys or debugging output, or obey other
 * priorities (RFC 8446 appendix E). An entry of the environment, "NAME=value".
 */
static bool
is_armed(const char *entry)
{
	static const char *const names[] = {"SSLKEYLOGFILE=", "GNUTLS_",
	    "P11_KIT_DEBUG=", "P11_KIT_STRICT=", "NETTLE_FAT_VERBOSE="};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = 0;

		while (names[i][len] != '\0' && entry[len] == names[i][len])
			len++;
		if (names[i][len] == '\0')
			return true;
	}
	return false;
}

static void
disarm(char **entries)
{
	char **kept = entries;

	for (; entries != NULL && *entries != NULL; entries++)
		if (!is_armed(*entries))
			*kept++ = *entries;
	if (kept != NULL)
		*kept = NULL;
}

#ifdef __ELF__
/*
 * Some libraries read the environment when they are loaded, which is before
 * main. What stands in this section runs before they do; it may call nothing.
 */
static void
disarm_early(int argc, char **argv, char **entries)
{
	(void)argc;
	(void)argv;
	disarm(entries);
}

static void (*const early)(int, char **, char **)
    __attribute__((section(".preinit_array"), used)) = disarm_early;
#endif

bool
tls_setup_library(struct tls_failure *failure)
{
	extern char **environ;
	int result;

	disarm(environ);
	result = gnutls_global_init();
	if (result < 0)
		tls_words_fail(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		    gnutls_strerror(result));
	return result >= 0;
}

#define UNSENT_MAX ((size_t)1024 * 1024)

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored anyway, base/wait.h */
#endif

void
tls_setup_socket_init(struct tls_socket *socket, int fd)
{
	*socket = (struct tls_socket){.fd = fd};
	buf_init(&socket->unsent, UNSENT_MAX);
}

void
tls_setup_socket_free(struct tls_socket *socket)
{
	buf_free(&socket->unsent); /* ciphertext */
}

static bool
would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK;
}

void
tls_setup_socket_flush(struct tls_socket *socket)
{
	while (socket->unsent.len > 0 && socket->send_error == 0) {
		ssize_t sent = send(socket->fd, socket->unsent.data,
		    socket->unsent.len, MSG_NOSIGNAL);

		if (sent >= 0)
			buf_drop(&socket->unsent, (size_t)sent);
		else if (would_block())
			return;
		else if (errno != EINTR)
			socket->send_error = errno;
	}
}

/* How many octets the socket took at once. */
static size_t
send_now(struct tls_socket *socket, const giovec_t *parts, int count)
{
	struct msghdr message = {0};
	ssize_t sent;

	message.msg_iov = (giovec_t *)(uintptr_t)parts;
	message.msg_iovlen = (size_t)count;
	do
		sent = sendmsg(socket->fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return (size_t)sent;
	if (!would_block())
		socket->send_error = errno;
	return 0;
}

/* Sends or keeps all; an error of the socket waits in send_error. */
static ssize_t
push_records(gnutls_transport_ptr_t pointer, const giovec_t *parts, int count)
{
	struct tls_socket *socket = pointer;
	size_t total = 0, sent = 0;

	if (socket->unsent.len == 0 && socket->send_error == 0)
		sent = send_now(socket, parts, count);
	for (int i = 0; i < count; i++) {
		size_t len = parts[i].iov_len;
		size_t gone = sent < len ? sent : len;

		total += len;
		sent -= gone;
		if (socket->send_error == 0 &&
		    !buf_add(&socket->unsent,
			(const char *)parts[i].iov_base + gone, len - gone))
			socket->send_error = ENOBUFS;
	}
	return (ssize_t)total;
}

static ssize_t
pull_octets(gnutls_transport_ptr_t pointer, void *data, size_t len)
{
	struct tls_socket *socket = pointer;
	const char *octets = data;
	ssize_t got;

	do
		got = recv(socket->fd, data, len, 0);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		socket->hung_up = true;
	if (got < 0 && !would_block())
		socket->receive_error = errno;
	for (ssize_t i = 0; i < got && socket->head_len < sizeof(socket->head);
	     i++)
		socket->head[socket->head_len++] = octets[i];
	return got;
}

/* RFC 8446 section 5.1: the types of records are 20 to 23. */
bool
tls_setup_socket_is_plaintext(const struct tls_socket *socket)
{
	return socket->head_len > 0 &&
	    (socket->head[0] < 20 || socket->head[0] > 23);
}

void
tls_setup_socket_say_plaintext(
    struct tls_socket *socket, struct tls_failure *failure)
{
	char line[64];
	struct span said = {line, socket->head_len};
	struct buf text = {0};
	const char *protocol;
	ssize_t got;

	memcpy(line, socket->head, said.len);
	got = recv(socket->fd, line + said.len, sizeof(line) - said.len, 0);
	if (got > 0)
		said.len += (size_t)got;
	said = span_head(said, span_find(said, '\n'));
	said = span_head(said, span_find(said, '\r'));
	tls_words_add_foreign(&text, said);
	protocol = foreign_protocol(said);
	if (protocol == NULL)
		tls_words_fail(failure, TLS_REFUSED,
		    "the server does not speak TLS here, it says \"%s\"\n"
		    "hint: smtps:// is for a port with TLS from the start "
		    "(465), smtp:// for one with STARTTLS (587)",
		    buf_text(&text));
	else if (foreign_is_login_page(said))
		tls_words_fail(failure, TLS_REFUSED,
		    "the server speaks %s here, not TLS: \"%s\"\n"
		    "hint: a login page answers in the place of the server: "
		    "log in to this network with a browser first",
		    protocol, buf_text(&text));
	else
		tls_words_fail(failure, TLS_REFUSED,
		    "the server speaks %s here, not TLS: \"%s\"\n"
		    "hint: mail is submitted at port 465 (smtps://) or 587 "
		    "(smtp://)",
		    protocol, buf_text(&text));
	buf_free(&text);
}

/* RFC 6066 section 3: a DNS name without its last dot, never an address. */
static void
set_server_name(gnutls_session_t session, const char *host)
{
	unsigned char address[16];
	size_t len = strlen(host);

	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0 || strchr(host, ':') != NULL ||
	    tls_verify_name_address(host, address) != 0)
		return;
	/* Without it a server may show another certificate: no harm. */
	gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, len);
}

bool
tls_setup(struct tls_setup *setup, struct tls_socket *socket,
    const struct tls_options *options, struct tls_failure *failure)
{
	gnutls_session_t session = NULL;
	gnutls_certificate_credentials_t credentials = NULL;
	struct buf priority = {0};
	int result;

	if (!tls_setup_library(failure))
		return false;
	result = gnutls_certificate_allocate_credentials(&credentials);
	setup->credentials = credentials;
	if (result >= 0 && options->verify && !options->pin_alone &&
	    !(tls_trust_open(&setup->trust, credentials, options, failure) &&
		(options->crl == NULL ||
		    tls_trust_use_crl(&setup->trust, options->crl, failure))))
		return false;
	if (result >= 0 &&
	    !tls_load_client_certificate(credentials, options, failure))
		return false;
	if (result >= 0)
		result = gnutls_init(&session,
		    GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS |
			/* whatever issuers the server has a list of */
			GNUTLS_FORCE_CLIENT_CERT);
	setup->session = session;
	tls_setup_add_priority(&priority, options);
	if (result >= 0)
		result = gnutls_priority_set_direct(
		    session, buf_text(&priority), NULL);
	buf_free(&priority);
	if (result >= 0)
		result = gnutls_credentials_set(
		    session, GNUTLS_CRD_CERTIFICATE, credentials);
	if (result < 0) {
		tls_words_fail(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		    gnutls_strerror(result));
		return false;
	}
	set_server_name(session, options->host);
	gnutls_transport_set_ptr(session, socket);
	gnutls_transport_set_pull_function(session, pull_octets);
	gnutls_transport_set_vec_push_function(session, push_records);
	return true;
}

void
tls_setup_free(struct tls_setup *setup)
{
	if (setup->session != NULL)
		gnutls_deinit(setup->session);
	if (setup->credentials != NULL)
		gnutls_certificate_free_credentials(setup->credentials);
	tls_trust_close(&setup->trust);
	*setup = (struct tls_setup){.session = NULL};
}
