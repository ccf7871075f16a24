/*
 * Reads records and walks up the tree. Of the records on the way, that of the
 * domain itself counts, else that of the organisational domain.
 */
#include "doctor/dmarc_record.h"

#include <string.h>

#include "doctor/tag_list.h"

#define QUESTIONS_MAX 8
#define LABELS_MAX 8 /* longer names go on with one label less than these */

static bool
read_policy(struct span value, enum dmarc_policy *policy)
{
	if (span_equal_nocase(value, SPAN("none")))
		*policy = DMARC_NOTHING;
	else if (span_equal_nocase(value, SPAN("quarantine")))
		*policy = DMARC_QUARANTINE;
	else if (span_equal_nocase(value, SPAN("reject")))
		*policy = DMARC_REJECT;
	else
		return false;
	return true;
}

static void
read_tag(struct dmarc_record *record, const struct tag *tag, bool *has_below)
{
	static const char *const gone[] = {"pct", "rf", "ri"};
	struct span value = tag->value;

	if (span_equal_nocase(tag->name, SPAN("p"))) {
		if (!read_policy(value, &record->policy))
			record->is_policy_wrong = true;
	} else if (span_equal_nocase(tag->name, SPAN("sp"))) {
		*has_below = read_policy(value, &record->below);
		if (!*has_below)
			record->is_policy_wrong = true;
	} else if (span_equal_nocase(tag->name, SPAN("aspf")))
		record->is_strict_spf = span_equal_nocase(value, SPAN("s"));
	else if (span_equal_nocase(tag->name, SPAN("adkim")))
		record->is_strict_dkim = span_equal_nocase(value, SPAN("s"));
	else if (span_equal_nocase(tag->name, SPAN("t")))
		record->is_test = span_equal_nocase(value, SPAN("y"));
	else if (span_equal_nocase(tag->name, SPAN("psd"))) {
		record->is_suffix = span_equal_nocase(value, SPAN("y"));
		record->is_organisation = span_equal_nocase(value, SPAN("n"));
	}
	for (size_t i = 0; i < 3; i++)
		if (span_equal_nocase(tag->name, span_from(gone[i])))
			record->gone = gone[i];
}

bool
dmarc_record_read(struct dmarc_record *record, struct span text)
{
	struct tag tag;
	enum tag_next next;
	bool has_below = false;

	*record = (struct dmarc_record){0};
	/* A record with anything in front of its version is none. */
	if (text.len == 0 || text.at[0] != 'v' ||
	    tag_list_next(&text, &tag) != TAG_FOUND ||
	    !span_equal(tag.name, SPAN("v")) ||
	    !span_equal(tag.value, SPAN("DMARC1")))
		return false;
	while ((next = tag_list_next(&text, &tag)) == TAG_FOUND)
		read_tag(record, &tag, &has_below);
	record->is_wrong = next == TAG_WRONG;
	if (!has_below)
		record->below = record->policy;
	return true;
}

static size_t
count_labels(const char *name)
{
	size_t count = *name != '\0';

	for (; *name != '\0'; name++)
		count += *name == '.';
	return count;
}

/* The name above this one, by RFC 9989 section 4.10. NULL: there is none. */
static const char *
go_up(const char *name)
{
	size_t labels = count_labels(name);

	do {
		name = strchr(name, '.');
		if (name == NULL)
			return NULL;
		name++;
	} while (labels-- > LABELS_MAX);
	return name;
}

static enum dmarc_result
ask(const char *domain, struct lookup *lookup, struct dmarc_record *record)
{
	struct dns_records list = {0};
	struct buf name = {0};
	enum dmarc_result result = DMARC_NONE;

	buf_add_format(&name, "_dmarc.%s", domain);
	if (lookup_ask(lookup, buf_text(&name), DNS_TXT, &list) == DNS_TROUBLE)
		result = DMARC_TROUBLE;
	for (size_t i = 0; i < list.count && result != DMARC_SEVERAL; i++) {
		struct dmarc_record one;

		if (!dmarc_record_read(&one, list.items[i].data))
			continue;
		result = result == DMARC_NONE ? DMARC_FOUND : DMARC_SEVERAL;
		*record = one;
	}
	dns_answer_free(&list);
	buf_free(&name);
	return result;
}

static void
keep(struct dmarc *dmarc, const struct dmarc_record *record, const char *at)
{
	dmarc->result = DMARC_FOUND;
	dmarc->record = *record;
	memcpy(dmarc->domain, at, strlen(at) + 1);
}

/* Notes a record on the way; true: the walk ends here. */
static bool
note(struct dmarc *dmarc, const struct dmarc_record *record, const char *at,
    const char *below)
{
	bool is_above = record->is_suffix && below != NULL;
	const char *organisation = is_above ? below : at;

	memcpy(dmarc->organisation, organisation, strlen(organisation) + 1);
	if (dmarc->result != DMARC_FOUND || !is_above)
		keep(dmarc, record, at);
	return record->is_suffix || record->is_organisation;
}

void
dmarc_record_find(
    struct dmarc *dmarc, const char *domain, struct lookup *lookup)
{
	struct dmarc_record record, own;
	const char *at = domain, *below = NULL;
	bool has_own = false, has_several = false, is_end = false;

	*dmarc = (struct dmarc){.result = DMARC_NONE};
	if (strlen(domain) >= sizeof(dmarc->domain))
		return;
	memcpy(dmarc->organisation, domain, strlen(domain) + 1);
	for (int i = 0; i < QUESTIONS_MAX && at != NULL && !is_end; i++) {
		switch (ask(at, lookup, &record)) {
		case DMARC_FOUND:
			if (below == NULL) {
				has_own = true;
				own = record;
			}
			is_end = note(dmarc, &record, at, below);
			break;
		case DMARC_NONE:
			break;
		case DMARC_SEVERAL:
			if (below == NULL)
				has_several = true;
			break;
		case DMARC_TROUBLE:
			dmarc->result = DMARC_TROUBLE;
			return;
		}
		below = at;
		at = go_up(at);
	}
	if (has_own)
		keep(dmarc, &own, domain);
	else if (has_several)
		dmarc->result = DMARC_SEVERAL;
	else
		dmarc->record.policy = dmarc->record.below;
}
