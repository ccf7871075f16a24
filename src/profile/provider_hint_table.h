/* What the refusals of the mail services mean, a list for each service. */
#ifndef PROFILE_PROVIDER_HINT_TABLE_H
#define PROFILE_PROVIDER_HINT_TABLE_H

#include <stdbool.h>

/* The hint for a refusal that meets the conditions. */
struct provider_hint {
	int code;	    /* of the reply; 0: any */
	const char *status; /* its enhanced status, "5.7.9"; NULL: any */
	const char *text;   /* a part of its text, in any case; NULL: any */
	bool for_app;	    /* an application logs in, without a person */
	const char *hint;   /* NULL: the list ends here */
};

extern const struct provider_hint provider_hint_google[],
    provider_hint_microsoft[], provider_hint_ses[], provider_hint_sendgrid[],
    provider_hint_mailgun[], provider_hint_mailjet[], provider_hint_yahoo[],
    provider_hint_zoho[], provider_hint_yandex[], provider_hint_netease[],
    provider_hint_tencent[], provider_hint_icloud[];

#endif
