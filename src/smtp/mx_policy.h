/*
 * How the sessions of a domain's mail exchangers are encrypted, and by what
 * their certificates are judged: by DANE (RFC 7672), else by MTA-STS (RFC
 * 8461), else opportunistically (RFC 7435).
 */
#ifndef SMTP_MX_POLICY_H
#define SMTP_MX_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/reply.h"
#include "profile/profile.h"
#include "smtp/observer.h"

struct dane;
struct mail_exchanger;
struct mail_exchangers;
struct mx_policy; /* opaque: what is known of one domain */

enum mx_tls {
	MX_TLS_NONE,	      /* STARTTLS is not said */
	MX_TLS_OPPORTUNISTIC, /* if it is offered, with any certificate */
	MX_TLS_ENCRYPTED,     /* needed; the certificate is not judged */
	MX_TLS_TRUSTED,	  /* needed; a public certificate with the MX name */
	MX_TLS_DANE,	  /* needed; verdict->dane judges the certificate */
	MX_TLS_FORBIDDEN, /* the host must not be used: verdict->why */
};

/*
 * The enhanced status of mail that waits because TLS is not as DANE, MTA-STS or
 * a setting wants it (RFC 7672 section 2.2, RFC 8461 section 5).
 */
extern const struct status mx_policy_failed;
/* Of mail that fails for want of REQUIRETLS (RFC 8689 section 4.2.1). */
extern const struct status mx_policy_no_requiretls;

/* What holds for one host. All pointers are borrowed from the policy. */
struct mx_verdict {
	enum mx_tls tls;
	const struct dane *dane; /* of MX_TLS_DANE; else NULL */
	const char *sni;	 /* NULL: the name of the host */
	/* "the MTA-STS policy of example.org"; NULL: a setting, or nothing */
	const char *required_by;
	/*
	 * MTA-STS in the mode "testing": the certificate is judged as for
	 * MX_TLS_TRUSTED, but a fault is only noted.
	 */
	bool is_sts_testing;
	/*
	 * REQUIRETLS: without it, or without trusted TLS, the mail fails (RFC
	 * 8689 section 4.2.1).
	 */
	bool requires_tls;
	const char *why;      /* a sentence, of MX_TLS_FORBIDDEN; else NULL */
	struct status status; /* of MX_TLS_FORBIDDEN; class 5: for good */
};

/* All pointers are borrowed until mx_policy_close. */
struct mx_policy_question {
	const struct profile *profile;
	const char *domain; /* A-label or literal, in small letters */
	const struct mail_exchangers *exchangers; /* and their name server */
	const struct observer *observer;	  /* may be NULL */
	/* For the policy of MTA-STS (sts.h); the others are for the DNS. */
	int64_t fetch_deadline;
	/*
	 * An earlier attempt has failed: after a failed handshake under
	 * MX_TLS_OPPORTUNISTIC, a host may be tried without TLS, and the mail
	 * waits no longer for a policy of MTA-STS whose look-up fails.
	 */
	bool may_send_clear;
	bool requires_tls; /* envelope_must_have_tls */
	/* The message has TLS-Required: No: no DANE and no MTA-STS for it. */
	bool waives_tls;
};

/*
 * What holds for the domain is found out once for all of its hosts, and as far
 * as a verdict depends on it. Never fails: what cannot be found out is in the
 * verdicts. The caller closes the policy.
 */
struct mx_policy *mx_policy_open(
    const struct mx_policy_question *question, int64_t deadline);
/*
 * Judges a host before it is connected to. The verdict is valid until the next
 * call.
 */
void mx_policy_judge(struct mx_policy *policy,
    const struct mail_exchanger *host, int64_t deadline,
    struct mx_verdict *verdict);
void mx_policy_close(struct mx_policy *policy); /* NULL: nothing */

#endif
