/*
 * A file holds one key. The systemd credential holds the keys of all selectors,
 * because its name is that of the profile.
 */
#include "profile/signing_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "dkim/dkim_key.h"
#include "profile/profile.h"
#include "profile/secret_file.h"

#define CREDENTIAL "smtpost-dkim."

bool
signing_keys_are_wanted(const struct profile *profile)
{
	return profile->dkim.selectors.count > 0;
}

/* The path of the credential; the caller frees it. NULL: there is no folder. */
static char *
credential_path(const struct profile *profile)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf name = {0};
	char *path = NULL;

	if (folder != NULL && folder[0] == '/') {
		buf_add_format(&name, CREDENTIAL "%s", profile->name);
		path = file_path_in(folder, buf_text(&name));
	}
	buf_free(&name);
	return path;
}

static bool
refuse_without_key(const struct profile *profile, struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot sign with DKIM: profile \"%s\" has dkim-selector but no "
	    "dkim-key, and there is no systemd credential " CREDENTIAL
	    "%s\nhint: set dkim-key = FILE; smtpost --dkim-keygen makes one",
	    profile->name, profile->name);
}

/* Opens a file with keys; -1 with err. */
static int
open_file(const char *path, enum file_trust trust, struct error *err)
{
	int fd = file_open(path, trust, ERROR_CONFIG, err);

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		secret_file_add_hint(path, err);
	return fd;
}

/* Opens the credential; -1 with err. */
static int
open_credential(
    const struct profile *profile, const char *path, struct error *err)
{
	/* It belongs to root, and an access list lets the service read it. */
	int fd = path != NULL ? open_file(path, FILE_OWN, err) : -1;

	if (fd < 0 && (path == NULL || errno == ENOENT || errno == ENOTDIR))
		refuse_without_key(profile, err);
	return fd;
}

/* How many private keys a text in PEM form has. */
static size_t
count_keys(struct span text)
{
	static const struct span mark = SPAN("PRIVATE KEY-----");
	size_t ends = 0, at;

	while ((at = span_find_text_nocase(text, mark)) < text.len) {
		text = span_skip(text, at + mark.len);
		ends++;
	}
	return (ends + 1) / 2;
}

/* Takes a text up to the end of its first key, or all of it. */
static struct span
take_key(struct span *rest)
{
	size_t at = span_find_text_nocase(*rest, SPAN("-----END "));
	size_t len = at + span_find(span_skip(*rest, at), '\n');
	struct span key = span_head(*rest, len);

	*rest = span_skip(*rest, len);
	return key;
}

static void
note_bits(const struct private_key *key, const char *name, struct buf *notes)
{
	char *shown;

	if (private_key_kind(key) != PRIVATE_KEY_RSA ||
	    private_key_bits(key) >= DKIM_KEY_BITS)
		return;
	shown = utf8_masked(span_from(name));
	buf_add_format(notes,
	    "warning: the DKIM key in %s has only %u bits: 2048 are usual\n",
	    shown, private_key_bits(key));
	free(shown);
}

/*
 * Reads the keys of a text, as many as are wanted. A text without any key is
 * judged as one key.
 */
static bool
read_keys(struct signing_keys *keys, const struct profile *profile,
    struct span text, const char *name, size_t wanted, struct buf *notes,
    struct error *err)
{
	size_t found = count_keys(text);

	if (found > 0 && found != wanted)
		return error_set(err, ERROR_CONFIG,
		    "cannot use the DKIM keys in %s: it has %zu, and %zu are "
		    "wanted",
		    name, found, wanted);
	for (size_t i = 0; i < wanted; i++) {
		struct signing_key *next = &keys->list[keys->count];

		next->key = dkim_key_read(
		    wanted == 1 ? text : take_key(&text), name, err);
		if (next->key == NULL)
			return false;
		next->selector = profile->dkim.selectors.names[keys->count++];
		note_bits(next->key, name, notes);
	}
	return true;
}

/* Reads the file, which is open, and closes it. */
static bool
read_file(struct signing_keys *keys, const struct profile *profile, int fd,
    const char *path, size_t wanted, struct buf *notes, struct error *err)
{
	struct buf text;
	bool done;

	if (fd < 0)
		return false;
	buf_init_secret(&text, DKIM_KEY_FILE_MAX);
	done = file_read(fd, path, &text, ERROR_CONFIG, err) &&
	    read_keys(keys, profile, buf_span(&text), path, wanted, notes, err);
	buf_wipe(&text);
	close(fd);
	return done;
}

static void
note_kinds(const struct signing_keys *keys, struct buf *notes)
{
	for (size_t i = 0; i < keys->count; i++)
		if (private_key_kind(keys->list[i].key) == PRIVATE_KEY_RSA)
			return;
	buf_add_text(notes,
	    "warning: mail is signed with Ed25519 alone, which large receivers "
	    "cannot verify: add an RSA key\n");
}

static bool
read_all(struct signing_keys *keys, const struct profile *profile,
    struct buf *notes, struct error *err)
{
	const struct name_list *paths = &profile->dkim.keys;
	char *path;
	bool done = true;

	for (size_t i = 0; i < paths->count && done; i++) {
		int fd = open_file(paths->names[i], FILE_PRIVATE, err);

		if (fd >= 0 && file_is_shared(fd))
			secret_file_add_note(paths->names[i], notes);
		done = read_file(
		    keys, profile, fd, paths->names[i], 1, notes, err);
	}
	if (paths->count > 0)
		return done;
	path = credential_path(profile);
	done = read_file(keys, profile, open_credential(profile, path, err),
	    path, profile->dkim.selectors.count, notes, err);
	free(path);
	return done;
}

bool
signing_keys_open(struct signing_keys *keys, const struct profile *profile,
    struct buf *notes, struct error *err)
{
	*keys = (struct signing_keys){0};
	if (!signing_keys_are_wanted(profile))
		return true;
	if (!read_all(keys, profile, notes, err)) {
		signing_keys_free(keys);
		return false;
	}
	note_kinds(keys, notes);
	return true;
}

bool
signing_keys_locate(const struct profile *profile, struct error *err)
{
	const struct name_list *paths = &profile->dkim.keys;
	char *path = NULL;
	int fd = 0;

	if (!signing_keys_are_wanted(profile))
		return true;
	for (size_t i = 0; i < paths->count && fd >= 0; i++) {
		fd = open_file(paths->names[i], FILE_PRIVATE, err);
		if (fd >= 0)
			close(fd);
	}
	if (paths->count == 0) {
		path = credential_path(profile);
		fd = open_credential(profile, path, err);
		if (fd >= 0)
			close(fd);
		free(path);
	}
	return fd >= 0;
}

void
signing_keys_add_source(const struct profile *profile, struct buf *out)
{
	buf_add_text(out,
	    profile->dkim.keys.count > 0 ? "dkim-key"
					 : "the systemd credential");
}

void
signing_keys_free(struct signing_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		private_key_free(keys->list[i].key);
	*keys = (struct signing_keys){0};
}
