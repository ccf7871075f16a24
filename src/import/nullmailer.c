/*
 * Each file has one value, in its first line; only `remotes` has many lines.
 * Debian's nullmailer takes the name of the machine from ../mailname, the
 * original one from `me`.
 */
#include "import/nullmailer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "import/foreign_server.h"
#include "import/import_key.h"
#include "import/nullmailer_remote.h"
#include "profile/identity.h"

#define REMOTES_MAX ((size_t)100)
/* Where nullmailer-send runs, so that relative paths begin there. */
#define QUEUE_FOLDER "/var/spool/nullmailer/queue"

enum control {
	CONTROL_ME,
	CONTROL_MAILNAME,
	CONTROL_HELOHOST,
	CONTROL_DEFAULTHOST,
	CONTROL_DEFAULTDOMAIN,
	CONTROL_IDHOST,
	CONTROL_ALLMAILFROM,
	CONTROL_ADMINADDR,
	CONTROL_BOUNCETO,
	CONTROL_DOUBLEBOUNCETO,
	CONTROL_BOUNCELINES,
	CONTROL_PAUSETIME,
	CONTROL_MAXPAUSE,
	CONTROL_QUEUELIFETIME,
	CONTROL_SENDTIMEOUT,
	CONTROL_COUNT,
};

static const char *const control_names[CONTROL_COUNT] = {
    [CONTROL_ME] = "me",
    [CONTROL_MAILNAME] = "mailname",
    [CONTROL_HELOHOST] = "helohost",
    [CONTROL_DEFAULTHOST] = "defaulthost",
    [CONTROL_DEFAULTDOMAIN] = "defaultdomain",
    [CONTROL_IDHOST] = "idhost",
    [CONTROL_ALLMAILFROM] = "allmailfrom",
    [CONTROL_ADMINADDR] = "adminaddr",
    [CONTROL_BOUNCETO] = "bounceto",
    [CONTROL_DOUBLEBOUNCETO] = "doublebounceto",
    [CONTROL_BOUNCELINES] = "bouncelines",
    [CONTROL_PAUSETIME] = "pausetime",
    [CONTROL_MAXPAUSE] = "maxpause",
    [CONTROL_QUEUELIFETIME] = "queuelifetime",
    [CONTROL_SENDTIMEOUT] = "sendtimeout",
};

struct reader {
	struct translation *translation;
	struct import_profile *profile; /* the settings above all profiles */
	struct buf values[CONTROL_COUNT];
	struct nullmailer_remote *remotes;
	size_t remote_count;
	enum control me; /* which file has the name of the machine */
	struct buf host; /* the domain of names without one; empty: not known */
};

static struct span
value_of(const struct reader *reader, enum control control)
{
	return buf_span(&reader->values[control]);
}

static bool
has(const struct reader *reader, enum control control)
{
	return reader->values[control].len > 0;
}

/* "NAME: VALUE", as comments show the file. Caller frees. */
static char *
shown(const struct reader *reader, enum control control)
{
	struct buf line = {0};

	buf_add_format(&line, "%s: ", control_names[control]);
	buf_add_span(&line, span_head(value_of(reader, control), 200));
	return buf_take_text(&line);
}

static void
leave(const struct reader *reader, enum control control, const char *why)
{
	char *line = shown(reader, control);

	import_profile_leave(reader->profile, span_from(line), why);
	free(line);
}

static void
need_not(const struct reader *reader, enum control control, const char *why)
{
	char *line = shown(reader, control);

	import_profile_need_not(reader->profile, span_from(line), why);
	free(line);
}

static void
take_control(struct reader *reader, enum control control, struct span text)
{
	size_t end = span_find(text, '\n');
	struct span value = span_trim(span_head(text, end));

	buf_add_span(&reader->values[control], span_head(value, 4096));
	/* mailname is not a file of nullmailer alone. */
	if (value.len > 0 && control != CONTROL_MAILNAME)
		reader->translation->tally.is_understood = true;
	if (value.len == 0)
		import_profile_need_not(reader->profile,
		    span_from(control_names[control]),
		    "its first line is empty");
	if (span_trim(span_skip(text, end)).len > 0)
		import_profile_leave(reader->profile,
		    span_from(control_names[control]),
		    "nullmailer reads only its first line");
}

