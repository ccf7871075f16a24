/*
 * The search goes from the surest source to the weakest and ends with the first
 * one whose server answers. Only the name server and servers that were named
 * are asked; without is_online nothing is sent to third parties.
 */
#include "doctor/server_search.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "address/domain.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "doctor/autoconfig.h"
#include "net/http.h"
#include "profile/mechanism.h"
#include "profile/network.h"
#include "profile/oauth_service.h"
#include "profile/provider.h"
#include "profile/provider_domain.h"
#include "smtp/route.h"

/* Milliseconds */
#define NAME_TIMEOUT ((int64_t)10000)
#define SERVER_TIMEOUT ((int64_t)20000)
#define GUESS_TIMEOUT ((int64_t)5000)
#define PAGES_TIMEOUT ((int64_t)10000) /* for all pages of one host */

#define MAIL_HOSTS_MAX 4
#define SRV_TARGETS_MAX ((size_t)4)
#define NOTES_MAX ((size_t)4096)
#define GUESSED_HOSTS 4

/* Labels under which countries register names: "co" of "co.uk". */
static bool
is_second_level(struct span label)
{
	static const char *const labels[] = {
	    "ac", "co", "com", "edu", "gob", "gov", "net", "or", "org"};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (span_equal_nocase(label, span_from(labels[i])))
			return true;
	return false;
}

struct span
server_search_registered(struct span host)
{
	size_t top = span_find_last(host, '.');
	size_t second = span_find_last(span_head(host, top), '.');
	size_t third;

	if (top == host.len || second == top)
		return host;
	if (host.len - top - 1 != 2 ||
	    !is_second_level(span_skip(span_head(host, top), second + 1)))
		return span_skip(host, second + 1);
	third = span_find_last(span_head(host, second), '.');
	return third == second ? host : span_skip(host, third + 1);
}

static void note(struct server_search *search, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct server_search *search, const char *format, ...)
{
	struct buf line = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&line, format, arguments);
	va_end(arguments);
	buf_add_note(&search->notes, NOTES_MAX, buf_span(&line));
	buf_free(&line);
}

static void
tell(const struct server_search *search, const char *sentence)
{
	if (search->tell != NULL)
		search->tell(search->context, sentence);
}

static void
note_candidate(struct server_search *search, struct server_candidate *candidate,
    bool is_guess)
{
	char *why = utf8_masked(
	    span_from(candidate->why != NULL ? candidate->why : ""));

	note(search, "%s: %s", candidate->servers, why);
	search->has_trouble |= candidate->is_temporary && !is_guess;
	free(why);
}

/* The host of "smtps://HOST:465". */
static char *
host_of(const char *url)
{
	struct span host = span_from(url);
	size_t scheme = span_find(host, ':');

	if (span_starts(span_skip(host, scheme), SPAN("://")))
		host = span_skip(host, scheme + 3);
	return span_copy(span_head(host, span_find_last(host, ':')));
}

/*
 * Probes the candidates, which are freed. The first good one becomes the
 * answer; the others are noted.
 */
static enum search_result
probe(struct server_search *search, struct server_candidate *candidates,
    size_t count, bool is_guess)
{
	int64_t timeout = is_guess ? GUESS_TIMEOUT : SERVER_TIMEOUT;
	size_t best = count;
	enum probe_result result = search->lookup->probe(
	    candidates, count, deadline_in(timeout), &best);

	for (size_t i = 0; i < count; i++) {
		if (result == PROBE_GOOD && i == best) {
			search->answer = candidates[i];
			continue;
		}
		if (result == PROBE_NONE &&
		    !(is_guess && candidates[i].is_unreached))
			note_candidate(search, &candidates[i], is_guess);
		server_probe_free(&candidates[i]);
	}
	if (result == PROBE_SIGNAL)
		return SEARCH_SIGNAL;
	if (result == PROBE_NONE)
		return SEARCH_NONE;
	search->url =
	    mem_copy_text(search->answer.url != NULL ? search->answer.url
						     : search->answer.servers);
	search->host = host_of(search->url);
	search->mechanisms = search->answer.mechanisms;
	return SEARCH_FOUND;
}

