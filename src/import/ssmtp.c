/*
 * Its lines are read as ssmtp 2.64 reads them: a name, one "=" or blank, and a
 * value up to the next "=" or blank, so that "key = value" has an empty value.
 * A # begins a comment anywhere, and a value that it touches is not read. A CR
 * before a line end, which ssmtp takes into the value, is not: with it, no
 * value works.
 */
#include "import/ssmtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "import/foreign_server.h"
#include "import/import_key.h"
#include "import/import_names.h"
#include "profile/identity.h"

#define ENDS "= \t\n"
#define LINE_READ_MAX ((size_t)2046)
#define PORT_DEFAULT 25
/* In comments, what another file than ssmtp.conf says. */
#define REVALIASES "revaliases"
#define BETWEEN ": \t\r\n" /* its words */

enum key {
	/* These four describe the server. */
	KEY_MAIL_HUB,
	KEY_REMOTE_PORT,
	KEY_USE_TLS,
	KEY_USE_STARTTLS,
	KEY_ROOT,
	KEY_HOST_NAME,
	KEY_REWRITE_DOMAIN,
	KEY_FROM_LINE_OVERRIDE,
	KEY_USE_TLS_CERT,
	KEY_TLS_CERT,
	KEY_TLS_KEY,
	KEY_AUTH_USER,
	KEY_AUTH_PASS,
	KEY_AUTH_METHOD,
	KEY_COUNT, /* those below are not kept */
};

struct reader {
	struct translation *translation;
	struct import_profile *profile;	    /* for all that revaliases lacks */
	struct import_line kept[KEY_COUNT]; /* the line that counts */
	unsigned short port;		    /* 0: none is set */
	bool has_tls, has_starttls;
	bool has_cr;	    /* a line ends with CR LF */
	struct buf headers; /* of AddHeader, as a list of ours */
	struct span domain; /* empty: ssmtp takes the host name */
};

static void keep(void *reader, const struct import_line *line);
static void take_header(void *reader, const struct import_line *line);
static void take_trust(void *reader, const struct import_line *line);

static const struct import_key rows[] = {
    [KEY_MAIL_HUB] = {.name = "MailHub", .take = keep},
    [KEY_REMOTE_PORT] = {.name = "RemotePort", .take = keep},
    [KEY_USE_TLS] = {.name = "UseTLS", .take = keep},
    [KEY_USE_STARTTLS] = {.name = "UseSTARTTLS", .take = keep},
    [KEY_ROOT] = {.name = "Root", .take = keep},
    [KEY_HOST_NAME] = {.name = "HostName", .take = keep},
    [KEY_REWRITE_DOMAIN] = {.name = "RewriteDomain", .take = keep},
    [KEY_FROM_LINE_OVERRIDE] = {.name = "FromLineOverride", .take = keep},
    [KEY_USE_TLS_CERT] = {.name = "UseTLSCert", .take = keep},
    [KEY_TLS_CERT] = {.name = "TLSCert", .take = keep},
    [KEY_TLS_KEY] = {.name = "TLSKey", .take = keep}, /* in some builds */
    [KEY_AUTH_USER] = {.name = "AuthUser", .take = keep},
    [KEY_AUTH_PASS] = {.name = "AuthPass", .take = keep, .is_secret = true},
    [KEY_AUTH_METHOD] = {.name = "AuthMethod", .take = keep},
    {.name = "AddHeader", .take = take_header},
    {.name = "UseOldAUTH",
	.needless = "smtpost speaks to servers of both kinds"},
    {.name = "Debug",
	.why_not = "the option -v shows the dialogue with the server, and the "
		   "setting log keeps a record of what was sent"},
    /* Not in the original, but in builds of some distributions. */
    {.name = "TLS_CA_File", .take = take_trust},
    {.name = "TLS_CA_Dir",
	.why_not = "tls-trust names a file; without it, smtpost trusts the "
		   "certificates of the system"},
    {.name = "MinUserId",
	.why_not = "smtpost sends mail for every local name to "
		   "local-recipients; to except a name, give it an alias"},
    {.name = NULL},
};
static const struct import_keys keys = {
    .program = "ssmtp", .is_case_blind = true, .rows = rows};

