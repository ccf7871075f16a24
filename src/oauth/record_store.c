/*
 * A record is written as a whole: into NAME.new, which is synced and renamed to
 * NAME.json. That file is made, and gets its room, before the token endpoint is
 * asked, because a refresh token that was rotated and is not stored is lost.
 *
 * A record that cannot get to its place stays in NAME.new or NAME.rescue, or
 * goes to NAME.rescue in the folder of the session. It is newer than what is in
 * its place, is read first, and is stored by the next call that can.
 */
#include "oauth/record_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/utf8.h"
#include "base/whole_file.h"
#include "oauth/login_lock.h"
#include "oauth/login_pause.h"
#include "oauth/print.h"
#include "oauth/service_user.h"
#include "oauth/session_folder.h"
#include "profile/identity.h"
#include "profile/secret_line.h"
#include "profile/secret_oauth.h"

/* A person may have to type a passphrase to read, but not to write. */
#define READ_MILLISECONDS ((int64_t)30 * 1000)
#define WRITE_MILLISECONDS ((int64_t)10 * 1000)

/* The service has a folder of its own, which root made. */
static char *
find_folder(void)
{
	uid_t owner;

	if (service_user_find(&owner) && owner == geteuid() && owner != 0)
		return mem_copy_text(SERVICE_USER_FOLDER);
	return identity_state_path("smtpost/oauth");
}

/* "work.json"; caller frees. */
static char *
name_of(const struct record_store *store, const char *end)
{
	struct buf name = {0};

	buf_add_format(&name, "%s.%s", store->profile->name, end);
	return buf_take_text(&name);
}

static char *
path_of(const struct record_store *store, const char *end)
{
	char *name = name_of(store, end);
	char *path = file_path_in(store->folder, name);

	free(name);
	return path;
}

static bool
refuse(const struct record_store *store, const char *verb, const char *end,
    struct error *err)
{
	int cause = errno;
	char *path = path_of(store, end);

	errno = cause;
	file_refuse(verb, path, ERROR_TEMPORARY, err);
	free(path);
	return false;
}

/* The service has the login of another user than the person at a terminal. */
static bool
add_user(struct error *err)
{
	char *user = identity_user_name();

	if (user != NULL)
		error_add(
		    err, "\nhint: smtpost-oauth runs as the user %s", user);
	free(user);
	return false;
}

static bool
is_command(const struct record_store *store)
{
	return store->profile->oauth.store == OAUTH_STORE_COMMAND;
}

static bool
open_folder(struct record_store *store, struct error *err)
{
	char *inside = file_path_in(store->folder, "");
	bool done = store->access == RECORD_LOOK ||
	    whole_file_make_folders(inside, 0700, err);

	free(inside);
	if (!done) {
		err->kind = ERROR_TEMPORARY;
		return add_user(err);
	}
	store->folder_fd =
	    file_open(store->folder, FILE_FOLDER, ERROR_CONFIG, err);
	if (store->folder_fd >= 0)
		return true;
	if (store->access == RECORD_CHANGE || errno != ENOENT)
		return add_user(err);
	*err = (struct error){0}; /* nobody has logged in yet */
	return true;
}

bool
record_store_open(struct record_store *store, const struct profile *profile,
    enum record_access access, struct error *err)
{
	char *name, *path;

	*store = (struct record_store){.profile = profile,
	    .access = access,
	    .folder = find_folder(),
	    .folder_fd = -1,
	    .lock_fd = -1,
	    .reserved_fd = -1};
	if (store->folder == NULL)
		return error_set(err, ERROR_TEMPORARY,
		    "there is no place for a login: you have no home folder\n"
		    "hint: set XDG_STATE_HOME to a folder of yours");
	if (!open_folder(store, err))
		return false;
	name = name_of(store, "lock");
	path = path_of(store, "lock");
	if (access == RECORD_CHANGE)
		store->lock_fd =
		    login_lock_take(store->folder_fd, name, path, err);
	else if (store->folder_fd >= 0)
		store->lock_fd = login_lock_look(store->folder_fd, name, path);
	free(path);
	free(name);
	return access == RECORD_LOOK || store->lock_fd >= 0;
}

/* Whether the file is not there afterwards. */
static bool
unlink_in(const struct record_store *store, const char *end)
{
	char *name = name_of(store, end);
	bool done = unlinkat(store->folder_fd, name, 0) == 0 || errno == ENOENT;

	free(name);
	return done;
}

