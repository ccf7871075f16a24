/*
 * The table of msmtp's keys. The names are compared with regard to case, as
 * msmtp does. Values that msmtp refuses are refused here, too: a file that has
 * one never worked.
 */
#include "import/msmtprc_key.h"

#include <stdlib.h>
#include <string.h>

#include "profile/token_url.h"

#define NUMBER_OCTETS_MAX ((size_t)31)

/* What a word means; without a meaning it stands for itself. */
struct word {
	const char *word, *meaning;
};

static const struct word on_off[] = {{"on", NULL}, {"off", NULL}, {NULL, NULL}};
static const struct word inverted[] = {
    {"on", "off"}, {"off", "on"}, {NULL, NULL}};
static const struct word only_off[] = {{"off", ""}, {NULL, NULL}};
static const struct word auto_off[] = {
    {"auto", NULL}, {"off", NULL}, {NULL, NULL}};
static const struct word auto_on_off[] = {
    {"auto", NULL}, {"on", NULL}, {"off", NULL}, {NULL, NULL}};
static const struct word add_missing[] = {
    {"on", "auto"}, {"off", NULL}, {NULL, NULL}};
static const struct word to_words[] = {{"on", NULL}, {"off", NULL},
    {"undisclosed_recipients", NULL}, {NULL, NULL}};
static const struct word undisclosed[] = {
    {"on", "undisclosed_recipients"}, {"off", NULL}, {NULL, NULL}};
static const struct word protocols[] = {
    {"smtp", NULL}, {"lmtp", NULL}, {NULL, NULL}};
static const struct word mechanisms[] = {{"on", NULL}, {"off", NULL},
    {"plain", NULL}, {"login", NULL}, {"cram-md5", NULL}, {"digest-md5", NULL},
    {"external", NULL}, {"gssapi", NULL}, {"ntlm", NULL}, {"scram-sha-1", NULL},
    {"scram-sha-256", NULL}, {"scram-sha-1-plus", NULL},
    {"scram-sha-256-plus", NULL}, {"oauthbearer", NULL}, {"xoauth2", NULL},
    {NULL, NULL}};
static const struct word facilities[] = {{"on", "LOG_USER"}, {"off", ""},
    {"LOG_USER", NULL}, {"LOG_MAIL", NULL}, {"LOG_LOCAL0", NULL},
    {"LOG_LOCAL1", NULL}, {"LOG_LOCAL2", NULL}, {"LOG_LOCAL3", NULL},
    {"LOG_LOCAL4", NULL}, {"LOG_LOCAL5", NULL}, {"LOG_LOCAL6", NULL},
    {"LOG_LOCAL7", NULL}, {NULL, NULL}};
static const struct word returns[] = {
    {"off", ""}, {"headers", NULL}, {"full", NULL}, {NULL, NULL}};

enum form {
	FORM_TEXT,   /* any text */
	FORM_WORDS,  /* one of the words */
	FORM_NUMBER, /* or a number above 0 */
	FORM_NONE,   /* no value */
	FORM_NOTIFY,
	FORM_FINGERPRINT,
};

struct row {
	const char *name;
	enum msmtprc_key key;
	enum form form;
	const char *empty; /* what no value means; NULL: msmtp refuses that */
	const struct word *words; /* NULL: none */
	unsigned max;		  /* of a number */
	bool is_secret;
};

#define PORT_MAX 65535
#define NUMBER_MAX 2147483647

