/* Host names to addresses: their order, their maximum, and failures. */
#include "rows.h"

#include "net/host.h"

#include <signal.h>

#include "base/wait.h"
#include "resolver.h"

#define LONG 20000

struct resolve_row {
	const char *name;
	const char *host;
	enum host_result result;
	const char *expected; /* addresses, or the reason */
	int family;
};

static enum host_result
resolve(const char *host, int family, struct host_addresses *list,
    struct buf *reason)
{
	const struct host_question question = {
	    .host = host, .port = 25, .family = family};

	return host_resolve(&question, deadline_in(LONG), list, reason);
}

static const struct resolve_row resolves[] = {
    {"one", "four.test", HOST_FOUND, "127.0.0.1", AF_UNSPEC},
    {"one of the other family", "six.test", HOST_FOUND, "::1", AF_UNSPEC},
    {"families in turn", "mixed.test", HOST_FOUND,
	"2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 2001:db8::3", AF_UNSPEC},
    {"the system's first comes first", "four-first.test", HOST_FOUND,
	"192.0.2.1 2001:db8::1 192.0.2.2", AF_UNSPEC},
    {"an unusable address", "nowhere.test", HOST_UNKNOWN,
	"the name has no usable address", AF_UNSPEC},
    {"an unusable address and another", "partly-nowhere.test", HOST_FOUND,
	"127.0.0.1", AF_UNSPEC},
    {"no name", "no-name.test", HOST_UNKNOWN, "the name does not exist",
	AF_UNSPEC},
    {"no data", "no-data.test", HOST_UNKNOWN, "the name has no address",
	AF_UNSPEC},
    {"again", "again.test", HOST_TROUBLE, "the name server does not answer",
	AF_UNSPEC},
    {"fail", "fail.test", HOST_TROUBLE, "the name server reports a failure",
	AF_UNSPEC},
    {"system", "system.test", HOST_TROUBLE,
	"cannot resolve the name: Too many open files", AF_UNSPEC},
    {"IPv4 only", "mixed.test", HOST_FOUND, "192.0.2.1 192.0.2.2", AF_INET},
    {"IPv6 only", "both.test", HOST_FOUND, "::1", AF_INET6},
    {"no IPv6 address", "four.test", HOST_UNKNOWN,
	"the name has no IPv6 address", AF_INET6},
    {"no IPv4 address", "six.test", HOST_UNKNOWN,
	"the name has no IPv4 address", AF_INET},
    {"no name or no address", "no-name.test", HOST_UNKNOWN,
	"the name does not exist, or has no IPv4 address", AF_INET},
    {"no answer for a family", "again.test", HOST_TROUBLE,
	"the name server does not answer", AF_INET6},
    {"the resolver dies", "dies.test", HOST_TROUBLE,
	"cannot resolve the name: the resolver process died", AF_UNSPEC},
};

static void
test_resolve(void **state)
{
	const struct resolve_row *row = *state;
	struct buf text = {0};
	struct host_addresses list;

	assert_int_equal(
	    resolve(row->host, row->family, &list, &text), row->result);
	for (size_t i = 0; i < list.count; i++) {
		buf_add_text(&text, i > 0 ? " " : "");
		host_add_address(&text, &list.items[i].socket);
	}
	assert_string_equal(buf_text(&text), row->expected);
	buf_free(&text);
}

/* A resolver that hangs is ended at the deadline. */
static void
test_resolve_hangs(void **state)
{
	const struct host_question question = {.host = "hangs.test"};
	struct host_addresses list;
	struct buf text = {0};
	int64_t before = clock_now();

	(void)state;
	assert_int_equal(
	    host_resolve(&question, deadline_in(100), &list, &text),
	    HOST_TROUBLE);
	assert_string_equal(
	    buf_text(&text), "the name server does not answer in time");
	assert_true(clock_now() - before < LONG);
	buf_free(&text);
}

/* A caller that ignores SIGCHLD also gets the answer. */
static void
test_resolve_ignored(void **state)
{
	struct host_addresses list;
	struct buf text = {0};

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(
	    resolve("both.test", AF_UNSPEC, &list, &text), HOST_FOUND);
	assert_int_equal(list.count, 2);
	signal(SIGCHLD, SIG_DFL);
	buf_free(&text);
}

static void
test_resolve_bound(void **state)
{
	struct buf text = {0};
	struct host_addresses list;

	(void)state;
	assert_int_equal(
	    resolve("many.test", AF_UNSPEC, &list, &text), HOST_FOUND);
	assert_int_equal(list.count, HOST_ADDRESSES_MAX);
	buf_free(&text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "resolve", resolves, ROWS(resolves), test_resolve);
	rows_add_one(&all, "a bound", test_resolve_bound);
	rows_add_one(&all, "a deadline", test_resolve_hangs);
	rows_add_one(&all, "SIGCHLD is ignored", test_resolve_ignored);
	return rows_end(&all);
}
