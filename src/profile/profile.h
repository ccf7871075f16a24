/*
 * A profile: everything the user configured for one submission. One table of
 * settings (setting.h) says everything about each; files, --set and the
 * options that stand for a setting all go through it; --explain prints it.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/setting_value.h"

struct profile {
	char *name;	/* "default" where no profile is named */
	char *choice;	/* why it is used and no other: "-P" */
	char *extends;	/* NULL: inherits from none */
	char *provider; /* a row of provider.h, "ses:eu-west-1"; NULL: none */
	struct server *servers;
	size_t server_count;
	bool is_redirected; /* --server names another: login dropped */

	enum tls_policy tls;
	bool tls_is_set; /* in so many words, not by default */
	char *tls_trust, *tls_crl, *tls_host, *tls_priority; /* NULL: not set */
	char *trust_file, *trust_folder; /* of the environment */
	struct name_list tls_pin;	 /* as struct tls_options has them */
	enum tls_min tls_min;
	char *tls_cert, *tls_key; /* NULL: none; in tls_cert, too */

	struct name_list auth; /* empty: auto; one "none"; or mechanisms */
	char *user;	       /* NULL: no login */
	struct buf password;   /* wiped; the one copy beside struct secret */
	char *password_command, *password_file, *token_command;
	int password_fd;	     /* -1: not set */
	bool password_file_is_shown; /* everybody may read it: Kubernetes */

	char *sender, *full_name, *domain, *ehlo_name; /* NULL: not set */
	struct name_list match;
	struct name_list local_domains; /* A-labels */
	struct clients clients;

	enum header_treatment header_policy;
	bool keep_original_from, remove_bcc, repair, ignore_dots;
	char *aliases;		/* NULL: /etc/aliases where it exists; "none" */
	char *local_recipients; /* an address list; NULL: not set */
	enum partial partial;
	enum queue_use queue;
	unsigned dsn_notify; /* enum dsn_notify, or'ed; 0: not set */
	enum dsn_return dsn_return;
	enum extension_use pipelining, chunking;
	struct network network;
	int64_t timeout; /* milliseconds; 0: RFC 5321's values */
	int64_t timeout_connect, timeout_total; /* likewise; 0: none */
	uint64_t max_size;			/* octets; 0: none */
	uint64_t memory_max; /* octets; 0: as little as can be */
	enum report_form report;
	enum log_form log;
	char *log_file; /* of LOG_FORM_FILE */
	enum log_format log_format;

	char **origins;	  /* parallel to the settings; for --explain */
	struct buf files; /* a line each: the configuration that was read */
	struct buf notes; /* a line each: what was passed over in reading it */
	char *unconfigured; /* NULL, or the hint that nothing is configured */
};

void profile_free(struct profile *profile);

#endif
