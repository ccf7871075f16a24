/*
 * Judges what the servers of the survey said before TLS, or right after it at a
 * port with TLS from the start. Whoever is on the way can have written it.
 */
#include "doctor/greeting_check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "doctor/server_remedy.h"
#include "profile/server_url.h"
#include "smtp/quote.h"
#include "tls/foreign.h"

#define GREETING_ID "greeting"
#define FOREIGN_ID "greeting.foreign"
#define MODE_ID "greeting.mode"
#define CLOCK_ID "clock.greeting"
#define EHLO_ID "ehlo"
#define STARTTLS_ID "ehlo.starttls"

/* A greeting that takes longer is late; milliseconds. */
#define LATE ((int64_t)5000)
/* How far two clocks may differ; seconds. */
#define CLOCK_TOLERANCE ((int64_t)300)

/* Adds the code and the text of the server's reply that ended the session. */
static void
add_reply(struct buf *out, const struct obstacle *item)
{
	reply_add_line(out, &item->address->trouble.reply);
}

/* Where a check has found nothing to judge. */
static void
add_unjudged(struct diagnosis *diagnosis, const char *id, const char *text)
{
	const char *furthest =
	    obstacles_furthest(diagnosis_obstacles(diagnosis));

	if (furthest != NULL)
		finding_add_skipped(&diagnosis->findings, id, furthest);
	else
		finding_add(
		    &diagnosis->findings, id, SEVERITY_SKIPPED, "%s", text);
}

/* The next address of the survey after `last`; NULL: there is none. */
static const struct obstacle *
next_address(const struct obstacles *obstacles, const struct obstacle *last)
{
	size_t i = last == NULL ? 0 : (size_t)(last - obstacles->items) + 1;

	for (; i < obstacles->count; i++)
		if (obstacles->items[i].address != NULL)
			return &obstacles->items[i];
	return NULL;
}

/*
 * The survey does not wait as long as a submission does: silence is only a
 * warning if the one real attempt found that it ends.
 */
static enum severity
limit_silence(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity)
{
	const struct trial *trial;

	if (severity != SEVERITY_FAILURE || !item->address->is_silent)
		return severity;
	trial = diagnosis_try(diagnosis);
	return trial->is_done &&
		(trial->outcome.action == ACTION_RELAYED ||
		    trial->outcome.stage > item->address->trouble.stage)
	    ? SEVERITY_WARNING
	    : severity;
}

/* --- greeting */

/* Whether a reply says that the client's address is on a block list. */
static bool
names_block_list(struct span text)
{
	static const char *const words[] = {"*blocked using*", "*blacklist*",
	    "*black list*", "*blocklist*", "*block list*", "*dnsbl*", "*rbl*",
	    "*spamhaus*", "*spamcop*", "*barracudacentral*", "*sorbs.net*",
	    "*listed *"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_matches(text, span_from(words[i])))
			return true;
	return false;
}

static void
add_unwanted(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *hosts)
{
	const struct reply *reply = &item->address->trouble.reply;
	struct buf text = {0};
	struct finding *finding;

	add_reply(&text, item);
	if (reply_is_transient(reply)) {
		finding = finding_add(&diagnosis->findings, GREETING_ID,
		    severity, "%s is busy: %s", hosts, buf_text(&text));
		finding_set_hint(finding, "try again in some minutes");
	} else if (reply_is_permanent(reply)) {
		finding =
		    finding_add(&diagnosis->findings, GREETING_ID, severity,
			"%s refuses this machine: %s", hosts, buf_text(&text));
		if (names_block_list(buf_span(&text)))
			finding_set_hint(finding,
			    "this machine's address is on a block list; at the "
			    "ports for submission, 465 and 587, servers do not "
			    "ask such lists");
	} else {
		finding_add(&diagnosis->findings, GREETING_ID, severity,
		    "%s greets with a reply that is no greeting: %s", hosts,
		    buf_text(&text));
	}
	buf_free(&text);
}

