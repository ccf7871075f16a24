#include "profile/provider.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"

#define REGION "REGION" /* a variant that the user names himself */
#define REGION_MAX ((size_t)32)
#define SEPARATORS ", "

static bool
is_region(const struct provider_variant *variant)
{
	return variant->name != NULL && strcmp(variant->name, REGION) == 0;
}

/*
 * Letters, digits and hyphens, as in eu-west-1: nothing that ends a label. A
 * word or a place alone is no region, but what somebody takes for one.
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
	for (size_t i = 0; i < provider_count; i++)
		if (span_equal(name, span_from(providers[i].name)))
			return &providers[i];
	return NULL;
}

/* The variant that is behind the colon, or the first without one. */
static const struct provider_variant *
find_variant(const struct provider *provider, bool is_named, struct span name)
{
	for (size_t i = 0; i < PROVIDER_VARIANTS_MAX; i++) {
		const struct provider_variant *variant =
		    &provider->variants[i];

		if (variant->servers == NULL)
			break;
		if (is_region(variant) ? is_named && region_is_clean(name)
		    : variant->name == NULL
		    ? !is_named
		    : is_named && span_equal(name, span_from(variant->name)))
			return variant;
	}
	return NULL;
}

static const struct provider_variant *
split_name(struct span name, const struct provider **provider,
    struct span *region)
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
			? " with a REGION as eu-central-1"
			: "");
		buf_free(&name);
	}
}

/* Names that people and other programs have for them. */
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

/* The name alone decides; which variant is meant comes next. */
static void
hint_nearest(struct span name, struct error *err)
{
	struct nearest nearest =
	    nearest_to(span_head(name, span_find(name, ':')));

	for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]);
	     i++)
		if (span_equal_nocase(
			nearest.wanted, span_from(other_names[i].name))) {
			error_add(err, "\nhint: here it is \"%s\"",
			    other_names[i].provider);
			return;
		}
	for (size_t i = 0; i < provider_count; i++)
		nearest_consider(&nearest, providers[i].name);
	if (nearest.name != NULL)
		error_add(err, "\nhint: the nearest one known is \"%s\"; "
			       "smtpost --providers lists all",
		    nearest.name);
	else
		error_add(err, "\nhint: smtpost --providers lists them");
}

const struct provider *
provider_find(struct span name, struct error *err)
{
	const struct provider *provider;
	struct span region;
	char *shown;

	if (split_name(name, &provider, &region) != NULL)
		return provider;
	shown = utf8_masked(span_head(name, 64));
	error_set(err, ERROR_CONFIG, "cannot set provider to \"%s\": %s", shown,
	    provider != NULL ? "it has no such variant"
			     : "no such provider is known");
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

/* Whether the URL is of this host; '*' in it stands for one label. */
static bool
url_has_host(struct span url, struct span host)
{
	size_t scheme = span_find(url, ':') + 3; /* "://" */
	struct span own = span_skip(url, scheme);
	size_t star;

	own = span_head(own, span_find(own, ':'));
	star = span_find(own, '*');
	if (star == own.len)
		return span_equal_nocase(own, host);
	return span_matches(host, own) &&
	    span_find(span_skip(host, star), '.') + star ==
	    host.len - (own.len - star - 1);
}

static bool
urls_have_host(const char *urls, struct span host)
{
	struct span rest = span_from(urls), url;

	while (span_next_word(&rest, SEPARATORS, &url))
		if (url_has_host(url, host))
			return true;
	return false;
}

static bool
provider_has_host(const struct provider *provider, struct span host)
{
	if (provider->hosts != NULL && urls_have_host(provider->hosts, host))
		return true;
	for (size_t i = 0; i < PROVIDER_VARIANTS_MAX; i++)
		if (provider->variants[i].servers != NULL &&
		    urls_have_host(provider->variants[i].servers, host))
			return true;
	return false;
}

const struct provider *
provider_of(const struct profile *profile, const struct server *server)
{
	struct error ignored;

	if (profile->provider != NULL)
		return provider_find(span_from(profile->provider), &ignored);
	/* An address may be anybody's. */
	if (server == NULL || server->host == NULL ||
	    (server->host[0] >= '0' && server->host[0] <= '9'))
		return NULL;
	for (size_t i = 0; i < provider_count; i++)
		if (provider_has_host(
			&providers[i], span_from(server->host)))
			return &providers[i];
	return NULL;
}

bool
provider_add_servers(struct span name, struct buf *out)
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
