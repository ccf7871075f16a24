/*
 * URLs with the scheme https (RFC 9110 section 4.2.2), and forms
 * (application/x-www-form-urlencoded). A URL that two programs could read in
 * different ways is refused.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>

#include "base/buf.h"

#define URL_MAX ((size_t)2048)
#define URL_PORT 443 /* of https */

/* All zero: none. */
struct url {
	char *host; /* owned; as host_name_parse gives it */
	unsigned short port;
	char *path; /* owned; begins with "/", and holds the query, too */
};

/*
 * Splits "https://host[:port][/path][?query]". On failure *url is all zero, and
 * a phrase is added to `reason`, unless that is NULL, that quotes nothing:
 * "there is a user in it". No other scheme is accepted; a fragment or a user is
 * refused. Free with url_free.
 */
bool url_parse(struct url *url, struct span text, struct buf *reason);
void url_free(struct url *url);
/* Adds the host, in brackets if it is IPv6, and the port unless it is 443. */
void url_add_authority(const struct url *url, struct buf *out);
/* Adds the whole URL, without its query if `is_short`. */
void url_print(const struct url *url, bool is_short, struct buf *out);

/* Adds a name or a value of a form, encoded. */
void url_add_encoded(struct buf *out, struct span text);
/*
 * Adds "name=value", encoded, after an "&" where a field comes before it. `out`
 * may hold a form, or a URL that ends in "?" or in a query.
 */
void url_add_field(struct buf *out, const char *name, struct span value);

enum url_field {
	URL_FIELD,
	URL_FIELD_NONE, /* no further field */
	URL_FIELD_BAD,	/* a % without two digits, or it is too long */
};

/*
 * Takes the next field of a form, or of a query without its "?". Sets name and
 * value to its decoded octets, which may be any.
 */
enum url_field url_next_field(
    struct span *form, struct buf *name, struct buf *value);

#endif
