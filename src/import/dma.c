/*
 * Reads the file as dma 0.14 does. Older versions lack some of the settings and
 * check no certificates. A file that dma.conf names is looked for beside it
 * first, so that a copy of /etc/dma from another machine can be read.
 */
#include "import/dma.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/buf.h"
#include "base/file.h"
#include "import/foreign_server.h"
#include "import/import_key.h"
#include "import/import_names.h"
#include "profile/identity.h"

enum key {
	KEY_SMARTHOST,
	KEY_PORT,
	KEY_ALIASES,
	KEY_SPOOLDIR,
	KEY_AUTHPATH,
	KEY_CERTFILE,
	KEY_MAILNAME,
	KEY_MASQUERADE,
	KEY_FINGERPRINT,
	/* The keys before this one take a value; the others do not. */
	KEY_SECURETRANSFER,
	KEY_STARTTLS,
	KEY_OPPORTUNISTIC_TLS,
	KEY_VERIFYCERT,
	KEY_INSECURE,
	KEY_NULLCLIENT,
	KEY_DEFER,
	KEY_FULLBOUNCE,
	KEY_COUNT,
};

static const char *const key_names[KEY_COUNT] = {
    [KEY_SMARTHOST] = "SMARTHOST",
    [KEY_PORT] = "PORT",
    [KEY_ALIASES] = "ALIASES",
    [KEY_SPOOLDIR] = "SPOOLDIR",
    [KEY_AUTHPATH] = "AUTHPATH",
    [KEY_CERTFILE] = "CERTFILE",
    [KEY_MAILNAME] = "MAILNAME",
    [KEY_MASQUERADE] = "MASQUERADE",
    [KEY_FINGERPRINT] = "FINGERPRINT",
    [KEY_SECURETRANSFER] = "SECURETRANSFER",
    [KEY_STARTTLS] = "STARTTLS",
    [KEY_OPPORTUNISTIC_TLS] = "OPPORTUNISTIC_TLS",
    [KEY_VERIFYCERT] = "VERIFYCERT",
    [KEY_INSECURE] = "INSECURE",
    [KEY_NULLCLIENT] = "NULLCLIENT",
    [KEY_DEFER] = "DEFER",
    [KEY_FULLBOUNCE] = "FULLBOUNCE",
};

struct reader {
	const char *path; /* of dma.conf */
	struct translation *translation;
	struct import_profile *profile;
	struct {
		bool is_given;
		struct span line, value; /* in the text of dma.conf */
	} keys[KEY_COUNT];
	struct buf name; /* of the machine; empty: the host name */
};

static bool
has(const struct reader *reader, enum key key)
{
	return reader->keys[key].is_given;
}

/* The line as comments show it: in a server, an @ comes after a password. */
static struct span
line_of(const struct reader *reader, enum key key)
{
	struct span line = reader->keys[key].line;

	return key == KEY_SMARTHOST && span_find(line, '@') < line.len
	    ? span_from(key_names[key])
	    : line;
}

static void
leave(const struct reader *reader, enum key key, const char *why)
{
	if (has(reader, key))
		import_profile_leave(
		    reader->profile, line_of(reader, key), why);
}

static void
need_not(const struct reader *reader, enum key key, const char *why)
{
	if (has(reader, key))
		import_profile_need_not(
		    reader->profile, line_of(reader, key), why);
}

static void
set(const struct reader *reader, enum key key, const char *setting)
{
	import_profile_set(
	    reader->profile, setting, reader->keys[key].value, key_names[key]);
}

/*
 * The lines.
 */

static void
keep(struct reader *reader, enum key key, struct span line, struct span value)
{
	bool takes_value = key <= KEY_FINGERPRINT;

	if (takes_value != (value.len > 0)) {
		import_profile_leave(reader->profile, span_from(key_names[key]),
		    takes_value ? "dma does not run if this has no value"
				: "dma does not run if this has a value");
		return;
	}
	if (!span_equal(value, reader->keys[key].value))
		need_not(reader, key, "a later line sets it again");
	reader->translation->tally.is_understood = true;
	reader->keys[key].is_given = true;
	reader->keys[key].line = line;
	reader->keys[key].value = value;
}

