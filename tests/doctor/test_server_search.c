#include "rows.h"

#include "base/mem.h"
#include "doctor/server_search.h"

/*
 * The world of a search: what the name server says, and which servers take a
 * login. Lists have blanks between their words.
 */
struct search_row {
	const char *name, *domain;
	const char *mx;	    /* "10:host": preference and name */
	const char *srv;    /* "_submissions:host:465" */
	const char *good;   /* values of `server`, "," for ", ", that answer */
	const char *faults; /* of "mx", "srv", "signal", "busy", "dnssec" */
	enum search_result result;
	const char *servers; /* NULL: a provider's */
	const char *provider;
	bool is_foreign, is_unverified;
	const char *answers; /* the URL of several; NULL: the first */
	/* "URL HOST:PORT": the page names that host; NULL: not online */
	const char *page;
	bool has_local_user;
	/* "LOGIN,LOGIN ISSUER" of the page; NULL: says nothing of logins */
	const char *logins;
	const char *oauth; /* what the search found */
	bool wants_scram, has_no_login;
};

static const struct search_row *now;
static char probed[4096]; /* all candidates, in order */
static char asked[4096];  /* all pages, a line each */

static bool
has(const char *list, const char *word)
{
	struct span rest = span_from(list), one;

	while (list != NULL && span_next_word(&rest, " ", &one))
		if (span_equal(one, span_from(word)))
			return true;
	return false;
}

static enum dns_result
ask(const char *name, enum dns_type type, int64_t deadline,
    struct dns_records *list, struct buf *reason)
{
	struct span rest = span_from(now->mx), word;

	(void)deadline;
	assert_int_equal(type, DNS_MX);
	assert_string_equal(name, now->domain);
	if (has(now->faults, "signal"))
		return DNS_SIGNAL;
	if (has(now->faults, "mx")) {
		buf_add_text(reason, "the name server does not answer");
		return DNS_TROUBLE;
	}
	while (span_next_word(&rest, " ", &word)) {
		size_t colon = span_find(word, ':');
		struct dns_record *record = mem_append(
		    &list->items, &list->count, sizeof(*list->items));
		uint64_t preference;

		assert_true(
		    span_number(span_head(word, colon), 65535, &preference));
		record->priority = (unsigned short)preference;
		memcpy(
		    record->target, word.at + colon + 1, word.len - colon - 1);
	}
	return list->count > 0 ? DNS_FOUND : DNS_NO_DATA;
}

static enum srv_result
find_srv(const char *service, const char *domain, int64_t deadline,
    struct srv_records *list, struct buf *reason)
{
	struct span rest = span_from(now->srv), word;

	(void)deadline;
	assert_string_equal(domain, now->domain);
	if (has(now->faults, "srv")) {
		buf_add_text(reason, "the name server reports a failure");
		return SRV_TROUBLE;
	}
	while (span_next_word(&rest, " ", &word)) {
		size_t colon = span_find(word, ':');
		size_t last = span_find_last(word, ':');
		struct srv_record *record = &list->items[list->count];
		uint64_t port;

		if (!span_equal(span_head(word, colon), span_from(service)))
			continue;
		assert_true(
		    span_number(span_skip(word, last + 1), 65535, &port));
		record->port = (unsigned short)port;
		memcpy(record->target, word.at + colon + 1, last - colon - 1);
		list->count++;
	}
	list->is_authentic = has(now->faults, "dnssec");
	return list->count > 0 ? SRV_FOUND : SRV_NONE;
}

static enum probe_result
probe(struct server_candidate *candidates, size_t count, int64_t deadline,
    size_t *best)
{
	(void)deadline;
	for (size_t i = 0; i < count; i++) {
		char value[1024] = "", *to = value;

		for (const char *at = candidates[i].servers; *at != '\0'; at++)
			if (*at != ' ')
				*to++ = *at;
		snprintf(probed + strlen(probed),
		    sizeof(probed) - strlen(probed), "%s ", value);
		candidates[i].is_good = has(now->good, value);
		assert_int_equal(candidates[i].needs_no_login,
		    now->has_no_login &&
			strncmp(value, "smtps://out.firm", 16) == 0);
		candidates[i].is_temporary = has(now->faults, "busy");
		if (candidates[i].is_good)
			candidates[i].url =
			    mem_copy_text(strncmp(value, "srv:", 4) == 0
				    ? "smtps://out.firm.test:465"
				    : now->answers != NULL ? now->answers
							   : value);
		else
			candidates[i].why =
			    mem_copy_text("it is \x1b[2J closed");
	}
	for (*best = 0; *best < count; (*best)++)
		if (candidates[*best].is_good)
			return PROBE_GOOD;
	return PROBE_NONE;
}

