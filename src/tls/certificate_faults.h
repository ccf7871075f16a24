/*
 * A server's certificates and what is wrong with them, in words: one sentence
 * with a part for every check that failed, and a hint at the settings that may
 * help.
 */
#ifndef TLS_CERTIFICATE_FAULTS_H
#define TLS_CERTIFICATE_FAULTS_H

#include <gnutls/x509.h>
#include <stdbool.h>

#include "tls/tls_options.h"

#define CERTIFICATES_MAX 16

/* Starts all zero. */
struct certificate_faults {
	/* The chain that the server sent, its own certificate first. */
	gnutls_x509_crt_t certificates[CERTIFICATES_MAX];
	unsigned count;
	struct buf text, hint;
	struct buf pin;	  /* "sha256:..." of the server's key; empty: unknown */
	bool is_fatal;	  /* no setting should accept this certificate */
	bool is_pinned;	  /* the key is none of those that tls-pin expects */
	bool is_stranger; /* another server may be answering */
};

void certificate_faults_free(struct certificate_faults *faults);
/*
 * Reads the first `count` certificates of the session's chain, or as many as
 * can be read; those that were read before are kept.
 */
void certificate_faults_read(struct certificate_faults *faults,
    gnutls_session_t session, unsigned count);
/* GnuTLS could not check the certificate; `error` is its error code. */
void certificate_faults_add_error(struct certificate_faults *faults, int error);
/* Adds a part for every bit of GnuTLS's status of the chain. */
void certificate_faults_add_status(
    struct certificate_faults *faults, unsigned status);
/*
 * The certificate is not for options->name but for `others`; with `is_as_name`
 * the name is an address that the certificate has as a DNS name.
 */
void certificate_faults_add_name(struct certificate_faults *faults,
    const struct tls_options *options, struct span others, bool is_as_name);
/* The server's key, faults->pin, is none of options->pins. */
void certificate_faults_add_pin(
    struct certificate_faults *faults, const struct tls_options *options);
/* Sets the failure to TLS_REFUSED with the sentence and the hint. */
void certificate_faults_report(struct certificate_faults *faults,
    const struct tls_options *options, struct tls_failure *failure);

#endif
