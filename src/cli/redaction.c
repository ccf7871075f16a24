/*
 * Finds names in two ways: by the words that the configuration, the servers and
 * the system use, and by the form of a mail address, an IP address or a host
 * name. The second finds what a server says of others.
 */
#include "cli/redaction.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "doctor/check_table.h"
#include "profile/identity.h"
#include "profile/provider.h"
#include "tls/certificate_faults.h"
#include "tls/interception.h"

#define WORDS_MAX 512
#define GREETING_LINES_MAX 8
#define HOST_NAME_SIZE 256
/* What is left of a line that was cut. */
#define CUT_MIN 24
#define FORM_MAX 512
#define STARS "***"

/* Hosts that belong to providers, beside those of provider_table.h. */
static const char *const known_domains[] = {
    "google.com",
    "googlemail.com",
    "microsoft.com",
    "office.com",
    "office365.com",
    "outlook.com",
};

#define KNOWN_COUNT (sizeof(known_domains) / sizeof(known_domains[0]))

/* The parts of paths that are the same on many machines, between blanks. */
static const char known_parts[] =
    ".authinfo .config .local .netrc aliases anchors bin ca-certificates "
    "ca-certificates.crt cert.pem certs config credentials dead dev etc home "
    "hosts lib local mail nsswitch.conf null opt passwd pki private proc queue "
    "resolv.conf root run sbin service.conf share smtpost spool srv ssl state "
    "stdin systemd tls tmp usr var";

static bool
is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

static void
add_word(struct redaction *redaction, struct span word)
{
	word = span_trim(word);
	/* One letter names nobody, and is in every text. */
	if (word.len < 2 || redaction->count >= WORDS_MAX)
		return;
	*(char **)mem_append(&redaction->words, &redaction->count,
	    sizeof(char *)) = span_copy(word);
}

static void
add_text(struct redaction *redaction, const char *text)
{
	add_word(redaction, span_from(text));
}

/* Adds it and frees it. */
static void
add_own(struct redaction *redaction, char *text)
{
	add_text(redaction, text);
	free(text);
}

/* An address, its local part and its domain. */
static void
add_address(struct redaction *redaction, const char *address)
{
	struct span span = span_from(address);
	size_t at = span_find_last(span, '@');

	add_word(redaction, span);
	add_word(redaction, span_head(span, at));
	add_word(redaction, span_skip(span, at + 1));
}

static bool
is_known_host(struct span host)
{
	const struct profile none = PROFILE_UNSET;
	char *copy = span_copy(host);
	const struct server server = {.host = copy};
	bool is_known = provider_of(&none, &server) != NULL;

	for (size_t i = 0; !is_known && i < KNOWN_COUNT; i++)
		is_known = domain_is_in(host, span_from(known_domains[i]));
	free(copy);
	return is_known;
}

static void
add_host(struct redaction *redaction, const char *host)
{
	struct span span = span_from(host);

	if (!span_equal_nocase(span, SPAN("localhost")) &&
	    (span.len == 0 || !is_known_host(span)))
		add_word(redaction, span);
}

static void
add_list(struct redaction *redaction, const struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		add_address(redaction, list->names[i]);
}

static void
add_server(struct redaction *redaction, const struct server *server)
{
	add_host(redaction, server->host);
	add_host(redaction, server->domain);
	add_text(redaction, server->path);
}

/* The text of each line, behind its code, as it came and as it is shown. */
static void
add_lines(struct redaction *redaction, struct span lines, unsigned max)
{
	struct span line;

	while (max-- > 0 && span_next_word(&lines, "\n", &line)) {
		line = span_skip(line, 4);
		add_word(redaction, line);
		add_own(redaction, utf8_masked(line));
	}
}

/* A name such as "CN=Acme Root,O=Acme", and what is behind CN=. */
static void
add_distinguished(struct redaction *redaction, const char *name)
{
	struct buf common = {0};

	if (name == NULL)
		return;
	interception_add_common_name(span_from(name), &common);
	add_text(redaction, name);
	add_word(redaction, buf_span(&common));
	buf_free(&common);
}

/* Authorities that are not public; programs that open TLS may be named. */
static void
add_authorities(struct redaction *redaction, const struct tls_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		if (!interception_is_name(span_from(facts->chain[i].issuer)))
			add_distinguished(redaction, facts->chain[i].issuer);
	if (facts->has_anchor)
		add_distinguished(redaction, facts->anchor.subject);
}

