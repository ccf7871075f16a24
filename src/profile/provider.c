/*
 * Applies the table of mail services: presets, the check of the user name, and
 * hints for refusals. The table itself is in provider_table.c.
 */
#include "profile/provider.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "address/mailbox.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "profile/identity.h"
#include "profile/provider_hint_table.h"
#include "profile/setting.h"

#define USER_SHOWN_MAX ((size_t)64)
#define REGION "REGION" /* a variant that stands for any region */
#define REGION_MAX ((size_t)32)
#define SEPARATORS ", "

static bool
is_region(const struct provider_variant *variant)
{
	return variant->name != NULL && strcmp(variant->name, REGION) == 0;
}

/*
 * Letters, digits and hyphens, as in eu-west-1: nothing that ends a label. It
 * needs a hyphen and a last digit, so that "frankfurt" is not a region.
 */
static bool
region_is_clean(struct span region)
{
	if (region.len == 0 || span_find(region, '-') == region.len ||
	    !ascii_is_digit(region.at[region.len - 1]))
		return false;
	for (size_t i = 0; i < region.len; i++) {
		char c = region.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !(c == '-' && i > 0 && i + 1 < region.len))
			return false;
	}
	return region.len <= REGION_MAX;
}

static const struct provider *
find_row(struct span name)
{
	for (size_t i = 0; i < provider_table_count; i++)
		if (span_equal(name, span_from(provider_table[i].name)))
			return &provider_table[i];
	return NULL;
}

/* The variant named after the colon; without a colon, the first. */
static const struct provider_variant *
find_variant(const struct provider *provider, bool is_named, struct span name)
{
	for (size_t i = 0; i < PROVIDER_VARIANTS_MAX; i++) {
		const struct provider_variant *variant = &provider->variants[i];

		if (variant->servers == NULL)
			break;
		if (is_region(variant) ? is_named && region_is_clean(name)
			: variant->name == NULL ? !is_named
						: is_named &&
			    span_equal(name, span_from(variant->name)))
			return variant;
	}
	return NULL;
}

static const struct provider_variant *
split_name(
    struct span name, const struct provider **provider, struct span *region)
{
	size_t colon = span_find(name, ':');

	*region = span_skip(name, colon + (colon < name.len));
	*provider = find_row(span_head(name, colon));
	return *provider == NULL
	    ? NULL
	    : find_variant(*provider, colon < name.len, *region);
}

void
provider_add_name(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out)
{
	buf_add_text(out, provider->name);
	if (variant->name != NULL)
		buf_add_format(out, ":%s", variant->name);
}

static void
refuse_variant(const struct provider *provider, struct error *err)
{
	error_add(err, "\nhint: it is one of");
	for (size_t i = 0; i < PROVIDER_VARIANTS_MAX; i++) {
		struct buf name = {0};

		if (provider->variants[i].servers == NULL)
			break;
		provider_add_name(provider, &provider->variants[i], &name);
		error_add(err, "%s %s%s", i ? "," : "", buf_text(&name),
		    is_region(&provider->variants[i])
			? " with a REGION such as eu-central-1"
			: "");
		buf_free(&name);
	}
}

/* Names that users and other programs give to providers. */
static const struct {
	const char *name, *provider;
} other_names[] = {
    {"amazon", "ses"},
    {"aws", "ses"},
    {"exchange", "microsoft365"},
    {"google", "gmail"},
    {"googlemail", "gmail"},
    {"hotmail", "outlook"},
    {"live", "outlook"},
    {"microsoft", "microsoft365"},
    {"o365", "microsoft365"},
    {"office365", "microsoft365"},
    {"protonmail", "proton"},
    {"sendinblue", "brevo"},
};

/* Compares the name only, without the variant. */
static void
hint_nearest(struct span name, struct error *err)
{
	struct nearest nearest =
	    nearest_to(span_head(name, span_find(name, ':')));

	for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]);
	     i++)
		if (span_equal_nocase(
			nearest.wanted, span_from(other_names[i].name))) {
			error_add(err, "\nhint: smtpost calls it \"%s\"",
			    other_names[i].provider);
			return;
		}
	for (size_t i = 0; i < provider_table_count; i++)
		nearest_consider(&nearest, provider_table[i].name);
	if (nearest.name != NULL)
		error_add(err,
		    "\nhint: the nearest one known is \"%s\"; "
		    "smtpost --providers lists all",
		    nearest.name);
	else
		error_add(err, "\nhint: smtpost --providers lists them");
}

