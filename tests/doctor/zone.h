/*
 * A table of DNS records in the place of the name server. Only one file of a
 * test may include it.
 */
#ifndef TESTS_DOCTOR_ZONE_H
#define TESTS_DOCTOR_ZONE_H

#include <string.h>

#include "base/mem.h"
#include "doctor/lookup.h"

struct zone_record {
	const char *name;
	enum dns_type type;
	const char *text; /* of TXT; NULL: the look-up fails */
	/* How many records, or strings of TXT; 0: one. */
	int count;
};

/* The context is an array that ends with an empty name. */
static inline enum dns_result
zone_ask(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	bool is_name = false;

	for (const struct zone_record *at = context; at->name != NULL; at++) {
		if (!span_equal_nocase(span_from(at->name), span_from(name)))
			continue;
		is_name = true;
		if (at->type != type)
			continue;
		if (type == DNS_TXT && at->text == NULL)
			return DNS_TROUBLE;
		for (int i = 0; i == 0 || (i < at->count && type != DNS_TXT);
		     i++) {
			struct dns_record *item = mem_append(
			    &list->items, &list->count, sizeof(*item));

			item->target[0] = 'x';
			item->data = span_from(at->text);
			item->strings = at->count > 0 ? (size_t)at->count : 1;
		}
	}
	return list->count > 0 ? DNS_FOUND
	    : is_name	       ? DNS_NO_DATA
			       : DNS_NO_NAME;
}

#endif
