/*
 * Says for every variable what smtpost does in its place. What it says of mutt
 * 2.2 is tested by tests/interop/import_mutt.py.
 */
#include "import/mutt_account.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "base/mem.h"
#include "import/foreign_author.h"
#include "import/foreign_server.h"
#include "import/import_key.h"
#include "import/mutt_url.h"
#include "import/mutt_variable.h"
#include "import/muttrc_key.h"
#include "profile/mechanism.h"

/*
 * The server
 */

static bool
read_url(const struct muttrc *rc, struct mutt_url *url)
{
	return mutt_url_read(mutt_variable_text(rc, "smtp_url"), url);
}

bool
mutt_account_has_server(const struct muttrc *rc)
{
	struct mutt_url url;
	bool has_server = read_url(rc, &url);

	mutt_url_free(&url);
	return has_server;
}

char *
mutt_account_host(const struct muttrc *rc)
{
	struct mutt_url url;
	char *host;

	read_url(rc, &url);
	host = span_copy(buf_span(&url.host));
	mutt_url_free(&url);
	return host;
}

static enum foreign_tls
tls_of(const struct muttrc *rc, const struct mutt_url *url)
{
	if (url->is_smtps)
		return FOREIGN_TLS_IMMEDIATE;
	if (mutt_variable_is_yes(rc, "ssl_force_tls"))
		return FOREIGN_TLS_STARTTLS;
	return mutt_variable_is_yes(rc, "ssl_starttls")
	    ? FOREIGN_TLS_OPPORTUNISTIC
	    : FOREIGN_TLS_NONE;
}

static void
translate_server(const struct mutt_account *account, const struct mutt_url *url)
{
	struct buf keys = {0};
	struct foreign_server server = {
	    .tls = tls_of(account->rc, url),
	    .host = buf_span(&url->host),
	    .port = url->port,
	    .verifies = mutt_variable_is_yes(account->rc, "ssl_verify_host") &&
		mutt_variable_is_yes(account->rc, "ssl_verify_dates"),
	};

	mutt_variable_add_key(account, "smtp_url", &keys);
	if (url->is_smtps) {
		mutt_variable_need_not(account, "ssl_force_tls",
		    "smtps:// has TLS from the start");
		mutt_variable_need_not(
		    account, "ssl_starttls", "smtps:// has TLS from the start");
	} else {
		mutt_variable_add_key(account, "ssl_force_tls", &keys);
		if (mutt_variable_is_yes(account->rc, "ssl_force_tls"))
			mutt_variable_need_not(account, "ssl_starttls",
			    "ssl_force_tls takes precedence over it");
		else
			mutt_variable_add_key(account, "ssl_starttls", &keys);
	}
	server.keys = buf_text(&keys);
	foreign_server_translate(&server, 1, account->profile);
	buf_free(&keys);
}

/*
 * The login
 */

/* The order of libgsasl in mutt, with the -PLUS that only smtpost has. */
static const char default_order[] =
    "SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, "
    "CRAM-MD5, PLAIN, LOGIN";
/* For a user or password that is not ASCII. */
static const char default_order_of_any[] = "CRAM-MD5, PLAIN, LOGIN";

/* Whether smtp_authenticators names one that takes a token. */
static bool
uses_token(const struct muttrc *rc)
{
	struct span rest = mutt_variable_text(rc, "smtp_authenticators"), word;
	const struct mechanism *mechanism;

	if (mutt_variable_find(rc, "smtp_oauth_refresh_command") == NULL)
		return false;
	while (span_next_word(&rest, ": ", &word)) {
		mechanism = mechanism_find(word);
		if (mechanism != NULL &&
		    mechanism->credential == CREDENTIAL_TOKEN)
			return true;
	}
	return false;
}

static void
leave_mechanism(
    const struct mutt_account *account, struct span name, const char *why)
{
	struct buf line = {0};

	buf_add_text(&line, "smtp_authenticators = ");
	buf_add_span(&line, name);
	import_profile_leave(account->profile, buf_span(&line), why);
	buf_free(&line);
}

