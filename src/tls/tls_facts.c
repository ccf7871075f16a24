/*
 * Reads a connection's facts. The path from the server's certificate to the
 * root is found by the names and keys of the certificates only, since a chain
 * that is not trusted has one, too.
 */
#include "tls/tls_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tls/certificate_faults.h"
#include "tls/certificate_verify.h"

/* The certificate of the chain that issued this one; 0: none does. */
static unsigned
issuer_in_chain(const struct certificate_faults *chain, unsigned index,
    const struct tls_facts *facts)
{
	for (unsigned i = 1; i < chain->count; i++)
		if (!facts->chain[i].is_used &&
		    gnutls_x509_crt_check_issuer(chain->certificates[index],
			chain->certificates[i]) != 0)
			return i;
	return 0;
}

/*
 * The trusted root that issued the certificate, or is it; NULL: none. Owned by
 * the caller.
 */
static gnutls_x509_crt_t
find_root(gnutls_session_t session, gnutls_x509_crt_t certificate)
{
	gnutls_certificate_credentials_t credentials = NULL;
	gnutls_x509_crt_t root = NULL;

	if (gnutls_credentials_get(
		session, GNUTLS_CRD_CERTIFICATE, (void **)&credentials) < 0 ||
	    gnutls_certificate_get_issuer(
		credentials, certificate, &root, GNUTLS_TL_GET_COPY) < 0)
		return NULL;
	return root;
}

/* Reads the root above the used certificate `top`, unless it was sent. */
static bool
read_anchor(
    struct tls_facts *facts, gnutls_session_t session, gnutls_x509_crt_t top)
{
	gnutls_x509_crt_t root = find_root(session, top);

	if (root == NULL)
		return false;
	certificate_facts_read(&facts->anchor, root);
	gnutls_x509_crt_deinit(root);
	facts->has_anchor = true;
	return true;
}

/* Drops an anchor that is a certificate of the chain. */
static void
drop_sent_anchor(struct tls_facts *facts)
{
	for (size_t i = 0; facts->has_anchor && i < facts->count; i++)
		if (strcmp(facts->chain[i].sha256, facts->anchor.sha256) == 0) {
			facts->chain[i].is_used = true;
			facts->has_anchor = false;
			certificate_facts_free(&facts->anchor);
		}
}

/*
 * Follows the path from the server's certificate upwards, as GnuTLS does: a
 * trusted root ends it, even if the server sent more.
 */
static void
follow_path(struct tls_facts *facts, gnutls_session_t session,
    const struct certificate_faults *chain)
{
	unsigned index = 0;

	do {
		facts->chain[index].is_used = true;
		if (read_anchor(facts, session, chain->certificates[index]))
			break;
		index = issuer_in_chain(chain, index, facts);
	} while (index != 0);
	drop_sent_anchor(facts);
}

static void
read_chain(struct tls_facts *facts, gnutls_session_t session)
{
	struct certificate_faults chain = {.count = 0};
	unsigned sent = 0;

	if (gnutls_certificate_type_get(session) != GNUTLS_CRT_X509)
		return;
	gnutls_certificate_get_peers(session, &sent);
	certificate_faults_read(&chain, session, CERTIFICATES_MAX);
	facts->sent = sent;
	facts->count = chain.count;
	facts->chain = mem_new(chain.count + 1, sizeof(*facts->chain));
	for (unsigned i = 0; i < chain.count; i++)
		certificate_facts_read(&facts->chain[i], chain.certificates[i]);
	if (chain.count > 0)
		follow_path(facts, session, &chain);
	certificate_faults_free(&chain);
}

void
tls_facts_read(struct tls_facts *facts, const struct tls *tls)
{
	gnutls_session_t session = tls_session(tls);
	const char *distrust = tls_distrust(tls);
	struct buf binding = {0};

	*facts = (struct tls_facts){
	    .protocol = mem_copy_text(tls_protocol(tls)),
	    .cipher = mem_copy_text(tls_cipher(tls)),
	    .key_exchange = mem_copy_text(tls_key_exchange(tls)),
	    .verified_by = mem_copy_text(tls_verified_by(tls)),
	    .distrust = distrust == NULL ? NULL : mem_copy_text(distrust),
	    .faults = tls_faults(tls),
	    .must_trust = tls_must_trust(tls),
	    .wanted = mem_copy_text(tls_wanted_name(tls)),
	    .asks_certificate =
		gnutls_certificate_client_get_request_status(session) != 0,
	    .binding = tls_channel_binding(tls, &binding),
	};
	buf_free(&binding);
	facts->staple = certificate_verify_staple(session, facts->faults);
	read_chain(facts, session);
}

struct span
tls_facts_sentence(const struct tls_facts *facts)
{
	struct span text = span_from(facts->distrust);

	return span_head(text, span_find(text, '\n'));
}

void
tls_facts_free(struct tls_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		certificate_facts_free(&facts->chain[i]);
	certificate_facts_free(&facts->anchor);
	free(facts->chain);
	free(facts->protocol);
	free(facts->cipher);
	free(facts->key_exchange);
	free(facts->verified_by);
	free(facts->distrust);
	free(facts->wanted);
	*facts = (struct tls_facts){.count = 0};
}
