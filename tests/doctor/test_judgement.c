/* What is said once of several addresses and servers. */
#include "rows.h"

#include "doctor/judgement.h"

#define PLACE JUDGEMENT_PLACE

/* Servers are split by "/"; each letter is an address of which that is said. */
struct gather_row {
	const char *name;
	const char *addresses;
	const char *findings; /* a line each: severity, text; and its subject */
};

static const struct gather_row gather_rows[] = {
    {"one address", "a", "warning a of h1: a:1 [u1]\n"},
    {"all addresses alike", "aaa", "warning a of h1: a:1 [u1]\n"},
    {"nothing is said of one", "a.", "warning a of h1: a:1 [u1]\n"},
    {"nothing is said", "..", ""},
    {"one is different", "ab",
	"warning a of h1 (1.1): a:1 [u1]\nfailure b of h1 (1.2) [u1]\n"},
    {"two of three", "aba",
	"warning a of h1 (1.1, 1.3): a:1 [u1]\nfailure b of h1 (1.2) [u1]\n"},
    {"two servers alike", "a/a", "warning a of h1, h2: a:1 [u1, u2]\n"},
    {"two servers, one of them mixed", "aa/ab",
	"warning a of h1, h2 (2.1): a:1 [u1, u2]\n"
	"failure b of h2 (2.2) [u2]\n"},
    {"a server between", "a/b/a",
	"warning a of h1, h3: a:1 [u1, u3]\nfailure b of h2 [u2]\n"},
    {"the same text, another severity", "aA",
	"warning a of h1 (1.1): a:1 [u1]\nok a of h1 (1.2): a:1 [u1]\n"},
    {"the same text, another hint", "bc",
	"failure b of h1 (1.1) [u1]\nfailure b of h1 (1.2) hint h1 (1.2) "
	"[u1]\n"},
    {"the same text, another remedy", "bd",
	"failure b of h1 (1.1) [u1]\nfailure b of h1 (1.2) ip=4 [u1]\n"},
    {"two ports of one host",
	"a/a/=", "warning a of h1, h2: a:1 [u1, u2, u3]\n"},
};

/* The letter is the address's time. */
static void
say(struct judgement *judgement)
{
	char letter = (char)judgement->address->connect_time;

	switch (letter) {
	case 'a':
		judgement_add(
		    judgement, SEVERITY_WARNING, "a of " PLACE ": a:%d", 1);
		break;
	case 'A':
		judgement_add(
		    judgement, SEVERITY_OK, "a of " PLACE ": a:%d", 1);
		break;
	case 'b':
	case 'c':
	case 'd':
		judgement_add(judgement, SEVERITY_FAILURE, "b of " PLACE);
		if (letter == 'c')
			finding_set_hint(judgement->found, "hint " PLACE);
		if (letter == 'd')
			finding_add_setting(judgement->found, "ip", "4");
		break;
	default:
		break;
	}
}

struct site {
	struct server server;
	struct survey_server surveyed;
	char host[8], url[8];
};

struct stand {
	struct site sites[4];
	struct survey_address addresses[8];
	char names[8][8];
	size_t count;
	struct diagnosis diagnosis;
};

static void
add_address(struct stand *stand, size_t place, size_t number, char letter)
{
	struct survey_address *address = &stand->addresses[stand->count];
	struct obstacles *obstacles = &stand->diagnosis.obstacles;

	snprintf(stand->names[stand->count], sizeof(stand->names[0]), "%zu.%zu",
	    place + 1, number);
	address->name = stand->names[stand->count++];
	address->connect_time = letter;
	obstacles->items[obstacles->count++] =
	    (struct obstacle){.server = &stand->sites[place].surveyed,
		.address = address,
		.kind = OBSTACLE_NONE};
}

/* "=" makes a second server of the host before it. */
static void
build(struct stand *stand, const char *addresses)
{
	size_t place = 0, number = 0;

	stand->diagnosis.obstacles.items = calloc(8, sizeof(struct obstacle));
	stand->diagnosis.obstacles.is_found = true;
	stand->diagnosis.is_surveyed = true;
	for (size_t i = 0; i < 4; i++) {
		struct site *one = &stand->sites[i];

		snprintf(one->host, sizeof(one->host), "h%zu", i + 1);
		snprintf(one->url, sizeof(one->url), "u%zu", i + 1);
		one->server.host = one->host;
		one->server.url = one->url;
		one->surveyed.server = &one->server;
	}
	for (; *addresses != '\0'; addresses++) {
		if (*addresses == '/') {
			place++;
			number = 0;
		} else if (*addresses == '=') {
			stand->sites[place].server.host =
			    stand->sites[place - 1].host;
			add_address(stand, place, ++number, 'a');
		} else {
			add_address(stand, place, ++number, *addresses);
		}
	}
}

static void
test_gather(void **state)
{
	const struct gather_row *row = *state;
	struct stand stand = {.count = 0};
	struct findings *findings = &stand.diagnosis.findings;
	struct buf text = {0};

	build(&stand, row->addresses);
	assert_int_equal(judgement_gather(&stand.diagnosis, "tls.name", say),
	    row->findings[0] != '\0');
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = findings->items[i];

		assert_string_equal(finding->id, "tls.name");
		buf_add_format(&text, "%s %s",
		    finding_severity_name(finding->severity), finding->text);
		if (finding->hint != NULL)
			buf_add_format(&text, " %s", finding->hint);
		if (finding->remedy_count > 0)
			buf_add_format(&text, " %s=%s",
			    finding->remedies[0].setting,
			    finding->remedies[0].value);
		buf_add_format(&text, " [%s]\n", finding->subject);
	}
	assert_string_equal(buf_text(&text), row->findings);
	buf_free(&text);
	finding_free_all(findings);
	free(stand.diagnosis.obstacles.items);
}

int
main(void)
{
	return rows_run("gather", gather_rows, ROWS(gather_rows), test_gather);
}
