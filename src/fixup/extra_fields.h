/*
 * The settings add-headers and undisclosed-recipients: fields that a message
 * gets if it has none of that name.
 */
#ifndef FIXUP_EXTRA_FIELDS_H
#define FIXUP_EXTRA_FIELDS_H

#include <stdbool.h>

#include "message/plan.h"

/*
 * Reads "Name: value, Name: value" and adds the fields to `out`, in the form in
 * which they are sent. A comma separates fields only where a name and a colon
 * follow, but not in a quoted string, nor after a backslash, which is dropped.
 * False with ERROR_CONFIG, which names the field, if it has no value or one
 * that cannot be sent, is there twice, or must not be added by this setting.
 */
bool extra_fields_read(struct buf *out, struct span list, struct error *err);

struct extra_fields {
	struct span fields;    /* of extra_fields_read; borrowed */
	bool hides_recipients; /* undisclosed-recipients */
};

/*
 * After all other changes of the header: adds the fields that the planned
 * message lacks. A message that is resent gets none: the fields outside of its
 * Resent- blocks are its author's. False with ERROR_DATA if they are too long,
 * or ERROR_TEMPORARY if the source file of the message has changed.
 */
bool extra_fields_add(const struct extra_fields *extra, struct plan *plan,
    const struct message *message, struct error *err);

#endif
