/*
 * Secrets that must not be shown. Some servers echo a credential in a reply,
 * as the whole base64 of user and password in a 501; it is replaced before
 * anybody sees it.
 */
#ifndef SMTP_ECHO_H
#define SMTP_ECHO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

struct echo {
	struct buf secrets;	/* of eight octets and more; LF between them */
	struct buf words;	/* the shorter ones */
	const char **stretches; /* into secrets, sorted if is_sorted */
	size_t count;
	bool is_sorted;
};

void echo_init(struct echo *echo);
/* Wipes the secrets. */
void echo_free(struct echo *echo);
/*
 * From now on the secret is replaced. One of two or three octets is replaced
 * only where it is a word of its own; one of a single octet never is.
 */
void echo_hide(struct echo *echo, struct span secret);
/*
 * Adds the line to out, with "***" for every secret and every part of one that
 * has eight octets or more. It is found too where the line escapes it, and
 * hexadecimal in any case. Takes a time of about line.len * log(secrets).
 */
void echo_replace(struct echo *echo, struct span line, struct buf *out);

#endif
