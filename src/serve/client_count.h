/*
 * What one user has used up of the service: sessions at once, and messages in
 * a while. Every connection has a process of its own, so this is kept in a
 * file for each user in the runtime directory (RUNTIME_DIRECTORY, as systemd
 * sets it). All TCP clients together are one user. Who runs the service, or
 * speaks to it on a pipe, is not counted.
 */
#ifndef SERVE_CLIENT_COUNT_H
#define SERVE_CLIENT_COUNT_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/rate.h"
#include "serve/client.h"

#define CLIENT_SESSIONS_MAX 16

struct client_count {
	bool is_counted; /* this client is one of those who are */
	int fd;		 /* of its file; -1: none is kept */
};

enum count_result {
	COUNT_GRANTED,
	COUNT_EXCEEDED,
	COUNT_FAILED, /* it cannot be known: err says why */
};

/*
 * Takes one of the client's sessions until client_count_close. A process that
 * is killed gives it back, too.
 */
enum count_result client_count_open(
    struct client_count *count, const struct client *client, struct error *err);
/* Whether there may be another message; `takes`: it is counted as sent. */
enum count_result client_count_message(const struct client_count *count,
    const struct rate *rate, bool takes, struct error *err);
void client_count_close(struct client_count *count);

#endif
