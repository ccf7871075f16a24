/*
 * The questions of --setup about a profile: whether the server is the right
 * one, where the password is to be kept, and what to do after a refused login.
 */
#ifndef CLI_SETUP_DIALOGUE_H
#define CLI_SETUP_DIALOGUE_H

#include "cli/setup_profile.h"

enum setup_answer {
	SETUP_GOES_ON,
	SETUP_STOPS,  /* the user does not want it */
	SETUP_FAILED, /* with an error: no answer, or a signal */
};

/* Shows the server, and what it would be sent, and asks. */
enum setup_answer setup_dialogue_confirm(
    const struct setup_profile *setup, struct error *err);
/* Asks for a user name, if the address is not the user name. */
enum setup_answer setup_dialogue_ask_user(
    struct setup_profile *setup, struct error *err);
/* Asks where the password is to be kept, and for the password or command. */
enum setup_answer setup_dialogue_ask_secret(
    struct setup_profile *setup, struct error *err);
/*
 * For service.conf: asks whether to log in by OAuth, where that is possible,
 * and else for the password. store.place is OAUTH after the former.
 */
enum setup_answer setup_dialogue_ask_service(
    struct setup_profile *setup, struct error *err);
/*
 * Logs in. After a failure asks what to do, and logs in again only after a
 * change. *status is then what a mail would end with.
 */
enum setup_answer setup_dialogue_log_in(
    struct setup_profile *setup, int *status, struct error *err);
/*
 * Says that nothing was written. *status becomes EX_TEMPFAIL, unless it is that
 * of a failed login already.
 */
void setup_dialogue_stop(int *status);
/* Whether the server offers logins by OAuth only. */
bool setup_dialogue_needs_token(const struct server_search *search);
/* The service that gives out the server's tokens; NULL: it is not known. */
const char *setup_dialogue_issuer(const struct server_search *search);
/* Whether smtpost-oauth is there, and the server may take its tokens. */
bool setup_dialogue_can_use_oauth(const struct setup_profile *setup);

#endif