/* KEY_COUNT: dma has no such key. */
static enum key
find_key(struct span name)
{
	enum key key = 0;

	while (key < KEY_COUNT && !span_equal(name, span_from(key_names[key])))
		key++;
	return key;
}

/* A key begins its line, and # begins a comment anywhere. */
static void
take_line(struct reader *reader, struct span line)
{
	struct span name, whole = span_trim(line), rest = whole;
	enum key key;

	if (!span_next_word(&rest, " \t\r", &name))
		return;
	key = find_key(name);
	if (ascii_is_blank(line.at[0]))
		import_profile_leave(reader->profile, import_key_name(name),
		    "dma ignores a line that begins with a blank");
	else if (key < KEY_COUNT)
		keep(reader, key, whole, span_trim(rest));
	else
		import_profile_leave(reader->profile, import_key_name(name),
		    "dma has no such key, and does not run with it");
}

/*
 * Names.
 */

/*
 * Reads a file that dma.conf names; one of that name beside dma.conf is
 * preferred.
 */
static bool
read_named(const struct reader *reader, struct span path, struct buf *text,
    struct error *err)
{
	struct span name = file_last_part(path);
	char *beside = file_path_beside(reader->path, name);
	char *named = span_copy(path);
	bool is_input = strcmp(reader->path, "-") == 0;
	bool done = !is_input &&
	    import_file_read(beside, text, reader->translation, err);

	if (!done && name.len < path.len && (is_input || errno == ENOENT)) {
		buf_wipe(text);
		done = import_file_read(named, text, reader->translation, err);
	}
	free(beside);
	free(named);
	return done;
}

static void
read_mailname(struct reader *reader)
{
	struct span path = reader->keys[KEY_MAILNAME].value, name;
	struct buf text = {0};
	struct error err;
	size_t len = 0;

	if (!read_named(reader, path, &text, &err)) {
		import_profile_leave(
		    reader->profile, reader->keys[KEY_MAILNAME].line, err.text);
	} else {
		name = buf_span(&text);
		while (len < name.len && len < 255 &&
		    (ascii_is_alnum(name.at[len]) ||
			memchr("_.-", name.at[len], 3) != NULL))
			len++;
		buf_add_span(&reader->name, span_head(name, len));
		if (len == 0)
			need_not(reader, KEY_MAILNAME,
			    "there is no name in the file");
	}
	buf_wipe(&text);
}

static void
take_mailname(struct reader *reader)
{
	struct span value = reader->keys[KEY_MAILNAME].value;

	if (value.len > 0 && value.at[0] == '/')
		read_mailname(reader);
	else
		buf_add_span(&reader->name, value);
	if (reader->name.len > 0)
		import_profile_set(reader->profile, "ehlo-name",
		    buf_span(&reader->name), "MAILNAME");
	else if (has(reader, KEY_SMARTHOST))
		import_profile_comment(reader->profile,
		    "dma sends the host name in EHLO; smtpost does so only if "
		    "that name has a dot");
}

/*
 * dma does not take the reverse-path from the header. MASQUERADE is USER@HOST
 * or HOST.
 */
static void
take_sender(const struct reader *reader)
{
	static const char of_name[] =
	    "MAILNAME: dma does not take the reverse-path from the header";
	struct span value = reader->keys[KEY_MASQUERADE].value, user = {0};
	struct span host = value;
	size_t at = span_find_last(value, '@');
	struct buf sender = {0};

	if (at < value.len) {
		user = span_head(value, at);
		host = span_skip(value, at + 1);
	}
	if (user.len > 0)
		identity_add_literal(&sender, user);
	else
		buf_add_text(&sender, "%u");
	buf_add_char(&sender, '@');
	if (host.len > 0)
		identity_add_literal(&sender, host);
	else if (reader->name.len > 0)
		identity_add_literal(&sender, buf_span(&reader->name));
	else
		buf_add_text(&sender, "%h");
	import_profile_set(reader->profile, "sender", buf_span(&sender),
	    has(reader, KEY_MASQUERADE) ? "MASQUERADE"
		: reader->name.len > 0
		? of_name
		: "dma does not take the reverse-path from the header");
	buf_free(&sender);
	if (host.len > 0)
		import_profile_set(
		    reader->profile, "domain", host, "MASQUERADE");
	else if (reader->name.len > 0)
		import_profile_set(reader->profile, "domain",
		    buf_span(&reader->name), "MAILNAME");
	if (user.len > 0)
		import_profile_comment(reader->profile,
		    "MASQUERADE: dma used it even in place of -f; in smtpost "
		    "-f replaces sender, unless header-policy is provider");
}

