/*
 * One function for each setting of ours. Where msmtp does something by default
 * that smtpost would not do, the setting is made without any line.
 */
#include "import/msmtprc_setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "profile/section_text.h"

#define PORT_SMTP 25
#define PORT_SMTPS 465
#define PORT_LMTP 24
#define PORT_SOCKS 1080

/* The value of the key, whose line is then one of the setting's. */
static struct span
take(const struct msmtprc_account *account, enum msmtprc_key key,
    struct msmtprc_setting *setting)
{
	struct msmtprc_line *line = account->values[key];

	if (line != NULL)
		setting->lines[setting->count++] = line;
	return msmtprc_file_value(account, key);
}

static bool
is(const struct msmtprc_account *account, enum msmtprc_key key,
    const char *value)
{
	return span_equal(msmtprc_file_value(account, key), span_from(value));
}

static bool
has(const struct msmtprc_account *account, enum msmtprc_key key)
{
	return msmtprc_file_value(account, key).len > 0;
}

static void
set(struct msmtprc_setting *setting, struct span value)
{
	setting->value = span_copy(value);
}

/* A value that is taken over as it is, if there is one. */
static void
copy(const struct msmtprc_account *account, enum msmtprc_key key,
    struct msmtprc_setting *setting)
{
	struct span value = take(account, key, setting);

	if (value.len > 0)
		set(setting, value);
}

bool
msmtprc_setting_server(
    const struct msmtprc_account *account, struct foreign_server *server)
{
	bool is_tls = is(account, MSMTPRC_TLS, "on");
	unsigned port =
	    msmtprc_key_number(msmtprc_file_value(account, MSMTPRC_PORT));

	*server = (struct foreign_server){
	    .is_lmtp = is(account, MSMTPRC_PROTOCOL, "lmtp"),
	    .tls = FOREIGN_TLS_NONE,
	    .host = msmtprc_file_value(account, MSMTPRC_HOST),
	    .socket = msmtprc_file_value(account, MSMTPRC_SOCKET),
	    .verifies = true,
	};
	if (is_tls)
		server->tls = is(account, MSMTPRC_TLS_STARTTLS, "off")
		    ? FOREIGN_TLS_IMMEDIATE
		    : FOREIGN_TLS_STARTTLS;
	if (port == 0 && server->is_lmtp)
		port = PORT_LMTP;
	else if (port == 0)
		port = server->tls == FOREIGN_TLS_IMMEDIATE ? PORT_SMTPS
							    : PORT_SMTP;
	server->port = (unsigned short)port;
	return server->host.len > 0 || server->socket.len > 0;
}

static void
make_server(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct foreign_server server;
	struct buf value = {0};

	take(account, MSMTPRC_HOST, setting);
	take(account, MSMTPRC_PORT, setting);
	take(account, MSMTPRC_PROTOCOL, setting);
	take(account, MSMTPRC_SOCKET, setting);
	take(account, MSMTPRC_TLS, setting);
	take(account, MSMTPRC_TLS_STARTTLS, setting);
	if (!msmtprc_setting_server(account, &server))
		return;
	buf_add_format(&value, "%d %d %u ", server.is_lmtp, server.tls,
	    server.socket.len > 0 ? 0 : server.port);
	buf_add_span(
	    &value, server.socket.len > 0 ? server.socket : server.host);
	setting->value = buf_take_text(&value);
	if (server.socket.len > 0 && server.tls == FOREIGN_TLS_IMMEDIATE)
		setting->comment = "server: on a Unix socket, TLS can begin "
				   "only with STARTTLS";
	if (server.is_lmtp && server.socket.len == 0 &&
	    !has(account, MSMTPRC_PORT))
		setting->comment = "server: msmtp refuses LMTP without a port; "
				   "smtpost uses 24";
}

bool
msmtprc_setting_is_path(struct span path)
{
	return span_starts(path, SPAN("/")) || span_starts(path, SPAN("~/"));
}

