/*
 * Goes through the hosts of a domain. Where port 25 is blocked, every host is
 * silent: then a run must not wait for each of them as long as for one that is
 * only slow.
 */
#include "smtp/mx_hosts.h"

#include <unistd.h>

#include "base/signals.h"
#include "base/wait.h"
#include "net/dial.h"
#include "profile/server_url.h"
#include "smtp/letter.h"
#include "smtp/route.h"

/*
 * After a silent host, the next one has a sixth of the time, but at least this
 * (milliseconds): enough for a lost packet to be sent again.
 */
#define PATIENCE_MIN ((int64_t)2000)
/* A wait may end so much early (milliseconds). */
#define CLOCK_SLACK ((int64_t)10)
/* How many silent hosts of a domain are tried; fewer in a silent network. */
#define SILENT_MAX ((size_t)5)
#define SILENT_MAX_AGAIN ((size_t)2)
/*
 * After so many questions in a row without an answer, the name server is asked
 * for the root, to tell domains that are in trouble from a network that is.
 */
#define MUTE_MAX ((size_t)2)
/* No further host or address is begun after this time (milliseconds). */
#define HOSTS_TIME ((int64_t)10 * 60 * 1000)

/* Nobody of the domain can be reached; a signal is no reason. */
static void
set_failure(struct outcome *failure, const struct mx_hosts *hosts,
    enum mail_exchanger_result result, struct buf *reason)
{
	if (result == MAIL_EXCHANGER_SIGNAL)
		return;
	outcome_set_own(failure, STAGE_CONNECT, CAUSE_TEMPORARY,
	    "cannot deliver to %s: %s", hosts->domain, buf_text(reason));
	outcome_set_status(failure, mail_exchanger_status(result));
}

/* What is given to one that does not answer, if others were silent before. */
static int64_t
brief_patience(const struct mx_hosts *hosts)
{
	int64_t full = hosts->profile->timeout_connect;
	int64_t brief = full / 6 > PATIENCE_MIN ? full / 6 : PATIENCE_MIN;

	return brief < full ? brief : full;
}

/* For a look-up. A name server that is silent is not waited for each time. */
static int64_t
lookup_deadline(const struct mx_hosts *hosts)
{
	return deadline_earlier(hosts->deadline,
	    deadline_in(hosts->network->is_mute
		    ? brief_patience(hosts)
		    : hosts->profile->timeout_connect));
}

static void
note_answer(
    struct mx_hosts *hosts, enum mail_exchanger_result result, int64_t asked_at)
{
	struct mx_network *network = hosts->network;

	if (result == MAIL_EXCHANGER_SIGNAL)
		return;
	network->is_mute = result == MAIL_EXCHANGER_TROUBLE &&
	    clock_now() - asked_at >= brief_patience(hosts);
	network->mute = network->is_mute ? network->mute + 1 : 0;
	if (network->mute < MUTE_MAX || signals_caught() != 0)
		return;
	network->mute = 0;
	asked_at = clock_now();
	/* One that refuses at once may know other domains. */
	network->has_no_dns = !name_server_answers(&network->name_server,
				  lookup_deadline(hosts)) &&
	    clock_now() - asked_at >= brief_patience(hosts);
	if (network->has_no_dns)
		observer_note(hosts->observer,
		    "the name server does not answer: no other domain is "
		    "looked up");
}

/* Many domains must not each wait for a name server that is out of reach. */
static bool
can_look_up(const struct mx_hosts *hosts, struct outcome *failure)
{
	if (!hosts->network->has_no_dns || hosts->domain[0] == '[')
		return true;
	outcome_set_own(failure, STAGE_CONNECT, CAUSE_TEMPORARY,
	    "cannot deliver to %s: the name server does not answer",
	    hosts->domain);
	failure->reply.status = mail_exchanger_status(MAIL_EXCHANGER_TROUBLE);
	return false;
}

/* What the look-up has skipped since the last call. */
static void
tell_notes(struct mx_hosts *hosts)
{
	observer_note_lines(hosts->observer, buf_span(&hosts->list.notes));
	buf_clear(&hosts->list.notes);
}

