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
#include "profile/identity.h"
#include "profile/mechanism.h"
#include "profile/netrc.h"
#include "profile/secret_file.h"
#include "profile/secret_line.h"
#include "profile/secret_program.h"
#include "profile/settings.h"

#define NETRC_MAX ((size_t)1024 * 1024)

enum source_result { SOURCE_READ, SOURCE_ABSENT, SOURCE_BAD };

/*
 * The functions that read a source take NULL for the secret, too: then they
 * only look whether the source is there, and read and run nothing.
 */

/* The first line of a small file. */
static enum source_result
read_secret_file(struct secret *secret, const char *path, enum file_trust trust,
    struct error *err)
{
	struct buf data = {.max = SECRET_READ_MAX};
	enum source_result result = SOURCE_BAD;
	char *shown;
	int fd = file_open(path, trust, ERROR_CONFIG, err);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return SOURCE_ABSENT;
	if (fd < 0) {
		secret_file_hint(path, err);
		return SOURCE_BAD;
	}
	if (secret == NULL) {
		close(fd);
		return SOURCE_READ;
	}
	if (trust == FILE_PRIVATE && file_is_shared(fd))
		secret_file_note(path, &secret->notes);
	shown = utf8_masked(span_from(path));
	if (file_read(fd, path, &data, ERROR_TEMPORARY, err) &&
	    secret_line_take(
		&secret->password, buf_span(&data), shown, ERROR_CONFIG, err))
		result = SOURCE_READ;
	free(shown);
	buf_wipe(&data);
	close(fd);
	return result;
}

static bool
read_descriptor(struct buf *secret, int fd, struct error *err)
{
	char source[64];
	bool done;

	snprintf(source, sizeof(source), "password-fd %d", fd);
	if (secret == NULL)
		return fcntl(fd, F_GETFD) >= 0 ||
		    error_set(err, ERROR_CONFIG,
			"cannot read the password from %s: %s", source,
			strerror(errno));
	done = secret_line_read(
	    secret, fd, source, deadline_in(SECRET_MILLISECONDS), err);
	close(fd);
	return done;
}

/*
 * systemd's credentials stand in a folder of the service's own; they belong
 * to root and are let out to the service by an access list, which shows in
 * the group bits, so these are not asked.
 */
static enum source_result
read_credential(struct secret *secret, const char *name, struct error *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf file = {0};
	enum source_result result;
	char *path;

	if (folder == NULL || folder[0] != '/')
		return SOURCE_ABSENT;
	buf_add_format(&file, "smtpost.%s", name);
	path = file_path_in(folder, buf_text(&file));
	result = read_secret_file(secret, path, FILE_OWN, err);
	free(path);
	buf_free(&file);
	return result;
}

/* Whether the other servers have `first` too; NULL: none. */
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

static bool
search_netrc(struct buf *secret, struct span netrc,
    const struct profile *profile, struct error *err, bool *refused)
{
	struct buf found = {.max = SECRET_READ_MAX};
	bool done = netrc_find(netrc, span_from(profile->servers[0].host),
	    span_from(profile->user), &found);

	/* One host's password is not for another one to see (F59). */
	if (!every_host_has(netrc, profile, done ? &found : NULL)) {
		*refused = true;
		done = error_set(err, ERROR_CONFIG,
		    "cannot use netrc: it does not hold the same password "
		    "for every server of profile \"%s\"\n"
		    "hint: set password-command or password-file",
		    profile->name);
	} else if (done && span_find(buf_span(&found), '\n') < found.len) {
		*refused = true;
		done = error_set(err, ERROR_CONFIG,
		    "cannot use the password from netrc: line end in it");
	} else if (done) {
		done = secret_line_take(
		    secret, buf_span(&found), "netrc", ERROR_CONFIG, err);
		*refused = !done;
	}
	buf_wipe(&found);
	return done;
}

/* Others may read a netrc that does not hold what is wanted. */
static enum source_result
read_netrc(struct buf *secret, const struct profile *profile, struct error *err)
{
	char *home = identity_home(), *path;
	struct buf netrc = {.max = NETRC_MAX};
	enum source_result result = SOURCE_ABSENT;
	bool refused = false;
	struct stat status;
	int fd = -1;

	if (home == NULL)
		return SOURCE_ABSENT;
	path = file_path_in(home, ".netrc");
	if (secret == NULL) {
		if (access(path, R_OK) == 0)
			result = SOURCE_READ;
	} else if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
		fd = file_open(path, FILE_ANY, ERROR_CONFIG, err);
		result = SOURCE_BAD;
	}
	if (fd >= 0 && file_read(fd, path, &netrc, ERROR_TEMPORARY, err)) {
		result = SOURCE_ABSENT;
		if (search_netrc(
			secret, buf_span(&netrc), profile, err, &refused))
			result = file_is_trusted(
				     fd, path, FILE_PRIVATE, ERROR_CONFIG, err)
			    ? SOURCE_READ
			    : SOURCE_BAD;
		if (refused)
			result = SOURCE_BAD;
	}
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