/* A relative path is neither taken over nor named above a setting. */
static void
copy_path(const struct msmtprc_account *account, enum msmtprc_key key,
    struct msmtprc_setting *setting)
{
	struct span path = msmtprc_file_value(account, key);

	if (path.len == 0 || msmtprc_setting_is_path(path) ||
	    span_equal(path, SPAN("system")))
		take(account, key, setting);
	if (msmtprc_setting_is_path(path))
		set(setting, path);
}

static void
make_trust(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy_path(account, MSMTPRC_TLS_TRUST_FILE, setting);
}

static void
make_crl(const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy_path(account, MSMTPRC_TLS_CRL_FILE, setting);
}

/* msmtp refuses a certificate without a key, and a key without one. */
static bool
has_client_certificate(const struct msmtprc_account *account)
{
	return msmtprc_setting_is_path(
		   msmtprc_file_value(account, MSMTPRC_TLS_CERT_FILE)) &&
	    msmtprc_setting_is_path(
		msmtprc_file_value(account, MSMTPRC_TLS_KEY_FILE));
}

static void
make_certificate(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (has_client_certificate(account))
		copy(account, MSMTPRC_TLS_CERT_FILE, setting);
}

static void
make_key(const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (has_client_certificate(account))
		copy(account, MSMTPRC_TLS_KEY_FILE, setting);
}

static void
make_tls_host(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy(account, MSMTPRC_TLS_HOST_OVERRIDE, setting);
	/* The certificate bears the name of the host, even if a socket is used.
	 */
	if (setting->value == NULL && has(account, MSMTPRC_SOCKET) &&
	    is(account, MSMTPRC_TLS, "on"))
		copy(account, MSMTPRC_HOST, setting);
}

static void
make_priority(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span value = take(account, MSMTPRC_TLS_PRIORITIES, setting);

	/* With "=" in it, it is for another library than GnuTLS. */
	if (value.len == 0 || span_find(value, '=') < value.len)
		return;
	set(setting, value);
	setting->warning =
	    "tls-priority: it overrides what smtpost regards as safe in TLS; "
	    "remove this line, unless the server needs it";
}

/* Whether msmtp logs in. */
static bool
logs_in(const struct msmtprc_account *account)
{
	return has(account, MSMTPRC_AUTH) && !is(account, MSMTPRC_AUTH, "off");
}

static bool
has_token(const struct msmtprc_account *account)
{
	return is(account, MSMTPRC_AUTH, "xoauth2") ||
	    is(account, MSMTPRC_AUTH, "oauthbearer");
}

static bool
is_unknown_mechanism(const struct msmtprc_account *account)
{
	return is(account, MSMTPRC_AUTH, "digest-md5") ||
	    is(account, MSMTPRC_AUTH, "gssapi") ||
	    is(account, MSMTPRC_AUTH, "ntlm");
}

static void
make_auth(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span value = take(account, MSMTPRC_AUTH, setting);

	if (!logs_in(account)) {
		if (!has(account, MSMTPRC_USER))
			return;
		take(account, MSMTPRC_USER, setting);
		set(setting, SPAN("none"));
		setting->comment =
		    "auth: msmtp does not log in unless auth says so";
	} else if (span_equal(value, SPAN("on"))) {
		if (is(account, MSMTPRC_TLS, "on"))
			return;
		set(setting, SPAN("SCRAM-SHA-256 SCRAM-SHA-1"));
		setting->comment = "auth: without TLS, msmtp chooses no "
				   "mechanism that sends the password";
	} else if (!is_unknown_mechanism(account)) {
		set(setting, value);
		for (char *at = setting->value; *at != '\0'; at++)
			*at = ascii_upper(*at);
	}
}

static void
make_user(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy(account, MSMTPRC_USER, setting);
}

