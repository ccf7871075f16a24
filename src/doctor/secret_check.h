/* Checks of the secret of the login. No finding holds any part of it. */
#ifndef DOCTOR_SECRET_CHECK_H
#define DOCTOR_SECRET_CHECK_H

#include "doctor/diagnosis.h"

/*
 * secret.get: fetches it, once for the whole run; with --no-login, it only
 * looks whether the source is there
 */
void secret_check_get(struct diagnosis *diagnosis);
/* token.shape: whether what a token says of itself fits the server */
void secret_check_token(struct diagnosis *diagnosis);

#endif
