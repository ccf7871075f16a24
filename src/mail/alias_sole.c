#include "mail/alias.h"

#include <string.h>

/* The one target of an entry, a name of this host; false: it is not so. */
static bool
sole_target(struct aliases *aliases, const struct alias_entry *entry,
    struct mailbox *mailbox, bool *is_final)
{
	struct span rest = span_from(entry->targets);
	struct alias_target target = {0};
	struct error ignored = {0};
	bool is_sole = alias_next_target(&rest, &target) &&
	    span_trim(rest).len == 0 &&
	    (target.kind == ALIAS_TARGET_ADDRESS ||
		target.kind == ALIAS_TARGET_FINAL) &&
	    address_parse_one(
		mailbox, buf_span(&target.value), false, &ignored) &&
	    aliases_are_for(aliases, mailbox);

	*is_final = target.kind == ALIAS_TARGET_FINAL;
	alias_target_free(&target);
	return is_sole;
}

bool
aliases_lead_to(struct aliases *aliases, struct span name, const char *user)
{
	struct error ignored = {0};
	struct mailbox mailbox = {0};
	bool leads = false, is_final = false;

	if (!aliases_read(aliases, &ignored))
		return false;
	for (int i = 0; i < ALIAS_DEPTH_MAX && !leads && !is_final; i++) {
		const struct alias_entry *entry =
		    alias_file_find(&aliases->file, name);

		mailbox_free(&mailbox);
		if (entry == NULL ||
		    !sole_target(aliases, entry, &mailbox, &is_final))
			break;
		leads = strcmp(mailbox.local, user) == 0;
		name = span_from(mailbox.local);
	}
	mailbox_free(&mailbox);
	return leads;
}
