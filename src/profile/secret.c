/*
 * Fetches a secret from its source, or only checks that the source is there.
 * Only a refused token is fetched again while connected.
 */
#include "profile/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "profile/client_key.h"
#include "profile/identity.h"
#include "profile/mechanism.h"
#include "profile/netrc.h"
#include "profile/proxy_secret.h"
#include "profile/secret_command.h"
#include "profile/secret_file.h"
#include "profile/secret_line.h"
#include "profile/secret_oauth.h"
#include "profile/secret_prompt.h"
#include "profile/setting_table.h"

#define NETRC_MAX ((size_t)1024 * 1024)

enum source_result { SOURCE_READ, SOURCE_ABSENT, SOURCE_BAD };

/* Whether the secret is fetched, or only its source is looked for. */
enum purpose { PURPOSE_FETCH, PURPOSE_LOCATE };

/* Whether the file is empty; files of /proc have content although size 0. */
static bool
is_empty(int fd, const struct stat *status)
{
	char first;
	bool is_nothing = status->st_size == 0 && read(fd, &first, 1) == 0;

	mem_wipe(&first, sizeof(first));
	return is_nothing;
}

/* Checks the size of the file, without reading the secret. */
static bool
check_size(int fd, const char *shown, struct error *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return true;
	if (status.st_size > (off_t)SECRET_READ_MAX)
		return error_set(err, ERROR_CONFIG,
		    "cannot read %s: it is larger than %zu octets", shown,
		    SECRET_READ_MAX);
	return !is_empty(fd, &status) ||
	    error_set(err, ERROR_CONFIG,
		"cannot use the password from %s: its first line is empty",
		shown);
}

static enum source_result
read_secret_file(struct secret *secret, const char *path, enum file_trust trust,
    enum purpose purpose, struct error *err)
{
	bool done;
	char *shown;
	int fd = file_open(path, trust, ERROR_CONFIG, err);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return SOURCE_ABSENT;
	if (fd < 0) {
		secret_file_add_hint(path, err);
		return SOURCE_BAD;
	}
	shown = utf8_masked(span_from(path));
	if (purpose == PURPOSE_LOCATE) {
		done = check_size(fd, shown, err);
	} else {
		done = secret_line_take_file(
		    &secret->password, fd, "password", path, err);
		if (trust == FILE_PRIVATE && file_is_shared(fd))
			secret_file_add_note(path, &secret->notes);
	}
	free(shown);
	close(fd);
	return done ? SOURCE_READ : SOURCE_BAD;
}

/* The end of the time that a command or a descriptor has. */
static int64_t
end_of_wait(int64_t deadline)
{
	return deadline_earlier(deadline, deadline_in(SECRET_MILLISECONDS));
}

static bool
read_descriptor(struct buf *secret, int fd, enum purpose purpose,
    int64_t deadline, struct error *err)
{
	char source[64];
	bool done;

	snprintf(source, sizeof(source), "password-fd %d", fd);
	if (purpose == PURPOSE_LOCATE)
		return fcntl(fd, F_GETFD) >= 0 ||
		    error_set(err, ERROR_CONFIG,
			"cannot read the password from %s: %s", source,
			strerror(errno));
	done = secret_line_read(secret, fd, source, end_of_wait(deadline), err);
	close(fd);
	return done;
}

/*
 * systemd keeps credentials in a folder of the service. They belong to root,
 * and an access list lets the service read them. The mode shows that list as
 * access by the group, so the file need not be private.
 */
static enum source_result
read_credential(struct secret *secret, const char *name, enum purpose purpose,
    struct error *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf file = {0};
	enum source_result result;
	char *path;

	if (folder == NULL || folder[0] != '/')
		return SOURCE_ABSENT;
	buf_add_format(&file, "smtpost.%s", name);
	path = file_path_in(folder, buf_text(&file));
	result = read_secret_file(secret, path, FILE_OWN, purpose, err);
	free(path);
	buf_free(&file);
	return result;
}

