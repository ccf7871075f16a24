/*
 * The macros of SPF (RFC 7208 section 7). The functions work in memory only,
 * and accept any octets as input.
 */
#ifndef DOCTOR_SPF_MACRO_H
#define DOCTOR_SPF_MACRO_H

#include <stdbool.h>

#include "doctor/spf_mail.h"

/*
 * The length of the macro at the beginning of a text, which begins with "%"; 0:
 * it is none. The macros c, r and t, which are only for explanations, do not
 * count.
 */
size_t spf_macro_length(struct span text);
/* Whether the text has the macro p, which needs the name of the address. */
bool spf_macro_needs_name(struct span text);

/* What the macros of a text stand for. */
struct spf_macro_values {
	const struct spf_mail *mail;
	const char *domain; /* whose record it is */
	const char *name; /* that the address has; NULL: none that is proven */
};

/*
 * Adds the text with its macros replaced. The text must not have a wrong macro.
 * False: the buf is full.
 */
bool spf_macro_expand(
    struct span text, const struct spf_macro_values *values, struct buf *out);

#endif
