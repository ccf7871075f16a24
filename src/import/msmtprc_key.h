/*
 * The keys of a msmtprc, with the values that msmtp accepts for them. Old and
 * new names of one thing are one key.
 */
#ifndef IMPORT_MSMTPRC_KEY_H
#define IMPORT_MSMTPRC_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum msmtprc_key {
	MSMTPRC_HOST,
	MSMTPRC_PORT,
	MSMTPRC_PROTOCOL,
	MSMTPRC_SOCKET,
	MSMTPRC_TIMEOUT,
	MSMTPRC_SOURCE_IP,
	MSMTPRC_PROXY_HOST,
	MSMTPRC_PROXY_PORT,
	MSMTPRC_DOMAIN,
	MSMTPRC_TLS,
	MSMTPRC_TLS_STARTTLS,
	MSMTPRC_TLS_TRUST_FILE,
	MSMTPRC_TLS_CRL_FILE,
	MSMTPRC_TLS_FINGERPRINT,
	MSMTPRC_TLS_CERT_FILE,
	MSMTPRC_TLS_KEY_FILE,
	MSMTPRC_TLS_CERTCHECK,
	MSMTPRC_TLS_PRIORITIES,
	MSMTPRC_TLS_HOST_OVERRIDE,
	MSMTPRC_TLS_MIN_DH_PRIME_BITS,
	MSMTPRC_TLS_FORCE_SSLV3,
	MSMTPRC_AUTH,
	MSMTPRC_USER,
	MSMTPRC_PASSWORD,
	MSMTPRC_PASSWORDEVAL,
	MSMTPRC_NTLMDOMAIN,
	MSMTPRC_FROM,
	MSMTPRC_FROM_FULL_NAME,
	MSMTPRC_ALLOW_FROM_OVERRIDE,
	MSMTPRC_AUTO_FROM,
	MSMTPRC_MAILDOMAIN,
	MSMTPRC_SET_FROM_HEADER,
	MSMTPRC_SET_DATE_HEADER,
	MSMTPRC_SET_MSGID_HEADER,
	MSMTPRC_SET_TO_HEADER,
	MSMTPRC_REMOVE_BCC_HEADERS,
	MSMTPRC_DSN_NOTIFY,
	MSMTPRC_DSN_RETURN,
	MSMTPRC_LOGFILE,
	MSMTPRC_LOGFILE_TIME_FORMAT,
	MSMTPRC_SYSLOG,
	MSMTPRC_ALIASES,
	MSMTPRC_KEY_COUNT,
};

/* A line that msmtp accepts. */
struct msmtprc_line {
	enum msmtprc_key key;
	struct span name; /* as written, such as keepbcc */
	/* What the key's newest name would say: "off" for tls_nostarttls. */
	struct span value;
	struct span shown; /* the line, or of a secret only the name */
	size_t account;	   /* 0: it is one of the defaults */
	bool is_traced;	   /* a setting or a comment says what became of it */
	bool is_used;	   /* it counts in an account */
};

bool msmtprc_key_is_known(struct span name);
/*
 * Sets key, value and shown of a line with this name and this value. Returns
 * NULL, or the reason why msmtp would refuse it.
 */
const char *msmtprc_key_read(struct msmtprc_line *line);
/* A number as msmtp reads it: decimal, 0x10 or 010; 0: it is none. */
unsigned msmtprc_key_number(struct span value);

#endif
