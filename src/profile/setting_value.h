/*
 * What settings mean once they are read: the words of a choice, a server, a
 * list of names. Part of profile.h, which includes it. The order in an enum is
 * that of its words in the settings table.
 */
#ifndef PROFILE_SETTING_VALUE_H
#define PROFILE_SETTING_VALUE_H

#include <stddef.h>

#include "base/buf.h"
#include "envelope/dsn.h"
#include "profile/rate.h"

enum scheme {
	SCHEME_SMTP,  /* STARTTLS; port 587 */
	SCHEME_SMTPS, /* TLS from the start; port 465 */
	SCHEME_LMTP,  /* RFC 2033, STARTTLS; port 24 */
	SCHEME_SMTP_UNIX,
	SCHEME_LMTP_UNIX,
	SCHEME_SRV, /* the servers that a domain names (RFC 6186) */
};

struct server {
	enum scheme scheme;
	char *host; /* A-labels or an address without brackets; localhost */
	unsigned short port; /* 0: a Unix socket or a domain */
	char *domain;	     /* that named it by SRV; NULL: the user did */
	const char *service; /* and for what: "_submissions"; static */
	char *path;	     /* of the Unix socket; NULL: none */
	char *url; /* with port, for reports: "smtps://mail.example.com:465" */
};

/* A SOCKS 5 proxy. */
struct proxy {
	char *host; /* as a server's; NULL: no proxy */
	unsigned short port;
	char *user;	     /* NULL: no login */
	struct buf password; /* wiped */
};

enum tls_policy {
	TLS_POLICY_REQUIRED,
	TLS_POLICY_OPPORTUNISTIC,
	TLS_POLICY_NONE,
};

enum tls_min { TLS_MIN_1_2, TLS_MIN_1_3 };

enum header_treatment {
	HEADER_POLICY_KEEP,
	HEADER_POLICY_COMPLETE,
	HEADER_POLICY_PROVIDER,
};
enum partial { PARTIAL_BEST_EFFORT, PARTIAL_ALL_OR_NOTHING };
enum queue_use { QUEUE_NEVER };
enum extension_use { EXTENSION_AUTO, EXTENSION_NEVER };
enum report_form { REPORT_NONE, REPORT_TEXT, REPORT_JSON };
enum tcp_clients { TCP_CLIENTS_NONE, TCP_CLIENTS_LOOPBACK };
enum log_form {
	LOG_FORM_NONE,
	LOG_FORM_SYSLOG,
	LOG_FORM_JOURNAL,
	LOG_FORM_STDERR,
	LOG_FORM_FILE,
};
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct name_list {
	char **names;
	size_t count;
};

/* Whom -bs serves. */
struct clients {
	struct name_list senders; /* any, own, or globs */
	char *sender_map;	  /* a file in their place; NULL: none */
	enum tcp_clients tcp;
	struct rate rate; /* of messages, for each user */
};

/* The way to the server, or to the proxy. */
enum ip_family { IP_ANY, IP_FOUR, IP_SIX };

struct network {
	enum ip_family ip;
	struct name_list sources; /* addresses; of a family one at most */
	struct proxy proxy;
};

#endif
