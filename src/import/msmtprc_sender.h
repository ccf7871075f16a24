/*
 * The settings of sender and header that are made from an account of msmtp. In
 * from and domain msmtp replaces the words %U, %H, %C and %M.
 */
#ifndef IMPORT_MSMTPRC_SENDER_H
#define IMPORT_MSMTPRC_SENDER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "import/msmtprc_setting.h"

void msmtprc_sender_make_sender(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
void msmtprc_sender_make_full_name(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
void msmtprc_sender_make_header_policy(
    const struct msmtprc_account *account, struct msmtprc_setting *setting);
/* Whether the text has such words. */
bool msmtprc_sender_has_words(struct span text);
/* Whether msmtp treats the address as a pattern like those of file names. */
bool msmtprc_sender_is_pattern(struct span from);
/*
 * The patterns of `match` for the account's `from`; false: it needs none.
 * Without this setting, -f would not choose the profile.
 */
bool msmtprc_sender_add_match(
    const struct msmtprc_account *account, struct buf *patterns);

#endif
