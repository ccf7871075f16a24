/*
 * Translates the settings of other programs. Names are compared without regard
 * to case, hyphens and underscores. A row can be added without knowing C: it
 * has the names in other programs, and what smtpost calls them; a key that is
 * left out has no value. src/import reads whole files, and knows more.
 */
#include "profile/foreign_setting.h"

/* clang-format off */
static const struct foreign_setting settings[] = {
    {.names = "eval",
     .note = "a command can print only a secret: see password-command"},
    {.names = "account", .note = "a line [NAME] begins a profile"},
    {.names = "defaults",
     .note = "settings above the first [NAME] are defaults of all profiles"},
    {.names = "host SMARTHOST", .setting = "server", .value = "smtp://HOST",
     .note = "or smtps://HOST for TLS from the start"},
    {.names = "port mailhub", .setting = "server", .value = "smtp://HOST:PORT",
     .note = "or smtps://HOST:PORT for TLS from the start"},
    {.names = "tls_starttls starttls UseSTARTTLS", .setting = "server",
     .value = "smtp://HOST",
     .note = "smtp:// uses STARTTLS, smtps:// TLS from the start"},
    {.names = "UseTLS SECURETRANSFER tls_nostarttls", .setting = "server",
     .value = "smtps://HOST"},
    {.names = "protocol", .setting = "server", .value = "lmtp://HOST"},
    {.names = "socket", .setting = "server", .value = "smtp+unix:/PATH"},
    {.names = "OPPORTUNISTIC_TLS", .setting = "tls", .value = "opportunistic"},
    {.names = "proxy_host proxy_port", .setting = "proxy",
     .value = "socks5://HOST:PORT"},
    {.names = "connect_timeout", .setting = "timeout-connect",
     .value = "TIME"},
    {.names = "source_ip", .setting = "source-address", .value = "ADDRESS"},
    {.names = "AuthUser", .setting = "user", .value = "NAME"},
    {.names = "passwordeval", .setting = "password-command",
     .value = "COMMAND"},
    {.names = "AuthPass", .setting = "password-file", .value = "FILE"},
    {.names = "AUTHPATH", .setting = "password-file", .value = "FILE",
     .note = "and user = NAME"},
    {.names = "AuthMethod", .setting = "auth", .value = "MECHANISM"},
    {.names = "ntlmdomain", .note = "NTLM is not supported; see auth"},
    {.names = "tls_trust_file TLS_CA_File TLS_CA_Dir", .setting = "tls-trust",
     .value = "FILE"},
    {.names = "tls_crl_file", .setting = "tls-crl", .value = "FILE"},
    {.names = "tls_cert_file CERTFILE TLSCert UseTLSCert",
     .setting = "tls-cert", .value = "FILE"},
    {.names = "tls_key_file TLSKey", .setting = "tls-key", .value = "FILE"},
    {.names = "tls_fingerprint FINGERPRINT", .setting = "tls-pin",
     .value = "sha256:DIGEST",
     .note = "the digest of the public key, not of the certificate"},
    {.names = "tls_certcheck tls_nocertcheck", .setting = "tls-trust",
     .value = "FILE",
     .note = "certificates are always checked; tls-pin names one key"},
    {.names = "tls_priorities tls_min_dh_prime_bits", .setting = "tls-priority",
     .value = "STRING"},
    {.names = "tls_host_override", .setting = "tls-host", .value = "NAME"},
    {.names = "from MASQUERADE", .setting = "sender", .value = "ADDRESS"},
    {.names = "auto_from", .setting = "sender", .value = "%u@DOMAIN"},
    {.names = "from_full_name", .setting = "full-name", .value = "NAME"},
    {.names = "Hostname", .setting = "ehlo-name", .value = "NAME"},
    {.names = "maildomain MAILNAME RewriteDomain", .setting = "domain",
     .value = "DOMAIN"},
    {.names = "root MinUserId NULLCLIENT", .setting = "local-recipients",
     .value = "ADDRESS"},
    {.names = "allow_from_override", .note = "-f always goes before sender"},
    {.names = "read_envelope_from",
     .note = "without -f and sender the reverse-path is read from the message"},
    {.names = "set_from_header", .setting = "header-policy",
     .value = "provider"},
    {.names = "set_date_header set_msgid_header add_missing_from_header "
	      "add_missing_date_header",
     .setting = "header-policy", .value = "complete"},
    {.names = "FromLineOverride", .setting = "header-policy",
     .value = "complete", .note = "provider replaces From"},
    {.names = "remove_bcc_headers", .setting = "remove-bcc", .value = "yes"},
    {.names = "keepbcc", .setting = "remove-bcc", .value = "no"},
    {.names = "undisclosed_recipients set_to_header",
     .setting = "undisclosed-recipients", .value = "yes",
     .note = "To and Cc stay where they are"},
    {.names = "logfile", .setting = "log", .value = "FILE"},
    {.names = "syslog", .setting = "log", .value = "syslog"},
    {.names = "logfile_time_format",
     .note = "the time in the log has one form; see log"},
    {.names = "Debug", .note = "option -v shows the dialogue"},
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
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct span names = span_from(settings[i].names), word;

		while (span_next_word(&names, " ", &word))
			if (is_same_name(name, word))
				return &settings[i];
	}
	return NULL;
}