/* The logins of the page's server, its end, and the issuer. */
static void
add_logins(struct buf *out)
{
	struct span rest = span_from(now->logins), logins = {0}, word;

	if (now->logins != NULL)
		span_next_word(&rest, " ", &logins);
	while (span_next_word(&logins, ",", &word)) {
		buf_add_text(out, "<authentication>");
		buf_add_span(out, word);
		buf_add_text(out, "</authentication>");
	}
	buf_add_text(out, "</outgoingServer></emailProvider>");
	if (now->logins != NULL && span_next_word(&rest, " ", &word)) {
		buf_add_text(out, "<oAuth2><issuer>");
		buf_add_span(out, word);
		buf_add_text(out, "</issuer></oAuth2>");
	}
}

static enum http_result
fetch(const char *url, int64_t deadline, struct http_reply *reply,
    struct buf *reason)
{
	struct span place = span_from(now->page), page, host;

	(void)deadline;
	assert_non_null(now->page);
	snprintf(
	    asked + strlen(asked), sizeof(asked) - strlen(asked), "%s\n", url);
	if (has(now->faults, "web-signal"))
		return HTTP_SIGNAL;
	if (has(now->faults, "web")) {
		buf_add_text(reason, "the server does not answer");
		return HTTP_LOST;
	}
	span_next_word(&place, " ", &page);
	reply->status = span_equal(page, span_from(url)) ? 200 : 404;
	if (reply->status == 404 || !span_next_word(&place, " ", &host))
		return HTTP_DONE;
	buf_add_text(&reply->body,
	    "<clientConfig><emailProvider><outgoingServer type=\"smtp\">"
	    "<hostname>");
	buf_add_span(&reply->body, span_head(host, span_find(host, ':')));
	buf_add_text(&reply->body, "</hostname><port>");
	buf_add_span(&reply->body, span_skip(host, span_find(host, ':') + 1));
	buf_add_text(&reply->body,
	    "</port><socketType>SSL</socketType><username>%EMAILLOCALPART%"
	    "</username>");
	add_logins(&reply->body);
	buf_add_text(&reply->body, "</clientConfig>");
	return HTTP_DONE;
}

#define GMAIL "smtps://smtp.gmail.com,smtp://smtp.gmail.com"
#define FASTMAIL "smtps://smtp.fastmail.com,smtp://smtp.fastmail.com"
#define FASTMAIL_MX "10:in1-smtp.messagingengine.com"
#define OWN "smtps://out.firm.test:465"
#define OTHER "smtps://mail.hoster.test:465"
#define OWN_SRV "_submissions:out.firm.test:465"
#define OWN_HOST " out.firm.test:465"
#define OTHER_HOST " mail.hoster.test:465"
#define OWN_PAGE "https://autoconfig.firm.test/mail/config-v1.1.xml"
#define KNOWN_PAGE \
	"https://firm.test/.well-known/autoconfig/mail/config-v1.1.xml"
#define ISPDB_PAGE "https://autoconfig.thunderbird.net/v1.1/firm.test"
#define HOSTER_PAGE "https://autoconfig.thunderbird.net/v1.1/hoster.test"
#define OTHER_SRV "_submissions:mail.hoster.test:465"