static void
read_control(struct reader *reader, const char *folder, enum control control)
{
	struct buf name = {0}, text = {0};
	struct error err;
	char *path;

	buf_add_format(&name, "%s%s", control == CONTROL_MAILNAME ? "../" : "",
	    control_names[control]);
	path = file_path_in(folder, buf_text(&name));
	/* Each file may be missing. */
	if (import_file_read(path, &text, reader->translation, &err))
		take_control(reader, control, buf_span(&text));
	else if (errno != ENOENT)
		import_profile_leave(reader->profile,
		    span_from(control_names[control]), err.text);
	free(path);
	buf_free(&name);
	buf_wipe(&text);
}

/*
 * Names.
 */

static void
choose_me(struct reader *reader)
{
	reader->me =
	    has(reader, CONTROL_MAILNAME) ? CONTROL_MAILNAME : CONTROL_ME;
	if (has(reader, CONTROL_MAILNAME) && has(reader, CONTROL_ME))
		leave(reader, CONTROL_ME,
		    "Debian's nullmailer reads /etc/mailname instead");
}

/* Adds the default domain to a name without a dot. */
static void
add_host(const struct reader *reader, struct span name, struct buf *out)
{
	struct span domain = value_of(reader, CONTROL_DEFAULTDOMAIN);

	/* Debian's has no default for it. */
	if (domain.len == 0)
		domain = value_of(reader, CONTROL_ME);
	if (reader->me == CONTROL_MAILNAME &&
	    !has(reader, CONTROL_DEFAULTDOMAIN))
		domain = (struct span){0};
	buf_add_span(out, name);
	if (domain.len == 0 || span_equal(name, SPAN("localhost")) ||
	    span_find(name, '.') < name.len)
		return;
	buf_add_char(out, '.');
	buf_add_span(out, domain);
}

static void
take_ehlo_name(const struct reader *reader)
{
	enum control control =
	    has(reader, CONTROL_HELOHOST) ? CONTROL_HELOHOST : reader->me;

	if (has(reader, control))
		import_profile_set(reader->profile, "ehlo-name",
		    value_of(reader, control), control_names[control]);
	else
		import_profile_comment(reader->profile,
		    "there is neither me nor /etc/mailname nor helohost, so "
		    "nullmailer sent HELO me; smtpost sends the host name");
}

static void
take_sender(const struct reader *reader, const char *keys)
{
	struct span address = value_of(reader, CONTROL_ALLMAILFROM);
	struct buf sender = {0};

	if (address.len == 0) {
		buf_add_text(&sender, "%u@");
		address = buf_span(&reader->host);
	}
	identity_add_literal(&sender, address);
	import_profile_set(reader->profile, "sender", buf_span(&sender), keys);
	buf_free(&sender);
}

static void
take_domain(struct reader *reader)
{
	enum control control =
	    has(reader, CONTROL_DEFAULTHOST) ? CONTROL_DEFAULTHOST : reader->me;
	struct buf keys = {0};

	if (has(reader, CONTROL_DEFAULTDOMAIN))
		leave(reader, CONTROL_DEFAULTDOMAIN,
		    "smtpost adds no domain to a host name without a dot, as "
		    "in joe@host");
	if (has(reader, control)) {
		add_host(reader, value_of(reader, control), &reader->host);
		buf_add_text(&keys, control_names[control]);
		if (reader->host.len > value_of(reader, control).len)
			buf_add_format(&keys, ", %s",
			    control_names[has(reader, CONTROL_DEFAULTDOMAIN)
				    ? CONTROL_DEFAULTDOMAIN
				    : CONTROL_ME]);
		import_profile_set(reader->profile, "domain",
		    buf_span(&reader->host), buf_text(&keys));
		buf_add_text(&keys,
		    ": nullmailer does not take the reverse-path from the "
		    "header");
	}
	if (has(reader, CONTROL_ALLMAILFROM)) {
		take_sender(reader, "allmailfrom");
		if (import_profile_find(reader->profile, "sender") != NULL)
			import_profile_comment(reader->profile,
			    "allmailfrom: nullmailer used it even in place of "
			    "-f; in smtpost -f replaces sender, unless "
			    "header-policy is provider");
	} else if (reader->host.len > 0) {
		take_sender(reader, buf_text(&keys));
	}
	buf_free(&keys);
	if (has(reader, CONTROL_IDHOST))
		leave(reader, CONTROL_IDHOST,
		    "smtpost chooses the domain of a Message-ID itself");
}

