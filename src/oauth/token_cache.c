/*
 * The file PROFILE.token in the folder of the session. Refresh tokens lie where
 * a passphrase may guard them; with this file they are needed once an hour, not
 * for every mail.
 */
#include "oauth/token_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "oauth/session_folder.h"
#include "profile/identity.h"
#include "profile/secret_line.h"

#define CACHE_MAX ((size_t)32 * 1024)

/* Opens the folder and names the file; false if there is no folder. */
static bool
begin(const struct profile *profile, int *folder, struct buf *name)
{
	*folder = session_folder_open(session_folder_place());
	if (*folder >= 0)
		buf_add_format(name, "%s.token", profile->name);
	return *folder >= 0;
}

/* What the token is for. A profile may change, or have a namesake elsewhere. */
static void
add_owner(const struct profile *profile, struct buf *owner)
{
	const struct oauth_settings *oauth = &profile->oauth;
	char *store = identity_state_path("smtpost/oauth");
	const char *const parts[] = {oauth->service, oauth->client_id,
	    oauth->tenant, oauth->scope, profile->user, oauth->read_command,
	    store};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_add_text(owner, parts[i] != NULL ? parts[i] : "");
		buf_add_char(owner, '\n');
	}
	free(store);
}

static bool
take_time(struct json json, const char *name, int64_t *time)
{
	uint64_t number;

	if (!json_number(json_find(json, name), CALENDAR_MAX, &number))
		return false;
	*time = (int64_t)number;
	return true;
}

static bool
take(struct cached_token *cached, const struct profile *profile,
    struct span text)
{
	struct json json;
	struct buf owner = {0};
	bool done;

	add_owner(profile, &owner);
	done = json_read(&json, text, NULL) &&
	    json_equals(json_find(json, "for"), buf_span(&owner)) &&
	    take_time(json, "obtained_at", &cached->obtained_at) &&
	    take_time(json, "expires_at", &cached->expires_at) &&
	    take_time(json, "margin", &cached->margin) &&
	    json_add_string(json_find(json, "access_token"), &cached->token) &&
	    !span_has_control(buf_span(&cached->token));
	buf_free(&owner);
	return done;
}

void
token_cache_read(struct cached_token *cached, const struct profile *profile)
{
	struct buf name = {0}, text;
	struct error ignored = {0};
	int folder, fd;

	*cached = (struct cached_token){0};
	buf_init_secret(&cached->token, TOKEN_MAX);
	if (!begin(profile, &folder, &name))
		return;
	fd = openat(folder, buf_text(&name),
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	buf_init_secret(&text, CACHE_MAX);
	if (fd >= 0 &&
	    (!file_is_trusted(
		 fd, buf_text(&name), FILE_PRIVATE, ERROR_CONFIG, &ignored) ||
		!file_read(
		    fd, buf_text(&name), &text, ERROR_CONFIG, &ignored) ||
		!take(cached, profile, buf_span(&text))))
		token_cache_free(cached);
	if (fd >= 0)
		close(fd);
	buf_wipe(&text);
	buf_free(&name);
	close(folder);
}

bool
token_cache_is_possible(void)
{
	int folder = session_folder_open(session_folder_place());

	if (folder >= 0)
		close(folder);
	return folder >= 0;
}

bool
token_cache_write(
    const struct cached_token *cached, const struct profile *profile)
{
	struct buf name = {0}, text, owner = {0};
	bool done;
	int folder;

	if (!begin(profile, &folder, &name))
		return false;
	buf_init_secret(&text, CACHE_MAX);
	add_owner(profile, &owner);
	buf_add_text(&text, "{\"for\":");
	json_text_add_exact(&text, buf_span(&owner));
	json_text_add_number(
	    &text, "obtained_at", (uint64_t)cached->obtained_at);
	json_text_add_number(&text, "expires_at", (uint64_t)cached->expires_at);
	json_text_add_number(&text, "margin", (uint64_t)cached->margin);
	json_text_add_key(&text, "access_token");
	json_text_add_exact(&text, buf_span(&cached->token));
	buf_add_text(&text, "}\n");
	done = !text.full &&
	    session_folder_write(folder, buf_text(&name), buf_span(&text));
	buf_free(&owner);
	buf_wipe(&text);
	buf_free(&name);
	close(folder);
	return done;
}

void
token_cache_remove(
    const struct profile *profile, const char *place, struct error *err)
{
	struct buf name = {0};

	buf_add_format(&name, "%s.token", profile->name);
	session_folder_remove(buf_text(&name), place, err);
	buf_free(&name);
}

bool
token_cache_is_valid(const struct cached_token *cached, int64_t now)
{
	/* A clock that was set back says nothing about the token. */
	return cached->token.len > 0 && now >= cached->obtained_at &&
	    now < cached->expires_at;
}

bool
token_cache_is_fresh(const struct cached_token *cached, int64_t now)
{
	return token_cache_is_valid(cached, now) &&
	    now < cached->expires_at - cached->margin;
}

void
token_cache_free(struct cached_token *cached)
{
	buf_wipe(&cached->token);
	*cached = (struct cached_token){0};
}
