/*
 * Finds out for every address what is in the way. Where the survey does not
 * show it, a second connection to the address may; one run makes few of them.
 */
#include "doctor/obstacle.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/wait.h"
#include "doctor/probe.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "tls/foreign.h"

/* How long the name server may take to answer for an invented name. */
#define NAME_TIMEOUT ((int64_t)5000)
#define RANDOM_LETTERS 16
/* Servers that are looked at again. */
#define LOOKS_MAX ((size_t)4)

static const struct {
	const char *check;
	int step; /* the greater, the further a session comes */
} kinds[] = {
    [OBSTACLE_NAME] = {"name.host", 1},
    [OBSTACLE_PRIVATE] = {"name.private", 2},
    [OBSTACLE_INVENTED] = {"name.invented", 2},
    [OBSTACLE_SOURCE] = {"source", 3},
    [OBSTACLE_PROXY] = {"proxy", 3},
    [OBSTACLE_CONNECTION] = {"reach.connect", 3},
    [OBSTACLE_FAMILY] = {"ipv6", 3},
    [OBSTACLE_SILENCE] = {"reach.port", 3},
    [OBSTACLE_SECOND] = {"reach.second", 3},
    [OBSTACLE_GREETING] = {"greeting", 4},
    [OBSTACLE_FOREIGN] = {"greeting.foreign", 4},
    [OBSTACLE_MODE] = {"greeting.mode", 4},
    [OBSTACLE_EHLO] = {"ehlo", 5},
    [OBSTACLE_BLANKED] = {"ehlo", 5},
    [OBSTACLE_STARTTLS] = {"ehlo.starttls", 6},
    [OBSTACLE_TLS] = {"tls.version", 7},
    [OBSTACLE_NONE] = {"auth.login", 8},
};

const char *
obstacle_check(enum obstacle_kind kind)
{
	return kinds[kind].check;
}

enum severity
obstacle_severity(
    const struct obstacles *obstacles, const struct obstacle *obstacle)
{
	for (size_t i = 0; i < obstacles->count; i++)
		if (kinds[obstacles->items[i].kind].step >
		    kinds[obstacle->kind].step)
			return SEVERITY_WARNING;
	return SEVERITY_FAILURE;
}

bool
obstacle_is_public(const struct server *server)
{
	static const struct profile none = PROFILE_UNSET;

	return provider_of(&none, server) != NULL;
}

static bool
is_private_four(const unsigned char *octets)
{
	return octets[0] == 0 || octets[0] == 10 || octets[0] == 127 ||
	    (octets[0] == 100 && octets[1] >= 64 && octets[1] < 128) ||
	    (octets[0] == 169 && octets[1] == 254) ||
	    (octets[0] == 172 && octets[1] >= 16 && octets[1] < 32) ||
	    (octets[0] == 192 && octets[1] == 168);
}

bool
obstacle_is_private(const struct host_address *address)
{
	const struct sockaddr_in6 *six = (const void *)&address->socket;
	const struct sockaddr_in *four = (const void *)&address->socket;
	const unsigned char *octets = (const void *)&six->sin6_addr;

	if (address->socket.ss_family == AF_INET)
		return is_private_four((const void *)&four->sin_addr);
	if (address->socket.ss_family != AF_INET6)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return is_private_four(octets + 12);
	return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) ||
	    IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr) ||
	    IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) ||
	    (octets[0] & 0xfe) == 0xfc;
}

/* What is in the way of a connection; judge_places decides more. */
static enum obstacle_kind
judge_connection(
    const struct survey_server *server, const struct survey_address *address)
{
	if (server->by_proxy)
		return OBSTACLE_PROXY;
	return address->is_source_refused ? OBSTACLE_SOURCE
					  : OBSTACLE_CONNECTION;
}

bool
obstacle_is_blanked(const struct survey_address *address)
{
	struct span lines = buf_span(&address->ehlo), line;

	while (span_next_word(&lines, "\n", &line)) {
		struct span word = span_skip(line, 4);

		if (span_starts(word, SPAN("XXXX")) ||
		    span_starts(word, SPAN("****")))
			return true;
	}
	/* EHLO itself came as XXXX, and the server repeats it. */
	return span_starts(buf_span(&address->ehlo), SPAN("5")) &&
	    span_matches(buf_span(&address->ehlo), SPAN("*XXXX*"));
}

