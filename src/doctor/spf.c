/*
 * Walks through a record and all that it includes, depth first, as a receiver
 * does if no term matches. Macros are not expanded: what they lead to counts as
 * a look-up, and is not asked for. The walk is bounded, whatever the records
 * say.
 */
#include "doctor/spf.h"

#include <string.h>

/* The walk goes on beyond ten look-ups, so that their number can be shown. */
#define WALK_MAX 40
#define DEPTH_MAX 10
#define HOSTS_MAX 10
#define WORD_MAX ((size_t)128)

/* The records that are being evaluated, from the inner to the outer. */
struct level {
	const char *domain;
	const struct level *outer;
	int depth;
};

struct walk {
	struct spf *spf;
	const char *includes;
	struct lookup *lookup;
};

static void
keep_name(char *kept, struct span name)
{
	size_t len = name.len < DNS_NAME_ROOM ? name.len : DNS_NAME_ROOM - 1;

	memcpy(kept, name.at, len);
	kept[len] = '\0';
}

/* Keeps the first fault only; false, to end the walk. */
static bool
fail(struct spf *spf, enum spf_fault fault, const struct level *level,
    struct span target)
{
	if (spf->fault != SPF_FAULT_NONE)
		return false;
	spf->fault = fault;
	spf->is_behind_provider = spf->is_provider_done;
	keep_name(spf->place, span_from(level->domain));
	if (target.len > 0)
		keep_name(spf->target, target);
	return false;
}

static bool
fail_at_word(struct spf *spf, enum spf_fault fault, const struct level *level,
    const struct spf_term *term)
{
	buf_clear(&spf->word);
	buf_add_span(&spf->word, span_head(term->word, WORD_MAX));
	return fail(spf, fault, level, (struct span){NULL, 0});
}

/* Any mistake makes receivers ignore the record before they evaluate it. */
static bool
check_words(struct spf *spf, struct span text, const struct level *level)
{
	struct spf_term term;
	bool has_redirect = false, has_exp = false;
	enum spf_next next;

	while (
	    (next = spf_record_next(&text, &term, &spf->mistake)) == SPF_TERM) {
		bool *has = term.kind == SPF_REDIRECT ? &has_redirect
		    : term.kind == SPF_EXP	      ? &has_exp
						      : NULL;

		if (has != NULL && *has)
			return fail_at_word(spf, SPF_FAULT_TWICE, level, &term);
		if (has != NULL)
			*has = true;
	}
	return next == SPF_END ||
	    fail_at_word(spf, SPF_FAULT_WORD, level, &term);
}

/* The one SPF record in the list; NULL after a fault. */
static const struct dns_record *
choose(
    struct spf *spf, const struct dns_records *list, const struct level *level)
{
	const struct dns_record *chosen = NULL;

	for (size_t i = 0; i < list->count; i++) {
		if (!spf_record_is(list->items[i].data))
			continue;
		if (chosen != NULL) {
			fail(spf, SPF_FAULT_SEVERAL, level,
			    (struct span){NULL, 0});
			return NULL;
		}
		chosen = &list->items[i];
	}
	if (chosen == NULL && level->outer == NULL)
		fail(spf, SPF_FAULT_MISSING, level, (struct span){NULL, 0});
	else if (chosen == NULL)
		fail(spf, SPF_FAULT_INCLUDE, level->outer,
		    span_from(level->domain));
	return chosen;
}

/* Whether the name exists with records of that type. */
static enum dns_result
ask(struct walk *walk, const char *name, enum dns_type type, size_t *count)
{
	struct dns_records list = {0};
	enum dns_result result = lookup_ask(walk->lookup, name, type, &list);

	*count = list.count;
	dns_answer_free(&list);
	return result;
}

/* Asks for what a, mx and exists need; a void answer is counted. */
static bool
visit_hosts(struct walk *walk, const struct spf_term *term, const char *name,
    const struct level *level)
{
	enum dns_result result;
	size_t count;

	result = ask(walk, name, term->kind == SPF_MX ? DNS_MX : DNS_A, &count);
	if (term->kind == SPF_A && result == DNS_NO_DATA)
		result = ask(walk, name, DNS_AAAA, &count);
	if (result == DNS_TROUBLE)
		return fail(
		    walk->spf, SPF_FAULT_TROUBLE, level, span_from(name));
	if (result != DNS_FOUND)
		walk->spf->voids++;
	if (term->kind == SPF_MX && count > HOSTS_MAX)
		return fail(walk->spf, SPF_FAULT_HOSTS, level, span_from(name));
	return true;
}

/* Counts a look-up; false: the walk is long enough. */
static bool
count_lookup(struct spf *spf)
{
	if (spf->lookups == WALK_MAX) {
		spf->is_cut = true;
		return false;
	}
	spf->lookups++;
	return true;
}

static bool walk_record(struct walk *walk, const struct level *level);