/* Mail to names without a domain, and at the machine's own names. */
static void
take_local_names(const struct reader *reader)
{
	struct span me = value_of(reader, reader->me);

	import_profile_set_text(reader->profile, "aliases", "none",
	    "nullmailer has no aliases; without this line smtpost would use "
	    "/etc/aliases");
	if (!has(reader, CONTROL_ADMINADDR))
		return;
	if (!span_equal(buf_span(&reader->host), me) &&
	    !span_equal(buf_span(&reader->host), SPAN("localhost"))) {
		leave(reader, CONTROL_ADMINADDR,
		    "nullmailer sends mail for names without a domain to "
		    "defaulthost, and only mail for names at localhost and at "
		    "its own name to this address; local-recipients would "
		    "take both");
		return;
	}
	import_profile_set(reader->profile, "local-recipients",
	    value_of(reader, CONTROL_ADMINADDR), "adminaddr");
	if (me.len > 0)
		import_profile_set(reader->profile, "local-domains", me,
		    "adminaddr: mail for names at this domain goes to it, too");
}

/* Both names that the name of the machine would give are set. */
static void
note_me(const struct reader *reader)
{
	if (has(reader, reader->me) && has(reader, CONTROL_HELOHOST) &&
	    has(reader, CONTROL_DEFAULTHOST))
		need_not(reader, reader->me,
		    "nullmailer sends the name in helohost, and adds "
		    "defaulthost to addresses");
}

/*
 * The queue.
 */

/* nullmailer stops at the first octet that is not a digit. */
static bool
take_seconds(
    const struct reader *reader, enum control control, uint64_t *seconds)
{
	struct span value = value_of(reader, control);

	if (value.len == 0)
		return false;
	if (span_number(span_digits(value), INT32_MAX, seconds))
		return true;
	leave(reader, control, "it is not a number of seconds");
	return false;
}

static void
set_seconds(const struct reader *reader, enum control control,
    const char *setting, uint64_t seconds)
{
	struct buf value = {0};

	buf_add_format(&value, "%llus", (unsigned long long)seconds);
	import_profile_set(
	    reader->profile, setting, buf_span(&value), control_names[control]);
	buf_free(&value);
}

static void
take_pauses(const struct reader *reader)
{
	uint64_t first = 60, longest = 24 * 60 * 60;
	bool has_first = take_seconds(reader, CONTROL_PAUSETIME, &first);
	bool has_longest = take_seconds(reader, CONTROL_MAXPAUSE, &longest);
	struct buf value = {0};

	if (has_first && first == 0) {
		leave(reader, CONTROL_PAUSETIME,
		    "nullmailer then ends after one run; smtpost -q makes such "
		    "a run");
		if (has_longest)
			need_not(reader, CONTROL_MAXPAUSE,
			    "with pausetime 0 there is no pause");
	} else if (has_first || has_longest) {
		buf_add_format(&value, "%llus %llus", (unsigned long long)first,
		    (unsigned long long)(longest < first ? first : longest));
		import_profile_set(reader->profile, "queue-retry",
		    buf_span(&value),
		    !has_first	       ? "maxpause"
			: !has_longest ? "pausetime"
				       : "pausetime, maxpause");
		buf_free(&value);
	}
}

static void
take_queue(const struct reader *reader)
{
	uint64_t seconds;

	take_pauses(reader);
	if (take_seconds(reader, CONTROL_QUEUELIFETIME, &seconds)) {
		if (seconds > 0)
			set_seconds(reader, CONTROL_QUEUELIFETIME,
			    "queue-lifetime", seconds);
		else
			leave(reader, CONTROL_QUEUELIFETIME,
			    "mail that cannot be sent at once would be "
			    "returned; set queue = never");
	}
	if (take_seconds(reader, CONTROL_SENDTIMEOUT, &seconds)) {
		if (seconds > 0)
			set_seconds(reader, CONTROL_SENDTIMEOUT,
			    "timeout-total", seconds);
		else
			need_not(reader, CONTROL_SENDTIMEOUT,
			    "there is no time limit by default");
	}
	if (has(reader, CONTROL_BOUNCETO))
		leave(reader, CONTROL_BOUNCETO,
		    "notifications go to the reverse-path; see notify-command");
	if (has(reader, CONTROL_DOUBLEBOUNCETO))
		leave(reader, CONTROL_DOUBLEBOUNCETO,
		    "a notification that cannot be sent is put aside; see "
		    "notify-command");
	if (has(reader, CONTROL_BOUNCELINES))
		leave(reader, CONTROL_BOUNCELINES,
		    "a notification has the whole message, or with dsn-return "
		    "= hdrs the header");
}

