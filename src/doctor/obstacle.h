/*
 * What keeps a session with an address from coming as far as a login. Each
 * obstacle is reported by one check, so that one fault gives one finding; the
 * checks after it have nothing to judge.
 */
#ifndef DOCTOR_OBSTACLE_H
#define DOCTOR_OBSTACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "doctor/finding.h"
#include "doctor/survey.h"

/* In the order in which a session meets them. */
enum obstacle_kind {
	OBSTACLE_NAME,	     /* the host has no address: name.host */
	OBSTACLE_PRIVATE,    /* of a public host: name.private */
	OBSTACLE_INVENTED,   /* the host's address is one: name.invented */
	OBSTACLE_SOURCE,     /* source */
	OBSTACLE_PROXY,	     /* proxy */
	OBSTACLE_CONNECTION, /* reach.connect */
	OBSTACLE_FAMILY,     /* the other family is connected: ipv6 */
	OBSTACLE_SILENCE,    /* no address of any server answers: reach.port */
	OBSTACLE_SECOND,     /* another server is connected: reach.second */
	OBSTACLE_GREETING,   /* greeting */
	OBSTACLE_FOREIGN,    /* another protocol: greeting.foreign */
	OBSTACLE_MODE,	     /* TLS at the wrong time: greeting.mode */
	OBSTACLE_EHLO,	     /* ehlo */
	OBSTACLE_BLANKED,    /* words are blanked out: ehlo */
	OBSTACLE_STARTTLS,   /* ehlo.starttls */
	OBSTACLE_TLS,	     /* the checks tls.*, or what comes after it */
	OBSTACLE_NONE,
};

struct obstacle {
	const struct survey_server *server;
	const struct survey_address *address; /* NULL: the host has none */
	enum obstacle_kind kind;
	char *said; /* in a second connection; NULL: nothing */
	bool is_reported;
};

struct obstacles {
	struct obstacle *items; /* of every address; in the survey's order */
	size_t count;
	char *invented; /* the name server's address for no name; or NULL */
	bool is_found;
};

/* All pointers are borrowed. */
struct obstacle_search {
	const struct survey *survey;
	const struct profile *profile;
	const struct observer *observer; /* may be NULL */
	/* May be NULL: nobody can be asked; see struct diagnosis. */
	bool (*ask)(void *context, const char *question);
	void *context;
	int64_t deadline; /* clock_now */
};

/* Fills in *obstacles, which is all zero; makes second connections. */
void obstacles_find(
    struct obstacles *obstacles, const struct obstacle_search *search);
void obstacles_free(struct obstacles *obstacles);

/*
 * Public for the tests: the check that reports it; of OBSTACLE_TLS the first
 * that may.
 */
const char *obstacle_check(enum obstacle_kind kind);
/*
 * A failure, unless another address came further: then this is not what keeps
 * a mail from getting through, and a warning.
 */
enum severity obstacle_severity(
    const struct obstacles *obstacles, const struct obstacle *obstacle);
/* What the server said that is no reply, in either connection. Borrowed. */
struct span obstacle_said(const struct obstacle *obstacle);
/* The first that this check has not reported; NULL: none is left. */
struct obstacle *obstacles_next(struct obstacles *obstacles, const char *check);

enum obstacle_place {
	OBSTACLE_WITH_HOST,	 /* "mail.example.com" */
	OBSTACLE_WITH_PORT,	 /* "mail.example.com port 465" */
	OBSTACLE_WITH_ADDRESSES, /* "... port 465 (192.0.2.5, 2001:db8::5)" */
};

/*
 * Adds the places of this obstacle and of all that are like it, and marks them
 * as reported. The addresses are added, too, where the server has others. Of
 * several places without addresses it makes "each of A, B", so that the verb of
 * the sentence stays in the singular.
 */
void obstacles_add_places(struct obstacles *obstacles,
    const struct obstacle *first, enum obstacle_place place, struct buf *out);
/* Marks this obstacle and all that are like it as reported. */
void obstacles_mark(struct obstacles *obstacles, const struct obstacle *first);
/*
 * The check that reports what keeps all servers from a login: the obstacle of
 * the address that came furthest. NULL: one of them is ready for a login, or
 * there is none.
 */
const char *obstacles_furthest(const struct obstacles *obstacles);
/*
 * Whether a login page of the network answers for the servers: one that speaks
 * HTTP, or two weaker signs.
 */
bool obstacles_show_login_page(const struct obstacles *obstacles);
/* Whether the host belongs to a service that everybody can reach. */
bool obstacle_is_public(const struct server *server);
/* Whether a device on the way has replaced words of the server by X or *. */
bool obstacle_is_blanked(const struct survey_address *address);
/*
 * Whether the check "ehlo" says why extensions are missing: the server knows no
 * EHLO, or words of its reply were blanked out.
 */
bool obstacle_hides_offer(const struct survey_address *address);
/* Whether only a private network, or this machine, has this address. */
bool obstacle_is_private(const struct host_address *address);

#endif