/* The mechanisms in smtp_authenticators that can be used here. */
static void
add_mechanisms(
    const struct mutt_account *account, bool has_token, struct buf *names)
{
	struct span rest =
			mutt_variable_text(account->rc, "smtp_authenticators"),
		    word;

	while (span_next_word(&rest, ": ", &word)) {
		const struct mechanism *mechanism = mechanism_find(word);

		if (mechanism == NULL)
			leave_mechanism(account, word,
			    "smtpost does not have this mechanism");
		else if (has_token &&
		    mechanism->credential == CREDENTIAL_PASSWORD)
			leave_mechanism(account, word,
			    "a profile has a token or a password, not both; "
			    "this one has a token");
		else if (!has_token &&
		    mechanism->credential == CREDENTIAL_TOKEN)
			leave_mechanism(account, word,
			    "smtp_oauth_refresh_command is not set");
		else
			buf_add_format(names, "%s%s",
			    names->len > 0 ? ", " : "", mechanism->name);
	}
}

static void
translate_mechanisms(
    const struct mutt_account *account, bool has_token, bool is_ascii)
{
	struct buf names = {0};

	if (mutt_variable_text(account->rc, "smtp_authenticators").len == 0) {
		import_profile_set_text(account->profile, "auth",
		    is_ascii ? default_order : default_order_of_any,
		    "smtp_authenticators is not set: this is the order of "
		    "mutt");
		return;
	}
	if (mutt_variable_is_usable(account, "smtp_authenticators")) {
		add_mechanisms(account, has_token, &names);
		if (names.len > 0)
			import_profile_set(account->profile, "auth",
			    buf_span(&names), "smtp_authenticators");
	}
	buf_free(&names);
}

/* A password that is not in the URL. */
static void
translate_smtp_pass(const struct mutt_account *account)
{
	const struct muttrc_variable *variable =
	    mutt_variable_find(account->rc, "smtp_pass");
	struct buf why = {0};

	if (variable == NULL) {
		import_profile_comment(account->profile,
		    "smtp_pass is not set: mutt asks for the password, and so "
		    "does smtpost at a terminal; elsewhere it needs a "
		    "password-command");
	} else if (variable->value.command != NULL) {
		import_profile_set_text(account->profile, "password-command",
		    variable->value.command, "smtp_pass");
	} else if (variable->value.unknown != NULL) {
		buf_add_format(&why,
		    "%s; set password-command to a command that prints it",
		    variable->value.unknown);
		mutt_variable_comment(
		    account, "smtp_pass", true, true, buf_text(&why));
		buf_free(&why);
	} else if (variable->value.text.len > 0) {
		import_profile_set_password(account->profile,
		    buf_span(&variable->value.text), "smtp_pass");
	}
}

static void
translate_secret(const struct mutt_account *account, const struct mutt_url *url,
    bool has_token)
{
	struct span password = buf_span(&url->password);

	if (has_token) {
		if (mutt_variable_is_usable(
			account, "smtp_oauth_refresh_command"))
			import_profile_set(account->profile, "token-command",
			    mutt_variable_text(
				account->rc, "smtp_oauth_refresh_command"),
			    "smtp_oauth_refresh_command");
		mutt_variable_comment(account, "smtp_pass", false, true,
		    "the login uses a token");
		return;
	}
	mutt_variable_comment(account, "smtp_oauth_refresh_command", false,
	    true,
	    "mutt does not use it, because smtp_authenticators names neither "
	    "oauthbearer nor xoauth2");
	if (password.len == 0) {
		translate_smtp_pass(account);
		return;
	}
	mutt_variable_comment(account, "smtp_pass", false, true,
	    "the password in smtp_url takes precedence over it");
	if (mutt_variable_is_known(password))
		import_profile_set_password(
		    account->profile, password, "smtp_url");
	else
		import_profile_leave(account->profile,
		    SPAN("password in smtp_url"),
		    mutt_variable_find(account->rc, "smtp_url")->value.unknown);
}

static void
translate_no_login(const struct mutt_account *account)
{
	static const char why[] =
	    "without a user in smtp_url, mutt does not log in";

	mutt_variable_comment(account, "smtp_pass", false, true, why);
	mutt_variable_need_not(account, "smtp_authenticators", why);
	mutt_variable_comment(
	    account, "smtp_oauth_refresh_command", false, true, why);
}

