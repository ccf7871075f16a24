/*
 * Evaluates the terms from left to right until one fits. A syntax error
 * anywhere in a record comes before its terms. Look-ups are counted when they
 * are made, so a term that fits hides faults behind it other than of syntax. A
 * record that includes itself ends at the limit of look-ups.
 */
#include "doctor/spf_verdict.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "address/domain.h"
#include "doctor/spf.h"
#include "doctor/spf_macro.h"

#define HOSTS_MAX 10 /* RFC 7208 section 4.6.4: of mx, and of ptr */
#define NAME_LEN_MAX ((size_t)DNS_NAME_ROOM - 1)
#define LABEL_MAX ((size_t)63)
#define WORD_MAX ((size_t)128)

struct run {
	struct spf_verdict *verdict;
	const struct spf_mail *mail;
	struct lookup *lookup;
};

/* Whether a term fits; the last two end the evaluation. */
enum match { MATCH_NO, MATCH_YES, MATCH_TEMPERROR, MATCH_PERMERROR };

static enum spf_result check_host(
    struct run *run, const char *domain, bool is_included);

/* The first error is kept. */
static enum match
fail_at(struct run *run, enum match match, const char *name, const char *why)
{
	if (run->verdict->why.len == 0)
		buf_add_format(&run->verdict->why, "%s%s%s", name,
		    name[0] != '\0' ? " " : "", why);
	return match;
}

/* MATCH_YES: there are records; MATCH_NO: there are none. */
static enum match
ask(struct run *run, const char *name, enum dns_type type,
    struct dns_records *list)
{
	switch (lookup_ask(run->lookup, name, type, list)) {
	case DNS_FOUND:
		return MATCH_YES;
	case DNS_TROUBLE:
	case DNS_SIGNAL:
		if (run->verdict->why.len == 0)
			buf_add_format(&run->verdict->why,
			    "cannot look up %s: %s", name,
			    buf_text(&run->lookup->trouble));
		return MATCH_TEMPERROR;
	default:
		break;
	}
	if (++run->verdict->voids > SPF_VOIDS_MAX)
		return fail_at(run, MATCH_PERMERROR, "",
		    "more than 2 look-ups find nothing");
	return MATCH_NO;
}

/* Whether the name has an address in the mail's network. */
static enum match
match_address(struct run *run, const char *name, const struct spf_term *term)
{
	struct dns_records list = {0};
	bool is_ip4 = run->mail->is_ip4;
	enum match match = ask(run, name, is_ip4 ? DNS_A : DNS_AAAA, &list);

	if (match == MATCH_YES)
		match = MATCH_NO;
	for (size_t i = 0; i < list.count && match == MATCH_NO; i++)
		if (spf_mail_is_in(run->mail, list.items[i].data,
			is_ip4 ? term->prefix_ip4 : term->prefix_ip6))
			match = MATCH_YES;
	dns_answer_free(&list);
	return match;
}

static enum match
match_mx(struct run *run, const char *name, const struct spf_term *term)
{
	struct dns_records list = {0};
	enum match match = ask(run, name, DNS_MX, &list);

	if (match == MATCH_YES)
		match = MATCH_NO;
	if (list.count > HOSTS_MAX)
		match = fail_at(run, MATCH_PERMERROR, name,
		    "has more than 10 mail servers");
	for (size_t i = 0; i < list.count && match == MATCH_NO; i++)
		if (list.items[i].target[0] != '\0')
			match = match_address(run, list.items[i].target, term);
	dns_answer_free(&list);
	return match;
}

/* How near a name of the address is to the wanted domain. */
enum nearness { FAR, NEAR_ANY, NEAR_BELOW, NEAR_SAME };

static enum nearness
nearness_of(const char *name, const char *domain)
{
	if (span_equal_nocase(span_from(name), span_from(domain)))
		return NEAR_SAME;
	return domain_is_in(span_from(name), span_from(domain)) ? NEAR_BELOW
								: NEAR_ANY;
}

