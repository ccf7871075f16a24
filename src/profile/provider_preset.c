/* What a provider sets where the user does not, and the setting itself. */
#include "profile/provider.h"

#include <stdlib.h>
#include <string.h>

#include "mail/address_list.h"
#include "mail/mailbox.h"
#include "profile/setting.h"

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
user_fits(const struct provider *provider, const char *user)
{
	bool has_at = strchr(user, '@') != NULL;

	switch (provider->form) {
	case USER_FORM_ADDRESS:
	case USER_FORM_LOGIN:
		return has_at;
	case USER_FORM_KEY:
		return !has_at;
	case USER_FORM_LITERAL:
		return strcmp(user, provider->user) == 0;
	case USER_FORM_ANY:
		break;
	}
	return true;
}

bool
provider_check(const struct profile *profile, struct error *err)
{
	static const char *const forms[] = {
	    [USER_FORM_ADDRESS] = "a full address",
	    [USER_FORM_LOGIN] = "a full address",
	    [USER_FORM_KEY] = "no address",
	    [USER_FORM_LITERAL] = "the same for everybody",
	};
	const struct provider *provider;
	struct buf called = {0};

	if (profile->provider == NULL || profile->user == NULL)
		return true;
	provider = provider_of(profile, NULL);
	if (provider == NULL || !(provider->traits & PROVIDER_STRICT_USER) ||
	    user_fits(provider, profile->user))
		return true;
	provider_add_user(provider, &called);
	error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\": the user of %s is %s\n"
	    "hint: %s%s%s",
	    profile->name, provider->title, forms[provider->form],
	    provider->form == USER_FORM_LITERAL ? "it is the word " :
	    provider->form == USER_FORM_KEY	? "it is the "
						: "write ",
	    provider->form == USER_FORM_ADDRESS ||
		    provider->form == USER_FORM_LOGIN
		? "all of it, name@domain"
		: buf_text(&called),
	    provider->form == USER_FORM_LITERAL ? ", or leave it out" : "");
	buf_free(&called);
	return false;
}
