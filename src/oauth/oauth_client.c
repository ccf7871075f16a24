/*
 * Puts settings and row together. What is missing is found before a browser
 * opens or anything is sent, and the hint says where to get it.
 */
#include "oauth/oauth_client.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "net/url.h"
#include "oauth/metadata.h"
#include "profile/secret_line.h"
#include "profile/secret_oauth.h"

/* A token is renewed when it ends within this time, in seconds. */
#define MARGIN 300
/* smtp-hve.office365.com refuses tokens that end within 10 minutes. */
#define MARGIN_HVE 660

static bool refuse(const struct oauth_client *client, struct error *err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Says why nobody can log in. Always false. */
static bool
refuse(const struct oauth_client *client, struct error *err, const char *format,
    ...)
{
	struct buf why = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&why, format, arguments);
	va_end(arguments);
	error_set(err, ERROR_CONFIG, "cannot log in with profile \"%s\": %s",
	    client->profile->name, buf_text(&why));
	buf_free(&why);
	return false;
}

static bool
describes_itself(const struct oauth_client *client)
{
	return client->provider->title == NULL;
}

/* The host of an issuer, for people. */
static char *
title_of(const char *issuer)
{
	struct url url = {0};
	struct buf title = {0};

	if (url_parse(&url, span_from(issuer), &title))
		url_add_authority(&url, &title);
	else
		buf_clear(&title);
	if (title.len == 0)
		buf_add_text(&title, issuer);
	url_free(&url);
	return buf_take_text(&title);
}

static void
use_row(struct oauth_client *client, struct span tenant)
{
	const struct oauth_provider *row = client->provider;
	const struct oauth_settings *oauth = &client->profile->oauth;

	client->authorize = oauth_provider_url(row->authorize, tenant);
	client->token = oauth_provider_url(row->token, tenant);
	client->device = oauth_provider_url(row->device, tenant);
	client->revoke = oauth_provider_url(row->revoke, tenant);
	client->registration = oauth_provider_url(row->registration, tenant);
	client->flows = row->flows;
	/* `iss` of Microsoft names the tenant by its ID, which is not known. */
	if (!row->has_tenant && row->issuer != NULL)
		client->issuer = mem_copy_text(row->issuer);
	if (describes_itself(client))
		client->issuer = mem_copy_text(oauth->service);
	client->title = row->title != NULL ? mem_copy_text(row->title)
					   : title_of(oauth->service);
	client->scope = mem_copy_text(oauth->scope != NULL  ? oauth->scope
		: !oauth_provider_needs_person(oauth->flow) ? row->app_scope
							    : row->scope);
}

static bool
read_secret(struct oauth_client *client, struct error *err)
{
	const struct oauth_settings *oauth = &client->profile->oauth;
	const char *path = oauth->client_secret_file;
	struct buf data;
	bool done;

	if (path == NULL) {
		buf_init_secret(&client->secret, SECRET_MAX);
		buf_add_span(&client->secret, buf_span(&oauth->client_secret));
		return true;
	}
	buf_init_secret(&data, SECRET_READ_MAX);
	done = file_read_path(path, FILE_PRIVATE, &data, ERROR_CONFIG, err);
	if (!done && strchr(err->text, '\n') == NULL)
		error_add(err,
		    "\nhint: oauth-client-secret-file must name a file that "
		    "you can read, with the client secret in its first line");
	done = done &&
	    secret_line_take(&client->secret, buf_span(&data), "client secret",
		"oauth-client-secret-file", ERROR_CONFIG, err);
	buf_wipe(&data);
	return done;
}

bool
oauth_client_init(struct oauth_client *client, const struct profile *profile,
    struct error *err)
{
	const struct oauth_settings *oauth = &profile->oauth;
	const char *mail = profile->provider;
	struct span tenant;

	*client = (struct oauth_client){.profile = profile, .margin = MARGIN};
	if (oauth->service == NULL)
		return refuse(client, err,
		    "it has no OAuth login\n"
		    "hint: set oauth to the name of a service; smtpost-oauth "
		    "providers lists them");
	client->provider =
	    oauth_provider_find(span_from(oauth->service), &tenant);
	if (client->provider->has_tenant && tenant.len == 0)
		tenant =
		    span_from(oauth->tenant != NULL ? oauth->tenant : "common");
	if (client->provider->has_tenant)
		buf_add_span(&client->tenant, tenant);
	use_row(client, tenant);
	client->id = mem_copy_text(oauth->client_id);
	if (mail != NULL && strcmp(mail, "microsoft365:hve") == 0)
		client->margin = MARGIN_HVE;
	return read_secret(client, err);
}

void
oauth_client_free(struct oauth_client *client)
{
	free(client->title);
	free(client->issuer);
	buf_free(&client->tenant);
	free(client->id);
	buf_wipe(&client->secret);
	free(client->scope);
	free(client->authorize);
	free(client->token);
	free(client->device);
	free(client->revoke);
	free(client->registration);
	*client = (struct oauth_client){0};
}

struct web
oauth_client_web(const struct oauth_client *client)
{
	return (struct web){.profile = client->profile, .title = client->title};
}

/* Adds the word, if it is in the list. */
static void
add_supported(struct buf *scope, const char *supported, const char *wanted)
{
	struct span rest = span_from(supported), word;

	while (span_next_word(&rest, " ", &word))
		if (span_equal(word, span_from(wanted)) && !scope->full)
			buf_add_format(
			    scope, "%s%s", scope->len > 0 ? " " : "", wanted);
}