bool
ssmtp_is_like(struct span text)
{
	static const char *const names[] = {"mailhub=", "rewritedomain=",
	    "fromlineoverride=", "usestarttls=", "authuser="};
	struct span line;

	while (span_next_word(&text, "\n", &line))
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (span_starts_nocase(line, span_from(names[i])))
				return true;
	return false;
}

static bool
is_yes(struct span value)
{
	return span_equal_nocase(value, SPAN("yes"));
}

/* The port that `line` has at `value`, as atoi() reads it. */
static void
take_port(struct reader *reader, struct span value, struct span line)
{
	uint64_t port = 0;

	if (!span_number(span_digits(value), 65535, &port) || port == 0)
		import_profile_leave(
		    reader->profile, line, "there is no such port");
	else
		reader->port = (unsigned short)port;
}

/* What depends on the order of the lines. */
static void
follow(struct reader *reader, enum key key, const struct import_line *line)
{
	struct span value = line->value;
	size_t colon = span_find(value, ':');

	if (key == KEY_REMOTE_PORT)
		take_port(reader, value, line->whole);
	if (key == KEY_MAIL_HUB && colon < value.len)
		take_port(reader, span_skip(value, colon + 1), line->whole);
	if (key == KEY_USE_TLS) {
		reader->has_tls = is_yes(value);
		reader->has_starttls = reader->has_starttls && reader->has_tls;
	}
	if (key == KEY_USE_STARTTLS) {
		reader->has_starttls = is_yes(value);
		reader->has_tls = reader->has_tls || reader->has_starttls;
	}
}

/*
 * Of a login the first line counts, of all else the last one. In a server, an @
 * comes after a password.
 */
static void
keep(void *data, const struct import_line *taken)
{
	struct reader *reader = data;
	const struct import_key *row = import_key_find(&keys, taken->key);
	enum key key = (enum key)(row - rows);
	bool is_hidden = key == KEY_MAIL_HUB &&
	    span_find(taken->value, '@') < taken->value.len;
	const struct import_line copy = {.key = taken->key,
	    .value = taken->value,
	    .whole = is_hidden ? taken->key : taken->whole};
	const struct import_line *line = &copy;
	struct import_line *kept = &reader->kept[key];
	bool is_first = key == KEY_AUTH_USER || key == KEY_AUTH_PASS ||
	    key == KEY_AUTH_METHOD;
	struct import_line unused = is_first ? *line : *kept;

	if (kept->key.len > 0)
		import_profile_need_not(reader->profile,
		    row->is_secret ? unused.key : unused.whole,
		    is_first ? "an earlier line sets it"
			     : "a later line sets it again");
	if (kept->key.len == 0 || !is_first)
		*kept = *line;
	follow(reader, key, line);
}

/* The value of AddHeader is the rest of the line. */
static void
take_header(void *data, const struct import_line *line)
{
	struct reader *reader = data;
	size_t at = (size_t)(line->value.at - line->whole.at);
	struct span rest = span_trim(span_skip(line->whole, at));

	if (reader->headers.len > 0)
		buf_add_text(&reader->headers, ", ");
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] == ',')
			buf_add_char(&reader->headers, '\\');
		buf_add_char(&reader->headers, rest.at[i]);
	}
}

#define FOLDER_DEPENDS                                                      \
	"the path is relative to the folder in which ssmtp runs; write an " \
	"absolute path"

static void
take_trust(void *data, const struct import_line *line)
{
	struct reader *reader = data;

	if (line->value.len > 0 && line->value.at[0] != '/')
		import_profile_leave(
		    reader->profile, line->whole, FOLDER_DEPENDS);
	else
		import_profile_set(
		    reader->profile, "tls-trust", line->value, "TLS_CA_File");
}

/* How many octets there are before one that ends a word. */
static size_t
word_length(struct span text)
{
	size_t len = 0;

	while (len < text.len && strchr(ENDS, text.at[len]) == NULL &&
	    (text.at[len] != '\r' || len + 1 < text.len))
		len++;
	return len;
}