/* Whether netrc has the password `first` (NULL: none) for all servers. */
static bool
every_host_has(
    struct span netrc, const struct profile *profile, const struct buf *first)
{
	bool same = true;

	for (size_t i = 1; i < profile->server_count && same; i++) {
		struct buf found = {.max = SECRET_READ_MAX};
		bool done =
		    netrc_find(netrc, span_from(profile->servers[i].host),
			span_from(profile->user), &found);

		same = done == (first != NULL) &&
		    (!done || span_equal(buf_span(&found), buf_span(first)));
		buf_wipe(&found);
	}
	return same;
}

static enum source_result
search_netrc(struct buf *secret, struct span netrc,
    const struct profile *profile, struct error *err)
{
	struct buf found = {.max = SECRET_READ_MAX};
	bool done = netrc_find(netrc, span_from(profile->servers[0].host),
	    span_from(profile->user), &found);
	enum source_result result = SOURCE_BAD;

	/* No server may receive another server's password. */
	if (!every_host_has(netrc, profile, done ? &found : NULL)) {
		error_set(err, ERROR_CONFIG,
		    "cannot use netrc: it does not hold the same password for "
		    "every server of profile \"%s\"\n"
		    "hint: set password-command or password-file",
		    profile->name);
	} else if (!done) {
		result = SOURCE_ABSENT;
	} else if (span_find(buf_span(&found), '\n') < found.len) {
		error_set(err, ERROR_CONFIG,
		    "cannot use the password from netrc: there is a line end "
		    "in it");
	} else if (secret_line_take(secret, buf_span(&found), "password",
		       "netrc", ERROR_CONFIG, err)) {
		result = SOURCE_READ;
	}
	buf_wipe(&found);
	return result;
}

/* A netrc that does not hold the password may be readable by others. */
static enum source_result
read_netrc(struct buf *secret, const struct profile *profile,
    enum purpose purpose, struct error *err)
{
	char *home = identity_home(), *path;
	struct buf netrc = {.max = NETRC_MAX};
	enum source_result result = SOURCE_ABSENT;
	struct stat status;
	int fd = -1;

	if (home == NULL)
		return SOURCE_ABSENT;
	path = file_path_in(home, ".netrc");
	if (purpose == PURPOSE_LOCATE) {
		if (access(path, R_OK) == 0)
			result = SOURCE_READ;
	} else if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
		fd = file_open(path, FILE_ANY, ERROR_CONFIG, err);
		result = SOURCE_BAD;
	}
	if (fd >= 0 && file_read(fd, path, &netrc, ERROR_TEMPORARY, err))
		result = search_netrc(secret, buf_span(&netrc), profile, err);
	if (result == SOURCE_READ && fd >= 0 &&
	    !file_is_trusted(fd, path, FILE_PRIVATE, ERROR_CONFIG, err))
		result = SOURCE_BAD;
	if (fd >= 0)
		close(fd);
	buf_wipe(&netrc);
	free(path);
	free(home);
	return result;
}

static bool
refuse_without_source(const struct profile *profile, struct error *err)
{
	char *shown = utf8_masked(span_from(profile->user));

	error_set(err, ERROR_CONFIG,
	    "cannot log in as %s at %s: no password was found\n"
	    "hint: set password-command in profile \"%s\", for example "
	    "password-command = pass show mail",
	    shown, profile->servers[0].host, profile->name);
	free(shown);
	return false;
}

static enum source_result
read_prompt(struct buf *secret, const struct profile *profile,
    enum purpose purpose, struct error *err)
{
	struct buf prompt = {0};
	enum prompt_result result;

	if (purpose == PURPOSE_LOCATE)
		return SOURCE_READ;
	secret_prompt_add_login(
	    &prompt, profile->user, profile->servers[0].host);
	result = secret_prompt_ask(secret, "password", buf_text(&prompt), err);
	buf_free(&prompt);
	switch (result) {
	case PROMPT_READ:
		return SOURCE_READ;
	case PROMPT_IMPOSSIBLE:
		return SOURCE_ABSENT;
	case PROMPT_FAILED:
		break;
	}
	return SOURCE_BAD;
}

