/*
 * Checks whether a certificate was issued for the server's name (RFC 9525).
 * Only subject alternative names count; the common name is ignored.
 */
#ifndef TLS_CERTIFICATE_NAME_H
#define TLS_CERTIFICATE_NAME_H

#include <gnutls/x509.h>
#include <stdbool.h>

#include "tls/tls_options.h"

/*
 * Whether the certificate has options->name as a DNS name or an address or, if
 * `service_counts`, options->service of that name as an SRV-ID. If not, adds
 * the names it has instead to `others`, masked. *is_as_name is set to whether
 * options->name is an address that the certificate has as a DNS name.
 */
bool certificate_name_check(gnutls_x509_crt_t certificate,
    const struct tls_options *options, bool service_counts, struct buf *others,
    bool *is_as_name);

/*
 * Adds all its DNS names and addresses, masked, with ", " between them, as far
 * as there is room in `out`. A blank or a comma within a name becomes "?".
 */
void certificate_name_add_all(gnutls_x509_crt_t certificate, struct buf *out);
/*
 * Public for the tests. Whether a DNS name of a certificate, perhaps with "*"
 * as its whole first label, matches `name`; letter case and a final dot of
 * `name` do not count.
 */
bool certificate_name_matches(struct span offered, const char *name);
/*
 * Public for the tests. Whether the DER of an IA5String is the SRV-ID of the
 * service of that domain, "_submissions.example.org" (RFC 4985). An SRV-ID has
 * no wildcards.
 */
bool certificate_name_matches_service(
    struct span der, const char *service, const char *domain);

#endif
