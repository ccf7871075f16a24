/*
 * Most text is canonical already: such runs are hashed where they lie. Blanks,
 * CRs and line ends are held back until it is known what follows them.
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

/* Text follows what was held back. */
static void
release(struct body_hash *hash)
{
	for (; hash->line_ends > 0; hash->line_ends--)
		put(hash, "\r\n", 2);
	if (hash->has_blank)
		put(hash, " ", 1);
	hash->has_blank = false;
}

/* Whether the octet is text, also a control character. */
static bool
is_text(char c)
{
	return (unsigned char)c > ' ' || (c != ' ' && c != '\t' && c != '\r');
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

void
body_hash_take(struct body_hash *hash, struct span piece)
{
	const char *at = piece.at, *end = piece.at + piece.len;

	while (at < end) {
		size_t len = 1;

		if (hash->has_cr && *at == '\n') {
			hash->has_cr = hash->has_blank = false;
			hash->line_ends++;
		} else if (hash->has_cr) {
			/* It was no line end. */
			release(hash);
			put(hash, "\r", 1);
			hash->has_cr = false;
			continue;
		} else if (*at == '\r') {
			hash->has_cr = true;
		} else if (*at == ' ' || *at == '\t') {
			hash->has_blank = true;
		} else {
			len = run_length(at, end);
			release(hash);
			put(hash, at, len);
		}
		at += len;
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
