/* The settings of the service about its clients. */
#ifndef PROFILE_CLIENTS_H
#define PROFILE_CLIENTS_H

#include "profile/name_list.h"
#include "profile/rate.h"

/* In the order of the words in the settings table. */
enum tcp_clients { TCP_CLIENTS_NONE, TCP_CLIENTS_LOOPBACK };

/* The clients of the service and of -bs, and their limits. */
struct clients {
	struct name_list senders; /* any, own, or globs */
	char *sender_map; /* a file used instead of senders; NULL: none */
	enum tcp_clients tcp;
	struct rate rate; /* of messages, for each user */
};

void clients_free(struct clients *clients);

#endif
