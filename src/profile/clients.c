/* Frees the settings about clients. */
#include "profile/clients.h"

#include <stdlib.h>

void
clients_free(struct clients *clients)
{
	name_list_free(&clients->senders);
	free(clients->sender_map);
	*clients = (struct clients){0};
}