/*
 * RFC 7208 section 5.5: looks for the nearest name of the address that leads
 * back to it, and copies that to `kept`, an array of DNS_NAME_ROOM octets.
 * What cannot be looked up is passed over.
 */
static enum match
find_name(struct run *run, const char *domain, enum nearness least, char *kept)
{
	static const struct spf_term whole = {
	    .prefix_ip4 = 32, .prefix_ip6 = 128};
	const struct spf_macro_values values = {run->mail, domain, NULL};
	struct dns_records list = {0};
	struct buf reverse = {0};
	enum nearness best = least - 1;
	enum match match;

	spf_macro_expand(SPAN("%{ir}.%{v}.arpa"), &values, &reverse);
	match = ask(run, buf_text(&reverse), DNS_PTR, &list);
	for (size_t i = 0;
	     i < list.count && i < HOSTS_MAX && match != MATCH_PERMERROR; i++) {
		const char *name = list.items[i].target;
		enum nearness nearness = nearness_of(name, domain);

		/* All are asked for: receivers count what is not there. */
		if (name[0] != '\0')
			match = match_address(run, name, &whole);
		if (match == MATCH_YES && nearness > best) {
			best = nearness;
			memcpy(kept, name, strlen(name) + 1);
		}
	}
	dns_answer_free(&list);
	buf_free(&reverse);
	if (match == MATCH_PERMERROR)
		return match;
	buf_clear(&run->verdict->why);
	return best >= least ? MATCH_YES : MATCH_NO;
}

/* Whether each label has 1 to 63 octets. */
static bool
is_name(struct span name)
{
	struct span rest = name;

	while (rest.len > 0) {
		size_t len = span_find(rest, '.');

		if (len == 0 || len > LABEL_MAX || len + 1 == rest.len)
			return false;
		rest = span_skip(rest, len + 1);
	}
	/* The look-up takes a string, in which a backslash is special. */
	return name.len > 0 && span_find(name, '\0') == name.len &&
	    span_find(name, '\\') == name.len;
}

/*
 * The name that a term leads to, RFC 7208 section 7.3. MATCH_YES: `name`, an
 * array of DNS_NAME_ROOM octets, has it; MATCH_NO: it is none.
 */
static enum match
expand(struct run *run, const struct spf_term *term, const char *domain,
    char *name)
{
	struct spf_macro_values values = {run->mail, domain, NULL};
	char own[DNS_NAME_ROOM];
	struct buf text = {0};
	enum match match = MATCH_NO;
	struct span rest;

	if (term->domain.len == 0)
		buf_add_text(&text, domain);
	else {
		if (spf_macro_needs_name(term->domain))
			match = find_name(run, domain, NEAR_ANY, own);
		if (match == MATCH_PERMERROR)
			return match;
		if (match == MATCH_YES)
			values.name = own;
		spf_macro_expand(term->domain, &values, &text);
	}
	rest = buf_span(&text);
	if (rest.len > 0 && rest.at[rest.len - 1] == '.')
		rest.len--;
	while (rest.len > NAME_LEN_MAX && span_find(rest, '.') < rest.len)
		rest = span_skip(rest, span_find(rest, '.') + 1);
	match = !text.full && rest.len <= NAME_LEN_MAX && is_name(rest)
	    ? MATCH_YES
	    : MATCH_NO;
	if (match == MATCH_YES) {
		memcpy(name, rest.at, rest.len);
		name[rest.len] = '\0';
	}
	buf_free(&text);
	return match;
}

/* RFC 7208 section 5.2 */
static enum match
match_include(struct run *run, const char *name)
{
	switch (check_host(run, name, true)) {
	case SPF_RESULT_PASS:
		return MATCH_YES;
	case SPF_RESULT_TEMPERROR:
		return MATCH_TEMPERROR;
	case SPF_RESULT_PERMERROR:
		return MATCH_PERMERROR;
	case SPF_RESULT_NONE:
		return fail_at(run, MATCH_PERMERROR, name, "has no SPF record");
	default:
		return MATCH_NO;
	}
}

