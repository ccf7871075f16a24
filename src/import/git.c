/*
 * A variable of an identity overrides the general variable of the same name. So
 * the variables of a server are looked up one by one for each profile. What git
 * itself does to mail before it passes it on, it also does before it runs
 * smtpost.
 */
#include "import/git.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/shell_word.h"
#include "import/foreign_author.h"
#include "import/foreign_server.h"
#include "import/git_settings.h"
#include "import/import_file.h"
#include "import/import_names.h"
#include "profile/identity.h"
#include "profile/mechanism.h"

bool
git_is_like(struct span text)
{
	static const struct span section = SPAN("[sendemail");
	struct span line;

	while (span_next_word(&text, "\n", &line)) {
		struct span rest = span_trim(line);

		if (span_starts_nocase(rest, section) &&
		    rest.len > section.len &&
		    memchr(" \t.]", rest.at[section.len], 4) != NULL)
			return true;
	}
	return false;
}

struct git_reader {
	struct git_settings settings;
	struct translation *translation;
	const char *command; /* "git config --global" */
	bool has_profile;
};

/* One profile that is being made. */
struct git_view {
	struct git_reader *reader;
	struct import_profile *profile;
	const char *identity; /* "": none */
};

/* What git uses for the identity; NULL: it is not set. */
static struct git_setting *
find(const struct git_view *view, enum git_key key)
{
	struct git_setting *setting = git_settings_find(
	    &view->reader->settings, span_from(view->identity), key);

	if (setting == NULL)
		setting =
		    git_settings_find(&view->reader->settings, SPAN(""), key);
	return setting;
}

/* The same, and marks it as used. */
static struct git_setting *
use(const struct git_view *view, enum git_key key)
{
	struct git_setting *setting = find(view, key);

	if (setting != NULL)
		setting->is_used = true;
	return setting;
}

static struct span
value_of(const struct git_setting *setting)
{
	return setting != NULL ? buf_span(&setting->value) : SPAN("");
}

/* The last part of the path of a command's program. */
static struct span
program_of(struct span command)
{
	struct span program = {0};

	span_next_word(&command, " \t", &program);
	return file_last_part(program);
}

/*
 * git passes the mail to a program, so the variables of a server do not count.
 */
static void
leave_program(const struct git_view *view, struct git_setting *setting)
{
	if (!setting->is_used)
		git_settings_leave(view->reader->settings.top, setting,
		    span_starts(
			program_of(buf_span(&setting->value)), SPAN("msmtp"))
			? "it is msmtp; import its configuration (smtpost "
			  "--import ~/.msmtprc), then set sendmailCmd = "
			  "smtpost -P NAME"
			: "it is a program that sends the mail; import the "
			  "configuration of that program");
	for (enum git_key key = KEY_PORT; key <= KEY_AUTH; key++) {
		struct git_setting *other = find(view, key);

		if (other != NULL && !other->is_used)
			git_settings_leave(view->reader->settings.top, other,
			    "git does not use it, because it passes mail to a "
			    "program");
	}
}

/* Whether the profile has a server; if not, comments say why. */
static bool
has_server(const struct git_view *view)
{
	struct git_setting *program = find(view, KEY_SENDMAIL);
	struct git_setting *server = find(view, KEY_SERVER);

	if (program != NULL) {
		if (!span_equal(program_of(buf_span(&program->value)),
			SPAN("smtpost"))) {
			leave_program(view, program);
			if (server != NULL && !server->is_used)
				git_settings_leave(view->reader->settings.top,
				    server,
				    "git does not use it, because sendmailCmd "
				    "takes precedence");
			return false;
		}
		if (!program->is_used)
			git_settings_need_not(view->reader->settings.top,
			    program, "it is smtpost already");
	}
	if (server != NULL &&
	    span_starts(buf_span(&server->value), SPAN("/"))) {
		leave_program(view, server);
		return false;
	}
	return server != NULL && server->value.len > 0;
}