/* The names in the server's own certificate, and its digests. */
static void
add_certificate(
    struct redaction *redaction, const struct certificate_facts *facts)
{
	struct span names = span_from(facts->names), name;
	bool is_known = false;

	while (span_next_word(&names, ", ", &name))
		is_known |= is_known_host(name);
	if (is_known)
		return;
	names = span_from(facts->names);
	while (span_next_word(&names, ", ", &name))
		add_word(redaction, name);
	add_distinguished(redaction, facts->subject);
	add_text(redaction, facts->sha256);
	add_text(redaction, facts->pin);
}

static void
add_survey(struct redaction *redaction, const struct survey *survey,
    bool has_own_trust)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		add_server(redaction, server->server);
		for (size_t j = 0; j < server->count; j++) {
			const struct survey_address *address =
			    server->addresses[j];

			add_host(redaction, address->name);
			add_lines(redaction, buf_span(&address->greeting),
			    GREETING_LINES_MAX);
			add_lines(redaction, buf_span(&address->ehlo), 1);
			add_lines(redaction, buf_span(&address->ehlo_tls), 1);
			if (address->tls.count > 0)
				add_certificate(
				    redaction, &address->tls.chain[0]);
			if (has_own_trust ||
			    address->tls.faults & FAULT_ISSUER_UNKNOWN)
				add_authorities(redaction, &address->tls);
		}
	}
}

static void
add_profile(struct redaction *redaction, const struct profile *profile)
{
	for (size_t i = 0; i < profile->server_count; i++)
		add_server(redaction, &profile->servers[i]);
	add_address(redaction, profile->user);
	add_address(redaction, profile->sender);
	add_list(redaction, &profile->match);
	add_list(redaction, &profile->local_domains);
	add_list(redaction, &profile->network.sources);
	add_text(redaction, profile->full_name);
	add_host(redaction, profile->domain);
	add_host(redaction, profile->ehlo_name);
	add_host(redaction, profile->tls_host);
	add_text(redaction, profile->network.proxy.user);
	add_host(redaction, profile->network.proxy.host);
}

/* Profiles that are called as a domain is: "acme", if there is acme.example. */
static void
add_profile_names(struct redaction *redaction, const struct profiles *profiles)
{
	size_t count = redaction->count;

	for (size_t i = 0; i < profiles->count; i++) {
		struct span name = span_from(profiles->named[i].name);

		for (size_t j = 0; j < count; j++) {
			struct span word = span_from(redaction->words[j]);
			struct span rest = word, label;

			if (!domain_is_fqdn(word) || is_known_host(word))
				continue;
			while (span_next_word(&rest, ".", &label))
				if (span_equal_nocase(label, name))
					add_word(redaction, name);
		}
	}
}

/*
 * root names no person, and occurs in many sentences; a number would be found
 * in dates.
 */
static void
add_user(struct redaction *redaction, struct span name)
{
	uint64_t number;

	if (!span_equal(name, SPAN("root")) &&
	    !span_number(name, UINT64_MAX, &number))
		add_word(redaction, name);
}

/* The home folder, and the users that it and the system name. */
static void
add_person(struct redaction *redaction)
{
	char *home = identity_home(), *user = identity_user_name();
	struct span folder = span_from(home);

	add_word(redaction, folder);
	add_user(redaction, span_skip(folder, span_find_last(folder, '/') + 1));
	add_user(redaction, span_from(user));
	free(home);
	free(user);
}

void
redaction_init(struct redaction *redaction, const struct diagnosis *diagnosis)
{
	char host[HOST_NAME_SIZE] = "";
	const struct profile *profile = diagnosis->profile;

	*redaction = (struct redaction){0};
	add_person(redaction);
	if (gethostname(host, sizeof(host) - 1) == 0)
		add_host(redaction, host);
	add_address(redaction, diagnosis->sender);
	if (profile != NULL)
		add_profile(redaction, profile);
	if (diagnosis->profiles != NULL)
		add_profile_names(redaction, diagnosis->profiles);
	for (size_t i = 0; i < diagnosis->outbound.count; i++) {
		add_host(redaction, diagnosis->outbound.items[i].text);
		add_host(redaction, diagnosis->outbound.items[i].name);
	}
	add_survey(redaction, &diagnosis->survey,
	    profile != NULL &&
		(profile->tls_trust != NULL || profile->trust_file != NULL ||
		    profile->trust_folder != NULL));
}

void
redaction_free(struct redaction *redaction)
{
	for (size_t i = 0; i < redaction->count; i++)
		free(redaction->words[i]);
	free(redaction->words);
	*redaction = (struct redaction){0};
}