static bool
fetch_unnamed(struct secret *secret, const struct profile *profile,
    bool may_prompt, struct error *err)
{
	struct buf *password = &secret->password;
	enum source_result result = SOURCE_ABSENT;

	/* The credential is for the profile's server, not for --server's. */
	secret->found = "the systemd credential";
	if (!profile->is_redirected)
		result = read_credential(secret, profile->name, err);
	if (result == SOURCE_ABSENT) {
		secret->found = "netrc";
		result = read_netrc(password, profile, err);
	}
	if (result != SOURCE_ABSENT)
		return result == SOURCE_READ;
	secret->found = "the terminal";
	if (may_prompt) {
		if (secret_line_prompt(
			password, profile->user, profile->servers[0].host, err))
			return true;
		if (err->kind != ERROR_NONE)
			return false;
	}
	return refuse_without_source(profile, err);
}

static bool
read_password_file(
    struct secret *secret, const struct profile *profile, struct error *err)
{
	const char *path = profile->password_file;
	bool is_shown =
	    profile->password_file_is_shown && !file_is_in_secrets(path);

	return read_secret_file(secret, path,
		   is_shown ? FILE_OWN : FILE_PRIVATE, err) == SOURCE_READ;
}

static bool
fetch(struct secret *secret, const struct profile *profile, bool may_prompt,
    struct error *err)
{
	struct buf *password = &secret->password;

	if (profile->password.len > 0)
		return secret_line_take(password, buf_span(&profile->password),
		    "the setting password", ERROR_CONFIG, err);
	if (profile->password_command != NULL) {
		struct secret_command command = {
		    .text = profile->password_command,
		    .milliseconds = SECRET_MILLISECONDS};

		return secret_command_read(password, &command, err);
	}
	if (profile->password_file != NULL)
		return read_password_file(secret, profile, err);
	if (profile->password_fd >= 0)
		return read_descriptor(password, profile->password_fd, err);
	return fetch_unnamed(secret, profile, may_prompt, err);
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

/* Whether any mechanism that may be used takes a password or a token. */
static bool
needs_words(const struct profile *profile)
{
	bool needs = profile->auth.count == 0;

	for (size_t i = 0; i < profile->auth.count && !needs; i++)
		needs = mechanism_find(span_from(profile->auth.names[i]))
			    ->credential != CREDENTIAL_CERTIFICATE;
	return needs && profile->user != NULL;
}

static bool
fetch_token(struct buf *token, const struct profile *profile, bool is_renewal,
    int64_t deadline, struct error *err)
{
	struct secret_command command = {.text = profile->token_command,
	    .milliseconds =
		deadline_earlier(deadline, deadline_in(SECRET_MILLISECONDS)) -
		clock_now(),
	    .is_token = true,
	    .is_renewal = is_renewal};

	return secret_command_read(token, &command, err);
}

bool
secret_fetch(struct secret *secret, const struct profile *profile,
    bool may_prompt, struct error *err)
{
	*secret = (struct secret){0};
	if (!secret_is_wanted(profile) || profile->server_count == 0)
		return true;
	if (!needs_words(profile))
		secret->is_set = true;
	else if (profile->token_command != NULL)
		secret->is_set = fetch_token(
		    &secret->token, profile, false, DEADLINE_NEVER, err);
	else
		secret->is_set = fetch(secret, profile, may_prompt, err);
	if (!secret->is_set)
		secret_free(secret);
	return secret->is_set;
}

bool
secret_renew_token(struct secret *secret, const struct profile *profile,
    int64_t deadline, struct error *err)
{
	struct buf token = {0};
	bool done;

	*err = (struct error){0};
	done = fetch_token(&token, profile, true, deadline, err) &&
	    !span_equal(buf_span(&token), buf_span(&secret->token));
	if (done) {
		buf_wipe(&secret->token);
		secret->token = token;
	} else {
		buf_wipe(&token);
	}
	return done;
}

static bool
prompt_is_possible(void)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (terminal >= 0)
		close(terminal);
	return terminal >= 0;
}

static bool
locate_unnamed(
    struct secret *secret, const struct profile *profile, struct error *err)
{
	enum source_result result = SOURCE_ABSENT;

	secret->found = "the systemd credential";
	if (!profile->is_redirected)
		result = read_credential(NULL, profile->name, err);
	if (result == SOURCE_ABSENT) {
		secret->found = "netrc";
		result = read_netrc(NULL, profile, err);
	}
	if (result != SOURCE_ABSENT)
		return result == SOURCE_READ;
	secret->found = "the terminal";
	return prompt_is_possible() || refuse_without_source(profile, err);
}

bool
secret_locate(
    struct secret *secret, const struct profile *profile, struct error *err)
{
	*secret = (struct secret){0};
	if (!secret_is_wanted(profile) || profile->server_count == 0 ||
	    !needs_words(profile) || profile->password.len > 0)
		return true;
	if (profile->token_command != NULL)
		return secret_program_is_there(profile->token_command, err);
	if (profile->password_command != NULL)
		return secret_program_is_there(profile->password_command, err);
	if (profile->password_file != NULL)
		return read_password_file(NULL, profile, err);
	if (profile->password_fd >= 0)
		return read_descriptor(NULL, profile->password_fd, err);
	return locate_unnamed(secret, profile, err);
}

/* "SETTING (where that was set)" */
static void
add_setting(const struct profile *profile, const char *name, struct buf *out)
{
	const char *origin =
	    settings_origin(profile, settings_find(span_from(name)));

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
	else if (!needs_words(profile))
		add_setting(profile, "tls-cert", out);
	else if (profile->token_command != NULL)
		add_setting(profile, "token-command", out);
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
	buf_wipe(&secret->password);
	buf_wipe(&secret->token);
	buf_free(&secret->notes);
	secret->is_set = false;
}