static void
accept_provider(
    struct server_search *search, const struct provider_match *match)
{
	struct buf name = {0};

	search->provider = match->provider;
	provider_add_name(match->provider, match->variant, &name);
	search->provider_name = buf_take_text(&name);
}

/* The provider's own servers. */
static enum search_result
try_provider(struct server_search *search, const struct provider_match *match)
{
	struct server_candidate candidate = {
	    .servers = mem_copy_text(match->variant->servers)};
	enum search_result result = probe(search, &candidate, 1, false);

	if (result == SEARCH_FOUND)
		accept_provider(search, match);
	return result;
}

/* Takes a provider from the table although its servers do not answer now. */
static enum search_result
trust_table(struct server_search *search, const struct provider_match *match)
{
	const char *servers = match->variant->servers;
	struct span rest = span_from(match->provider->mechanisms), name;

	accept_provider(search, match);
	search->is_unverified = true;
	search->url =
	    span_copy(span_head(span_from(servers), strcspn(servers, ", ")));
	search->host = host_of(search->url);
	while (span_next_word(&rest, " ", &name))
		search->mechanisms |= mechanism_bit(name);
	return SEARCH_FOUND;
}

static enum search_result
search_table(struct server_search *search)
{
	struct provider_match match;
	enum search_result result;

	if (!provider_domain_find(span_from(search->domain), &match))
		return SEARCH_NONE;
	tell(search, "the domain is that of a known provider");
	result = try_provider(search, &match);
	if (result == SEARCH_NONE)
		result = trust_table(search, &match);
	if (result == SEARCH_FOUND)
		buf_add_format(&search->source, "its addresses are those of %s",
		    search->provider->title);
	return result;
}

/* What the domain's MX records say. */
struct mail_hosts {
	char *names[MAIL_HOSTS_MAX]; /* those of the lowest preference */
	size_t count;
};

static void
free_mail_hosts(struct mail_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		free(hosts->names[i]);
}

static void
select_mail_hosts(struct mail_hosts *hosts, const struct dns_records *list)
{
	unsigned lowest = 65536;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].priority < lowest)
			lowest = list->items[i].priority;
	for (size_t i = 0; i < list->count; i++) {
		const struct dns_record *record = &list->items[i];

		if (record->priority == lowest &&
		    hosts->count < MAIL_HOSTS_MAX &&
		    domain_is_fqdn(span_from(record->target)))
			hosts->names[hosts->count++] =
			    mem_copy_text(record->target);
	}
}

/* Finds the mail servers; without a record there are none. */
static enum search_result
find_mail_hosts(struct server_search *search, struct mail_hosts *hosts)
{
	struct dns_records list = {0};
	struct buf reason = {0};
	enum search_result result = SEARCH_NONE;

	tell(search, "asking the name server for its mail server");
	switch (search->lookup->ask(search->domain, DNS_MX,
	    deadline_in(NAME_TIMEOUT), &list, &reason)) {
	case DNS_FOUND:
		select_mail_hosts(hosts, &list);
		break;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		break;
	case DNS_TROUBLE:
		note(search, "the mail server of %s: %s", search->domain,
		    buf_text(&reason));
		search->has_trouble = true;
		break;
	case DNS_SIGNAL:
		result = SEARCH_SIGNAL;
		break;
	}
	dns_answer_free(&list);
	buf_free(&reason);
	return result;
}

/*
 * Passes the provider of the mail servers, if there is one, to try_provider or
 * trust_table.
 */
static enum search_result
search_mail_hosts(struct server_search *search, const struct mail_hosts *hosts,
    enum search_result (*use)(
	struct server_search *search, const struct provider_match *match))
{
	for (size_t i = 0; i < hosts->count; i++) {
		const char *host = hosts->names[i];
		struct provider_match match;
		enum search_result result;

		if (!provider_domain_find_mx(span_from(host), &match))
			continue;
		tell(search, "its mail server is that of a known provider");
		result = use(search, &match);
		if (result == SEARCH_FOUND)
			buf_add_format(&search->source,
			    "its mail server %s belongs to %s", host,
			    search->provider->title);
		return result;
	}
	return SEARCH_NONE;
}