static void
take_local_names(const struct reader *reader)
{
	struct span path = reader->keys[KEY_ALIASES].value;

	if (has(reader, KEY_NULLCLIENT)) {
		import_profile_set_text(
		    reader->profile, "aliases", "none", "NULLCLIENT");
		leave(reader, KEY_ALIASES, "NULLCLIENT turns it off");
		import_profile_comment(reader->profile,
		    "NULLCLIENT: dma leaves local names to the server; smtpost "
		    "appends the setting domain to them, or sends their mail "
		    "to local-recipients");
		return;
	}
	if (path.len > 0 && path.at[0] != '/')
		leave(reader, KEY_ALIASES,
		    "the path is relative; write an absolute path");
	else if (path.len > 0)
		set(reader, KEY_ALIASES, "aliases");
	import_profile_comment(reader->profile,
	    "dma puts mail for a local user without an alias into the user's "
	    "mailbox; smtpost appends the setting domain to the name, or sends "
	    "the mail to local-recipients");
}

/*
 * The server.
 */

static enum foreign_tls
tls_of(const struct reader *reader)
{
	if (!has(reader, KEY_SECURETRANSFER))
		return FOREIGN_TLS_NONE;
	if (!has(reader, KEY_STARTTLS))
		return FOREIGN_TLS_IMMEDIATE;
	return has(reader, KEY_OPPORTUNISTIC_TLS) ? FOREIGN_TLS_OPPORTUNISTIC
						  : FOREIGN_TLS_STARTTLS;
}

static void
add_key(const struct reader *reader, enum key key, struct buf *keys)
{
	if (has(reader, key))
		import_names_add(keys, span_from(key_names[key]));
}

/* The settings of TLS that do nothing, and those that need no setting. */
static void
tell_of_tls(const struct reader *reader, enum foreign_tls tls)
{
	static const char no_tls[] = "it has no effect without SECURETRANSFER";

	if (tls == FOREIGN_TLS_NONE) {
		leave(reader, KEY_STARTTLS, no_tls);
		leave(reader, KEY_OPPORTUNISTIC_TLS, no_tls);
		leave(reader, KEY_CERTFILE, no_tls);
		leave(reader, KEY_VERIFYCERT, no_tls);
		leave(reader, KEY_FINGERPRINT, no_tls);
		leave(reader, KEY_INSECURE,
		    "smtpost sends no password over an unencrypted connection "
		    "to another machine");
		return;
	}
	if (tls == FOREIGN_TLS_IMMEDIATE)
		leave(reader, KEY_OPPORTUNISTIC_TLS,
		    "it has no effect without STARTTLS");
	if (tls == FOREIGN_TLS_OPPORTUNISTIC)
		leave(reader, KEY_VERIFYCERT,
		    "with tls = opportunistic smtpost checks the certificate "
		    "only before a login");
	else
		need_not(reader, KEY_VERIFYCERT,
		    "smtpost always checks the certificate");
	leave(reader, KEY_FINGERPRINT,
	    "it is a digest of the certificate, but tls-pin is one of the key: "
	    "run smtpost --server-info, then set tls-trust = pin and the "
	    "tls-pin that it prints");
	need_not(reader, KEY_INSECURE, "with SECURETRANSFER it has no effect");
	if (!has(reader, KEY_CERTFILE))
		return;
	if (reader->keys[KEY_CERTFILE].value.at[0] == '/')
		set(reader, KEY_CERTFILE, "tls-cert");
	else
		leave(reader, KEY_CERTFILE,
		    "the path is relative; write an absolute path");
}

/* Like atoi(3), ignores what follows the number. */
static unsigned short
port_of(const struct reader *reader)
{
	struct span value = reader->keys[KEY_PORT].value;
	uint64_t port = 25;

	if (has(reader, KEY_PORT) &&
	    (!span_number(span_digits(value), 65535, &port) || port == 0)) {
		leave(reader, KEY_PORT,
		    "it is not a port number; port 25 is used");
		port = 25;
	}
	return (unsigned short)port;
}

