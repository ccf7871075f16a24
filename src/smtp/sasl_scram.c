/*
 * SCRAM: client-first, client-final, and the check of the server's proof. The
 * login counts only when sasl->state is SASL_SETTLED, after that check.
 */
#include "smtp/sasl_scram.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/random.h"
#include "smtp/quote.h"
#include "smtp/sasl_hash.h"

#define NONCE_OCTETS 18 /* 24 characters */

_Static_assert(sizeof(((struct scram *)0)->signature) == DIGEST_MAX,
    "a signature is a digest");

/* server-first-message */
struct demand {
	struct span nonce;
	struct buf salt;
	uint64_t rounds;
};

/* Wiped when the step is done. */
struct keys {
	unsigned char salted[DIGEST_MAX], client[DIGEST_MAX];
	unsigned char stored[DIGEST_MAX], server[DIGEST_MAX];
	unsigned char proof[DIGEST_MAX]; /* ClientSignature, then the proof */
};

bool
sasl_scram_is_plain(struct span text)
{
	return span_is_ascii(text) && !span_has_control(text);
}

static bool
make_nonce(struct buf *nonce)
{
	unsigned char octets[NONCE_OCTETS];

	if (nonce->len > 0)
		return true;
	/* Base64 has no comma in it (RFC 5802 section 5.1). */
	return random_octets(octets, sizeof(octets)) &&
	    base64_encode(nonce, (struct span){(char *)octets, sizeof(octets)});
}

/* RFC 5802 section 7, gs2-header: no authzid. */
static void
make_header(struct sasl *sasl)
{
	struct buf *header = &sasl->scram.header;

	buf_clear(header);
	if (sasl->scram.flag == 'p')
		buf_add_format(header, "p=%s,,", sasl->binding_name);
	else
		buf_add_format(header, "%c,,", sasl->scram.flag);
}

static bool
say_first(struct sasl *sasl, struct buf *response)
{
	struct scram *scram = &sasl->scram;

	if (!sasl_scram_is_plain(sasl->user) ||
	    !sasl_scram_is_plain(sasl->password))
		return sasl_exchange_give_up(sasl,
		    "%s needs a user and a password in ASCII",
		    sasl->mechanism->name);
	if (!make_nonce(&scram->nonce))
		return sasl_exchange_give_up(
		    sasl, "the system has no random numbers");
	make_header(sasl);
	buf_clear(&scram->first);
	buf_add_text(&scram->first, "n=");
	sasl_exchange_add_name(&scram->first, sasl->user);
	buf_add_text(&scram->first, ",r=");
	buf_add_span(&scram->first, buf_span(&scram->nonce));
	buf_add_span(response, buf_span(&scram->header));
	return buf_add_span(response, buf_span(&scram->first)) &&
	    !scram->first.full;
}

/* Takes "name=value" and the comma after it. */
static bool
take_attribute(struct span *rest, char name, struct span *value)
{
	size_t end = span_find(*rest, ',');
	struct span part = span_head(*rest, end);

	if (part.len < 2 || part.at[0] != name || part.at[1] != '=')
		return false;
	/* A comma must be followed by another attribute. */
	if (end + 1 == rest->len)
		return false;
	*value = span_skip(part, 2);
	*rest = span_skip(*rest, end + 1);
	return true;
}

/* Extensions may be ignored, except m= (RFC 5802 section 5.1). */
static bool
skip_extensions(struct span rest)
{
	while (rest.len > 0) {
		struct span value;
		char name = rest.at[0];

		if (!ascii_is_alpha(name) || name == 'm' ||
		    !take_attribute(&rest, name, &value))
			return false;
	}
	return true;
}

static bool
is_nonce(struct span nonce)
{
	for (size_t i = 0; i < nonce.len; i++)
		if (nonce.at[i] < 0x21 || nonce.at[i] > 0x7e)
			return false;
	return true;
}

static bool
read_demand(struct sasl *sasl, struct span message, struct demand *demand)
{
	struct span own = buf_span(&sasl->scram.nonce), salt, rounds;

	if (span_starts(message, SPAN("m=")))
		return sasl_exchange_break(
		    sasl, "the server demands an unknown extension of SCRAM");
	if (!take_attribute(&message, 'r', &demand->nonce) ||
	    !take_attribute(&message, 's', &salt) ||
	    !take_attribute(&message, 'i', &rounds) ||
	    !skip_extensions(message))
		return sasl_exchange_break(
		    sasl, "the server's challenge is not SCRAM");
	if (!is_nonce(demand->nonce) || !span_starts(demand->nonce, own) ||
	    demand->nonce.len == own.len)
		return sasl_exchange_break(
		    sasl, "the server's challenge has the wrong nonce");
	if (!base64_decode(&demand->salt, salt) || demand->salt.len == 0)
		return sasl_exchange_break(
		    sasl, "the server's challenge has no salt");
	/* posit-number: it must not begin with 0 */
	if (span_starts(rounds, SPAN("0")) ||
	    !span_number(rounds, UINT64_MAX, &demand->rounds))
		return sasl_exchange_break(
		    sasl, "the server's challenge has no iteration count");
	if (demand->rounds < SCRAM_ROUNDS_MIN)
		return sasl_exchange_give_up(sasl,
		    "the server asks for an iteration count of %llu, less "
		    "than %d is not safe",
		    (unsigned long long)demand->rounds, SCRAM_ROUNDS_MIN);
	if (demand->rounds > SCRAM_ROUNDS_MAX)
		return sasl_exchange_give_up(sasl,
		    "the server asks for an iteration count of %llu, more "
		    "than %d is refused",
		    (unsigned long long)demand->rounds, SCRAM_ROUNDS_MAX);
	return true;
}