static enum match
count_lookup(struct run *run)
{
	if (++run->verdict->lookups > SPF_LOOKUPS_MAX)
		return fail_at(run, MATCH_PERMERROR, "",
		    "more than 10 look-ups are needed");
	return MATCH_YES;
}

/* The terms that need a look-up. */
static enum match
match_name(struct run *run, const struct spf_term *term, const char *domain)
{
	struct dns_records list = {0};
	char name[DNS_NAME_ROOM], own[DNS_NAME_ROOM];
	enum match match = count_lookup(run);

	if (match == MATCH_YES)
		match = expand(run, term, domain, name);
	if (match == MATCH_NO && term->kind == SPF_INCLUDE)
		return fail_at(run, MATCH_PERMERROR, "",
		    "the domain to include is no domain name");
	if (match != MATCH_YES)
		return match;
	switch (term->kind) {
	case SPF_INCLUDE:
		return match_include(run, name);
	case SPF_A:
		return match_address(run, name, term);
	case SPF_MX:
		return match_mx(run, name, term);
	case SPF_PTR:
		return find_name(run, name, NEAR_BELOW, own);
	default:
		match = ask(run, name, DNS_A, &list);
		dns_answer_free(&list);
		return match;
	}
}

static enum match
match_network(struct run *run, const struct spf_term *term)
{
	bool is_ip4 = term->kind == SPF_IP4;
	unsigned char network[16];
	char text[INET6_ADDRSTRLEN];

	if (is_ip4 != run->mail->is_ip4 || term->network.len >= sizeof(text))
		return MATCH_NO;
	memcpy(text, term->network.at, term->network.len);
	text[term->network.len] = '\0';
	if (inet_pton(is_ip4 ? AF_INET : AF_INET6, text, network) != 1)
		return MATCH_NO;
	return spf_mail_is_in(run->mail,
		   (struct span){(const char *)network, is_ip4 ? 4 : 16},
		   is_ip4 ? term->prefix_ip4 : term->prefix_ip6)
	    ? MATCH_YES
	    : MATCH_NO;
}

static enum match
match_term(struct run *run, const struct spf_term *term, const char *domain)
{
	switch (term->kind) {
	case SPF_ALL:
		return MATCH_YES;
	case SPF_IP4:
	case SPF_IP6:
		return match_network(run, term);
	case SPF_REDIRECT:
	case SPF_EXP:
	case SPF_OTHER:
		return MATCH_NO;
	default:
		return match_name(run, term, domain);
	}
}

static enum spf_result
result_of(char qualifier)
{
	switch (qualifier) {
	case '-':
		return SPF_RESULT_FAIL;
	case '~':
		return SPF_RESULT_SOFTFAIL;
	case '?':
		return SPF_RESULT_NEUTRAL;
	default:
		return SPF_RESULT_PASS;
	}
}

/* Notes where the result of the whole, or its first error, comes from. */
static void
note(struct run *run, const char *domain, struct span word)
{
	struct spf_verdict *verdict = run->verdict;

	if (verdict->place[0] != '\0')
		return;
	memcpy(verdict->place, domain, strlen(domain) + 1);
	buf_add_span(&verdict->term, span_head(word, WORD_MAX));
}

static enum spf_result
redirect(struct run *run, const struct spf_term *term, const char *domain,
    bool is_included)
{
	char name[DNS_NAME_ROOM];
	enum match match = count_lookup(run);
	enum spf_result result = SPF_RESULT_NONE;

	if (match == MATCH_YES)
		match = expand(run, term, domain, name);
	if (match == MATCH_PERMERROR)
		result = SPF_RESULT_PERMERROR;
	else if (match == MATCH_YES)
		result = check_host(run, name, is_included);
	if (result == SPF_RESULT_NONE) {
		fail_at(run, MATCH_PERMERROR,
		    match == MATCH_YES ? name : "the target of redirect",
		    match == MATCH_YES ? "has no SPF record"
				       : "is no domain name");
		result = SPF_RESULT_PERMERROR;
	}
	if (result == SPF_RESULT_PERMERROR)
		note(run, domain, term->word);
	return result;
}