/*
 * Servers.
 */

static void
take_remote(struct reader *reader, struct span line)
{
	struct nullmailer_remote remote = {0};
	const char *why = nullmailer_remote_parse(&remote, line);
	struct span host;

	if (why == NULL && reader->remote_count >= REMOTES_MAX)
		why = "there are more than 100 servers";
	if (why == NULL) {
		*(struct nullmailer_remote *)mem_append(&reader->remotes,
		    &reader->remote_count, sizeof(remote)) = remote;
		return;
	}
	host = import_key_name(buf_span(&remote.host));
	import_profile_leave(reader->profile,
	    host.len > 0 ? host : SPAN("a line of remotes"), why);
	nullmailer_remote_free(&remote);
}

static void
take_remotes(struct reader *reader, struct span text)
{
	struct span line;

	while (span_next_word(&text, "\n", &line)) {
		line = span_trim(line);
		if (line.len > 0 && line.at[0] != '#')
			take_remote(reader, line);
	}
}

static void
leave_option(struct import_profile *profile,
    const struct nullmailer_remote *remote, enum nullmailer_option option,
    const char *why)
{
	if (nullmailer_remote_has(remote, option))
		import_profile_leave(profile,
		    span_from(nullmailer_remote_option_name(option)), why);
}

/* A file, whose path nullmailer takes from the folder where it runs. */
static void
take_file(struct import_profile *profile,
    const struct nullmailer_remote *remote, enum nullmailer_option option,
    const char *setting)
{
	struct span path = buf_span(&remote->values[option]);
	struct buf whole = {0};

	if (!nullmailer_remote_has(remote, option))
		return;
	if (nullmailer_remote_has(remote, NULLMAILER_X509FMTDER)) {
		leave_option(profile, remote, option,
		    "its file is in DER form; convert it to PEM and set it "
		    "here");
		return;
	}
	if (path.len > 0 && path.at[0] != '/')
		buf_add_text(&whole, QUEUE_FOLDER "/");
	buf_add_span(&whole, path);
	import_profile_set(profile, setting, buf_span(&whole),
	    nullmailer_remote_option_name(option));
	buf_free(&whole);
}

static void
leave_tls(
    struct import_profile *profile, const struct nullmailer_remote *remote)
{
	for (int i = NULLMAILER_X509CERTFILE; i <= NULLMAILER_TLS_ANON_AUTH;
	     i++)
		leave_option(profile, remote, (enum nullmailer_option)i,
		    "it has no effect without tls or starttls");
}

static void
take_tls(struct import_profile *profile, const struct nullmailer_remote *remote)
{
	if (!nullmailer_remote_uses_tls(remote)) {
		leave_tls(profile, remote);
		return;
	}
	take_file(profile, remote, NULLMAILER_X509CERTFILE, "tls-cert");
	if (import_profile_find(profile, "tls-cert") != NULL)
		take_file(profile, remote, NULLMAILER_X509KEYFILE, "tls-key");
	else
		leave_option(profile, remote, NULLMAILER_X509KEYFILE,
		    "there is no certificate for this key");
	take_file(profile, remote, NULLMAILER_X509CAFILE, "tls-trust");
	leave_option(profile, remote, NULLMAILER_X509FMTDER,
	    "smtpost reads PEM files only");
	leave_option(profile, remote, NULLMAILER_TLS_ANON_AUTH,
	    nullmailer_remote_has(remote, NULLMAILER_INSECURE)
		? "smtpost has no TLS without certificates; the server needs "
		  "one, but any will do"
		: "it has no effect without insecure");
}

/* With insecure, smtpost checks the certificate only before a login. */
static void
take_revocations(
    struct import_profile *profile, const struct nullmailer_remote *remote)
{
	bool is_checked = !nullmailer_remote_has(remote, NULLMAILER_INSECURE) ||
	    import_profile_find(profile, "auth") != NULL;

	if (!nullmailer_remote_uses_tls(remote))
		return;
	if (is_checked)
		take_file(profile, remote, NULLMAILER_X509CRLFILE, "tls-crl");
	else
		leave_option(profile, remote, NULLMAILER_X509CRLFILE,
		    "with insecure any certificate is accepted");
}