/* The sources that are tried in turn when no setting names one. */
static bool
find_unnamed(struct secret *secret, const struct profile *profile,
    enum purpose purpose, bool may_prompt, struct error *err)
{
	struct buf *password = &secret->password;
	enum source_result result = SOURCE_ABSENT;

	/* The credential is for the profile's server, not for --server's. */
	secret->found = "the systemd credential";
	if (!profile->is_redirected)
		result = read_credential(secret, profile->name, purpose, err);
	if (result == SOURCE_ABSENT) {
		secret->found = "netrc";
		result = read_netrc(password, profile, purpose, err);
	}
	if (result == SOURCE_ABSENT && may_prompt)
		secret->found = secret_prompt_way();
	if (result == SOURCE_ABSENT && may_prompt && secret->found != NULL) {
		result = read_prompt(password, profile, purpose, err);
		secret->is_prompted |= result != SOURCE_ABSENT;
	}
	if (result == SOURCE_ABSENT)
		return refuse_without_source(profile, err);
	return result == SOURCE_READ;
}

static bool
read_password_file(struct secret *secret, const struct profile *profile,
    enum purpose purpose, struct error *err)
{
	const char *path = profile->password_file;
	bool is_shown =
	    profile->password_file_is_shown && !file_is_in_secrets(path);

	return read_secret_file(secret, path,
		   is_shown ? FILE_OWN : FILE_PRIVATE, purpose,
		   err) == SOURCE_READ;
}

static bool
find(struct secret *secret, const struct profile *profile, enum purpose purpose,
    bool may_prompt, int64_t deadline, struct error *err)
{
	struct buf *password = &secret->password;

	if (profile->password.len > 0)
		return purpose == PURPOSE_LOCATE ||
		    secret_line_take(password, buf_span(&profile->password),
			"password", "the setting password", ERROR_CONFIG, err);
	if (profile->password_command != NULL) {
		struct secret_command command = {.source = "password-command",
		    .text = profile->password_command,
		    .milliseconds = end_of_wait(deadline) - clock_now()};

		return purpose == PURPOSE_LOCATE
		    ? secret_command_is_there(command.text, err)
		    : secret_command_read(password, &command, err);
	}
	if (profile->password_file != NULL)
		return read_password_file(secret, profile, purpose, err);
	if (profile->password_fd >= 0)
		return read_descriptor(
		    password, profile->password_fd, purpose, deadline, err);
	return find_unnamed(secret, profile, purpose, may_prompt, err);
}

static bool
names_mechanism(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->auth.count; i++)
		if (strcmp(profile->auth.names[i], name) == 0)
			return true;
	return false;
}

bool
secret_is_wanted(const struct profile *profile)
{
	if (names_mechanism(profile, "none"))
		return false;
	return profile->user != NULL ||
	    (profile->tls_cert != NULL && names_mechanism(profile, "EXTERNAL"));
}

bool
secret_needs_words(const struct profile *profile)
{
	bool needs = profile->auth.count == 0;

	for (size_t i = 0; i < profile->auth.count && !needs; i++)
		needs = mechanism_find(span_from(profile->auth.names[i]))
			    ->credential != CREDENTIAL_CERTIFICATE;
	return needs && profile->user != NULL;
}

static bool
fetch_token(struct buf *token, const struct profile *profile,
    struct span refused, int64_t deadline, struct error *err)
{
	struct secret_command command = {.source = "token-command",
	    .text = profile->token_command,
	    .milliseconds = end_of_wait(deadline) - clock_now(),
	    .is_token = true,
	    .refused = refused};

	return command.text != NULL ? secret_command_read(token, &command, err)
				    : secret_oauth_read(token, profile, refused,
					  command.milliseconds, err);
}

const char *
secret_token_source(const struct profile *profile)
{
	if (profile->token_command != NULL)
		return "token-command";
	return profile->oauth.service != NULL ? "smtpost-oauth" : NULL;
}

