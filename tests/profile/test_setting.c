#include "rows.h"

#include "profile/setting_table.h"

/* One digest in all the forms that are read. */
#define HEX_SHORT \
	"0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX "0" HEX_SHORT
#define HEX_UPPER \
	"00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define HEX_COLONS_REST                                                \
	"11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:" \
	"55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define HEX_COLONS "00:" HEX_COLONS_REST
#define HEX_BASE64 "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8="
#define PIN "sha256:" HEX
#define PINS_5 PIN ", " PIN ", " PIN ", " PIN ", " PIN
#define PINS_15 PINS_5 ", " PINS_5 ", " PINS_5

struct value_row {
	const char *name; /* the setting, and what is said of it */
	const char *value;
	const char *printed; /* NULL: refused, with `error` in it */
	const char *error;
};

#define X16 "xxxxxxxxxxxxxxxx"
#define X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
#define X4096                                                                 \
	X256 X256 X256 X256 X256 X256 X256 X256 X256 X256 X256 X256 X256 X256 \
	    X256 X256

static const struct value_row values[] = {
    {"server: one", "smtp://a", "smtp://a:587", NULL},
    {"server: commas", "smtp://a,smtps://b", "smtp://a:587, smtps://b:465",
	NULL},
    {"server: blanks", "smtp://a  smtps://b\tsmtp://c",
	"smtp://a:587, smtps://b:465, smtp://c:587", NULL},
    {"server: empty", "", NULL, "no server"},
    {"server: only commas", ", ,", NULL, "no server"},
    {"server: second is bad", "smtp://a, imap://b", NULL, "imap://b"},
    {"server: password with comma", "smtp://me:hun,ter2@b", NULL, "user"},
    {"tls: required", "required", "required", NULL},
    {"tls: opportunistic", "opportunistic", "opportunistic", NULL},
    {"tls: none", "none", "none", NULL},
    {"tls: off", "off", NULL, "tls must be required, opportunistic or none"},
    {"tls: empty", "", NULL, "opportunistic or none"},
    {"tls: case", "None", NULL, "the nearest one known is \"none\""},
    {"tls: controls are masked", "no\x1bne", NULL, "no\\x1bne"},
    {"tls-trust: system", "system", "system", NULL},
    {"tls-trust: file", "/etc/ca.pem", "/etc/ca.pem", NULL},
    {"tls-trust: empty", "", "system", NULL},
    {"tls-trust: pin", "pin", "pin", NULL},
    {"tls-pin: hex", PIN, PIN, NULL},
    {"tls-pin: upper case", "SHA256:" HEX_UPPER, PIN, NULL},
    {"tls-pin: colons", "sha256:" HEX_COLONS, PIN, NULL},
    {"tls-pin: base64", "sha256:" HEX_BASE64, PIN, NULL},
    {"tls-pin: two", "sha256:" HEX_BASE64 ", sha256:" HEX, PIN ", sha256:" HEX,
	NULL},
    {"tls-pin: empty", "", "", NULL},
    {"tls-pin: no algorithm", HEX, NULL, "not a list of"},
    {"tls-pin: SHA-1", "sha1:0011223344556677889900112233445566778899", NULL,
	"not a list of"},
    {"tls-pin: a digit short", "sha256:" HEX_SHORT, NULL, "not a list of"},
    {"tls-pin: a digit long", PIN "0", NULL, "not a list of"},
    {"tls-pin: no digit", "sha256:g" HEX_SHORT, NULL, "not a list of"},
    {"tls-pin: a colon is missing", "sha256:00;" HEX_COLONS_REST, NULL,
	"not a list of"},
    {"tls-pin: base64 of 31 octets",
	"sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7g==", NULL,
	"not a list of"},
    {"tls-pin: base64 of 33 octets",
	"sha256:ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8A", NULL,
	"not a list of"},
    {"tls-pin: nothing behind it", "sha256:", NULL, "not a list of"},
    {"tls-pin: one bad of two", PIN ", x", NULL, "not a list of"},
    {"tls-pin: 16", PINS_15 ", " PIN, PINS_15 ", " PIN, NULL},
    {"tls-pin: 17", PINS_15 ", " PIN ", " PIN, NULL, "at most 16"},
    {"tls-min: 1.2", "1.2", "1.2", NULL},
    {"tls-min: 1.3", "1.3", "1.3", NULL},
    {"tls-min: 1.1", "1.1", NULL, "must be 1.2 or 1.3"},
    {"tls-min: in words", "TLS1.3", NULL, "must be 1.2 or 1.3"},
    {"tls-priority: text", "+VERS-TLS1.1", "+VERS-TLS1.1", NULL},
    {"tls-priority: line feed", "NORMAL\n", NULL, "control character"},
    {"tls-host: name", "Mail.example.org", "Mail.example.org", NULL},
    {"tls-host: last dot", "mail.example.org.", "mail.example.org", NULL},
    {"tls-host: address", "192.0.2.1", "192.0.2.1", NULL},
    {"tls-host: IPv6", "2001:db8::1", "2001:db8::1", NULL},
    {"tls-host: brackets", "[2001:db8::1]", "2001:db8::1", NULL},
    {"tls-host: blank", "a b", NULL, "neither a name"},
    {"tls-host: line feed", "a\nb", NULL, "a\\x0ab"},
    {"mx-security: both", "dane, mta-sts", "dane, mta-sts", NULL},
    {"mx-security: the other order", "mta-sts dane", "dane, mta-sts", NULL},
    {"mx-security: one", "mta-sts", "mta-sts", NULL},
    {"mx-security: twice", "dane,dane", "dane", NULL},
    {"mx-security: none", "none", "none", NULL},
    {"mx-security: none beside another", "none, dane", NULL, "neither none"},
    {"mx-security: empty", "", NULL, "neither none"},
    {"mx-security: unknown", "dane, sts", NULL,
	"must be dane, mta-sts or none"},
    {"dnssec: auto", "auto", "auto", NULL},
    {"dnssec: trusted", "trusted", "trusted", NULL},
    {"dnssec: no", "no", "no", NULL},
    {"dnssec: yes", "yes", NULL, "must be auto, trusted or no"},
    {"auth: auto", "auto", "auto", NULL},
    {"auth: none", "none", "none", NULL},
    {"auth: list", "plain, LOGIN", "PLAIN, LOGIN", NULL},
    {"auth: one", "Login", "LOGIN", NULL},
    {"auth: all", "cram-md5 XOAUTH2,scram-sha-1-plus EXTERNAL",
	"CRAM-MD5, XOAUTH2, SCRAM-SHA-1-PLUS, EXTERNAL", NULL},
    {"auth: unknown", "DIGEST-MD5", NULL,
	"hint: the mechanisms are EXTERNAL, SCRAM-SHA-256-PLUS"},
    {"auth: none among others", "PLAIN none", NULL, "neither"},
    {"auth: auto among others", "auto PLAIN", NULL, "neither"},
    {"auth: too many",
	"PLAIN PLAIN PLAIN PLAIN PLAIN PLAIN PLAIN PLAIN PLAIN PLAIN PLAIN",
	NULL, "neither"},
    {"auth: empty", "", NULL, "no mechanism"},
    {"user: plain", "me@example.org", "me@example.org", NULL},
    {"user: blanks", "my name", "my name", NULL},
    {"user: empty", "", "", NULL},
    {"user: line feed", "me\nRCPT", NULL, "me\\x0aRCPT"},
    {"user: delete", "me\x7f", NULL, "me\\x7f"},
    {"user: tab", "me\tyou", NULL, "me\\x09you"},
    {"password: plain", "hunter2", "***", NULL},
    {"password: 4096 octets", X4096, "***", NULL},
    {"password: 4097 octets", X4096 "x", NULL, "4096"},
    {"password: line feed", "hun\nter2", NULL, "line end"},
    {"password: carriage return", "hunter2\r", NULL, "line end"},
    {"password: empty", "", "", NULL},
    {"password-command: any", "pass show 'a b' | head -1",
	"pass show 'a b' | head -1", NULL},
    {"password-file: any", "/etc/pw", "/etc/pw", NULL},
    {"password-fd: 3", "3", "3", NULL},
    {"password-fd: 2", "2", NULL, "3 or higher"},
    {"password-fd: 0", "0", NULL, "3 or higher"},
    {"password-fd: negative", "-1", NULL, "3 or higher"},
    {"password-fd: large", "2147483648", NULL, "3 or higher"},
    {"password-fd: empty", "", NULL, "3 or higher"},
    {"oauth: a name", "google", "google", NULL},
    {"oauth: a tenant", "microsoft:contoso.example",
	"microsoft:contoso.example", NULL},
    {"oauth: an issuer", "https://login.example/realms/a",
	"https://login.example/realms/a", NULL},
    {"oauth: a port", "https://[::1]:4443", "https://[::1]:4443", NULL},
    {"oauth: empty", "", "", NULL},
    {"oauth: unknown", "gogle", NULL, "the nearest one known is \"google\""},
    {"oauth: a provider of mail", "Gmail", NULL, "smtpost calls it \"google\""},
    {"oauth: outlook", "outlook", NULL, "smtpost calls it \"microsoft\""},
    {"oauth: a tenant of another", "google:x", NULL, "neither the name"},
    {"oauth: no tenant", "microsoft:", NULL, "a tenant is"},
    {"oauth: a path as tenant", "microsoft:a/b", NULL, "a tenant is"},
    {"oauth: dots as tenant", "microsoft:..", NULL, "a tenant is"},
    {"oauth: http", "http://login.example", NULL, "an issuer is"},
    {"oauth: HTTPS", "HTTPS://login.example", NULL, "an issuer is"},
    {"oauth: no host", "https:///x", NULL, "an issuer is"},
    {"oauth: a user", "https://me:hunter2@login.example", NULL,
	"a user and a password"},
    {"oauth: a query", "https://login.example/?x=y", NULL, "an issuer is"},
    {"oauth: a fragment", "https://login.example/#x", NULL, "an issuer is"},
    {"oauth: a blank", "https://login.example/a b", NULL, "an issuer is"},
    {"oauth: line feed", "https://login.example/\n", NULL, "an issuer is"},
    {"oauth: 4096 octets", "https://login.example/" X4096, NULL,
	"an issuer is"},
    {"oauth: port 0", "https://login.example:0", NULL, "an issuer is"},
    {"oauth-client-id: text", "1-a.apps.example", "1-a.apps.example", NULL},
    {"oauth-client-id: line feed", "a\nb", NULL, "control character"},
    {"oauth-client-secret: text", "hunter2", "***", NULL},
    {"oauth-client-secret: line feed", "hun\nter2", NULL, "line end"},
    {"oauth-client-secret-file: any", "/etc/s", "/etc/s", NULL},
    {"oauth-tenant: domain", "contoso.example", "contoso.example", NULL},
    {"oauth-tenant: a path", "../a", NULL, "a tenant is"},
    {"oauth-tenant: a dot at the end", "a.", NULL, "a tenant is"},
    {"oauth-scope: two", "a b", "a b", NULL},
    {"oauth-flow: service-account", "service-account", "service-account", NULL},
    {"oauth-flow: password", "password", NULL,
	"must be auto, browser, device, client-credentials or "
	"service-account"},
    {"oauth-key: any", "/etc/k", "/etc/k", NULL},
    {"oauth-store: command", "command", "command", NULL},
    {"oauth-store: keyring", "keyring", NULL, "must be file or command"},
    {"oauth-read-command: any", "pass show x", "pass show x", NULL},
    {"oauth-write-command: any", "pass insert x", "pass insert x", NULL},
    {"oauth-tls-trust: system", "system", "system", NULL},
    {"oauth-tls-trust: a file", "/etc/ca.pem", "/etc/ca.pem", NULL},
    {"sender: address", "me@example.org", "me@example.org", NULL},
    {"sender: null", "<>", "<>", NULL},
    {"sender: placeholders", "%u+%h@%m", "%u+%h@%m", NULL},
    {"sender: bare", "%u", "%u", NULL},
    {"sender: percent", "a%%b@example.org", "a%%b@example.org", NULL},
    {"sender: other letter", "%x@example.org", NULL, "%"},
    {"sender: percent at end", "me@example.org%", NULL, "%"},
    {"sender: two", "a@example.org, b@example.org", NULL, "not an address"},
    {"sender: name", "Me <me@example.org>", NULL, "full-name"},
    {"sender: line feed", "me@example.org\n", NULL, "\\x0a"},
    {"sender: no local part", "@example.org", NULL, "not an address"},
    {"full-name: text", "J\xc3\xb6rg \"X\"", "J\xc3\xb6rg \"X\"", NULL},
    {"full-name: line feed", "A\nBcc: b", NULL, "A\\x0aBcc"},
    {"domain: name", "example.org", "example.org", NULL},
    {"domain: u-label", "m\xc3\xbcller.example", "xn--mller-kva.example", NULL},
    {"domain: underscore", "my_host.example", "my_host.example", NULL},
    {"domain: final dot", "example.org.", "example.org", NULL},
    {"domain: literal", "[192.0.2.1]", "[192.0.2.1]", NULL},
    {"domain: blank", "a b", NULL, "neither"},
    {"domain: two dots", "a..b", NULL, "neither"},
    {"domain: bare address", "192.0.2.1", NULL, "brackets: [192.0.2.1]"},
    {"domain: a number last", "example.1", NULL, "neither"},
    {"domain: only a number", "1", NULL, "neither"},
    {"domain: a number first", "1.example", "1.example", NULL},
    {"domain: carriage return", "example.org\r", NULL, "\\x0d"},
    {"full-name: words", "Cron of %u at %h, 100%%", "Cron of %u at %h, 100%%",
	NULL},
    {"full-name: no such word", "%m", NULL, "must be u, h or %"},
    {"full-name: a percent sign at the end", "100%", NULL, "must be u, h or %"},
    {"full-name: line feed", "a\nb", NULL, "control character"},
    {"local-domains: one", "example.org", "example.org", NULL},
    {"local-domains: several", "box, box.example.org  m\xc3\xbcller.example",
	"box, box.example.org, xn--mller-kva.example", NULL},
    {"local-domains: bare address", "box, 192.0.2.1", NULL,
	"brackets: [192.0.2.1]"},
    {"local-domains: an address", "root@box", NULL, "neither"},
    {"local-domains: line feed", "box\nx", NULL, "\\x0a"},
    {"ehlo-name: name", "client.example", "client.example", NULL},
    {"ehlo-name: literal", "[IPv6:::1]", "[IPv6:::1]", NULL},
    {"ehlo-name: bare address", "192.0.2.1", NULL, "brackets"},
    {"ehlo-name: injection", "a\r\nMAIL", NULL, "a\\x0d\\x0aMAIL"},
    {"ehlo-name: underscore", "a_b", "a_b", NULL},
    {"ehlo-name: final dot", "a.example.", "a.example", NULL},
    {"match: list", "*@example.org, me@*", "*@example.org, me@*", NULL},
    {"match: empty", "", "", NULL},
    {"match: line feed", "a\nb", NULL, "a\\x0ab"},
    {"extends: name", "work", "work", NULL},
    {"header-policy: keep", "keep", "keep", NULL},
    {"header-policy: complete", "complete", "complete", NULL},
    {"header-policy: provider", "provider", "provider", NULL},
    {"header-policy: other", "change", NULL,
	"must be keep, complete or provider"},
    {"keep-original-from: yes", "yes", "yes", NULL},
    {"aliases: default", "/etc/aliases", "/etc/aliases", NULL},
    {"aliases: none", "none", "none", NULL},
    {"aliases: a file", "/x/y z", "/x/y z", NULL},
    {"local-recipients: list", "a@x, B <b@y>", "a@x, B <b@y>", NULL},
    {"local-recipients: none", "", "", NULL},
    {"local-recipients: no list", "a b c", NULL, "not a list"},
    {"local-recipients: an empty group", "g:;", NULL, "not a list"},
    {"local-recipients: control", "a@x\n", NULL, "control character"},
    {"remove-bcc: yes", "yes", "yes", NULL},
    {"remove-bcc: no", "no", "no", NULL},
    {"remove-bcc: true", "true", NULL, "remove-bcc must be yes or no"},
    {"undisclosed-recipients: yes", "yes", "yes", NULL},
    {"add-headers: one", "X-A: b", "X-A: b", NULL},
    {"add-headers: two", "Reply-To: a@b.example, X-A: b",
	"Reply-To: a@b.example, X-A: b", NULL},
    {"add-headers: none", "", "", NULL},
    {"add-headers: no name", "x", NULL, "must be a list of \"Name: value\""},
    {"add-headers: Bcc", "bcc: a@b.example", NULL, "the field bcc"},
    {"add-headers: line feed", "X-A: b\nBcc: c@d.example", NULL,
	"control character"},
    {"partial: all", "all-or-nothing", "all-or-nothing", NULL},
    {"partial: best", "best-effort", "best-effort", NULL},
    {"filter-command: a command", "a $B ~/c", "a $B ~/c", NULL},
    {"dkim-key: a file", "/x/a.pem", "/x/a.pem", NULL},
    {"dkim-key: two files", "/x/a.pem, /x/b.pem", "/x/a.pem, /x/b.pem", NULL},
    {"dkim-key: five files", "a b c d e", NULL, "more than 4 files"},
    {"dkim-selector: one", "2026.laptop", "2026.laptop", NULL},
    {"dkim-selector: two", "s1 s2", "s1, s2", NULL},
    {"dkim-selector: twice", "s1 S1", NULL, "it names a selector twice"},
    {"dkim-selector: five", "a b c d e", NULL, "more than 4 selectors"},
    {"dkim-selector: underscore", "s1 s_2", NULL,
	"not a name of letters, digits, hyphens and dots"},
    {"dkim-domain: a name", "Example.com", "Example.com", NULL},
    {"dkim-domain: U-label", "b\303\274cher.example", "xn--bcher-kva.example",
	NULL},
    {"dkim-domain: a literal", "[192.0.2.1]", NULL, "not a domain name"},
    {"dkim-domain: an address", "me@example.com", NULL, "not a domain name"},
    {"dkim-lifetime: days", "14d", "14d", NULL},
    {"dkim-lifetime: none", "0", "", NULL},
    {"dkim-lifetime: no time", "long", NULL, "not a time"},
    {"sent-copy: a Maildir", "/x/Sent/", "/x/Sent/", NULL},
    {"sent-copy: a file", "/x/sent", "/x/sent", NULL},
    {"sent-copy-bcc: yes", "yes", "yes", NULL},
    {"queue: never", "never", "never", NULL},
    {"queue: on-tempfail", "on-tempfail", "on-tempfail", NULL},
    {"queue: always", "always", "always", NULL},
    {"queue: other", "later", NULL,
	"queue must be never, on-tempfail or always"},
    {"queue: no word", "", NULL, "queue must be never"},
    {"queue-dir: a folder", "/srv/mail queue", "/srv/mail queue", NULL},
    {"queue-dir: empty", "", "", NULL},
    {"queue-lifetime: days", "72h", "3d", NULL},
    {"queue-lifetime: zero", "0", NULL, "must not be 0"},
    {"queue-retry: two times", "5m 4h", "5m 4h", NULL},
    {"queue-retry: a comma", "60s,60m", "1m 1h", NULL},
    {"queue-retry: equal times", "1s 1s", "1s 1s", NULL},
    {"queue-retry: one time", "5m", NULL, "two times"},
    {"queue-retry: three times", "5m 1h 4h", NULL, "two times"},
    {"queue-retry: no time", "", NULL, "two times"},
    {"queue-retry: without a unit", "5 4h", NULL, "two times"},
    {"queue-retry: too long", "5m 366d", NULL, "365d"},
    {"queue-retry: zero", "0s 4h", NULL, "must not be 0"},
    {"queue-retry: the first is longer", "4h 5m", NULL, "nor longer"},
    {"queue-warn: a time", "12h", "12h", NULL},
    {"queue-warn: never", "0", "", NULL},
    {"queue-flush: no", "no", "no", NULL},
    {"queue-flush: other", "later", NULL, "queue-flush must be yes or no"},
    {"queue-run-time: a time", "600s", "10m", NULL},
    {"queue-run-time: zero", "0s", NULL, "must not be 0"},
    {"max-queue: both", "10000 1024M", "10000 1G", NULL},
    {"max-queue: octets", "1,500", "1 500", NULL},
    {"max-queue: a number alone", "10000", NULL, "10000 1G"},
    {"max-queue: a size first", "1G 10000", NULL, "10000 1G"},
    {"max-queue: three words", "1 1G 1", NULL, "10000 1G"},
    {"max-queue: no mail", "0 1G", NULL, "10000 1G"},
    {"max-queue: no octet", "1 0", NULL, "10000 1G"},
    {"max-queue: too many", "4294967296 1G", NULL, "10000 1G"},
    {"max-queue: empty", "", NULL, "10000 1G"},
    {"in-doubt: hold", "hold", "hold", NULL},
    {"in-doubt: other", "wait", NULL, "in-doubt must be retry or hold"},
    {"notifications: no", "no", "no", NULL},
    {"notify-command: any", "notify-send Mail \"$NOTIFY_TEXT\"",
	"notify-send Mail \"$NOTIFY_TEXT\"", NULL},
    {"log-recipients: hash", "hash", "hash", NULL},
    {"log-recipients: other", "some", NULL,
	"log-recipients must be full, hash or none"},
    {"dsn-notify: never", "NEVER", "never", NULL},
    {"dsn-notify: list", "delay, success failure", "success,failure,delay",
	NULL},
    {"dsn-notify: empty", "", "", NULL},
    {"dsn-notify: never and more", "never,delay", NULL, "neither never"},
    {"dsn-notify: other", "failure,x", NULL, "neither never"},
    {"dsn-return: hdrs", "hdrs", "hdrs", NULL},
    {"dsn-return: full", "FULL", "full", NULL},
    {"dsn-return: empty", "", "", NULL},
    {"dsn-return: other", "body", NULL, "must be full or hdrs"},
    {"chunking: never", "never", "never", NULL},
    {"pipelining: never", "never", "never", NULL},
    {"pipelining: no", "no", NULL, "must be auto or never"},
    {"timeout: seconds", "30s", "30s", NULL},
    {"timeout: minutes", "300s", "5m", NULL},
    {"timeout: hours", "2h", "2h", NULL},
    {"timeout: days", "365d", "365d", NULL},
    {"timeout: too long", "366d", NULL, "365d"},
    {"timeout: overflow", "99999999999999999999d", NULL, "365d"},
    {"timeout: none", "0", "", NULL},
    {"timeout: without unit", "30", NULL, "30s"},
    {"timeout: unit alone", "s", NULL, "30s"},
    {"timeout: negative", "-1s", NULL, "30s"},
    {"timeout: fraction", "1.5s", NULL, "30s"},
    {"timeout: capital", "5M", NULL, "5m"},
    {"timeout-connect: zero", "0s", NULL, "must not be 0"},
    {"timeout-connect: one", "1s", "1s", NULL},
    {"timeout-total: one", "1h", "1h", NULL},
    {"max-messages: one", "1", "1", NULL},
    {"max-messages: many", "4294967295", "4294967295", NULL},
    {"max-messages: too many", "4294967296", NULL, "such as 100"},
    {"max-messages: none", "0", NULL, "such as 100"},
    {"max-messages: negative", "-1", NULL, "such as 100"},
    {"max-messages: a size", "1K", NULL, "such as 100"},
    {"max-messages: empty", "", NULL, "such as 100"},
    {"max-size: octets", "1000", "1000", NULL},
    {"max-size: K", "1K", "1K", NULL},
    {"max-size: M", "10M", "10M", NULL},
    {"max-size: G", "2G", "2G", NULL},
    {"max-size: largest unit", "2048M", "2G", NULL},
    {"max-size: small letter", "10m", NULL, "10M"},
    {"max-size: overflow", "99999999999G", NULL, "10M"},
    {"max-size: empty", "", NULL, "10M"},
    {"ignore-dots: yes", "yes", "yes", NULL},
    {"report: json", "json", "json", NULL},
    {"report: xml", "xml", NULL, "report must be none, text or json"},
    {"report: jsn", "jsn", NULL, "\nhint: the nearest one known is \"json\""},
    {"report: too long to show", X256, NULL, "xx...\": report must be none"},
    {"log: sylog", "sylog", NULL,
	"\nhint: the nearest one known is \"syslog\""},
    {"auth: plian", "plian", NULL,
	"\nhint: the nearest one known is \"PLAIN\""},
    {"auth: digest-md5", "digest-md5", NULL,
	"\nhint: smtpost does not have it; Login in smtpost.conf(5)"},
    {"auth: one of two", "LOGIN CRAM-MD", NULL,
	"\nhint: the nearest one known is \"CRAM-MD5\""},
    {"provider: googlemail", "googlemail", NULL,
	"\nhint: smtpost calls it \"gmail\""},
};

