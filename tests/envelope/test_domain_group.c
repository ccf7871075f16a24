#include "rows.h"

#include "base/buf.h"
#include "base/mem.h"
#include "envelope/domain_group.h"

struct group_row {
	const char *name;
	const char *paths;  /* separated by blanks; "!" before a settled one */
	const char *groups; /* "DOMAIN:INDEX,INDEX ..." */
};

static const struct group_row rows[] = {
    {"no recipient", "", ""},
    {"one", "a@example.org", "example.org:0"},
    {"two of one domain", "a@example.org b@example.org", "example.org:0,1"},
    {"two domains", "a@one.test b@two.test", "one.test:0 two.test:1"},
    {"two domains in turn", "a@one.test b@two.test c@one.test d@two.test",
	"one.test:0,2 two.test:1,3"},
    {"another case", "a@ONE.test b@one.TEST", "one.test:0,1"},
    {"a part of a domain is another one", "a@test b@one.test c@ne.test",
	"test:0 one.test:1 ne.test:2"},
    {"A-labels", "a@xn--bcher-kva.example b@XN--Bcher-kva.example",
	"xn--bcher-kva.example:0,1"},
    {"literals", "a@[192.0.2.1] b@[192.0.2.2] c@[192.0.2.1]",
	"[192.0.2.1]:0,2 [192.0.2.2]:1"},
    {"literals of IPv6", "a@[IPv6:2001:DB8::1] b@[ipv6:2001:db8::1]",
	"[ipv6:2001:db8::1]:0,1"},
    {"an at sign in a local part", "\"a@x.test\"@one.test b@x.test",
	"one.test:0 x.test:1"},
    {"no domain", "postmaster b@one.test", ":0 one.test:1"},
    {"settled ones are left out", "!a@one.test b@two.test c@one.test",
	"two.test:1 one.test:2"},
    {"all are settled", "!a@one.test !b@two.test", ""},
};

static void
add(struct envelope *envelope, struct span path)
{
	struct recipient *recipient = mem_append(&envelope->recipients,
	    &envelope->count, sizeof(*envelope->recipients));

	if (path.at[0] == '!') {
		recipient->outcome.action = ACTION_RELAYED;
		path = span_skip(path, 1);
	}
	recipient->forward_path = span_copy(path);
}

static void
test_row(void **state)
{
	const struct group_row *row = *state;
	struct span rest = span_from(row->paths), path;
	struct envelope envelope = {0};
	struct domain_groups groups;
	struct buf found = {0};

	while (span_next_word(&rest, " ", &path))
		add(&envelope, path);
	domain_groups_make(&groups, &envelope);
	for (size_t i = 0; i < groups.count; i++) {
		buf_add_format(
		    &found, "%s%s:", i > 0 ? " " : "", groups.items[i].domain);
		for (size_t j = 0; j < groups.items[i].count; j++)
			buf_add_format(&found, "%s%zu", j > 0 ? "," : "",
			    groups.items[i].members[j]);
	}
	assert_string_equal(buf_text(&found), row->groups);
	buf_free(&found);
	domain_groups_free(&groups);
	envelope_free(&envelope);
}

/* Each domain comes twice, and far apart: a search of all would not end. */
static void
test_many(void **state)
{
	enum { DOMAINS = 100000 };
	struct envelope envelope = {0};
	struct domain_groups groups;

	(void)state;
	for (size_t i = 0; i < 2 * (size_t)DOMAINS; i++) {
		struct buf path = {0};

		buf_add_format(&path, "a@d%zu.test", i % DOMAINS);
		add(&envelope, buf_span(&path));
		buf_free(&path);
	}
	domain_groups_make(&groups, &envelope);
	assert_int_equal(groups.count, DOMAINS);
	for (size_t i = 0; i < DOMAINS; i++) {
		assert_int_equal(groups.items[i].count, 2);
		assert_int_equal(groups.items[i].members[0], i);
		assert_int_equal(groups.items[i].members[1], i + DOMAINS);
	}
	domain_groups_free(&groups);
	envelope_free(&envelope);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "groups", rows, ROWS(rows), test_row);
	rows_add_one(&all, "very many domains", test_many);
	return rows_end(&all);
}
