/*
 * Reads the service of an OAuth login. Nothing is looked up: whether an issuer
 * is there shows when somebody logs in.
 */
#include "profile/setting_oauth.h"

#include "profile/oauth_service.h"

#define HTTPS SPAN("https://")
#define TENANT_MAX ((size_t)255)

/* It becomes a part of a path, so that it must not be "..". */
static bool
is_tenant(struct span tenant)
{
	bool is_inside = false;

	for (size_t i = 0; i < tenant.len; i++) {
		char c = tenant.at[i];

		if (c != '-' && !ascii_is_alnum(c) && !(c == '.' && is_inside))
			return false;
		is_inside = c != '.';
	}
	return is_inside && tenant.len <= TENANT_MAX;
}

static bool
refuse_tenant(
    const struct setting *setting, struct span value, struct error *err)
{
	return setting_refuse(setting, value, err,
	    "a tenant is a domain, an ID, or one of common, organizations and "
	    "consumers");
}

static bool
parse_tenant(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (value.len > 0 && !is_tenant(value))
		return refuse_tenant(setting, value, err);
	return setting_line.parse(setting, profile, value, err);
}

static void
print_tenant(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	setting_line.print(setting, profile, out);
}

/* Names that people may try, of services whose name here is another one. */
static void
hint_service(
    const struct setting *setting, struct span value, struct error *err)
{
	static const struct {
		const char *name, *service;
	} others[] = {
	    {"gmail", "google"},
	    {"googlemail", "google"},
	    {"hotmail", "microsoft:consumers"},
	    {"mailru", "mail.ru"},
	    {"microsoft365", "microsoft"},
	    {"office365", "microsoft"},
	    {"outlook", "microsoft"},
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_equal_nocase(value, span_from(others[i].name))) {
			error_add(err, "\nhint: smtpost calls it \"%s\"",
			    others[i].service);
			return;
		}
	setting_hint_word(value, setting->words, err);
}

static bool
parse_oauth(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span name = span_head(value, span_find(value, ':'));
	bool has_tenant = span_equal(name, SPAN("microsoft"));

	/* What is before an "@" could be a password. */
	if (span_find(value, '@') < value.len)
		return error_set(err, ERROR_CONFIG,
		    "cannot set oauth: a user and a password cannot be in it");
	if (span_starts_nocase(value, SPAN("http")) &&
	    !(span_starts(value, HTTPS) && oauth_service_is_issuer(value)))
		return setting_refuse(setting, value, err,
		    "an issuer is https://HOST or https://HOST/PATH");
	if (has_tenant && name.len < value.len &&
	    !is_tenant(span_skip(value, name.len + 1)))
		return refuse_tenant(setting, value, err);
	if (value.len > 0 && !span_starts(value, HTTPS) &&
	    setting_find_word(setting, has_tenant ? name : value) < 0) {
		setting_refuse(setting, value, err,
		    "neither the name of a service nor https://ISSUER\n"
		    "hint: smtpost-oauth providers lists the names");
		hint_service(setting, value, err);
		return false;
	}
	if (value.len > 0)
		profile->oauth.service = span_copy(value);
	return true;
}

static void
print_oauth(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	if (profile->oauth.service != NULL)
		buf_add_text(out, profile->oauth.service);
}

const struct setting_type setting_oauth = {parse_oauth, print_oauth};
const struct setting_type setting_tenant = {parse_tenant, print_tenant};