bool
obstacle_hides_offer(const struct survey_address *address)
{
	return !address->is_extended ||
	    (!address->is_tls && obstacle_is_blanked(address));
}

static enum obstacle_kind
judge_tls(
    const struct survey_server *server, const struct survey_address *address)
{
	if (address->is_tls || server->server->scheme == SCHEME_SMTPS)
		return OBSTACLE_TLS;
	if (extensions_has(&address->before, EXTENSION_STARTTLS))
		return address->trouble.reply.code != 0 ? OBSTACLE_STARTTLS
							: OBSTACLE_TLS;
	return obstacle_is_blanked(address) ? OBSTACLE_BLANKED
					    : OBSTACLE_STARTTLS;
}

static enum obstacle_kind
judge_greeting(const struct survey_address *address)
{
	const char *protocol = foreign_protocol(buf_span(&address->odd));

	if (protocol == NULL)
		return OBSTACLE_GREETING;
	return strcmp(protocol, "TLS") == 0 ? OBSTACLE_MODE : OBSTACLE_FOREIGN;
}

static enum obstacle_kind
judge(const struct survey_server *server, const struct survey_address *address)
{
	if (survey_address_is_ready(address))
		return OBSTACLE_NONE;
	if (!address->is_connected)
		return judge_connection(server, address);
	if (address->trouble.action == ACTION_NONE)
		return OBSTACLE_TLS; /* the certificate is not trusted */
	switch (address->trouble.stage) {
	case STAGE_GREETING:
		return judge_greeting(address);
	case STAGE_EHLO:
		return obstacle_is_blanked(address) ? OBSTACLE_BLANKED
						    : OBSTACLE_EHLO;
	default:
		return judge_tls(server, address);
	}
}

static struct obstacle *
add_item(struct obstacles *obstacles, const struct survey_server *server,
    const struct survey_address *address, enum obstacle_kind kind)
{
	struct obstacle *item = mem_append(
	    &obstacles->items, &obstacles->count, sizeof(*obstacles->items));

	*item = (struct obstacle){
	    .server = server, .address = address, .kind = kind};
	return item;
}

static bool
may_speak_first(
    const struct obstacle_search *search, const struct obstacle *item)
{
	const struct server *server = item->server->server;
	struct buf question = {0};
	bool may = server->port != 25;

	if (!may && search->ask != NULL) {
		buf_add_format(&question,
		    "port 25 of %s says nothing: may smtpost speak first, to "
		    "find out why?",
		    server->host);
		may = search->ask(search->context, buf_text(&question));
	}
	buf_free(&question);
	return may;
}

/* Judges what the server said in a second connection. */
static void
judge_said(struct obstacle *item)
{
	struct span said = span_from(item->said);
	const char *protocol = foreign_protocol(said);

	if (protocol != NULL && strcmp(protocol, "TLS") != 0)
		item->kind = OBSTACLE_FOREIGN;
	else if (item->server->server->scheme == SCHEME_SMTPS &&
	    span_starts(said, SPAN("220")))
		item->kind = OBSTACLE_MODE;
	else if (span_starts(said, SPAN("220")))
		item->said[0] = '\0'; /* the greeting came, only too late */
}

/* Whether a second connection may show why the first one came to nothing. */
static bool
is_puzzling(const struct obstacle *item)
{
	const struct survey_address *address = item->address;

	if (item->kind == OBSTACLE_TLS)
		return !address->is_tls &&
		    item->server->server->scheme == SCHEME_SMTPS;
	return item->kind == OBSTACLE_GREETING && address->is_silent &&
	    address->odd.len == 0;
}

static void
look_again(
    const struct obstacle_search *search, struct obstacle *item, bool may_speak)
{
	const struct probe probe = {
	    .profile = search->profile,
	    .server = item->server,
	    .address = item->address,
	    .hidden = search->survey->hidden,
	    .observer = search->observer,
	    .deadline = search->deadline,
	};
	struct buf said = {0};
	bool may_ask;

	if (!probe_is_possible(&probe))
		return;
	may_ask = may_speak && may_speak_first(search, item);
	if (item->kind == OBSTACLE_GREETING && may_ask &&
	    probe_speaks_tls(&probe)) {
		item->kind = OBSTACLE_MODE;
		return;
	}
	probe_listen(&probe, may_ask, &said);
	item->said = buf_take_text(&said);
	judge_said(item);
}

