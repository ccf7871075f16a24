/*
 * Mail services that many people use: one row says everything about a service,
 * from its servers to what its refusals mean. `provider = NAME` chooses one;
 * its presets stand directly below the section that names it. What is not
 * certain about a service is not in its row.
 */
#ifndef PROFILE_PROVIDER_H
#define PROFILE_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "envelope/outcome.h"
#include "profile/profile.h"
#include "profile/setting.h"

#define PROVIDER_VARIANTS_MAX 6

enum user_form {
	USER_FORM_ADDRESS, /* the mailbox that sends */
	USER_FORM_LOGIN,   /* an address too, but not of who sends */
	USER_FORM_KEY,	   /* a key, never an address */
	USER_FORM_LITERAL, /* one and the same word for everybody */
	USER_FORM_ANY,
};

enum provider_trait {
	PROVIDER_OWN_SENDER = 1,  /* takes mail only from its user's address */
	PROVIDER_STRICT_USER = 2, /* a user of another form is surely wrong */
	PROVIDER_NO_CHUNKING = 4, /* offers CHUNKING, and is better without */
};

/* Where it is: in the world, or for a kind of use. */
struct provider_variant {
	const char *name;    /* behind the colon; NULL: none, the first */
	const char *servers; /* as `server`; '*' stands for a region */
};

/* What a refusal means, and what to do next. */
struct provider_hint {
	int code;	      /* 0: any */
	struct status status; /* class 0: any */
	const char *text;     /* is in the reply, in any case; NULL: any */
	const char *hint;     /* NULL: the last row */
};

struct provider {
	const char *name, *title;
	struct provider_variant variants[PROVIDER_VARIANTS_MAX];
	const char *hosts; /* other names of its servers; NULL: none */
	enum user_form form;
	const char *user; /* the word itself, or what the user is called */
	const char *mechanisms;
	uint64_t size_limit;	/* octets, where the server names none */
	size_t recipient_limit; /* of one transaction; 0: not known */
	unsigned traits;
	const char *login; /* the hint for a login that was refused */
	const struct provider_hint *hints;
	const char *note;
};

extern const struct provider providers[];
extern const size_t provider_count;

/* The type of the setting `provider`. */
extern const struct setting_type setting_provider;

/* By what `provider` is set to, "ses:eu-west-1"; NULL: none, with err. */
const struct provider *provider_find(struct span name, struct error *err);
/* Adds one of its names as the user writes it: "zoho:eu", "ses:REGION". */
void provider_add_name(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out);
/* Adds its servers, as `server` has them. */
bool provider_add_servers(struct span name, struct buf *out);
/* Adds what the user name is called. */
void provider_add_user(const struct provider *provider, struct buf *out);
/* The profile's provider; else the one that has such a host, or NULL. */
const struct provider *provider_of(
    const struct profile *profile, const struct server *server);

/*
 * The preset of a setting, in its written form; false: there is none. What
 * depends on the user or the sender is right once these are set.
 */
bool provider_preset(
    const struct profile *profile, const char *setting, struct buf *value);
/* What can only be a mistake is said before anything is connected. */
bool provider_check(const struct profile *profile, struct error *err);

/* What to do about an outcome at this server; NULL: nothing is known. */
const char *provider_hint(const struct profile *profile,
    const struct server *server, const struct outcome *outcome);

#endif
