/*
 * The errors of token, device and authorization endpoints (RFC 6749 section
 * 5.2, RFC 8628 section 3.5), and what becomes of each.
 */
#ifndef OAUTH_TOKEN_ERROR_H
#define OAUTH_TOKEN_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "oauth/oauth_client.h"

/* What follows from a reply. The tokens that are stored stay in every case. */
enum token_fate {
	FATE_GIVEN,	/* no error */
	FATE_PENDING,	/* the person is not done: ask again */
	FATE_SLOW_DOWN, /* ask again, from now on 5 seconds later each time */
	FATE_NEW_CODE,	/* the device code is too old: ask once more for one */
	FATE_DENIED,	/* the person, or a rule, said no: ERROR_LOGIN */
	FATE_ENDED,	/* invalid_grant: the login has ended: ERROR_LOGIN */
	FATE_HUMAN,	/* a person must log in again: ERROR_LOGIN */
	FATE_CONFIG,	/* ERROR_CONFIG */
	FATE_LATER,	/* ERROR_TEMPORARY */
	FATE_BUG,	/* the request was wrong: ERROR_BUG */
};

struct token_error {
	enum token_fate fate;
	int64_t retry_after; /* seconds; -1: the server does not say */
	/*
	 * When the person logged in, in seconds as of time(2), for a renewal; 0
	 * in a login. The caller sets it.
	 */
	int64_t login_at;
	int64_t ended_at;  /* when that login ended; 0: now */
	struct buf code;   /* "invalid_grant"; masked; may be empty */
	struct buf detail; /* "AADSTS700082", or what was said; masked */
	const char *hint;  /* what to do; NULL: nothing special */
};

/*
 * Judges a reply that is not 200, or whose body has `error`. Free it with
 * token_error_free.
 */
void token_error_read(struct token_error *error, int status,
    int64_t retry_after, struct span body);
/* The same for the error of a redirect to this machine. */
void token_error_judge(
    struct token_error *error, struct span code, struct span description);
/*
 * The same for what a person copied from a page of the service. False if no
 * known error is in it; free it in every case.
 */
bool token_error_judge_page(struct token_error *error, struct span text);
/* Whether an HTTP status says nothing of the request itself, such as 503. */
bool token_error_is_later(int status);
/* What to do about it; NULL: nothing special. Static. */
const char *token_error_hint(
    const struct token_error *error, const struct oauth_client *client);
/* Forgets what the server said where it repeats a part of this secret. */
void token_error_hide(struct token_error *error, struct span secret);
/*
 * Sets an error of the kind that the fate has, and hints: "cannot get the
 * token: the login of "work" at Microsoft has ended (AADSTS700082)"; in a login
 * "cannot log in: ...". Always false.
 */
bool token_error_set(const struct token_error *error,
    const struct oauth_client *client, struct error *err);
void token_error_free(struct token_error *error);

#endif
