/*
 * What one server can carry of a submission: which of the letter's plans fits
 * it, and which addresses it takes.
 */
#ifndef SMTP_FIT_H
#define SMTP_FIT_H

#include <stdbool.h>

#include "smtp/transaction.h"

/*
 * Settles the open recipients whose address needs SMTPUTF8 where the server
 * does not offer it; all of them, if the profile wants that. False: nobody is
 * left, and *ending says why.
 */
bool fit_recipients(const struct session *session, struct envelope *envelope,
    struct outcome *ending);
/* Why this server cannot take the address, with its status. */
bool fit_path(const struct session *session, const char *path, enum stage stage,
    struct outcome *ending);
/* RFC 1870 section 6.1: what the server has said it cannot take. */
bool fit_size(
    const struct session *session, uint64_t size, struct outcome *ending);
/* RFC 6531 section 3.4: whether an address or the header calls for it. */
bool fit_needs_utf8(
    const struct envelope *envelope, const struct letter *letter);
/*
 * *fitted is the letter as this server can carry it: for one without 8BITMIME
 * in 7 bits, under SMTPUTF8 with its fields in UTF-8. Without a letter (NULL)
 * only is_utf8 is set. False: it cannot, and *ending says why.
 */
bool fit_letter(const struct session *session, const struct envelope *envelope,
    const struct letter *letter, struct letter *fitted, struct outcome *ending);

#endif
