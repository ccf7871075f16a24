#include "rows.h"

#include "net/srv.h"

/* "_s._tcp.a.example" SRV IN, at offset 12; "a.example" is at 20. */
#define QUESTION "\2_s\4_tcp\1a\7example\0\0\41\0\1"
#define NAME "_s._tcp.a.example"
#define HEAD(count) "\22\64\201\200\0\1\0" count "\0\0\0\0" QUESTION
#define OWNER "\300\14"
#define TTL "\0\0\0\74"
/* mx.a.example by a pointer: 6 octets of numbers, 5 of the name */
#define SRV(prio, weight, port, host) \
	OWNER "\0\41\0\1" TTL "\0\13\0" prio "\0" weight port host
#define MX "\2mx\300\24"
#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

struct row {
	const char *name;
	struct span packet;
	const char *told; /* NULL: malformed */
};

static const struct row rows[] = {
    {"one", SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", MX)),
	"1 2 465 mx.a.example"},
    {"two",
	SPAN(HEAD("\2") SRV("\1", "\2", "\1\321", MX)
		SRV("\3", "\4", "\2\113", "\2MY\300\24")),
	"1 2 465 mx.a.example, 3 4 587 my.a.example"},
    {"none", SPAN(HEAD("\0")), ""},
    {"the root", SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\7\0\0\0\0\0\0\0"),
	"0 0 0 ."},
    {"the root with a port",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\7\0\0\0\0\0\1\0"), "0 0 1 ."},
    {"a whole name",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL
			      "\0\20\0\0\0\0\0\1\2mx\4test\1x\0"),
	NULL},
    {"a whole name, counted right",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL
			      "\0\21\0\0\0\0\0\1\2mx\4test\1x\0"),
	"0 0 1 mx.test.x"},
    {"another type between",
	SPAN(HEAD("\2") OWNER "\0\1\0\1" TTL
			      "\0\4\300\0\2\1" SRV("\1", "\2", "\1\321", MX)),
	"1 2 465 mx.a.example"},
    {"another class",
	SPAN(HEAD("\1") OWNER "\0\41\0\3" TTL "\0\13\0\0\0\0\0\1" MX), ""},
    {"another owner",
	SPAN(HEAD("\1") "\300\24\0\41\0\1" TTL "\0\13\0\0\0\0\0\1" MX), ""},
    {"an owner in full, in capitals",
	SPAN(HEAD("\1") "\2_S\4_TCP\1A\7EXAMPLE\0\0\41\0\1" TTL
			"\0\13\0\0\0\0\0\1" MX),
	"0 0 1 mx.a.example"},
    {"an alias",
	SPAN(HEAD("\2") OWNER "\0\5\0\1" TTL "\0\4\1c\300\24"
			      "\1c\300\24\0\41\0\1" TTL "\0\13\0\0\0\0\0\1" MX),
	"0 0 1 mx.a.example"},
    {"an alias after its target",
	SPAN(HEAD("\2") "\1c\300\24\0\41\0\1" TTL "\0\13\0\0\0\0\0\1" MX OWNER
			"\0\5\0\1" TTL "\0\4\1c\300\24"),
	"0 0 1 mx.a.example"},
    {"an alias of itself", SPAN(HEAD("\1") OWNER "\0\5\0\1" TTL "\0\2" OWNER),
	""},
    {"two aliases of each other",
	SPAN(HEAD("\2") OWNER "\0\5\0\1" TTL "\0\4\1c\300\24"
			      "\1c\300\24\0\5\0\1" TTL "\0\2" OWNER),
	""},
    {"no host names are left out",
	SPAN(HEAD("\6") SRV("\1", "\0", "\0\1", "\2m_\300\24") SRV("\1", "\0",
	    "\0\1", "\2m.\300\24") SRV("\1", "\0", "\0\1", "\2m\0\300\24")
		SRV("\1", "\0", "\0\1", "\2-m\300\24") SRV("\1", "\0", "\0\1",
		    "\2m@\300\24") SRV("\1", "\0", "\0\1", "\2m\n\300\24")),
	""},
    {"an address is no name",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\21\0\0\0\0\0\1"
			      "\003"
			      "127"
			      "\001"
			      "0"
			      "\001"
			      "0"
			      "\001"
			      "1\0"),
	""},
    {"no port", SPAN(HEAD("\1") SRV("\1", "\0", "\0\0", MX)), ""},
    {"something after it",
	SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", MX) "more"),
	"1 2 465 mx.a.example"},

    {"nothing", SPAN(""), NULL},
    {"a header alone", SPAN("\22\64\201\200\0\1\0\1\0\0\0\0"), NULL},
    {"a question", SPAN("\22\64\1\200\0\1\0\0\0\0\0\0" QUESTION), NULL},
    {"cut off", SPAN("\22\64\203\200\0\1\0\0\0\0\0\0" QUESTION), NULL},
    {"two questions", SPAN("\22\64\201\200\0\2\0\0\0\0\0\0" QUESTION), NULL},
    {"another question",
	SPAN("\22\64\201\200\0\1\0\0\0\0\0\0"
	     "\2_t\4_tcp\1a\7example\0\0\41\0\1"),
	NULL},
    {"a question for another type",
	SPAN("\22\64\201\200\0\1\0\0\0\0\0\0"
	     "\2_s\4_tcp\1a\7example\0\0\17\0\1"),
	NULL},
    {"more records are promised",
	SPAN(HEAD("\2") SRV("\1", "\2", "\1\321", MX)), NULL},
    {"too many records are promised",
	SPAN("\22\64\201\200\0\1\377\377\0\0\0\0" QUESTION), NULL},
    {"an owner that points to itself",
	SPAN(HEAD("\1") "\300\57\0\41\0\1" TTL "\0\13\0\0\0\0\0\1" MX), NULL},
    {"a target that points forwards",
	SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", "\2mx\300\377")), NULL},
    {"a target that points into itself",
	SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", "\2mx\300\101")), NULL},
    {"a pointer into the header",
	SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", "\2mx\300\1")), NULL},
    {"a reserved kind of label",
	SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", "\102mx\300\24")), NULL},
    {"a label over the end",
	SPAN(HEAD("\1") SRV("\1", "\2", "\1\321", "\77mx\300\24")), NULL},
    {"data over the end",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\377\0\0\0\0\0\1" MX), NULL},
    {"data that is too short",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\6\0\0\0\0\0\1"), NULL},
    {"data longer than the name",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\14\0\0\0\0\0\1" MX "x"),
	NULL},
    {"a name that is too long",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\1\7\0\0\0\0\0\1\77" X63
			      "\77" X63 "\77" X63 "\77" X63 "\0"),
	NULL},
    {"a pointer without its second octet",
	SPAN(HEAD("\1") OWNER "\0\41\0\1" TTL "\0\7\0\0\0\0\0\1\300"), NULL},
};

static void
test_read(void **state)
{
	const struct row *row = *state;
	struct dns_records answer = {0};
	struct srv_records list;
	/*
	 * A copy of exactly this length, so that reading beyond its end is
	 * detected.
	 */
	char *copy = malloc(row->packet.len + !row->packet.len);
	char told[2048] = "";
	bool done;

	memcpy(copy, row->packet.at, row->packet.len);
	done = dns_answer_read(
	    (struct span){copy, row->packet.len}, NAME, DNS_SRV, &answer);
	assert_int_equal(done, row->told != NULL);
	srv_select(&list, &answer);
	for (size_t i = 0; done && i < list.count; i++)
		sprintf(told + strlen(told), "%s%d %d %d %s", i ? ", " : "",
		    list.items[i].priority, list.items[i].weight,
		    list.items[i].port,
		    list.items[i].target[0] ? list.items[i].target : ".");
	if (done)
		assert_string_equal(told, row->told);
	dns_answer_free(&answer);
	free(copy);
}

/* The same question, for another type */
#define ASKED(type, count)                                            \
	"\22\64\201\200\0\1\0" count "\0\0\0\0\2_s\4_tcp\1a\7example" \
	"\0\0" type "\0\1"
#define DATA(type, len, data) OWNER "\0" type "\0\1" TTL "\0" len data

struct type_row {
	const char *name;
	enum dns_type type;
	struct span packet;
	const char *told; /* NULL: malformed */
};

static const struct type_row types[] = {
    {"A", DNS_A, SPAN(ASKED("\1", "\1") DATA("\1", "\4", "\300\0\2\1")),
	"C0000201"},
    {"A of five octets", DNS_A,
	SPAN(ASKED("\1", "\1") DATA("\1", "\5", "\300\0\2\1\1")), NULL},
    {"AAAA", DNS_AAAA,
	SPAN(ASKED("\34", "\1")
		DATA("\34", "\20", "\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\5")),
	"20010DB8000000000000000000000005"},
    {"AAAA of four octets", DNS_AAAA,
	SPAN(ASKED("\34", "\1") DATA("\34", "\4", "\300\0\2\1")), NULL},
    {"MX", DNS_MX,
	SPAN(ASKED("\17", "\2") DATA("\17", "\7", "\1\2" MX)
		DATA("\17", "\3", "\0\0\0")),
	"258 mx.a.example, 0 ."},
    {"MX without a name", DNS_MX,
	SPAN(ASKED("\17", "\1") DATA("\17", "\2", "\1\2")), NULL},
    {"MX of one octet", DNS_MX,
	SPAN(ASKED("\17", "\1") DATA("\17", "\1", "\1")), NULL},
    {"NS", DNS_NS, SPAN(ASKED("\2", "\1") DATA("\2", "\5", MX)),
	"mx.a.example"},
    {"PTR", DNS_PTR, SPAN(ASKED("\14", "\1") DATA("\14", "\5", MX)),
	"mx.a.example"},
    {"TXT", DNS_TXT, SPAN(ASKED("\20", "\1") DATA("\20", "\4", "\3one")),
	"one"},
    {"TXT of several strings, one of them empty", DNS_TXT,
	SPAN(ASKED("\20", "\1") DATA("\20", "\11", "\3one\0\3two")), "onetwo"},
    {"TXT records between others", DNS_TXT,
	SPAN(ASKED("\20", "\4") DATA("\20", "\2", "\1a") DATA("\56", "\3",
	    "xyz") DATA("\20", "\1", "\0") DATA("\20", "\3", "\2b\n")),
	"a, , b\n"},
    {"TXT without a string", DNS_TXT,
	SPAN(ASKED("\20", "\1") DATA("\20", "\0", "")), NULL},
    {"TXT with a string over its end", DNS_TXT,
	SPAN(ASKED("\20", "\1") DATA("\20", "\3", "\3on") "e"), NULL},
    {"TLSA", DNS_TLSA,
	SPAN(ASKED("\64", "\1") DATA("\64", "\5", "\3\1\1\253\315")),
	"030101ABCD"},
    {"TLSA of two octets", DNS_TLSA,
	SPAN(ASKED("\64", "\1") DATA("\64", "\2", "\3\1")), NULL},
    {"CNAME is not followed", DNS_CNAME,
	SPAN(ASKED("\5", "\2") DATA(
	    "\5", "\5", "\2mx\300\24") "\2mx\300\24\0\5\0\1" TTL "\0\2" OWNER),
	"mx.a.example"},
    {"an alias alone", DNS_TXT,
	SPAN(ASKED("\20", "\1") DATA("\5", "\5", "\2Mx\300\24")),
	"of mx.a.example"},
    {"a question for the other type", DNS_TXT, SPAN(ASKED("\1", "\0")), NULL},
};

static void
test_type(void **state)
{
	const struct type_row *row = *state;
	struct dns_records answer = {0};
	struct buf told = {0};
	char *copy = malloc(row->packet.len);
	bool done;

	memcpy(copy, row->packet.at, row->packet.len);
	done = dns_answer_read(
	    (struct span){copy, row->packet.len}, NAME, row->type, &answer);
	free(copy);
	assert_int_equal(done, row->told != NULL);
	for (size_t i = 0; done && i < answer.count; i++) {
		const struct dns_record *item = &answer.items[i];

		buf_add_text(&told, i > 0 ? ", " : "");
		if (row->type == DNS_MX)
			buf_add_format(&told, "%d ", item->priority);
		if (row->type == DNS_MX || row->type == DNS_NS ||
		    row->type == DNS_CNAME || row->type == DNS_PTR)
			buf_add_text(&told,
			    item->target[0] != '\0' ? item->target : ".");
		for (size_t at = 0; at < item->data.len; at++)
			if (row->type == DNS_TXT)
				buf_add_char(&told, item->data.at[at]);
			else
				buf_add_hex(&told, item->data.at[at]);
	}
	if (strcmp(answer.owner, NAME) != 0)
		buf_add_format(&told, "of %s", answer.owner);
	if (done)
		assert_string_equal(buf_text(&told), row->told);
	else
		assert_int_equal(answer.count, 0);
	buf_free(&told);
	dns_answer_free(&answer);
}

static unsigned
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* A damaged packet yields only host names. */
static void
test_random(void **state)
{
	uint32_t seed = 4711;
	size_t found = 0;

	(void)state;
	for (int i = 0; i < 60000; i++) {
		const struct row *row =
		    &rows[next_random(&seed) % (sizeof(rows) / sizeof(*rows))];
		size_t len = row->packet.len;
		char *copy = malloc(len + 1);
		struct dns_records answer = {0};
		struct srv_records list;

		memcpy(copy, row->packet.at, len);
		for (unsigned n = next_random(&seed) % 4; n > 0 && len; n--)
			copy[next_random(&seed) % len] =
			    (char)next_random(&seed);
		if (len > 0 && next_random(&seed) % 4 == 0)
			len = next_random(&seed) % len;
		copy = realloc(copy, len + !len);
		if (dns_answer_read(
			(struct span){copy, len}, NAME, DNS_SRV, &answer)) {
			srv_select(&list, &answer);
			assert_true(list.count <= SRV_RECORDS_MAX);
			found += list.count;
			for (size_t j = 0; j < list.count; j++)
				assert_int_equal(
				    strspn(list.items[j].target,
					"abcdefghijklmnopqrstuvwxyz"
					"0123456789-."),
				    strlen(list.items[j].target));
		}
		dns_answer_free(&answer);
		free(copy);
	}
	assert_true(found > 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", rows, ROWS(rows), test_read);
	rows_add(&all, "type", types, ROWS(types), test_type);
	rows_add_one(&all, "random packets", test_random);
	return rows_end(&all);
}
