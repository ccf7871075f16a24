/*
 * Reaches a server as a submission does. The transaction has no recipient and
 * no content, so it consists of MAIL and RSET only.
 */
#include "doctor/trial.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/wait.h"
#include "net/host.h"
#include "profile/mechanism.h"
#include "profile/server_url.h"
#include "smtp/login.h"
#include "smtp/mx_hosts.h"
#include "smtp/transaction.h"
#include "tls/tls.h"

/*
 * The longest wait for one reply. A session that hears nothing for ten seconds
 * looks in a second connection whether the server wants TLS; what it finds
 * decides about the mail, so there must be time for that.
 */
#define REPLY_TIMEOUT ((int64_t)20000)

static char *
name_peer(const struct session *session)
{
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);
	struct buf name = {0};
	char *text;

	if (session->is_unix)
		return mem_copy_text(session->server->path);
	if (network_has_command(&session->profile->network))
		return NULL;
	if (getpeername(stream_fd(session->dialogue.stream),
		(struct sockaddr *)&peer, &len) != 0)
		return NULL;
	host_add_address(&name, &peer);
	text = mem_copy_text(buf_text(&name));
	buf_free(&name);
	return text;
}

/* SCRAM does not show the password to the server. The strongest is first. */
static const char *
find_stronger(const struct session *session)
{
	const struct mechanism *used = session->mechanism != NULL
	    ? mechanism_find(span_from(session->mechanism))
	    : NULL;

	for (size_t i = 0; used != NULL && i < mechanism_count(); i++)
		if (session->extensions.mechanisms & 1U << i &&
		    mechanism_at(i)->exchange == EXCHANGE_SCRAM &&
		    used->exchange != EXCHANGE_SCRAM &&
		    used->credential == CREDENTIAL_PASSWORD)
			return mechanism_at(i)->name;
	return NULL;
}

/* Keeps what is known of the session that was opened, or of the last tried. */
static void
note(void *context, const struct session *session)
{
	struct trial *trial = context;

	free(trial->address);
	trial->address = name_peer(session);
	trial->extensions = session->extensions;
	trial->is_safe = session->ready_at != 0 && login_is_safe(session);
	trial->is_login_said |= session->is_login_said;
	trial->mechanism = session->mechanism;
	trial->stronger = find_stronger(session);
	trial->login_time =
	    session->is_login_said ? clock_now() - session->ready_at : -1;
}

static void
ask_for_sender(struct trial *trial, struct session *session,
    const struct trial_options *options)
{
	struct envelope envelope = {
	    .reverse_path = mem_copy_text(options->sender),
	    .dsn_return = options->profile->dsn_return,
	};
	struct transaction transaction;
	int64_t begun = clock_now();

	if (!letter_check_size(session, TRIAL_MAIL_OCTETS, &trial->outcome)) {
		envelope_free(&envelope);
		return;
	}
	transaction_begin(&transaction, session, &envelope, NULL);
	transaction.commands.letter.size = TRIAL_MAIL_OCTETS;
	transaction_ask(&transaction);
	transaction_finish(&transaction, NULL);
	outcome_copy(&trial->outcome, &transaction.ending);
	trial->outcome.stage = STAGE_MAIL;
	trial->is_mail_said = session->mails > 0;
	if (trial->is_mail_said)
		trial->mail_time = clock_now() - begun;
	transaction_free(&transaction);
	envelope_free(&envelope);
}

/* Asks what is to be found out, and closes the session. */
static void
use_session(struct trial *trial, struct session *session,
    const struct trial_options *options)
{
	const struct tls *tls = stream_tls(session->dialogue.stream);

	free(trial->verified_by);
	trial->verified_by =
	    tls != NULL ? mem_copy_text(tls_verified_by(tls)) : NULL;
	if (options->no_login && options->secret != NULL)
		trial->outcome = (struct outcome){
		    .action = ACTION_RELAYED, .stage = STAGE_AUTH};
	else if (options->sender == NULL)
		trial->outcome = (struct outcome){
		    .action = ACTION_RELAYED, .stage = STAGE_MAIL};
	else
		ask_for_sender(trial, session, options);
	session_close(session, false);
}

static void
ask_server(struct trial *trial, struct reach *reach,
    const struct trial_options *options)
{
	struct session session;

	if (reach_open(reach, &session)) {
		trial->server = reach->server;
		use_session(trial, &session, options);
	} else {
		trial->server = reach->failed;
		outcome_copy(&trial->outcome, &reach->failure);
	}
}

/* Whether the failure is that of a domain which nobody named. */
static bool
is_of_domain(const struct trial_options *options, const struct outcome *outcome)
{
	return options->is_any_domain && outcome->reply.status.class == 5;
}

/* Goes through the mail servers of the domain, as a submission does. */
static void
ask_exchangers(struct trial *trial, struct reach *reach,
    const struct trial_options *options)
{
	struct mx_network network = {
	    .name_server = {.trust = profile_dns_trust(reach->profile)}};
	struct mx_hosts hosts = {
	    .profile = reach->profile,
	    .observer = options->observer,
	    .domain = options->domain,
	    .network = &network,
	    .deadline = options->deadline,
	};
	bool goes_on = mx_hosts_find(&hosts, &trial->outcome);
	struct buf text = {0};

	if (!goes_on && is_of_domain(options, &trial->outcome)) {
		trial->is_done = false;
		reply_add_joined(&text, &trial->outcome.reply);
		trial->unasked = buf_take_text(&text);
	}
	while (goes_on) {
		struct session session;

		goes_on = mx_hosts_open(&hosts, reach, &session);
		if (!goes_on) {
			trial->server = reach->failed;
			outcome_copy(&trial->outcome, &reach->failure);
			break;
		}
		trial->server = reach->server;
		use_session(trial, &session, options);
		goes_on = trial->outcome.action == ACTION_DELAYED;
		if (goes_on)
			mx_hosts_pass(&hosts, &trial->outcome);
	}
	mx_hosts_free(&hosts);
}

static int64_t
shorter(int64_t timeout, int64_t most)
{
	return timeout == 0 || timeout > most ? most : timeout;
}

void
trial_run(struct trial *trial, const struct trial_options *options)
{
	/* A copy that owns nothing. */
	struct profile profile = *options->profile;
	struct reach reach = {
	    .profile = &profile,
	    .secret = options->secret,
	    .observer = options->observer,
	    .deadline = options->deadline,
	    .no_login = options->no_login,
	    .tried = note,
	    .context = trial,
	};

	profile.timeout = shorter(profile.timeout, REPLY_TIMEOUT);
	profile.timeout_connect =
	    shorter(profile.timeout_connect, REPLY_TIMEOUT);
	*trial =
	    (struct trial){.is_done = true, .login_time = -1, .mail_time = -1};
	if (options->domain == NULL)
		ask_server(trial, &reach, options);
	else {
		trial->domain = mem_copy_text(options->domain);
		ask_exchangers(trial, &reach, options);
	}
	trial->is_cut = trial->outcome.action == ACTION_DELAYED &&
	    trial->outcome.reply.code == 0 && clock_now() >= options->deadline;
	trial->trail = reach.trail;
	reach.trail = (struct trail){0};
	reach_free(&reach);
}

const char *
trial_server_name(const struct trial *trial)
{
	return trial->server != NULL ? server_url_name(trial->server)
				     : "the server";
}

void
trial_free(struct trial *trial)
{
	outcome_free(&trial->outcome);
	free(trial->address);
	free(trial->domain);
	free(trial->unasked);
	free(trial->verified_by);
	reach_free_trail(&trial->trail);
	*trial = (struct trial){0};
}
