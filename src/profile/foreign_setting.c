/*
 * What settings of other programs are called here. A name is compared without
 * regard to case, hyphens and underscores.
 */
#include "profile/foreign_setting.h"

static const struct foreign_setting settings[] = {
    /* msmtp; its option --file and the like are the command line's */
    {"account", NULL, NULL, "a line [NAME] begins a profile"},
    {"defaults", NULL, NULL,
	"settings above the first [NAME] are defaults of all profiles"},
    {"host", "server", "smtp://HOST", "or smtps://HOST for TLS at once"},
    {"port", "server", "smtp://HOST:PORT", NULL},
    {"protocol", "server", "lmtp://HOST", NULL},
    {"socket", "server", "smtp+unix:/PATH", NULL},
    {"proxy_host", "proxy", "socks5://HOST:PORT", NULL},
    {"proxy_port", "proxy", "socks5://HOST:PORT", NULL},
    {"source_ip", "source-address", "ADDRESS", NULL},
    {"passwordeval", "password-command", "COMMAND", NULL},
    {"ntlmdomain", NULL, NULL, "NTLM is not supported; see auth"},
    {"tls_trust_file", "tls-trust", "FILE", NULL},
    {"tls_crl_file", "tls-crl", "FILE", NULL},
    {"tls_cert_file", "tls-cert", "FILE", NULL},
    {"tls_key_file", "tls-key", "FILE", NULL},
    {"tls_fingerprint", "tls-pin", "sha256:DIGEST",
	"the digest of the public key, not of the certificate"},
    {"tls_certcheck", "tls-trust", "FILE",
	"certificates are always checked; tls-pin names one key"},
    {"tls_nocertcheck", "tls-trust", "FILE",
	"certificates are always checked; tls-pin names one key"},
    {"tls_starttls", "server", "smtp://HOST",
	"smtp:// is STARTTLS, smtps:// is TLS at once"},
    {"tls_priorities", "tls-priority", "STRING", NULL},
    {"tls_min_dh_prime_bits", "tls-priority", "STRING", NULL},
    {"tls_host_override", "tls-host", "NAME", NULL},
    {"from", "sender", "ADDRESS", NULL},
    {"from_full_name", "full-name", "NAME", NULL},
    {"allow_from_override", NULL, NULL, "-f always goes before sender"},
    {"set_from_header", "header-policy", "provider", NULL},
    {"set_date_header", "header-policy", "complete", NULL},
    {"set_msgid_header", "header-policy", "complete", NULL},
    {"add_missing_from_header", "header-policy", "complete", NULL},
    {"add_missing_date_header", "header-policy", "complete", NULL},
    {"remove_bcc_headers", "remove-bcc", "yes", NULL},
    {"keepbcc", "remove-bcc", "no", NULL},
    {"undisclosed_recipients", NULL, NULL, "smtpost has no such setting"},
    {"read_envelope_from", NULL, NULL,
	"without -f and sender the reverse-path is read from the message"},
    {"logfile", "log", "FILE", NULL},
    {"logfile_time_format", NULL, NULL,
	"the time in the log has one form; see log"},
    {"syslog", "log", "syslog", NULL},
    {"auto_from", "sender", "%u@DOMAIN", NULL},
    {"maildomain", "domain", "DOMAIN", NULL},

    /* ssmtp */
    {"root", "local-recipients", "ADDRESS", NULL},
    {"mailhub", "server", "smtp://HOST:PORT", "or smtps://HOST"},
    {"RewriteDomain", "domain", "DOMAIN", NULL},
    {"Hostname", "ehlo-name", "NAME", NULL},
    {"FromLineOverride", "header-policy", "complete", "provider replaces From"},
    {"UseTLS", "server", "smtps://HOST", NULL},
    {"UseSTARTTLS", "server", "smtp://HOST", NULL},
    {"UseTLSCert", "tls-cert", "FILE", NULL},
    {"TLSCert", "tls-cert", "FILE", NULL},
    {"TLSKey", "tls-key", "FILE", NULL},
    {"TLS_CA_File", "tls-trust", "FILE", NULL},
    {"TLS_CA_Dir", "tls-trust", "FILE", NULL},
    {"AuthUser", "user", "NAME", NULL},
    {"AuthPass", "password-file", "FILE", NULL},
    {"AuthMethod", "auth", "MECHANISM", NULL},
    {"MinUserId", "local-recipients", "ADDRESS", NULL},
    {"Debug", NULL, NULL, "option -v shows the dialogue"},

    /* dma */
    {"SMARTHOST", "server", "smtp://HOST", "or smtps://HOST"},
    {"SECURETRANSFER", "server", "smtps://HOST", NULL},
    {"STARTTLS", "server", "smtp://HOST", NULL},
    {"OPPORTUNISTIC_TLS", "tls", "opportunistic", NULL},
    {"AUTHPATH", "password-file", "FILE", "and user = NAME"},
    {"CERTFILE", "tls-cert", "FILE", NULL},
    {"FINGERPRINT", "tls-pin", "sha256:DIGEST", NULL},
    {"MAILNAME", "domain", "DOMAIN", NULL},
    {"MASQUERADE", "sender", "ADDRESS", NULL},
    {"NULLCLIENT", "local-recipients", "ADDRESS", NULL},
};

/* The next letter that counts, or 0 at the end. */
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
