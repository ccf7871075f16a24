/* Writes a survey in JSON. A key with nothing to say is null. */
#include "cli/survey_json.h"

#include <string.h>
#include <time.h>

#include "base/json_text.h"
#include "cli/extension_text.h"
#include "cli/reply_json.h"

/* The reason of a failure, if there is one. */
static void
add_reason(struct buf *out, const char *key, const struct buf *reason)
{
	if (reason->len == 0) {
		json_text_add_member(out, key, NULL);
		return;
	}
	json_text_add_key(out, key);
	json_text_add_sentence(out, buf_span(reason));
}

/* Adds a list of the lines of a reply, without their codes. */
static void
add_lines(struct buf *out, const struct buf *reply)
{
	struct span rest = buf_span(reply), line;
	const char *comma = "";

	buf_add_char(out, '[');
	while (survey_address_next_line(&rest, &line)) {
		buf_add_text(out, comma);
		json_text_add(out, line);
		comma = ",";
	}
	buf_add_char(out, ']');
}

static void
add_greeting(struct buf *out, const struct buf *greeting)
{
	uint64_t code;

	if (!span_number(span_head(buf_span(greeting), 3), 599, &code)) {
		json_text_add_member(out, "greeting", NULL);
		return;
	}
	json_text_add_key(out, "greeting");
	buf_add_char(out, '{');
	json_text_add_number(out, "code", code);
	json_text_add_key(out, "text");
	add_lines(out, greeting);
	buf_add_char(out, '}');
}

static void
add_ehlo(struct buf *out, const char *key, const struct buf *reply)
{
	if (reply->len == 0) {
		json_text_add_member(out, key, NULL);
		return;
	}
	json_text_add_key(out, key);
	add_lines(out, reply);
}

static void
add_extensions(struct buf *out, const struct buf *reply)
{
	struct span rest = buf_span(reply), line;
	const char *comma = "";

	json_text_add_key(out, "extensions");
	buf_add_char(out, '[');
	survey_address_next_line(&rest, &line);
	while (survey_address_next_line(&rest, &line)) {
		struct buf meaning = {0};
		size_t end = span_find(line, ' ');

		buf_add_format(out, "%s{\"keyword\":", comma);
		comma = ",";
		json_text_add(out, span_head(line, end));
		json_text_add_key(out, "parameters");
		json_text_add(out, span_skip(line, end + 1));
		extension_text_add(&meaning, line);
		add_reason(out, "meaning", &meaning);
		buf_add_char(out, '}');
		buf_free(&meaning);
	}
	buf_add_char(out, ']');
}

static void
add_certificate(struct buf *out, const struct certificate_facts *facts)
{
	buf_add_char(out, '{');
	json_text_add_sentence_member(out, "subject", facts->subject);
	json_text_add_list(out, "names", span_from(facts->names), ", ");
	json_text_add_sentence_member(out, "issuer", facts->issuer);
	json_text_add_time(out, "not-before", facts->not_before);
	json_text_add_time(out, "not-after", facts->not_after);
	json_text_add_sentence_member(out, "key", facts->key);
	json_text_add_sentence_member(out, "signature", facts->signature);
	json_text_add_sentence_member(out, "sha256", facts->sha256);
	json_text_add_sentence_member(out, "pin", facts->pin);
	buf_add_char(out, '}');
}

static void
add_tls(struct buf *out, const struct survey_address *address)
{
	const struct tls_facts *tls = &address->tls;

	if (!address->is_tls) {
		json_text_add_member(out, "tls", NULL);
		return;
	}
	json_text_add_key(out, "tls");
	buf_add_char(out, '{');
	json_text_add_sentence_member(out, "protocol", tls->protocol);
	json_text_add_sentence_member(out, "cipher", tls->cipher);
	json_text_add_sentence_member(out, "key-exchange", tls->key_exchange);
	json_text_add_sentence_member(out, "verified-by", tls->verified_by);
	json_text_add_bool(out, "trusted", tls->distrust == NULL);
	json_text_add_key(out, "distrust");
	if (tls->distrust != NULL)
		json_text_add_sentence(out, tls_facts_sentence(tls));
	else
		buf_add_text(out, "null");
	json_text_add_sentence_member(out, "staple", tls->staple);
	json_text_add_sentence_member(out, "channel-binding", tls->binding);
	json_text_add_bool(out, "asks-certificate", tls->asks_certificate);
	json_text_add_key(out, "chain");
	buf_add_char(out, '[');
	for (size_t i = 0; i < tls->count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_certificate(out, &tls->chain[i]);
	}
	buf_add_text(out, "]}");
}

/* What the server said and showed at the address. */
static void
add_session(struct buf *out, const struct survey_address *address)
{
	add_greeting(out, &address->greeting);
	add_ehlo(out, "ehlo", &address->ehlo);
	add_tls(out, address);
	add_ehlo(out, "ehlo-tls", &address->ehlo_tls);
	json_text_add_key(out, "auth");
	json_text_add(out,
	    buf_span(address->is_tls ? &address->offered
				     : &address->offered_before));
}