static const struct row rows[] = {
    {.name = "host", .key = MSMTPRC_HOST, .form = FORM_TEXT},
    {.name = "port", .key = MSMTPRC_PORT, .form = FORM_NUMBER, .max = PORT_MAX},
    {.name = "protocol",
	.key = MSMTPRC_PROTOCOL,
	.form = FORM_WORDS,
	.words = protocols},
    {.name = "socket", .key = MSMTPRC_SOCKET, .form = FORM_TEXT, .empty = ""},
    {.name = "timeout",
	.key = MSMTPRC_TIMEOUT,
	.form = FORM_NUMBER,
	.words = only_off,
	.max = NUMBER_MAX},
    {.name = "connect_timeout",
	.key = MSMTPRC_TIMEOUT,
	.form = FORM_NUMBER,
	.words = only_off,
	.max = NUMBER_MAX},
    {.name = "source_ip",
	.key = MSMTPRC_SOURCE_IP,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "proxy_host",
	.key = MSMTPRC_PROXY_HOST,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "proxy_port",
	.key = MSMTPRC_PROXY_PORT,
	.form = FORM_NUMBER,
	.empty = "",
	.max = PORT_MAX},
    {.name = "domain", .key = MSMTPRC_DOMAIN, .form = FORM_TEXT, .empty = ""},
    {.name = "tls",
	.key = MSMTPRC_TLS,
	.form = FORM_WORDS,
	.empty = "on",
	.words = on_off},
    {.name = "tls_starttls",
	.key = MSMTPRC_TLS_STARTTLS,
	.form = FORM_WORDS,
	.empty = "on",
	.words = on_off},
    {.name = "tls_nostarttls",
	.key = MSMTPRC_TLS_STARTTLS,
	.form = FORM_NONE,
	.empty = "off"},
    {.name = "tls_trust_file",
	.key = MSMTPRC_TLS_TRUST_FILE,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "tls_crl_file",
	.key = MSMTPRC_TLS_CRL_FILE,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "tls_fingerprint",
	.key = MSMTPRC_TLS_FINGERPRINT,
	.form = FORM_FINGERPRINT,
	.empty = ""},
    {.name = "tls_cert_file",
	.key = MSMTPRC_TLS_CERT_FILE,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "tls_key_file",
	.key = MSMTPRC_TLS_KEY_FILE,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "tls_certcheck",
	.key = MSMTPRC_TLS_CERTCHECK,
	.form = FORM_WORDS,
	.empty = "on",
	.words = on_off},
    {.name = "tls_nocertcheck",
	.key = MSMTPRC_TLS_CERTCHECK,
	.form = FORM_NONE,
	.empty = "off"},
    {.name = "tls_priorities",
	.key = MSMTPRC_TLS_PRIORITIES,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "tls_host_override",
	.key = MSMTPRC_TLS_HOST_OVERRIDE,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "tls_min_dh_prime_bits",
	.key = MSMTPRC_TLS_MIN_DH_PRIME_BITS,
	.form = FORM_NUMBER,
	.empty = "",
	.max = NUMBER_MAX},
    {.name = "tls_force_sslv3",
	.key = MSMTPRC_TLS_FORCE_SSLV3,
	.form = FORM_TEXT,
	.empty = "on"},
    {.name = "auth",
	.key = MSMTPRC_AUTH,
	.form = FORM_WORDS,
	.empty = "on",
	.words = mechanisms},
    {.name = "user", .key = MSMTPRC_USER, .form = FORM_TEXT, .empty = ""},
    {.name = "password",
	.key = MSMTPRC_PASSWORD,
	.form = FORM_TEXT,
	.empty = "",
	.is_secret = true},
    {.name = "passwordeval",
	.key = MSMTPRC_PASSWORDEVAL,
	.form = FORM_TEXT,
	.empty = "",
	.is_secret = true},
    {.name = "ntlmdomain",
	.key = MSMTPRC_NTLMDOMAIN,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "from", .key = MSMTPRC_FROM, .form = FORM_TEXT, .empty = ""},
    {.name = "from_full_name",
	.key = MSMTPRC_FROM_FULL_NAME,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "allow_from_override",
	.key = MSMTPRC_ALLOW_FROM_OVERRIDE,
	.form = FORM_WORDS,
	.words = on_off},
    {.name = "auto_from",
	.key = MSMTPRC_AUTO_FROM,
	.form = FORM_WORDS,
	.empty = "on",
	.words = on_off},
    {.name = "maildomain",
	.key = MSMTPRC_MAILDOMAIN,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "set_from_header",
	.key = MSMTPRC_SET_FROM_HEADER,
	.form = FORM_WORDS,
	.empty = "auto",
	.words = auto_on_off},
    {.name = "add_missing_from_header",
	.key = MSMTPRC_SET_FROM_HEADER,
	.form = FORM_WORDS,
	.empty = "auto",
	.words = add_missing},
    {.name = "set_date_header",
	.key = MSMTPRC_SET_DATE_HEADER,
	.form = FORM_WORDS,
	.empty = "auto",
	.words = auto_off},
    {.name = "add_missing_date_header",
	.key = MSMTPRC_SET_DATE_HEADER,
	.form = FORM_WORDS,
	.empty = "auto",
	.words = add_missing},
    {.name = "set_msgid_header",
	.key = MSMTPRC_SET_MSGID_HEADER,
	.form = FORM_WORDS,
	.empty = "auto",
	.words = auto_off},
    {.name = "set_to_header",
	.key = MSMTPRC_SET_TO_HEADER,
	.form = FORM_WORDS,
	.empty = "on",
	.words = to_words},
    {.name = "undisclosed_recipients",
	.key = MSMTPRC_SET_TO_HEADER,
	.form = FORM_WORDS,
	.empty = "undisclosed_recipients",
	.words = undisclosed},
    {.name = "remove_bcc_headers",
	.key = MSMTPRC_REMOVE_BCC_HEADERS,
	.form = FORM_WORDS,
	.empty = "on",
	.words = on_off},
    {.name = "keepbcc",
	.key = MSMTPRC_REMOVE_BCC_HEADERS,
	.form = FORM_WORDS,
	.empty = "off",
	.words = inverted},
    {.name = "dsn_notify", .key = MSMTPRC_DSN_NOTIFY, .form = FORM_NOTIFY},
    {.name = "dsn_return",
	.key = MSMTPRC_DSN_RETURN,
	.form = FORM_WORDS,
	.words = returns},
    {.name = "logfile", .key = MSMTPRC_LOGFILE, .form = FORM_TEXT, .empty = ""},
    {.name = "logfile_time_format",
	.key = MSMTPRC_LOGFILE_TIME_FORMAT,
	.form = FORM_TEXT,
	.empty = ""},
    {.name = "syslog",
	.key = MSMTPRC_SYSLOG,
	.form = FORM_WORDS,
	.empty = "LOG_USER",
	.words = facilities},
    {.name = "aliases", .key = MSMTPRC_ALIASES, .form = FORM_TEXT, .empty = ""},
};