/* How git splits "host:port" in smtpServer; `port` is empty if there is none.
 */
static void
split_host(struct span text, struct span *host, struct span *port)
{
	size_t colon = span_find_last(text, ':');

	*host = text;
	*port = SPAN("");
	if (colon == text.len ||
	    (span_find(text, ':') != colon && text.at[colon - 1] != ']'))
		return;
	*host = span_head(text, colon);
	*port = span_skip(text, colon + 1);
}

/* Adds to a list of keys those that are set. */
static void
add_key(struct buf *keys, const struct git_setting *setting)
{
	if (setting != NULL)
		import_names_add(
		    keys, span_from(git_settings_name(setting->key)));
}

static enum foreign_tls
read_tls(const struct git_view *view)
{
	struct git_setting *encryption = use(view, KEY_ENCRYPTION);

	if (span_equal(value_of(encryption), SPAN("ssl")))
		return FOREIGN_TLS_IMMEDIATE;
	if (span_equal(value_of(encryption), SPAN("tls")))
		return FOREIGN_TLS_STARTTLS;
	if (value_of(encryption).len > 0)
		import_profile_comment(view->profile,
		    "smtpEncryption: git knows only the words ssl and tls; "
		    "with any other it does not encrypt.");
	return FOREIGN_TLS_NONE;
}

static void
set_server(const struct git_view *view, enum foreign_tls tls)
{
	struct git_setting *server = use(view, KEY_SERVER);
	struct git_setting *port = use(view, KEY_PORT);
	struct git_setting *trust = find(view, KEY_CERT_PATH);
	struct span host, own_port;
	struct foreign_server foreign = {
	    .tls = tls,
	    .port = tls == FOREIGN_TLS_IMMEDIATE ? 465 : 25,
	    .verifies = trust == NULL || trust->value.len > 0,
	};
	unsigned short named;
	struct buf keys = {0};

	split_host(buf_span(&server->value), &host, &own_port);
	if (own_port.len == 0)
		own_port = value_of(port);
	named = foreign_server_port(own_port);
	if (named > 0)
		foreign.port = named;
	else if (own_port.len > 0)
		git_settings_leave(view->profile, port != NULL ? port : server,
		    "it is not a port number");
	add_key(&keys, server);
	add_key(&keys, port);
	add_key(&keys, find(view, KEY_ENCRYPTION));
	foreign.host = host;
	foreign.keys = buf_text(&keys);
	foreign_server_translate(&foreign, 1, view->profile);
	buf_free(&keys);
}

/* A file for TLS. Only absolute paths and ~/ mean the same everywhere. */
static void
set_file(const struct git_view *view, enum git_key key, const char *setting,
    enum foreign_tls tls)
{
	struct git_setting *file = find(view, key);
	struct span path = value_of(file);
	struct stat status;

	if (file == NULL)
		return;
	file->is_used = true;
	if (tls == FOREIGN_TLS_NONE)
		git_settings_need_not(view->profile, file, "there is no TLS");
	else if (path.len == 0)
		git_settings_need_not(view->profile, file,
		    "with it git does not check the certificate; smtpost "
		    "always does");
	else if (span_equal(path, SPAN("/etc/ssl/certs")) ||
	    span_equal(path, SPAN("/etc/ssl/certs/")))
		git_settings_need_not(view->profile, file,
		    "these are the certificates of the system, which smtpost "
		    "trusts by default");
	else if (!span_starts(path, SPAN("/")) &&
	    !span_starts(path, SPAN("~/")))
		git_settings_leave(view->profile, file,
		    "the path is relative to the folder in which git runs; "
		    "write an absolute path");
	else if (stat(buf_text(&file->value), &status) == 0 &&
	    S_ISDIR(status.st_mode))
		git_settings_leave(view->profile, file,
		    "it is a folder; put its certificates into one file, and "
		    "name that");
	else
		import_profile_set(
		    view->profile, setting, path, git_settings_name(key));
}