static const struct search_row rows[] = {
    {"a domain of a provider", "gmail.com", .good = GMAIL,
	.result = SEARCH_FOUND, .provider = "gmail"},
    {"a provider that does not answer", "gmail.com", .faults = "busy",
	.result = SEARCH_FOUND, .provider = "gmail", .is_unverified = true},
    {"a provider's mail server, and nothing answers", "firm.test",
	.mx = FASTMAIL_MX, .result = SEARCH_FOUND, .provider = "fastmail",
	.is_unverified = true},
    {"the mail server of a provider", "firm.test", .mx = FASTMAIL_MX,
	.good = FASTMAIL, .result = SEARCH_FOUND, .provider = "fastmail"},
    {"only the lowest preference counts", "firm.test",
	.mx = "20:in1-smtp.messagingengine.com 10:mx.firm.test",
	.good = FASTMAIL, .result = SEARCH_NONE},
    {"the provider goes before the records", "firm.test", .mx = FASTMAIL_MX,
	.srv = "_submissions:out.firm.test:465",
	.good = FASTMAIL " srv:firm.test", .result = SEARCH_FOUND,
	.provider = "fastmail"},
    {"records where the provider does not answer", "firm.test",
	.mx = FASTMAIL_MX, .srv = "_submissions:out.firm.test:465",
	.good = "srv:firm.test", .result = SEARCH_FOUND,
	.servers = "srv:firm.test"},
    {"records with another certificate", "firm.test",
	.srv = "_submissions:out.firm.test:465",
	.good = "smtps://out.firm.test:465", .result = SEARCH_FOUND,
	.servers = "smtps://out.firm.test:465"},
    {"records of the second service", "firm.test",
	.srv = "_submission:out.firm.test:587",
	.good = "smtp://out.firm.test:587", .result = SEARCH_FOUND,
	.servers = "smtp://out.firm.test:587"},
    {"records with a foreign name", "firm.test",
	.srv = "_submissions:mail.hoster.test:465",
	.good = "srv:firm.test smtps://mail.hoster.test:465",
	.result = SEARCH_FOUND, .servers = "smtps://mail.hoster.test:465",
	.is_foreign = true},
    {"a foreign name that DNSSEC proves", "firm.test",
	.srv = "_submissions:mail.hoster.test:465", .faults = "dnssec",
	.good = "srv:firm.test", .result = SEARCH_FOUND,
	.servers = "srv:firm.test"},
    {"a name that only ends alike", "firm.test",
	.srv = "_submissions:notfirm.test:465",
	.good = "smtps://notfirm.test:465", .result = SEARCH_FOUND,
	.servers = "smtps://notfirm.test:465", .is_foreign = true},
    {"several records", "firm.test",
	.srv = "_submissions:a.firm.test:465 _submissions:b.firm.test:4650",
	.good = "smtps://a.firm.test:465,smtps://b.firm.test:4650",
	.result = SEARCH_FOUND,
	.servers = "smtps://a.firm.test:465, smtps://b.firm.test:4650"},
    {"own and foreign, the own answers", "firm.test",
	.srv = OWN_SRV " " OTHER_SRV, .good = OWN "," OTHER " srv:firm.test",
	.answers = OWN, .result = SEARCH_FOUND, .servers = OWN},
    {"own and foreign, the foreign answers", "firm.test",
	.srv = OWN_SRV " " OTHER_SRV, .good = OWN "," OTHER, .answers = OTHER,
	.result = SEARCH_FOUND, .servers = OTHER, .is_foreign = true},
    {"foreign and own, the own answers", "firm.test",
	.srv = OTHER_SRV " " OWN_SRV, .good = OTHER "," OWN, .answers = OWN,
	.result = SEARCH_FOUND, .servers = OWN},
    {"foreign and own, the foreign answers", "firm.test",
	.srv = OTHER_SRV " " OWN_SRV, .good = OTHER "," OWN, .answers = OTHER,
	.result = SEARCH_FOUND, .servers = OTHER, .is_foreign = true},
    {"own and foreign, which DNSSEC proves", "firm.test",
	.srv = OWN_SRV " " OTHER_SRV, .faults = "dnssec", .good = OWN "," OTHER,
	.answers = OWN, .result = SEARCH_FOUND,
	.servers = "smtps://out.firm.test:465, smtps://mail.hoster.test:465"},
    {"foreign records that do not answer", "firm.test", .srv = OTHER_SRV,
	.good = "smtps://mail.firm.test", .result = SEARCH_FOUND,
	.servers = "smtps://mail.firm.test"},
    {"a usual name", "firm.test", .good = "smtps://mail.firm.test",
	.result = SEARCH_FOUND, .servers = "smtps://mail.firm.test"},
    {"465 before 587", "firm.test",
	.good = "smtp://smtp.firm.test smtps://smtp.firm.test",
	.result = SEARCH_FOUND, .servers = "smtps://smtp.firm.test"},
    {"the mail server itself", "firm.test", .mx = "5:mx.farm.test",
	.good = "smtp://mx.farm.test", .result = SEARCH_FOUND,
	.servers = "smtp://mx.farm.test", .is_foreign = true},
    {"the mail server in the domain", "firm.test", .mx = "5:mx.firm.test",
	.good = "smtps://mx.firm.test", .result = SEARCH_FOUND,
	.servers = "smtps://mx.firm.test"},
    {"a null MX", "firm.test", .mx = "0:", .result = SEARCH_NONE},
    {"a mail server without a usable name", "firm.test", .mx = "5:e?il",
	.result = SEARCH_NONE},
    {"nothing", "firm.test", .result = SEARCH_NONE},
    {"guesses that do not answer are no trouble", "firm.test", .faults = "busy",
	.result = SEARCH_NONE},
    {"a name server that fails", "firm.test", .faults = "mx srv",
	.result = SEARCH_TROUBLE},
    {"found in spite of a fault", "firm.test", .faults = "mx srv",
	.good = "smtps://firm.test", .result = SEARCH_FOUND,
	.servers = "smtps://firm.test"},
    {"a page of the domain", "firm.test", .page = OWN_PAGE OWN_HOST,
	.good = OWN, .result = SEARCH_FOUND, .servers = OWN,
	.has_local_user = true},
    {"a page of the domain, at its well-known place", "firm.test",
	.page = KNOWN_PAGE OWN_HOST, .good = OWN, .result = SEARCH_FOUND,
	.servers = OWN, .has_local_user = true},
    {"the domain itself names a foreign host", "firm.test",
	.page = OWN_PAGE OTHER_HOST, .good = OTHER, .result = SEARCH_FOUND,
	.servers = OTHER, .has_local_user = true},
    {"the ISPDB names a foreign host", "firm.test",
	.page = ISPDB_PAGE OTHER_HOST, .good = OTHER, .result = SEARCH_FOUND,
	.servers = OTHER, .is_foreign = true, .has_local_user = true},
    {"the ISPDB names a host of the domain", "firm.test",
	.page = ISPDB_PAGE OWN_HOST, .good = OWN, .result = SEARCH_FOUND,
	.servers = OWN, .has_local_user = true},
    {"the ISPDB knows the domain of the mail server", "firm.test",
	.mx = "10:mx1.hoster.test", .page = HOSTER_PAGE OTHER_HOST,
	.good = OTHER, .result = SEARCH_FOUND, .servers = OTHER,
	.is_foreign = true, .has_local_user = true},
    {"a page names an issuer", "firm.test", .page = OWN_PAGE OWN_HOST,
	.logins = "OAuth2,password-cleartext login.hoster.test", .good = OWN,
	.result = SEARCH_FOUND, .servers = OWN, .has_local_user = true,
	.oauth = "https://login.hoster.test"},
    {"a page names an issuer with a path", "firm.test",
	.page = OWN_PAGE OWN_HOST, .logins = "OAuth2 https://a.test/realm",
	.good = OWN, .result = SEARCH_FOUND, .servers = OWN,
	.has_local_user = true, .oauth = "https://a.test/realm"},
    {"a page names the issuer of a known service", "firm.test",
	.page = OWN_PAGE OWN_HOST, .logins = "OAuth2 accounts.google.com",
	.good = OWN, .result = SEARCH_FOUND, .servers = OWN,
	.has_local_user = true, .oauth = "google"},
    {"an issuer that is none", "firm.test", .page = OWN_PAGE OWN_HOST,
	.logins = "OAuth2 http://login.hoster.test", .good = OWN,
	.result = SEARCH_FOUND, .servers = OWN, .has_local_user = true},
    {"an issuer without such a login", "firm.test", .page = OWN_PAGE OWN_HOST,
	.logins = "password-cleartext login.hoster.test", .good = OWN,
	.result = SEARCH_FOUND, .servers = OWN, .has_local_user = true},
    {"a page that wants no password to be sent", "firm.test",
	.page = OWN_PAGE OWN_HOST, .logins = "password-encrypted", .good = OWN,
	.result = SEARCH_FOUND, .servers = OWN, .has_local_user = true,
	.wants_scram = true},
    {"a page that wants no login", "firm.test", .page = OWN_PAGE OWN_HOST,
	.logins = "client-IP-address", .good = OWN, .result = SEARCH_FOUND,
	.servers = OWN, .has_local_user = true, .has_no_login = true},
    {"not online", "firm.test", .good = "smtps://firm.test",
	.result = SEARCH_FOUND, .servers = "smtps://firm.test"},
    {"SRV records go before pages", "firm.test", .srv = OWN_SRV, .page = "x",
	.good = "srv:firm.test", .result = SEARCH_FOUND,
	.servers = "srv:firm.test"},
    {"a page whose server does not answer", "firm.test",
	.page = OWN_PAGE OTHER_HOST, .good = "smtps://firm.test",
	.result = SEARCH_FOUND, .servers = "smtps://firm.test"},
    {"a page that names none", "firm.test", .page = OWN_PAGE,
	.good = "smtps://firm.test", .result = SEARCH_FOUND,
	.servers = "smtps://firm.test"},
    {"no page at all", "firm.test", .page = "x", .result = SEARCH_NONE},
    {"web servers that do not answer", "firm.test", .page = "x",
	.faults = "web", .result = SEARCH_NONE},
    {"a signal at a page", "firm.test", .page = "x", .faults = "web-signal",
	.result = SEARCH_SIGNAL},
    {"a signal", "firm.test", .faults = "signal", .result = SEARCH_SIGNAL},
};

