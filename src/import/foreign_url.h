/*
 * The URL of a mail server as other programs write it, with a login:
 * SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/...]
 */
#ifndef IMPORT_FOREIGN_URL_H
#define IMPORT_FOREIGN_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

struct foreign_url {
	struct span scheme;	   /* borrowed; empty: there is none */
	struct span host;	   /* borrowed, without [] */
	struct span server;	   /* borrowed: host and port as written */
	struct buf user, password; /* decoded */
	bool has_password;
	unsigned short port; /* 0: none is given */
};

/* Adds the text with its %HH decoded; false for a wrong one, and for %00. */
bool foreign_url_decode(struct span text, struct buf *part);
/* False if a part is missing or wrong. Free it in every case. */
bool foreign_url_read(struct span text, struct foreign_url *url);
void foreign_url_free(struct foreign_url *url);

#endif
