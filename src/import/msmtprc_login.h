/* The settings of the login that an account of msmtp comes to. */
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
/* There is one, and our parser takes it: without it there is no login. */
bool msmtprc_login_has_user(const struct msmtprc_account *account);

#endif