/* Finds a provider by a value such as "ses:eu-west-1". NULL with an error. */
static const struct provider *
find_provider(struct span name, struct error *err)
{
	const struct provider *provider;
	struct span region;
	char *shown;

	if (split_name(name, &provider, &region) != NULL)
		return provider;
	shown = utf8_excerpt_masked(name, 64);
	error_set(err, ERROR_CONFIG, "cannot set provider to \"%s\": %s", shown,
	    provider != NULL ? "it has no such variant"
			     : "there is no such provider");
	free(shown);
	if (provider != NULL)
		refuse_variant(provider, err);
	else
		hint_nearest(name, err);
	return NULL;
}

void
provider_add_user(const struct provider *provider, struct buf *out)
{
	static const char *const forms[] = {
	    [USER_FORM_ADDRESS] = "full address",
	    [USER_FORM_LOGIN] = "login address",
	    [USER_FORM_KEY] = "key",
	    [USER_FORM_LITERAL] = "",
	    [USER_FORM_ANY] = "any",
	};

	buf_add_text(out,
	    provider->user != NULL ? provider->user : forms[provider->form]);
}

/*
 * Whether the URL has this host. A '*' in it stands for one label, which is the
 * region then.
 */
static bool
url_has_host(struct span url, struct span host, struct span *region)
{
	size_t scheme = span_find(url, ':') + 3; /* "://" */
	struct span own = span_skip(url, scheme);
	size_t star, after;

	own = span_head(own, span_find(own, ':'));
	star = span_find(own, '*');
	if (star == own.len)
		return span_equal_nocase(own, host);
	if (!span_matches(host, own))
		return false;
	after = own.len - star - 1;
	*region = span_skip(span_head(host, host.len - after), star);
	return span_find(*region, '.') == region->len;
}

static bool
urls_have_host(const char *urls, struct span host, struct span *region)
{
	struct span rest = span_from(urls), url;

	while (span_next_word(&rest, SEPARATORS, &url))
		if (url_has_host(url, host, region))
			return true;
	return false;
}

/* The variant with this host; of an older name, the first. NULL: none. */
static const struct provider_variant *
variant_of_host(
    const struct provider *provider, struct span host, struct span *region)
{
	for (size_t i = 0; i < PROVIDER_VARIANTS_MAX; i++)
		if (provider->variants[i].servers != NULL &&
		    urls_have_host(provider->variants[i].servers, host, region))
			return &provider->variants[i];
	return provider->hosts != NULL &&
		urls_have_host(provider->hosts, host, region)
	    ? &provider->variants[0]
	    : NULL;
}

void
provider_add_name_of(
    const struct provider *provider, struct span host, struct buf *out)
{
	struct span region = {0};
	const struct provider_variant *variant =
	    variant_of_host(provider, host, &region);

	if (variant != NULL && is_region(variant)) {
		buf_add_format(out, "%s:", provider->name);
		buf_add_span(out, region);
	} else if (variant != NULL) {
		provider_add_name(provider, variant, out);
	}
}

const struct provider *
provider_of(const struct profile *profile, const struct server *server)
{
	struct span region;
	struct error ignored;

	if (profile->provider != NULL)
		return find_provider(span_from(profile->provider), &ignored);
	/* An IP address does not show which service it belongs to. */
	if (server == NULL || server->host == NULL ||
	    (server->host[0] >= '0' && server->host[0] <= '9'))
		return NULL;
	for (size_t i = 0; i < provider_table_count; i++)
		if (variant_of_host(&provider_table[i], span_from(server->host),
			&region) != NULL)
			return &provider_table[i];
	return NULL;
}

/* Adds the servers of a provider, as in the setting `server`. */
static bool
add_servers(struct span name, struct buf *out)
{
	const struct provider *provider;
	struct span region;
	const struct provider_variant *variant =
	    split_name(name, &provider, &region);

	if (variant == NULL)
		return false;
	for (const char *at = variant->servers; *at != '\0'; at++) {
		if (*at == '*')
			buf_add_span(out, region);
		else
			buf_add_char(out, *at);
	}
	return true;
}