static enum spf_result
evaluate(
    struct run *run, struct span text, const char *domain, bool is_included)
{
	struct spf_term term, target = {.kind = SPF_OTHER};
	struct spf_mistake none = {0};

	while (spf_record_next(&text, &term, &none) == SPF_TERM) {
		if (term.kind == SPF_REDIRECT)
			target = term;
		switch (match_term(run, &term, domain)) {
		case MATCH_NO:
			break;
		case MATCH_YES:
			if (!is_included)
				note(run, domain, term.word);
			return result_of(term.qualifier);
		case MATCH_TEMPERROR:
			note(run, domain, term.word);
			return SPF_RESULT_TEMPERROR;
		case MATCH_PERMERROR:
			note(run, domain, term.word);
			return SPF_RESULT_PERMERROR;
		}
	}
	return target.kind == SPF_REDIRECT
	    ? redirect(run, &target, domain, is_included)
	    : SPF_RESULT_NEUTRAL;
}

/* RFC 7208 section 4.6: an error anywhere makes all of the record void. */
static bool
check_words(struct run *run, struct span text, const char *domain)
{
	struct spf_mistake mistake = {0};
	bool has_redirect = false, has_exp = false;
	const char *why = NULL;
	struct spf_term term;
	enum spf_next next;

	while ((next = spf_record_next(&text, &term, &mistake)) == SPF_TERM) {
		bool *has = term.kind == SPF_REDIRECT ? &has_redirect
		    : term.kind == SPF_EXP	      ? &has_exp
						      : NULL;

		if (has != NULL && *has) {
			why = "is there for the second time";
			break;
		}
		if (has != NULL)
			*has = true;
	}
	if (next == SPF_WRONG)
		why = mistake.why;
	buf_free(&mistake.proposal);
	if (why == NULL)
		return true;
	if (run->verdict->why.len == 0) {
		buf_add_span(
		    &run->verdict->why, span_head(term.word, WORD_MAX));
		buf_add_format(&run->verdict->why, " %s", why);
	}
	note(run, domain, term.word);
	return false;
}

/* RFC 7208 sections 4.4 and 4.5 */
static enum spf_result
check_host(struct run *run, const char *domain, bool is_included)
{
	struct dns_records list = {0};
	const struct dns_record *record = NULL;
	enum spf_result result = SPF_RESULT_NONE;
	enum match match = ask(run, domain, DNS_TXT, &list);

	for (size_t i = 0; i < list.count && match == MATCH_YES; i++) {
		if (!spf_record_is(list.items[i].data))
			continue;
		if (record != NULL)
			match = fail_at(run, MATCH_PERMERROR, domain,
			    "has two SPF records");
		record = &list.items[i];
	}
	if (record != NULL && run->verdict->record.len == 0)
		buf_add_span(&run->verdict->record, record->data);
	if (match == MATCH_TEMPERROR)
		result = SPF_RESULT_TEMPERROR;
	else if (match == MATCH_PERMERROR ||
	    (record != NULL && !check_words(run, record->data, domain)))
		result = SPF_RESULT_PERMERROR;
	else if (record != NULL)
		result = evaluate(run, record->data, domain, is_included);
	if (match == MATCH_TEMPERROR || match == MATCH_PERMERROR)
		note(run, domain, (struct span){NULL, 0});
	dns_answer_free(&list);
	return result;
}

void
spf_verdict_find(struct spf_verdict *verdict, const struct spf_mail *mail,
    const char *domain, struct lookup *lookup)
{
	struct run run = {verdict, mail, lookup};

	if (strlen(domain) < DNS_NAME_ROOM)
		verdict->result = check_host(&run, domain, false);
}

const char *
spf_verdict_name(enum spf_result result)
{
	static const char *const names[] = {"none", "neutral", "pass", "fail",
	    "softfail", "temperror", "permerror"};

	return names[result];
}

void
spf_verdict_free(struct spf_verdict *verdict)
{
	buf_free(&verdict->term);
	buf_free(&verdict->why);
	buf_free(&verdict->record);
}
