/*
 * The table of SASL mechanisms, the strongest first. To add one, add a row here
 * and its exchange in smtp/sasl.c.
 */
#include "profile/mechanism.h"

#define SCRAM_TRAITS (MECHANISM_INITIAL | MECHANISM_AUTO | MECHANISM_ASCII)
#define PLUS_TRAITS (SCRAM_TRAITS | MECHANISM_TLS | MECHANISM_BOUND)

/*
 * Two are used only if auth names them. EXTERNAL logs in as the name in the
 * certificate, which need not be the user. With CRAM-MD5 one recorded login is
 * enough to search for the password, and the server does not prove its
 * identity.
 */
static const struct mechanism mechanisms[] = {
    {"EXTERNAL", EXCHANGE_EXTERNAL, CREDENTIAL_CERTIFICATE, DIGEST_NONE,
	MECHANISM_INITIAL | MECHANISM_TLS},
    {"SCRAM-SHA-256-PLUS", EXCHANGE_SCRAM, CREDENTIAL_PASSWORD, DIGEST_SHA256,
	PLUS_TRAITS},
    {"SCRAM-SHA-1-PLUS", EXCHANGE_SCRAM, CREDENTIAL_PASSWORD, DIGEST_SHA1,
	PLUS_TRAITS},
    {"SCRAM-SHA-256", EXCHANGE_SCRAM, CREDENTIAL_PASSWORD, DIGEST_SHA256,
	SCRAM_TRAITS},
    {"SCRAM-SHA-1", EXCHANGE_SCRAM, CREDENTIAL_PASSWORD, DIGEST_SHA1,
	SCRAM_TRAITS},
    {"OAUTHBEARER", EXCHANGE_BEARER, CREDENTIAL_TOKEN, DIGEST_NONE,
	MECHANISM_INITIAL | MECHANISM_AUTO},
    {"XOAUTH2", EXCHANGE_XOAUTH2, CREDENTIAL_TOKEN, DIGEST_NONE,
	MECHANISM_INITIAL | MECHANISM_AUTO},
    {"PLAIN", EXCHANGE_PLAIN, CREDENTIAL_PASSWORD, DIGEST_NONE,
	MECHANISM_INITIAL | MECHANISM_AUTO},
    {"LOGIN", EXCHANGE_LOGIN, CREDENTIAL_PASSWORD, DIGEST_NONE, MECHANISM_AUTO},
    {"CRAM-MD5", EXCHANGE_CRAM, CREDENTIAL_PASSWORD, DIGEST_MD5, 0},
};

#define MECHANISMS (sizeof(mechanisms) / sizeof(mechanisms[0]))

size_t
mechanism_count(void)
{
	return MECHANISMS;
}

const struct mechanism *
mechanism_at(size_t index)
{
	return &mechanisms[index];
}

const struct mechanism *
mechanism_find(struct span name)
{
	for (size_t i = 0; i < MECHANISMS; i++)
		if (span_equal_nocase(name, span_from(mechanisms[i].name)))
			return &mechanisms[i];
	return NULL;
}

bool
mechanism_is_as_strong(
    const struct mechanism *mechanism, const struct mechanism *other)
{
	return mechanism->credential == other->credential &&
	    mechanism->digest == other->digest &&
	    (mechanism->traits & MECHANISM_BOUND) ==
	    (other->traits & MECHANISM_BOUND);
}

unsigned
mechanism_bit(struct span name)
{
	const struct mechanism *mechanism = mechanism_find(name);

	return mechanism != NULL ? 1U << (mechanism - mechanisms) : 0;
}
