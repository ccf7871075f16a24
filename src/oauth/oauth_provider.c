/*
 * The table of OAuth services. What a row says comes from the pages above it
 * and from the tables of Thunderbird (OAuth2Providers.sys.mjs, August 2026),
 * email-oauth2-proxy and mutt_oauth2; the sources were last read in November
 * 2026. Rows that are not verified come from these tables alone, or nobody has
 * confirmed that what they say is enough for SMTP.
 */
#include "oauth/oauth_provider.h"

#include <string.h>

#define OFFLINE_GOOGLE "access_type=offline&prompt=consent"
#define MICROSOFT_HELP                                                       \
	"register an application at https://entra.microsoft.com/ and set "   \
	"oauth-client-id to its ID; smtpost-oauth(1) shows the steps under " \
	"\"Microsoft\""
#define MICROSOFT_END                                                    \
	"after 90 days without use, when the password changes, or by a " \
	"rule of the organisation"
#define NOT_DEVICE "the service has no such login"
#define YAHOO_HELP                                                       \
	"the service gives IDs to few developers; an app password with " \
	"password-command needs none"
#define ISSUER_HELP                                                    \
	"ask the administrator of the service for the ID of a public " \
	"client with the redirect http://127.0.0.1/"

#define MICROSOFT_FLOWS \
	(PROVIDER_BROWSER | PROVIDER_DEVICE | PROVIDER_CLIENT_CREDENTIALS)

/* clang-format off */