static void
test_search(void **state)
{
	static const struct server_lookup lookup = {
	    ask, find_srv, probe, fetch};
	struct server_search search = {.lookup = &lookup};

	now = *state;
	probed[0] = asked[0] = '\0';
	search.domain = now->domain;
	search.is_online = now->page != NULL;
	assert_int_equal(server_search_run(&search), now->result);
	if (now->servers != NULL)
		assert_string_equal(search.servers, now->servers);
	else
		assert_null(search.servers);
	if (now->provider != NULL)
		assert_string_equal(search.provider_name, now->provider);
	else
		assert_null(search.provider_name);
	assert_int_equal(search.is_foreign, now->is_foreign);
	assert_int_equal(search.is_unverified, now->is_unverified);
	assert_int_equal(search.has_local_user, now->has_local_user);
	assert_int_equal(search.wants_scram, now->wants_scram);
	assert_int_equal(search.has_no_login, now->has_no_login);
	assert_int_equal(search.oauth != NULL, now->oauth != NULL);
	if (now->oauth != NULL)
		assert_string_equal(search.oauth, now->oauth);
	assert_int_equal(search.source.len > 0, now->result == SEARCH_FOUND);
	assert_null(strchr(buf_text(&search.notes), '\x1b'));
	server_search_free(&search);
}

