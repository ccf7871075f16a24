/* What refusals mean, by service; for the table of services. */
#ifndef PROFILE_PROVIDER_TABLE_H
#define PROFILE_PROVIDER_TABLE_H

#include "profile/provider.h"

/* Each ends in a row without a hint. */
extern const struct provider_hint hints_google[], hints_microsoft[],
    hints_ses[], hints_sendgrid[], hints_mailgun[], hints_mailjet[],
    hints_yahoo[], hints_zoho[], hints_yandex[], hints_netease[],
    hints_tencent[], hints_icloud[], hints_none[];

#endif