static void
test_value(void **state)
{
	const struct value_row *row = *state;
	struct span name = span_from(row->name);
	const struct setting *setting;
	struct profile profile = PROFILE_UNSET;
	struct error err = {0};
	struct buf printed = {0};
	bool done;

	setting = setting_table_find(span_head(name, span_find(name, ':')));
	assert_non_null(setting);
	done = setting->type->parse(
	    setting, &profile, span_from(row->value), &err);
	assert_int_equal(done, row->printed != NULL);
	if (done) {
		setting->type->print(setting, &profile, &printed);
		assert_string_equal(buf_text(&printed), row->printed);
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		if (strstr(err.text, row->error) == NULL)
			fail_msg(
			    "\"%s\" is not in \"%s\"", row->error, err.text);
		assert_null(strstr(err.text, "ter2"));
	}
	buf_free(&printed);
	profile_free(&profile);
}

struct nearest_row {
	const char *name, *nearest;
};

static const struct nearest_row nearests[] = {
    {"sevrer", "server"},
    {"passwd", "password"},
    {"PASSWORD", "password"},
    {"tls_trust", "tls-trust"},
    {"time-out", "timeout"},
    {"x", NULL},
    {"colour", NULL},
    {"serverurl", "server"},
    {"ehloname", "ehlo-name"},
    {"pasword-command", "password-command"},
    {"sevrer_", "server"},
    {"no-match-at-all", NULL},
};