/*
 * Connects again to the first address whose trouble is not explained, and may
 * speak first there; the other addresses of that server with the same trouble
 * are taken to be alike. It only listens to further servers, and only if they
 * answer a handshake with anything at all.
 */
static void
solve(struct obstacles *obstacles, const struct obstacle_search *search)
{
	struct obstacle *solved = NULL;
	enum obstacle_kind before = OBSTACLE_NONE;
	size_t count = 0;

	for (size_t i = 0; i < obstacles->count; i++) {
		struct obstacle *item = &obstacles->items[i];

		if (!is_puzzling(item))
			continue;
		if (solved == NULL ||
		    (item->server != solved->server &&
			item->kind == OBSTACLE_TLS &&
			!item->address->is_silent && count < LOOKS_MAX)) {
			solved = item;
			before = item->kind;
			look_again(search, item, count++ == 0);
		} else if (item->server == solved->server &&
		    item->kind == before) {
			item->kind = solved->kind;
			if (solved->said != NULL)
				item->said = mem_copy_text(solved->said);
		}
	}
}

/*
 * Whether this machine merely lacks the address's family: it says so at once,
 * and an address of the other family shows another error.
 */
static bool
is_aside(
    const struct survey_server *server, const struct survey_address *address)
{
	if (address->error != ENETUNREACH && address->error != EADDRNOTAVAIL)
		return false;
	for (size_t i = 0; i < server->count; i++)
		if (server->addresses[i]->address.socket.ss_family !=
			address->address.socket.ss_family &&
		    server->addresses[i]->error != address->error)
			return true;
	return false;
}

/*
 * Whether all addresses of the server are silent, apart from those of a family
 * that this machine lacks.
 */
static bool
is_all_silent(const struct survey_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		if (server->addresses[i]->error != ETIMEDOUT &&
		    !is_aside(server, server->addresses[i]))
			return false;
	return server->count > 0;
}

/* Whether the addresses of its family are dead, and one of the other lives. */
static bool
is_family_dead(const struct obstacle *item)
{
	bool is_other_alive = false;

	for (size_t i = 0; i < item->server->count; i++) {
		const struct survey_address *other = item->server->addresses[i];
		bool is_same = other->address.socket.ss_family ==
		    item->address->address.socket.ss_family;

		if (is_same && other->is_connected)
			return false;
		is_other_alive |= !is_same && other->is_connected;
	}
	return is_other_alive;
}

/* Chooses the check that reports an address which was not connected to. */
static void
judge_places(struct obstacles *obstacles)
{
	bool is_any = false;

	for (size_t i = 0; i < obstacles->count; i++)
		is_any |= survey_is_connected(obstacles->items[i].server);
	for (size_t i = 0; i < obstacles->count; i++) {
		struct obstacle *item = &obstacles->items[i];

		if (item->kind != OBSTACLE_CONNECTION)
			continue;
		if (!survey_is_connected(item->server))
			item->kind = is_any ? OBSTACLE_SECOND
			    : is_all_silent(item->server) &&
				!server_url_is_unix(item->server->server)
			    ? OBSTACLE_SILENCE
			    : OBSTACLE_CONNECTION;
		else if (is_family_dead(item))
			item->kind = OBSTACLE_FAMILY;
		/* What else is wrong with the server explains the failure. */
		if (item->kind == OBSTACLE_CONNECTION ||
		    item->kind == OBSTACLE_SILENCE)
			item->is_reported =
			    is_aside(item->server, item->address);
	}
}

/* Sets what is in the way of every address of the server. */
static void
replace(struct obstacles *obstacles, const struct survey_server *server,
    enum obstacle_kind kind)
{
	for (size_t i = 0; i < obstacles->count; i++)
		if (obstacles->items[i].server == server)
			obstacles->items[i].kind = kind;
}

static bool
is_server_ready(
    const struct obstacles *obstacles, const struct survey_server *server)
{
	for (size_t i = 0; i < obstacles->count; i++)
		if (obstacles->items[i].server == server &&
		    obstacles->items[i].kind == OBSTACLE_NONE)
			return true;
	return false;
}

/* Whether a look-up gave only private addresses for a public host. */
static bool
is_astray(const struct survey_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		if (!obstacle_is_private(&server->addresses[i]->address))
			return false;
	return server->count > 0 && !server->by_proxy &&
	    obstacle_is_public(server->server);
}

static void
find_private(struct obstacles *obstacles, const struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++)
		if (is_astray(survey->servers[i]) &&
		    !is_server_ready(obstacles, survey->servers[i]))
			replace(
			    obstacles, survey->servers[i], OBSTACLE_PRIVATE);
}

