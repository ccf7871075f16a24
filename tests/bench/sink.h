/*
 * One session of the sink: what came in, what is to go out, what it told.
 * The wire gives lines and octets and counts turns; the content is taken from
 * DATA and BDAT.
 */
#ifndef TESTS_BENCH_SINK_H
#define TESTS_BENCH_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#define IN_MAX ((size_t)256 * 1024)
#define OUT_MAX ((size_t)16 * 1024)
#define WITHOUT_MAX 8

struct options {
	const char *certificate, *key, *login, *save;
	const char *without[WITHOUT_MAX];
	size_t without_count;
	int patience;
	unsigned long long most; /* recipients in a transaction; 0: any */
	bool is_implicit, hashes;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
};

struct session {
	const struct options *options;
	int fd;
	gnutls_session_t tls; /* NULL: in clear */
	bool has_written;     /* since the last read */
	char in[IN_MAX];
	size_t at, end;
	char out[OUT_MAX + 1024];
	size_t out_len;
	gnutls_hash_hd_t content, recipients;
	FILE *saved; /* NULL: not wanted */
	unsigned long long octets, recipient_count, messages, turns, commands;
	unsigned long long in_transaction; /* recipients */
	const char *by;
	bool has_login, is_over;
};

bool session_flush(struct session *session);
void session_say(struct session *session, const char *text);
/* More input behind what is left of it; false at the end. */
bool session_fill(struct session *session);
/* The next line, ended by NUL in the place of its end; NULL: no more. */
char *session_line(struct session *session);
bool session_handshake(struct session *session);

/* Behind 354, and behind the words of BDAT; false: the client is gone. */
bool take_stuffed(struct session *session);
bool take_chunk(struct session *session, const char *words);

#endif