/* How many octets are the same at the start, in letters of either case. */
static size_t
common_length(struct span a, struct span b)
{
	size_t len = 0;

	while (len < a.len && len < b.len &&
	    ascii_lower(a.at[len]) == ascii_lower(b.at[len]))
		len++;
	return len;
}

/*
 * The length of the longest word that stands at the start; 0: none does. A long
 * one may be cut off.
 */
static size_t
match_word(const struct redaction *redaction, struct span text)
{
	size_t longest = 0;

	for (size_t i = 0; i < redaction->count; i++) {
		struct span word = span_from(redaction->words[i]);
		size_t len = common_length(text, word);
		bool ends = len == text.len || len == 0 ||
		    !is_name_char(word.at[len - 1]) ||
		    !is_name_char(text.at[len]);

		if (len > longest &&
		    (len >= CUT_MIN || (len == word.len && ends)))
			longest = len;
	}
	return longest;
}

static bool
ends_token(char c)
{
	return ascii_is_space(c) || strchr("\"'`<>()[]{}|,;=", c) != NULL;
}

static size_t
token_length(struct span text)
{
	size_t len = 0;

	while (len < text.len && !ends_token(text.at[len]))
		len++;
	return len;
}

/* Words of programs, such as SMTP.Send or smtpost.conf(5). */
static bool
is_technical(struct span name)
{
	size_t dot = span_find(name, '.');
	struct span end = span_skip(name, dot + 1);
	bool has_capital = false, has_small = false;

	if (span_equal(name, SPAN("smtpost.conf")))
		return true;
	for (size_t i = 0; i < end.len; i++) {
		has_capital |= end.at[i] != ascii_lower(end.at[i]);
		has_small |= end.at[i] != ascii_upper(end.at[i]);
	}
	return span_find(end, '.') == end.len && has_capital && has_small;
}

/* Whether it has the form of a host name, and is not known. */
static bool
is_foreign_host(struct span name)
{
	char *copy;
	bool is_id;

	if (!domain_is_fqdn(name) || is_known_host(name) || is_technical(name))
		return false;
	copy = span_copy(name);
	is_id = check_table_find(copy) < check_table_count;
	free(copy);
	return !is_id;
}

/*
 * The length of the address or host name at the start of a part of a token; 0:
 * there is none. `in_path`: it follows a slash, and is the name of a file.
 */
static size_t
match_form(struct span part, bool in_path)
{
	size_t len = 0, end;

	/* No name is as long; a text of many parts must not take long. */
	part = span_head(part, FORM_MAX);
	while (len < part.len && part.at[len] != '/')
		len++;
	part = span_head(part, len);
	if (domain_is_ipv6(span_head(part, span_find(part, '%'))))
		return part.len;
	end = span_find(part, ':');
	while (end > 0 && part.at[end - 1] == '.')
		end--;
	part = span_head(part, end);
	return domain_is_ipv4(part) || (!in_path && is_foreign_host(part))
	    ? part.len
	    : 0;
}

/*
 * The length of a part of a path, up to the next slash or colon, and whether
 * it is the same on many machines.
 */
static size_t
match_part(struct span rest, bool *is_known)
{
	struct span words = SPAN(known_parts), word;
	size_t len = 0;

	while (len < rest.len && rest.at[len] != '/' && rest.at[len] != ':')
		len++;
	*is_known = false;
	while (!*is_known && span_next_word(&words, " ", &word))
		*is_known = span_equal(word, span_head(rest, len));
	return len;
}

static bool
has_at(struct span token)
{
	return token.len > 1 && span_find(token, '@') < token.len;
}

void
redaction_add(
    const struct redaction *redaction, struct span text, struct buf *out)
{
	size_t token_end = 0;
	bool in_path = false;

	for (size_t i = 0; i < text.len;) {
		struct span rest = span_skip(text, i);
		char before = i > 0 ? text.at[i - 1] : ' ';
		/* "%{i}.example.com" is a name of SPF. */
		bool begins_part = before == '.'
		    ? i > 1 && text.at[i - 2] == '}'
		    : !is_name_char(before);
		bool is_url = before == '/' && i > 1 && text.at[i - 2] == '/';
		size_t len = 0;

		if (i >= token_end) {
			size_t token = token_length(rest);

			token_end = i + token;
			in_path = span_starts(rest, SPAN("/")) ||
			    span_starts(rest, SPAN("~/"));
			if (has_at(span_head(rest, token)))
				len = token;
		}
		if (len == 0 && in_path && before == '/') {
			bool is_known;

			len = match_part(
			    span_head(rest, token_end - i), &is_known);
			if (is_known) {
				buf_add_span(out, span_head(rest, len));
				i += len;
				continue;
			}
		}
		if (len == 0 && !is_name_char(before))
			len = match_word(redaction, rest);
		if (len == 0 && begins_part && token_end > i)
			len = match_form(span_head(rest, token_end - i),
			    before == '/' && !is_url);
		if (len > 0)
			buf_add_text(out, STARS);
		else
			buf_add_char(out, text.at[i]);
		in_path |= is_url && len > 0;
		i += len > 0 ? len : 1;
	}
}