static void
add_ungreeted(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *places)
{
	struct findings *findings = &diagnosis->findings;
	char *quoted = quote_words(obstacle_said(item));

	if (quoted[0] != '\0')
		finding_add(findings, GREETING_ID, severity,
		    "what %s says is no greeting of a mail server: \"%s\"",
		    places, quoted);
	else if (item->address->is_silent && severity == SEVERITY_FAILURE)
		finding_set_hint(
		    finding_add(findings, GREETING_ID, severity,
			"%s accepts connections and says nothing", places),
		    "it is stuck, or a firewall drops what it says");
	else if (item->address->is_silent)
		finding_add(findings, GREETING_ID, severity,
		    "%s says nothing for a long time: every mail waits for its "
		    "greeting",
		    places);
	else
		finding_set_hint(
		    finding_add(findings, GREETING_ID, severity,
			"%s ends the connection without a greeting", places),
		    !item->address->tls.asks_certificate
			? "it may refuse this machine's address, or be "
			  "overloaded"
			: diagnosis->profile->tls_cert == NULL
			? "it asks for a client certificate: set tls-cert and "
			  "tls-key"
			: "it asks for a client certificate, and may refuse "
			  "that of tls-cert");
	free(quoted);
}

static void
add_bad_greetings(struct diagnosis *diagnosis, struct obstacles *obstacles)
{
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, GREETING_ID)) != NULL) {
		enum severity severity = limit_silence(
		    diagnosis, item, obstacle_severity(obstacles, item));
		bool is_reply = item->address->trouble.reply.code != 0;
		struct buf places = {0};

		obstacles_add_places(obstacles, item,
		    is_reply ? OBSTACLE_WITH_HOST : OBSTACLE_WITH_PORT,
		    &places);
		if (is_reply)
			add_unwanted(
			    diagnosis, item, severity, buf_text(&places));
		else
			add_ungreeted(
			    diagnosis, item, severity, buf_text(&places));
		buf_free(&places);
	}
}

/* The first line of a greeting, without its code. */
static struct span
greeting_text(const struct survey_address *address)
{
	struct span rest = buf_span(&address->greeting), line;

	survey_address_next_line(&rest, &line);
	return line;
}

void
greeting_check_greeting(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	const struct obstacle *item = NULL, *good = NULL, *late = NULL;

	add_bad_greetings(diagnosis, obstacles);
	while ((item = next_address(obstacles, item)) != NULL) {
		if (!span_starts(
			buf_span(&item->address->greeting), SPAN("220")))
			continue;
		if (good == NULL)
			good = item;
		if (item->address->greeting_time > LATE && late == NULL)
			late = item;
	}
	if (late != NULL)
		finding_set_hint(
		    finding_add(findings, GREETING_ID, SEVERITY_NOTE,
			"%s waits %d s before its greeting",
			late->server->server->host,
			(int)(late->address->greeting_time / 1000)),
		    "it slows down clients that it does not know, or looks up "
		    "this machine's address");
	if (findings->count > count)
		return;
	if (good != NULL) {
		char *quoted = quote_words(greeting_text(good->address));

		finding_add_number(
		    finding_add(findings, GREETING_ID, SEVERITY_OK,
			"%s greets after %d ms: %s", good->server->server->host,
			(int)good->address->greeting_time, quoted),
		    "milliseconds", good->address->greeting_time);
		free(quoted);
		return;
	}
	add_unjudged(diagnosis, GREETING_ID, "no server has greeted");
}

/* --- greeting.foreign */

static void
hint_at_protocol(
    struct finding *finding, const struct obstacle *item, const char *protocol)
{
	struct span said = obstacle_said(item);
	char *host = quote_words(foreign_location(said));

	if (strcmp(protocol, "HTTP") != 0)
		finding_set_hint(finding,
		    "mail is submitted at port 465 (smtps://) or 587 "
		    "(smtp://)");
	else if (host[0] != '\0')
		finding_set_hint(finding,
		    "this network wants a login in a browser first, at %s",
		    host);
	else
		finding_set_hint(finding,
		    "this network wants a login in a browser first, or port "
		    "%u belongs to a web server",
		    (unsigned)item->server->server->port);
	if (host[0] != '\0')
		finding_add_text(finding, "location", host);
	free(host);
}

void
greeting_check_foreign(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, FOREIGN_ID)) != NULL) {
		struct span said = obstacle_said(item);
		const char *protocol = foreign_protocol(said);
		struct span line =
		    span_head(span_head(said, span_find(said, '\n')),
			span_find(said, '\r'));
		char *quoted = quote_words(line);
		struct buf places = {0};
		struct finding *finding;
		enum severity severity = obstacle_severity(obstacles, item);

		obstacles_add_places(
		    obstacles, item, OBSTACLE_WITH_PORT, &places);
		finding = finding_add(findings, FOREIGN_ID, severity,
		    "what answers at %s speaks %s, not SMTP: \"%s\"",
		    buf_text(&places), protocol, quoted);
		finding_add_text(finding, "protocol", protocol);
		hint_at_protocol(finding, item, protocol);
		buf_free(&places);
		free(quoted);
	}
	if (findings->count == count)
		finding_add(findings, FOREIGN_ID, SEVERITY_OK,
		    "no other protocol answers");
}