/* Whether a name server may have made up the addresses of the host. */
static bool
is_doubtful(
    const struct obstacles *obstacles, const struct survey_server *server)
{
	struct host_address literal;

	return server->count > 0 && !server->by_proxy &&
	    !server_url_is_unix(server->server) &&
	    !host_parse_address(&literal, server->server->host) &&
	    !span_equal_nocase(
		span_from(server->server->host), SPAN("localhost")) &&
	    !is_server_ready(obstacles, server);
}

static bool
has_address(
    const struct host_addresses *list, const struct survey_address *address)
{
	struct buf a = {0}, b = {0};
	bool found = false;

	host_add_address(&a, &address->address.socket);
	for (size_t i = 0; i < list->count && !found; i++) {
		buf_clear(&b);
		host_add_address(&b, &list->items[i].socket);
		found = span_equal(buf_span(&a), buf_span(&b));
	}
	buf_free(&a);
	buf_free(&b);
	return found;
}

/* Whether the name server gives all its addresses for any other name, too. */
static bool
is_made_up(
    const struct survey_server *server, const struct host_addresses *list)
{
	for (size_t i = 0; i < server->count; i++)
		if (!has_address(list, server->addresses[i]))
			return false;
	return true;
}

/* RFC 6761 section 6.4: no name below "invalid" exists. */
static bool
ask_for_nothing(
    const struct obstacle_search *search, struct host_addresses *list)
{
	struct buf name = {0}, ignored = {0};
	struct host_question question = {.port = 587, .family = AF_UNSPEC};
	bool found = false;

	if (random_add_name(&name, RANDOM_LETTERS)) {
		buf_add_text(&name, ".invalid");
		question.host = buf_text(&name);
		found = host_resolve(&question,
			    deadline_earlier(
				search->deadline, deadline_in(NAME_TIMEOUT)),
			    list, &ignored) == HOST_FOUND;
	}
	buf_free(&name);
	buf_free(&ignored);
	return found;
}

static void
find_invented(struct obstacles *obstacles, const struct obstacle_search *search)
{
	const struct survey *survey = search->survey;
	struct host_addresses list;
	struct buf text = {0};
	size_t doubtful = 0;

	for (size_t i = 0; i < survey->count; i++)
		doubtful += is_doubtful(obstacles, survey->servers[i]);
	if (doubtful == 0 || !ask_for_nothing(search, &list))
		return;
	host_add_address(&text, &list.items[0].socket);
	obstacles->invented = buf_take_text(&text);
	for (size_t i = 0; i < survey->count; i++)
		if (is_doubtful(obstacles, survey->servers[i]) &&
		    !is_astray(survey->servers[i]) &&
		    is_made_up(survey->servers[i], &list))
			replace(
			    obstacles, survey->servers[i], OBSTACLE_INVENTED);
}

void
obstacles_find(
    struct obstacles *obstacles, const struct obstacle_search *search)
{
	const struct survey *survey = search->survey;

	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		if (server->count == 0)
			add_item(obstacles, server, NULL, OBSTACLE_NAME);
		for (size_t j = 0; j < server->count; j++)
			add_item(obstacles, server, server->addresses[j],
			    judge(server, server->addresses[j]));
	}
	if (!survey->is_interrupted) {
		solve(obstacles, search);
		judge_places(obstacles);
		find_private(obstacles, survey);
		find_invented(obstacles, search);
	}
	obstacles->is_found = true;
}

void
obstacles_free(struct obstacles *obstacles)
{
	for (size_t i = 0; i < obstacles->count; i++)
		free(obstacles->items[i].said);
	free(obstacles->items);
	free(obstacles->invented);
	*obstacles = (struct obstacles){0};
}

struct span
obstacle_said(const struct obstacle *item)
{
	if (item->said != NULL && item->said[0] != '\0')
		return span_from(item->said);
	return item->address != NULL ? buf_span(&item->address->odd)
				     : (struct span){NULL, 0};
}

const char *
obstacles_furthest(const struct obstacles *obstacles)
{
	enum obstacle_kind furthest = OBSTACLE_NAME;

	for (size_t i = 0; i < obstacles->count; i++)
		if (obstacles->items[i].kind > furthest)
			furthest = obstacles->items[i].kind;
	return obstacles->count == 0 || furthest == OBSTACLE_NONE
	    ? NULL
	    : kinds[furthest].check;
}

