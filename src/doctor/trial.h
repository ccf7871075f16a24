/*
 * The one real attempt of --doctor: the code of a submission reaches a server
 * and logs in; then MAIL FROM asks whether it takes the sender, and RSET
 * forgets that. So its outcome is what a mail would meet now.
 */
#ifndef DOCTOR_TRIAL_H
#define DOCTOR_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "smtp/reach.h"

/* What MAIL announces where the server offers SIZE: the size of a small mail.
 */
#define TRIAL_MAIL_OCTETS 500

struct trial {
	bool is_done; /* it was made */
	/*
	 * Of a profile that delivers by itself: the domain whose mail servers
	 * were tried, and why the attempt could not be made. Else NULL.
	 */
	char *domain, *unasked;
	char *verified_by; /* who proves the server's identity; NULL: no TLS */
	/* The run's time ended it: what a mail would meet is not known. */
	bool is_cut;
	/* ACTION_RELAYED: a mail of this sender would be taken. */
	struct outcome outcome;
	/* The server that decided; NULL: none. Borrowed, or of the trail. */
	const struct server *server;
	char *address; /* of the last connection, "192.0.2.5"; NULL: none */
	struct extensions extensions; /* of its last EHLO */
	/* It is encrypted or local, and the server's identity is known. */
	bool is_safe;
	bool is_login_said;    /* AUTH was sent */
	bool is_mail_said;     /* MAIL was sent */
	const char *mechanism; /* of the login; NULL: none was successful */
	const char *stronger;  /* SCRAM was offered, and not used; NULL: no */
	int64_t login_time, mail_time; /* milliseconds; -1: none */
	struct trail trail;
};

/* All pointers are borrowed until trial_free. */
struct trial_options {
	const struct profile *profile;
	struct secret *secret; /* NULL: the profile wants no login */
	/* Reverse-path in wire form; "" null; NULL: MAIL is not sent. */
	const char *sender;
	const struct observer *observer; /* may be NULL */
	int64_t deadline;		 /* for all of it; clock_now */
	/*
	 * Of a profile that delivers by itself: the domain whose mail servers
	 * are tried, in lower case in the form for the wire. NULL for others.
	 */
	const char *domain;
	/* Nobody named the domain: its own faults say nothing of other mail. */
	bool is_any_domain;
	/* Looks whether a login is possible, and ends there: without MAIL. */
	bool no_login;
};

/* Makes the attempt; *trial is all zero before. */
void trial_run(struct trial *trial, const struct trial_options *options);
/* The name of its server for a sentence; "the server" if there is none. */
const char *trial_server_name(const struct trial *trial);
void trial_free(struct trial *trial);

#endif
