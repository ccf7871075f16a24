/*
 * Finds the server for outgoing mail of a mail domain: in the table of
 * providers, by the domain's mail server, by its SRV records, by what it or the
 * ISPDB publishes over HTTPS, or by a look at the usual names. A server counts
 * only if it answers through TLS with a trusted certificate and offers a login.
 * Those of a known provider are found even if they do not answer now.
 */
#ifndef DOCTOR_SERVER_SEARCH_H
#define DOCTOR_SERVER_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "doctor/server_probe.h"
#include "net/dns.h"
#include "net/http_reply.h"
#include "net/srv.h"
#include "profile/provider_table.h"

enum search_result {
	SEARCH_FOUND,
	SEARCH_NONE,
	SEARCH_TROUBLE, /* nothing, but a later search may find a server */
	SEARCH_SIGNAL,
};

/* How the search asks; the tests put their answers in its place. */
struct server_lookup {
	enum dns_result (*ask)(const char *name, enum dns_type type,
	    int64_t deadline, struct dns_records *list, struct buf *reason);
	enum srv_result (*find_srv)(const char *service, const char *domain,
	    int64_t deadline, struct srv_records *list, struct buf *reason);
	enum probe_result (*probe)(struct server_candidate *candidates,
	    size_t count, int64_t deadline, size_t *best);
	/* Only for a search that is_online; as http_send. */
	enum http_result (*fetch)(const char *url, int64_t deadline,
	    struct http_reply *reply, struct buf *reason);
};

struct server_search {
	const char *domain; /* of the address, as A-labels; borrowed */
	const struct server_lookup *lookup; /* NULL: the real one */
	/*
	 * Ask the domain and the ISPDB by HTTPS. The ISPDB learns the domain,
	 * and that of its mail server.
	 */
	bool is_online;
	/* Called with a sentence before each step; may be NULL. */
	void (*tell)(void *context, const char *sentence);
	void *context;

	/* What was found: */
	const struct provider *provider; /* NULL: none that is known */
	char *provider_name;		 /* "zoho:eu"; NULL: none */
	char *servers;	     /* as in the setting `server`; of no provider */
	char *url;	     /* of the server that answered, or should have */
	bool is_unverified;  /* a provider's server, which did not answer */
	char *host;	     /* the same without scheme and port */
	unsigned mechanisms; /* offered; by the index in mechanism.h */
	struct buf source;   /* "its mail server X belongs to Fastmail" */
	/* In another domain, and named by an answer that could be forged. */
	bool is_foreign;
	bool has_local_user; /* the user is the local part of the address */
	/* What a page says of the login: */
	char *oauth;	   /* a value of `oauth`; NULL: nothing */
	bool wants_scram;  /* passwords must not be sent */
	bool has_no_login; /* the server knows its clients by their address */

	struct buf notes; /* a line each: what did not lead to a server */
	bool has_trouble; /* one of these may be better later */
	struct server_candidate answer; /* of the last probe */
};

/* All is freed by server_search_free, whatever the result. */
enum search_result server_search_run(struct server_search *search);
void server_search_free(struct server_search *search);

/*
 * The part of a host name that somebody registered, without a public list of
 * suffixes: the last two labels, or three where the last two look like
 * "co.uk".
 */
struct span server_search_registered(struct span host);

#endif
