/*
 * Each machine becomes a profile, since nothing says which of them take mail.
 * smtpost finds the passwords of ~/.netrc itself.
 */
#include "import/netrc_import.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "import/foreign_server.h"
#include "profile/identity.h"
#include "profile/netrc.h"

#define WORD_MAX ((size_t)16 * 1024)

struct reader {
	struct translation *translation;
	struct span rest;
	bool is_found;	  /* it is ~/.netrc */
	bool has_machine; /* an entry is open */
	struct buf word, machine, login, password;
	struct import_profile *profile; /* of the last machine, or above all */
};

bool
netrc_import_is_like(struct span text)
{
	struct buf word = {0};
	bool is_like;

	while (netrc_take_word(&text, &word) &&
	    span_starts(buf_span(&word), SPAN("#")))
		netrc_skip_line(&text);
	is_like = span_equal(buf_span(&word), SPAN("machine")) ||
	    span_equal(buf_span(&word), SPAN("default")) ||
	    span_equal(buf_span(&word), SPAN("macdef"));
	buf_wipe(&word);
	return is_like;
}

/* Whether the file is the one that smtpost reads. */
static bool
is_found(const char *path)
{
	char *home = identity_home();
	char *own = home != NULL ? file_path_in(home, ".netrc") : NULL;
	struct stat status, own_status;
	bool is_own = own != NULL && strcmp(path, "-") != 0 &&
	    stat(path, &status) == 0 && stat(own, &own_status) == 0 &&
	    status.st_dev == own_status.st_dev &&
	    status.st_ino == own_status.st_ino;

	free(own);
	free(home);
	return is_own;
}

/* Warns if smtpost will refuse the file when it sends mail. */
static void
warn_of_readers(const char *path, struct import_profile *profile)
{
	struct error why;
	int fd = file_open(path, FILE_PRIVATE, ERROR_NO_INPUT, &why);
	struct span reason;
	struct buf text = {0};

	if (fd >= 0) {
		close(fd);
		return;
	}
	reason = span_from(why.text);
	buf_add_span(&text, span_head(reason, span_find(reason, '\n')));
	buf_add_text(&text, "; smtpost does not use it until you change that");
	import_profile_warn(profile, buf_text(&text));
	buf_free(&text);
}

/* A second login at a machine gets a profile of its own: LOGIN@MACHINE. */
static struct import_profile *
find_profile(struct reader *reader)
{
	struct import_profile *profile = translation_profile(
	    reader->translation, buf_span(&reader->machine));
	struct buf name = {0};

	if (import_profile_find(profile, "server") == NULL)
		return profile;
	buf_add_span(&name, buf_span(&reader->login));
	buf_add_char(&name, '@');
	buf_add_span(&name, buf_span(&reader->machine));
	profile = translation_profile(reader->translation, buf_span(&name));
	buf_free(&name);
	return profile;
}

/* Ends the entry that is open. */
static void
end_entry(struct reader *reader)
{
	const struct foreign_server server = {
	    .tls = FOREIGN_TLS_STARTTLS,
	    .host = buf_span(&reader->machine),
	    .port = 587,
	    .verifies = true,
	    .keys = "machine",
	};

	if (reader->has_machine) {
		bool has_password =
		    reader->password.len > 0 && reader->login.len > 0;

		reader->translation->tally.is_understood = true;
		reader->profile = find_profile(reader);
		foreign_server_translate(&server, 1, reader->profile);
		if (reader->login.len > 0)
			import_profile_set(reader->profile, "user",
			    buf_span(&reader->login), "login");
		if (reader->password.len > 0 && !has_password)
			import_profile_leave(reader->profile, SPAN("password"),
			    "its entry names no login");
		else if (has_password && reader->is_found)
			import_profile_need_not(reader->profile,
			    SPAN("password"),
			    "smtpost finds it in ~/.netrc itself");
		else if (has_password)
			import_profile_set_password(reader->profile,
			    buf_span(&reader->password), "password");
	}
	reader->has_machine = false;
	buf_wipe(&reader->machine);
	buf_wipe(&reader->login);
	buf_wipe(&reader->password);
}

/* False: there is no word, or its quote is not closed. */
static bool
take(struct reader *reader, struct buf *word)
{
	bool done = netrc_take_word(&reader->rest, word);

	if (!done)
		buf_wipe(word);
	return done;
}

/* What follows the word `key`; false ends the reading. */
static bool
read_key(struct reader *reader, struct span key)
{
	if (span_equal(key, SPAN("machine"))) {
		end_entry(reader);
		reader->has_machine = take(reader, &reader->machine);
		return reader->has_machine;
	}
	if (span_equal(key, SPAN("default"))) {
		end_entry(reader);
		import_profile_leave(
		    reader->profile, key, "it names no server");
		return true;
	}
	if (span_equal(key, SPAN("login")))
		return take(reader, &reader->login);
	if (span_equal(key, SPAN("password")))
		return take(reader, &reader->password);
	if (span_equal(key, SPAN("account"))) {
		import_profile_need_not(reader->profile, key,
		    "mail servers do not ask for an account");
		return take(reader, &reader->word);
	}
	if (span_equal(key, SPAN("macdef"))) {
		import_profile_need_not(
		    reader->profile, key, "macros are for FTP");
		netrc_skip_macro(&reader->rest);
		return true;
	}
	if (span_starts(key, SPAN("#"))) {
		netrc_skip_line(&reader->rest);
		return true;
	}
	/* It may be a part of a password. */
	import_profile_leave(reader->profile, (struct span){0},
	    "a word that netrc does not have");
	return true;
}

bool
netrc_import_read(const struct import_source *source,
    struct translation *translation, struct error *err)
{
	struct reader reader = {
	    .translation = translation,
	    .rest = source->text,
	    .is_found = is_found(source->path),
	    .profile = translation_profile(translation, SPAN("")),
	};
	bool going = true;

	(void)err;
	if (reader.is_found)
		warn_of_readers(source->path, reader.profile);
	buf_init_secret(&reader.word, WORD_MAX);
	buf_init_secret(&reader.machine, WORD_MAX);
	buf_init_secret(&reader.login, WORD_MAX);
	buf_init_secret(&reader.password, WORD_MAX);
	while (going && take(&reader, &reader.word)) {
		char *key = span_copy(buf_span(&reader.word));

		going = read_key(&reader, span_from(key));
		mem_wipe(key, strlen(key)); /* it may be a password */
		free(key);
	}
	end_entry(&reader);
	if (span_trim(reader.rest).len > 0)
		import_profile_leave(reader.profile, (struct span){0},
		    "the rest of the file, because a quote is not closed");
	buf_wipe(&reader.word);
	return true;
}
