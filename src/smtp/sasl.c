#include "smtp/sasl.h"

struct sasl_mechanism {
	const char *name;
	bool has_initial;
	bool (*respond)(
	    struct sasl *sasl, struct span challenge, struct buf *response);
};

/* RFC 4616: [authzid] NUL authcid NUL passwd. */
static bool
respond_plain(struct sasl *sasl, struct span challenge, struct buf *response)
{
	(void)challenge; /* a server has nothing to say here: any will do */
	if (sasl->step > 0)
		return false;
	buf_add_char(response, '\0');
	buf_add_span(response, sasl->user);
	buf_add_char(response, '\0');
	return buf_add_span(response, sasl->password);
}

/*
 * draft-murchison-sasl-login: the user, then the password, whatever the
 * prompts say; servers word and even swap them as they like.
 */
static bool
respond_login(struct sasl *sasl, struct span challenge, struct buf *response)
{
	(void)challenge;
	if (sasl->step > 1)
		return false;
	return buf_add_span(
	    response, sasl->step == 0 ? sasl->user : sasl->password);
}

/* The strongest first. */
static const struct sasl_mechanism mechanisms[] = {
    {"PLAIN", true, respond_plain},
    {"LOGIN", false, respond_login},
};

#define MECHANISMS (sizeof(mechanisms) / sizeof(mechanisms[0]))

unsigned
sasl_bit(struct span name)
{
	for (size_t i = 0; i < MECHANISMS; i++)
		if (span_equal_nocase(name, span_from(mechanisms[i].name)))
			return 1U << i;
	return 0;
}

static void
choose_bit(struct sasl *sasl, unsigned bits)
{
	for (size_t i = 0; i < MECHANISMS && sasl->mechanism == NULL; i++)
		if (bits & 1U << i)
			sasl->mechanism = &mechanisms[i];
}

bool
sasl_choose(struct sasl *sasl, struct span wanted, unsigned offered)
{
	struct span word;

	sasl->mechanism = NULL;
	sasl->step = 0;
	if (span_trim(wanted).len == 0)
		choose_bit(sasl, offered);
	while (span_next_word(&wanted, " ", &word))
		choose_bit(sasl, offered & sasl_bit(word));
	return sasl->mechanism != NULL;
}

const char *
sasl_name(const struct sasl *sasl)
{
	return sasl->mechanism->name;
}

bool
sasl_has_initial(const struct sasl *sasl)
{
	return sasl->mechanism->has_initial;
}

bool
sasl_respond(struct sasl *sasl, struct span challenge, struct buf *response)
{
	bool done = sasl->mechanism->respond(sasl, challenge, response);

	sasl->step++;
	return done;
}
