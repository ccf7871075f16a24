/*
 * Why a TLS connection could not be made: a result for the program and a
 * sentence for the user.
 */
#ifndef TLS_TLS_FAILURE_H
#define TLS_TLS_FAILURE_H

#include <stdbool.h>

enum tls_result {
	TLS_DONE,
	TLS_REFUSED, /* certificate not trusted, or no common protocol */
	TLS_LOST,    /* connection closed, time-out: a retry may help */
	TLS_SIGNAL,  /* interrupted by a signal */
	TLS_CONFIG,  /* a file or a setting of the user cannot be used */
};

/* What is wrong with a certificate, as bits. */
enum certificate_fault {
	FAULT_ISSUER_UNKNOWN = 1 << 0,
	FAULT_SELF_SIGNED = 1 << 1, /* with FAULT_ISSUER_UNKNOWN */
	FAULT_EXPIRED = 1 << 2,
	FAULT_NOT_YET = 1 << 3, /* not valid yet */
	FAULT_NAME = 1 << 4,	/* it is for other names */
	FAULT_PIN = 1 << 5,	/* tls-pin expects another key */
	FAULT_REVOKED = 1 << 6,
	FAULT_WEAK = 1 << 7,
	FAULT_PURPOSE = 1 << 8, /* not for servers */
	FAULT_STAPLE = 1 << 9,	/* no OCSP status that is valid */
	FAULT_ROOTS = 1 << 10,	/* the trusted roots cannot be read */
	FAULT_CRL = 1 << 11,	/* the revocation lists cannot be read */
	FAULT_OTHER = 1 << 12,
	FAULT_DANE = 1 << 13, /* no TLSA record fits */
};

struct tls_failure {
	enum tls_result result;
	unsigned faults; /* of the certificate: bits of certificate_fault */
	bool is_tls;	 /* the server spoke TLS */
	char text[768];	 /* which check failed and what the certificate says;
			    a line feed begins a hint */
};

/*
 * Replaces result and text; a text that is too long ends in "...". Always
 * false, so that a caller can return it.
 */
bool tls_failure_set(struct tls_failure *failure, enum tls_result result,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
