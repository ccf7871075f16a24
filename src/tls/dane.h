/*
 * Whether a TLSA record (RFC 6698) fits the certificates of a server, by the
 * rules for mail (RFC 7672): usages DANE-TA and DANE-EE only.
 */
#ifndef TLS_DANE_H
#define TLS_DANE_H

#include <stddef.h>

#include "base/text.h"
#include "tls/certificate_facts.h"

enum dane_verdict {
	DANE_UNUSABLE, /* mail does not use a record like this */
	DANE_MISFIT,
	DANE_FIT,
};

/*
 * Judges the data of one record. The chain is as sent, the server's own
 * certificate first. Names are not looked at.
 */
enum dane_verdict dane_judge(
    struct span record, const struct certificate_facts *chain, size_t count);

#endif