/* msmtp looks for the password in the keyring, if the file has none. */
static bool
has_keyring(const struct msmtprc_account *account)
{
	return logs_in(account) && has(account, MSMTPRC_USER) &&
	    !has(account, MSMTPRC_PASSWORD) &&
	    !has(account, MSMTPRC_PASSWORDEVAL) &&
	    !is(account, MSMTPRC_AUTH, "external") &&
	    !is(account, MSMTPRC_AUTH, "gssapi");
}

static void
add_keyring(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	enum msmtprc_key key =
	    has(account, MSMTPRC_HOST) ? MSMTPRC_HOST : MSMTPRC_SOCKET;
	char *host = span_copy(msmtprc_file_value(account, key));
	char *user = span_copy(take(account, MSMTPRC_USER, setting));
	struct buf command = {0};

	take(account, MSMTPRC_AUTH, setting);
	buf_add_text(&command, "secret-tool lookup host ");
	section_text_add_word(&command, host);
	buf_add_text(&command, " service smtp user ");
	section_text_add_word(&command, user);
	setting->value = buf_take_text(&command);
	setting->comment =
	    "password: msmtp takes it from this keyring, from ~/.netrc, from "
	    "/etc/netrc or from the terminal; if it is not in the keyring, "
	    "remove the line with secret-tool: smtpost then reads ~/.netrc, or "
	    "asks on the terminal; it does not read /etc/netrc";
	free(host);
	free(user);
}

static void
make_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	/* msmtp does not run the command if there is a password. */
	if (has(account, MSMTPRC_PASSWORDEVAL) &&
	    !has(account, MSMTPRC_PASSWORD))
		copy(account, MSMTPRC_PASSWORDEVAL, setting);
	else if (has_keyring(account))
		add_keyring(account, setting);
}

static void
make_password_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (!has_token(account))
		make_command(account, setting);
}

static void
make_token_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (has_token(account))
		make_command(account, setting);
}

static void
make_password(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (!has_token(account))
		copy(account, MSMTPRC_PASSWORD, setting);
}

bool
msmtprc_setting_has_wildcard(struct span from)
{
	return span_find(from, '*') < from.len ||
	    span_find(from, '?') < from.len || span_find(from, '[') < from.len;
}

/* The same address in our form; false: there is none. */
static bool
add_sender(struct buf *out, struct span from)
{
	for (size_t i = 0; i < from.len; i++) {
		char next = i + 1 < from.len ? from.at[i + 1] : '\0';

		if (from.at[i] != '%') {
			buf_add_char(out, from.at[i]);
			continue;
		}
		if (next == 'C' || next == 'F')
			return false;
		if (next == 'U' || next == 'H' || next == 'M') {
			buf_add_char(out, '%');
			buf_add_char(out, ascii_lower(next));
			i++;
		} else {
			buf_add_text(out, "%%");
		}
	}
	return out->len > 0;
}

static void
make_sender(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct buf sender = {0};
	struct span from;

	if (is(account, MSMTPRC_AUTO_FROM, "on")) {
		take(account, MSMTPRC_AUTO_FROM, setting);
		from = take(account, MSMTPRC_MAILDOMAIN, setting);
		buf_add_text(&sender, "%u@");
		if (!add_sender(&sender, from.len > 0 ? from : SPAN("%M")))
			sender.len = 0;
		setting->comment = "sender: with auto_from msmtp ignores -f, "
				   "which smtpost does not";
	} else {
		from = take(account, MSMTPRC_FROM, setting);
		if (msmtprc_setting_has_wildcard(from) ||
		    !add_sender(&sender, from))
			sender.len = 0;
	}
	if (sender.len > 0)
		set(setting, buf_span(&sender));
	else
		setting->comment = NULL;
	buf_free(&sender);
}

static void
make_full_name(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span name = take(account, MSMTPRC_FROM_FULL_NAME, setting);
	struct buf value = {0};

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '%')
			buf_add_char(&value, '%');
		buf_add_char(&value, name.at[i]);
	}
	if (name.len > 0)
		set(setting, buf_span(&value));
	buf_free(&value);
}

