#include "cli/serve_plan.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/mem.h"
#include "cli/originator.h"
#include "cli/prepare.h"
#include "fixup/header_judge.h"
#include "profile/identity.h"

static bool
may_be(void *context, const char *path)
{
	return client_may_send_as(context, path);
}

/* The From that a message lacks, where neither sender nor MAIL names one. */
static void
name_client(struct originator *originator, const struct profile *profile,
    const char *own)
{
	if (originator->from_path != NULL ||
	    originator->reverse_path[0] != '\0')
		return;
	free(originator->from_name);
	originator->from_path = own != NULL ? mem_copy_text(own) : NULL;
	originator->from_name =
	    profile_display_name(profile, originator->user);
}

bool
serve_plan(struct plan *plan, const struct message *message,
    const struct options *options, const char *reverse_path,
    struct client_rights *rights, struct error *err)
{
	const struct profile *profile = rights->profile;
	struct options changed = *options;
	struct originator originator = {
	    .aliases = rights->aliases,
	    .user = rights->client->name != NULL ? rights->client->name : "",
	};
	char *own = client_path(rights->client, rights->domain);
	char *path = mem_copy_text(reverse_path);
	struct header_judge judge = {
	    .may_be = may_be,
	    .context = rights,
	    .domain = rights->domain,
	    .sender = path[0] != '\0' ? path : own,
	};
	bool done;

	changed.from = path;
	domain_note_underscore(span_from(path), &originator.notes);
	done = originator_find(&originator, profile, &changed, message,
	    rights->domain, err);
	if (done) {
		name_client(&originator, profile, own);
		judge.replacement = originator.replacement;
		done = prepare_plan(plan, message, profile, &originator,
		    rights->aliases,
		    client_may_be_any(rights) ? NULL : &judge, err);
	}
	originator_free(&originator);
	free(path);
	free(own);
	return done;
}
