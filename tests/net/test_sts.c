/*
 * The rules of sts_find without a network: no policy can be fetched here.
 * tests/interop/mta_sts has servers.
 */
#include "net/resolver.h"
#include "rows.h"

#include "net/sts.h"

#include <time.h>

#include "base/file.h"
#include "base/wait.h"
#include "net/sts_cache.h"

#define DOMAIN "a.example"
#define RECORD "v=STSv1; id=1;"
#define HOUR ((int64_t)60 * 60)
#define DAY (24 * HOUR)

struct sts_row {
	const char *name;
	/* The cached entry; NULL: none. Its ID is 1. */
	const char *mode;
	int64_t age, max_age;
	const char *failed; /* the ID whose fetch has just failed; or NULL */
	/* What the name server says. */
	enum dns_result answer;
	const char *record;
	/* What must come of it. */
	enum sts_result result;
	bool is_fetched; /* it is tried */
};

static const struct sts_row rows[] = {
    {"no record", NULL, 0, 0, NULL, DNS_NO_NAME, NULL, STS_NONE, false},
    {"no TXT record", NULL, 0, 0, NULL, DNS_NO_DATA, NULL, STS_NONE, false},
    {"another TXT record", NULL, 0, 0, NULL, DNS_FOUND, "v=spf1 -all", STS_NONE,
	false},
    {"a malformed record", NULL, 0, 0, NULL, DNS_FOUND, "v=STSv1; id=-",
	STS_NONE, false},
    {"no answer", NULL, 0, 0, NULL, DNS_TROUBLE, NULL, STS_TROUBLE, false},
    {"a signal", NULL, 0, 0, NULL, DNS_SIGNAL, NULL, STS_SIGNAL, false},
    {"no cached policy", NULL, 0, 0, NULL, DNS_FOUND, RECORD, STS_UNFETCHED,
	true},
    {"a fetch that has just failed", NULL, 0, 0, "1", DNS_FOUND, RECORD,
	STS_UNFETCHED, false},
    {"a fetch of another ID has failed", NULL, 0, 0, "0", DNS_FOUND, RECORD,
	STS_UNFETCHED, true},

    {"cached", "enforce", HOUR, DAY, NULL, DNS_FOUND, RECORD, STS_ENFORCE,
	false},
    {"cached: testing", "testing", HOUR, DAY, NULL, DNS_FOUND, RECORD,
	STS_TESTING, false},
    {"cached: none", "none", HOUR, DAY, NULL, DNS_FOUND, RECORD, STS_NONE,
	false},
    {"cached: the record has gone", "enforce", HOUR, DAY, NULL, DNS_NO_NAME,
	NULL, STS_ENFORCE, false},
    {"cached: the TXT record has gone", "enforce", HOUR, DAY, NULL, DNS_NO_DATA,
	NULL, STS_ENFORCE, false},
    {"cached: another TXT record", "enforce", HOUR, DAY, NULL, DNS_FOUND,
	"v=spf1 -all", STS_ENFORCE, false},
    {"cached: no answer", "enforce", HOUR, DAY, NULL, DNS_TROUBLE, NULL,
	STS_ENFORCE, false},
    {"cached: a signal", "enforce", HOUR, DAY, NULL, DNS_SIGNAL, NULL,
	STS_SIGNAL, false},
    {"cached: another ID", "enforce", HOUR, DAY, NULL, DNS_FOUND,
	"v=STSv1; id=2;", STS_ENFORCE, true},
    {"cached: another ID has just failed", "enforce", HOUR, DAY, "2", DNS_FOUND,
	"v=STSv1; id=2;", STS_ENFORCE, false},
    {"cached: older than a day", "enforce", DAY + HOUR, 9 * DAY, NULL,
	DNS_FOUND, RECORD, STS_ENFORCE, true},
    {"cached: older than a day, and that has failed", "enforce", DAY + HOUR,
	9 * DAY, "1", DNS_FOUND, RECORD, STS_ENFORCE, false},
    {"cached: the clock was set back", "enforce", -HOUR, DAY, NULL, DNS_FOUND,
	RECORD, STS_ENFORCE, true},

    {"expired", "enforce", 2 * HOUR, HOUR, NULL, DNS_FOUND, RECORD,
	STS_UNFETCHED, true},
    {"expired: the record has gone", "enforce", 2 * HOUR, HOUR, NULL,
	DNS_NO_NAME, NULL, STS_NONE, false},
    {"expired: no answer", "enforce", 2 * HOUR, HOUR, NULL, DNS_TROUBLE, NULL,
	STS_TROUBLE, false},
};