/* A login needs both; without one of them nullmailer does not log in. */
static void
take_login(
    struct import_profile *profile, const struct nullmailer_remote *remote)
{
	static const char lonely[] =
	    "nullmailer logs in only if both user and pass are set";
	bool is_external =
	    nullmailer_remote_has(remote, NULLMAILER_AUTH_EXTERNAL);
	bool logs_in = nullmailer_remote_has(remote, NULLMAILER_USER) &&
	    nullmailer_remote_has(remote, NULLMAILER_PASS);

	if (is_external && import_profile_find(profile, "tls-cert") != NULL)
		import_profile_set_text(
		    profile, "auth", "external", "auth-external");
	else
		leave_option(profile, remote, NULLMAILER_AUTH_EXTERNAL,
		    "such a login needs a client certificate, with "
		    "x509certfile and TLS");
	if (is_external || !logs_in) {
		const char *why = is_external
		    ? "with auth-external nullmailer does not use it"
		    : lonely;

		leave_option(profile, remote, NULLMAILER_USER, why);
		leave_option(profile, remote, NULLMAILER_PASS, why);
		leave_option(profile, remote, NULLMAILER_AUTH_LOGIN, lonely);
		return;
	}
	import_profile_set(profile, "user",
	    buf_span(&remote->values[NULLMAILER_USER]), "user");
	if (import_profile_find(profile, "user") == NULL) {
		leave_option(profile, remote, NULLMAILER_PASS,
		    "there is no user that smtpost can take over");
		return;
	}
	import_profile_set_password(
	    profile, buf_span(&remote->values[NULLMAILER_PASS]), "pass");
	if (nullmailer_remote_has(remote, NULLMAILER_AUTH_LOGIN))
		import_profile_set_text(profile, "auth", "login", "auth-login");
	else
		import_profile_set_text(profile, "auth", "plain login",
		    "user, pass: the only mechanisms of nullmailer, in its "
		    "order");
}

static struct foreign_server
foreign_of(const struct nullmailer_remote *remote, const char *keys)
{
	bool is_immediate = nullmailer_remote_has(remote, NULLMAILER_TLS) ||
	    nullmailer_remote_has(remote, NULLMAILER_SSL);
	struct foreign_server server = {
	    .tls = is_immediate			     ? FOREIGN_TLS_IMMEDIATE
		: nullmailer_remote_uses_tls(remote) ? FOREIGN_TLS_STARTTLS
						     : FOREIGN_TLS_NONE,
	    .host = buf_span(&remote->host),
	    .port = remote->port,
	    .verifies = true,
	    .takes_any = nullmailer_remote_has(remote, NULLMAILER_INSECURE),
	    .keys = keys,
	};

	if (server.port == 0)
		server.port = is_immediate ? 465 : 25;
	return server;
}

/* "remotes: host, port, starttls" */
static void
add_keys(const struct nullmailer_remote *const *group, size_t count,
    struct buf *keys)
{
	static const enum nullmailer_option options[] = {NULLMAILER_PORT,
	    NULLMAILER_TLS, NULLMAILER_SSL, NULLMAILER_STARTTLS,
	    NULLMAILER_INSECURE};

	buf_add_text(keys, "remotes: host, smtp");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		bool is_given = false;

		if (options[i] == NULLMAILER_INSECURE &&
		    !nullmailer_remote_uses_tls(group[0]))
			continue;
		for (size_t j = 0; j < count && !is_given; j++)
			is_given = nullmailer_remote_has(group[j], options[i]);
		if (is_given)
			buf_add_format(keys, ", %s",
			    nullmailer_remote_option_name(options[i]));
	}
}

/* The servers of one profile, which agree in all other options. */
static void
take_group(const struct nullmailer_remote *const *group, size_t count,
    struct import_profile *profile)
{
	struct foreign_server servers[REMOTES_MAX];
	struct buf keys = {0};

	add_keys(group, count, &keys);
	for (size_t i = 0; i < count; i++)
		servers[i] = foreign_of(group[i], buf_text(&keys));
	foreign_server_translate(servers, count, profile);
	buf_free(&keys);
	/* Of almost any line, the first word could be a host. */
	if (import_profile_find(profile, "server") != NULL)
		profile->tally->is_understood = true;
	if (nullmailer_remote_has(group[0], NULLMAILER_SOURCE))
		import_profile_set(profile, "source-address",
		    buf_span(&group[0]->values[NULLMAILER_SOURCE]), "source");
	take_tls(profile, group[0]);
	take_login(profile, group[0]);
	take_revocations(profile, group[0]);
}

