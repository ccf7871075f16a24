/*
 * s-nail looks most variables up in a chain: with the user and the server, with
 * the server, and alone. It has two ways to log in; v15-compat chooses the new
 * one, and so does a URL with a user, which the old way refuses.
 */
#include "import/s_nail.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "base/program_path.h"
#include "import/foreign_author.h"
#include "import/foreign_server.h"
#include "import/foreign_url.h"
#include "import/import_names.h"
#include "import/s_nail_script.h"
#include "profile/identity.h"
#include "profile/mechanism.h"

struct s_nail {
	struct translation *translation;
	struct s_nail_script script;
};

/* One profile that is being made. */
struct view {
	struct s_nail_scope *scope;
	struct import_profile *profile;
	struct foreign_url url;
	struct s_nail_variable *mta;
	bool is_smtps, is_new;
	struct buf user;   /* of the login */
	struct buf author; /* the address of `from` */
};

bool
s_nail_is_like(struct span text)
{
	static const char *const words[] = {"mta=smtp", "mta=submission",
	    "smtp-auth", "smtp-use-starttls", "v15-compat"};
	struct span line, word;

	while (span_next_word(&text, "\n", &line)) {
		struct span rest = line;

		if (!span_next_word(&rest, " \t\r", &word) ||
		    !(span_equal(word, SPAN("set")) ||
			span_equal(word, SPAN("wysh"))))
			continue;
		while (span_next_word(&rest, " \t\r", &word)) {
			if (span_starts(word, SPAN("smtp=")))
				return true;
			for (size_t i = 0; i < sizeof(words) / sizeof(*words);
			     i++)
				if (span_starts(word, span_from(words[i])))
					return true;
		}
	}
	return false;
}

/* The variable NAME, or NAME-SUFFIX. */
static struct s_nail_variable *
find(const struct view *view, const char *name, struct span suffix)
{
	struct s_nail_variable *variable;
	struct buf whole = {0};

	buf_add_text(&whole, name);
	if (suffix.len > 0) {
		buf_add_char(&whole, '-');
		buf_add_span(&whole, suffix);
	}
	variable = s_nail_script_find(view->scope, buf_span(&whole));
	buf_free(&whole);
	return variable;
}

static void
leave(
    const struct view *view, struct s_nail_variable *variable, const char *why)
{
	struct buf line = {0};

	variable->is_used = true;
	s_nail_script_add_line(&line, variable);
	import_profile_leave(view->profile, buf_span(&line), why);
	buf_free(&line);
}

static void
need_not(
    const struct view *view, struct s_nail_variable *variable, const char *why)
{
	struct buf line = {0};

	variable->is_used = true;
	s_nail_script_add_line(&line, variable);
	import_profile_need_not(view->profile, buf_span(&line), why);
	buf_free(&line);
}

/* Marks it as used; NULL, with a comment, if its value is not known. */
static struct s_nail_variable *
use(const struct view *view, struct s_nail_variable *variable)
{
	if (variable == NULL)
		return NULL;
	variable->is_used = true;
	if (variable->is_known)
		return variable;
	import_profile_leave(view->profile, span_from(variable->name),
	    "there is a variable in it, which only s-nail can replace");
	return NULL;
}

/* The first variable of the chain that is set. */
static struct s_nail_variable *
use_chain(const struct view *view, const char *name)
{
	struct s_nail_variable *variable;
	struct buf suffix = {0};

	buf_add_span(&suffix, buf_span(&view->user));
	buf_add_char(&suffix, '@');
	buf_add_span(&suffix, view->url.server);
	variable = find(view, name, buf_span(&suffix));
	buf_free(&suffix);
	if (variable == NULL)
		variable = find(view, name, view->url.server);
	if (variable == NULL)
		variable = find(view, name, SPAN(""));
	return use(view, variable);
}

/* The old way: the address of `from` chooses, not the server. */
static struct s_nail_variable *
use_old(const struct view *view, const char *name)
{
	struct s_nail_variable *variable = NULL;

	if (view->author.len > 0)
		variable = find(view, name, buf_span(&view->author));
	if (variable == NULL)
		variable = find(view, name, SPAN(""));
	return use(view, variable);
}

static struct s_nail_variable *
use_one(const struct view *view, const char *name)
{
	return use(view, find(view, name, SPAN("")));
}

