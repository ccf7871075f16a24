/*
 * Limits for each user of the service: sessions at once, and messages in a
 * period (client-rate). Each connection has a separate process, so the counts
 * are kept in one file for each user in the runtime directory
 * (RUNTIME_DIRECTORY, which systemd sets). All TCP clients together count as
 * one user. The user who runs the service, and clients on a pipe, are not
 * counted.
 */
#ifndef SERVE_CLIENT_COUNT_H
#define SERVE_CLIENT_COUNT_H

#include <stdbool.h>

#include "profile/rate.h"
#include "serve/client.h"

#define CLIENT_SESSIONS_MAX 16

struct client_count {
	bool is_counted; /* the limits apply to this client */
	int fd;		 /* of the count file; -1: none */
};

enum count_result {
	COUNT_GRANTED,
	COUNT_EXCEEDED,
	COUNT_FAILED, /* the count is not known; err says why */
};

/*
 * Takes one of the client's sessions until client_count_close, or until the
 * process ends, even if it is killed.
 */
enum count_result client_count_open(
    struct client_count *count, const struct client *client, struct error *err);
/*
 * Whether the client may send another message. If `takes` is set, the message
 * is also counted.
 */
enum count_result client_count_message(const struct client_count *count,
    const struct rate *rate, bool takes, struct error *err);
void client_count_close(struct client_count *count);

#endif