/* The same of a server that could not be asked. */
static void
add_no_session(struct buf *out)
{
	static const char *const keys[] = {
	    "greeting", "ehlo", "tls", "ehlo-tls", "auth"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_text_add_member(out, keys[i], NULL);
}

/* Why the session did not become ready. */
static void
add_trouble(struct buf *out, const struct outcome *trouble)
{
	if (trouble->action == ACTION_NONE) {
		json_text_add_member(out, "trouble", NULL);
		return;
	}
	json_text_add_key(out, "trouble");
	buf_add_char(out, '{');
	reply_json_add(out, trouble->stage, &trouble->reply);
	json_text_add_hint(out, span_from(trouble->hint));
	buf_add_char(out, '}');
}

static void
add_seconds(struct buf *out, const struct survey_address *address)
{
	json_text_add_key(out, "seconds");
	buf_add_char(out, '{');
	json_text_add_seconds(out, "greeting", address->greeting_time);
	json_text_add_seconds(out, "ehlo", address->ehlo_time);
	json_text_add_seconds(out, "tls", address->tls_time);
	buf_add_char(out, '}');
}

static void
add_address(struct buf *out, const struct survey_address *address)
{
	buf_add_char(out, '{');
	json_text_add_member(out, "address", address->name);
	json_text_add_seconds(
	    out, "connect", address->is_connected ? address->connect_time : -1);
	json_text_add_member(out, "error",
	    address->error != 0 ? strerror(address->error) : NULL);
	json_text_add_bool(out, "ready", survey_address_is_ready(address));
	add_trouble(out, &address->trouble);
	add_session(out, address);
	add_extensions(out, survey_address_reply(address));
	add_seconds(out, address);
	buf_add_char(out, '}');
}

/* The address that came furthest, of several the first; NULL: there is none. */
static const struct survey_address *
find_furthest(const struct survey_server *server)
{
	const struct survey_address *furthest = NULL;

	for (size_t i = 0; i < server->count; i++) {
		const struct survey_address *address = server->addresses[i];

		if (survey_address_is_ready(address))
			return address;
		if (furthest == NULL ||
		    address->trouble.stage > furthest->trouble.stage)
			furthest = address;
	}
	return furthest;
}

static void
add_server(struct buf *out, const struct survey_server *server)
{
	const struct survey_address *furthest = find_furthest(server);

	buf_add_char(out, '{');
	json_text_add_member(out, "server", server->server->url);
	add_reason(out, "error", &server->reason);
	json_text_add_seconds(out, "lookup", server->resolve_time);
	json_text_add_key(out, "addresses");
	buf_add_char(out, '[');
	for (size_t i = 0; i < server->count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_address(out, server->addresses[i]);
	}
	buf_add_char(out, ']');
	json_text_add_number(out, "addresses-left-out", server->left_out);
	if (furthest != NULL)
		add_session(out, furthest);
	else
		add_no_session(out);
	buf_add_char(out, '}');
}

static void
add_records(struct buf *out, const struct srv_records *records)
{
	json_text_add_key(out, "records");
	buf_add_char(out, '[');
	for (size_t i = 0; i < records->count; i++) {
		const struct srv_record *record = &records->items[i];

		buf_add_text(out, i > 0 ? ",{" : "{");
		json_text_add_member(out, "target", record->target);
		json_text_add_number(out, "port", record->port);
		json_text_add_number(out, "priority", record->priority);
		json_text_add_number(out, "weight", record->weight);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void
add_domain(struct buf *out, const struct survey_domain *domain)
{
	const char *comma = "";

	buf_add_char(out, '{');
	json_text_add_member(out, "domain", domain->server->host);
	json_text_add_key(out, "services");
	buf_add_char(out, '[');
	for (size_t i = 0; i < ROUTE_SERVICES; i++) {
		const struct survey_service *service = &domain->services[i];

		if (service->name == NULL)
			continue;
		buf_add_format(out, "%s{", comma);
		comma = ",";
		json_text_add_member(out, "service", service->name);
		add_reason(out, "error", &service->reason);
		add_records(out, &service->records);
		json_text_add_seconds(out, "lookup", service->time);
		buf_add_char(out, '}');
	}
	buf_add_text(out, "]}");
}

void
survey_json_add(struct buf *out, const struct survey *survey)
{
	json_text_add_key(out, "servers");
	buf_add_char(out, '[');
	for (size_t i = 0; i < survey->count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_server(out, survey->servers[i]);
	}
	buf_add_char(out, ']');
	json_text_add_number(out, "servers-left-out", survey->left_out);
	if (survey->domain_count == 0)
		return;
	json_text_add_key(out, "domains");
	buf_add_char(out, '[');
	for (size_t i = 0; i < survey->domain_count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_domain(out, survey->domains[i]);
	}
	buf_add_char(out, ']');
}