static void
replace(const struct redaction *redaction, char **text)
{
	struct buf out = {0};

	if (*text == NULL)
		return;
	redaction_add(redaction, span_from(*text), &out);
	free(*text);
	*text = buf_take_text(&out);
}

void
redaction_apply(const struct redaction *redaction, struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = findings->items[i];

		replace(redaction, &finding->subject);
		replace(redaction, &finding->text);
		replace(redaction, &finding->hint);
		for (size_t j = 0; j < finding->remedy_count; j++) {
			replace(redaction, &finding->remedies[j].dns_name);
			replace(redaction, &finding->remedies[j].value);
		}
		for (size_t j = 0; j < finding->datum_count; j++)
			if (!finding->data[j].is_number)
				replace(redaction, &finding->data[j].text);
	}
}

/* The length of a string with its quotes, at the start of JSON. */
static size_t
string_length(struct span json)
{
	size_t len = 1;

	while (len < json.len && json.at[len] != '"')
		len += json.at[len] == '\\' ? 2 : 1;
	return len < json.len ? len + 1 : json.len;
}

/*
 * Adds a string with its quotes. The escapes of json_text.h are undone before
 * and made anew after, so that none is cut in two.
 */
static void
add_string(
    const struct redaction *redaction, struct span string, struct buf *out)
{
	struct buf plain = {.max = string.len}, redacted = {.max = SIZE_MAX};

	for (size_t i = 1; i + 1 < string.len; i++) {
		char c = string.at[i];

		if (c == '\\') {
			c = string.at[++i];
			if (c == 'n')
				c = '\n';
		}
		buf_add_char(&plain, c);
	}
	redaction_add(redaction, buf_span(&plain), &redacted);
	buf_add_char(out, '"');
	for (size_t i = 0; i < redacted.len; i++) {
		char c = redacted.data[i];

		if (c == '"' || c == '\\' || c == '\n')
			buf_add_char(out, '\\');
		buf_add_char(out, c == '\n' ? 'n' : c);
	}
	buf_add_char(out, '"');
	buf_free(&plain);
	buf_free(&redacted);
}

/* How many strings of the value of this key are hidden. */
static size_t
count_hidden(struct span key)
{
	if (span_equal(key, SPAN("\"greeting\"")))
		return SIZE_MAX;
	/* The first line of the reply to EHLO is a greeting, too. */
	return span_equal(key, SPAN("\"ehlo\"")) ||
	    span_equal(key, SPAN("\"ehlo-tls\""));
}

void
redaction_add_json(
    const struct redaction *redaction, struct span json, struct buf *out)
{
	/* How many strings to hide, at which depth the key before them is. */
	size_t hidden = 0, hidden_depth = 0, depth = 0;

	for (size_t i = 0; i < json.len;) {
		struct span rest = span_skip(json, i);
		bool is_string = rest.at[0] == '"';
		size_t len = is_string ? string_length(rest) : 1;
		struct span piece = span_head(rest, len);

		if (!is_string) {
			depth += strchr("[{", rest.at[0]) != NULL;
			depth -= depth > 0 && strchr("]}", rest.at[0]) != NULL;
			buf_add_char(out, rest.at[0]);
		} else if (len < rest.len && rest.at[len] == ':') {
			if (hidden == 0 || depth <= hidden_depth) {
				hidden = count_hidden(piece);
				hidden_depth = depth;
			}
			buf_add_span(out, piece);
		} else if (hidden > 0) {
			hidden -= hidden != SIZE_MAX;
			buf_add_text(out, "\"" STARS "\"");
		} else {
			add_string(redaction, piece, out);
		}
		if (depth < hidden_depth)
			hidden = hidden_depth = 0;
		i += len;
	}
}