/* What dma sends in EHLO: MAILNAME, else the host name. */
static struct span
own_name(const struct reader *reader, char *host, size_t size)
{
	if (reader->name.len > 0)
		return buf_span(&reader->name);
	if (gethostname(host, size - 1) < 0)
		host[0] = '\0';
	return span_from(host);
}

/*
 * Without SMARTHOST, dma delivers to the mail servers of each recipient's
 * domain. It sends any name in EHLO; server = mx: needs one with a dot.
 */
static void
take_direct(const struct reader *reader)
{
	static const char of_servers[] =
	    "the mail servers of the recipients ask for none";
	static const char of_tls[] =
	    "with server = mx: TLS is used wherever it is offered";

	char host[256] = "";
	struct span name = own_name(reader, host, sizeof(host));

	if (domain_is_fqdn(name)) {
		import_profile_set_text(
		    reader->profile, "server", "mx:", "no SMARTHOST");
		import_profile_comment(reader->profile,
		    "server = mx: delivers as dma does without SMARTHOST; "
		    "smtpost-mx(7) says what it needs");
		if (reader->name.len == 0)
			import_profile_set(
			    reader->profile, "ehlo-name", name, "host name");
	} else {
		import_profile_leave(reader->profile, SPAN("no SMARTHOST"),
		    "to deliver as dma does, set server = mx:, and ehlo-name "
		    "to the name, with a dot, that the address of this machine "
		    "has in the DNS");
	}
	leave(reader, KEY_PORT, "server = mx: always uses port 25");
	leave(reader, KEY_AUTHPATH, of_servers);
	leave(reader, KEY_CERTFILE, of_servers);
	leave(reader, KEY_FINGERPRINT, "with server = mx: nothing is pinned");
	leave(reader, KEY_VERIFYCERT,
	    "with server = mx: a domain says by DANE or MTA-STS that its "
	    "certificates are checked");
	need_not(reader, KEY_SECURETRANSFER, of_tls);
	need_not(reader, KEY_STARTTLS, of_tls);
	need_not(reader, KEY_OPPORTUNISTIC_TLS, of_tls);
	need_not(reader, KEY_INSECURE, "with server = mx: there is no login");
}

static void
take_server(const struct reader *reader)
{
	struct buf keys = {0};
	struct foreign_server server = {
	    .tls = tls_of(reader),
	    .host = reader->keys[KEY_SMARTHOST].value,
	    .port = port_of(reader),
	    .verifies =
		has(reader, KEY_VERIFYCERT) || has(reader, KEY_FINGERPRINT),
	};

	add_key(reader, KEY_SMARTHOST, &keys);
	add_key(reader, KEY_PORT, &keys);
	if (server.tls != FOREIGN_TLS_NONE) {
		add_key(reader, KEY_SECURETRANSFER, &keys);
		add_key(reader, KEY_STARTTLS, &keys);
	}
	if (server.tls == FOREIGN_TLS_OPPORTUNISTIC)
		add_key(reader, KEY_OPPORTUNISTIC_TLS, &keys);
	server.keys = buf_text(&keys);
	foreign_server_translate(&server, 1, reader->profile);
	buf_free(&keys);
	tell_of_tls(reader, server.tls);
}

/*
 * A line of auth.conf: USER|HOST:PASSWORD. The first separators count, so a
 * password can contain them.
 */

struct login {
	struct span user, host, password;
};

/* False: dma does not run with this line. A CR at its end is not taken. */
static bool
split_login(struct span line, struct login *login)
{
	size_t bar = span_find(line, '|'), end = bar + 1;

	while (end < line.len && memchr(":| \t", line.at[end], 4) == NULL)
		end++;
	if (end >= line.len)
		return false;
	login->user = span_head(line, bar);
	login->host = span_head(span_skip(line, bar + 1), end - bar - 1);
	login->password = span_skip(line, end + 1);
	if (login->password.len > 0 &&
	    login->password.at[login->password.len - 1] == '\r')
		login->password.len--;
	return true;
}