static void
test_nearest(void **state)
{
	const struct nearest_row *row = *state;
	struct span name = span_from(row->name);

	assert_null(setting_table_find(name));
	if (row->nearest == NULL)
		assert_null(setting_table_nearest(name));
	else
		assert_string_equal(setting_table_nearest(name), row->nearest);
}

/* Defaults are written in the same form as values, and are valid. */
static void
test_table(void **state)
{
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < setting_table_count(); i++) {
		const struct setting *setting = setting_table_at(i);
		struct profile profile = PROFILE_UNSET;
		struct buf printed = {0};

		assert_int_equal(setting_table_index(setting), i);
		assert_ptr_equal(
		    setting_table_find(span_from(setting_table_at(i)->name)),
		    setting);
		if (setting->standard != NULL) {
			assert_true(setting->type->parse(setting, &profile,
			    span_from(setting->standard), &err));
			setting->type->print(setting, &profile, &printed);
			assert_string_equal(
			    buf_text(&printed), setting->standard);
		} else if (strcmp(setting->name, "report") != 0) {
			setting->type->print(setting, &profile, &printed);
			assert_string_equal(buf_text(&printed), "");
		}
		buf_free(&printed);
		profile_free(&profile);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "value", values, ROWS(values), test_value);
	rows_add(&all, "nearest", nearests, ROWS(nearests), test_nearest);
	rows_add_one(&all, "the table", test_table);
	return rows_end(&all);
}
