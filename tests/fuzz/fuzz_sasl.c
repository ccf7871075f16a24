/*
 * Every SASL mechanism with a server that sends any challenges, and a second
 * computation of the proof that a SCRAM server must send. In a challenge, an
 * octet of PROOF stands for the right proof and one of NONCE for our nonce; one
 * of TURN ends it. One HMAC replaces the hashing of the password, so that many
 * iterations take no time.
 *
 * link: -Wl,--wrap=sasl_hash_stretch
 */
#include "fuzz/fuzz.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/base64.h"
#include "smtp/sasl.h"
#include "smtp/sasl_hash.h"
#include "smtp/sasl_scram.h"

#define TURN '\xfe'
#define NONCE '\x01'
#define PROOF '\x02'
#define OWN_NONCE "fyko+d2lbbFgONRv9qkxdawL"
#define USER "u,s=r"
#define PASSWORD "xyzzy-plugh"
#define TOKEN "ya29.token"

bool __wrap_sasl_hash_stretch(enum digest digest, struct span password,
    struct span salt, unsigned rounds, unsigned char *out);

bool
__wrap_sasl_hash_stretch(enum digest digest, struct span password,
    struct span salt, unsigned rounds, unsigned char *out)
{
	CLAIM(rounds >= SCRAM_ROUNDS_MIN && rounds <= SCRAM_ROUNDS_MAX);
	return sasl_hash_hmac(digest, password, salt, out);
}

/* What both sides sent, and the proof that the server must send. */
struct book {
	gnutls_mac_algorithm_t mac;
	struct buf first, challenge, last; /* of SCRAM; last: without proof */
	struct buf proof;		   /* in base64 */
};

static void
hmac(gnutls_mac_algorithm_t mac, struct span key, struct span text, void *out)
{
	CLAIM(gnutls_hmac_fast(mac, key.at, key.len, text.at, text.len, out) ==
	    0);
}

/* Of "r=...,s=SALT,i=...": the salt, decoded. */
static void
find_salt(struct span challenge, struct buf *salt)
{
	struct span part = span_skip(challenge, span_find(challenge, ','));

	part = span_skip(part, 3);
	CLAIM(base64_decode(salt, span_head(part, span_find(part, ','))));
}

/* RFC 5802 section 3: ServerSignature. */
static void
work_out_proof(struct book *book)
{
	unsigned char salted[32], key[32], signature[32];
	size_t len = gnutls_hmac_get_len(book->mac);
	struct buf message, salt = {0};

	buf_init(&message, (size_t)1024 * 1024);
	find_salt(buf_span(&book->challenge), &salt);
	buf_add_span(&message, buf_span(&book->first));
	buf_add_char(&message, ',');
	buf_add_span(&message, buf_span(&book->challenge));
	buf_add_char(&message, ',');
	buf_add_span(&message, buf_span(&book->last));
	hmac(book->mac, SPAN(PASSWORD), buf_span(&salt), salted);
	hmac(book->mac, (struct span){(char *)salted, len}, SPAN("Server Key"),
	    key);
	hmac(book->mac, (struct span){(char *)key, len}, buf_span(&message),
	    signature);
	buf_clear(&book->proof);
	base64_encode(&book->proof, (struct span){(char *)signature, len});
	buf_free(&message);
	buf_free(&salt);
}

static void
fill_in(struct span turn, const struct book *book, struct buf *challenge)
{
	buf_clear(challenge);
	for (size_t i = 0; i < turn.len; i++)
		if (turn.at[i] == NONCE)
			buf_add_text(challenge, OWN_NONCE);
		else if (turn.at[i] == PROOF)
			buf_add_span(challenge, buf_span(&book->proof));
		else
			buf_add_char(challenge, turn.at[i]);
}

/* "v=", the proof, and perhaps a comma and more. */
static bool
is_proven(const struct book *book, struct span challenge)
{
	struct span value = span_skip(challenge, 2);

	value = span_head(value, span_find(value, ','));
	return book->proof.len > 0 && span_starts(challenge, SPAN("v=")) &&
	    span_equal(value, buf_span(&book->proof));
}