/* A variable of TLS under its name of today, else under its old one. */
static struct s_nail_variable *
use_tls(const struct view *view, const char *name)
{
	struct s_nail_variable *variable;
	struct buf text = {0};

	buf_add_format(&text, "tls-%s", name);
	variable = use_chain(view, buf_text(&text));
	if (variable == NULL) {
		buf_clear(&text);
		buf_add_format(&text, "ssl-%s", name);
		variable = use_chain(view, buf_text(&text));
	}
	buf_free(&text);
	return variable;
}

/* Reads the scheme; false: it is none of SMTP. */
static bool
read_scheme(struct view *view)
{
	static const struct {
		struct span scheme;
		unsigned short port;
		bool is_smtps;
	} schemes[] = {{SPAN("smtp"), 25, false}, {SPAN(""), 25, false},
	    {SPAN("smtps"), 465, true}, {SPAN("submission"), 587, false},
	    {SPAN("submissions"), 465, true}};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (span_equal_nocase(view->url.scheme, schemes[i].scheme)) {
			view->is_smtps = schemes[i].is_smtps;
			if (view->url.port == 0)
				view->url.port = schemes[i].port;
			return true;
		}
	return false;
}

/* Finds the server; if there is none, comments say why. */
static bool
find_server(struct view *view)
{
	struct s_nail_variable *smtp = find(view, "smtp", SPAN(""));
	struct span value;

	view->mta = smtp != NULL ? smtp : find(view, "mta", SPAN(""));
	if (view->mta == NULL)
		return false;
	value = buf_span(&view->mta->value);
	if (!view->mta->is_known)
		leave(view, view->mta,
		    "there is a variable in it, which only s-nail can replace");
	else if (smtp == NULL &&
	    (span_starts(value, SPAN("/")) ||
		span_find(value, ':') == value.len ||
		span_starts(value, SPAN("file:")) ||
		span_starts(value, SPAN("test:"))))
		leave(view, view->mta,
		    "it is a program that sends the mail; import the "
		    "configuration of that program");
	else if (!foreign_url_read(value, &view->url) || !read_scheme(view))
		leave(view, view->mta, "it is not a URL that s-nail accepts");
	else
		return true;
	return false;
}

/* Reads the address of `from`, which the old variables are named after. */
static void
read_author(struct view *view)
{
	struct s_nail_variable *from = find(view, "from", SPAN(""));
	struct address_list list = {0};
	struct error ignored;
	char *address;

	if (from == NULL ||
	    !address_list_parse(&list, buf_span(&from->value), &ignored))
		return;
	if (list.count > 0) {
		address = mailbox_as_written(&list.mailboxes[0]);
		buf_add_text(&view->author, address);
		free(address);
	}
	address_list_free(&list);
}

static struct s_nail_variable *
use_user(struct view *view)
{
	struct s_nail_variable *user;

	buf_init_secret(&view->user, view->url.user.len + BUF_DEFAULT_MAX);
	if (view->url.user.len > 0) {
		buf_add_span(&view->user, buf_span(&view->url.user));
		return view->mta;
	}
	if (!view->is_new) {
		user = use_old(view, "smtp-auth-user");
	} else {
		user = find(view, "user", view->url.server);
		if (user == NULL)
			user = find(view, "user", SPAN(""));
		user = use(view, user);
	}
	if (user != NULL)
		buf_add_span(&view->user, buf_span(&user->value));
	return user;
}

static void
set_server(struct view *view)
{
	struct s_nail_variable *starttls = use_chain(view, "smtp-use-starttls");
	struct s_nail_variable *verify = use_tls(view, "verify");
	struct span word = verify != NULL ? buf_span(&verify->value) : SPAN("");
	struct foreign_server server = {
	    .tls = view->is_smtps  ? FOREIGN_TLS_IMMEDIATE
		: starttls != NULL ? FOREIGN_TLS_STARTTLS
				   : FOREIGN_TLS_NONE,
	    .host = view->url.host,
	    .port = view->url.port,
	    .verifies = !span_equal_nocase(word, SPAN("warn")) &&
		!span_equal_nocase(word, SPAN("ignore")),
	};
	struct buf keys = {0};

	view->mta->is_used = true;
	buf_add_text(&keys, view->mta->name);
	if (starttls != NULL)
		buf_add_format(&keys, ", %s", starttls->name);
	server.keys = buf_text(&keys);
	foreign_server_translate(&server, 1, view->profile);
	if (verify != NULL)
		need_not(view, verify,
		    server.tls == FOREIGN_TLS_NONE
			? "there is no TLS"
			: "smtpost always checks the certificate");
	buf_free(&keys);
}