const struct oauth_provider oauth_provider_table[] = {
/*
 * https://developers.google.com/identity/protocols/oauth2/native-app
 * SMTP accepts no narrower scope; a refresh token comes with the first consent
 * only, unless prompt asks for another.
 */
{
	.name = "google",
	.title = "Google",
	.issuer = "https://accounts.google.com",
	.authorize = "https://accounts.google.com/o/oauth2/v2/auth",
	.token = "https://oauth2.googleapis.com/token",
	.revoke = "https://oauth2.googleapis.com/revoke",
	.scope = "https://mail.google.com/",
	.app_scope = "https://mail.google.com/",
	.parameters = OFFLINE_GOOGLE,
	.redirect_host = "127.0.0.1",
	.flows = PROVIDER_BROWSER | PROVIDER_SERVICE_ACCOUNT,
	.needs_secret = true,
	.no_device = "Google allows no login by a code for mail",
	.get_id = "make a client of the type \"Desktop app\" at "
		"https://console.cloud.google.com/ and set oauth-client-id and "
		"oauth-client-secret; smtpost-oauth(1) shows the steps under "
		"\"Google\"",
	.end = "after six months without use, when the password changes, and "
		"after 7 days if the consent screen is in \"Testing\"",
	.idle_days = 180,
},

/*
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 * The port of a redirect is ignored only for the name localhost.
 */
{
	.name = "microsoft:TENANT",
	.title = "Microsoft",
	.issuer = "https://login.microsoftonline.com/TENANT/v2.0",
	.authorize = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/"
		"authorize",
	.token = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token",
	.device = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/"
		"devicecode",
	.scope = "https://outlook.office.com/SMTP.Send offline_access openid "
		"email profile",
	.app_scope = "https://outlook.office365.com/.default",
	.redirect_host = "localhost",
	.flows = MICROSOFT_FLOWS,
	.has_tenant = true,
	.get_id = MICROSOFT_HELP,
	.end = MICROSOFT_END,
	.idle_days = 90,
},

/*
 * https://learn.microsoft.com/entra/identity-platform/
 * authentication-national-cloud
 */
{
	.name = "https://login.microsoftonline.us/TENANT/v2.0",
	.title = "Microsoft for the US government",
	.issuer = "https://login.microsoftonline.us/TENANT/v2.0",
	.authorize = "https://login.microsoftonline.us/TENANT/oauth2/v2.0/"
		"authorize",
	.token = "https://login.microsoftonline.us/TENANT/oauth2/v2.0/token",
	.device = "https://login.microsoftonline.us/TENANT/oauth2/v2.0/"
		"devicecode",
	.scope = "https://outlook.office365.us/SMTP.Send offline_access "
		"openid email profile",
	.app_scope = "https://outlook.office365.us/.default",
	.redirect_host = "localhost",
	.flows = MICROSOFT_FLOWS,
	.has_tenant = true,
	.is_unverified = true,
	.get_id = MICROSOFT_HELP,
	.end = MICROSOFT_END,
	.idle_days = 90,
},
{
	.name = "https://login.partner.microsoftonline.cn/TENANT/v2.0",
	.title = "Microsoft in China",
	.issuer = "https://login.partner.microsoftonline.cn/TENANT/v2.0",
	.authorize = "https://login.partner.microsoftonline.cn/TENANT/oauth2/"
		"v2.0/authorize",
	.token = "https://login.partner.microsoftonline.cn/TENANT/oauth2/v2.0/"
		"token",
	.device = "https://login.partner.microsoftonline.cn/TENANT/oauth2/"
		"v2.0/devicecode",
	.scope = "https://partner.outlook.cn/SMTP.Send offline_access openid "
		"email profile",
	.app_scope = "https://partner.outlook.cn/.default",
	.redirect_host = "localhost",
	.flows = MICROSOFT_FLOWS,
	.has_tenant = true,
	.is_unverified = true,
	.get_id = MICROSOFT_HELP,
	.end = MICROSOFT_END,
	.idle_days = 90,
},

/*
 * https://www.fastmail.com/dev/
 * /oauth/refresh takes the code, too. Using a refresh token twice ends the
 * login. A client that is registered gets another scope, with a resource (RFC
 * 8707); whether the SMTP server accepts such a token is not known.
 */
{
	.name = "fastmail",
	.title = "Fastmail",
	.authorize = "https://api.fastmail.com/oauth/authorize",
	.token = "https://api.fastmail.com/oauth/refresh",
	.revoke = "https://api.fastmail.com/oauth/revoke",
	.registration = "https://api.fastmail.com/oauth/register",
	.scope = "https://www.fastmail.com/dev/protocol-smtp",
	.redirect_host = "localhost",
	.resource = "https://api.fastmail.com/jmap/session",
	.registered_scope = "urn:ietf:params:oauth:scope:mail",
	.flows = PROVIDER_BROWSER,
	.is_unverified = true,
	.no_device = NOT_DEVICE,
	.get_id = "Fastmail gives an ID to smtpost-oauth by itself",
	.end = "when you remove it in Fastmail's settings",
},

/* https://developer.yahoo.com/oauth2/guide/ */
{
	.name = "yahoo",
	.title = "Yahoo",
	.authorize = "https://api.login.yahoo.com/oauth2/request_auth",
	.token = "https://api.login.yahoo.com/oauth2/get_token",
	.scope = "mail-w",
	.redirect_host = "127.0.0.1",
	.flows = PROVIDER_BROWSER,
	.is_unverified = true,
	.no_device = NOT_DEVICE,
	.get_id = YAHOO_HELP,
	.end = "when the password changes",
},
{
	.name = "aol",
	.title = "AOL",
	.authorize = "https://api.login.aol.com/oauth2/request_auth",
	.token = "https://api.login.aol.com/oauth2/get_token",
	.scope = "mail-w",
	.redirect_host = "127.0.0.1",
	.flows = PROVIDER_BROWSER,
	.is_unverified = true,
	.no_device = NOT_DEVICE,
	.get_id = YAHOO_HELP,
	.end = "when the password changes",
},

/* https://yandex.com/dev/id/doc/en/ */
{
	.name = "yandex",
	.title = "Yandex",
	.authorize = "https://oauth.yandex.com/authorize",
	.token = "https://oauth.yandex.com/token",
	.device = "https://oauth.yandex.com/device/code",
	.scope = "mail:smtp",
	.redirect_host = "127.0.0.1",
	.flows = PROVIDER_BROWSER | PROVIDER_DEVICE,
	.needs_secret = true,
	.is_unverified = true,
	.get_id = "register an application at https://oauth.yandex.com/ and "
		"set oauth-client-id and oauth-client-secret",
	.end = "after a year without use, or with a login on a 31st device",
},

/* https://help.mail.ru/developers/oauth */
{
	.name = "mail.ru",
	.title = "Mail.ru",
	.authorize = "https://o2.mail.ru/login",
	.token = "https://o2.mail.ru/token",
	.scope = "userinfo mail.imap",
	.redirect_host = "127.0.0.1",
	.flows = PROVIDER_BROWSER,
	.needs_secret = true,
	.is_unverified = true,
	.no_device = NOT_DEVICE,
	.get_id = "register an application at https://o2.mail.ru/app/ and set "
		"oauth-client-id and oauth-client-secret",
	.end = "when the password changes",
},

/*
 * An issuer that describes itself; oauth_client_discover fills in the rest.
 * OpenID Connect Core section 11: it may ignore offline_access unless prompt
 * asks for consent.
 */
{
	.name = "https://ISSUER",
	.parameters = "prompt=consent",
	.redirect_host = "127.0.0.1",
	.flows = PROVIDER_BROWSER | PROVIDER_DEVICE |
		PROVIDER_CLIENT_CREDENTIALS | PROVIDER_SERVICE_ACCOUNT,
	.get_id = ISSUER_HELP,
	.end = "when the service ends it",
},
};