static bool
has_pattern(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.at[i] == '%' &&
		    memchr("UHCM", text.at[i + 1], 4) != NULL)
			return true;
	return false;
}

static void
make_ehlo_name(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span name = take(account, MSMTPRC_DOMAIN, setting);

	if (account->values[MSMTPRC_DOMAIN] == NULL)
		set(setting, SPAN("localhost"));
	else if (name.len > 0 && !has_pattern(name))
		set(setting, name);
}

/* Emacs and others take any word for a failure. */
static void
make_report(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	(void)account;
	set(setting, SPAN("none"));
	setting->comment = "report: msmtp prints nothing after a success";
}

static bool
has_sender(const struct msmtprc_account *account)
{
	struct msmtprc_setting sender = {0};
	bool has;

	make_sender(account, &sender);
	has = sender.value != NULL;
	msmtprc_setting_wipe(&sender);
	return has;
}

/* "off" for From, Date and Message-ID alike is `keep`. */
static void
make_header_policy(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span from = take(account, MSMTPRC_SET_FROM_HEADER, setting);

	if (span_equal(from, SPAN("on")) && has_sender(account)) {
		set(setting, SPAN("provider"));
		if (is(account, MSMTPRC_ALLOW_FROM_OVERRIDE, "off"))
			take(account, MSMTPRC_ALLOW_FROM_OVERRIDE, setting);
		else
			setting->comment =
			    "header-policy = provider also replaces an "
			    "address of -f that is neither the sender nor "
			    "fits match";
	} else if (span_equal(from, SPAN("off"))) {
		bool keeps_all = is(account, MSMTPRC_SET_DATE_HEADER, "off") &&
		    is(account, MSMTPRC_SET_MSGID_HEADER, "off");

		set(setting, SPAN("keep"));
		if (is(account, MSMTPRC_SET_DATE_HEADER, "off"))
			take(account, MSMTPRC_SET_DATE_HEADER, setting);
		if (is(account, MSMTPRC_SET_MSGID_HEADER, "off"))
			take(account, MSMTPRC_SET_MSGID_HEADER, setting);
		if (!keeps_all)
			setting->comment = "header-policy = keep adds no Date "
					   "and no Message-ID either";
	}
}

static void
make_remove_bcc(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (span_equal(take(account, MSMTPRC_REMOVE_BCC_HEADERS, setting),
		SPAN("off")))
		set(setting, SPAN("no"));
}

static void
make_dsn_notify(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy(account, MSMTPRC_DSN_NOTIFY, setting);
}

static void
make_dsn_return(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span value = take(account, MSMTPRC_DSN_RETURN, setting);

	if (value.len > 0)
		set(setting,
		    span_equal(value, SPAN("headers")) ? SPAN("hdrs") : value);
}

static void
make_aliases(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy_path(account, MSMTPRC_ALIASES, setting);
	if (setting->value != NULL)
		setting->comment =
		    "aliases: the name \"default\" has no meaning here; if "
		    "the file has it, set local-recipients to its addresses";
}

static void
make_source(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy(account, MSMTPRC_SOURCE_IP, setting);
}

static void
make_proxy(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span host = take(account, MSMTPRC_PROXY_HOST, setting);
	unsigned port;
	struct buf url = {0};
	bool is_ipv6 = span_find(host, ':') < host.len;

	if (host.len == 0)
		return;
	port = msmtprc_key_number(take(account, MSMTPRC_PROXY_PORT, setting));
	buf_add_text(&url, is_ipv6 ? "socks5://[" : "socks5://");
	buf_add_span(&url, host);
	buf_add_format(
	    &url, "%s:%u", is_ipv6 ? "]" : "", port > 0 ? port : PORT_SOCKS);
	setting->value = buf_take_text(&url);
}

