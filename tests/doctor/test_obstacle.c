#include "doctor/surveyed.h"

#define A "192.0.2.5"
#define B "192.0.2.6"
#define SIX "2001:db8::5"
#define ONE "server = smtp://" A "\n"
#define TWO "server = smtp://" A ", smtp://" B "\n"

struct address_row {
	const char *name;
	bool is_private;
};

static const struct address_row addresses[] = {
    {"0.0.0.0", true},
    {"9.255.255.255", false},
    {"10.0.0.1", true},
    {"11.0.0.0", false},
    {"100.63.255.255", false},
    {"100.64.0.0", true},
    {"100.127.255.255", true},
    {"100.128.0.0", false},
    {"127.1.2.3", true},
    {"169.254.169.254", true},
    {"169.253.0.1", false},
    {"172.15.0.1", false},
    {"172.16.0.0", true},
    {"172.31.255.255", true},
    {"172.32.0.0", false},
    {"192.0.2.5", false},
    {"192.168.1.1", true},
    {"192.169.0.1", false},
    {"8.8.8.8", false},
    {"::", true},
    {"::1", true},
    {"::2", false},
    {"fc00::1", true},
    {"fdff::1", true},
    {"fe00::1", false},
    {"fe80::1", true},
    {"2001:db8::1", false},
    {"64:ff9b::a00:1", false}, /* NAT64 */
    {"::ffff:10.0.0.1", true},
    {"::ffff:192.0.2.1", false},
};

static void
test_address(void **state)
{
	const struct address_row *row = *state;
	struct host_address address;

	assert_true(host_parse_address(&address, row->name));
	assert_int_equal(obstacle_is_private(&address), row->is_private);
}

/* The check that reports each address, and the furthest one. */
struct obstacle_row {
	const char *name;
	const char *config;
	const char *checks, *furthest; /* NULL: one is ready */
	struct surveyed_address addresses[SURVEYED_MAX];
};

#define EHLO .greeting = "220 mx", .ehlo = "250-mx\n250 STARTTLS"

static const struct obstacle_row obstacles[] = {
    {"ready", ONE, "auth.login ", NULL, {{A, EHLO}}},
    {"refused", ONE, "reach.connect ", "reach.connect",
	{{A, .error = ECONNREFUSED}}},
    {"silent", ONE, "reach.port reach.port ", "reach.port",
	{{A, .error = ETIMEDOUT}, {SIX, .error = ETIMEDOUT}}},
    {"silent and refused", ONE, "reach.connect reach.connect ", "reach.connect",
	{{A, .error = ETIMEDOUT}, {SIX, .error = ECONNREFUSED}}},
    {"a family that is silent", ONE, "auth.login ipv6 ", NULL,
	{{A, EHLO}, {SIX, .error = ETIMEDOUT}}},
    {"half of a family", ONE, "auth.login reach.connect ", NULL,
	{{A, EHLO}, {B, .error = ETIMEDOUT}}},
    {"the first server is silent", TWO, "reach.second auth.login ", NULL,
	{{A, .error = ETIMEDOUT}, {B, .server = 1, EHLO}}},
    {"the servers fail at different steps", TWO, "reach.second ehlo ", "ehlo",
	{{A, .error = ECONNREFUSED},
	    {B, .server = 1, .greeting = "220 mx", .stage = STAGE_EHLO,
		.reply = "550 no"}}},
    {"a greeting that refuses", ONE, "greeting ", "greeting",
	{{A, .stage = STAGE_GREETING, .reply = "554 no"}}},
    {"another protocol", ONE, "greeting.foreign ", "greeting.foreign",
	{{A, .stage = STAGE_GREETING, .odd = "SSH-2.0-x"}}},
    {"an alert of TLS", ONE, "greeting.mode ", "greeting.mode",
	{{A, .stage = STAGE_GREETING, .odd = "\x15\x03\x01"}}},
    {"no STARTTLS", ONE, "ehlo.starttls ", "ehlo.starttls",
	{{A, .greeting = "220 mx", .ehlo = "250 mx", .stage = STAGE_TLS}}},
    {"STARTTLS refused", ONE, "ehlo.starttls ", "ehlo.starttls",
	{{A, EHLO, .stage = STAGE_TLS, .reply = "454 later"}}},
    {"the handshake", ONE, "tls.version ", "tls.version",
	{{A, EHLO, .stage = STAGE_TLS}}},
    {"asterisks", ONE, "ehlo ", "ehlo",
	{{A, .greeting = "220 mx", .ehlo = "250-mx\n250 ********",
	    .stage = STAGE_TLS}}},
    {"EHLO that is blanked out", ONE, "ehlo ", "ehlo",
	{{A, .greeting = "220 mx", .ehlo = "500 what is XXXX?",
	    .stage = STAGE_EHLO, .reply = "500 what is XXXX?"}}},
    {"no address", ONE, "name.host ", "name.host", {{NULL}}},
};

