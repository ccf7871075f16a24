/*
 * The profile that --setup makes: its text, and a check of it as --doctor does
 * it, before anything is written.
 */
#ifndef CLI_SETUP_PROFILE_H
#define CLI_SETUP_PROFILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "doctor/server_search.h"
#include "profile/secret_store.h"

struct setup_profile {
	/* The caller sets these; all are borrowed. */
	const struct options *options;
	const char *address; /* as the user wrote it */
	const char *path;    /* the same in wire form */
	const struct server_search *search;
	const char *config; /* the path of the configuration file */

	/* The answers of the user, which setup_profile_free frees. */
	char *name; /* of the profile */
	char *user; /* NULL: the provider's preset, or not known */
	char *command;
	char *issuer; /* of OAuth, if nothing names it; as in `oauth` */
	struct secret_store store; /* its texts are those of this struct */
	bool has_store;
	struct buf password; /* as typed; empty: a command gives it */
	/* For service.conf, the domain of the users' addresses; else NULL. */
	char *domain;
	bool has_one_sender; /* and all mail has the address as its sender */
};

/*
 * Adds the lines of the file: a section with the profile's name, or all of
 * service.conf. Without `with_secret` the line that finds the secret is left
 * out.
 */
void setup_profile_add_text(
    const struct setup_profile *setup, bool with_secret, struct buf *out);
/* The user name of the login, to show and to use. */
const char *setup_profile_user(const struct setup_profile *setup);

/* Whether the server wants a login; some know their clients by address. */
bool setup_profile_has_login(const struct setup_profile *setup);
/* Whether the access tokens come from smtpost-oauth. */
bool setup_profile_has_oauth(const struct setup_profile *setup);
/*
 * Adds what a person has to do before the first mail, for a profile with OAuth
 * in the file `config` (NULL: the usual one): "log in: smtpost-oauth login X".
 */
void setup_profile_add_next_step(
    const struct setup_profile *setup, const char *config, struct buf *out);

/* What a check came to. */
struct setup_verdict {
	bool is_good;
	bool is_interrupted;
	int exit_status; /* that a mail would end with */
};

/*
 * Logs in once and asks the server to take the sender; prints the findings on
 * standard error. False, with ERROR_CONFIG: the profile cannot be used.
 */
bool setup_profile_check(const struct setup_profile *setup,
    struct setup_verdict *verdict, struct error *err);
/* Whether the profile, once its secret is kept, finds the same password. */
bool setup_profile_finds_secret(
    const struct setup_profile *setup, struct error *err);
void setup_profile_free(struct setup_profile *setup);

#endif
