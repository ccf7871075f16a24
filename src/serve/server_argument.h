/*
 * The arguments of MAIL and RCPT (RFC 5321 section 4.1.2): a path and
 * parameters. What is unclear is refused; no path names another mailbox than
 * was written.
 */
#ifndef SERVE_SERVER_ARGUMENT_H
#define SERVE_SERVER_ARGUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "address/mailbox.h"
#include "base/error.h"
#include "envelope/dsn.h"

/*
 * Takes "FROM:" or "TO:" (prefix) and a path out of *rest; blanks in front of
 * the path and a path without angle brackets are taken too (callers do that).
 * *mailbox is all zero for the null path. False: *err says why.
 */
bool server_argument_take_path(struct span *rest, struct span prefix,
    struct mailbox *mailbox, struct error *err);

/* What MAIL and RCPT may carry besides. */
struct server_parameters {
	uint64_t size;	    /* SIZE=, RFC 1870; 0: not given */
	bool has_eight_bit; /* BODY=8BITMIME */
	bool is_utf8;	    /* SMTPUTF8, RFC 6531 */
	enum dsn_return dsn_return;
	char *envelope_id; /* decoded; NULL: none */
	struct dsn_request dsn;
};

enum server_parameter_result {
	SERVER_PARAMETERS_DONE,
	SERVER_PARAMETERS_MALFORMED, /* 501 */
	SERVER_PARAMETERS_UNKNOWN,   /* 555 */
};

enum server_parameter_result server_argument_take_parameters(
    struct span rest, bool is_rcpt, struct server_parameters *parameters);
void server_argument_free_parameters(struct server_parameters *parameters);

#endif
