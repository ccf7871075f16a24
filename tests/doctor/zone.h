/*
 * A table of DNS records in the place of the name server. Only one file of a
 * test may include it.
 */
#ifndef TESTS_DOCTOR_ZONE_H
#define TESTS_DOCTOR_ZONE_H

#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "doctor/lookup.h"

struct zone_record {
	const char *name;
	enum dns_type type;
	/*
	 * Of TXT; of A and AAAA the address, of MX and PTR the name, NULL: any.
	 * "!", and NULL of TXT: the look-up fails.
	 */
	const char *text;
	/* How many records, or strings of TXT; 0: one. */
	int count;
};

static inline void
zone_set(struct dns_records *list, struct dns_record *item,
    const struct zone_record *at)
{
	unsigned char address[16];

	item->strings = at->count > 0 ? (size_t)at->count : 1;
	item->target[0] = 'x';
	if (at->type == DNS_TXT || at->text == NULL)
		item->data = span_from(at->text);
	else if (at->type == DNS_MX || at->type == DNS_PTR)
		snprintf(item->target, sizeof(item->target), "%s", at->text);
	else if (inet_pton(at->type == DNS_A ? AF_INET : AF_INET6, at->text,
		     address) == 1) {
		item->data.len = at->type == DNS_A ? 4 : 16;
		buf_add(&list->data, address, item->data.len);
	}
}

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
		if (at->text == NULL ? type == DNS_TXT
				     : strcmp(at->text, "!") == 0)
			return DNS_TROUBLE;
		for (int i = 0; i == 0 || (i < at->count && type != DNS_TXT);
		     i++)
			zone_set(list,
			    mem_append(&list->items, &list->count,
				sizeof(*list->items)),
			    at);
	}
	for (size_t i = 0; i < list->count && list->data.len > 0; i++)
		list->items[i].data.at =
		    list->data.data + i * list->items[i].data.len;
	return list->count > 0 ? DNS_FOUND
	    : is_name	       ? DNS_NO_DATA
			       : DNS_NO_NAME;
}

#endif