static void
leave_mechanisms(const struct git_view *view, const struct git_setting *auth,
    const char *names)
{
	struct buf line = {0};

	git_settings_add_name(
	    &line, auth->identity, span_from(git_settings_name(KEY_AUTH)));
	buf_add_format(&line, " = %s", names);
	import_profile_leave(view->profile, buf_span(&line),
	    "smtpost has no such mechanism, or git refuses it because it is "
	    "not in capitals");
	buf_free(&line);
}

enum git_login { LOGIN_PASSWORD, LOGIN_TOKEN, LOGIN_NONE };

/*
 * Of PLAIN and LOGIN, git takes the one that stands first; of others it takes
 * the strongest, as smtpost does.
 */
static enum git_login
set_auth(const struct git_view *view)
{
	struct git_setting *auth = use(view, KEY_AUTH);
	struct span rest = value_of(auth), word;
	struct buf list = {0}, unknown = {0};
	bool has_password = false, has_simple = false;

	if (span_equal(rest, SPAN("none"))) {
		import_profile_set_text(
		    view->profile, "auth", "none", git_settings_name(KEY_AUTH));
		return LOGIN_NONE;
	}
	while (span_next_word(&rest, " \t\r\n", &word)) {
		const struct mechanism *mechanism = mechanism_find(word);
		bool is_simple = span_equal(word, SPAN("PLAIN")) ||
		    span_equal(word, SPAN("LOGIN"));

		if (mechanism == NULL ||
		    !span_equal(word, span_from(mechanism->name))) {
			import_names_add(&unknown, word);
			continue;
		}
		if (is_simple && has_simple)
			continue;
		has_simple = has_simple || is_simple;
		has_password =
		    has_password || mechanism->credential != CREDENTIAL_TOKEN;
		for (size_t i = 0; i < word.len; i++)
			buf_add_char(&list, ascii_lower(word.at[i]));
		buf_add_char(&list, ' ');
	}
	if (unknown.len > 0)
		leave_mechanisms(view, auth, buf_text(&unknown));
	if (list.len > 0)
		import_profile_set(view->profile, "auth",
		    span_trim(buf_span(&list)), git_settings_name(KEY_AUTH));
	has_password = has_password || list.len == 0;
	buf_free(&list);
	buf_free(&unknown);
	return has_password ? LOGIN_PASSWORD : LOGIN_TOKEN;
}

/* The command that asks git for the password as git send-email does. */
static void
set_command(
    const struct git_view *view, enum foreign_tls tls, enum git_login login)
{
	struct git_setting *port = find(view, KEY_PORT);
	struct buf command = {0}, word = {0};

	buf_add_text(
	    &command, "printf 'protocol=smtp\\nhost=%s\\nusername=%s\\n\\n' ");
	buf_add_span(&word, value_of(find(view, KEY_SERVER)));
	buf_add_char(&word, ':');
	if (port != NULL)
		buf_add_span(&word, buf_span(&port->value));
	else
		buf_add_text(
		    &word, tls == FOREIGN_TLS_IMMEDIATE ? "465" : "25");
	shell_word_add(&command, buf_text(&word));
	buf_clear(&word);
	buf_add_span(&word, value_of(find(view, KEY_USER)));
	buf_add_char(&command, ' ');
	shell_word_add(&command, buf_text(&word));
	buf_add_text(
	    &command, " | git credential fill | sed -n 's/^password=//p'");
	import_profile_comment(view->profile,
	    "git credential prints the password, as it does for git "
	    "send-email.");
	import_profile_set(view->profile,
	    login == LOGIN_TOKEN ? "token-command" : "password-command",
	    buf_span(&command), git_settings_name(KEY_USER));
	buf_free(&command);
	buf_free(&word);
}

