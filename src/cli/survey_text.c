/*
 * Prints a survey: a paragraph for each server and each address. Texts of the
 * server are masked here, those of certificates already are.
 */
#include "cli/survey_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/utf8.h"
#include "cli/extension_text.h"
#include "doctor/certificate_age.h"

#define KEYWORD_WIDTH ((size_t)24)

/* Our own sentence. */
static void
add_sentence(struct buf *out, struct span text)
{
	utf8_add_sentence(out, text);
	buf_add_char(out, '\n');
}

static void
add_line(struct buf *out, const char *label, const char *text)
{
	buf_add_format(out, "    %s: ", label);
	add_sentence(out, span_from(text));
}

static void
add_reply(
    struct buf *out, const char *title, const struct buf *reply, int64_t time)
{
	struct span rest = buf_span(reply), line;

	if (reply->len == 0)
		return;
	buf_add_format(out, "  %s", title);
	if (time >= 0)
		buf_add_format(out, ", after %" PRId64 " ms", time);
	buf_add_text(out, ":\n");
	while (span_next_word(&rest, "\n", &line)) {
		buf_add_text(out, "    ");
		utf8_add_masked(out, line);
		buf_add_char(out, '\n');
	}
	if (reply->full)
		buf_add_text(out, "    (the rest is too long to be shown)\n");
}

static void
add_validity(struct buf *out, const struct certificate_facts *facts, time_t now)
{
	int64_t days = certificate_age_days(now, facts->not_after);

	buf_add_text(out, "    valid: ");
	calendar_add_date(out, facts->not_before);
	buf_add_text(out, " to ");
	calendar_add_date(out, facts->not_after);
	switch (certificate_age_judge(
	    facts->not_before, facts->not_after, now, 0)) {
	case CERTIFICATE_ENDED:
		if (days == 0)
			buf_add_text(out, ", expired less than a day ago\n");
		else
			buf_add_format(out, ", expired %" PRId64 " day%s ago\n",
			    -days, days == -1 ? "" : "s");
		break;
	case CERTIFICATE_EARLY:
		buf_add_text(out, ", not valid yet\n");
		break;
	default:
		buf_add_format(out, ", %" PRId64 " day%s left\n", days,
		    days == 1 ? "" : "s");
		break;
	}
}

static void
add_certificate(
    struct buf *out, const struct tls_facts *tls, size_t number, time_t now)
{
	const struct certificate_facts *facts = &tls->chain[number];

	buf_add_format(out, "  certificate %zu of %zu%s:\n", number + 1,
	    tls->sent, number == 0 ? ", the server's own" : "");
	add_line(out, "subject", facts->subject);
	if (facts->names[0] != '\0')
		add_line(out, "names", facts->names);
	add_line(out, "issuer", facts->issuer);
	add_validity(out, facts, now);
	add_line(out, "key", facts->key);
	add_line(out, "signature", facts->signature);
	/* What msmtp calls tls_fingerprint; a pin outlives the certificate. */
	add_line(out, "SHA-256 of the certificate", facts->sha256);
	buf_add_format(out, "    tls-pin = %s\n", facts->pin);
}

/* Whether both sent the same certificates. */
static bool
is_same_chain(const struct tls_facts *a, const struct tls_facts *b)
{
	if (a->sent != b->sent || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->chain[i].sha256, b->chain[i].sha256) != 0)
			return false;
	return true;
}

/* What becomes of a connection for which the profile wants no TLS. */
static void
add_no_tls(struct buf *out, const struct survey_server *server,
    const struct survey_address *address)
{
	const char *why = NULL;

	if (address->trouble.action != ACTION_NONE)
		return; /* the line about it says why */
	if (server_url_is_unix(server->server))
		why = "not used at a Unix socket";
	else if (extensions_has(&address->before, EXTENSION_STARTTLS))
		why = "offered, and not used because of tls = none";
	else
		why = "not offered";
	buf_add_format(out, "  TLS: %s\n", why);
}

static void
add_tls(struct buf *out, const struct survey_address *address,
    const struct survey_address *like, time_t now)
{
	const struct tls_facts *tls = &address->tls;

	buf_add_format(out,
	    "  TLS, after %" PRId64 " ms: %s, %s, key exchange %s, no ALPN\n",
	    address->tls_time, tls->protocol, tls->cipher, tls->key_exchange);
	if (tls->distrust == NULL)
		buf_add_format(out, "    verified by: %s\n", tls->verified_by);
	else {
		buf_add_text(out, "    NOT VERIFIED: ");
		add_sentence(out, tls_facts_sentence(tls));
	}
	buf_add_format(out, "    status of the certificate (OCSP staple): %s\n",
	    tls->staple);
	buf_add_format(out, "    channel binding for SCRAM-PLUS: %s\n",
	    tls->binding != NULL ? tls->binding : "none");
	if (tls->asks_certificate)
		buf_add_text(
		    out, "    the server asks for a client certificate\n");
	if (like != NULL && is_same_chain(tls, &like->tls)) {
		buf_add_format(
		    out, "  certificates: the same as at %s\n", like->name);
		return;
	}
	for (size_t i = 0; i < tls->count; i++)
		add_certificate(out, tls, i, now);
	if (tls->count < tls->sent)
		buf_add_format(out, "  certificates that are not shown: %zu\n",
		    tls->sent - tls->count);
}

static void
add_extension(struct buf *out, struct span line)
{
	struct buf shown = {0}, meaning = {0};

	utf8_add_masked(&shown, line);
	buf_add_text(out, "    ");
	buf_add_span(out, buf_span(&shown));
	if (extension_text_add(&meaning, line)) {
		for (size_t i = shown.len; i < KEYWORD_WIDTH; i++)
			buf_add_char(out, ' ');
		buf_add_text(out, "  ");
		buf_add_span(out, buf_span(&meaning));
	}
	buf_add_char(out, '\n');
	buf_free(&shown);
	buf_free(&meaning);
}