/* include and redirect */
static bool
visit_record(struct walk *walk, const char *name, const struct level *level)
{
	struct level inner = {name, level, level->depth + 1};
	struct spf *spf = walk->spf;
	bool is_provider = !spf->names_provider &&
	    span_has_word(span_from(walk->includes), " ", span_from(name));

	if (is_provider) {
		spf->names_provider = true;
		spf->lookups_before = spf->lookups;
	}
	for (const struct level *at = level; at != NULL; at = at->outer)
		if (span_equal_nocase(span_from(at->domain), span_from(name)))
			return fail(
			    spf, SPF_FAULT_LOOP, level, span_from(name));
	if (inner.depth > DEPTH_MAX) {
		spf->is_cut = true;
		return false;
	}
	if (!walk_record(walk, &inner))
		return false;
	if (is_provider)
		spf->is_provider_done = true;
	return true;
}

/* False: the walk has ended. */
static bool
visit(struct walk *walk, const struct spf_term *term, const struct level *level)
{
	char name[DNS_NAME_ROOM];

	switch (term->kind) {
	case SPF_ALL:
	case SPF_IP4:
	case SPF_IP6:
	case SPF_EXP:
	case SPF_OTHER:
		return true;
	default:
		break;
	}
	if (!count_lookup(walk->spf))
		return false;
	if (term->has_macro || term->kind == SPF_PTR)
		return true;
	keep_name(name,
	    term->domain.len > 0 ? term->domain : span_from(level->domain));
	if (term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT)
		return visit_record(walk, name, level);
	return visit_hosts(walk, term, name, level);
}

/* What is said of the domain's own record only. */
static void
note_own(struct spf *spf, const struct spf_term *term)
{
	switch (term->kind) {
	case SPF_ALL:
		spf->has_all = true;
		spf->all = term->qualifier;
		break;
	case SPF_REDIRECT:
		spf->has_redirect = true;
		break;
	case SPF_PTR:
		spf->has_ptr = true;
		break;
	case SPF_OTHER:
		if (spf->ignored.len > 0 || term->word.len > WORD_MAX ||
		    !spf_record_propose(term, &spf->meant))
			break;
		buf_add_span(&spf->ignored, term->word);
		break;
	default:
		break;
	}
}

/* Terms behind "all" do not count. The walk may end before it comes to them. */
static void
note_all_own(struct spf *spf, struct span text)
{
	struct spf_mistake none = {0};
	struct spf_term term;

	while (spf_record_next(&text, &term, &none) == SPF_TERM)
		if (!spf->has_all || term.kind == SPF_OTHER)
			note_own(spf, &term);
}

/* Terms behind "all" do not count, nor does redirect if there is "all". */
static bool
walk_terms(struct walk *walk, struct span text, const struct level *level)
{
	struct spf_mistake none = {0};
	struct spf_term term, redirect = {.kind = SPF_OTHER};
	bool has_all = false;

	while (spf_record_next(&text, &term, &none) == SPF_TERM) {
		if (term.kind == SPF_REDIRECT)
			redirect = term;
		else if (term.kind == SPF_ALL)
			has_all = true;
		else if (!has_all && !visit(walk, &term, level))
			return false;
	}
	return has_all || visit(walk, &redirect, level);
}

static bool
walk_record(struct walk *walk, const struct level *level)
{
	struct dns_records list = {0};
	struct spf *spf = walk->spf;
	const struct dns_record *record;
	bool goes_on = false;

	switch (lookup_ask(walk->lookup, level->domain, DNS_TXT, &list)) {
	case DNS_FOUND:
		break;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		if (level->outer != NULL)
			spf->voids++;
		break;
	case DNS_TROUBLE:
	case DNS_SIGNAL:
		fail(spf, SPF_FAULT_TROUBLE, level, span_from(level->domain));
		break;
	}
	record =
	    spf->fault == SPF_FAULT_NONE ? choose(spf, &list, level) : NULL;
	if (record != NULL) {
		if (level->outer == NULL)
			buf_add_span(&spf->text, record->data);
		goes_on = check_words(spf, record->data, level);
		if (!goes_on)
			spf->is_in_strings = record->strings > 1;
		else if (level->outer == NULL)
			note_all_own(spf, record->data);
		goes_on = goes_on && walk_terms(walk, record->data, level);
	}
	dns_answer_free(&list);
	return goes_on;
}

void
spf_judge(struct spf *spf, const char *domain, const char *includes,
    struct lookup *lookup)
{
	struct walk walk = {spf, includes, lookup};
	const struct level level = {.domain = domain};

	walk_record(&walk, &level);
}

void
spf_free(struct spf *spf)
{
	buf_free(&spf->word);
	buf_free(&spf->mistake.proposal);
	buf_free(&spf->text);
	buf_free(&spf->ignored);
	buf_free(&spf->meant);
}
