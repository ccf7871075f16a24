/*
 * One function for each setting. Where msmtp does something by default that
 * smtpost would not do, the setting is made without any line.
 */
#include "import/msmtprc_table.h"

#include "base/buf.h"
#include "import/msmtprc_login.h"
#include "import/msmtprc_sender.h"

#define PORT_SMTP 25
#define PORT_SMTPS 465
#define PORT_LMTP 24
#define PORT_SOCKS 1080

bool
msmtprc_table_server(
    const struct msmtprc_account *account, struct foreign_server *server)
{
	bool is_tls = msmtprc_file_is(account, MSMTPRC_TLS, "on");
	unsigned port =
	    msmtprc_key_number(msmtprc_file_value(account, MSMTPRC_PORT));

	*server = (struct foreign_server){
	    .is_lmtp = msmtprc_file_is(account, MSMTPRC_PROTOCOL, "lmtp"),
	    .tls = FOREIGN_TLS_NONE,
	    .host = msmtprc_file_value(account, MSMTPRC_HOST),
	    .socket = msmtprc_file_value(account, MSMTPRC_SOCKET),
	    .verifies = !msmtprc_file_is(account, MSMTPRC_TLS_CERTCHECK, "off"),
	};
	if (is_tls)
		server->tls =
		    msmtprc_file_is(account, MSMTPRC_TLS_STARTTLS, "off")
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

	msmtprc_setting_take(account, MSMTPRC_HOST, setting);
	msmtprc_setting_take(account, MSMTPRC_PORT, setting);
	msmtprc_setting_take(account, MSMTPRC_PROTOCOL, setting);
	msmtprc_setting_take(account, MSMTPRC_SOCKET, setting);
	msmtprc_setting_take(account, MSMTPRC_TLS, setting);
	msmtprc_setting_take(account, MSMTPRC_TLS_STARTTLS, setting);
	if (!msmtprc_table_server(account, &server))
		return;
	buf_add_format(&value, "%d %d %d %u ", server.is_lmtp, server.tls,
	    server.verifies, server.socket.len > 0 ? 0 : server.port);
	buf_add_span(
	    &value, server.socket.len > 0 ? server.socket : server.host);
	setting->value = buf_take_text(&value);
	if (server.socket.len > 0 && server.tls == FOREIGN_TLS_IMMEDIATE)
		setting->comment = "server: on a Unix socket, TLS can begin "
				   "only with STARTTLS";
	if (server.is_lmtp && server.socket.len == 0 &&
	    !msmtprc_file_has(account, MSMTPRC_PORT))
		setting->comment = "server: msmtp refuses LMTP without a port; "
				   "smtpost uses 24";
}

static void
make_trust(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy_path(account, MSMTPRC_TLS_TRUST_FILE, setting);
}

static void
make_crl(const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy_path(account, MSMTPRC_TLS_CRL_FILE, setting);
}

static void
make_certificate(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (msmtprc_setting_has_certificate(account))
		msmtprc_setting_copy(account, MSMTPRC_TLS_CERT_FILE, setting);
}

static void
make_key(const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (msmtprc_setting_has_certificate(account))
		msmtprc_setting_copy(account, MSMTPRC_TLS_KEY_FILE, setting);
}

static void
make_tls_host(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy(account, MSMTPRC_TLS_HOST_OVERRIDE, setting);
	/* The certificate bears the name of the host, even if a socket is used.
	 */
	if (setting->value == NULL &&
	    msmtprc_file_has(account, MSMTPRC_SOCKET) &&
	    msmtprc_file_is(account, MSMTPRC_TLS, "on"))
		msmtprc_setting_copy(account, MSMTPRC_HOST, setting);
}

static void
make_priority(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span value =
	    msmtprc_setting_take(account, MSMTPRC_TLS_PRIORITIES, setting);

	/* With "=" in it, it is for another library than GnuTLS. */
	if (value.len == 0 || span_find(value, '=') < value.len)
		return;
	msmtprc_setting_set(setting, value);
	setting->warning = "tls-priority: it overrides the versions and "
			   "ciphers of TLS that smtpost regards as safe; "
			   "remove this line, unless the server needs it";
}

static void
make_ehlo_name(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span name =
	    msmtprc_setting_take(account, MSMTPRC_DOMAIN, setting);

	if (account->values[MSMTPRC_DOMAIN] == NULL)
		msmtprc_setting_set(setting, SPAN("localhost"));
	else if (name.len > 0 && !msmtprc_sender_has_words(name))
		msmtprc_setting_set(setting, name);
}

