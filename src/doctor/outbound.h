/*
 * The addresses that receivers see, where a profile delivers by itself or the
 * user has named the address, and what names they have.
 */
#ifndef DOCTOR_OUTBOUND_H
#define DOCTOR_OUTBOUND_H

#include <stdbool.h>
#include <stddef.h>

#include "doctor/lookup.h"
#include "net/host.h"
#include "profile/profile.h"

#define OUTBOUND_MAX 2 /* one of each family */

enum outbound_naming {
	OUTBOUND_UNASKED,
	OUTBOUND_NAMED,	  /* `name` leads back to the address */
	OUTBOUND_MISLED,  /* `name`, as all others, leads elsewhere */
	OUTBOUND_UNNAMED, /* there is no PTR record */
	OUTBOUND_TROUBLE, /* a look-up failed */
};

struct outbound_address {
	struct host_address address;
	char text[64];
	bool is_private; /* a router replaces it by an address of its own */
	enum outbound_naming naming;
	char name[DNS_NAME_ROOM];
};

struct outbound {
	struct outbound_address items[OUTBOUND_MAX]; /* IPv4 first */
	size_t count;
};

/*
 * Fills in an empty struct: the address that is given (NULL: none), and those
 * of the profile's other families, if it delivers by itself.
 */
void outbound_find(struct outbound *outbound, const struct profile *profile,
    const char *given);
/*
 * The first that receivers see, from index *from on, which then points behind
 * it. NULL: there is none.
 */
struct outbound_address *outbound_next(struct outbound *outbound, size_t *from);
/* Whether it is an IPv6 address, written with colons in `text`. */
bool outbound_is_ip6(const struct outbound_address *address);
/*
 * Asks for the names of the address and whether one leads back to it, once
 * (RFC 8601 section 3, "iprev"). The result is in `naming`.
 */
void outbound_ask_name(struct outbound_address *address, struct lookup *lookup);
/* Looks the name up; `leads_back`: the address is among those it has. */
enum dns_result outbound_ask_back(const struct outbound_address *address,
    const char *name, struct lookup *lookup, bool *leads_back);
/*
 * Whether the name looks like those that a provider gives to all of its
 * customers: the address is in it, or a word such as "dyn".
 */
bool outbound_is_generic(const struct outbound_address *address);

#endif