/* `text` has its line end, if the file has one there. */
static void
read_line(struct reader *reader, struct span text)
{
	size_t cr = span_find(text, '\r');
	bool has_cr = span_equal(span_skip(text, cr), SPAN("\r\n"));
	struct span rest, after, name;
	struct import_line line = {0};
	const char *why = NULL;

	if (has_cr)
		text.len = cr + 1;
	reader->has_cr = reader->has_cr || has_cr;
	rest = span_head(text, span_find(text, '#'));
	line.whole = span_trim(rest);
	if (line.whole.len == 0)
		return;
	line.key = span_head(line.whole, word_length(line.whole));
	after = span_skip(rest, line.key.len + 1);
	line.value = span_head(after, word_length(after));
	if (text.len > LINE_READ_MAX)
		why = "ssmtp splits a line of this length";
	else if (span_find(rest, '=') == rest.len)
		why = "ssmtp does not read a line without =";
	else if (line.key.len == 0)
		why = "there is no name before the =";
	else if (!span_starts(rest, line.key))
		why = "ssmtp does not accept a blank before the name";
	else if (line.value.len == after.len)
		why = "ssmtp does not read a value that is directly followed "
		      "by # or by the end of the file";
	else if (line.value.len == 0 && span_trim(after).len > 0)
		why = "ssmtp 2.64 finds no value if there is a blank beside "
		      "the =; if it worked, remove the blanks and import "
		      "the file again";
	/* A password may follow a : and so seem to be a part of the name. */
	name = import_key_name(line.key);
	if (why != NULL)
		import_profile_leave(
		    reader->profile, name.len > 0 ? name : SPAN("a line"), why);
	else
		import_key_take(&keys, &line, reader->profile, reader);
}

static bool
has(const struct reader *reader, enum key key)
{
	return reader->kept[key].value.len > 0;
}

static struct span
value_of(const struct reader *reader, enum key key)
{
	return reader->kept[key].value;
}

static void
need_not(struct reader *reader, enum key key, const char *why)
{
	import_profile_need_not(reader->profile, reader->kept[key].whole, why);
}

/* Adds the domain of an address that has none. */
static void
add_domain(const struct reader *reader, struct buf *address)
{
	if (span_find(buf_span(address), '@') < address->len)
		return;
	buf_add_char(address, '@');
	if (reader->domain.len > 0)
		buf_add_span(address, reader->domain);
	else
		buf_add_text(address, "%h");
}

/* `why` names what gives the server besides lines of ssmtp.conf. */
static void
set_server(struct reader *reader, struct import_profile *profile,
    struct span host, const char *why)
{
	struct buf names = {0};
	struct foreign_server server = {
	    .tls = !reader->has_tls    ? FOREIGN_TLS_NONE
		: reader->has_starttls ? FOREIGN_TLS_STARTTLS
				       : FOREIGN_TLS_IMMEDIATE,
	    .host = span_head(host, span_find(host, ':')),
	    .port = reader->port > 0 ? reader->port : PORT_DEFAULT,
	};

	buf_add_text(&names, why);
	for (enum key key = KEY_MAIL_HUB; key <= KEY_USE_STARTTLS; key++)
		if (has(reader, key))
			import_names_add(&names, span_from(rows[key].name));
	if (reader->port == 0)
		buf_add_text(&names, "; the port is 25 by default");
	server.keys = buf_text(&names);
	foreign_server_translate(&server, 1, profile);
	buf_free(&names);
}

static void
set_login(struct reader *reader)
{
	struct import_profile *profile = reader->profile;
	struct span method = value_of(reader, KEY_AUTH_METHOD);

	if (!has(reader, KEY_AUTH_USER)) {
		if (has(reader, KEY_AUTH_PASS))
			import_profile_leave(profile, SPAN("AuthPass"),
			    "ssmtp does not log in without AuthUser");
		if (method.len > 0)
			need_not(reader, KEY_AUTH_METHOD,
			    "there is no login without AuthUser");
		return;
	}
	import_profile_set(
	    profile, "user", value_of(reader, KEY_AUTH_USER), "AuthUser");
	if (span_equal_nocase(method, SPAN("cram-md5")))
		import_profile_set_text(
		    profile, "auth", "cram-md5", "AuthMethod");
	else
		import_profile_set_text(profile, "auth", "login",
		    method.len > 0
			? "AuthMethod, for which ssmtp uses LOGIN"
			: "ssmtp uses LOGIN; without this line smtpost uses "
			  "the safest mechanism that the server offers");
	if (has(reader, KEY_AUTH_PASS))
		import_profile_set_password(
		    profile, value_of(reader, KEY_AUTH_PASS), "AuthPass");
	else
		import_profile_comment(profile,
		    "AuthPass is not set: add password-command or "
		    "password-file");
}

