/* The settings of the login that are made from an account of msmtp. */
#ifndef IMPORT_MSMTPRC_LOGIN_H
#define IMPORT_MSMTPRC_LOGIN_H

#include <stdbool.h>

#include "import/msmtprc_setting.h"

void msmtprc_login_make_auth(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
void msmtprc_login_make_user(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
void msmtprc_login_make_password_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
void msmtprc_login_make_token_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
void msmtprc_login_make_password(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
/*
 * Whether it has a user that our parser accepts; without one there is no login.
 */
bool msmtprc_login_has_user(const struct msmtprc_account *account);

#endif
