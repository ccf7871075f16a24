/*
 * Lists of tags as in "v=DKIM1; k=rsa; p=..." (RFC 6376 section 3.2), in which
 * DMARC records are written, too.
 */
#ifndef DOCTOR_TAG_LIST_H
#define DOCTOR_TAG_LIST_H

#include "base/text.h"

struct tag {
	struct span name, value; /* without white space at their ends */
};

enum tag_next { TAG_FOUND, TAG_END, TAG_WRONG };

/*
 * Takes the next tag off *rest. TAG_WRONG: it has no "=" or no name; tag->name
 * is then what is there instead.
 */
enum tag_next tag_list_next(struct span *rest, struct tag *tag);

#endif
