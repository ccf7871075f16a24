/*
 * One row for each service with a name. The hosts are those by which the ISPDB
 * and Thunderbird name its issuer; they need not answer there.
 */
#include "profile/oauth_service.h"

#include "address/domain.h"
#include "net/url.h"

static const struct {
	const char *name, *host;
	enum oauth_client_need need;
} services[] = {
    {"google", "accounts.google.com", OAUTH_NEEDS_SECRET},
    {"microsoft", "login.microsoftonline.com", OAUTH_NEEDS_ID},
    {"fastmail", "www.fastmail.com", OAUTH_NEEDS_NOTHING},
    {"yahoo", "login.yahoo.com", OAUTH_NEEDS_ID},
    {"aol", "login.aol.com", OAUTH_NEEDS_ID},
    {"yandex", "oauth.yandex.com", OAUTH_NEEDS_SECRET},
    {"mail.ru", "o2.mail.ru", OAUTH_NEEDS_SECRET},
};

#define SERVICE_COUNT (sizeof(services) / sizeof(services[0]))

enum oauth_client_need
oauth_service_need(struct span service)
{
	struct span name = span_head(service, span_find(service, ':'));

	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (span_equal(name, span_from(services[i].name)))
			return services[i].need;
	return OAUTH_NEEDS_UNKNOWN;
}

bool
oauth_service_is_issuer(struct span text)
{
	struct url url;
	bool done =
	    span_find(text, '?') == text.len && url_parse(&url, text, NULL);

	if (done)
		url_free(&url);
	return done;
}

bool
oauth_service_add(struct span issuer, struct buf *out)
{
	bool is_host = domain_is_fqdn(issuer);
	struct buf url = {0};
	bool done;

	for (size_t i = 0; is_host && i < SERVICE_COUNT; i++)
		if (span_equal_nocase(issuer, span_from(services[i].host))) {
			buf_add_text(out, services[i].name);
			return true;
		}
	if (is_host)
		buf_add_text(&url, "https://");
	buf_add_span(&url, issuer);
	done = oauth_service_is_issuer(buf_span(&url));
	if (done)
		buf_add_span(out, buf_span(&url));
	buf_free(&url);
	return done;
}