/* The names of the records, as one value of `server`. */
static char *
list_targets(
    const struct route_service *service, const struct srv_records *list)
{
	const char *scheme = service->scheme == SCHEME_SMTPS ? "smtps" : "smtp";
	struct buf servers = {0};

	for (size_t i = 0; i < list->count && i < SRV_TARGETS_MAX; i++) {
		const struct srv_record *record = &list->items[i];

		buf_add_format(&servers, "%s%s://%s:%u", i ? ", " : "", scheme,
		    record->target, record->port);
	}
	return buf_take_text(&servers);
}

/*
 * Whether a name is outside of the domain, and no DNSSEC proves it: it could
 * be forged.
 */
static bool
has_foreign(const struct server_search *search, const struct srv_records *list)
{
	struct span domain = span_from(search->domain);

	for (size_t i = 0; i < list->count && !list->is_authentic; i++)
		if (!domain_is_in(span_from(list->items[i].target), domain))
			return true;
	return false;
}

/* The user confirms one host, so no other may get the login. */
static void
keep_only_answer(struct server_search *search)
{
	free(search->answer.servers);
	search->answer.servers = mem_copy_text(search->url);
	search->is_foreign =
	    !domain_is_in(span_from(search->host), span_from(search->domain));
}

/*
 * The domain's own records are followed anew for each mail, if its servers
 * prove to be those of the domain; else their names are written, but of names
 * that could be forged only the one that answered.
 */
static enum search_result
try_records(struct server_search *search, const struct route_service *service,
    const struct srv_records *list)
{
	struct server_candidate candidates[2] = {{0}};
	struct buf own = {0};
	size_t count = 0;
	bool may_be_forged = has_foreign(search, list);
	enum search_result result;

	buf_add_format(&own, "srv:%s", search->domain);
	if (!may_be_forged)
		candidates[count++].servers = buf_take_text(&own);
	candidates[count++].servers = list_targets(service, list);
	buf_free(&own);
	tell(search, "its SRV records name a server");
	result = probe(search, candidates, count, false);
	if (result != SEARCH_FOUND)
		return result;
	buf_add_format(&search->source, "its record %s._tcp.%s names it",
	    service->name, search->domain);
	if (may_be_forged)
		keep_only_answer(search);
	return result;
}

static enum search_result
search_records(struct server_search *search)
{
	for (size_t i = 0; i < ROUTE_SERVICES; i++) {
		const struct route_service *service = &route_services[i];
		struct srv_records list = {0};
		struct buf reason = {0};
		enum search_result result = SEARCH_NONE;

		tell(search, "asking the name server for its SRV records");
		switch (search->lookup->find_srv(service->name, search->domain,
		    deadline_in(NAME_TIMEOUT), &list, &reason)) {
		case SRV_FOUND:
			result = try_records(search, service, &list);
			break;
		case SRV_NONE:
		case SRV_REFUSED:
			break;
		case SRV_TROUBLE:
			note(search, "%s of %s: %s", service->name,
			    search->domain, buf_text(&reason));
			search->has_trouble = true;
			break;
		case SRV_SIGNAL:
			result = SEARCH_SIGNAL;
			break;
		}
		buf_free(&reason);
		if (result != SEARCH_NONE)
			return result;
	}
	return SEARCH_NONE;
}

/* A place where the servers of a domain are described. */
struct page {
	const char *before, *after; /* around the domain */
	const char *whose;
	bool is_own; /* the certificate proves that the domain itself says it */
};

static const struct page own_pages[] = {
    {"https://autoconfig.", "/mail/config-v1.1.xml", "the domain", true},
    {"https://", "/.well-known/autoconfig/mail/config-v1.1.xml", "the domain",
	true},
};
static const struct page ispdb_page = {
    "https://autoconfig.thunderbird.net/v1.1/", "", "Thunderbird's ISPDB",
    false};

