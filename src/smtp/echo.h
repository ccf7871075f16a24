/*
 * Secrets that must not be shown. Some servers echo a credential in a reply,
 * such as the base64 of user and password in a 501; it is replaced before the
 * reply is shown or kept.
 */
#ifndef SMTP_ECHO_H
#define SMTP_ECHO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "profile/secret.h"

struct echo {
	struct buf secrets;	/* of eight octets and more; LF between them */
	struct buf words;	/* the shorter ones */
	bool begins[256];	/* whether a word begins with the octet */
	const char **stretches; /* into secrets, sorted if is_sorted */
	size_t count;
	bool is_sorted;
};

void echo_init(struct echo *echo);
/* Wipes the secrets. */
void echo_free(struct echo *echo);
/*
 * From now on the secret is replaced. A secret of two or three octets is
 * replaced only where it is a separate word; a single octet is never replaced.
 */
void echo_hide(struct echo *echo, struct span secret);
/*
 * The same in every form in which servers echo it: plain, in hexadecimal, and
 * in base64 from the first, the second or the third octet of a group.
 */
void echo_hide_forms(struct echo *echo, struct span secret);
/* The same for the password and the token. */
void echo_hide_secret(struct echo *echo, const struct secret *secret);
/*
 * Adds the line to out, with "***" for every secret and every part of one that
 * has eight octets or more. Also finds secrets that the line escapes, and
 * hexadecimal in either case. Takes time of about line.len * log(secrets).
 */
void echo_replace(struct echo *echo, struct span line, struct buf *out);

#endif
