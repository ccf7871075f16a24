/*
 * Everything the user configured for one submission. setting_table.c has a row
 * for each setting; profile_choice_make fills a profile.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"
#include "envelope/dsn.h"
#include "net/name_server.h"
#include "profile/clients.h"
#include "profile/dkim_settings.h"
#include "profile/name_list.h"
#include "profile/network.h"
#include "profile/oauth_settings.h"
#include "profile/queue_policy.h"
#include "profile/server_url.h"

/* The order in an enum is that of its words in the settings table. */
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
enum log_recipients {
	LOG_RECIPIENTS_FULL,
	LOG_RECIPIENTS_HASH,
	LOG_RECIPIENTS_NONE,
};
enum extension_use { EXTENSION_AUTO, EXTENSION_NEVER };
enum report_form { REPORT_NONE, REPORT_TEXT, REPORT_JSON };
/* Whether the name server is trusted to have validated (DNSSEC). */
enum dnssec_use { DNSSEC_AUTO, DNSSEC_TRUSTED, DNSSEC_NO };
/* What decides about the TLS of mail exchangers; or'ed. */
enum mx_security { MX_SECURITY_DANE = 1, MX_SECURITY_STS = 2 };
enum log_form {
	LOG_FORM_NONE,
	LOG_FORM_SYSLOG,
	LOG_FORM_JOURNAL,
	LOG_FORM_STDERR,
	LOG_FORM_FILE,
};
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct profile {
	char *name;	/* "default" if the files name no profile */
	char *choice;	/* why this profile is used: "-P" */
	char *config;	/* --config FILE; NULL: the usual files were read */
	char *extends;	/* NULL: inherits from none */
	char *provider; /* as provider.h knows it, "ses:eu-west-1"; or NULL */
	struct server *servers;
	size_t server_count;
	bool is_redirected; /* the servers are not its own: no login */
	/*
	 * A SETTING_OF_SESSION from the command line or the environment; NULL:
	 * none. A later run would not know it.
	 */
	const char *set_by_call;

	enum tls_policy tls;
	bool tls_is_set; /* by a setting, not by default */
	char *tls_trust, *tls_crl, *tls_host, *tls_priority; /* NULL: not set */
	char *trust_file, *trust_folder; /* SSL_CERT_FILE, SSL_CERT_DIR */
	struct name_list tls_pin;	 /* as struct tls_options has them */
	enum tls_min tls_min;
	char *tls_cert, *tls_key; /* NULL: none; tls_cert may hold both */
	unsigned mx_security;	  /* enum mx_security, or'ed */
	enum dnssec_use dnssec;

	struct name_list auth; /* empty: auto; one "none"; or mechanisms */
	char *user;	       /* NULL: no login */
	struct buf password;   /* wiped; struct secret holds a copy */
	char *password_command, *password_file, *token_command;
	struct oauth_settings oauth;
	int password_fd;	     /* -1: not set */
	bool password_file_is_shown; /* all users may read it */

	char *sender, *full_name, *domain, *ehlo_name; /* NULL: not set */
	struct name_list match;
	struct name_list local_domains; /* A-labels */
	struct clients clients;

	enum header_treatment header_policy;
	bool keep_original_from, remove_bcc, undisclosed_recipients;
	bool repair, ignore_dots;
	char *filter_command; /* NULL: none */
	struct dkim_settings dkim;
	char *add_headers;	/* as extra_fields_read reads it; NULL: none */
	char *aliases;		/* NULL: /etc/aliases where it exists; "none" */
	char *local_recipients; /* an address list; NULL: not set */
	char *sent_copy;	/* a Maildir ends in a slash; NULL: none */
	bool sent_copy_bcc;
	enum partial partial;
	unsigned dsn_notify; /* enum dsn_notify, or'ed; 0: not set */
	enum dsn_return dsn_return;
	enum extension_use pipelining, chunking;
	struct network network;
	int64_t timeout; /* milliseconds; 0: RFC 5321's values */
	int64_t timeout_connect, timeout_total; /* milliseconds; 0: none */
	uint64_t max_messages;			/* in one session; never 0 */
	struct queue_policy queue;
	uint64_t max_size;   /* octets; 0: none */
	uint64_t memory_max; /* octets; 0: as little as possible */
	enum report_form report;
	enum log_form log;
	char *log_file; /* of LOG_FORM_FILE */
	enum log_format log_format;
	enum log_recipients log_recipients;

	struct name_list origins; /* parallel to the settings; --explain */
	struct buf files;   /* a line each: the configuration that was read */
	struct buf notes;   /* a line each: what was ignored in reading it */
	char *unconfigured; /* NULL, or the hint that nothing is configured */
};

/* The initial value of a profile: nothing is set. */
#define PROFILE_UNSET             \
	{                         \
		.password_fd = -1 \
	}

/* Whether it delivers to the servers of each recipient: server = mx:. */
bool profile_is_direct(const struct profile *profile);
/* Whether the name server's word about DNSSEC counts, by `dnssec`. */
enum name_server_trust profile_dns_trust(const struct profile *profile);
/* Whether it logs in with a token, and not with a password. */
bool profile_has_token(const struct profile *profile);
/* Wipes and frees everything; afterwards the profile has no settings. */
void profile_free(struct profile *profile);

#endif