static void
set_login(const struct git_view *view, enum foreign_tls tls)
{
	enum git_login login = set_auth(view);
	struct git_setting *user = use(view, KEY_USER);
	struct git_setting *password = use(view, KEY_PASS);

	if (login == LOGIN_NONE || user == NULL) {
		const char *why = login == LOGIN_NONE
		    ? "with smtpAuth = none there is no login"
		    : "without smtpUser there is no login";

		if (user != NULL)
			git_settings_need_not(view->profile, user, why);
		if (password != NULL)
			git_settings_need_not(view->profile, password, why);
		return;
	}
	import_profile_set(view->profile, "user", buf_span(&user->value),
	    git_settings_name(KEY_USER));
	if (user->value.len == 0)
		return;
	if (password == NULL)
		set_command(view, tls, login);
	else if (login == LOGIN_TOKEN)
		git_settings_leave(view->profile, password,
		    "it is an access token, which expires; set token-command "
		    "to a command that prints a new one");
	else
		import_profile_set_password(view->profile,
		    buf_span(&password->value), git_settings_name(KEY_PASS));
}

/* The author that git takes if `from` is not set. */
static void
set_own_author(const struct git_view *view)
{
	const struct git_reader *reader = view->reader;
	const struct buf *name = reader->settings.author_name.len > 0
	    ? &reader->settings.author_name
	    : &reader->settings.user_name;
	bool is_author = reader->settings.author_email.len > 0;
	const struct buf *email = is_author ? &reader->settings.author_email
					    : &reader->settings.user_email;

	if (email->len == 0)
		return;
	foreign_author_translate(view->profile, buf_span(email),
	    is_author ? "author.email" : "user.email");
	if (name->len > 0)
		foreign_author_set_name(view->profile, buf_span(name),
		    name == &reader->settings.author_name ? "author.name"
							  : "user.name");
}

/* Whether git must be told to pass the reverse-path. */
static bool
set_author(const struct git_view *view)
{
	struct git_setting *from = use(view, KEY_FROM);
	struct git_setting *sender = use(view, KEY_ENVELOPE_SENDER);

	if (from != NULL)
		foreign_author_translate(view->profile, buf_span(&from->value),
		    git_settings_name(KEY_FROM));
	else
		set_own_author(view);
	if (sender == NULL)
		return true;
	if (span_equal(buf_span(&sender->value), SPAN("auto")))
		git_settings_need_not(view->profile, sender,
		    "with it, git passes the sender to smtpost with -f");
	else if (sender->value.len == 0)
		git_settings_leave(view->profile, sender,
		    "git passes the null reverse-path with -f, as for a "
		    "bounce");
	else
		foreign_author_set_sender(view->profile,
		    buf_span(&sender->value),
		    git_settings_name(KEY_ENVELOPE_SENDER));
	return false;
}

/* "git config --global sendemail.work.sendmailCmd" */
static void
add_command(struct buf *text, const struct git_view *view, const char *variable)
{
	struct buf name = {0};

	git_settings_add_name(&name, view->identity, span_from(variable));
	buf_add_format(text, "%s ", view->reader->command);
	shell_word_add(text, buf_text(&name));
	buf_add_char(text, ' ');
	buf_free(&name);
}

static void
add_way_back(const struct git_view *view, bool names_sender)
{
	struct buf text = {0}, word = {0};

	if (view->profile->name == NULL)
		return;
	import_profile_comment(view->profile,
	    names_sender ? "These commands make git use this profile:"
			 : "This command makes git use this profile:");
	add_command(&text, view, "sendmailCmd");
	shell_word_add(&word, view->profile->name);
	buf_add_format(&text, "\"smtpost -P %s\"", buf_text(&word));
	import_profile_comment(view->profile, buf_text(&text));
	buf_clear(&text);
	if (names_sender) {
		add_command(&text, view, "envelopeSender");
		buf_add_text(&text, "auto");
		import_profile_comment(view->profile, buf_text(&text));
	}
	buf_free(&text);
	buf_free(&word);
}