static void
set_file(struct reader *reader, enum key key, const char *setting)
{
	const struct import_line *line = &reader->kept[key];

	if (line->value.len == 0)
		return;
	if (!is_yes(value_of(reader, KEY_USE_TLS_CERT)))
		import_profile_leave(reader->profile, line->whole,
		    "ssmtp does not use it without UseTLSCert=YES");
	else if (line->value.at[0] != '/')
		import_profile_leave(
		    reader->profile, line->whole, FOLDER_DEPENDS);
	else
		import_profile_set(
		    reader->profile, setting, line->value, rows[key].name);
}

static void
set_certificate(struct reader *reader)
{
	bool is_used = is_yes(value_of(reader, KEY_USE_TLS_CERT));

	if (has(reader, KEY_USE_TLS_CERT))
		need_not(reader, KEY_USE_TLS_CERT,
		    "a certificate is sent if tls-cert is set");
	if (is_used && !has(reader, KEY_TLS_CERT))
		import_profile_set_text(reader->profile, "tls-cert",
		    "/etc/ssl/certs/ssmtp.pem", "the default of ssmtp");
	set_file(reader, KEY_TLS_CERT, "tls-cert");
	set_file(reader, KEY_TLS_KEY, "tls-key");
}

/* What FromLineOverride decides. */
static void
set_sender(struct reader *reader)
{
	const char *names = has(reader, KEY_FROM_LINE_OVERRIDE)
	    ? "FromLineOverride"
	    : "FromLineOverride, which is off by default";
	struct import_profile *profile = reader->profile;
	struct buf sender = {0};

	if (is_yes(value_of(reader, KEY_FROM_LINE_OVERRIDE))) {
		need_not(reader, KEY_FROM_LINE_OVERRIDE,
		    "the reverse-path is that of -f, else that of From");
		return;
	}
	buf_add_text(&sender, "%u");
	add_domain(reader, &sender);
	import_profile_set(profile, "sender", buf_span(&sender), names);
	if (import_profile_find(profile, "sender") != NULL) {
		import_profile_set_text(
		    profile, "header-policy", "provider", names);
		import_profile_comment(profile,
		    "Debian's ssmtp leaves From as it is and changes only the "
		    "reverse-path. If the server accepts such mail, "
		    "header-policy = complete does the same.");
	}
	buf_free(&sender);
}

static void
set_names(struct reader *reader)
{
	struct import_profile *profile = reader->profile;

	import_profile_set_text(
	    profile, "aliases", "none", "ssmtp reads no file of aliases");
	if (has(reader, KEY_HOST_NAME))
		import_profile_set(profile, "ehlo-name",
		    value_of(reader, KEY_HOST_NAME), "HostName");
	/* For all profiles: the one to use is chosen by the whole address. */
	if (reader->domain.len > 0)
		import_profile_set(
		    translation_profile(reader->translation, SPAN("")),
		    "domain", reader->domain,
		    has(reader, KEY_REWRITE_DOMAIN) ? "RewriteDomain"
						    : "HostName");
	if (has(reader, KEY_ROOT)) {
		struct buf root = {0};

		buf_add_span(&root, value_of(reader, KEY_ROOT));
		if (reader->domain.len > 0)
			add_domain(reader, &root);
		import_profile_set(
		    profile, "local-recipients", buf_span(&root), "Root");
		import_profile_comment(profile,
		    "Root got the mail for accounts up to user ID 999; "
		    "local-recipients gets that for every local name. Give the "
		    "other users an alias, and set aliases to the file of "
		    "aliases.");
		buf_free(&root);
	}
}

/* The addresses that a user's mail has by default. */
static void
set_match(const struct reader *reader, struct span user,
    struct import_profile *profile)
{
	const struct span domains[] = {
	    reader->domain, value_of(reader, KEY_HOST_NAME)};
	struct buf text = {0};

	for (size_t i = 0; i < 2; i++)
		if (domains[i].len > 0 &&
		    (i == 0 || !span_equal_nocase(domains[0], domains[1]))) {
			if (text.len > 0)
				buf_add_char(&text, ' ');
			buf_add_span(&text, user);
			buf_add_char(&text, '@');
			buf_add_span(&text, domains[i]);
		}
	if (text.len == 0) {
		buf_add_span(&text, user);
		buf_add_text(&text, "@*");
	}
	import_profile_set(profile, "match", buf_span(&text), REVALIASES);
	buf_free(&text);
}

