/* Whether a stored login can be used by a profile. */
#ifndef OAUTH_RECORD_CHECK_H
#define OAUTH_RECORD_CHECK_H

#include <stdbool.h>

#include "base/error.h"
#include "oauth/login_record.h"
#include "oauth/token_error.h"
#include "profile/profile.h"

/* Judges what a login that is dead has ended by. Free the error. */
void record_check_judge_end(
    const struct login_record *record, struct token_error *error);
/*
 * Whether the login can be used as it is. False with ERROR_LOGIN: there is none
 * (the record is all zero), or it has ended, was exported, or is that of
 * another service, client or user than the profile names.
 */
bool record_check(const struct login_record *record,
    const struct profile *profile, struct error *err);

#endif