/* --- greeting.mode */

void
greeting_check_mode(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, MODE_ID)) != NULL) {
		const struct server *server = item->server->server;
		bool is_smtps = server->scheme == SCHEME_SMTPS;
		enum severity severity = obstacle_severity(obstacles, item);
		struct finding *finding;

		obstacles_mark(obstacles, item);
		finding = is_smtps
		    ? finding_add(findings, MODE_ID, severity,
			  "port %u of %s speaks SMTP and wants STARTTLS",
			  (unsigned)server->port, server->host)
		    : finding_add(findings, MODE_ID, severity,
			  "port %u of %s wants TLS from the start",
			  (unsigned)server->port, server->host);
		server_remedy_add(finding, diagnosis->profile, server,
		    is_smtps ? SCHEME_SMTP : SCHEME_SMTPS, server->port);
	}
	if (findings->count == count)
		finding_add(findings, MODE_ID, SEVERITY_OK,
		    "TLS begins when the server expects it");
}

/* --- clock.greeting */

/* Adds "3 days", "5 hours" or "12 minutes". */
static void
add_span_of_time(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
	size_t i = 0;

	while (i < 2 && seconds < 2 * units[i].seconds)
		i++;
	seconds = (seconds + units[i].seconds / 2) / units[i].seconds;
	buf_add_format(out, "%lld %s%s", (long long)seconds, units[i].name,
	    seconds == 1 ? "" : "s");
}

/*
 * Whether the certificate is refused only for its dates, although by the
 * server's clock it is valid.
 */
static bool
is_certificate_concerned(const struct survey_address *address, int64_t there)
{
	const struct tls_facts *facts = &address->tls;

	if (!address->is_tls || facts->faults == 0 ||
	    (facts->faults & ~(unsigned)(FAULT_EXPIRED | FAULT_NOT_YET)) != 0)
		return false;
	for (size_t i = 0; i < facts->count; i++)
		if (facts->chain[i].is_used &&
		    (facts->chain[i].not_before > there ||
			facts->chain[i].not_after < there))
			return false;
	return true;
}

static void
add_wrong_clock(struct diagnosis *diagnosis, const struct obstacle *item,
    int64_t here, int64_t there)
{
	bool is_behind = here < there;
	bool is_grave = is_certificate_concerned(item->address, there);
	struct buf difference = {0};
	struct finding *finding;

	add_span_of_time(&difference, is_behind ? there - here : here - there);
	finding = finding_add(&diagnosis->findings, CLOCK_ID,
	    is_grave
		? diagnosis_limit(diagnosis, item->address, SEVERITY_FAILURE)
		: SEVERITY_WARNING,
	    "the clock here is %s %s that of %s%s", buf_text(&difference),
	    is_behind ? "behind" : "ahead of", item->server->server->host,
	    is_grave ? ": its certificate is not valid by the clock here" : "");
	finding_set_hint(finding,
	    "set the clock, and let chrony or systemd-timesyncd keep it right");
	finding_add_number(finding, "seconds", here - there);
	buf_free(&difference);
}

void
greeting_check_clock(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	const struct obstacle *item = NULL;
	int64_t here = (int64_t)time(NULL), there;
	bool is_known = false;

	while ((item = next_address(obstacles, item)) != NULL) {
		if (!date_find(buf_span(&item->address->greeting), &there))
			continue;
		is_known = true;
		if (here < there - CLOCK_TOLERANCE ||
		    here > there + CLOCK_TOLERANCE) {
			add_wrong_clock(diagnosis, item, here, there);
			return;
		}
	}
	if (is_known)
		finding_add(findings, CLOCK_ID, SEVERITY_OK,
		    "the clock here agrees with that of the server");
	else
		finding_add(findings, CLOCK_ID, SEVERITY_SKIPPED,
		    "no greeting has a date");
}

/* --- ehlo */

/*
 * Looks whether port 465 of the same address speaks TLS with a certificate that
 * is trusted. The caller frees it; NULL: it does not.
 */
static struct survey_address *
find_secure_port(struct diagnosis *diagnosis, const struct obstacle *item)
{
	const struct probe probe =
	    diagnosis_probe(diagnosis, item->server, item->address);
	struct survey_address *address;

	if (item->server->server->port == 465 || !probe_is_possible(&probe))
		return NULL;
	address = probe_secure_port(&probe);
	if (address->is_tls && address->tls.distrust == NULL)
		return address;
	survey_address_free(address);
	return NULL;
}