/* clang-format on */

const size_t oauth_provider_count =
    sizeof(oauth_provider_table) / sizeof(oauth_provider_table[0]);

/* The name of a service without its tenant; "https" of an issuer. */
static struct span
name_of(const struct oauth_provider *provider)
{
	struct span name = span_from(provider->name);

	return span_head(name, span_find(name, ':'));
}

/* Whether the service is an issuer of this row; then sets its tenant. */
static bool
is_issuer_of(const struct oauth_provider *provider, struct span service,
    struct span *tenant)
{
	struct span begin = span_from(provider->issuer), end;
	size_t at = strstr(provider->issuer, "TENANT") != NULL
	    ? (size_t)(strstr(provider->issuer, "TENANT") - provider->issuer)
	    : begin.len;

	end = span_skip(begin, at + strlen("TENANT"));
	begin = span_head(begin, at);
	if (!span_starts(service, begin))
		return false;
	*tenant = span_skip(service, begin.len);
	if (!provider->has_tenant)
		return tenant->len == 0;
	*tenant = span_head(*tenant, span_find(*tenant, '/'));
	return tenant->len > 0 &&
	    span_equal(span_skip(service, begin.len + tenant->len), end);
}

const struct oauth_provider *
oauth_provider_find(struct span service, struct span *tenant)
{
	size_t last = oauth_provider_count - 1;
	struct span name = span_head(service, span_find(service, ':'));

	for (size_t i = 0; i < last; i++) {
		const struct oauth_provider *provider =
		    &oauth_provider_table[i];

		*tenant = (struct span){0};
		if (provider->issuer != NULL &&
		    is_issuer_of(provider, service, tenant))
			return provider;
		*tenant = span_skip(service, name.len + 1);
		if (!span_equal(name, SPAN("https")) &&
		    span_equal(name, name_of(provider)))
			return provider;
	}
	*tenant = (struct span){0};
	return &oauth_provider_table[last];
}

bool
oauth_provider_needs_person(enum oauth_flow flow)
{
	return flow != OAUTH_FLOW_CLIENT_CREDENTIALS &&
	    flow != OAUTH_FLOW_SERVICE_ACCOUNT;
}

unsigned
oauth_provider_flow(enum oauth_flow flow)
{
	static const unsigned flows[] = {
	    [OAUTH_FLOW_AUTO] = 0,
	    [OAUTH_FLOW_BROWSER] = PROVIDER_BROWSER,
	    [OAUTH_FLOW_DEVICE] = PROVIDER_DEVICE,
	    [OAUTH_FLOW_CLIENT_CREDENTIALS] = PROVIDER_CLIENT_CREDENTIALS,
	    [OAUTH_FLOW_SERVICE_ACCOUNT] = PROVIDER_SERVICE_ACCOUNT,
	};

	return flows[flow];
}

char *
oauth_provider_url(const char *url, struct span tenant)
{
	const char *place = url != NULL ? strstr(url, "TENANT") : NULL;
	struct buf out = {0};

	if (url == NULL)
		return NULL;
	if (place == NULL)
		return span_copy(span_from(url));
	buf_add(&out, url, (size_t)(place - url));
	buf_add_span(&out, tenant);
	buf_add_text(&out, place + strlen("TENANT"));
	return buf_take_text(&out);
}

void
oauth_provider_add_flows(unsigned flows, struct buf *out)
{
	static const char *const names[] = {
	    "browser", "device", "client-credentials", "service-account"};
	const char *comma = "";

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flows & 1U << i))
			continue;
		buf_add_format(out, "%s%s", comma, names[i]);
		comma = ", ";
	}
}
