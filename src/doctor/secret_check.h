/* Checks of the secret of the login. No finding holds any part of it. */
#ifndef DOCTOR_SECRET_CHECK_H
#define DOCTOR_SECRET_CHECK_H

#include "doctor/diagnosis.h"

/*
 * token.login: what smtpost-oauth knows of the login that gives the tokens; not
 * with --no-login
 */
void secret_check_login(struct diagnosis *diagnosis);
/*
 * secret.get: fetches it, once for the whole run; with --no-login, it only
 * looks whether the source is there
 */
void secret_check_get(struct diagnosis *diagnosis);
/* token.shape: whether what a token says of itself fits the server */
void secret_check_token(struct diagnosis *diagnosis);

#endif