static void
make_timeout(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	unsigned seconds =
	    msmtprc_key_number(take(account, MSMTPRC_TIMEOUT, setting));
	struct buf value = {0};

	if (seconds == 0)
		return;
	buf_add_format(&value, "%us", seconds);
	setting->value = buf_take_text(&value);
}

/* smtpost has one log; the file says more about what was wanted. */
static void
make_log(const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	copy_path(account, MSMTPRC_LOGFILE, setting);
	if (setting->value != NULL || !has(account, MSMTPRC_SYSLOG))
		return;
	if (!is(account, MSMTPRC_SYSLOG, "LOG_MAIL"))
		setting->comment =
		    "log: the facility of syslog is always LOG_MAIL";
	take(account, MSMTPRC_SYSLOG, setting);
	set(setting, SPAN("syslog"));
}

const struct msmtprc_setting_row msmtprc_setting_rows[] = {
    [MSMTPRC_SETTING_SERVER] = {.name = "server", .make = make_server},
    {.name = "tls-trust",
	.make = make_trust,
	.opposite = "system",
	.is_common = true},
    {.name = "tls-crl", .make = make_crl, .is_common = true},
    {.name = "tls-cert", .make = make_certificate},
    {.name = "tls-key", .make = make_key},
    {.name = "tls-host", .make = make_tls_host},
    {.name = "tls-priority", .make = make_priority, .is_common = true},
    {.name = "auth", .make = make_auth, .opposite = "auto"},
    {.name = "user", .make = make_user},
    {.name = "password-command",
	.make = make_password_command,
	.is_source = true},
    {.name = "token-command", .make = make_token_command, .is_source = true},
    {.name = "password",
	.make = make_password,
	.is_source = true,
	.is_secret = true},
    {.name = "sender", .make = make_sender, .is_common = true},
    {.name = "full-name", .make = make_full_name, .is_common = true},
    {.name = "ehlo-name", .make = make_ehlo_name, .is_common = true},
    {.name = "header-policy",
	.make = make_header_policy,
	.opposite = "complete",
	.is_common = true},
    {.name = "remove-bcc",
	.make = make_remove_bcc,
	.opposite = "yes",
	.is_common = true},
    {.name = "dsn-notify", .make = make_dsn_notify, .is_common = true},
    {.name = "dsn-return", .make = make_dsn_return, .is_common = true},
    {.name = "aliases",
	.make = make_aliases,
	.opposite = "none",
	.is_common = true},
    {.name = "source-address", .make = make_source, .is_common = true},
    {.name = "proxy", .make = make_proxy, .is_common = true},
    {.name = "timeout",
	.make = make_timeout,
	.opposite = "0",
	.is_common = true},
    {.name = "log", .make = make_log, .opposite = "none", .is_common = true},
    {.name = "report", .make = make_report, .is_common = true},
};

bool
msmtprc_setting_add_match(
    const struct msmtprc_account *account, struct buf *patterns)
{
	struct span from = msmtprc_file_value(account, MSMTPRC_FROM);
	size_t at = span_find(from, '@');

	if (at == from.len || has_pattern(from) ||
	    span_find(from, '[') < from.len)
		return false;
	buf_add_span(patterns, from);
	/* msmtp takes me+detail@example.org for me@example.org. */
	if (!msmtprc_setting_has_wildcard(from) &&
	    span_find(from, '+') == from.len) {
		buf_add_char(patterns, ' ');
		buf_add_span(patterns, span_head(from, at));
		buf_add_text(patterns, "+*");
		buf_add_span(patterns, span_skip(from, at));
	}
	return true;
}

void
msmtprc_setting_wipe(struct msmtprc_setting *setting)
{
	if (setting->value != NULL)
		mem_wipe(setting->value, strlen(setting->value));
	free(setting->value);
	*setting = (struct msmtprc_setting){0};
}