/* The user is not known, so there is no login. */
static void
leave_user(const struct mutt_account *account, const char *key)
{
	static const char why[] = "the user is not known";
	struct buf line = {0};

	buf_add_format(&line, "user in %s", key);
	import_profile_leave(account->profile, buf_span(&line),
	    mutt_variable_find(account->rc, key)->value.unknown);
	buf_free(&line);
	import_profile_comment(account->profile,
	    uses_token(account->rc)
		? "set user and token-command, or smtpost will not log in"
		: "set user and password-command, or smtpost will not log in");
	mutt_variable_comment(account, "smtp_pass", true, true, why);
	mutt_variable_leave(account, "smtp_authenticators", why);
	mutt_variable_comment(
	    account, "smtp_oauth_refresh_command", true, true, why);
}

static void
translate_login(const struct mutt_account *account, const struct mutt_url *url)
{
	struct span user = buf_span(&url->user);
	const char *key = "smtp_url";
	bool has_token = uses_token(account->rc);

	if (user.len > 0) {
		mutt_variable_need_not(account, "smtp_user",
		    "the user in smtp_url takes precedence over it");
	} else {
		user = mutt_variable_text(account->rc, "smtp_user");
		key = "smtp_user";
	}
	if (user.len == 0) {
		translate_no_login(account);
		return;
	}
	if (!mutt_variable_is_known(user)) {
		leave_user(account, key);
		return;
	}
	import_profile_set(account->profile, "user", user, key);
	if (tls_of(account->rc, url) == FOREIGN_TLS_OPPORTUNISTIC)
		import_profile_comment(account->profile,
		    "with tls = opportunistic, smtpost logs in only over TLS "
		    "with a trusted certificate; otherwise it sends nothing");
	translate_mechanisms(account, has_token,
	    span_is_ascii(user) &&
		span_is_ascii(mutt_variable_text(account->rc, "smtp_pass")) &&
		span_is_ascii(buf_span(&url->password)));
	translate_secret(account, url, has_token);
}

/*
 * The sender
 */

/* The first mailbox in a variable; false: none. Free it if true. */
static bool
read_mailbox(
    const struct muttrc *rc, const char *name, struct address_list *list)
{
	struct span text = mutt_variable_text(rc, name);
	struct error ignored;

	*list = (struct address_list){0};
	if (text.len == 0 || !mutt_variable_is_known(text) ||
	    !address_list_parse(list, text, &ignored) || list->count == 0) {
		address_list_free(list);
		return false;
	}
	return true;
}

/* my_hdr replaces the field that mutt makes of `from`. */
static const char *
from_key(const struct muttrc *rc)
{
	return mutt_variable_find(rc, "my_hdr From") != NULL ? "my_hdr From"
							     : "from";
}

/* The address in a variable, if it has a domain; else NULL. */
static char *
address_in(const struct muttrc *rc, const char *name)
{
	struct address_list list;
	char *address = NULL;

	if (!read_mailbox(rc, name, &list))
		return NULL;
	if (list.mailboxes[0].domain != NULL)
		address = mailbox_as_written(&list.mailboxes[0]);
	address_list_free(&list);
	return address;
}

static const char *
sender_key(const struct muttrc *rc)
{
	return mutt_variable_text(rc, "envelope_from_address").len > 0
	    ? "envelope_from_address"
	    : from_key(rc);
}

char *
mutt_account_sender(const struct muttrc *rc)
{
	return address_in(rc, sender_key(rc));
}

/* The name in From, else realname. */
static void
translate_name(const struct mutt_account *account)
{
	const char *key = from_key(account->rc);
	struct address_list list = {0};
	bool has_from = read_mailbox(account->rc, key, &list);

	if (has_from && list.mailboxes[0].name != NULL) {
		foreign_author_set_name(
		    account->profile, span_from(list.mailboxes[0].name), key);
		mutt_variable_need_not(account, "realname",
		    "the name in the address takes precedence over it");
	} else if (mutt_variable_is_usable(account, "realname")) {
		foreign_author_set_name(account->profile,
		    mutt_variable_text(account->rc, "realname"),
		    mutt_variable_find(account->rc, "realname")->spelling);
	}
	address_list_free(&list);
}