#define OWN_PAGES (sizeof(own_pages) / sizeof(own_pages[0]))

static enum http_result
fetch(const char *text, int64_t deadline, struct http_reply *reply,
    struct buf *reason)
{
	const struct http_network network = {.family = AF_UNSPEC};
	const struct tls_options tls = network_trust_for_http(NULL);
	struct url url;
	struct http_request request = {.url = &url,
	    .accept = "text/xml, application/xml",
	    .network = &network,
	    .tls = &tls,
	    .deadline = deadline};
	enum http_result result = HTTP_MALFORMED;

	if (url_parse(&url, span_from(text), reason))
		result = http_send(&request, reply, reason);
	url_free(&url);
	return result;
}

/* What the page says of the login at this server. */
static void
take_login(struct server_search *search, const struct autoconfig *found,
    const struct autoconfig_server *server)
{
	struct buf oauth = {0};

	search->has_local_user = server->has_local_user;
	search->wants_scram = server->login == AUTOCONFIG_LOGIN_HIDDEN;
	search->has_no_login = server->login == AUTOCONFIG_LOGIN_NONE;
	if (server->has_oauth &&
	    oauth_service_add(span_from(found->issuer), &oauth))
		search->oauth = buf_take_text(&oauth);
	buf_free(&oauth);
}

/* The servers of a page, as one value of `server`. */
static enum search_result
try_page(struct server_search *search, const struct page *page,
    const struct autoconfig *found)
{
	struct server_candidate candidate = {.needs_no_login = true};
	struct buf servers = {0};
	enum search_result result;

	for (size_t i = 0; i < found->count; i++) {
		buf_add_format(&servers, "%ssmtp%s://%s:%u", i > 0 ? ", " : "",
		    found->servers[i].is_smtps ? "s" : "",
		    found->servers[i].host, found->servers[i].port);
		candidate.needs_no_login &=
		    found->servers[i].login == AUTOCONFIG_LOGIN_NONE;
	}
	candidate.servers = buf_take_text(&servers);
	result = probe(search, &candidate, 1, false);
	if (result != SEARCH_FOUND)
		return result;
	keep_only_answer(search);
	search->is_foreign &= !page->is_own;
	for (size_t i = 0; i < found->count; i++)
		if (strcmp(found->servers[i].host, search->host) == 0) {
			take_login(search, found, &found->servers[i]);
			break;
		}
	buf_add_format(&search->source, "%s names it by HTTPS", page->whose);
	return result;
}

/* Asks for the page about a domain; no page is no trouble. */
static enum search_result
search_page(struct server_search *search, const struct page *page,
    struct span domain, int64_t deadline)
{
	struct http_reply reply = {0};
	struct autoconfig found;
	struct buf url = {0}, reason = {0};
	enum search_result result = SEARCH_NONE;
	enum http_result got;

	buf_add_text(&url, page->before);
	buf_add_span(&url, domain);
	buf_add_text(&url, page->after);
	got = search->lookup->fetch(buf_text(&url), deadline, &reply, &reason);
	if (got == HTTP_SIGNAL)
		result = SEARCH_SIGNAL;
	else if (got == HTTP_DONE && reply.status == 200 &&
	    autoconfig_read(&found, buf_span(&reply.body),
		span_from(search->domain), &reason))
		result = try_page(search, page, &found);
	else if (got != HTTP_DONE || reply.status == 200)
		note(search, "%s: %s", buf_text(&url), buf_text(&reason));
	http_reply_free(&reply);
	buf_free(&url);
	buf_free(&reason);
	return result;
}

/*
 * What the domain publishes, then what Thunderbird's users have found about it
 * and about the hoster that receives its mail.
 */
