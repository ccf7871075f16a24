/*
 * The parameters of Content-Type and Content-Disposition (RFC 2045 section
 * 5.1), encoded by RFC 2231 where they are not ASCII or too long.
 */
#ifndef FIXUP_FIELD_PARAMETERS_H
#define FIXUP_FIELD_PARAMETERS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/* Adds a field's value; true: it differs from what it was. */
bool field_parameters_add(struct buf *out, struct span body);
/* Whether the parameter boundary, which stays, has octets above 127. */
bool field_parameters_have_raw_boundary(struct span body);

#endif
