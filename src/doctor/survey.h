/*
 * A look at every address of every server of a profile, without a login: the
 * look-ups, how long it took to connect, and a session with each address.
 */
#ifndef DOCTOR_SURVEY_H
#define DOCTOR_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "doctor/survey_address.h"
#include "net/host.h"
#include "net/srv.h"
#include "profile/profile.h"
#include "profile/secret.h"
#include "smtp/observer.h"
#include "smtp/route.h"

/* More than these are left out, and counted. */
#define SURVEY_SERVERS_MAX 16
#define SURVEY_ADDRESSES_MAX 16

/* One look-up of SRV records. */
struct survey_service {
	const char *name; /* "_submissions"; static; NULL: it was not asked */
	enum srv_result result;
	struct srv_records records;
	struct buf reason; /* of any result but SRV_FOUND */
	int64_t time;	   /* milliseconds */
};

/* A server of the form srv:DOMAIN. */
struct survey_domain {
	const struct server *server; /* borrowed from the profile */
	struct survey_service services[ROUTE_SERVICES];
};

struct survey_server {
	const struct server *server; /* borrowed from profile or survey */
	enum host_result resolved; /* HOST_FOUND also where nothing was asked */
	struct buf reason;	   /* why it is not HOST_FOUND */
	int64_t resolve_time;	   /* milliseconds; -1: nothing was asked */
	bool by_proxy; /* the proxy resolves: one address, named by the host */
	struct survey_address **addresses; /* in the order of a submission */
	size_t count;
	size_t left_out; /* addresses beyond the bound */
};

struct survey {
	/* The caller may set it: no reply shows it. Borrowed. */
	const struct secret *hidden;
	struct survey_server **servers; /* in the order of a submission */
	size_t count;
	size_t left_out; /* servers beyond the bound */
	struct survey_domain **domains;
	size_t domain_count;
	struct server **found; /* by srv:; owned */
	size_t found_count;
	bool is_ready; /* a submission would get as far as the login */
	/* What a submission would report; ACTION_NONE: no failure. */
	struct outcome failure;
	bool is_interrupted; /* by a signal: what follows was not done */
};

/*
 * Fills in a survey that is all zero but for `hidden`. A profile that delivers
 * by itself (mx:) has no servers to look at. The profile is borrowed until
 * survey_free. `deadline` is for the whole run (base/wait.h).
 */
void survey_run(struct survey *survey, const struct profile *profile,
    const struct observer *observer, int64_t deadline);
/* Whether an address of the server was connected to. */
bool survey_is_connected(const struct survey_server *server);
/* A walk over the addresses that are ready; all zero to begin with. */
struct survey_walk {
	size_t server_index, address_index; /* of the next one */
	size_t count;			    /* of those found so far */
	const struct survey_server *server;
	const struct survey_address *address;
};

/* Goes on to the next one. False: there is no further one. */
bool survey_next_ready(const struct survey *survey, struct survey_walk *walk);
void survey_free(struct survey *survey);

#endif
