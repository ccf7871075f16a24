/*
 * Chooses a mechanism and runs its exchange; the short mechanisms are here. To
 * add one, add a row in profile/mechanism.c, a function like respond_plain, and
 * a line in the table `exchanges`.
 */
#include "smtp/sasl.h"

#include "smtp/sasl_hash.h"
#include "smtp/sasl_scram.h"
#include "smtp/sasl_token.h"

/* RFC 4422 appendix A: an empty response; the certificate names the user. */
static bool
respond_external(struct sasl *sasl, struct span challenge, struct buf *response)
{
	(void)challenge;
	(void)response;
	return sasl->step == 0 || sasl_exchange_break(sasl, SASL_NONSENSE);
}

/* RFC 4616: [authzid] NUL authcid NUL passwd. */
static bool
respond_plain(struct sasl *sasl, struct span challenge, struct buf *response)
{
	(void)challenge; /* some servers send one, without meaning */
	if (sasl->step > 0)
		return sasl_exchange_break(sasl, SASL_NONSENSE);
	buf_add_char(response, '\0');
	buf_add_span(response, sasl->user);
	buf_add_char(response, '\0');
	return buf_add_span(response, sasl->password);
}

/*
 * draft-murchison-sasl-login: the user, then the password. The prompts are
 * ignored, because servers word them as they like.
 */
static bool
respond_login(struct sasl *sasl, struct span challenge, struct buf *response)
{
	(void)challenge;
	if (sasl->step > 1)
		return sasl_exchange_break(sasl, SASL_NONSENSE);
	return buf_add_span(
	    response, sasl->step == 0 ? sasl->user : sasl->password);
}

/* RFC 2195 section 2: the user and the HMAC of the challenge. */
static bool
respond_cram(struct sasl *sasl, struct span challenge, struct buf *response)
{
	enum digest digest = sasl->mechanism->digest;
	unsigned char keyed[DIGEST_MAX];

	/*
	 * An attacker could replay the answer to an empty challenge for ever.
	 */
	if (sasl->step > 0 || challenge.len == 0)
		return sasl_exchange_break(sasl, SASL_NONSENSE);
	if (!sasl_hash_hmac(digest, sasl->password, challenge, keyed))
		return sasl_exchange_give_up(sasl,
		    "the library refuses to compute %s", sasl->mechanism->name);
	buf_add_span(response, sasl->user);
	buf_add_char(response, ' ');
	for (size_t i = 0; i < sasl_hash_octets(digest); i++)
		buf_add_format(response, "%02x", keyed[i]);
	return !response->full;
}

static bool (*const exchanges[])(
    struct sasl *sasl, struct span challenge, struct buf *response) = {
    [EXCHANGE_EXTERNAL] = respond_external,
    [EXCHANGE_SCRAM] = sasl_scram_respond,
    [EXCHANGE_BEARER] = sasl_token_respond_bearer,
    [EXCHANGE_XOAUTH2] = sasl_token_respond_xoauth2,
    [EXCHANGE_PLAIN] = respond_plain,
    [EXCHANGE_LOGIN] = respond_login,
    [EXCHANGE_CRAM] = respond_cram,
};

static bool
has_credential(const struct sasl *sasl, enum credential credential)
{
	switch (credential) {
	case CREDENTIAL_PASSWORD:
		return sasl->password.len > 0;
	case CREDENTIAL_TOKEN:
		return sasl->token.len > 0;
	case CREDENTIAL_CERTIFICATE:
		break;
	}
	return sasl->has_certificate;
}

/* Whether the secret and the connection are enough for the mechanism. */
static bool
fits(struct sasl *sasl, const struct mechanism *mechanism)
{
	if (!has_credential(sasl, mechanism->credential))
		return false;
	if (mechanism->traits & MECHANISM_TLS && !sasl->is_encrypted)
		return false;
	if (mechanism->traits & MECHANISM_BOUND && sasl->binding_name == NULL)
		return false;
	if (sasl->only_bound && !(mechanism->traits & MECHANISM_BOUND))
		return false;
	if (!(mechanism->traits & MECHANISM_ASCII) ||
	    (sasl_scram_is_plain(sasl->user) &&
		sasl_scram_is_plain(sasl->password)))
		return true;
	buf_clear(&sasl->trouble);
	buf_add_format(&sasl->trouble,
	    "%s needs a user and a password in ASCII", mechanism->name);
	return false;
}

static void
choose_bits(struct sasl *sasl, unsigned bits, bool is_asked_for)
{
	for (size_t i = 0; i < mechanism_count() && sasl->mechanism == NULL;
	     i++) {
		const struct mechanism *mechanism = mechanism_at(i);

		if (bits & 1U << i &&
		    (is_asked_for || mechanism->traits & MECHANISM_AUTO) &&
		    fits(sasl, mechanism))
			sasl->mechanism = mechanism;
	}
}

/*
 * RFC 5802 section 6: "y" means that we support channel binding but saw no
 * offer of it. A server that did offer it then knows that its offer was
 * tampered with.
 */
static char
gs2_flag(const struct sasl *sasl, unsigned offered)
{
	if (sasl->mechanism->traits & MECHANISM_BOUND)
		return 'p';
	for (size_t i = 0; i < mechanism_count(); i++)
		if (offered & 1U << i &&
		    mechanism_at(i)->traits & MECHANISM_BOUND)
			return 'n'; /* offered, but not chosen */
	return sasl->binding_name != NULL ? 'y' : 'n';
}

bool
sasl_choose(struct sasl *sasl, struct span wanted, unsigned offered)
{
	unsigned usable = offered & ~sasl->excluded;
	struct span word;

	sasl->mechanism = NULL;
	sasl->step = 0;
	buf_clear(&sasl->trouble);
	if (span_trim(wanted).len == 0)
		choose_bits(sasl, usable, false);
	while (span_next_word(&wanted, " ", &word))
		choose_bits(sasl, usable & mechanism_bit(word), true);
	if (sasl->mechanism == NULL) {
		if (sasl->trouble.len == 0)
			sasl_exchange_give_up(sasl,
			    "the server offers no login mechanism that may "
			    "be used");
		sasl->is_impossible = true;
		return false;
	}
	buf_clear(&sasl->trouble);
	sasl->state = sasl->mechanism->exchange == EXCHANGE_SCRAM
	    ? SASL_OPEN
	    : SASL_SETTLED;
	sasl->scram.flag = gs2_flag(sasl, offered);
	return true;
}

bool
sasl_has_initial(const struct sasl *sasl)
{
	return sasl->mechanism->traits & MECHANISM_INITIAL;
}

bool
sasl_respond(struct sasl *sasl, struct span challenge, struct buf *response)
{
	bool done =
	    exchanges[sasl->mechanism->exchange](sasl, challenge, response);

	sasl->step++;
	return done;
}

void
sasl_free(struct sasl *sasl)
{
	sasl_scram_free(&sasl->scram);
	buf_free(&sasl->trouble);
	buf_wipe(&sasl->advice);
}
