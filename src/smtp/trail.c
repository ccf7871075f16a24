#include "smtp/trail.h"

#include <stdlib.h>

#include "base/mem.h"
#include "profile/server_url.h"

void
trail_add_attempt(struct trail *trail, const struct server *server,
    const struct outcome *outcome)
{
	struct attempt *attempt;

	if (trail->attempt_count == TRAIL_ATTEMPTS_MAX)
		return;
	attempt = mem_append(
	    &trail->attempts, &trail->attempt_count, sizeof(*attempt));
	attempt->server = server;
	outcome_copy(&attempt->outcome, outcome);
}

struct server *
trail_add_server(struct trail *trail)
{
	struct server **found =
	    mem_append(&trail->found, &trail->found_count, sizeof(*found));

	*found = mem_new(1, sizeof(**found));
	return *found;
}

void
trail_free(struct trail *trail)
{
	for (size_t i = 0; i < trail->attempt_count; i++)
		outcome_free(&trail->attempts[i].outcome);
	for (size_t i = 0; i < trail->found_count; i++) {
		server_free(trail->found[i]);
		free(trail->found[i]);
	}
	free(trail->attempts);
	free(trail->found);
	*trail = (struct trail){0};
}