/* False: git has no server for the identity. */
static bool
write_profile(struct git_reader *reader, const char *identity, const char *name)
{
	struct git_view view = {.reader = reader, .identity = identity};
	struct git_setting *domain;
	enum foreign_tls tls;

	if (!has_server(&view))
		return false;
	view.profile =
	    translation_profile(reader->translation, span_from(name));
	tls = read_tls(&view);
	set_server(&view, tls);
	set_file(&view, KEY_CERT_PATH, "tls-trust", tls);
	set_file(&view, KEY_CLIENT_CERT, "tls-cert", tls);
	set_file(&view, KEY_CLIENT_KEY, "tls-key", tls);
	set_login(&view, tls);
	domain = use(&view, KEY_DOMAIN);
	if (domain != NULL)
		import_profile_set(view.profile, "ehlo-name",
		    buf_span(&domain->value), git_settings_name(KEY_DOMAIN));
	add_way_back(&view, set_author(&view));
	reader->has_profile = true;
	return true;
}

/* The setting is the first of its identity. */
static bool
is_first(const struct git_reader *reader, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(reader->settings.settings[i].identity,
			reader->settings.settings[index].identity) == 0)
			return false;
	return true;
}

/* The identity that git uses if none is given on its command line. */
static void
write_chosen(struct git_reader *reader, struct git_setting *chosen)
{
	const char *name = buf_text(&chosen->value);
	struct import_profile *profile;

	if (!write_profile(reader, name, name))
		return;
	chosen->is_used = true;
	profile = translation_profile(reader->translation, span_from(name));
	if (strcmp(name, "default") == 0) {
		git_settings_need_not(profile, chosen,
		    "smtpost, too, uses this profile by default");
		return;
	}
	import_profile_set_text(
	    translation_profile(reader->translation, SPAN("default")),
	    "extends", profile->name, git_settings_name(KEY_IDENTITY));
}

static void
write_profiles(struct git_reader *reader)
{
	struct git_setting *chosen =
	    git_settings_find(&reader->settings, SPAN(""), KEY_IDENTITY);
	struct git_setting *server =
	    git_settings_find(&reader->settings, SPAN(""), KEY_SERVER);
	const char *bare = "default";

	if (chosen != NULL && chosen->value.len > 0) {
		write_chosen(reader, chosen);
		bare = NULL;
	}
	for (size_t i = 0; i < reader->settings.count; i++)
		if (strcmp(reader->settings.settings[i].identity, "default") ==
		    0)
			bare = NULL;
	if (bare != NULL)
		write_profile(reader, "", bare);
	for (size_t i = 0; i < reader->settings.count; i++) {
		const char *identity = reader->settings.settings[i].identity;

		if (identity[0] != '\0' && is_first(reader, i) &&
		    !span_equal(span_from(identity), value_of(chosen)))
			write_profile(reader, identity, identity);
	}
	/* git uses it only with --no-identity. */
	if (bare == NULL && server != NULL && !server->is_used)
		write_profile(reader, "", "no-identity");
}

/*
 * Comments on what no profile has used, and on what smtpost has nothing to do
 * with.
 */
static void
write_rest(struct git_reader *reader)
{
	struct buf text = {0};

	for (size_t i = 0; i < reader->settings.count; i++)
		if (!reader->settings.settings[i].is_used)
			git_settings_leave(reader->settings.top,
			    &reader->settings.settings[i],
			    "there is no smtpServer that it belongs to");
	if (reader->settings.own.len > 0) {
		buf_add_format(&text,
		    "%s: git does this itself before it "
		    "hands the mail to smtpost",
		    buf_text(&reader->settings.own));
		import_profile_need_not(
		    reader->settings.top, (struct span){0}, buf_text(&text));
		buf_clear(&text);
	}
	if (reader->settings.others.len > 0) {
		buf_add_format(&text,
		    "the sections %s: they are not about "
		    "mail",
		    buf_text(&reader->settings.others));
		import_profile_need_not(
		    reader->settings.top, (struct span){0}, buf_text(&text));
	}
	buf_free(&text);
}

