#include "fuzz/fuzz.h"

#include "doctor/spf_verdict.h"

/*
 * The lines of the input are the records of a.org, b.org, ... Their addresses,
 * mail servers and names depend on the first octet of their line.
 */
struct zone {
	struct span lines;
};

static void
fill(struct dns_records *list, struct span line, enum dns_type type)
{
	unsigned char seed = line.len > 0 ? (unsigned char)line.at[0] : 0;
	size_t count = type == DNS_TXT ? 1 : seed % 12;

	list->items = calloc(count + 1, sizeof(*list->items));
	CLAIM(list->items != NULL);
	list->count = count;
	for (size_t i = 0; i < count; i++) {
		struct dns_record *item = &list->items[i];

		item->strings = 1;
		if (type == DNS_TXT)
			item->data = line;
		else if (type == DNS_MX || type == DNS_PTR)
			snprintf(item->target, sizeof(item->target), "%c.org",
			    'a' + (int)((seed + i) % 26));
		else
			item->data =
			    span_head(SPAN("\300\000\002\005aaaaaaaaaaaa"),
				type == DNS_A ? 4 : 16);
	}
}

static enum dns_result
ask(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	const struct zone *zone = context;
	struct span rest = zone->lines, line = {NULL, 0};
	char letter = ascii_lower(name[0]);

	CLAIM(strlen(name) < DNS_NAME_ROOM && name[0] != '\0');
	/* Names of other zones exist, too. */
	if (type == DNS_PTR)
		letter = 'b';
	else if (strlen(name) != 5 || strcmp(name + 1, ".org") != 0)
		return DNS_NO_NAME;
	if (letter < 'a' || letter > 'z')
		return DNS_TROUBLE;
	for (char at = 'a'; at <= letter; at++) {
		size_t end = span_find(rest, '\n');

		if (rest.len == 0)
			return DNS_NO_NAME;
		line = span_head(rest, end);
		rest = span_skip(rest, end + 1);
	}
	fill(list, line, type);
	return list->count > 0 ? DNS_FOUND : DNS_NO_DATA;
}

/* The first line is the local part. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	size_t end = span_find(input, '\n');
	struct zone zone = {span_skip(input, end + 1)};
	struct lookup lookup = {.ask = ask, .context = &zone};
	struct spf_mail mail = {.is_ip4 = size % 2 == 0,
	    .address = {192, 0, 2, 5},
	    .local = span_head(input, end),
	    .domain = SPAN("a.org"),
	    .helo = SPAN("b.org")};
	struct spf_verdict verdict = {0};

	spf_verdict_find(&verdict, &mail, "a.org", &lookup);
	CLAIM(verdict.lookups <= 11);
	CLAIM(verdict.voids <= 3);
	CLAIM(lookup.asked <= 250);
	CLAIM(verdict.term.len <= 128);
	CLAIM(
	    (verdict.result >= SPF_RESULT_TEMPERROR) == (verdict.why.len > 0));
	CLAIM(verdict.result < SPF_RESULT_PASS ||
	    verdict.result > SPF_RESULT_SOFTFAIL || verdict.term.len > 0);
	spf_verdict_free(&verdict);
	return 0;
}