/* Each usual name once, in this order; a domain of a provider asks nobody. */
static void
test_order(void **state)
{
	static const struct search_row all = {
	    "all", "firm.test", .mx = "5:mx.firm.test", .result = SEARCH_NONE};
	static const struct search_row same = {"same", "firm.test",
	    .mx = "5:mail.firm.test", .result = SEARCH_NONE};
	const struct search_row *row = &all;

	(void)state;
	test_search((void **)&row);
	assert_string_equal(probed,
	    "smtps://smtp.firm.test smtp://smtp.firm.test "
	    "smtps://mail.firm.test smtp://mail.firm.test "
	    "smtps://firm.test smtp://firm.test "
	    "smtps://mx.firm.test smtp://mx.firm.test ");
	row = &same;
	test_search((void **)&row);
	assert_non_null(strstr(probed, "smtp://firm.test "));
	assert_null(strstr(strstr(probed, "smtps://firm.test"), "mail.firm"));
}

/* Nothing of the address but its domain is sent. */
static void
test_pages(void **state)
{
	static const struct search_row none = {
	    "none", "firm.test", .page = "x", .result = SEARCH_NONE};
	static const struct search_row own = {"own", "firm.test", .page = "x",
	    .mx = "5:mx.firm.test", .result = SEARCH_NONE};
	static const struct search_row hoster = {"hoster", "firm.test",
	    .page = "x", .mx = "5:mx.eu.hoster.test 9:mx.other.test",
	    .result = SEARCH_NONE};
	const struct search_row *row = &none;

	(void)state;
	test_search((void **)&row);
	assert_string_equal(
	    asked, OWN_PAGE "\n" KNOWN_PAGE "\n" ISPDB_PAGE "\n");
	row = &own;
	test_search((void **)&row);
	assert_string_equal(
	    asked, OWN_PAGE "\n" KNOWN_PAGE "\n" ISPDB_PAGE "\n");
	row = &hoster;
	test_search((void **)&row);
	assert_string_equal(asked,
	    OWN_PAGE "\n" KNOWN_PAGE "\n" ISPDB_PAGE "\n" HOSTER_PAGE "\n");
}

struct registered_row {
	const char *name, *host, *expected;
};

static const struct registered_row registered[] = {
    {"a host", "smtp.example.com", "example.com"},
    {"a deep host", "a.b.c.example.org", "example.org"},
    {"a domain", "example.com", "example.com"},
    {"a country", "mail.example.co.uk", "example.co.uk"},
    {"the same alone", "example.co.uk", "example.co.uk"},
    {"a country without second levels", "mail.firm.de", "firm.de"},
    {"a short name", "mail.co.de", "mail.co.de"},
    {"one label", "localhost", "localhost"},
    {"an address", "192.0.2.1", "2.1"},
    {"nothing", "", ""},
};

static void
test_registered(void **state)
{
	const struct registered_row *row = *state;
	struct span got = server_search_registered(span_from(row->host));

	assert_true(span_equal(got, span_from(row->expected)));
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "search", rows, ROWS(rows), test_search);
	rows_add_one(&all, "the order of the usual names", test_order);
	rows_add_one(&all, "the pages that are asked for", test_pages);
	rows_add(
	    &all, "registered", registered, ROWS(registered), test_registered);
	return rows_end(&all);
}
