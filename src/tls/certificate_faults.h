/*
 * Describes what is wrong with a server's certificates: one sentence with a
 * part for every check that failed, and a hint that names settings that may
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
	struct buf pin; /* "sha256:..." of the server's key; empty: unknown */
	unsigned bits;	/* of enum certificate_fault */
	bool is_fatal;	/* no setting should accept this certificate */
	bool is_pinned; /* tls-pin expects another key */
	bool is_intercepted; /* a known program opens TLS on the way */
	bool is_stranger;    /* another server may be answering */
};

void certificate_faults_free(struct certificate_faults *faults);
/*
 * Reads the first `count` certificates of the session's chain, or as many as
 * can be read; certificates that were read before are kept.
 */
void certificate_faults_read(struct certificate_faults *faults,
    gnutls_session_t session, unsigned count);
/*
 * Adds that GnuTLS could not check the certificate; `error` is its error code.
 */
void certificate_faults_add_error(struct certificate_faults *faults, int error);
/* Adds a part for every bit of the status that GnuTLS gave the chain. */
void certificate_faults_add_status(
    struct certificate_faults *faults, unsigned status);
/*
 * Adds that the certificate is not for options->name but for `others`.
 * is_as_name: options->name is an address that the certificate has as a DNS
 * name.
 */
void certificate_faults_add_name(struct certificate_faults *faults,
    const struct tls_options *options, struct span others, bool is_as_name);
/* Adds that the server's key, faults->pin, is not in options->pins. */
void certificate_faults_add_pin(
    struct certificate_faults *faults, const struct tls_options *options);
/* Adds that none of the TLSA records of options->host fits. */
void certificate_faults_add_misfit(
    struct certificate_faults *faults, const struct tls_options *options);
/* Sets the failure to TLS_REFUSED with sentence, hint and bits. */
void certificate_faults_report(struct certificate_faults *faults,
    const struct tls_options *options, struct tls_failure *failure);

#endif
