/*
 * Looks up the caller in the password database and the names of this machine.
 * They may hold any text, so every part of an address is checked.
 */
#include "profile/identity.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address/address_list.h"
#include "address/domain.h"
#include "address/mailbox.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/profile.h"

#define MAIL_NAME_FILE "/etc/mailname"

bool
identity_owns_directory(const char *path)
{
	struct stat status;

	return path != NULL && path[0] == '/' && stat(path, &status) == 0 &&
	    S_ISDIR(status.st_mode) && status.st_uid == getuid();
}

char *
identity_home(void)
{
	const char *home = environment_get("HOME");
	const struct passwd *entry;

	if (identity_owns_directory(home))
		return mem_copy_text(home);
	/* cron, at and many daemons set no HOME, or that of another user. */
	entry = getpwuid(getuid());
	if (entry == NULL || entry->pw_dir == NULL || entry->pw_dir[0] != '/')
		return NULL;
	return mem_copy_text(entry->pw_dir);
}

char *
identity_state_path(const char *folder)
{
	const char *state = environment_get("XDG_STATE_HOME");
	char *home, *above, *path;

	if (identity_owns_directory(state))
		return file_path_in(state, folder);
	home = identity_home();
	if (home == NULL)
		return NULL;
	above = file_path_in(home, ".local/state");
	path = file_path_in(above, folder);
	free(above);
	free(home);
	return path;
}

char *
identity_user_name(void)
{
	const struct passwd *entry = getpwuid(getuid());

	if (entry == NULL || entry->pw_name == NULL || !entry->pw_name[0])
		return NULL;
	return mem_copy_text(entry->pw_name);
}

void
identity_add_literal(struct buf *value, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '%')
			buf_add_char(value, '%');
		buf_add_char(value, text.at[i]);
	}
}

void
identity_add_full_name(struct buf *out, struct span gecos, struct span login)
{
	gecos = span_trim(span_head(gecos, span_find(gecos, ',')));
	for (size_t i = 0; i < gecos.len; i++) {
		size_t begin = out->len;

		if (gecos.at[i] != '&') {
			buf_add_char(out, gecos.at[i]);
			continue;
		}
		buf_add_span(out, login);
		if (begin < out->len)
			out->data[begin] = ascii_upper(out->data[begin]);
	}
}

char *
identity_full_name(void)
{
	const struct passwd *entry = getpwuid(getuid());
	struct buf name = {0};
	char *copy = NULL;

	if (entry == NULL || entry->pw_gecos == NULL)
		return NULL;
	identity_add_full_name(
	    &name, span_from(entry->pw_gecos), span_from(entry->pw_name));
	if (name.len > 0 && !name.full &&
	    !span_equal_nocase(buf_span(&name), span_from(entry->pw_name)))
		copy = mem_copy_text(buf_text(&name));
	buf_free(&name);
	return copy;
}

/* NULL if it is not a name that mail can use. */
static char *
checked_domain(struct span name)
{
	struct error ignored = {0};
	struct buf ascii = {0};
	char *domain = NULL;

	name = span_trim(name);
	if (name.len > 0 && !span_has_control(name) &&
	    domain_to_ascii(name, &ascii, &ignored))
		domain = mem_copy_text(buf_text(&ascii));
	buf_free(&ascii);
	return domain;
}

static char *
host_name(void)
{
	char name[256];

	if (gethostname(name, sizeof(name)) < 0)
		return NULL;
	name[sizeof(name) - 1] = '\0';
	return checked_domain(span_from(name));
}

static char *
mail_name_from_file(void)
{
	struct buf content = {.max = 4096};
	struct error ignored = {0};
	char *name = NULL;

	if (file_read_path(
		MAIL_NAME_FILE, FILE_OWN, &content, ERROR_CONFIG, &ignored)) {
		struct span all = span_trim(buf_span(&content));

		name = checked_domain(span_head(all, span_find(all, '\n')));
	}
	buf_free(&content);
	return name;
}

char *
identity_domain(const struct profile *profile)
{
	const char *origin;

	if (profile->domain != NULL)
		return mem_copy_text(profile->domain);
	return identity_domain_found(&origin);
}

char *
identity_domain_found(const char **origin)
{
	char *name = mail_name_from_file();

	*origin = MAIL_NAME_FILE;
	if (name != NULL)
		return name;
	*origin = "host name";
	name = host_name();
	if (name == NULL || domain_is_fqdn(span_from(name)))
		return name;
	free(name);
	return NULL;
}

static const char *
word_for(char letter, const struct sender_words *words)
{
	switch (letter) {
	case 'u':
		return words->user;
	case 'h':
		return words->host;
	case 'm':
		return words->mail_name;
	case '%':
		return "%";
	}
	return NULL;
}

bool
identity_expand_sender(
    struct span sender, const struct sender_words *words, struct buf *out)
{
	for (size_t i = 0; i < sender.len; i++) {
		const char *word;

		if (sender.at[i] != '%') {
			buf_add_char(out, sender.at[i]);
			continue;
		}
		if (++i == sender.len)
			return false;
		word = word_for(sender.at[i], words);
		if (word == NULL)
			return false;
		buf_add_text(out, word);
	}
	return !out->full;
}

char *
identity_display_name(const struct profile *profile, const char *user)
{
	struct span setting = span_from(profile->full_name);
	struct sender_words words = {0};
	char *own = NULL, *host, *name = NULL;
	struct buf out = {0};

	if (span_find(setting, '%') == setting.len)
		return setting.len > 0 ? mem_copy_text(profile->full_name)
				       : NULL;
	if (user == NULL)
		user = own = identity_user_name();
	words.user = user;
	words.host = host = host_name();
	if (identity_expand_sender(setting, &words, &out))
		name = mem_copy_text(buf_text(&out));
	buf_free(&out);
	free(own);
	free(host);
	return name;
}

/* A user name may hold any text, so the finished address is parsed again. */
static char *
checked_sender(struct span sender, struct error *err)
{
	struct mailbox mailbox = {0};
	struct error cause = {0};
	char *shown;

	if (!span_has_control(sender) &&
	    address_list_parse_reverse_path(&mailbox, sender, &cause)) {
		mailbox_free(&mailbox);
		return span_copy(sender);
	}
	shown = utf8_excerpt_masked(sender, 128);
	error_set(err, ERROR_CONFIG,
	    "cannot use the sender \"%s\": not an address", shown);
	free(shown);
	return NULL;
}

char *
identity_sender(const struct profile *profile, struct error *err)
{
	struct sender_words words = {0};
	char *user, *host, *mail_name, *sender = NULL;
	struct buf out = {0};

	if (profile->sender == NULL) {
		error_set(err, ERROR_CONFIG, "no sender is set");
		return NULL;
	}
	if (span_find(span_from(profile->sender), '%') ==
	    span_from(profile->sender).len)
		return mem_copy_text(profile->sender);
	words.user = user = identity_user_name();
	words.host = host = host_name();
	words.mail_name = mail_name = identity_domain(profile);
	if (identity_expand_sender(span_from(profile->sender), &words, &out))
		sender = checked_sender(buf_span(&out), err);
	else
		error_set(err, ERROR_CONFIG,
		    "cannot use the sender \"%s\": %%u, %%h or %%m is not "
		    "known here\n"
		    "hint: set domain, or write the address out",
		    profile->sender);
	buf_free(&out);
	free(user);
	free(host);
	free(mail_name);
	return sender;
}