static enum dns_result
answer(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	const struct sts_row *row = context;

	assert_int_equal(type, DNS_TXT);
	assert_string_equal(name, "_mta-sts." DOMAIN);
	if (row->answer == DNS_FOUND) {
		list->items = calloc(1, sizeof(*list->items));
		assert_non_null(list->items);
		list->count = 1;
		list->items[0].data = span_from(row->record);
	}
	return row->answer;
}

static void
listen_in(void *context, const char *sentence)
{
	bool *is_fetched = context;

	if (strcmp(sentence, "looking up mta-sts." DOMAIN) == 0)
		*is_fetched = true;
}

static void
fill_cache(const struct sts_row *row, const char *folder)
{
	struct error err = {0};
	struct buf policy = {0}, text = {0};

	if (row->mode != NULL) {
		buf_add_format(&policy,
		    "version: STSv1\nmode: %s\nmx: *.example\nmax_age: %lld\n",
		    row->mode, (long long)row->max_age);
		sts_entry_add(&text, SPAN("1"), (int64_t)time(NULL) - row->age,
		    buf_span(&policy));
		assert_true(
		    sts_cache_store(folder, DOMAIN, buf_span(&text), &err));
	}
	if (row->failed != NULL)
		assert_true(sts_cache_store_failure(
		    folder, DOMAIN, span_from(row->failed), &err));
	buf_free(&policy);
	buf_free(&text);
}

/* Asks; after a fetch that failed, asks again, which does not fetch. */
static void
run_row(const struct sts_row *row, const char *folder)
{
	struct sts_row copy = *row;
	struct name_server name_server = {.ask = answer, .context = &copy};
	struct http_network network = {.family = AF_UNSPEC};
	bool is_fetched = false;
	const struct sts_question question = {
	    .domain = DOMAIN,
	    .name_server = &name_server,
	    .network = &network,
	    .cache = folder,
	    .fetch_deadline = deadline_in(5000),
	    .tell = listen_in,
	    .context = &is_fetched,
	};

	for (int i = 0; i < 2; i++) {
		struct sts_policy policy;
		struct buf reason = {0};
		enum sts_result result =
		    sts_find(&question, &policy, deadline_in(5000), &reason);
		bool has_policy =
		    result == STS_TESTING || result == STS_ENFORCE;

		assert_int_equal(result, row->result);
		if (result == STS_UNFETCHED)
			assert_true(reason.len > 0);
		assert_int_equal(
		    is_fetched, row->is_fetched && (i == 0 || !folder));
		assert_int_equal(
		    sts_policy_has_host(&policy, SPAN("mx.example")),
		    has_policy);
		assert_int_equal(policy.hosts.len > 0, has_policy);
		is_fetched = false;
		sts_policy_free(&policy);
		buf_free(&reason);
	}
}

static void
test_rule(void **state)
{
	const struct sts_row *row = *state;
	char top[] = "/tmp/test_sts.XXXXXX", command[64];
	char *folder;

	assert_non_null(mkdtemp(top));
	folder = file_path_in(top, "sts");
	fill_cache(row, folder);
	run_row(row, folder);
	if (row->mode == NULL && row->failed == NULL)
		run_row(row, NULL);
	free(folder);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	return rows_run("rule", rows, ROWS(rows), test_rule);
}
