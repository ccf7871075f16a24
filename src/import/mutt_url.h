/*
 * The variable smtp_url of mutt: smtp[s]://[user[:password]@]host[:port][/].
 */
#ifndef IMPORT_MUTT_URL_H
#define IMPORT_MUTT_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/* A NUL in a part stands for what is not known of it (muttrc_scope.h). */
struct mutt_url {
	bool is_smtps;
	struct buf user, password, host; /* decoded */
	unsigned short port; /* the default of mutt, if it has none */
};

/* False if mutt refuses it, or if scheme, host or port are not known. */
bool mutt_url_read(struct span text, struct mutt_url *url);
void mutt_url_free(struct mutt_url *url);

#endif
