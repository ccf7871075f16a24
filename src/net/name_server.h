/*
 * What a run knows of the system's name server: whether its word about DNSSEC
 * counts, and whether it knows the root. Each is asked for at most once. One
 * struct serves all look-ups of a run of direct delivery.
 */
#ifndef NET_NAME_SERVER_H
#define NET_NAME_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/dns.h"

enum name_server_trust {
	/* If it is on this machine, or resolv.conf has trust-ad: see dns.h */
	NAME_SERVER_TRUST_AUTO,
	NAME_SERVER_TRUST_ALWAYS, /* the user trusts it, and the way to it */
	NAME_SERVER_TRUST_NEVER,  /* nothing counts as validated */
};

enum name_server_root {
	NAME_SERVER_ROOT_UNASKED,
	NAME_SERVER_ROOT_AUTHENTIC, /* it knows the root, and validated that */
	NAME_SERVER_ROOT_FOUND,	    /* it knows the root only */
	NAME_SERVER_ROOT_UNKNOWN,   /* it says that the root has no server */
	NAME_SERVER_ROOT_TROUBLE,   /* it did not answer */
};

/* All zero is a name server that was not asked anything yet. */
struct name_server {
	enum name_server_trust trust; /* set by the caller */
	/* As dns_ask; NULL: the system's resolver. For tests. */
	enum dns_result (*ask)(void *context, const char *name,
	    enum dns_type type, struct dns_records *list);
	void *context;
	enum name_server_root root; /* what it said; set by the functions */
	/* For the caller: that it does not validate has been reported. */
	bool is_reported;
};

/*
 * As dns_ask, but is_authentic of the records follows `trust`, and is false if
 * the name server is known not to validate: a root without validation shows
 * that. Asks for the root the first time that it matters.
 */
enum dns_result name_server_ask(struct name_server *server, const char *name,
    enum dns_type type, int64_t deadline, struct dns_records *list,
    struct buf *reason);
/*
 * Whether it knows the root. Only then "no such domain" and "no such record"
 * are believed: the name server of a network with a login page says so of every
 * name. Asks for the root once; after a signal, again the next time.
 */
bool name_server_has_root(struct name_server *server, int64_t deadline);
/*
 * Whether it validates and is trusted to say so. If not, adds a phrase that
 * says why to `reason`. Asks for the root once.
 */
bool name_server_validates(
    struct name_server *server, int64_t deadline, struct buf *reason);
/*
 * Asks for the root again. False: the server is silent or in trouble, and this
 * is not about single names.
 */
bool name_server_answers(const struct name_server *server, int64_t deadline);

#endif