/* Only absolute paths and ~/ mean the same to smtpost. */
static void
set_file(const struct view *view, struct s_nail_variable *variable,
    const char *setting, struct span path)
{
	if (span_starts(path, SPAN("/")) || span_starts(path, SPAN("~/")))
		import_profile_set(
		    view->profile, setting, path, variable->name);
	else
		leave(view, variable,
		    "the path is relative to the folder in which s-nail runs, "
		    "or to its variable folder; write an absolute path");
}

/* The next pair of the list; a comma after a backslash is a part of it. */
static bool
next_pair(struct span *rest, struct span *pair)
{
	size_t end = 0;

	if (rest->len == 0)
		return false;
	while (end < rest->len && rest->at[end] != ',')
		end += rest->at[end] == '\\' && end + 1 < rest->len ? 2 : 1;
	*pair = span_head(*rest, end);
	*rest = span_skip(*rest, end + 1);
	return true;
}

/* "MinProtocol=TLSv1.2, Certificate=~/me.pem": pairs for OpenSSL. */
static void
set_pairs(const struct view *view, struct s_nail_variable *pairs)
{
	struct span rest = buf_span(&pairs->value), pair;
	struct buf others = {0};

	while (next_pair(&rest, &pair)) {
		size_t equals = span_find(pair, '=');
		struct span name = span_trim(span_head(pair, equals));
		struct span value = span_trim(span_skip(pair, equals + 1));

		/* "Certificate*=" only says that it is a path. */
		name = span_trim(span_head(name, span_find(name, '*')));
		if (span_equal_nocase(name, SPAN("Certificate")))
			set_file(view, pairs, "tls-cert", value);
		else if (span_equal_nocase(name, SPAN("PrivateKey")))
			set_file(view, pairs, "tls-key", value);
		else if (span_equal_nocase(name, SPAN("MinProtocol")) &&
		    (span_equal_nocase(value, SPAN("TLSv1.2")) ||
			span_equal_nocase(value, SPAN("TLSv1.3"))))
			import_profile_set(view->profile, "tls-min",
			    span_skip(value, strlen("TLSv")), pairs->name);
		else
			import_names_add(&others, name);
	}
	if (others.len > 0) {
		struct buf line = {0};

		buf_add_format(&line, "%s: %s", pairs->name, buf_text(&others));
		import_profile_leave(view->profile, buf_span(&line),
		    "these are settings for OpenSSL; see tls-min and "
		    "tls-priority");
		buf_free(&line);
	}
	buf_free(&others);
}

/* A file that tls-config-pairs may have named already. */
static void
set_old_file(const struct view *view, const char *name, const char *setting)
{
	struct s_nail_variable *file = use_chain(view, name);

	if (file == NULL)
		return;
	if (import_profile_find(view->profile, setting) != NULL)
		need_not(
		    view, file, "tls-config-pairs takes precedence over it");
	else
		set_file(view, file, setting, buf_span(&file->value));
}

static void
set_tls(const struct view *view)
{
	struct s_nail_variable *file = use_tls(view, "ca-file");
	struct s_nail_variable *only = use_tls(view, "ca-no-defaults");
	struct s_nail_variable *pairs = use_tls(view, "config-pairs");
	struct s_nail_variable *crl = use_one(view, "tls-crl-file");

	if (crl == NULL)
		crl = use_one(view, "ssl-crl-file");
	if (file != NULL) {
		set_file(view, file, "tls-trust", buf_span(&file->value));
		if (only == NULL)
			import_profile_comment(view->profile,
			    "smtpost trusts the certificates of tls-trust "
			    "only, s-nail those of the system, too.");
	}
	if (only != NULL)
		need_not(view, only,
		    file != NULL ? "tls-trust replaces those of the system"
				 : "without a file s-nail trusts no "
				   "certificate");
	if (crl != NULL)
		set_file(view, crl, "tls-crl", buf_span(&crl->value));
	if (pairs != NULL)
		set_pairs(view, pairs);
	set_old_file(view, "ssl-cert", "tls-cert");
	set_old_file(view, "ssl-key", "tls-key");
}