static struct span
octets_of(const struct sasl *sasl, const unsigned char *octets)
{
	return (struct span){
	    (const char *)octets, sasl_hash_octets(sasl->mechanism->digest)};
}

/* RFC 5802 section 3. */
static bool
derive(struct sasl *sasl, const struct demand *demand, struct span message,
    struct keys *keys)
{
	enum digest digest = sasl->mechanism->digest;
	struct span salted = octets_of(sasl, keys->salted);

	if (!sasl_hash_stretch(digest, sasl->password, buf_span(&demand->salt),
		(unsigned)demand->rounds, keys->salted) ||
	    !sasl_hash_hmac(digest, salted, SPAN("Client Key"), keys->client) ||
	    !sasl_hash_hmac(digest, salted, SPAN("Server Key"), keys->server) ||
	    !sasl_hash_of(
		digest, octets_of(sasl, keys->client), keys->stored) ||
	    !sasl_hash_hmac(
		digest, octets_of(sasl, keys->stored), message, keys->proof) ||
	    !sasl_hash_hmac(digest, octets_of(sasl, keys->server), message,
		sasl->scram.signature))
		return sasl_exchange_give_up(sasl,
		    "the library refuses to compute %s", sasl->mechanism->name);
	for (size_t i = 0; i < sasl_hash_octets(digest); i++)
		keys->proof[i] ^= keys->client[i];
	return true;
}

/* Adds c=, which binds the login to the TLS channel. */
static void
add_binding(const struct sasl *sasl, struct buf *out)
{
	struct buf input = {0};

	buf_add_span(&input, buf_span(&sasl->scram.header));
	if (sasl->scram.flag == 'p')
		buf_add_span(&input, sasl->binding);
	buf_add_text(out, "c=");
	base64_encode(out, buf_span(&input));
	buf_free(&input);
}

static bool
say_proof(struct sasl *sasl, struct span challenge, struct buf *response)
{
	struct demand demand = {0};
	struct buf message = {0};
	struct keys keys;
	bool done = read_demand(sasl, challenge, &demand);

	if (done) {
		size_t start;

		/* AuthMessage ends with the response. */
		buf_add_span(&message, buf_span(&sasl->scram.first));
		buf_add_char(&message, ',');
		buf_add_span(&message, challenge);
		buf_add_char(&message, ',');
		start = message.len;
		add_binding(sasl, &message);
		buf_add_text(&message, ",r=");
		buf_add_span(&message, demand.nonce);
		done = !message.full &&
		    derive(sasl, &demand, buf_span(&message), &keys);
		buf_add_span(response, span_skip(buf_span(&message), start));
	}
	if (done) {
		buf_add_text(response, ",p=");
		done = base64_encode(response, octets_of(sasl, keys.proof));
	}
	mem_wipe(&keys, sizeof(keys));
	buf_free(&demand.salt);
	buf_free(&message);
	return done;
}

/* RFC 5802 section 5.1: without the server's proof the login has failed. */
static bool
check_signature(struct sasl *sasl, struct span message)
{
	struct buf signature = {0};
	struct span value;
	bool is_right;

	if (take_attribute(&message, 'e', &value)) {
		char *shown = quote_words(value);

		sasl->state = SASL_REFUSED;
		sasl_exchange_give_up(
		    sasl, "the server refuses the login: %s", shown);
		free(shown);
		return false;
	}
	if (!take_attribute(&message, 'v', &value) || !skip_extensions(message))
		return sasl_exchange_break(
		    sasl, "the server's proof is not SCRAM");
	is_right = base64_decode(&signature, value) &&
	    sasl_hash_equal(
		buf_span(&signature), octets_of(sasl, sasl->scram.signature));
	buf_free(&signature);
	if (!is_right)
		return sasl_exchange_break(sasl,
		    "the server cannot prove that it knows the password: it "
		    "may be an impostor");
	sasl->state = SASL_SETTLED;
	return true; /* with an empty response */
}

bool
sasl_scram_respond(
    struct sasl *sasl, struct span challenge, struct buf *response)
{
	switch (sasl->step) {
	case 0:
		return say_first(sasl, response);
	case 1:
		return say_proof(sasl, challenge, response);
	case 2:
		return check_signature(sasl, challenge);
	}
	return sasl_exchange_break(sasl, SASL_NONSENSE);
}

void
sasl_scram_free(struct scram *scram)
{
	buf_free(&scram->header);
	buf_free(&scram->nonce);
	buf_free(&scram->first);
	mem_wipe(scram->signature, sizeof(scram->signature));
}
