/*
 * Translates the settings of other programs. Names are compared without regard
 * to case, hyphens and underscores. A row can be added without knowing C: a key
 * that is left out has no value.
 */
#include "profile/foreign_setting.h"

/* clang-format off */
static const struct foreign_setting settings[] = {
    /* msmtp 1.8 */
    {.name = "account", .note = "a line [NAME] begins a profile"},
    {.name = "defaults",
     .note = "settings above the first [NAME] are defaults of all profiles"},
    {.name = "host", .setting = "server", .value = "smtp://HOST",
     .note = "or smtps://HOST for TLS from the start"},
    {.name = "port", .setting = "server", .value = "smtp://HOST:PORT"},
    {.name = "protocol", .setting = "server", .value = "lmtp://HOST"},
    {.name = "socket", .setting = "server", .value = "smtp+unix:/PATH"},
    {.name = "proxy_host", .setting = "proxy", .value = "socks5://HOST:PORT"},
    {.name = "proxy_port", .setting = "proxy", .value = "socks5://HOST:PORT"},
    {.name = "source_ip", .setting = "source-address", .value = "ADDRESS"},
    {.name = "passwordeval", .setting = "password-command", .value = "COMMAND"},
    {.name = "ntlmdomain", .note = "NTLM is not supported; see auth"},
    {.name = "tls_trust_file", .setting = "tls-trust", .value = "FILE"},
    {.name = "tls_crl_file", .setting = "tls-crl", .value = "FILE"},
    {.name = "tls_cert_file", .setting = "tls-cert", .value = "FILE"},
    {.name = "tls_key_file", .setting = "tls-key", .value = "FILE"},
    {.name = "tls_fingerprint", .setting = "tls-pin", .value = "sha256:DIGEST",
     .note = "the digest of the public key, not of the certificate"},
    {.name = "tls_certcheck", .setting = "tls-trust", .value = "FILE",
     .note = "certificates are always checked; tls-pin names one key"},
    {.name = "tls_nocertcheck", .setting = "tls-trust", .value = "FILE",
     .note = "certificates are always checked; tls-pin names one key"},
    {.name = "tls_starttls", .setting = "server", .value = "smtp://HOST",
     .note = "smtp:// uses STARTTLS, smtps:// TLS from the start"},
    {.name = "tls_priorities", .setting = "tls-priority", .value = "STRING"},
    {.name = "tls_min_dh_prime_bits", .setting = "tls-priority",
     .value = "STRING"},
    {.name = "tls_host_override", .setting = "tls-host", .value = "NAME"},
    {.name = "from", .setting = "sender", .value = "ADDRESS"},
    {.name = "from_full_name", .setting = "full-name", .value = "NAME"},
    {.name = "allow_from_override", .note = "-f always goes before sender"},
    {.name = "set_from_header", .setting = "header-policy",
     .value = "provider"},
    {.name = "set_date_header", .setting = "header-policy",
     .value = "complete"},
    {.name = "set_msgid_header", .setting = "header-policy",
     .value = "complete"},
    {.name = "add_missing_from_header", .setting = "header-policy",
     .value = "complete"},
    {.name = "add_missing_date_header", .setting = "header-policy",
     .value = "complete"},
    {.name = "remove_bcc_headers", .setting = "remove-bcc", .value = "yes"},
    {.name = "keepbcc", .setting = "remove-bcc", .value = "no"},
    {.name = "undisclosed_recipients", .setting = "undisclosed-recipients",
     .value = "yes", .note = "To and Cc stay where they are"},
    {.name = "read_envelope_from",
     .note = "without -f and sender the reverse-path is read from the message"},
    {.name = "logfile", .setting = "log", .value = "FILE"},
    {.name = "logfile_time_format",
     .note = "the time in the log has one form; see log"},
    {.name = "syslog", .setting = "log", .value = "syslog"},
    {.name = "auto_from", .setting = "sender", .value = "%u@DOMAIN"},
    {.name = "maildomain", .setting = "domain", .value = "DOMAIN"},

    /* ssmtp 2.64 */
    {.name = "root", .setting = "local-recipients", .value = "ADDRESS"},
    {.name = "mailhub", .setting = "server", .value = "smtp://HOST:PORT",
     .note = "or smtps://HOST"},
    {.name = "RewriteDomain", .setting = "domain", .value = "DOMAIN"},
    {.name = "Hostname", .setting = "ehlo-name", .value = "NAME"},
    {.name = "FromLineOverride", .setting = "header-policy",
     .value = "complete", .note = "provider replaces From"},
    {.name = "UseTLS", .setting = "server", .value = "smtps://HOST"},
    {.name = "UseSTARTTLS", .setting = "server", .value = "smtp://HOST"},
    {.name = "UseTLSCert", .setting = "tls-cert", .value = "FILE"},
    {.name = "TLSCert", .setting = "tls-cert", .value = "FILE"},
    {.name = "TLSKey", .setting = "tls-key", .value = "FILE"},
    {.name = "TLS_CA_File", .setting = "tls-trust", .value = "FILE"},
    {.name = "TLS_CA_Dir", .setting = "tls-trust", .value = "FILE"},
    {.name = "AuthUser", .setting = "user", .value = "NAME"},
    {.name = "AuthPass", .setting = "password-file", .value = "FILE"},
    {.name = "AuthMethod", .setting = "auth", .value = "MECHANISM"},
    {.name = "MinUserId", .setting = "local-recipients", .value = "ADDRESS"},
    {.name = "Debug", .note = "option -v shows the dialogue"},

    /* dma */
    {.name = "SMARTHOST", .setting = "server", .value = "smtp://HOST",
     .note = "or smtps://HOST"},
    {.name = "SECURETRANSFER", .setting = "server", .value = "smtps://HOST"},
    {.name = "STARTTLS", .setting = "server", .value = "smtp://HOST"},
    {.name = "OPPORTUNISTIC_TLS", .setting = "tls", .value = "opportunistic"},
    {.name = "AUTHPATH", .setting = "password-file", .value = "FILE",
     .note = "and user = NAME"},
    {.name = "CERTFILE", .setting = "tls-cert", .value = "FILE"},
    {.name = "FINGERPRINT", .setting = "tls-pin", .value = "sha256:DIGEST"},
    {.name = "MAILNAME", .setting = "domain", .value = "DOMAIN"},
    {.name = "MASQUERADE", .setting = "sender", .value = "ADDRESS"},
    {.name = "NULLCLIENT", .setting = "local-recipients", .value = "ADDRESS"},
};
/* clang-format on */

/* The next letter that is compared, or 0 at the end. */
static char
next_letter(struct span *name)
{
	while (name->len > 0) {
		char c = ascii_lower(name->at[0]);

		*name = span_skip(*name, 1);
		if (c != '-' && c != '_')
			return c;
	}
	return '\0';
}

static bool
is_same_name(struct span a, struct span b)
{
	char c;

	do {
		c = next_letter(&a);
		if (c != next_letter(&b))
			return false;
	} while (c != '\0');
	return true;
}

const struct foreign_setting *
foreign_setting_find(struct span name)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (is_same_name(name, span_from(settings[i].name)))
			return &settings[i];
	return NULL;
}
