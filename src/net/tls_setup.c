#include "net/tls_setup.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "net/tls_verify.h"
#include "net/tls_words.h"

/*
 * GnuTLS would start itself before main, with whatever the environment says.
 * It starts in tls_start, so that a run without TLS does not pay for it.
 */
int _gnutls_global_init_skip(void) __attribute__((visibility("default")));
GNUTLS_SKIP_GLOBAL_INIT

#define VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
/* 2048 bits of RSA or Diffie-Hellman at least, and no SHA-1 (RFC 9325). */
#define STRENGTH ":%PROFILE_MEDIUM"

#define TRUST_FILE_MAX ((size_t)64 * 1024 * 1024)

/* Nobody else's keys log, debugging or priorities (RFC 8446 appendix E). */
static void
disarm_environment(void)
{
	extern char **environ;
	size_t i = 0;

	unsetenv("SSLKEYLOGFILE");
	while (environ != NULL && environ[i] != NULL) {
		struct span name = span_from(environ[i]);
		char *copy;

		name = span_head(name, span_find(name, '='));
		if (!span_starts(name, SPAN("GNUTLS_"))) {
			i++;
			continue;
		}
		copy = span_copy(name);
		if (unsetenv(copy) < 0)
			i++;
		free(copy);
	}
}

/* The roots that the chain may end in. */
static bool
load_trust_file(gnutls_certificate_credentials_t credentials, const char *path,
    struct tls_failure *failure)
{
	struct buf text = {.max = TRUST_FILE_MAX};
	gnutls_datum_t datum;
	struct error err;
	int fd, loaded;

	fd = file_open(path, FILE_ANY, ERROR_CONFIG, &err);
	if (fd < 0 || !file_read(fd, path, &text, ERROR_CONFIG, &err)) {
		tls_fail(failure, TLS_CONFIG, "%s", err.text);
		if (fd >= 0)
			close(fd);
		buf_free(&text);
		return false;
	}
	close(fd);
	datum.data = (unsigned char *)text.data;
	datum.size = (unsigned)text.len;
	loaded = text.len == 0 ? 0
			       : gnutls_certificate_set_x509_trust_mem(
				     credentials, &datum, GNUTLS_X509_FMT_PEM);
	buf_free(&text);
	if (loaded > 0)
		return true;
	tls_fail(failure, TLS_CONFIG, "cannot use %s: %s", path,
	    loaded < 0 && loaded != GNUTLS_E_NO_CERTIFICATE_FOUND
		? "a certificate in it cannot be read"
		: "it holds no certificate in PEM form");
	return false;
}

static bool
load_trust(gnutls_certificate_credentials_t credentials, const char *path,
    struct tls_failure *failure)
{
#ifdef CA_BUNDLE
	if (path == NULL)
		path = CA_BUNDLE;
#endif
	if (path != NULL)
		return load_trust_file(credentials, path, failure);
	if (gnutls_certificate_set_x509_system_trust(credentials) > 0)
		return true;
	tls_fail(failure, TLS_CONFIG,
	    "this system has no trusted root certificates\n"
	    "hint: install ca-certificates, or set tls-trust = FILE");
	return false;
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
	    tls_name_address(host, address) != 0)
		return;
	/* Without it a server may show another certificate: no harm. */
	gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, len);
}

bool
tls_setup(struct tls_setup *setup, const struct tls_options *options,
    struct tls_failure *failure)
{
	gnutls_session_t session = NULL;
	gnutls_certificate_credentials_t credentials = NULL;
	int result;

	disarm_environment();
	result = gnutls_global_init();
	if (result >= 0)
		result = gnutls_certificate_allocate_credentials(&credentials);
	setup->credentials = credentials;
	if (result >= 0 && options->verify &&
	    !load_trust(credentials, options->trust, failure))
		return false;
	if (result >= 0)
		result = gnutls_init(&session,
		    GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS);
	setup->session = session;
	if (result >= 0)
		result = gnutls_priority_set_direct(session,
		    options->verify ? VERSIONS STRENGTH : VERSIONS, NULL);
	if (result >= 0)
		result = gnutls_credentials_set(
		    session, GNUTLS_CRD_CERTIFICATE, credentials);
	if (result < 0) {
		tls_fail(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		    gnutls_strerror(result));
		return false;
	}
	set_server_name(session, options->host);
	return true;
}

void
tls_setup_free(struct tls_setup *setup)
{
	if (setup->session != NULL)
		gnutls_deinit(setup->session);
	if (setup->credentials != NULL)
		gnutls_certificate_free_credentials(setup->credentials);
	*setup = (struct tls_setup){NULL, NULL};
}
