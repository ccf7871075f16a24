/*
 * Second connections to a server with which no session could be opened: what
 * it says there shows why. None goes through a proxy or to a Unix socket.
 */
#ifndef DOCTOR_PROBE_H
#define DOCTOR_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "doctor/survey.h"

/* How many ports can be tried at once. */
#define PROBE_PORTS_MAX ((size_t)4)

/* All pointers are borrowed. */
struct probe {
	const struct profile *profile;
	const struct survey_server *server;
	const struct survey_address *address;
	const struct secret *hidden;	 /* nothing shows it; may be NULL */
	const struct observer *observer; /* may be NULL */
	int64_t deadline;		 /* for the whole run; clock_now */
};

/* Whether a second connection to this address can be made at all. */
bool probe_is_possible(const struct probe *probe);
/* Which of the ports accept a connection, all tried at the same time. */
void probe_ports(const struct probe *probe, const unsigned short *ports,
    size_t count, bool *answers);
/* Whether the server answers a ClientHello. */
bool probe_speaks_tls(const struct probe *probe);
/*
 * Adds what the server says within a short time: first unasked, then after
 * EHLO, if that may be said.
 */
void probe_listen(const struct probe *probe, bool may_ask, struct buf *said);
/*
 * A session at port 465 of the same address, with TLS from the start; the
 * caller frees it by survey_address_free.
 */
struct survey_address *probe_secure_port(const struct probe *probe);
/*
 * A session in which TLS may be as old and as weak as ten years ago, to find
 * out what the server speaks; freed likewise.
 */
struct survey_address *probe_old_tls(const struct probe *probe);

#endif