static bool
parse_provider(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	(void)setting;
	if (value.len == 0)
		return true;
	if (find_provider(value, err) == NULL)
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

const struct setting_type setting_provider = {parse_provider, print_provider};

/* The sender is the user's address unless another one is set. */
static bool
preset_sender(const struct profile *profile, struct buf *value)
{
	struct mailbox mailbox = {0};
	struct error ignored;
	bool is_address = profile->user != NULL &&
	    address_list_parse_reverse_path(
		&mailbox, span_from(profile->user), &ignored);

	mailbox_free(&mailbox);
	if (!is_address || strchr(profile->user, '@') == NULL ||
	    strpbrk(profile->user, "< \t\"(") != NULL)
		return false;
	identity_add_literal(value, span_from(profile->user));
	return true;
}

bool
provider_preset(
    const struct profile *profile, const char *setting, struct buf *value)
{
	const struct provider *provider =
	    profile->provider != NULL ? provider_of(profile, NULL) : NULL;

	if (provider == NULL)
		return false;
	if (strcmp(setting, "server") == 0)
		return add_servers(span_from(profile->provider), value);
	/* A setting inherited for other servers must not weaken TLS here. */
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
		return provider->own_sender && profile->sender != NULL &&
		    buf_add_text(value, "provider");
	if (strcmp(setting, "chunking") == 0)
		return provider->no_chunking && buf_add_text(value, "never");
	return false;
}

static bool
is_address(const char *text)
{
	struct mailbox mailbox = {0};
	struct error ignored;
	bool is_one =
	    address_list_parse_mailbox(&mailbox, span_from(text), &ignored) &&
	    mailbox.domain != NULL;

	mailbox_free(&mailbox);
	return is_one;
}

/*
 * Some servers accept a name although their pages ask for an address. The
 * sender cannot be derived from a name, so `sender` must be set then.
 */
static bool
user_fits(const struct provider *provider, const struct profile *profile)
{
	const char *user = profile->user;
	bool is_strict = provider->strict_user;

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

/* Adds which user name the provider needs. */
static void
add_user_hint(
    const struct provider *provider, const char *user, struct error *err)
{
	struct buf called = {0};
	char *shown = utf8_excerpt_masked(span_from(user), USER_SHOWN_MAX);

	provider_add_user(provider, &called);
	switch (provider->form) {
	case USER_FORM_ADDRESS:
	case USER_FORM_LOGIN:
		if (strchr(user, '@') == NULL)
			error_add(err,
			    " is a full address\n"
			    "hint: user = %s@DOMAIN, with the domain of that "
			    "address",
			    shown);
		else
			error_add(err,
			    " is a full address\n"
			    "hint: user = NAME@DOMAIN");
		break;
	case USER_FORM_KEY:
		error_add(err,
		    " is not an address\n"
		    "hint: it is the %s",
		    buf_text(&called));
		break;
	case USER_FORM_LITERAL:
		error_add(err,
		    " is always the same word\n"
		    "hint: set user = %s, or leave it out",
		    buf_text(&called));
		break;
	case USER_FORM_ANY:
		break;
	}
	buf_free(&called);
	free(shown);
}

bool
provider_check_user(const struct provider *provider,
    const struct profile *profile, struct error *err)
{
	if (user_fits(provider, profile))
		return true;
	error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\": the user name of %s", profile->name,
	    provider->title);
	add_user_hint(provider, profile->user, err);
	return false;
}

bool
provider_check(const struct profile *profile, struct error *err)
{
	const struct provider *provider;

	if (profile->provider == NULL || profile->user == NULL)
		return true;
	provider = provider_of(profile, NULL);
	return provider == NULL || provider_check_user(provider, profile, err);
}

static bool
status_is(struct status status, const char *wanted)
{
	struct buf text = {0};
	bool is_one;

	reply_status_add(&text, status);
	is_one = span_equal(buf_span(&text), span_from(wanted));
	buf_free(&text);
	return is_one;
}

static bool
hint_fits(const struct provider_hint *hint, const struct profile *profile,
    const struct reply *reply)
{
	return (!hint->for_app ||
		   profile->oauth.flow == OAUTH_FLOW_CLIENT_CREDENTIALS) &&
	    (hint->code == 0 || hint->code == reply->code) &&
	    (hint->status == NULL || status_is(reply->status, hint->status)) &&
	    (hint->text == NULL ||
		span_find_text_nocase(buf_span(&reply->text),
		    span_from(hint->text)) < reply->text.len);
}

const char *
provider_hint(const struct profile *profile, const struct server *server,
    const struct outcome *outcome)
{
	const struct reply *reply = &outcome->reply;
	const struct provider *provider;
	const struct provider_hint *hint;

	/* Not a refusal by the server. */
	if (reply->code < 400)
		return NULL;
	provider = provider_of(profile, server);
	if (provider == NULL)
		return NULL;
	hint = provider->hints;
	for (; hint != NULL && hint->hint != NULL; hint++)
		if (hint_fits(hint, profile, reply))
			return hint->hint;
	/* Any permanent refusal of a login; 4.7.8 means the same. */
	if (outcome->stage == STAGE_AUTH &&
	    ((reply_is_permanent(reply) && !reply_refuses_mechanism(reply)) ||
		(reply->status.subject == 7 && reply->status.detail == 8)))
		return provider->login;
	return NULL;
}

const char *
provider_advice(const struct profile *profile, const struct server *server,
    const struct outcome *outcome)
{
	return outcome->hint != NULL ? outcome->hint
				     : provider_hint(profile, server, outcome);
}