bool
mx_hosts_find(struct mx_hosts *hosts, struct outcome *failure)
{
	const struct profile *profile = hosts->profile;
	char host_name[256] = "";
	struct mail_exchanger_question question = {
	    .domain = span_from(hosts->domain),
	    .own_names = {profile->ehlo_name, host_name},
	    .family = network_family(&profile->network),
	    .name_server = &hosts->network->name_server,
	};
	struct mx_policy_question policy = {
	    .profile = profile,
	    .domain = hosts->domain,
	    .exchangers = &hosts->list,
	    .observer = hosts->observer,
	    .fetch_deadline = hosts->deadline,
	    .may_send_clear = hosts->may_send_clear,
	    .requires_tls = hosts->requires_tls,
	    .waives_tls = hosts->waives_tls,
	};
	enum mail_exchanger_result result;
	struct buf reason = {0};
	int64_t begun = clock_now();

	if (hosts->domain[0] == '\0') {
		outcome_set_own(failure, STAGE_CONNECT, CAUSE_CONTENT,
		    "an address without a domain has no mail server\n"
		    "hint: write name@domain, or set domain in the profile");
		failure->reply.status = (struct status){5, 1, 3};
		return false;
	}
	if (!can_look_up(hosts, failure))
		return false;
	if (gethostname(host_name, sizeof(host_name) - 1) < 0)
		host_name[0] = '\0';
	observer_note(hosts->observer, "looking up the mail servers of %s",
	    hosts->domain);
	result = mail_exchangers_find(
	    &hosts->list, &question, lookup_deadline(hosts), &reason);
	note_answer(hosts, result, begun);
	tell_notes(hosts);
	if (result == MAIL_EXCHANGER_FOUND)
		hosts->policy = mx_policy_open(&policy, lookup_deadline(hosts));
	else
		set_failure(failure, hosts, result, &reason);
	hosts->gives_up = deadline_in(HOSTS_TIME);
	buf_free(&reason);
	return result == MAIL_EXCHANGER_FOUND;
}

void
mx_hosts_free(struct mx_hosts *hosts)
{
	mx_policy_close(hosts->policy);
	mail_exchangers_free(&hosts->list);
	outcome_free(&hosts->refusal);
}

void
mx_hosts_pass(struct mx_hosts *hosts, const struct outcome *refusal)
{
	outcome_copy(&hosts->refusal, refusal);
	hosts->has_host = false;
}

/* Whether so many were silent that the others are not tried. */
static bool
is_hopeless(const struct mx_hosts *hosts)
{
	const struct mx_network *network = hosts->network;
	bool again = network->is_silent && !network->is_reached;

	return hosts->silent == hosts->tried &&
	    hosts->silent >= (again ? SILENT_MAX_AGAIN : SILENT_MAX);
}

/* Makes the next host the current one. False: none is tried any more. */
static bool
take_next(struct mx_hosts *hosts, struct reach *reach)
{
	struct buf reason = {0};
	int64_t begun = clock_now();
	enum mail_exchanger_result result;

	if (begun >= hosts->gives_up || is_hopeless(hosts)) {
		observer_note(hosts->observer,
		    "no further mail server of %s is tried", hosts->domain);
		return false;
	}
	result = mail_exchangers_next(
	    &hosts->list, &hosts->host, lookup_deadline(hosts), &reason);
	note_answer(hosts, result, begun);
	tell_notes(hosts);
	hosts->has_host = result == MAIL_EXCHANGER_FOUND;
	if (hosts->has_host)
		hosts->server = reach_add_exchanger(reach, hosts->host.name);
	else if (result != MAIL_EXCHANGER_END)
		set_failure(&reach->failure, hosts, result, &reason);
	buf_free(&reason);
	return hosts->has_host;
}

static void
fail_connect(struct mx_hosts *hosts, struct reach *reach,
    enum dial_result result, int64_t waited, struct buf *reason)
{
	struct outcome outcome = {0};

	/*
	 * Of its addresses, some may have no route, and the others be silent.
	 * A time-out can also be that of the whole mail.
	 */
	if ((result == DIAL_TIMEOUT || result == DIAL_FAILED) &&
	    waited + CLOCK_SLACK >= brief_patience(hosts))
		hosts->silent++;
	route_set_failure(
	    &outcome, hosts->profile, hosts->server, CAUSE_TEMPORARY, reason);
	reach_fail(reach, &outcome);
	outcome_free(&outcome);
}

/* How long an address of the current host may be silent. */
static int64_t
patience(const struct mx_hosts *hosts)
{
	const struct mx_network *network = hosts->network;

	return hosts->silent > 0 || (network->is_silent && !network->is_reached)
	    ? brief_patience(hosts)
	    : hosts->profile->timeout_connect;
}