static void
make_remove_bcc(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (span_equal(msmtprc_setting_take(
			   account, MSMTPRC_REMOVE_BCC_HEADERS, setting),
		SPAN("off")))
		msmtprc_setting_set(setting, SPAN("no"));
}

static void
make_dsn_notify(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy(account, MSMTPRC_DSN_NOTIFY, setting);
}

static void
make_dsn_return(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span value =
	    msmtprc_setting_take(account, MSMTPRC_DSN_RETURN, setting);

	if (value.len > 0)
		msmtprc_setting_set(setting,
		    span_equal(value, SPAN("headers")) ? SPAN("hdrs") : value);
}

static void
make_aliases(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy_path(account, MSMTPRC_ALIASES, setting);
	if (setting->value != NULL)
		setting->comment =
		    "aliases: smtpost does not use the alias \"default\"; if "
		    "the file has it, set local-recipients to its addresses";
}

static void
make_source(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy(account, MSMTPRC_SOURCE_IP, setting);
}

static void
make_proxy(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span host =
	    msmtprc_setting_take(account, MSMTPRC_PROXY_HOST, setting);
	unsigned port;
	struct buf url = {0};
	bool is_ipv6 = span_find(host, ':') < host.len;

	if (host.len == 0)
		return;
	port = msmtprc_key_number(
	    msmtprc_setting_take(account, MSMTPRC_PROXY_PORT, setting));
	buf_add_text(&url, is_ipv6 ? "socks5://[" : "socks5://");
	buf_add_span(&url, host);
	buf_add_format(
	    &url, "%s:%u", is_ipv6 ? "]" : "", port > 0 ? port : PORT_SOCKS);
	setting->value = buf_take_text(&url);
}

/* To msmtp it is the limit of the connection, too. */
static void
make_timeout(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	unsigned seconds = msmtprc_key_number(
	    msmtprc_setting_take(account, MSMTPRC_TIMEOUT, setting));
	struct buf value = {0};

	if (seconds == 0)
		return;
	buf_add_format(&value, "%us", seconds);
	setting->value = buf_take_text(&value);
}

/*
 * smtpost has one log, which is the file if msmtp has both a file and syslog.
 */
static void
make_log(const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy_path(account, MSMTPRC_LOGFILE, setting);
	if (setting->value != NULL)
		setting->comment =
		    "log: this file has lines of msmtp in another "
		    "form; name a new file";
	if (setting->value != NULL ||
	    !msmtprc_file_has(account, MSMTPRC_SYSLOG))
		return;
	if (!msmtprc_file_is(account, MSMTPRC_SYSLOG, "LOG_MAIL"))
		setting->comment =
		    "log: the facility of syslog is always LOG_MAIL";
	msmtprc_setting_take(account, MSMTPRC_SYSLOG, setting);
	msmtprc_setting_set(setting, SPAN("syslog"));
}

/* Emacs and others take any output for a failure: only if msmtp prints, too. */
static void
make_report(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (msmtprc_file_is(account, MSMTPRC_LOGFILE, "-")) {
		msmtprc_setting_take(account, MSMTPRC_LOGFILE, setting);
		msmtprc_setting_set(setting, SPAN("text"));
		setting->comment = "report: smtpost, too, prints what became "
				   "of the mail on standard output";
		return;
	}
	msmtprc_setting_set(setting, SPAN("none"));
	setting->comment = "report: msmtp prints nothing after a success";
}

const struct msmtprc_row msmtprc_table[MSMTPRC_SETTING_COUNT] = {
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
    {.name = "auth", .make = msmtprc_login_make_auth, .opposite = "auto"},
    {.name = "user", .make = msmtprc_login_make_user},
    {.name = "password-command",
	.make = msmtprc_login_make_password_command,
	.is_source = true},
    {.name = "token-command",
	.make = msmtprc_login_make_token_command,
	.is_source = true},
    {.name = "password",
	.make = msmtprc_login_make_password,
	.is_source = true,
	.is_secret = true},
    {.name = "sender", .make = msmtprc_sender_make_sender, .is_common = true},
    {.name = "full-name",
	.make = msmtprc_sender_make_full_name,
	.is_common = true},
    {.name = "ehlo-name", .make = make_ehlo_name, .is_common = true},
    {.name = "header-policy",
	.make = msmtprc_sender_make_header_policy,
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
    {.name = "timeout-connect",
	.make = make_timeout,
	.opposite = "30s",
	.is_common = true},
    {.name = "log", .make = make_log, .opposite = "none", .is_common = true},
    {.name = "report", .make = make_report, .is_common = true},
};