void
record_store_close(struct record_store *store)
{
	if (store->reserved_fd >= 0) {
		close(store->reserved_fd);
		unlink_in(store, "new");
	}
	if (store->folder_fd >= 0)
		close(store->folder_fd);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store->folder);
	*store = (struct record_store){
	    .folder_fd = -1, .lock_fd = -1, .reserved_fd = -1};
}

/* Reads a file of the folder. RECORD_NONE: it is not there. */
static enum record_result
read_file(const struct record_store *store, int folder, const char *end,
    struct buf *text, struct error *err)
{
	char *name = name_of(store, end), *path = path_of(store, end);
	int fd = openat(
	    folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum record_result result = RECORD_FAILED;

	if (fd >= 0) {
		if (file_is_trusted(
			fd, path, FILE_PRIVATE, ERROR_CONFIG, err) &&
		    (file_read(fd, path, text, ERROR_TEMPORARY, err) ||
			text->full))
			result = RECORD_FOUND;
		else
			add_user(err);
		close(fd);
	} else if (errno == ENOENT) {
		result = RECORD_NONE;
	} else {
		file_refuse("open", path,
		    errno == ELOOP ? ERROR_CONFIG : ERROR_TEMPORARY, err);
		add_user(err);
	}
	free(path);
	free(name);
	return result;
}

static bool
run(const char *name, const char *command, struct span input,
    struct buf *output, int64_t milliseconds, struct error *err)
{
	const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
	const struct program program = {
	    .arguments = arguments,
	    .name = name,
	    .input = input,
	    .milliseconds = milliseconds,
	};

	return program_run(&program, output, err) ||
	    ((err->kind = ERROR_TEMPORARY), false);
}

static enum record_result
read_command(
    const struct record_store *store, struct buf *text, struct error *err)
{
	if (!run("oauth-read-command", store->profile->oauth.read_command,
		SPAN(""), text, READ_MILLISECONDS, err)) {
		secret_oauth_add_hint(
		    store->profile, "if there is no login yet, ", err);
		return RECORD_FAILED;
	}
	return span_trim(buf_span(text)).len > 0 ? RECORD_FOUND : RECORD_NONE;
}

/* The places of a rescued record; what is in the first is the newest. */
static const struct rescue {
	const char *end;
	bool in_session;
} rescues[] = {{"new", false}, {"rescue", false}, {"rescue", true}};

#define RESCUE_COUNT (sizeof(rescues) / sizeof(rescues[0]))

/* Without the room behind it, which a process that was killed has left. */
static struct span
without_room(struct span text)
{
	while (text.len > 0 && text.at[text.len - 1] == '\0')
		text.len--;
	return text;
}

/* False with a phrase in `reason`, if it is no record. */
static bool
take_record(struct login_record *record, const struct buf *text,
    struct buf *reason, struct error *err)
{
	*err = (struct error){0};
	if (!text->full)
		return login_record_read(
		    record, without_room(buf_span(text)), reason);
	buf_add_format(reason, "it is larger than %zu octets", text->max);
	return false;
}

/* A record that was cut off is no JSON: RECORD_NONE. */
static enum record_result
read_rescue(const struct record_store *store, const struct rescue *rescue,
    struct login_record *record, struct error *err)
{
	int folder = rescue->in_session
	    ? session_folder_open(session_folder_place())
	    : store->folder_fd;
	enum record_result result = RECORD_NONE;
	struct buf text, reason = {0};

	if (folder < 0)
		return RECORD_NONE;
	buf_init_secret(&text, LOGIN_RECORD_MAX);
	result = read_file(store, folder, rescue->end, &text, err);
	if (result == RECORD_FOUND &&
	    !take_record(record, &text, &reason, err)) {
		login_record_free(record);
		result = RECORD_NONE;
	}
	if (rescue->in_session)
		close(folder);
	buf_wipe(&text);
	buf_free(&reason);
	return result;
}

static bool
rename_in(const struct record_store *store, const char *from, const char *to)
{
	char *old = name_of(store, from), *new = name_of(store, to);
	bool done = renameat(store->folder_fd, old, store->folder_fd, new) == 0;

	free(new);
	free(old);
	return done;
}

static bool
refuse_damaged(
    const struct record_store *store, struct buf *reason, struct error *err)
{
	char *place = record_store_place(store);

	error_set(err, ERROR_LOGIN, "cannot use the login in %s: %s", place,
	    buf_text(reason));
	secret_oauth_add_hint(store->profile, "", err);
	free(place);
	return false;
}

/* Reads what is in its place. */
static enum record_result
read_place(
    struct record_store *store, struct login_record *record, struct error *err)
{
	enum record_result result = RECORD_NONE;
	struct buf text, reason = {0};

