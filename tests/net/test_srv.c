#include "rows.h"

#include "net/srv.h"

/* RFC 2782: each draw is up to the sum of the weights that are left. */
struct order_row {
	const char *name;
	const char *given; /* "priority weight name", separated by commas */
	const char *drawn; /* the numbers, as letters from 'a' = 0 */
	const char *expected, *most;
};

static const struct order_row orders[] = {
    {"none", "", "", "", ""},
    {"one alone is not drawn", "5 9 a", "", "a", ""},
    {"by priority", "30 1 c,10 1 a,20 1 b", "", "abc", ""},
    {"by priority, whatever the weight", "2 100 b,1 0 a", "", "ab", ""},
    {"the first by its weight", "1 3 a,1 2 b", "d", "ab", "f"},
    {"the second by its weight", "1 3 a,1 2 b", "e", "ba", "f"},
    {"weight 0 has a chance", "1 3 a,1 0 b", "a", "ba", "d"},
    {"weight 0 usually comes last", "1 3 a,1 0 b", "b", "ab", "d"},
    {"all of weight 0", "1 0 a,1 0 b", "a", "ab", "a"},
    {"three", "1 1 a,1 1 b,1 1 c", "dc", "cba", "dc"},
    {"two groups", "2 1 c,1 1 a,2 1 d,1 1 b", "cb", "bacd", "cc"},
};

struct lot {
	const char *drawn;
	char most[16];
	size_t count;
};

static unsigned
draw(void *context, unsigned most)
{
	struct lot *lot = context;
	unsigned number = (unsigned)(lot->drawn[lot->count] - 'a');

	lot->most[lot->count++] = (char)('a' + most);
	assert_true(number <= most);
	return number;
}

static void
test_order(void **state)
{
	const struct order_row *row = *state;
	struct lot lot = {.drawn = row->drawn};
	const struct srv_lot rigged = {draw, &lot};
	struct srv_records list = {.count = 0};
	struct span rest = span_from(row->given), item;
	char told[64] = "";

	while (span_next_word(&rest, ",", &item)) {
		struct srv_record *srv = &list.items[list.count++];

		assert_int_equal(sscanf(item.at, "%hu %hu %1s", &srv->priority,
				     &srv->weight, srv->target),
		    3);
	}
	srv_order(&list, &rigged);
	for (size_t i = 0; i < list.count; i++)
		strcat(told, list.items[i].target);
	assert_string_equal(told, row->expected);
	assert_string_equal(lot.most, row->most);
}

static void
test_long_name(void **state)
{
	char domain[300];
	struct srv_records list;
	struct buf reason = {0};

	(void)state;
	memset(domain, 'a', sizeof(domain) - 1);
	domain[sizeof(domain) - 1] = '\0';
	assert_int_equal(
	    srv_find("_submission", domain, INT64_MAX, &list, &reason),
	    SRV_NONE);
	assert_string_equal(buf_text(&reason), "the domain is too long");
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "order", orders, ROWS(orders), test_order);
	rows_add_one(&all, "a domain that is too long", test_long_name);
	return rows_end(&all);
}