/* The word of smtp-auth; sets `auth`. */
static struct span
set_auth(const struct view *view, const struct s_nail_variable *user)
{
	struct s_nail_variable *auth = view->is_new
	    ? use_chain(view, "smtp-auth")
	    : use_old(view, "smtp-auth");
	struct span word = auth != NULL ? buf_span(&auth->value) : SPAN("");

	if (auth == NULL && view->is_new)
		word = SPAN("plain");
	else if (auth == NULL && user != NULL &&
	    strcmp(view->mta->name, "smtp") == 0)
		word = SPAN("login");
	else if (auth == NULL)
		word = SPAN("none");
	if (auth == NULL) {
		import_profile_comment(view->profile,
		    view->is_new ? "auth: s-nail uses plain if smtp-auth is "
				   "not set."
			: span_equal(word, SPAN("login"))
			? "auth: mailx uses login if there is smtp-auth-user."
			: "auth: without v15-compat and smtp-auth, s-nail does "
			  "not log in.");
		import_profile_set(
		    view->profile, "auth", word, view->mta->name);
	} else if (span_equal_nocase(word, SPAN("externanon"))) {
		import_profile_set_text(
		    view->profile, "auth", "external", auth->name);
	} else if (span_equal_nocase(word, SPAN("none")) ||
	    mechanism_find(word) != NULL) {
		import_profile_set(view->profile, "auth", word, auth->name);
	} else {
		leave(view, auth, "smtpost has no such mechanism");
	}
	return word;
}

static struct s_nail_variable *
use_password(const struct view *view)
{
	return view->is_new ? use_chain(view, "password")
			    : use_old(view, "smtp-auth-password");
}

static void
set_password(const struct view *view, struct span auth)
{
	const struct mechanism *mechanism = mechanism_find(auth);
	struct s_nail_variable *variable =
	    view->url.has_password ? view->mta : use_password(view);
	struct span password = view->url.has_password
	    ? buf_span(&view->url.password)
	    : variable != NULL ? buf_span(&variable->value)
			       : SPAN("");

	if (variable == NULL)
		import_profile_comment(view->profile,
		    "No password is set: smtpost looks for it in ~/.netrc, "
		    "then asks for it, as s-nail does.");
	else if (mechanism != NULL && mechanism->credential == CREDENTIAL_TOKEN)
		import_profile_leave(view->profile, span_from(variable->name),
		    "the password is an access token, which expires; a "
		    "token-command prints a fresh one");
	else if (mechanism == NULL ||
	    mechanism->credential == CREDENTIAL_PASSWORD)
		import_profile_set_password(
		    view->profile, password, variable->name);
	else
		import_profile_need_not(view->profile,
		    span_from(variable->name), "the certificate is the login");
}

static void
set_login(struct view *view, struct s_nail_variable *user)
{
	struct span auth = set_auth(view, user);

	if (span_equal_nocase(auth, SPAN("externanon")))
		return;
	if (span_equal_nocase(auth, SPAN("none"))) {
		if (user != NULL && user != view->mta)
			need_not(view, user, "there is no login");
		if (!view->url.has_password) {
			struct s_nail_variable *password = use_password(view);

			if (password != NULL)
				need_not(view, password, "there is no login");
		}
		return;
	}
	if (view->user.len == 0) {
		import_profile_leave(view->profile, span_from(view->mta->name),
		    "s-nail logs in with the name of the local user; write it "
		    "into user");
		return;
	}
	import_profile_set(
	    view->profile, "user", buf_span(&view->user), user->name);
	set_password(view, auth);
}

/* USER@HOST with the user of the login, or that of the machine. */
static void
set_made_sender(const struct view *view, struct span user, struct span host,
    const char *keys)
{
	struct buf sender = {0};

	identity_add_literal(&sender, user);
	if (user.len == 0)
		buf_add_text(&sender, "%u");
	buf_add_char(&sender, '@');
	if (host.len > 0)
		buf_add_span(&sender, host);
	else
		buf_add_text(&sender, "%h");
	import_profile_set(view->profile, "sender", buf_span(&sender), keys);
	buf_free(&sender);
}

