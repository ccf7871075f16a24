/* A secret that no reply may echo, in whatever form (F56). */
#ifndef SMTP_HIDE_H
#define SMTP_HIDE_H

#include "base/text.h"

struct dialogue;
struct secret;

/*
 * From here to the session's end: as it is, in base64 wherever it begins in a
 * group of three, or in hexadecimal.
 */
void hide_forms(struct dialogue *dialogue, struct span secret);
/* All of it, from the beginning: another session may have told the server. */
void hide_secret(struct dialogue *dialogue, const struct secret *secret);

#endif
