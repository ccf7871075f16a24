#include "fuzz/fuzz.h"

#include "doctor/spf.h"

/* The lines of the input are the records of a.org, b.org, ... */
struct zone {
	struct span lines;
};

static enum dns_result
ask(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	const struct zone *zone = context;
	struct span rest = zone->lines, line;

	CLAIM(strlen(name) < DNS_NAME_ROOM);
	if (strlen(name) != 5 || strcmp(name + 1, ".org") != 0)
		return DNS_NO_NAME;
	for (char letter = 'a'; rest.len > 0; letter++) {
		size_t end = span_find(rest, '\n');

		line = span_head(rest, end);
		rest = span_skip(rest, end + 1);
		if (letter != ascii_lower(name[0]))
			continue;
		list->items = calloc(1, sizeof(*list->items));
		CLAIM(list->items != NULL);
		list->count = 1;
		list->items[0].data = line;
		list->items[0].strings = 1;
		return type == DNS_TXT || line.len % 2 == 0 ? DNS_FOUND
							    : DNS_NO_DATA;
	}
	return DNS_NO_NAME;
}

/* A proposal is a term. */
static void
check_proposal(const struct buf *proposal)
{
	struct buf record = {0};
	struct span rest;
	struct spf_term term;
	struct spf_mistake mistake = {0};

	if (proposal->len == 0)
		return;
	buf_add_text(&record, "v=spf1 ");
	buf_add_span(&record, buf_span(proposal));
	rest = buf_span(&record);
	CLAIM(spf_record_next(&rest, &term, &mistake) == SPF_TERM);
	CLAIM(spf_record_next(&rest, &term, &mistake) == SPF_END);
	buf_free(&record);
	buf_free(&mistake.proposal);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone zone = {fuzz_input(data, size)};
	struct lookup lookup = {.ask = ask, .context = &zone};
	struct spf spf = {0};

	spf_judge(&spf, "a.org", "b.org", &lookup);
	CLAIM(spf.lookups <= 40);
	CLAIM(lookup.asked <= 100);
	CLAIM(spf.lookups_before <= spf.lookups);
	CLAIM((spf.fault == SPF_FAULT_WORD) == (spf.mistake.why != NULL));
	CLAIM(spf.word.len <= 128);
	check_proposal(&spf.mistake.proposal);
	check_proposal(&spf.meant);
	spf_free(&spf);
	return 0;
}
