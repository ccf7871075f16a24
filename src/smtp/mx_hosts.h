/*
 * The mail exchangers of one domain, as the sessions of a run go through them
 * (RFC 5321 section 5.1): the next host is tried until one takes MAIL. A reply
 * to RCPT or to the content decides; then no other host is asked.
 */
#ifndef SMTP_MX_HOSTS_H
#define SMTP_MX_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/mail_exchanger.h"
#include "net/name_server.h"
#include "smtp/mx_policy.h"
#include "smtp/reach.h"

/*
 * What a run has found out about the network. All zero to begin with; one
 * serves all domains of the run.
 */
struct mx_network {
	struct name_server name_server;
	bool is_mute;	 /* the name server was silent at the last question */
	size_t mute;	 /* so many questions in a row */
	bool has_no_dns; /* it does not answer at all: no domain is looked up */
	bool is_reached; /* a mail exchanger was connected to */
	bool is_silent;	 /* all hosts of some domain were silent */
};

struct mx_hosts {
	/* Set by the caller; borrowed. */
	const struct profile *profile;
	const struct observer *observer; /* may be NULL */
	const char *domain;		 /* of a group: A-labels or a literal */
	struct mx_network *network;
	int64_t deadline; /* for all sessions of the domain; clock_now */
	/* As in struct mx_policy_question */
	bool may_send_clear, requires_tls, waives_tls;

	/* The rest belongs to mx_hosts.c. */
	struct mail_exchangers list;
	struct mx_policy *policy;
	struct mail_exchanger host; /* the current one */
	struct mx_verdict verdict;  /* on it */
	const struct server *server;
	bool has_host; /* the next session is with the current one */
	size_t tried, silent;
	int64_t gives_up;	/* when no further host is begun */
	struct outcome refusal; /* the current one must not be asked again */
};

/*
 * Finds the hosts of the domain. False: there is none, and *failure says why,
 * for all of its recipients; after a signal it has no action. In any case the
 * caller must call mx_hosts_free.
 */
bool mx_hosts_find(struct mx_hosts *hosts, struct outcome *failure);
/*
 * Opens a session with the current host, or with the next one that gives one.
 * False: no host does, and reach->failure says why; after a signal it may have
 * no action.
 */
bool mx_hosts_open(
    struct mx_hosts *hosts, struct reach *reach, struct session *session);
/*
 * The current host does not take the mail for now, or the session with it was
 * lost before the content: the next session is with another one. If there is
 * none, that one's outcome is for the recipients.
 */
void mx_hosts_pass(struct mx_hosts *hosts, const struct outcome *refusal);
void mx_hosts_free(struct mx_hosts *hosts);

#endif
