/*
 * The setting `sender` gives % a meaning, and `match` gives one to * and ?; in
 * the other program they have none.
 */
#include "import/foreign_author.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "profile/identity.h"

static void
set_literal(struct import_profile *profile, const char *setting,
    struct span text, const char *keys)
{
	struct buf value = {0};

	identity_add_literal(&value, text);
	import_profile_set(profile, setting, buf_span(&value), keys);
	buf_free(&value);
}

/* False: it has no address, so it is not taken over. */
static bool
parse(struct import_profile *profile, struct address_list *list,
    struct span text, const char *keys)
{
	struct error why;

	if (!address_list_parse(list, text, &why)) {
		import_profile_leave(profile, span_from(keys), why.text);
		return false;
	}
	if (list->count == 0 || list->mailboxes[0].domain == NULL) {
		import_profile_leave(profile, span_from(keys),
		    "it is an alias or a local name, not an address");
		address_list_free(list);
		return false;
	}
	if (list->count > 1)
		import_profile_comment(profile,
		    "If a mail has several authors, its sender is the first "
		    "one.");
	return true;
}

void
foreign_author_set_name(
    struct import_profile *profile, struct span name, const char *keys)
{
	set_literal(profile, "full-name", name, keys);
}

/* The address as `sender` takes it. */
static void
set_sender(struct import_profile *profile, const struct mailbox *mailbox,
    const char *keys)
{
	struct error why;
	char *path = mailbox_path(mailbox, NULL, &why);

	if (path == NULL)
		import_profile_leave(profile, span_from(keys), why.text);
	else
		set_literal(profile, "sender", span_from(path), keys);
	free(path);
}

void
foreign_author_translate(
    struct import_profile *profile, struct span text, const char *keys)
{
	struct address_list list = {0};
	const struct mailbox *author;
	char *address;

	if (!parse(profile, &list, text, keys))
		return;
	author = &list.mailboxes[0];
	set_sender(profile, author, keys);
	address = mailbox_as_written(author);
	if (profile->name != NULL && strpbrk(address, "*?\", ") == NULL)
		import_profile_set_text(profile, "match", address, keys);
	if (author->name != NULL && author->name[0] != '\0')
		foreign_author_set_name(profile, span_from(author->name), keys);
	free(address);
	address_list_free(&list);
}

void
foreign_author_set_sender(
    struct import_profile *profile, struct span text, const char *keys)
{
	struct address_list list = {0};

	if (!parse(profile, &list, text, keys))
		return;
	set_sender(profile, &list.mailboxes[0], keys);
	address_list_free(&list);
}
