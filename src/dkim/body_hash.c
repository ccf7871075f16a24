/*
 * Most text is canonical already, and is taken in long runs. Blanks, CRs and
 * line ends are held back until it is known what follows them.
 */
#include "dkim/body_hash.h"

#include <string.h>

static void
flush(struct body_hash *hash)
{
	sha256_add(hash->sha256, (struct span){hash->block, hash->len});
	hash->len = 0;
}

static void
put(struct body_hash *hash, const char *text, size_t len)
{
	hash->has_text = true;
	if (len > BODY_HASH_BLOCK - hash->len)
		flush(hash);
	if (len > BODY_HASH_BLOCK) {
		sha256_add(hash->sha256, (struct span){text, len});
		return;
	}
	memcpy(hash->block + hash->len, text, len);
	hash->len += len;
}

static void
put_line_ends(struct body_hash *hash)
{
	while (hash->line_ends > 0) {
		if (hash->len + 2 > BODY_HASH_BLOCK)
			flush(hash);
		hash->block[hash->len++] = '\r';
		hash->block[hash->len++] = '\n';
		hash->line_ends--;
	}
}

/* Text follows what was held back. */
static void
release(struct body_hash *hash)
{
	if (hash->line_ends > 0)
		put_line_ends(hash);
	if (hash->has_blank)
		put(hash, " ", 1);
	hash->has_blank = false;
}

/* Whether the octet is text, also a control character. */
static bool
is_text(char c)
{
	return c != ' ' && c != '\t' && c != '\r';
}

/*
 * The length of the canonical text at `at`, which begins with text: single
 * spaces and line ends are part of it if text follows them.
 */
static size_t
run_length(const char *at, const char *end)
{
	const char *now = at;

	for (;;) {
		while (now < end && (unsigned char)*now > ' ')
			now++;
		if (end - now < 3)
			break;
		if (*now == ' ' && (unsigned char)now[1] > ' ')
			now += 2;
		else if (*now == '\r' && now[1] == '\n' &&
		    (unsigned char)now[2] > ' ')
			now += 3;
		else
			break;
	}
	while (now < end && is_text(*now))
		now++;
	return (size_t)(now - at);
}

void
body_hash_init(struct body_hash *hash)
{
	*hash = (struct body_hash){.sha256 = sha256_new()};
}

/* Passes blanks and line ends, which are held back; returns what is next. */
static const char *
pass_white(struct body_hash *hash, const char *at, const char *end)
{
	for (; at < end; at++)
		if (*at == ' ' || *at == '\t') {
			hash->has_blank = true;
		} else if (*at == '\r' && at + 1 < end && at[1] == '\n') {
			hash->has_blank = false;
			hash->line_ends++;
			at++;
		} else {
			break;
		}
	return at;
}

/* After a CR at the end of a piece, or one that no LF follows. */
static const char *
take_cr(struct body_hash *hash, const char *at)
{
	hash->has_cr = false;
	if (*at == '\n') {
		hash->has_blank = false;
		hash->line_ends++;
		return at + 1;
	}
	release(hash);
	put(hash, "\r", 1);
	return at;
}

void
body_hash_take(struct body_hash *hash, struct span piece)
{
	const char *at = piece.at, *end = piece.at + piece.len;

	while (at < end) {
		if (hash->has_cr)
			at = take_cr(hash, at);
		at = pass_white(hash, at, end);
		if (at < end && *at == '\r') {
			hash->has_cr = true;
			at++;
		} else if (at < end) {
			size_t len = run_length(at, end);

			release(hash);
			put(hash, at, len);
			at += len;
		}
	}
}

bool
body_hash_end(struct body_hash *hash, unsigned char out[SHA256_OCTETS])
{
	if (hash->has_cr) {
		release(hash);
		put(hash, "\r", 1);
	}
	/* A body without text is empty (RFC 6376 section 3.4.4). */
	if (hash->has_text)
		put(hash, "\r\n", 2);
	flush(hash);
	return sha256_end(hash->sha256, out);
}