/* Notes what was sent in a successful step. */
static void
note_scram(
    struct book *book, unsigned step, struct span challenge, struct span said)
{
	size_t at = 0;

	if (step == 0) {
		while (at < said.len &&
		    !span_starts(span_skip(said, at), SPAN(",,n=")))
			at++;
		CLAIM(at < said.len);
		buf_add_span(&book->first, span_skip(said, at + 2));
		return;
	}
	if (step != 1)
		return;
	while (at < said.len && !span_starts(span_skip(said, at), SPAN(",p=")))
		at++;
	CLAIM(at < said.len && span_starts(said, SPAN("c=")));
	buf_add_span(&book->challenge, challenge);
	buf_add_span(&book->last, span_head(said, at));
	work_out_proof(book);
}

/* After each step: checks the result, and what may be shown. */
static void
check_step(const struct sasl *sasl, const struct book *book, bool done,
    struct span challenge, struct span said)
{
	bool is_scram = sasl->mechanism->exchange == EXCHANGE_SCRAM;

	CLAIM(!span_has_control(buf_span(&sasl->trouble)));
	CLAIM(done || sasl->trouble.len > 0);
	if (is_scram && sasl->step <= 3)
		CLAIM((sasl->state == SASL_SETTLED) ==
		    (done && sasl->step == 3 && is_proven(book, challenge)));
	if (is_scram && sasl->step > 3)
		CLAIM(!done);
	if (sasl->mechanism->exchange == EXCHANGE_PLAIN && sasl->step == 1)
		CLAIM(span_equal(said, SPAN("\0" USER "\0" PASSWORD)));
	if (sasl->mechanism->credential == CREDENTIAL_TOKEN && sasl->step > 1)
		CLAIM(sasl->state == SASL_REFUSED || !done);
}

static void
run_exchange(struct sasl *sasl, struct book *book, struct span rest)
{
	bool is_scram = sasl->mechanism->exchange == EXCHANGE_SCRAM;
	bool done = true;
	struct buf challenge, said;

	buf_init(&challenge, (size_t)2 * 1024 * 1024);
	buf_init(&said, (size_t)64 * 1024);
	for (int turns = 0; done && turns < 6; turns++) {
		size_t end = span_find(rest, TURN);
		unsigned step = sasl->step;

		if (turns > 0) {
			fill_in(span_head(rest, end), book, &challenge);
			rest = span_skip(rest, end + 1);
		}
		buf_clear(&said);
		done = sasl_respond(sasl, buf_span(&challenge), &said);
		if (done && is_scram)
			note_scram(
			    book, step, buf_span(&challenge), buf_span(&said));
		check_step(
		    sasl, book, done, buf_span(&challenge), buf_span(&said));
	}
	buf_free(&challenge);
	buf_free(&said);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	const struct mechanism *mechanism =
	    mechanism_at(fuzz_choice(&input) % mechanism_count());
	unsigned choice = fuzz_choice(&input);
	struct sasl sasl = {
	    .user = SPAN(USER),
	    .password = SPAN(PASSWORD),
	    .token = SPAN(TOKEN),
	    .has_certificate = true,
	    .host =
		(choice & 1) != 0 ? SPAN("mail.example.org") : (struct span){0},
	    .port = 465,
	    .is_encrypted = true,
	    .binding_name = (choice & 2) != 0 ? "tls-exporter" : NULL,
	    .binding = (choice & 2) != 0 ? SPAN("bound,") : (struct span){0},
	};
	struct book book = {.mac = mechanism->digest == DIGEST_SHA256
		? GNUTLS_MAC_SHA256
		: GNUTLS_MAC_SHA1};
	struct span name = span_from(mechanism->name);

	if (sasl_choose(&sasl, name,
		mechanism_bit(name) | ((choice & 4) != 0 ? ~0U : 0))) {
		CLAIM(sasl.mechanism == mechanism);
		buf_add_text(&sasl.scram.nonce, OWN_NONCE);
		run_exchange(&sasl, &book, input);
	}
	sasl_free(&sasl);
	buf_free(&book.first);
	buf_free(&book.challenge);
	buf_free(&book.last);
	buf_free(&book.proof);
	return 0;
}
