/*
 * One session of the sink: its input, its output, and what it counts.
 * sink_wire.c reads lines and octets and counts turns; sink_content.c reads the
 * content after DATA and BDAT.
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
	const char *certificate, *key, *login, *save, *as;
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
	gnutls_session_t tls; /* NULL: without TLS */
	bool has_written;     /* since the last read */
	char in[IN_MAX];
	size_t at, end;
	char out[OUT_MAX + 1024];
	size_t out_len;
	gnutls_hash_hd_t content, recipients;
	FILE *saved; /* NULL: not saved */
	unsigned long long octets, recipient_count, messages, turns, commands;
	unsigned long long in_transaction; /* recipients */
	const char *by;
	bool has_login, is_over;
};

bool session_flush(struct session *session);
void session_say(struct session *session, const char *text);
/* Reads more input, after the unread rest; false at the end. */
bool session_fill(struct session *session);
/* The next line, with NUL in place of its end; NULL at the end of input. */
char *session_line(struct session *session);
bool session_handshake(struct session *session);

/* Read the content after 354 or BDAT; false: the client has closed. */
bool take_stuffed(struct session *session);
bool take_chunk(struct session *session, const char *words);

#endif