static void
translate_sender(const struct mutt_account *account)
{
	const char *key = sender_key(account->rc),
		   *from = from_key(account->rc);
	char *address = mutt_account_sender(account->rc);

	if (address != NULL)
		foreign_author_set_sender(
		    account->profile, span_from(address), key);
	else if (mutt_variable_is_usable(account, key))
		mutt_variable_leave(account, key,
		    "it is not an address with a domain; without the setting "
		    "sender, the field From gives the sender");
	if (strcmp(from, "from") != 0)
		mutt_variable_need_not(
		    account, "from", "my_hdr From replaces it");
	if (strcmp(from, key) != 0)
		mutt_variable_need_not(account, from,
		    "mutt writes the field From; envelope_from_address is the "
		    "sender");
	translate_name(account);
	free(address);
}

static void
translate_host(const struct mutt_account *account)
{
	struct span name = mutt_variable_text(account->rc, "hostname"), rest;

	if (name.len == 0) {
		import_profile_comment(account->profile,
		    "hostname is not set: like mutt, smtpost sends the name of "
		    "this machine in EHLO, but its address if the name has no "
		    "dot; ehlo-name = NAME sets another name");
		mutt_variable_need_not(account, "hidden_host",
		    "the setting domain names the domain of addresses "
		    "without one");
		return;
	}
	if (!mutt_variable_is_usable(account, "hostname"))
		return;
	if (name.at[0] == '@') {
		mutt_variable_leave(account, "hostname",
		    "mutt does not use a name that begins with @");
		return;
	}
	import_profile_set(account->profile, "ehlo-name", name, "hostname");
	rest = span_skip(name, span_find(name, '.') + 1);
	if (mutt_variable_is_yes(account->rc, "hidden_host") &&
	    span_find(rest, '.') < rest.len) {
		import_profile_set(
		    account->profile, "domain", rest, "hostname, hidden_host");
		return;
	}
	import_profile_set(account->profile, "domain", name, "hostname");
	mutt_variable_need_not(account, "hidden_host",
	    "the setting domain names the domain of addresses without one");
}

/*
 * Everything else
 */

/* What becomes of a yes and of a no. */
static const struct answer {
	const char *name, *yes, *no;
	bool loses_yes, loses_no;
} answers[] = {
    {"ssl_use_sslv2", "smtpost never uses SSL 2",
	"smtpost does not use it either", true, false},
    {"ssl_use_sslv3", "smtpost never uses SSL 3",
	"smtpost does not use it either", true, false},
    {"ssl_use_tlsv1",
	"smtpost uses TLS 1.2 and newer; tls-priority = +VERS-TLS1.0 allows "
	"this version, at your risk",
	"smtpost does not use it either", true, false},
    {"ssl_use_tlsv1_1",
	"smtpost uses TLS 1.2 and newer; tls-priority = +VERS-TLS1.1 allows "
	"this version, at your risk",
	"smtpost does not use it either", true, false},
    {"ssl_use_tlsv1_3", "it is the default of smtpost, too",
	"smtpost uses the newest version that the server has; tls-priority = "
	"-VERS-TLS1.3 would forbid it",
	false, true},
    {"ssl_usesystemcerts", "it is the default of smtpost, too",
	"smtpost trusts the certificates of the system unless tls-trust names "
	"a file",
	false, true},
    {"ssl_verify_dates", "smtpost always checks them",
	"smtpost always checks them; if a certificate has expired, add the "
	"lines for tls-trust = pin that smtpost --server-info prints",
	false, true},
    {"ssl_verify_host", "smtpost always checks it",
	"smtpost always checks it; if the certificate has another name, set "
	"tls-host to that name",
	false, true},
    {"ssl_verify_partial_chains",
	"smtpost trusts a certificate in the file of tls-trust without its "
	"issuer",
	"smtpost trusts a certificate in the file of tls-trust even without "
	"its issuer",
	false, false},
    {"use_domain", "the setting domain does it",
	"smtpost appends the domain to every address without one", false, true},
    {"use_from", "smtpost adds the field From, too",
	"a message has to have the field From, so smtpost adds it", false,
	true},
};