static const struct row *
find(struct span name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(name, span_from(rows[i].name)))
			return &rows[i];
	return NULL;
}

bool
msmtprc_key_is_known(struct span name)
{
	return find(name) != NULL;
}

unsigned
msmtprc_key_number(struct span value)
{
	char digits[NUMBER_OCTETS_MAX + 1];
	char *end;
	long number;

	if (value.len == 0 || value.len > NUMBER_OCTETS_MAX)
		return 0;
	memcpy(digits, value.at, value.len);
	digits[value.len] = '\0';
	number = strtol(digits, &end, 0);
	return *end == '\0' && number > 0 && number <= NUMBER_MAX
	    ? (unsigned)number
	    : 0;
}

/* never, or a list of the others, separated by single commas. */
static bool
is_notify(struct span value)
{
	static const char *const words[] = {"failure", "delay", "success"};
	bool seen[3] = {false};

	if (span_equal(value, SPAN("never")))
		return true;
	for (;;) {
		size_t comma = span_find(value, ',');
		bool found = false;

		for (size_t i = 0; i < 3; i++)
			if (!seen[i] &&
			    span_equal(
				span_head(value, comma), span_from(words[i])))
				found = seen[i] = true;
		if (!found)
			return false;
		if (comma == value.len)
			return true;
		value = span_skip(value, comma + 1);
	}
}

/* 16, 20 or 32 octets in hexadecimal, with colons or blanks between them. */
static bool
is_fingerprint(struct span value)
{
	if (value.len != 47 && value.len != 59 && value.len != 95)
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (i % 3 == 2 ? value.at[i] != ':' && value.at[i] != ' '
			       : ascii_hex_value(value.at[i]) < 0)
			return false;
	return true;
}

static bool
read_word(const struct row *row, struct span *value)
{
	for (const struct word *word = row->words;
	     word != NULL && word->word != NULL; word++) {
		if (!span_equal(*value, span_from(word->word)))
			continue;
		if (word->meaning != NULL)
			*value = span_from(word->meaning);
		return true;
	}
	return false;
}

static bool
is_number(const struct row *row, struct span value)
{
	unsigned number = msmtprc_key_number(value);

	return number > 0 && number <= row->max;
}

static bool
read_value(const struct row *row, struct span *value)
{
	switch (row->form) {
	case FORM_TEXT:
		return true;
	case FORM_WORDS:
		return read_word(row, value);
	case FORM_NUMBER:
		return read_word(row, value) || is_number(row, *value);
	case FORM_NONE:
		break;
	case FORM_NOTIFY:
		if (span_equal(*value, SPAN("off"))) {
			*value = SPAN("");
			return true;
		}
		return is_notify(*value);
	case FORM_FINGERPRINT:
		return is_fingerprint(*value);
	}
	return false;
}

const char *
msmtprc_key_read(struct msmtprc_line *line)
{
	const struct row *row = find(line->name);

	if (row == NULL)
		return "msmtp has no such key";
	line->key = row->key;
	if (row->is_secret || token_url_has_pin(line->value))
		line->shown = line->name;
	if (line->value.len == 0 && row->empty == NULL)
		return "msmtp refuses it without a value";
	if (line->value.len == 0)
		line->value = span_from(row->empty);
	else if (!read_value(row, &line->value))
		return "msmtp refuses its value";
	if (line->key == MSMTPRC_HOST &&
	    (span_find(line->value, ' ') < line->value.len ||
		span_find(line->value, '\t') < line->value.len))
		return "no host has a blank in its name";
	return NULL;
}
