/*
 * Asks a person for a secret: on the terminal or, where there is none but a
 * display, by an askpass program (SMTPOST_ASKPASS, SSH_ASKPASS).
 */
#ifndef PROFILE_SECRET_PROMPT_H
#define PROFILE_SECRET_PROMPT_H

#include "base/buf.h"
#include "base/error.h"

enum prompt_result { PROMPT_READ, PROMPT_IMPOSSIBLE, PROMPT_FAILED };

/* What asks: "the terminal" or "the askpass program"; NULL: nothing can. */
const char *secret_prompt_way(void);
/*
 * Asks for the `what` ("password"); on the terminal without echo, and again
 * after an empty line.
 * PROMPT_FAILED sets ERROR_TEMPORARY, or ERROR_CONFIG if the askpass program
 * cannot be run.
 */
enum prompt_result secret_prompt_ask(struct buf *secret, const char *what,
    const char *prompt, struct error *err);
/* Adds the prompt for the password of `user` at `host`. */
void secret_prompt_add_login(
    struct buf *prompt, const char *user, const char *host);

#endif