static void
set_author(const struct view *view)
{
	struct s_nail_variable *from = use_one(view, "from");
	struct s_nail_variable *sender = use_one(view, "sender");
	struct s_nail_variable *hostname = use_one(view, "hostname");
	struct s_nail_variable *smtp_hostname = use_one(view, "smtp-hostname");
	struct span host =
	    hostname != NULL ? buf_span(&hostname->value) : SPAN("");

	if (from != NULL)
		foreign_author_translate(
		    view->profile, buf_span(&from->value), from->name);
	if (sender != NULL && from != NULL &&
	    span_find(buf_span(&from->value), ',') < from->value.len)
		foreign_author_set_sender(
		    view->profile, buf_span(&sender->value), sender->name);
	else if (sender != NULL)
		need_not(view, sender,
		    "it is a field of the mail, which s-nail writes itself");
	if (hostname != NULL && host.len > 0) {
		import_profile_set(
		    view->profile, "ehlo-name", host, hostname->name);
		import_profile_set(
		    view->profile, "domain", host, hostname->name);
	} else if (hostname != NULL) {
		need_not(view, hostname, "then it is the name of the machine");
	}
	if (smtp_hostname != NULL && view->is_new)
		set_made_sender(view, buf_span(&view->user),
		    smtp_hostname->value.len > 0
			? buf_span(&smtp_hostname->value)
			: host,
		    smtp_hostname->name);
	else if (smtp_hostname != NULL)
		need_not(view, smtp_hostname,
		    "without v15-compat s-nail does not use it");
	else if (from == NULL && host.len > 0)
		set_made_sender(view, SPAN(""), host, hostname->name);
}

static void
set_network(const struct view *view)
{
	struct s_nail_variable *timeout =
	    use_one(view, "socket-connect-timeout");
	struct s_nail_variable *proxy = use_chain(view, "socks-proxy");
	struct s_nail_variable *aliases = use_one(view, "mta-aliases");
	struct buf text = {0};

	if (timeout != NULL) {
		buf_add_span(&text, buf_span(&timeout->value));
		buf_add_char(&text, 's');
		import_profile_set(view->profile, "timeout-connect",
		    buf_span(&text), timeout->name);
	}
	buf_clear(&text);
	if (proxy != NULL) {
		struct span value = buf_span(&proxy->value);

		if (!span_starts_nocase(value, SPAN("socks5://")))
			buf_add_text(&text, "socks5://");
		buf_add_span(&text, value);
		import_profile_set(
		    view->profile, "proxy", buf_span(&text), proxy->name);
	}
	buf_wipe(&text);
	if (aliases != NULL)
		set_file(view, aliases, "aliases", buf_span(&aliases->value));
}

/*
 * With r-option-implicit s-nail names the sender itself: always the author, so
 * it must not if the sender is another one. It does not look mta up in PATH.
 */
static void
add_way_back(const struct view *view)
{
	const struct import_setting *sender =
	    import_profile_find(view->profile, "sender");
	struct buf text = {0};
	char *path;

	if (view->profile->name == NULL)
		return;
	buf_add_format(&text,
	    "This line of .mailrc, in place of %s, makes s-nail use this "
	    "profile:",
	    view->mta->name);
	import_profile_comment(view->profile, buf_text(&text));
	buf_clear(&text);
	path = program_path_find("smtpost");
	buf_add_format(&text, "set mta=%s mta-arguments=\"-P %s\"%s",
	    path != NULL && strpbrk(path, " \t\"'\\$#&") == NULL
		? path
		: "/usr/bin/smtpost",
	    view->profile->name,
	    sender == NULL || strcmp(sender->keys, "from") == 0
		? " r-option-implicit"
		: "");
	free(path);
	import_profile_comment(view->profile, buf_text(&text));
	buf_free(&text);
}

/* Whether the variable is set, for this server or for all servers. */
static bool
has_any(const struct view *view, const char *name)
{
	return find(view, name, view->url.server) != NULL ||
	    find(view, name, SPAN("")) != NULL;
}

/* False: there is no server in the scope. */
static bool
write_profile(
    struct s_nail *reader, struct s_nail_scope *scope, const char *name)
{
	struct view view = {.scope = scope, .profile = reader->script.top};
	struct s_nail_variable *user, *compat;
	bool found = find_server(&view);