	buf_init_secret(&text, LOGIN_RECORD_MAX);
	if (is_command(store))
		result = read_command(store, &text, err);
	else if (store->folder_fd >= 0)
		result = read_file(store, store->folder_fd, "json", &text, err);
	if (result == RECORD_FOUND &&
	    !take_record(record, &text, &reason, err)) {
		refuse_damaged(store, &reason, err);
		result = RECORD_FAILED;
	}
	buf_wipe(&text);
	buf_free(&reason);
	return result;
}

static int64_t
changed_at(const struct login_record *record)
{
	int64_t time = record->login_at;

	if (record->refresh_used_at > time)
		time = record->refresh_used_at;
	return record->exported_at > time ? record->exported_at : time;
}

/*
 * Whether what is in its place is newer: a process that cannot see the folder
 * of a session does not see the record there.
 */
static bool
is_outdated(struct record_store *store, const struct login_record *rescued)
{
	struct login_record record = {0};
	struct error ignored = {0};
	bool is_outdated =
	    read_place(store, &record, &ignored) == RECORD_FOUND &&
	    changed_at(&record) > changed_at(rescued);

	login_record_free(&record);
	return is_outdated;
}

/* Looks for a rescued record and, with the lock, puts it in its place. */
static enum record_result
read_rescues(
    struct record_store *store, struct login_record *record, struct error *err)
{
	enum record_result result = RECORD_NONE;

	for (size_t i = 0; i < RESCUE_COUNT && result == RECORD_NONE; i++)
		result = read_rescue(store, &rescues[i], record, err);
	if (result == RECORD_FOUND && is_outdated(store, record)) {
		login_record_free(record);
		return RECORD_NONE;
	}
	if (result != RECORD_FOUND || store->access == RECORD_LOOK)
		return result;
	/* NAME.new will be made anew. */
	rename_in(store, "new", "rescue");
	return record_store_write(store, record, err) ? RECORD_FOUND
						      : RECORD_FAILED;
}

enum record_result
record_store_read(
    struct record_store *store, struct login_record *record, struct error *err)
{
	enum record_result result = read_rescues(store, record, err);

