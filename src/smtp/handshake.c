#include "smtp/handshake.h"

#include "base/wait.h"
#include "net/tls.h"
#include "profile/profile_check.h"
#include "profile/provider.h"

static const char *
name_to_verify(const struct session *session)
{
	if (session->profile->tls_host != NULL)
		return session->profile->tls_host;
	/* RFC 6186 section 6: whoever forges answers names any target. */
	return session->server->domain != NULL ? session->server->domain
					       : session->server->host;
}

bool
session_shake_hands(struct session *session)
{
	const struct profile *profile = session->profile;
	bool is_lenient = session->tls == TLS_POLICY_OPPORTUNISTIC;
	struct tls_failure failure = {0};
	struct tls_options options = {
	    .host = name_to_verify(session),
	    .name = name_to_verify(session),
	    .service = profile->tls_host == NULL ? session->server->service
						 : NULL,
	    .trust = profile->tls_trust != NULL ? profile->tls_trust
						: profile->trust_file,
	    .trust_folder = profile->trust_folder,
	    .crl = profile->tls_crl,
	    /* A login needs to know whom it is for. */
	    .verify = !is_lenient || session->secret != NULL,
	    .accept_untrusted = is_lenient,
	    .pins = profile->tls_pin.names,
	    .pin_count = profile->tls_pin.count,
	    .pin_alone = profile_trusts_pin_alone(profile) ||
		(is_lenient && profile->tls_pin.count > 0),
	    .is_public = provider_of(profile, session->server) != NULL,
	    .only_tls13 = profile->tls_min == TLS_MIN_1_3,
	    .priority = profile->tls_priority,
	    .client_certificate = profile->tls_cert,
	    .client_key = profile->tls_key,
	};
	struct tls *tls = tls_start(stream_fd(session->dialogue.stream),
	    &options, dialogue_deadline(&session->dialogue, STAGE_TLS),
	    &failure);

	if (tls == NULL) {
		bool lost = failure.result == TLS_LOST ||
		    failure.result == TLS_SIGNAL;

		outcome_set_own(&session->trouble, STAGE_TLS,
		    lost ? CAUSE_TEMPORARY : CAUSE_PROTOCOL, "%s",
		    failure.text);
		session->may_move = failure.result != TLS_SIGNAL;
		session->is_broken = true;
		return false;
	}
	stream_use_tls(session->dialogue.stream, tls);
	session->secured_at = clock_now();
	observer_note(session->dialogue.observer,
	    "%s %s, key exchange %s, verified by %s", tls_protocol(tls),
	    tls_cipher(tls), tls_key_exchange(tls), tls_verified_by(tls));
	return true;
}
