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
	struct srv_records list;
	/*
	 * A copy of exactly this length, so that reading beyond its end is
	 * detected.
	 */
	char *copy = malloc(row->packet.len + !row->packet.len);
	char told[2048] = "";
	bool done;

	memcpy(copy, row->packet.at, row->packet.len);
	done =
	    dns_answer_read((struct span){copy, row->packet.len}, NAME, &list);
	assert_int_equal(done, row->told != NULL);
	for (size_t i = 0; done && i < list.count; i++)
		sprintf(told + strlen(told), "%s%d %d %d %s", i ? ", " : "",
		    list.items[i].priority, list.items[i].weight,
		    list.items[i].port,
		    list.items[i].target[0] ? list.items[i].target : ".");
	if (done)
		assert_string_equal(told, row->told);
	free(copy);
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
		struct srv_records list;

		memcpy(copy, row->packet.at, len);
		for (unsigned n = next_random(&seed) % 4; n > 0 && len; n--)
			copy[next_random(&seed) % len] =
			    (char)next_random(&seed);
		if (len > 0 && next_random(&seed) % 4 == 0)
			len = next_random(&seed) % len;
		copy = realloc(copy, len + !len);
		if (dns_answer_read((struct span){copy, len}, NAME, &list)) {
			assert_true(list.count <= SRV_RECORDS_MAX);
			found += list.count;
			for (size_t j = 0; j < list.count; j++)
				assert_int_equal(
				    strspn(list.items[j].target,
					"abcdefghijklmnopqrstuvwxyz"
					"0123456789-."),
				    strlen(list.items[j].target));
		}
		free(copy);
	}
	assert_true(found > 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", rows, ROWS(rows), test_read);
	rows_add_one(&all, "random packets", test_random);
	return rows_end(&all);
}