bool
obstacles_show_login_page(const struct obstacles *obstacles)
{
	bool is_private = false, is_silent = obstacles->count > 0;

	for (size_t i = 0; i < obstacles->count; i++) {
		const struct obstacle *item = &obstacles->items[i];
		const char *protocol = foreign_protocol(obstacle_said(item));

		if (protocol != NULL && strcmp(protocol, "HTTP") == 0)
			return true;
		is_private |= item->kind == OBSTACLE_PRIVATE;
		is_silent &= item->address != NULL &&
		    !item->address->is_connected &&
		    item->address->error == ETIMEDOUT;
	}
	return is_private + is_silent + (obstacles->invented != NULL) > 1;
}

struct obstacle *
obstacles_next(struct obstacles *obstacles, const char *check)
{
	for (size_t i = 0; i < obstacles->count; i++) {
		struct obstacle *item = &obstacles->items[i];

		if (!item->is_reported &&
		    strcmp(kinds[item->kind].check, check) == 0)
			return item;
	}
	return NULL;
}

static bool
is_like(const struct obstacle *a, const struct obstacle *b)
{
	if (a->kind != b->kind || (a->address == NULL) != (b->address == NULL))
		return false;
	if (a->kind == OBSTACLE_SECOND && a->server == b->server)
		return true;
	return a->address == NULL ? a->server->resolved == b->server->resolved
				  : a->address->error == b->address->error &&
		a->address->trouble.reply.code ==
		    b->address->trouble.reply.code;
}

/* Adds " (192.0.2.5, 2001:db8::5)": those of one server that are alike. */
static void
add_addresses(
    struct obstacles *obstacles, const struct obstacle *first, struct buf *out)
{
	const char *between = " (";

	for (size_t i = 0; i < obstacles->count; i++) {
		struct obstacle *item = &obstacles->items[i];

		if (item->server != first->server || !is_like(item, first))
			continue;
		buf_add_text(out, between);
		buf_add_text(out, item->address->name);
		between = ", ";
	}
	buf_add_char(out, ')');
}

/* Whether the name of the server alone does not say which address it is. */
static bool
needs_addresses(const struct obstacles *obstacles, const struct obstacle *first,
    enum obstacle_place place)
{
	if (first->address == NULL || first->server->by_proxy ||
	    (first->server->count == 1 &&
		strcmp(first->address->name, first->server->server->host) == 0))
		return false;
	for (size_t i = 0; i < obstacles->count; i++)
		if (obstacles->items[i].server == first->server &&
		    !is_like(&obstacles->items[i], first))
			return true;
	return place == OBSTACLE_WITH_ADDRESSES;
}

static void
add_place(struct obstacles *obstacles, const struct obstacle *first,
    enum obstacle_place place, struct buf *out)
{
	const struct server *server = first->server->server;

	if (place == OBSTACLE_WITH_HOST)
		buf_add_text(out, server_url_name(server));
	else
		server_url_add_place(out, server);
	if (!server_url_is_unix(server) &&
	    needs_addresses(obstacles, first, place))
		add_addresses(obstacles, first, out);
}

void
obstacles_mark(struct obstacles *obstacles, const struct obstacle *first)
{
	for (size_t i = 0; i < obstacles->count; i++)
		if (is_like(&obstacles->items[i], first))
			obstacles->items[i].is_reported = true;
}

void
obstacles_add_places(struct obstacles *obstacles, const struct obstacle *first,
    enum obstacle_place place, struct buf *out)
{
	struct buf list = {0};
	bool are_several = false;

	for (size_t i = 0; i < obstacles->count; i++) {
		struct obstacle *item = &obstacles->items[i];
		struct buf text = {0};
		size_t len = list.len;

		if (item->is_reported || !is_like(item, first))
			continue;
		for (size_t j = i; j < obstacles->count; j++)
			if (obstacles->items[j].server == item->server &&
			    is_like(&obstacles->items[j], first))
				obstacles->items[j].is_reported = true;
		add_place(obstacles, item, place, &text);
		finding_list_place(&list, buf_span(&text));
		are_several |= len > 0 && list.len > len;
		buf_free(&text);
	}
	if (are_several && place != OBSTACLE_WITH_ADDRESSES)
		buf_add_text(out, "each of ");
	buf_add_span(out, buf_span(&list));
	buf_free(&list);
}