/* What a login for mail may need of the scopes that an issuer has. */
static char *
choose_scope(const char *supported)
{
	static const char *const wanted[] = {
	    "openid", "email", "offline_access", "smtp"};
	struct buf scope = {0};

	if (supported == NULL)
		return mem_copy_text("openid offline_access");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		add_supported(&scope, supported, wanted[i]);
	if (scope.len > 0)
		return buf_take_text(&scope);
	return NULL;
}

bool
oauth_client_discover(struct oauth_client *client, struct error *err)
{
	const struct web web = oauth_client_web(client);
	struct metadata metadata;

	if (!describes_itself(client))
		return true;
	if (!metadata_fetch(&metadata, &web, span_from(client->issuer), err))
		return false;
	client->authorize = mem_copy_text(metadata.authorize);
	client->token = mem_copy_text(metadata.token);
	client->device = mem_copy_text(metadata.device);
	client->revoke = mem_copy_text(metadata.revoke);
	client->registration = mem_copy_text(metadata.registration);
	client->flows = metadata.flows;
	if (client->auth != CLIENT_AUTH_HEADER)
		client->auth = metadata.auth;
	client->sends_iss = metadata.sends_iss;
	if (client->scope == NULL &&
	    oauth_provider_needs_person(client->profile->oauth.flow))
		client->scope = choose_scope(metadata.scopes);
	metadata_free(&metadata);
	return true;
}

bool
oauth_client_needs_id(const struct oauth_client *client)
{
	return client->id == NULL && client->registration != NULL;
}

void
oauth_client_set_registered(struct oauth_client *client, struct span id,
    struct span secret, enum client_auth auth)
{
	const struct oauth_provider *row = client->provider;

	free(client->id);
	client->id = span_copy(id);
	buf_clear(&client->secret);
	buf_add_span(&client->secret, secret);
	client->auth = auth;
	client->is_registered = true;
	client->resource = row->resource;
	if (client->profile->oauth.scope != NULL ||
	    row->registered_scope == NULL)
		return;
	free(client->scope);
	client->scope = mem_copy_text(row->registered_scope);
}

void
oauth_client_use_record(
    struct oauth_client *client, const struct login_record *record)
{
	if (record->client_auth != NULL &&
	    strcmp(record->client_auth, LOGIN_RECORD_HEADER) == 0)
		client->auth = CLIENT_AUTH_HEADER;
	if (record->client_id != NULL &&
	    (record->client_secret.len > 0 || client->id == NULL))
		oauth_client_set_registered(client,
		    span_from(record->client_id),
		    buf_span(&record->client_secret), client->auth);
}

bool
oauth_client_restore(struct oauth_client *client, const struct profile *profile,
    const struct login_record *record, struct error *err)
{
	if (!oauth_client_init(client, profile, err))
		return false;
	oauth_client_use_record(client, record);
	return true;
}

static bool
refuse_flow(
    const struct oauth_client *client, enum oauth_flow flow, struct error *err)
{
	const struct oauth_provider *row = client->provider;
	struct buf flows = {0};

	if (flow == OAUTH_FLOW_DEVICE && row->no_device != NULL) {
		refuse(client, err, "%s", row->no_device);
		secret_oauth_add_hint(client->profile, "", err);
		error_add(err,
		    " --browser, or --paste if the browser is on another "
		    "machine");
		return false;
	}
	oauth_provider_add_flows(client->flows, &flows);
	refuse(client, err,
	    "%s has no such login\n"
	    "hint: set oauth-flow to one of these: %s",
	    client->title, buf_text(&flows));
	buf_free(&flows);
	return false;
}

/* False if the tenant is a word for many tenants. */
static bool
has_own_tenant(const struct oauth_client *client)
{
	static const char *const words[] = {
	    "common", "organizations", "consumers"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_equal_nocase(
			buf_span(&client->tenant), span_from(words[i])))
			return false;
	return true;
}

/* What a login without a person needs. */
static bool
check_app(
    const struct oauth_client *client, enum oauth_flow flow, struct error *err)
{
	if (flow == OAUTH_FLOW_SERVICE_ACCOUNT)
		return client->profile->oauth.key != NULL ||
		    refuse(client, err,
			"oauth-key is not set\n"
			"hint: set it to the JSON file of the service "
			"account; smtpost-oauth(1) shows how to get one");
	if (client->secret.len == 0)
		return refuse(client, err,
		    "a login without a person needs oauth-client-secret\n"
		    "hint: make a client secret for the application, and set "
		    "oauth-client-secret-file");
	return has_own_tenant(client) ||
	    refuse(client, err,
		"a login without a person needs the tenant\n"
		"hint: set oauth-tenant to the domain of the organisation");
}

bool
oauth_client_check(
    const struct oauth_client *client, enum oauth_flow flow, struct error *err)
{
	const struct oauth_provider *row = client->provider;

	if (flow != OAUTH_FLOW_AUTO &&
	    !(client->flows & oauth_provider_flow(flow)))
		return refuse_flow(client, flow, err);
	if (!oauth_provider_needs_person(flow) && !check_app(client, flow, err))
		return false;
	if (flow == OAUTH_FLOW_SERVICE_ACCOUNT || oauth_client_needs_id(client))
		return true;
	if (client->id == NULL)
		return refuse(client, err,
		    "oauth-client-id is not set\n"
		    "hint: %s",
		    row->get_id);
	if (row->needs_secret && client->secret.len == 0)
		return refuse(client, err,
		    "%s needs oauth-client-secret\n"
		    "hint: %s",
		    client->title, row->get_id);
	return true;
}
