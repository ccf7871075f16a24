/*
 * The arguments of MAIL and RCPT (RFC 5321 section 4.1.2): a path, and the
 * parameters of the extensions that the server offers. Ambiguous arguments are
 * refused, so that no path is read as another mailbox.
 */
#ifndef SERVE_SERVER_ARGUMENT_H
#define SERVE_SERVER_ARGUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "address/mailbox.h"
#include "envelope/dsn.h"

/*
 * Removes the prefix, "FROM:" or "TO:", and the path from *rest. Clients may
 * write blanks before the path, and leave out the angle brackets. *mailbox is
 * all zero for the null path; the caller frees it. False: *err says why, with
 * ERROR_USAGE if the prefix is missing.
 */
bool server_argument_take_path(struct span *rest, struct span prefix,
    struct mailbox *mailbox, struct error *err);

/* The parameters of MAIL and RCPT. */
struct server_parameters {
	uint64_t size;		    /* SIZE=, RFC 1870; 0: not given */
	bool has_eight_bit;	    /* BODY=8BITMIME */
	bool is_utf8;		    /* SMTPUTF8, RFC 6531 */
	enum dsn_return dsn_return; /* RET= */
	char *envelope_id;	    /* ENVID=, decoded; NULL: none */
	struct dsn_request dsn;	    /* NOTIFY= and ORCPT= */
};

enum server_parameter_result {
	SERVER_PARAMETERS_DONE,
	SERVER_PARAMETERS_MALFORMED, /* reply 501 */
	SERVER_PARAMETERS_UNKNOWN,   /* reply 555 */
};

/* Reads the parameters; the caller frees them in every case. */
enum server_parameter_result server_argument_take_parameters(
    struct span rest, bool is_rcpt, struct server_parameters *parameters);
void server_argument_free_parameters(struct server_parameters *parameters);

#endif
