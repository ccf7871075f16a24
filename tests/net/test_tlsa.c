/* At which names TLSA records are asked for, and what the answers mean. */
#include "rows.h"

#include "base/mem.h"
#include "net/tlsa.h"

/* Answers to the questions, in any order; the last one ends with NULL. */
struct answer {
	const char *name;
	enum dns_type type;
	enum dns_result result;
	bool is_insecure;
	const char *records[3]; /* "3 1 1"; its data is a digest of '1'... */
};

struct row {
	const char *name;
	const char *owner; /* NULL: the host is no alias */
	bool is_insecure;  /* the addresses of the host */
	bool is_mx_insecure, is_implicit, is_literal;
	const char *domain; /* NULL: example.org */
	struct answer answers[4];
	enum tlsa_result expected;
	const char *base;  /* of FOUND */
	const char *names; /* of FOUND, with commas */
	const char *asked; /* the questions about TLSA and CNAME, in order */
};

#define MX "mx.example.net"
#define AT_MX "_25._tcp.mx.example.net"
#define AT_OWNER "_25._tcp.host.example.com"
#define ALL_NAMES MX ",example.org,mail.example.org"

static const struct row rows[] = {
    {"found", .answers = {{AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = ALL_NAMES,
	.asked = AT_MX " "},
    {"none", .answers = {{AT_MX, DNS_TLSA, DNS_NO_DATA}}, .expected = TLSA_NONE,
	.asked = AT_MX " "},
    {"no such name", .answers = {{AT_MX, DNS_TLSA, DNS_NO_NAME}},
	.expected = TLSA_NONE, .asked = AT_MX " "},
    {"no answer, or a forged one", .answers = {{AT_MX, DNS_TLSA, DNS_TROUBLE}},
	.expected = TLSA_TROUBLE, .asked = AT_MX " "},
    {"a signal", .answers = {{AT_MX, DNS_TLSA, DNS_SIGNAL}},
	.expected = TLSA_SIGNAL, .asked = AT_MX " "},
    {"records without DNSSEC",
	.answers = {{AT_MX, DNS_TLSA, DNS_FOUND, true, {"3 1 1"}}},
	.expected = TLSA_NONE, .asked = AT_MX " "},
    {"a host without DNSSEC is not asked about", .is_insecure = true,
	.answers = {{AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_NONE, .asked = ""},
    {"nor is an address", .is_literal = true,
	.answers = {{AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_NONE, .asked = ""},
    {"usages that mail does not use",
	.answers = {{AT_MX, DNS_TLSA, .records = {"0 1 1", "1 1 1"}}},
	.expected = TLSA_UNUSABLE, .asked = AT_MX " "},
    {"one of three can be used",
	.answers = {{AT_MX, DNS_TLSA, .records = {"1 1 1", "2 1 1", "3 9 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = ALL_NAMES,
	.asked = AT_MX " "},
    {"MX records without DNSSEC", .is_mx_insecure = true,
	.answers = {{AT_MX, DNS_TLSA, .records = {"2 1 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = MX, .asked = AT_MX " "},
    {"no MX record", .is_mx_insecure = true, .is_implicit = true, .domain = MX,
	.answers = {{AT_MX, DNS_TLSA, .records = {"2 1 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = MX, .asked = AT_MX " "},
    {"no MX record, and an alias without DNSSEC", .is_insecure = true,
	.is_mx_insecure = true, .is_implicit = true, .domain = MX,
	.owner = "mail.example.org",
	.answers = {{MX, DNS_CNAME}, {AT_MX, DNS_TLSA, .records = {"2 1 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = MX,
	.asked = MX " " AT_MX " "},
    {"an alias: at its target", .owner = "host.example.com",
	.answers = {{AT_OWNER, DNS_TLSA, .records = {"3 1 1"}},
	    {AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_FOUND, .base = "host.example.com",
	.names = "host.example.com," ALL_NAMES, .asked = AT_OWNER " "},
    {"an alias: at its own name", .owner = "host.example.com",
	.answers = {{AT_OWNER, DNS_TLSA, DNS_NO_DATA},
	    {AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = ALL_NAMES,
	.asked = AT_OWNER " " AT_MX " "},
    {"an alias: neither", .owner = "host.example.com",
	.answers = {{AT_OWNER, DNS_TLSA, DNS_NO_NAME},
	    {AT_MX, DNS_TLSA, DNS_NO_NAME}},
	.expected = TLSA_NONE, .asked = AT_OWNER " " AT_MX " "},
    {"an alias: unusable records at its target count",
	.owner = "host.example.com",
	.answers = {{AT_OWNER, DNS_TLSA, .records = {"1 1 1"}},
	    {AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_UNUSABLE, .asked = AT_OWNER " "},
    {"an alias: no answer about its target", .owner = "host.example.com",
	.answers = {{AT_OWNER, DNS_TLSA, DNS_TROUBLE},
	    {AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_TROUBLE, .asked = AT_OWNER " "},
    {"an alias without DNSSEC at its target", .owner = "host.example.com",
	.is_insecure = true,
	.answers = {{MX, DNS_CNAME}, {AT_MX, DNS_TLSA, .records = {"3 1 1"}}},
	.expected = TLSA_FOUND, .base = MX, .names = ALL_NAMES,
	.asked = MX " " AT_MX " "},
    {"an alias without DNSSEC itself", .owner = "host.example.com",
	.is_insecure = true, .answers = {{MX, DNS_CNAME, DNS_FOUND, true}},
	.expected = TLSA_NONE, .asked = MX " "},
    {"an alias that cannot be asked for", .owner = "host.example.com",
	.is_insecure = true, .answers = {{MX, DNS_CNAME, DNS_TROUBLE}},
	.expected = TLSA_TROUBLE, .asked = MX " "},
    {"an alias whose name server denies it", .owner = "host.example.com",
	.is_insecure = true, .answers = {{MX, DNS_CNAME, DNS_NO_DATA}},
	.expected = TLSA_NONE, .asked = MX " "},
};

/* What the name server is asked, and of which row. */
struct play {
	const struct row *row;
	struct buf asked;
};

static void
add_record(struct dns_records *list, const char *text)
{
	struct dns_record *item =
	    mem_append(&list->items, &list->count, sizeof(*item));

	for (size_t i = 0; i < 3; i++)
		buf_add_char(&list->data, (char)(text[i * 2] - '0'));
	for (size_t i = 0; i < (text[4] == '2' ? 64 : 32); i++)
		buf_add_char(&list->data, 'x');
	item->data.len = text[4] == '2' ? 67 : 35;
}

static enum dns_result
answer(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	struct play *play = context;

	list->is_authentic = list->is_claimed_authentic = true;
	if (type == DNS_NS)
		return DNS_FOUND; /* of the root */
	buf_add_format(&play->asked, "%s ", name);
	for (size_t i = 0; i < 4 && play->row->answers[i].name != NULL; i++) {
		const struct answer *said = &play->row->answers[i];
		size_t at = 0;

		if (strcmp(said->name, name) != 0 || said->type != type)
			continue;
		list->is_authentic = !said->is_insecure;
		for (size_t k = 0; k < 3 && said->records[k] != NULL; k++)
			add_record(list, said->records[k]);
		for (size_t k = 0; k < list->count; k++) {
			list->items[k].data.at = list->data.data + at;
			at += list->items[k].data.len;
		}
		return said->result;
	}
	fail_msg("%s is asked for", name);
	return DNS_TROUBLE;
}

static void
check_names(const struct dane *dane, const char *expected)
{
	struct buf names = {0};

	for (size_t i = 0; i < dane->name_count; i++)
		buf_add_format(
		    &names, "%s%s", i > 0 ? "," : "", dane->names[i]);
	assert_string_equal(buf_text(&names), expected);
	buf_free(&names);
}

static void
test_find(void **state)
{
	const struct row *row = *state;
	struct play play = {.row = row};
	struct name_server server = {.ask = answer, .context = &play};
	struct mail_exchanger host = {.name = MX,
	    .is_authentic = !row->is_insecure,
	    .is_literal = row->is_literal};
	struct mail_exchangers list = {.is_authentic = !row->is_mx_insecure,
	    .is_implicit = row->is_implicit,
	    .domain_owner = "mail.example.org"};
	struct tlsa_question question = {.host = &host,
	    .exchangers = &list,
	    .domain = row->domain != NULL ? row->domain : "example.org",
	    .name_server = &server};
	struct buf reason = {0};
	struct tlsa tlsa;
	bool is_lost;

	strcpy(host.owner, row->owner != NULL ? row->owner : MX);
	assert_int_equal(
	    tlsa_find(&tlsa, &question, 0, &reason), row->expected);
	is_lost = row->expected == TLSA_TROUBLE || row->expected == TLSA_SIGNAL;
	assert_int_equal(reason.len > 0, is_lost);
	assert_string_equal(buf_text(&play.asked), row->asked);
	if (row->expected == TLSA_FOUND) {
		assert_string_equal(tlsa.base, row->base);
		check_names(&tlsa.dane, row->names);
		assert_int_equal(tlsa.dane.count, 1);
		assert_int_equal(tlsa.dane.is_name_insecure,
		    row->is_mx_insecure && !row->is_implicit);
	}
	tlsa_free(&tlsa);
	buf_free(&play.asked);
	buf_free(&reason);
}

int
main(void)
{
	return rows_run("find", rows, ROWS(rows), test_find);
}