/* Reads one of the user's files; one that is not there is no error. */
static bool
read_file(
    const char *path, struct git_reader *reader, bool *found, struct error *err)
{
	struct buf text = {0};
	struct stat status;
	bool done = true;

	if (path != NULL && stat(path, &status) == 0) {
		*found = true;
		done =
		    import_file_read(path, &text, reader->translation, err) &&
		    git_config_read(buf_span(&text), git_settings_take,
			&reader->settings, err);
	}
	buf_wipe(&text);
	return done;
}

/* The files of the user, in the order in which git reads them. */
static bool
read_own_files(struct git_reader *reader, struct error *err)
{
	const char *all = environment_get("GIT_CONFIG_GLOBAL");
	const char *folder = environment_get_text("XDG_CONFIG_HOME");
	char *home = identity_home(), *first = NULL, *second = NULL;
	bool found = false, done;

	if (all != NULL) {
		second = mem_copy_text(all);
	} else {
		if (folder != NULL)
			first = file_path_in(folder, "git/config");
		else if (home != NULL)
			first = file_path_in(home, ".config/git/config");
		if (home != NULL)
			second = file_path_in(home, ".gitconfig");
	}
	done = read_file(first, reader, &found, err) &&
	    read_file(second, reader, &found, err);
	if (done && !found)
		done = error_set(err, ERROR_NO_INPUT,
		    "cannot import git's configuration: there is no file %s",
		    all != NULL ? "that GIT_CONFIG_GLOBAL names"
				: "~/.gitconfig or ~/.config/git/config");
	free(first);
	free(second);
	free(home);
	return done;
}

/* Whether the file is that of a repository: its folder is called .git. */
static bool
is_of_repository(const char *path)
{
	struct span text = span_from(path);

	return text.len >= strlen(".git/config") &&
	    strcmp(path + text.len - strlen(".git/config"), ".git/config") == 0;
}

/* Says why there is no profile. */
static void
explain_nothing(const struct git_reader *reader, struct buf *why)
{
	for (size_t i = 0; i < reader->settings.count; i++)
		if (reader->settings.settings[i].key == KEY_SENDMAIL ||
		    reader->settings.settings[i].key == KEY_SERVER) {
			buf_add_text(why,
			    "git send-email gives mail to a program there, not "
			    "to a server\n"
			    "hint: import the configuration of that program; "
			    "then sendemail.sendmailCmd = \"smtpost -P NAME\" "
			    "takes its place");
			return;
		}
	buf_add_text(why,
	    "there is no sendemail.smtpServer in it, so git send-email runs "
	    "sendmail\n"
	    "hint: --setup makes a profile; then git config --global "
	    "sendemail.sendmailCmd smtpost makes git use it");
}

bool
git_read(const struct import_source *source, struct translation *translation,
    struct error *err)
{
	struct git_reader reader = {
	    .translation = translation,
	    .settings.top = translation_profile(translation, SPAN("")),
	    .command = source->path != NULL && is_of_repository(source->path)
		? "git config"
		: "git config --global",
	};
	bool done = source->path == NULL
	    ? read_own_files(&reader, err)
	    : git_config_read(
		  source->text, git_settings_take, &reader.settings, err);

	if (done && reader.settings.is_full)
		done = error_set(err, ERROR_DATA,
		    "cannot import git's configuration: it has more than %zu "
		    "variables of git send-email",
		    reader.settings.count);
	if (done) {
		write_profiles(&reader);
		write_rest(&reader);
		if (!reader.has_profile)
			explain_nothing(&reader, &translation->nothing);
	}
	git_settings_free(&reader.settings);
	return done;
}
