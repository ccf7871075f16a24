/*
 * The hosts that take the mail of a domain, in the order in which to try them
 * (RFC 5321 section 5, RFC 7505):
 *
 *	struct mail_exchangers list;
 *	struct mail_exchanger host;
 *
 *	result = mail_exchangers_find(&list, &question, deadline, &reason);
 *	while (result == MAIL_EXCHANGER_FOUND) {
 *		result = mail_exchangers_next(&list, &host, deadline, &reason);
 *		... if FOUND, try host; break if it took the mail ...
 *	}
 *	mail_exchangers_free(&list);
 *
 * Any result but FOUND and END settles all recipients of the domain.
 */
#ifndef NET_MAIL_EXCHANGER_H
#define NET_MAIL_EXCHANGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "envelope/reply.h"
#include "net/dns_answer.h"
#include "net/host.h"
#include "net/name_server.h"

#define MAIL_EXCHANGER_PORT 25
#define MAIL_EXCHANGER_RECORDS_MAX 64 /* further records are ignored */
/* Further hosts are not tried. Those without an address do not count. */
#define MAIL_EXCHANGER_HOSTS_MAX 20
#define MAIL_EXCHANGER_ADDRESSES_MAX 5

/*
 * mail_exchanger_status gives the enhanced status of each; with 5 the mail
 * fails, with 4 it waits.
 */
enum mail_exchanger_result {
	MAIL_EXCHANGER_FOUND,
	/* 5.1.2: no such domain, or an address literal that is not used */
	MAIL_EXCHANGER_NO_DOMAIN,
	MAIL_EXCHANGER_NULL,	/* 5.1.10: the domain takes no mail */
	MAIL_EXCHANGER_NO_HOST, /* 5.4.4: none of its hosts has an address */
	MAIL_EXCHANGER_LOOP,	/* 5.4.6: it is this machine */
	/* 4.4.4: it is this machine, but a look-up of a better host failed */
	MAIL_EXCHANGER_LOOP_FOR_NOW,
	MAIL_EXCHANGER_TROUBLE, /* 4.4.3: the look-up failed */
	MAIL_EXCHANGER_SIGNAL,	/* no status: a signal interrupted it */
	/* no status: no further host; at least one was given */
	MAIL_EXCHANGER_END,
};

/* A host with at least one address. Owns nothing: copy it as you like. */
struct mail_exchanger {
	/*
	 * The name of the MX record, in lower case without a final dot; it may
	 * have underscores. Of a literal: the address as text, no brackets.
	 */
	char name[DNS_NAME_ROOM];
	/* The name that the aliases of `name` lead to; without, the same. */
	char owner[DNS_NAME_ROOM];
	unsigned short preference; /* 0 for the implicit MX and a literal */
	/* With MAIL_EXCHANGER_PORT, IPv6 and IPv4 in turn. */
	struct host_address addresses[MAIL_EXCHANGER_ADDRESSES_MAX];
	size_t address_count;
	/* From an address literal: neither DANE nor MTA-STS is for it. */
	bool is_literal;
	/* The addresses and all aliases were validated (name_server_ask). */
	bool is_authentic;
};

struct mail_exchanger_question {
	/* As domain_to_ascii makes it. Borrowed for the call. */
	struct span domain;
	/*
	 * The names of this machine, such as the host name and `ehlo-name`;
	 * NULL ones are skipped. Borrowed for the call.
	 */
	const char *own_names[2];
	int family; /* AF_UNSPEC, AF_INET or AF_INET6 */
	/* Borrowed until mail_exchangers_free. */
	struct name_server *name_server;
};

/* A name that has not been resolved yet. */
struct mail_exchanger_record {
	char name[DNS_NAME_ROOM];
	unsigned short preference;
};

struct mail_exchangers {
	struct mail_exchanger_record items[MAIL_EXCHANGER_RECORDS_MAX];
	size_t count;	  /* of items: in the order in which to try them */
	bool is_implicit; /* no MX record: the domain is its own host */
	bool is_literal;
	/*
	 * The MX records and the aliases to them were validated. False for the
	 * implicit MX: the resolver does not show whether it has validated that
	 * there is no record.
	 */
	bool is_authentic;
	/*
	 * The name that the domain's aliases lead to; without, the domain in
	 * lower case. Empty for a literal.
	 */
	char domain_owner[DNS_NAME_ROOM];
	/* Lines for -v, about records and hosts that are skipped. */
	struct buf notes;

	/* The rest belongs to mail_exchanger.c. */
	size_t next, given;
	bool has_trouble, is_cut_by_loop;
	struct host_address literal;
	struct buf why; /* the last host without an address, for `reason` */
	int family;
	struct name_server *name_server;
};

/*
 * Asks for the MX records of the domain, and sorts the hosts by preference, in
 * random order where it is equal. The order stays until the list is freed.
 * FOUND: there is at least one host, whose address is not known yet; a literal
 * is one host, too. Never END. For all other results, adds a phrase that says
 * why to `reason`. The caller frees the list with mail_exchangers_free,
 * whatever the result.
 *
 * A host that has one of the own names is left out, and with it all hosts of
 * its preference and worse ones (RFC 5321 section 5.1).
 */
enum mail_exchanger_result mail_exchangers_find(struct mail_exchangers *list,
    const struct mail_exchanger_question *question, int64_t deadline,
    struct buf *reason);
/*
 * Looks up the addresses of the next host in the DNS (never in /etc/hosts), and
 * skips hosts without. Addresses that lead to this machine or to many, and IPv4
 * addresses mapped into IPv6, do not count. FOUND: `host` is filled in. END:
 * no further host. NO_HOST, LOOP, LOOP_FOR_NOW and TROUBLE come only if no host
 * was given at all; for these and SIGNAL, adds a phrase that says why to
 * `reason`. Never NO_DOMAIN or NULL.
 */
enum mail_exchanger_result mail_exchangers_next(struct mail_exchangers *list,
    struct mail_exchanger *host, int64_t deadline, struct buf *reason);
void mail_exchangers_free(struct mail_exchangers *list);
/* The enhanced status of a result; class 0 for one without. */
struct status mail_exchanger_status(enum mail_exchanger_result result);

#endif