static void
take_answer(void *reader, const struct import_line *line)
{
	const struct mutt_account *account = reader;
	bool yes;

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		const struct answer *answer = &answers[i];

		if (!span_equal(line->key, span_from(answer->name)))
			continue;
		yes = mutt_variable_is_yes(account->rc, answer->name);
		mutt_variable_comment(account, answer->name,
		    yes ? answer->loses_yes : answer->loses_no, false,
		    yes ? answer->yes : answer->no);
	}
}

static void
take_tls_1_2(void *reader, const struct import_line *line)
{
	const struct mutt_account *account = reader;

	(void)line;
	if (mutt_variable_is_yes(account->rc, "ssl_use_tlsv1_2"))
		mutt_variable_need_not(account, "ssl_use_tlsv1_2",
		    "it is the default of smtpost, too");
	else
		import_profile_set_text(
		    account->profile, "tls-min", "1.3", "ssl_use_tlsv1_2");
}

static void
take_timeout(void *reader, const struct import_line *line)
{
	const struct mutt_account *account = reader;
	struct buf value = {0};
	uint64_t seconds = 0;

	if (!span_number(line->value, 86400, &seconds) || seconds == 0) {
		mutt_variable_leave(account, "connect_timeout",
		    "timeout-connect has to be a time of at most a day");
		return;
	}
	buf_add_format(&value, "%us", (unsigned)seconds);
	import_profile_set(account->profile, "timeout-connect",
	    buf_span(&value),
	    mutt_variable_find(account->rc, "connect_timeout")->spelling);
	buf_free(&value);
}

/* The path of a file with certificates. */
static void
take_path(void *reader, const struct import_line *line)
{
	const struct mutt_account *account = reader;
	bool is_trust = span_equal(line->key, SPAN("ssl_ca_certificates_file"));
	const char *name =
	    is_trust ? "ssl_ca_certificates_file" : "ssl_client_cert";

	if (span_starts(line->value, SPAN("~/")) ||
	    span_starts(line->value, SPAN("/")))
		import_profile_set(account->profile,
		    is_trust ? "tls-trust" : "tls-cert", line->value, name);
	else
		mutt_variable_leave(account, name,
		    "its path does not begin with / or ~/: mutt looks for it "
		    "in the folder where it is started, or in a folder of "
		    "mail; write an absolute path");
}

/* Where mutt keeps certificates, or a file that comes with the system. */
static void
take_certificates(void *reader, const struct import_line *line)
{
	const struct mutt_account *account = reader;

	if (span_starts(line->value, SPAN("/etc/")) ||
	    span_starts(line->value, SPAN("/usr/")))
		mutt_variable_need_not(account, "certificate_file",
		    "smtpost trusts the certificates of the system, too");
	else
		mutt_variable_leave(account, "certificate_file",
		    "it has the certificates that were accepted by hand; if "
		    "that of the server is one of them, add the lines for "
		    "tls-trust = pin that smtpost --server-info prints");
}

static void
take_tunnel(void *reader, const struct import_line *line)
{
	const struct mutt_account *account = reader;

	(void)line;
	mutt_variable_comment(account, "tunnel", true, true,
	    "smtpost connects to the server itself, or through the setting "
	    "proxy");
}

static const struct import_key rows[] = {
    {.name = "certificate_file", .take = take_certificates},
    {.name = "connect_timeout", .take = take_timeout},
    {.name = "dsn_notify", .setting = "dsn-notify"},
    {.name = "dsn_return", .setting = "dsn-return"},
    {.name = "sendmail",
	.needless = "mutt does not run it while smtp_url is set",
	.is_secret = true},
    {.name = "sendmail_wait",
	.needless = "smtpost ends when the server has taken the mail"},
    {.name = "ssl_ca_certificates_file", .take = take_path},
    {.name = "ssl_ciphers",
	.why_not = "smtpost has stricter defaults of its own; tls-priority "
		   "takes such a string and adds it to them"},
    {.name = "ssl_client_cert", .take = take_path},
    {.name = "ssl_min_dh_prime_bits",
	.why_not = "tls-priority decides the strength of keys here"},
    {.name = "ssl_use_sslv2", .take = take_answer},
    {.name = "ssl_use_sslv3", .take = take_answer},
    {.name = "ssl_use_tlsv1", .take = take_answer},
    {.name = "ssl_use_tlsv1_1", .take = take_answer},
    {.name = "ssl_use_tlsv1_2", .take = take_tls_1_2},
    {.name = "ssl_use_tlsv1_3", .take = take_answer},
    {.name = "ssl_usesystemcerts", .take = take_answer},
    {.name = "ssl_verify_dates", .take = take_answer},
    {.name = "ssl_verify_host", .take = take_answer},
    {.name = "ssl_verify_host_override", .setting = "tls-host"},
    {.name = "ssl_verify_partial_chains", .take = take_answer},
    {.name = "tunnel", .take = take_tunnel},
    {.name = "tunnel_is_secure",
	.why_not = "it is only about the command in tunnel"},
    {.name = "use_8bitmime",
	.needless = "smtpost uses 8BITMIME if the message needs it and the "
		    "server has it"},
    {.name = "use_domain", .take = take_answer},
    {.name = "use_envelope_from",
	.needless = "a comment below says where to set it"},
    {.name = "use_from", .take = take_answer},
    {.name = "write_bcc",
	.needless = "with smtp_url mutt leaves Bcc out, as smtpost does"},
    {.name = NULL},
};