static void
test_obstacle(void **state)
{
	const struct obstacle_row *row = *state;
	struct diagnosed diagnosed;
	const struct obstacles *found;
	const char *furthest;
	struct buf checks = {0};

	surveyed_make(&diagnosed, row->config, row->addresses);
	found = diagnosis_obstacles(&diagnosed.diagnosis);
	for (size_t i = 0; i < found->count; i++)
		buf_add_format(
		    &checks, "%s ", obstacle_check(found->items[i].kind));
	assert_string_equal(buf_text(&checks), row->checks);
	furthest = obstacles_furthest(found);
	assert_string_equal(furthest != NULL ? furthest : "",
	    row->furthest != NULL ? row->furthest : "");
	buf_free(&checks);
	diagnosed_free(&diagnosed);
}

/* The obstacle that is further along is the failure; others are warnings. */
static void
test_severity(void **state)
{
	const struct surveyed_address list[SURVEYED_MAX] = {
	    {A, .error = ECONNREFUSED},
	    {B, .server = 1, .stage = STAGE_GREETING, .reply = "421 busy"}};
	struct diagnosed diagnosed;
	struct obstacles *found;

	(void)state;
	surveyed_make(&diagnosed, TWO, list);
	found = diagnosis_obstacles(&diagnosed.diagnosis);
	assert_int_equal(
	    obstacle_severity(found, &found->items[0]), SEVERITY_WARNING);
	assert_int_equal(
	    obstacle_severity(found, &found->items[1]), SEVERITY_FAILURE);
	diagnosed_free(&diagnosed);
}

struct page_row {
	const char *name;
	bool is_login_page;
	const char *invented; /* the name server's address for no name */
	struct surveyed_address addresses[SURVEYED_MAX];
};

static const struct page_row pages[] = {
    {"nothing", false, NULL, {{A, EHLO}}},
    {"HTTP", true, NULL,
	{{A, .stage = STAGE_GREETING, .odd = "HTTP/1.1 200 OK"}}},
    {"silence", false, NULL, {{A, .error = ETIMEDOUT}}},
    {"silence and invented names", true, "10.0.0.1", {{A, .error = ETIMEDOUT}}},
    {"invented names", false, "10.0.0.1", {{A, .error = ECONNREFUSED}}},
};

static void
test_page(void **state)
{
	const struct page_row *row = *state;
	struct diagnosed diagnosed;
	struct obstacles *found;

	surveyed_make(&diagnosed, ONE, row->addresses);
	found = diagnosis_obstacles(&diagnosed.diagnosis);
	if (row->invented != NULL)
		found->invented = mem_copy_text(row->invented);
	assert_int_equal(obstacles_show_login_page(found), row->is_login_page);
	diagnosed_free(&diagnosed);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "address", addresses, ROWS(addresses), test_address);
	rows_add(&all, "obstacle", obstacles, ROWS(obstacles), test_obstacle);
	rows_add_one(&all, "severity", test_severity);
	rows_add(&all, "login page", pages, ROWS(pages), test_page);
	return rows_end(&all);
}