/* Tries the addresses of the current host until a session is open. */
static bool
try_addresses(
    struct mx_hosts *hosts, struct reach *reach, struct session *session)
{
	const struct network *network = &hosts->profile->network;
	const struct dial_options options = {
	    .sources = network->sources.names,
	    .source_count = network->sources.count,
	    .tell = hosts->observer != NULL ? observer_tell : NULL,
	    .context = (void *)hosts->observer,
	};
	struct dial *dial = dial_addresses(
	    hosts->host.addresses, hosts->host.address_count, &options);
	int64_t longest = patience(hosts);
	bool opened = false, is_connected = true, is_first = true;

	while (is_connected && !opened && !reach->is_over &&
	    dial_has_more(dial) &&
	    (is_first || clock_now() < hosts->gives_up)) {
		int64_t begun = clock_now();
		struct buf reason = {0};
		enum dial_result result;
		int fd = -1;

		result =
		    dial_next(dial, longest, reach->deadline, &fd, &reason);
		is_first = false;
		is_connected = result == DIAL_DONE;
		hosts->network->is_reached |= is_connected;
		if (is_connected)
			opened = reach_use(reach, fd, session);
		else
			fail_connect(
			    hosts, reach, result, clock_now() - begun, &reason);
		buf_free(&reason);
	}
	dial_free(dial);
	return opened;
}

/* RFC 7435: encryption fails, and an earlier attempt has waited for it. */
static bool
may_try_clear(const struct mx_hosts *hosts, const struct reach *reach)
{
	return hosts->verdict.tls == MX_TLS_OPPORTUNISTIC &&
	    hosts->may_send_clear && !reach->is_over &&
	    reach->last_stage == STAGE_TLS;
}

/* Whether the host keeps REQUIRETLS; if not, the session is closed. */
static bool
has_promise(struct reach *reach, struct session *session)
{
	struct outcome outcome = {0};
	bool has = letter_check_requiretls(session, STAGE_TLS, &outcome);

	if (!has) {
		reach_fail(reach, &outcome);
		session_close(session, false);
	}
	outcome_free(&outcome);
	return has;
}

static bool
try_host(struct mx_hosts *hosts, struct reach *reach, struct session *session)
{
	struct outcome outcome = {0};
	bool opened;

	observer_note(
	    hosts->observer, "trying the mail server %s", hosts->host.name);
	mx_policy_judge(hosts->policy, &hosts->host, lookup_deadline(hosts),
	    &hosts->verdict);
	reach_show(reach, hosts->server);
	reach->verdict = &hosts->verdict;
	if (hosts->verdict.tls == MX_TLS_FORBIDDEN) {
		outcome_set_own(&outcome, STAGE_TLS, CAUSE_TEMPORARY, "%s",
		    hosts->verdict.why);
		outcome_set_status(&outcome, hosts->verdict.status);
		reach_fail(reach, &outcome);
		outcome_free(&outcome);
		return false;
	}
	opened = try_addresses(hosts, reach, session);
	if (opened && hosts->requires_tls)
		opened = has_promise(reach, session);
	if (!opened && may_try_clear(hosts, reach)) {
		observer_note(hosts->observer,
		    "TLS fails, and this is not the first attempt: trying %s "
		    "without it",
		    hosts->host.name);
		hosts->verdict.tls = MX_TLS_NONE;
		opened = try_addresses(hosts, reach, session);
	}
	return opened;
}

/* Every host that was tried was silent: the network is the likely reason. */
static void
blame_network(struct mx_hosts *hosts, struct reach *reach)
{
	struct mx_network *network = hosts->network;

	if (hosts->tried == 0 || hosts->silent < hosts->tried ||
	    network->is_reached || signals_caught() != 0)
		return;
	network->is_silent = true;
	outcome_set_own(&reach->failure, STAGE_CONNECT, CAUSE_TEMPORARY,
	    "no mail server could be reached on port 25: this network may "
	    "block it\n"
	    "hint: use a relay: server = smtps://HOST");
}

bool
mx_hosts_open(
    struct mx_hosts *hosts, struct reach *reach, struct session *session)
{
	bool opened = false;

	reach->server =
	    hosts->server != NULL ? hosts->server : &hosts->profile->servers[0];
	if (hosts->refusal.action != ACTION_NONE) {
		reach_fail(reach, &hosts->refusal);
		outcome_free(&hosts->refusal);
	}
	while (!opened && !reach->is_over && clock_now() < reach->deadline &&
	    (hosts->has_host || take_next(hosts, reach))) {
		hosts->tried++;
		opened = try_host(hosts, reach, session);
		hosts->has_host = opened;
	}
	if (!opened)
		blame_network(hosts, reach);
	return opened;
}