/*
 * Collects the servers that agree with that at `first` and were not yet taken.
 * Returns their number.
 */
static size_t
collect_group(const struct reader *reader, size_t first,
    bool is_taken[REMOTES_MAX], const struct nullmailer_remote **group)
{
	size_t count = 0;

	for (size_t i = first; i < reader->remote_count; i++) {
		if (is_taken[i] ||
		    !nullmailer_remote_agrees(
			&reader->remotes[first], &reader->remotes[i]))
			continue;
		group[count++] = &reader->remotes[i];
		is_taken[i] = true;
	}
	return count;
}

/* One profile if all agree; else `default`, and more that -P chooses. */
static void
take_servers(struct reader *reader)
{
	const struct nullmailer_remote *group[REMOTES_MAX];
	bool is_taken[REMOTES_MAX] = {false};

	for (size_t first = 0; first < reader->remote_count; first++) {
		struct import_profile *profile = reader->profile;
		size_t count = collect_group(reader, first, is_taken, group);

		if (count == 0)
			continue;
		if (first > 0)
			profile = translation_profile(reader->translation,
			    buf_span(&reader->remotes[first].host));
		else if (count < reader->remote_count)
			profile = translation_profile(
			    reader->translation, SPAN("default"));
		take_group(group, count, profile);
		if (first > 0)
			import_profile_leave(profile, buf_span(&group[0]->host),
			    "nullmailer also tries this server after those of "
			    "[default] fail, but a profile has one login and "
			    "one kind of TLS; -P chooses it");
	}
	if (reader->remote_count == 0)
		import_profile_comment(reader->profile,
		    "there is no server in remotes that smtpost can use");
}

static void
free_reader(struct reader *reader)
{
	for (size_t i = 0; i < reader->remote_count; i++)
		nullmailer_remote_free(&reader->remotes[i]);
	free(reader->remotes);
	for (size_t i = 0; i < CONTROL_COUNT; i++)
		buf_free(&reader->values[i]);
	buf_free(&reader->host);
}

/* The folder whose files are read; NULL: none. Caller frees. */
static char *
find_folder(const struct import_source *source)
{
	if (source->is_folder)
		return mem_copy_text(source->path);
	return span_equal(
		   file_last_part(span_from(source->path)), SPAN("remotes"))
	    ? file_folder(source->path)
	    : NULL;
}

static void
translate(struct reader *reader, const char *folder, struct span remotes)
{
	for (int i = 0; i < CONTROL_COUNT && folder != NULL; i++)
		read_control(reader, folder, (enum control)i);
	take_remotes(reader, remotes);
	if (folder != NULL) {
		choose_me(reader);
		take_ehlo_name(reader);
		take_domain(reader);
		take_local_names(reader);
		note_me(reader);
		take_queue(reader);
	}
	take_servers(reader);
}

bool
nullmailer_read(const struct import_source *source,
    struct translation *translation, struct error *err)
{
	struct reader reader = {.translation = translation,
	    .profile = translation_profile(translation, SPAN(""))};
	char *folder = find_folder(source);
	struct buf text = {0};
	bool done = true;

	if (source->is_folder) {
		char *path = file_path_in(folder, "remotes");

		done = import_file_read(path, &text, translation, err);
		if (!done && errno == ENOENT)
			error_add(err,
			    "\nhint: the only folder that can be imported is "
			    "that of nullmailer");
		free(path);
	}
	if (done)
		translate(&reader, folder,
		    source->is_folder ? buf_span(&text) : source->text);
	free(folder);
	buf_wipe(&text);
	free_reader(&reader);
	return done;
}

bool
nullmailer_is_like(struct span text)
{
	struct span line, word;
	bool has_protocol = false;

	while (span_next_word(&text, "\n", &line)) {
		line = span_trim(line);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		span_next_word(&line, " \t", &word);
		if (!span_next_word(&line, " \t", &word))
			continue;
		if (!span_equal(word, SPAN("smtp")) &&
		    !span_equal(word, SPAN("qmqp")))
			return false;
		has_protocol = true;
	}
	return has_protocol;
}