static enum search_result
search_pages(struct server_search *search, const struct mail_hosts *hosts)
{
	int64_t deadline = deadline_in(PAGES_TIMEOUT);
	struct span domain = span_from(search->domain), hoster = {0};
	enum search_result result = SEARCH_NONE;

	if (!search->is_online)
		return SEARCH_NONE;
	if (hosts->count > 0)
		hoster = server_search_registered(span_from(hosts->names[0]));
	tell(search, "asking the domain by HTTPS");
	for (size_t i = 0; i < OWN_PAGES && result == SEARCH_NONE; i++)
		result = search_page(search, &own_pages[i], domain, deadline);
	if (result != SEARCH_NONE)
		return result;
	deadline = deadline_in(PAGES_TIMEOUT);
	tell(search, "asking Thunderbird's ISPDB by HTTPS");
	result = search_page(search, &ispdb_page, domain, deadline);
	if (result == SEARCH_NONE && hoster.len > 0 &&
	    !span_equal(hoster, domain)) {
		tell(search, "asking it about the domain of the mail server");
		result = search_page(search, &ispdb_page, hoster, deadline);
	}
	return result;
}

/* The usual names, at port 465 and then at 587. */
static enum search_result
search_usual_names(struct server_search *search, const struct mail_hosts *hosts)
{
	static const char *const schemes[] = {"smtps", "smtp"};
	struct server_candidate candidates[GUESSED_HOSTS * 2] = {{0}};
	struct buf names[GUESSED_HOSTS] = {{0}};
	size_t count = 0, name_count = 3;
	enum search_result result;

	buf_add_format(&names[0], "smtp.%s", search->domain);
	buf_add_format(&names[1], "mail.%s", search->domain);
	buf_add_text(&names[2], search->domain);
	if (hosts->count > 0 &&
	    !span_equal(span_from(hosts->names[0]), buf_span(&names[0])) &&
	    !span_equal(span_from(hosts->names[0]), buf_span(&names[1])) &&
	    !span_equal(span_from(hosts->names[0]), buf_span(&names[2])))
		buf_add_text(&names[name_count++], hosts->names[0]);
	for (size_t i = 0; i < name_count; i++)
		for (size_t j = 0; j < 2; j++) {
			struct buf url = {0};

			buf_add_format(
			    &url, "%s://%s", schemes[j], buf_text(&names[i]));
			candidates[count++].servers = buf_take_text(&url);
		}
	for (size_t i = 0; i < name_count; i++)
		buf_free(&names[i]);
	tell(search, "trying the usual names of servers");
	result = probe(search, candidates, count, true);
	if (result != SEARCH_FOUND)
		return result;
	search->is_foreign =
	    !domain_is_in(span_from(search->host), span_from(search->domain));
	buf_add_text(&search->source,
	    search->is_foreign
		? "its mail server answers there, with a trusted certificate"
		: "it answers there, with a trusted certificate of that name");
	return result;
}

static enum search_result
search_sources(struct server_search *search, struct mail_hosts *hosts)
{
	enum search_result result = search_table(search);

	if (result == SEARCH_NONE)
		result = find_mail_hosts(search, hosts);
	if (result == SEARCH_NONE)
		result = search_mail_hosts(search, hosts, try_provider);
	if (result == SEARCH_NONE)
		result = search_records(search);
	if (result == SEARCH_NONE)
		result = search_pages(search, hosts);
	if (result == SEARCH_NONE)
		result = search_usual_names(search, hosts);
	if (result == SEARCH_NONE)
		result = search_mail_hosts(search, hosts, trust_table);
	return result;
}

enum search_result
server_search_run(struct server_search *search)
{
	static const struct server_lookup real = {
	    dns_ask, srv_find, server_probe_run, fetch};
	struct mail_hosts hosts = {0};
	enum search_result result;

	if (search->lookup == NULL)
		search->lookup = &real;
	result = search_sources(search, &hosts);
	free_mail_hosts(&hosts);
	if (result == SEARCH_FOUND && search->provider_name == NULL)
		search->servers = mem_copy_text(search->answer.servers);
	if (result == SEARCH_NONE && search->has_trouble)
		return SEARCH_TROUBLE;
	return result;
}

void
server_search_free(struct server_search *search)
{
	free(search->provider_name);
	free(search->servers);
	free(search->url);
	free(search->host);
	free(search->oauth);
	buf_free(&search->source);
	buf_free(&search->notes);
	server_probe_free(&search->answer);
}