bool
secret_fetch_until(struct secret *secret, const struct profile *profile,
    bool may_prompt, int64_t deadline, struct error *err)
{
	*secret = (struct secret){0};
	if (!signing_keys_open(
		&secret->signing_keys, profile, &secret->notes, err)) {
		secret->lacks_signing_key = true;
		return false;
	}
	if (!proxy_secret_fetch(profile, deadline, err) ||
	    !client_key_open(
		&secret->key, profile, may_prompt, &secret->is_prompted, err)) {
		secret_free(secret);
		return false;
	}
	if (!secret_is_wanted(profile) || profile->server_count == 0)
		return true;
	if (!secret_needs_words(profile))
		secret->is_set = true;
	else if (profile_has_token(profile))
		secret->is_set = fetch_token(
		    &secret->token, profile, (struct span){0}, deadline, err);
	else
		secret->is_set = find(
		    secret, profile, PURPOSE_FETCH, may_prompt, deadline, err);
	if (!secret->is_set)
		secret_free(secret);
	return secret->is_set;
}

bool
secret_fetch(struct secret *secret, const struct profile *profile,
    bool may_prompt, struct error *err)
{
	return secret_fetch_until(
	    secret, profile, may_prompt, DEADLINE_NEVER, err);
}

enum cause
secret_cause(const struct error *err)
{
	return err->kind == ERROR_TEMPORARY ? CAUSE_TEMPORARY : CAUSE_LOGIN;
}

enum token_result
secret_renew_token(struct secret *secret, const struct profile *profile,
    int64_t deadline, struct error *err)
{
	struct buf token = {0};
	bool done = fetch_token(
	    &token, profile, buf_span(&secret->token), deadline, err);

	if (done && !span_equal(buf_span(&token), buf_span(&secret->token))) {
		buf_wipe(&secret->token);
		secret->token = token;
		return TOKEN_RENEWED;
	}
	buf_wipe(&token);
	return done ? TOKEN_SAME : TOKEN_FAILED;
}

bool
secret_locate(
    struct secret *secret, const struct profile *profile, struct error *err)
{
	*secret = (struct secret){0};
	secret->lacks_signing_key = !signing_keys_locate(profile, err);
	if (secret->lacks_signing_key ||
	    !client_key_locate(profile, &secret->is_prompted, err))
		return false;
	if (!secret_is_wanted(profile) || profile->server_count == 0 ||
	    !secret_needs_words(profile))
		return true;
	if (profile->token_command != NULL)
		return secret_command_is_there(profile->token_command, err);
	if (profile_has_token(profile))
		return secret_oauth_is_there(profile, err);
	return find(secret, profile, PURPOSE_LOCATE, true, DEADLINE_NEVER, err);
}

/* "SETTING (where that was set)" */
static void
add_setting(const struct profile *profile, const char *name, struct buf *out)
{
	const char *origin =
	    setting_table_origin(profile, setting_table_find(span_from(name)));

	buf_add_text(out, name);
	if (origin != NULL)
		buf_add_format(out, " (%s)", origin);
}

void
secret_add_source(
    const struct secret *secret, const struct profile *profile, struct buf *out)
{
	if (!secret_is_wanted(profile))
		buf_add_text(out, "none");
	else if (secret->found != NULL)
		buf_add_text(out, secret->found);
	else if (!secret_needs_words(profile))
		add_setting(profile, "tls-cert", out);
	else if (profile->token_command != NULL)
		add_setting(profile, "token-command", out);
	else if (profile_has_token(profile))
		add_setting(profile, "oauth", out);
	else if (profile->password.len > 0)
		add_setting(profile, "password", out);
	else if (profile->password_command != NULL)
		add_setting(profile, "password-command", out);
	else if (profile->password_file != NULL)
		add_setting(profile, "password-file", out);
	else
		add_setting(profile, "password-fd", out);
}

void
secret_free(struct secret *secret)
{
	token_key_close(secret->key);
	secret->key = NULL;
	signing_keys_free(&secret->signing_keys);
	buf_wipe(&secret->password);
	buf_wipe(&secret->token);
	buf_free(&secret->notes);
	secret->is_set = false;
}