/* The last reply to EHLO without its first line, the server's name. */
static struct span
offer_of(const struct survey_address *address)
{
	struct span rest = buf_span(survey_address_reply(address)), line;

	survey_address_next_line(&rest, &line);
	return rest;
}

static void
add_extensions(struct buf *out, const struct survey_address *address,
    const struct survey_address *like)
{
	struct span rest = offer_of(address), line;

	if (rest.len == 0)
		return;
	if (like != NULL && span_equal(rest, offer_of(like))) {
		buf_add_format(
		    out, "  extensions: the same as at %s\n", like->name);
		return;
	}
	buf_add_text(out, "  extensions:\n");
	while (survey_address_next_line(&rest, &line))
		add_extension(out, line);
}

/* Why the session ended before it was ready. */
static void
add_trouble(struct buf *out, const struct survey_address *address)
{
	const struct outcome *trouble = &address->trouble;
	struct buf text = {0};

	if (trouble->action == ACTION_NONE)
		return;
	reply_add_line(&text, &trouble->reply);
	buf_add_format(
	    out, "  failed at %s: ", outcome_stage_name(trouble->stage));
	if (trouble->reply.code != 0)
		utf8_add_masked(out, buf_span(&text));
	else
		utf8_add_sentence(out, buf_span(&text));
	buf_add_char(out, '\n');
	if (trouble->hint != NULL) {
		buf_add_text(out, "  hint: ");
		add_sentence(out, span_from(trouble->hint));
	}
	buf_free(&text);
}

/* `like`: an earlier address with a whole session, or NULL. */
static void
add_address(struct buf *out, const struct survey_server *server,
    const struct survey_address *address, const struct survey_address *like,
    time_t now)
{
	buf_add_char(out, '\n');
	utf8_add_masked(out, span_from(address->name));
	if (address->is_connected)
		buf_add_format(out, ": connected after %" PRId64 " ms",
		    address->connect_time);
	buf_add_char(out, '\n');
	/* With TLS from the start, the handshake comes first. */
	if (server->server->scheme == SCHEME_SMTPS && address->is_tls)
		add_tls(out, address, like, now);
	add_reply(out, "greeting", &address->greeting, address->greeting_time);
	add_reply(out, "EHLO before TLS", &address->ehlo, address->ehlo_time);
	if (server->server->scheme != SCHEME_SMTPS && address->is_tls)
		add_tls(out, address, like, now);
	else if (!address->is_tls && address->ehlo.len > 0)
		add_no_tls(out, server, address);
	add_reply(out, "EHLO after TLS", &address->ehlo_tls,
	    address->ehlo.len == 0 ? address->ehlo_time : -1);
	add_extensions(out, address, like);
	add_trouble(out, address);
}

void
survey_text_add_warnings(struct buf *out, const struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		for (size_t j = 0; j < server->count; j++) {
			const struct survey_address *address =
			    server->addresses[j];

			if (address->tls.distrust == NULL)
				continue;
			buf_add_text(out, "NOT VERIFIED: ");
			utf8_add_masked(out, span_from(server->server->url));
			buf_add_text(out, " at ");
			utf8_add_masked(out, span_from(address->name));
			buf_add_text(out, ": ");
			add_sentence(out, tls_facts_sentence(&address->tls));
		}
	}
}

void
survey_text_add_domain(struct buf *out, const struct survey_domain *domain)
{
	for (size_t i = 0; i < ROUTE_SERVICES; i++) {
		const struct survey_service *service = &domain->services[i];

		if (service->name == NULL)
			continue;
		buf_add_format(
		    out, "%s._tcp.%s", service->name, domain->server->host);
		if (service->reason.len > 0) {
			buf_add_text(out, ": ");
			utf8_add_sentence(out, buf_span(&service->reason));
		}
		buf_add_format(out, " (after %" PRId64 " ms)\n", service->time);
		for (size_t j = 0; j < service->records.count; j++) {
			const struct srv_record *record =
			    &service->records.items[j];

			buf_add_format(out,
			    "  %s port %u, priority %u, weight %u\n",
			    record->target, (unsigned)record->port,
			    (unsigned)record->priority,
			    (unsigned)record->weight);
		}
	}
}

/* The names of all addresses, or why there are none. */
static void
add_lookup(struct buf *out, const struct survey_server *server)
{
	if (server->resolve_time < 0)
		return;
	buf_add_format(out, "  %s: ", server->server->host);
	if (server->resolved != HOST_FOUND)
		utf8_add_sentence(out, buf_span(&server->reason));
	for (size_t i = 0; i < server->count; i++)
		buf_add_format(
		    out, "%s%s", i > 0 ? ", " : "", server->addresses[i]->name);
	if (server->left_out > 0)
		buf_add_format(
		    out, " and %zu more, not looked at", server->left_out);
	buf_add_format(out, " (after %" PRId64 " ms)\n", server->resolve_time);
}

void
survey_text_add_server(
    struct buf *out, const struct survey_server *server, time_t now)
{
	const struct survey_address *like = NULL;

	utf8_add_masked(out, span_from(server->server->url));
	buf_add_char(out, '\n');
	add_lookup(out, server);
	for (size_t i = 0; i < server->count; i++) {
		const struct survey_address *address = server->addresses[i];

		add_address(out, server, address, like, now);
		if (like == NULL && address->trouble.action == ACTION_NONE)
			like = address;
	}
}