	if (found) {
		view.profile =
		    translation_profile(reader->translation, span_from(name));
		compat = use_one(&view, "v15-compat");
		view.is_new = compat != NULL || view.url.user.len > 0 ||
		    (has_any(&view, "user") &&
			!has_any(&view, "smtp-auth-user"));
		if (compat != NULL)
			need_not(&view, compat,
			    "it only chooses the syntax of this file");
		read_author(&view);
		user = use_user(&view);
		set_server(&view);
		set_tls(&view);
		set_login(&view, user);
		set_author(&view);
		set_network(&view);
		add_way_back(&view);
	}
	buf_wipe(&view.user);
	buf_free(&view.author);
	foreign_url_free(&view.url);
	return found;
}

/* What no profile has used. */
static void
write_unused(struct s_nail *reader, struct s_nail_scope *scope)
{
	for (size_t i = 0; i < scope->count; i++)
		if (scope->variables[i].is_set && !scope->variables[i].is_used)
			import_profile_leave(reader->script.top,
			    span_from(scope->variables[i].name),
			    "no profile uses the server that it belongs to");
}

/* An account has the variables of all, and its own. */
static void
write_account(struct s_nail *reader, struct s_nail_block *account)
{
	struct s_nail_scope scope = {.outer = &reader->script.all};

	s_nail_script_run(&reader->script, &scope, account->body);
	account->is_used = write_profile(reader, &scope, account->name);
	if (!account->is_used)
		import_profile_need_not(reader->script.top,
		    span_from(account->name),
		    "the account names no mail server to send to");
	write_unused(reader, &scope);
	s_nail_script_free_scope(&scope);
}

/* The account that the file switches to is the default profile. */
static void
extend_account(struct s_nail *reader, const char *account)
{
	struct import_profile *profile =
	    translation_profile(reader->translation, span_from(account));

	if (strcmp(account, "default") != 0 && profile->name != NULL)
		import_profile_set_text(
		    translation_profile(reader->translation, SPAN("default")),
		    "extends", profile->name, "account");
}

static void
write_profiles(struct s_nail *reader)
{
	struct s_nail_script *script = &reader->script;
	const char *bare = "default";

	for (size_t i = 0; i < script->count; i++)
		if (script->blocks[i]->is_account &&
		    (strcmp(script->blocks[i]->name, "default") == 0 ||
			script->account != NULL))
			bare = "no-account";
	write_profile(reader, &script->all, bare);
	for (size_t i = 0; i < script->count && !script->is_too_much; i++) {
		struct s_nail_block *block = script->blocks[i];

		if (!block->is_account)
			continue;
		write_account(reader, block);
		if (script->account != NULL && block->is_used &&
		    strcmp(script->account, block->name) == 0)
			extend_account(reader, script->account);
	}
}

static void
write_rest(struct s_nail *reader)
{
	struct s_nail_script *script = &reader->script;
	struct buf text = {0};

	write_unused(reader, &script->all);
	for (size_t i = 0; i < script->count; i++)
		if (!script->blocks[i]->is_account &&
		    !script->blocks[i]->is_used)
			import_names_add(
			    &script->commands, span_from("define"));
	if (script->others.len > 0) {
		buf_add_format(&text,
		    "the variables %s: they are not about sending mail",
		    buf_text(&script->others));
		import_profile_need_not(
		    script->top, (struct span){0}, buf_text(&text));
		buf_clear(&text);
	}
	if (script->commands.len > 0) {
		buf_add_format(&text,
		    "the commands %s: s-nail runs them itself",
		    buf_text(&script->commands));
		import_profile_need_not(
		    script->top, (struct span){0}, buf_text(&text));
	}
	buf_free(&text);
}

bool
s_nail_read(const struct import_source *source, struct translation *translation,
    struct error *err)
{
	struct s_nail reader = {.translation = translation,
	    .script.top = translation_profile(translation, SPAN(""))};
	bool done = true;

	s_nail_script_run(&reader.script, &reader.script.all, source->text);
	write_profiles(&reader);
	write_rest(&reader);
	if (reader.script.is_too_much)
		done = error_set(err, ERROR_DATA,
		    "cannot import the configuration of s-nail: it has too "
		    "many variables, accounts or calls");
	else if (translation_setting_count(translation) == 0)
		buf_add_text(&translation->nothing,
		    "it names no server in mta or smtp, so s-nail gives mail "
		    "to a program\n"
		    "hint: import the configuration of that program");
	s_nail_script_free(&reader.script);
	return done;
}
