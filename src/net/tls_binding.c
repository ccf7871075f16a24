/* Channel bindings (RFC 5056): what both ends of a channel alone know of it. */
#include "net/tls_binding.h"

#include <gnutls/gnutls.h>

static bool
add_binding(void *session, gnutls_channel_binding_t type, struct buf *out)
{
	gnutls_datum_t octets = {0};
	bool done = gnutls_session_channel_binding(session, type, &octets) >= 0;

	if (done)
		done = octets.size > 0 &&
		    buf_add(out, octets.data, octets.size);
	gnutls_free(octets.data);
	return done;
}

/*
 * RFC 9266 section 3: tls-exporter for TLS 1.3. RFC 7677 section 4: tls-unique
 * of TLS 1.2 is worth something only with the extended master secret (RFC
 * 7627), and for the session's first handshake. Else the certificate's hash
 * (RFC 5929 section 4).
 */
const char *
tls_binding_of(void *session, struct buf *out)
{
	if (gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3)
		return add_binding(session, GNUTLS_CB_TLS_EXPORTER, out)
		    ? "tls-exporter"
		    : NULL;
	if (gnutls_session_ext_master_secret_status(session) != 0 &&
	    !gnutls_session_is_resumed(session))
		return add_binding(session, GNUTLS_CB_TLS_UNIQUE, out)
		    ? "tls-unique"
		    : NULL;
	return add_binding(session, GNUTLS_CB_TLS_SERVER_END_POINT, out)
	    ? "tls-server-end-point"
	    : NULL;
}