/* "user:address[:host[:port]]" */
static void
read_revalias(struct reader *reader, struct span line)
{
	struct span rest = span_head(line, span_find(line, '#'));
	size_t colon = span_find(rest, ':');
	struct span user = span_head(rest, colon), address, host, port;
	unsigned short all_port = reader->port;
	struct import_profile *profile;
	struct buf text = {0};

	if (span_trim(rest).len == 0)
		return;
	rest = span_skip(rest, colon);
	if (user.len == 0 || span_trim(user).len < user.len ||
	    !span_next_word(&rest, BETWEEN, &address)) {
		import_profile_leave(reader->profile, span_trim(line),
		    "ssmtp finds no user and address in this line of "
		    "revaliases");
		return;
	}
	/* The name would be that of the profile for all other users. */
	profile = translation_profile(reader->translation,
	    span_equal(user, SPAN("default")) ? SPAN("user default") : user);
	import_profile_set_text(profile, "extends", "default", REVALIASES);
	set_match(reader, user, profile);
	identity_add_literal(&text, address);
	add_domain(reader, &text);
	import_profile_set(profile, "sender", buf_span(&text), REVALIASES);
	buf_free(&text);
	if (!span_next_word(&rest, BETWEEN, &host))
		return;
	if (span_next_word(&rest, BETWEEN, &port))
		take_port(reader, port, span_trim(line));
	set_server(reader, profile, host, REVALIASES);
	reader->port = all_port;
}

static void
read_revaliases(struct reader *reader, const char *beside)
{
	char *path = file_path_beside(beside, SPAN(REVALIASES));
	struct buf text = {0};
	struct span rest = {0}, line;
	struct error err;

	if (import_file_read(path, &text, reader->translation, &err))
		rest = buf_span(&text);
	else if (errno != ENOENT)
		import_profile_warn(reader->profile, err.text);
	if (span_trim(rest).len > 0)
		import_profile_comment(reader->profile,
		    "revaliases: ssmtp chose the line by the user who called "
		    "it; smtpost chooses the profile by the sender of the "
		    "mail. A user who sends from other addresses needs a "
		    "configuration file of their own.");
	while (span_next_word(&rest, "\n", &line))
		read_revalias(reader, line);
	buf_wipe(&text);
	free(path);
}

static void
set_all(struct reader *reader)
{
	struct span rewrite = value_of(reader, KEY_REWRITE_DOMAIN);
	size_t at = span_find_last(rewrite, '@');

	reader->domain = at < rewrite.len ? span_skip(rewrite, at + 1)
	    : rewrite.len > 0		  ? rewrite
					  : value_of(reader, KEY_HOST_NAME);
	if (reader->has_cr)
		import_profile_comment(reader->profile,
		    "The lines end with CR LF. ssmtp takes CR for a part of "
		    "the value, so it cannot use this file; smtpost leaves CR "
		    "out");
	if (has(reader, KEY_MAIL_HUB))
		set_server(reader, reader->profile,
		    value_of(reader, KEY_MAIL_HUB), "");
	else
		set_server(reader, reader->profile, SPAN("mailhub"),
		    "mailhub is the host by default");
	set_login(reader);
	set_certificate(reader);
	set_names(reader);
	set_sender(reader);
	if (reader->headers.len > 0)
		import_profile_set(reader->profile, "add-headers",
		    buf_span(&reader->headers), "AddHeader");
}

bool
ssmtp_read(const struct import_source *source, struct translation *translation,
    struct error *err)
{
	struct reader reader = {
	    .translation = translation,
	    .profile = translation_profile(translation, SPAN("default")),
	};
	struct span rest = source->text;

	(void)err;
	while (rest.len > 0) {
		size_t end = span_find(rest, '\n');

		read_line(&reader, span_head(rest, end + 1));
		rest = span_skip(rest, end + 1);
	}
	/* Without a line of ssmtp, its defaults are no configuration. */
	if (!translation->tally.is_understood)
		return true;
	set_all(&reader);
	if (strcmp(source->path, "-") != 0)
		read_revaliases(&reader, source->path);
	buf_free(&reader.headers);
	return true;
}