static void
leave_login(
    const struct reader *reader, const struct login *login, const char *why)
{
	struct buf line = {0};

	buf_add_text(&line, "AUTHPATH: the login of ");
	buf_add_span(&line, span_head(login->user, 100));
	import_profile_leave(reader->profile, buf_span(&line), why);
	buf_free(&line);
}

static void
take_login(const struct reader *reader, const struct login *login)
{
	struct import_profile *profile = reader->profile;

	import_profile_set(profile, "user", login->user, "AUTHPATH");
	if (import_profile_find(profile, "user") == NULL) {
		import_profile_leave(profile, SPAN("AUTHPATH"),
		    "it has a password, but no user name that smtpost accepts");
		return;
	}
	import_profile_set_password(profile, login->password, "AUTHPATH");
	import_profile_set_text(profile, "auth", "cram-md5 login plain",
	    "AUTHPATH: dma has only cram-md5 and login, and prefers cram-md5");
	import_profile_comment(profile,
	    "AUTHPATH: if the login fails, dma may send the mail without a "
	    "login; smtpost does not send it");
}

/* Of two lines for the server, the last one counts. */
static void
take_logins(const struct reader *reader, struct span text)
{
	struct login found = {0}, login;
	struct span line;
	bool is_found = false;

	while (span_next_word(&text, "\n", &line)) {
		if (line.at[0] == '#')
			continue;
		if (!split_login(line, &login)) {
			import_profile_leave(reader->profile,
			    SPAN("a line of the file in AUTHPATH"),
			    "it is not USER|HOST:PASSWORD, so dma does not "
			    "run");
			continue;
		}
		if (!span_equal(
			login.host, reader->keys[KEY_SMARTHOST].value)) {
			leave_login(reader, &login,
			    "dma uses only the login for SMARTHOST");
			continue;
		}
		if (is_found)
			leave_login(reader, &found,
			    "a later line has another login for SMARTHOST");
		found = login;
		is_found = true;
	}
	if (is_found)
		take_login(reader, &found);
	else
		need_not(reader, KEY_AUTHPATH, "it has no login for SMARTHOST");
}

static void
read_logins(const struct reader *reader)
{
	struct span path = reader->keys[KEY_AUTHPATH].value;
	struct buf text = {0};
	struct error err;

	if (!has(reader, KEY_AUTHPATH))
		return;
	if (read_named(reader, path, &text, &err))
		take_logins(reader, buf_span(&text));
	else
		leave(reader, KEY_AUTHPATH, err.text);
	buf_wipe(&text);
}

static void
tell_of_queue(const struct reader *reader)
{
	leave(reader, KEY_SPOOLDIR,
	    "smtpost has its own queue, in queue-dir; dma -q sends what waits "
	    "in the queue of dma");
	leave(reader, KEY_DEFER,
	    "smtpost sends mail at once; to keep it until smtpost -q, set "
	    "queue = always and queue-flush = no");
	leave(reader, KEY_FULLBOUNCE,
	    "to ask for the whole message in notifications, set dsn-return = "
	    "full");
}

bool
dma_read(const struct import_source *source, struct translation *translation,
    struct error *err)
{
	struct reader reader = {
	    .path = source->path,
	    .translation = translation,
	    .profile = translation_profile(translation, SPAN("")),
	};
	struct span text = source->text, line;

	(void)err;
	while (span_next_word(&text, "\n", &line))
		take_line(&reader, span_head(line, span_find(line, '#')));
	/* Without a line of dma, its defaults are no configuration. */
	if (!translation->tally.is_understood)
		return true;
	if (has(&reader, KEY_SMARTHOST)) {
		take_server(&reader);
		read_logins(&reader);
	}
	take_mailname(&reader);
	if (!has(&reader, KEY_SMARTHOST))
		take_direct(&reader);
	take_sender(&reader);
	take_local_names(&reader);
	tell_of_queue(&reader);
	buf_free(&reader.name);
	return true;
}

bool
dma_is_like(struct span text)
{
	struct span line, name;
	bool is_like = false;

	while (span_next_word(&text, "\n", &line)) {
		line = span_head(line, span_find(line, '#'));
		if (!span_next_word(&line, " \t\r", &name))
			continue;
		if (find_key(name) == KEY_COUNT)
			return false;
		is_like = true;
	}
	return is_like;
}