	if (result == RECORD_NONE)
		result = read_place(store, record, err);
	/* What is left of a login that was deleted. */
	if (result == RECORD_FOUND && record->provider == NULL)
		result = RECORD_NONE;
	return result;
}

bool
record_store_reserve(struct record_store *store, struct error *err)
{
	char *name = name_of(store, "new");
	void *zeros = mem_new(1, LOGIN_RECORD_MAX);
	bool done;

	if (store->reserved_fd >= 0)
		close(store->reserved_fd);
	unlinkat(store->folder_fd, name, 0);
	store->reserved_fd =
	    file_make(store->folder_fd, name, O_WRONLY | O_EXCL);
	done = store->reserved_fd >= 0 &&
	    durable_write(store->reserved_fd, zeros, LOGIN_RECORD_MAX) &&
	    durable_sync(store->reserved_fd);
	free(zeros);
	free(name);
	return done || refuse(store, "write", "new", err);
}

static bool
write_reserved(struct record_store *store, struct span text)
{
	int fd = store->reserved_fd;
	bool done = lseek(fd, 0, SEEK_SET) == 0 &&
	    durable_write(fd, text.at, text.len) &&
	    ftruncate(fd, (off_t)text.len) == 0 && durable_sync(fd);

	if (!done)
		return false;
	store->reserved_fd = -1;
	return durable_close(fd);
}

/*
 * Fills NAME.new, which is then on the disk. A file that fails is replaced
 * once: what is in it may be the only copy of a token.
 */
static bool
fill(struct record_store *store, struct span text, struct error *err)
{
	store->is_filled =
	    (store->reserved_fd >= 0 && write_reserved(store, text)) ||
	    (record_store_reserve(store, err) && write_reserved(store, text));
	return store->is_filled || err->kind != ERROR_NONE
	    ? store->is_filled
	    : refuse(store, "write", "new", err);
}

static bool
put_in_place(struct record_store *store, struct span text, struct error *err)
{
	struct error other = {0};

	if (is_command(store))
		return run("oauth-write-command",
		    store->profile->oauth.write_command, text, NULL,
		    WRITE_MILLISECONDS, err);
	if (!fill(store, text, err))
		return false;
	if (!rename_in(store, "new", "json"))
		return refuse(store, "write", "json", err);
	if (!durable_sync_folder(store->folder_fd)) {
		refuse(store, "sync", "json", &other);
		print_note("%s", other.text);
	}
	return true;
}

static bool
write_in_session(const struct record_store *store, struct span text)
{
	int folder = session_folder_open(session_folder_place());
	bool done = false;
	char *name;

	if (folder < 0)
		return false;
	name = name_of(store, "rescue");
	done = session_folder_write(folder, name, text);
	free(name);
	close(folder);
	return done;
}

/* Keeps the record elsewhere; err says why it is not in its place. */
static bool
rescue(struct record_store *store, struct span text, struct error *err)
{
	struct error other = {0};
	char *path;

	if (is_command(store))
		fill(store, text, &other);
	if (!store->is_filled) {
		if (!write_in_session(store, text))
			return false;
		path = mem_copy_text("the folder of the session");
	} else {
		path = path_of(store,
		    rename_in(store, "new", "rescue") ? "rescue" : "new");
		durable_sync_folder(store->folder_fd);
	}
	print_note("%s", err->text);
	print_note("the login is kept in %s until it can be stored", path);
	free(path);
	err->kind = ERROR_NONE;
	return true;
}

static void
remove_file(
    const struct record_store *store, const char *end, struct error *err)
{
	struct error other = {0};

	if (!unlink_in(store, end))
		refuse(store, "remove", end, &other);
	error_join(err, &other);
}

static void
remove_rescues(
    const struct record_store *store, const char *session, struct error *err)
{
	char *name = name_of(store, "rescue");

	session_folder_remove(name, session, err);
	free(name);
	remove_file(store, "new", err);
	remove_file(store, "rescue", err);
}

bool
record_store_write(struct record_store *store,
    const struct login_record *record, struct error *err)
{
	struct error ignored = {0};
	struct buf text;
	bool done;

	buf_init_secret(&text, LOGIN_RECORD_MAX);
	if (!login_record_add(record, &text))
		done = error_set(err, ERROR_TEMPORARY,
		    "cannot store the login: it is too long");
	else if ((done = put_in_place(store, buf_span(&text), err)))
		remove_rescues(store, record->session, &ignored);
	else
		done = rescue(store, buf_span(&text), err);
	buf_wipe(&text);
	login_pause_end(store->lock_fd);
	return done;
}

/* An empty record, since a command cannot be asked to delete. */
static void
write_nothing(struct record_store *store, struct error *err)
{
	struct login_record none = {0};
	struct error other = {0};
	struct buf text = {0};

	login_record_add(&none, &text);
	put_in_place(store, buf_span(&text), &other);
	error_join(err, &other);
	buf_free(&text);
}

bool
record_store_remove(
    struct record_store *store, const char *session, struct error *err)
{
	remove_rescues(store, session, err);
	login_pause_end(store->lock_fd);
	/* Also the file of an earlier oauth-store = file. */
	remove_file(store, "json", err);
	if (is_command(store))
		write_nothing(store, err);
	return err->kind == ERROR_NONE &&
	    (durable_sync_folder(store->folder_fd) ||
		refuse(store, "sync", "json", err));
}

char *
record_store_rescued(const struct profile *profile)
{
	const struct record_store store = {
	    .profile = profile, .folder = find_folder()};
	const char *session = session_folder_place();
	char *path = NULL;
	struct buf other = {0};

	if (store.folder != NULL)
		path = path_of(&store, "rescue");
	free(store.folder);
	if (path != NULL && access(path, F_OK) == 0)
		return path;
	free(path);
	if (session == NULL)
		return NULL;
	buf_add_format(&other, "%s/smtpost/%s.rescue", session, profile->name);
	if (access(buf_text(&other), F_OK) == 0)
		return buf_take_text(&other);
	buf_free(&other);
	return NULL;
}

char *
record_store_place(const struct record_store *store)
{
	return is_command(store) ? mem_copy_text("oauth-read-command")
				 : path_of(store, "json");
}