static void
add_blanked(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *hosts)
{
	struct survey_address *secure = find_secure_port(diagnosis, item);
	struct finding *finding = finding_add(&diagnosis->findings, EHLO_ID,
	    severity,
	    "a firewall between here and %s blanks out words of the server (an "
	    "old \"SMTP inspection\"), STARTTLS among them",
	    hosts);

	if (secure != NULL)
		server_remedy_add(finding, diagnosis->profile,
		    item->server->server, SCHEME_SMTPS, 465);
	else
		finding_set_hint(finding,
		    "ask those who run the network to switch that inspection "
		    "off");
	survey_address_free(secure);
}

static void
add_ehlo_refused(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *hosts)
{
	const struct outcome *trouble = &item->address->trouble;
	const char *command =
	    server_url_is_lmtp(item->server->server) ? "LHLO" : "EHLO";
	struct buf text = {0};
	struct finding *finding;

	add_reply(&text, item);
	if (trouble->reply.code != 0)
		finding = finding_add(&diagnosis->findings, EHLO_ID, severity,
		    "%s refuses %s%s: %s", hosts, command,
		    item->address->is_tls ? " after TLS" : "", buf_text(&text));
	else
		finding = finding_add(&diagnosis->findings, EHLO_ID, severity,
		    "%s does not answer %s%s: %s", hosts, command,
		    item->address->is_tls ? " after TLS" : "", buf_text(&text));
	if (trouble->hint != NULL)
		finding_set_hint(finding, "%s", trouble->hint);
	buf_free(&text);
}

/*
 * A session that comes through without STARTTLS. HELO alone brings neither
 * STARTTLS nor a login.
 */
static void
add_hidden_offer(struct diagnosis *diagnosis, const struct obstacle *item)
{
	bool wants_login = secret_is_wanted(diagnosis->profile);
	const char *host = item->server->server->host;
	enum severity severity = wants_login
	    ? diagnosis_limit(diagnosis, item->address, SEVERITY_FAILURE)
	    : SEVERITY_WARNING;

	if (item->address->is_extended)
		add_blanked(diagnosis, item, severity, host);
	else
		finding_add(&diagnosis->findings, EHLO_ID, severity,
		    "%s knows no EHLO%s", host,
		    wants_login ? ", and so no login" : "");
}

static void
add_bad_ehlos(struct diagnosis *diagnosis, struct obstacles *obstacles)
{
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, EHLO_ID)) != NULL) {
		enum severity severity = limit_silence(
		    diagnosis, item, obstacle_severity(obstacles, item));
		struct buf hosts = {0};

		obstacles_add_places(
		    obstacles, item, OBSTACLE_WITH_HOST, &hosts);
		if (item->kind == OBSTACLE_BLANKED)
			add_blanked(
			    diagnosis, item, severity, buf_text(&hosts));
		else
			add_ehlo_refused(
			    diagnosis, item, severity, buf_text(&hosts));
		buf_free(&hosts);
	}
}

/* How many lines follow the first one of a reply. */
static unsigned
count_lines_after(const struct buf *reply)
{
	struct span rest = buf_span(reply), line;
	unsigned count = 0;

	survey_address_next_line(&rest, &line);
	while (survey_address_next_line(&rest, &line))
		count++;
	return count;
}

void
greeting_check_ehlo(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	const struct obstacle *item = NULL, *good = NULL;

	add_bad_ehlos(diagnosis, obstacles);
	while ((item = next_address(obstacles, item)) != NULL) {
		const struct survey_address *address = item->address;

		if (address->ehlo.len + address->ehlo_tls.len == 0 ||
		    item->kind == OBSTACLE_EHLO ||
		    item->kind == OBSTACLE_BLANKED)
			continue;
		if (!obstacle_hides_offer(address)) {
			if (good == NULL)
				good = item;
		} else if (findings->count == count)
			add_hidden_offer(diagnosis, item);
	}
	if (findings->count > count)
		return;
	if (good != NULL) {
		unsigned extensions = count_lines_after(
		    good->address->ehlo.len > 0 ? &good->address->ehlo
						: &good->address->ehlo_tls);

		finding_add(findings, EHLO_ID, SEVERITY_OK,
		    "%s offers %u extension%s", good->server->server->host,
		    extensions, extensions == 1 ? "" : "s");
	} else
		add_unjudged(
		    diagnosis, EHLO_ID, "no server was asked for extensions");
}

/* --- ehlo.starttls */