static const struct import_keys table = {.program = "mutt", .rows = rows};

static void
translate_row(struct mutt_account *account, const struct import_key *row)
{
	const struct muttrc_variable *variable =
	    mutt_variable_find(account->rc, row->name);
	struct import_line line = {.key = span_from(row->name)};
	struct buf whole = {0};

	if (variable == NULL || !mutt_variable_is_usable(account, row->name))
		return;
	if (row->setting == NULL && row->take == NULL &&
	    !mutt_variable_is_shown(account, row->name))
		return;
	mutt_variable_add_line(&whole, variable, false);
	line.value = buf_span(&variable->value.text);
	line.whole = buf_span(&whole);
	import_key_take(&table, &line, account->profile, account);
	buf_wipe(&whole);
}

/* Values that do not count in the end. */
static void
comment_on_old_values(const struct mutt_account *account)
{
	const struct muttrc_scope *scope = &account->rc->scope;

	for (; scope != NULL; scope = account->all ? scope->outer : NULL)
		for (size_t i = 0; i < scope->count; i++) {
			const struct muttrc_variable *variable =
			    &scope->variables[i];
			struct span name = span_from(variable->spelling);

			if (muttrc_key_find(name) == NULL)
				continue;
			if (!variable->is_set)
				import_profile_need_not(account->profile, name,
				    "it is not set in the end");
			else if (variable->times > 1)
				import_profile_need_not(account->profile, name,
				    "only the last of its values counts");
		}
}

void
mutt_account_translate(
    const struct muttrc *rc, bool all, struct import_profile *profile)
{
	struct mutt_account account = {rc, all, profile};
	struct mutt_url url;

	if (read_url(rc, &url)) {
		translate_server(&account, &url);
		translate_login(&account, &url);
	}
	mutt_url_free(&url);
	translate_sender(&account);
	translate_host(&account);
	for (const struct import_key *row = rows; row->name != NULL; row++)
		translate_row(&account, row);
	comment_on_old_values(&account);
}

/*
 * Comparison
 */

bool
mutt_account_is_changed(const struct muttrc *rc)
{
	static const char *const starts[] = {
	    "smtp_", "ssl_", "tunnel", "certificate_", NULL};

	for (size_t i = 0; i < rc->scope.count; i++) {
		struct span name = span_from(rc->scope.variables[i].name);

		if (muttrc_key_find(name) != NULL &&
		    span_starts_one(name, starts))
			return true;
	}
	return false;
}

bool
mutt_account_is_same(const struct muttrc *a, const struct muttrc *b)
{
	for (size_t i = 0; i < muttrc_key_count(); i++) {
		const char *name = muttrc_key_at(i)->name;
		const struct muttrc_variable *x = mutt_variable_find(a, name),
					     *y = mutt_variable_find(b, name);

		if (!span_equal(mutt_variable_text(a, name),
			mutt_variable_text(b, name)))
			return false;
		/* What is unknown in both can differ. */
		if (x != y && x != NULL && y != NULL &&
		    (x->value.unknown != NULL || y->value.unknown != NULL) &&
		    (x->value.command == NULL || y->value.command == NULL ||
			strcmp(x->value.command, y->value.command) != 0))
			return false;
	}
	return true;
}
