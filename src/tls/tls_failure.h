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

struct tls_failure {
	enum tls_result result;
	bool is_tls;	/* the server spoke TLS */
	char text[768]; /* which check failed and what the certificate says;
			   a line feed begins a hint */
};

/*
 * Replaces result and text; a text that is too long ends in "...". Always
 * false, so that a caller can return it.
 */
bool tls_failure_set(struct tls_failure *failure, enum tls_result result,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