/* The name by which a server greets: the first word. */
static struct span
own_name(const struct survey_address *address)
{
	struct span rest = greeting_text(address), word = {NULL, 0};

	span_next_word(&rest, " \r\n", &word);
	return word;
}

static void
add_not_offered(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *places)
{
	struct survey_address *secure = find_secure_port(diagnosis, item);
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;

	if (secure == NULL) {
		finding = finding_add(findings, STARTTLS_ID, severity,
		    "%s offers no STARTTLS, and TLS is required", places);
		finding_set_hint(finding,
		    "ask its owner for a port with TLS; an untrusted network "
		    "may also take STARTTLS away");
		return;
	}
	finding = finding_add(findings, STARTTLS_ID, severity,
	    "%s offers no STARTTLS, but port 465 speaks TLS: something may "
	    "take STARTTLS away",
	    places);
	if (!span_equal_nocase(own_name(secure), own_name(item->address))) {
		char *there = quote_words(own_name(secure));
		char *here = quote_words(own_name(item->address));

		finding_set_hint(finding,
		    "another server may answer at this port: it greets as %s, "
		    "and port 465 as %s",
		    here, there);
		free(there);
		free(here);
	}
	server_remedy_add(finding, diagnosis->profile, item->server->server,
	    SCHEME_SMTPS, 465);
	survey_address_free(secure);
}

static void
add_without_tls(struct diagnosis *diagnosis, struct obstacles *obstacles)
{
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, STARTTLS_ID)) != NULL) {
		enum severity severity = obstacle_severity(obstacles, item);
		struct buf places = {0}, text = {0};

		obstacles_add_places(
		    obstacles, item, OBSTACLE_WITH_PORT, &places);
		add_reply(&text, item);
		if (item->address->trouble.reply.code == 0)
			add_not_offered(
			    diagnosis, item, severity, buf_text(&places));
		else
			finding_add(&diagnosis->findings, STARTTLS_ID, severity,
			    "%s offers STARTTLS, and refuses it: %s",
			    buf_text(&places), buf_text(&text));
		buf_free(&places);
		buf_free(&text);
	}
}

/* With tls = opportunistic. A login needs encryption all the same. */
static void
add_clear(struct diagnosis *diagnosis, const struct obstacle *item)
{
	const struct server *server = item->server->server;
	struct findings *findings = &diagnosis->findings;

	const char *what =
	    extensions_has(&item->address->before, EXTENSION_STARTTLS)
	    ? "offers STARTTLS, and refuses it"
	    : "offers no STARTTLS";

	if (secret_is_wanted(diagnosis->profile))
		finding_add(findings, STARTTLS_ID,
		    diagnosis_limit(diagnosis, item->address, SEVERITY_FAILURE),
		    "%s %s, and a login needs encryption", server->host, what);
	else
		finding_add(findings, STARTTLS_ID, SEVERITY_WARNING,
		    "%s %s: mail is sent without encryption", server->host,
		    what);
}

/* Whether tls = opportunistic lets mail through without TLS here. */
static bool
is_clear(const struct diagnosis *diagnosis, const struct obstacle *item)
{
	return item->kind == OBSTACLE_NONE && !item->address->is_tls &&
	    diagnosis->profile->tls == TLS_POLICY_OPPORTUNISTIC &&
	    !server_url_is_unix(item->server->server);
}

void
greeting_check_starttls(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	const struct obstacle *item = NULL, *good = NULL, *clear = NULL;
	bool is_hidden = false;

	add_without_tls(diagnosis, obstacles);
	while ((item = next_address(obstacles, item)) != NULL) {
		if (is_clear(diagnosis, item)) {
			if (obstacle_hides_offer(item->address))
				is_hidden = true;
			else
				clear = item;
		} else if (extensions_has(
			       &item->address->before, EXTENSION_STARTTLS))
			good = item;
	}
	if (clear != NULL)
		add_clear(diagnosis, clear);
	if (findings->count > count)
		return;
	if (good != NULL)
		finding_add(findings, STARTTLS_ID, SEVERITY_OK,
		    "%s offers STARTTLS", good->server->server->host);
	else if (is_hidden)
		finding_add_skipped(findings, STARTTLS_ID, EHLO_ID);
	else if (diagnosis->profile->tls == TLS_POLICY_NONE)
		finding_add(findings, STARTTLS_ID, SEVERITY_SKIPPED,
		    "tls = none: TLS is not wanted");
	else
		finding_add(findings, STARTTLS_ID, SEVERITY_SKIPPED,
		    "TLS begins without STARTTLS");
}
