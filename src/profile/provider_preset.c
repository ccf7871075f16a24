/* What a provider sets where the user does not, and the setting itself. */
#include "profile/provider.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "address/mailbox.h"
#include "base/utf8.h"
#include "profile/setting.h"

#define USER_SHOWN_MAX ((size_t)64)

static bool
parse_provider(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	(void)setting;
	if (value.len == 0)
		return true;
	if (provider_find(value, err) == NULL)
		return false;
	profile->provider = span_copy(value);
	return true;
}

static void
print_provider(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	if (profile->provider != NULL)
		buf_add_text(out, profile->provider);
}

static void
clear_provider(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	free(profile->provider);
	profile->provider = NULL;
}

const struct setting_type setting_provider = {
    parse_provider, print_provider, clear_provider};

/* The user's own address, which is who sends where nobody else is named. */
static bool
preset_sender(const struct profile *profile, struct buf *value)
{
	struct mailbox mailbox = {0};
	struct error ignored;
	bool is_address = profile->user != NULL &&
	    address_parse_one(
		&mailbox, span_from(profile->user), true, &ignored);

	mailbox_free(&mailbox);
	if (!is_address || strchr(profile->user, '@') == NULL ||
	    strpbrk(profile->user, "< \t\"(") != NULL)
		return false;
	for (const char *at = profile->user; *at != '\0'; at++) {
		if (*at == '%')
			buf_add_char(value, '%');
		buf_add_char(value, *at);
	}
	return true;
}

bool
provider_preset(
    const struct profile *profile, const char *setting, struct buf *value)
{
	const struct provider *provider = profile->provider != NULL
	    ? provider_of(profile, NULL)
	    : NULL;

	if (provider == NULL)
		return false;
	if (strcmp(setting, "server") == 0)
		return provider_add_servers(
		    span_from(profile->provider), value);
	/* What holds for other servers must not weaken the way to this one. */
	if (strcmp(setting, "tls") == 0)
		return buf_add_text(value, "required");
	if (strcmp(setting, "auth") == 0)
		return buf_add_text(value, "auto");
	if (strcmp(setting, "user") == 0)
		return provider->form == USER_FORM_LITERAL &&
		    buf_add_text(value, provider->user);
	if (strcmp(setting, "sender") == 0)
		return provider->form == USER_FORM_ADDRESS &&
		    preset_sender(profile, value);
	if (strcmp(setting, "header-policy") == 0)
		return provider->traits & PROVIDER_OWN_SENDER &&
		    profile->sender != NULL && buf_add_text(value, "provider");
	if (strcmp(setting, "chunking") == 0)
		return provider->traits & PROVIDER_NO_CHUNKING &&
		    buf_add_text(value, "never");
	return false;
}

static bool
is_address(const char *text)
{
	struct mailbox mailbox = {0};
	struct error ignored;
	bool is_one =
	    address_parse_one(&mailbox, span_from(text), false, &ignored) &&
	    mailbox.domain != NULL;

	mailbox_free(&mailbox);
	return is_one;
}

/*
 * Some servers take a name where their pages say that it is an address. Then
 * nothing says who sends, and without a `sender` that is asked for.
 */
static bool
user_fits(const struct provider *provider, const struct profile *profile)
{
	const char *user = profile->user;
	bool is_strict = provider->traits & PROVIDER_STRICT_USER;

	switch (provider->form) {
	case USER_FORM_ADDRESS:
		return is_address(user) ||
		    (!is_strict && profile->sender != NULL);
	case USER_FORM_LOGIN:
		return !is_strict || strchr(user, '@') != NULL;
	case USER_FORM_KEY:
		return !is_strict || strchr(user, '@') == NULL;
	case USER_FORM_LITERAL:
		return !is_strict || strcmp(user, provider->user) == 0;
	case USER_FORM_ANY:
		break;
	}
	return true;
}

/* The user name that the service wants. */
static void
add_user_hint(const struct provider *provider, const char *user,
    struct error *err)
{
	struct buf called = {0};
	char *shown = utf8_masked(span_head(span_from(user), USER_SHOWN_MAX));

	provider_add_user(provider, &called);
	switch (provider->form) {
	case USER_FORM_ADDRESS:
	case USER_FORM_LOGIN:
		if (strchr(user, '@') == NULL)
			error_add(err,
			    " is a full address\nhint: user = %s@DOMAIN, with "
			    "the domain of that address",
			    shown);
		else
			error_add(err,
			    " is a full address\nhint: user = NAME@DOMAIN");
		break;
	case USER_FORM_KEY:
		error_add(err, " is no address\nhint: it is the %s",
		    buf_text(&called));
		break;
	case USER_FORM_LITERAL:
		error_add(err,
		    " is always the same word\nhint: set user = %s, or "
		    "leave it out",
		    buf_text(&called));
		break;
	case USER_FORM_ANY:
		break;
	}
	buf_free(&called);
	free(shown);
}

bool
provider_check(const struct profile *profile, struct error *err)
{
	const struct provider *provider;

	if (profile->provider == NULL || profile->user == NULL)
		return true;
	provider = provider_of(profile, NULL);
	if (provider == NULL || user_fits(provider, profile))
		return true;
	error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\": the user name of %s", profile->name,
	    provider->title);
	add_user_hint(provider, profile->user, err);
	return false;
}
