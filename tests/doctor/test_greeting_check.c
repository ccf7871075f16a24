#include "doctor/surveyed.h"

#include <time.h>

#include "doctor/greeting_check.h"
#include "base/date.h"

#define A "192.0.2.5"
#define B "192.0.2.6"
#define ONE "server = smtp://" A "\n"
#define TWO "server = smtp://" A ", smtp://" B "\n"
#define GOOD                                                     \
	.greeting = "220 mx.example ESMTP", .greeting_time = 12, \
	.ehlo = "250-mx.example\n250-STARTTLS\n250 SIZE"
#define BAD(at, text) .stage = (at), .reply = (text)

static const struct surveyed_row rows[] = {
    {"good", ONE, greeting_check_greeting,
	"ok  greeting  " A " greets after 12 ms: mx.example ESMTP\n",
	{{A, GOOD}}},
    {"late", ONE, greeting_check_greeting,
	"note  greeting  " A " waits 9 s before its greeting\n"
	"hint: it slows down clients that it does not know, or looks up this "
	"machine's address\n",
	{{A, .greeting = "220 mx", .greeting_time = 9100}}},
    {"refused", ONE, greeting_check_greeting,
	"failure  greeting  " A " refuses this machine: 554 5.7.1 go away\n",
	{{A, BAD(STAGE_GREETING, "554 5.7.1 go away")}}},
    {"a block list", ONE, greeting_check_greeting,
	"failure  greeting  " A
	" refuses this machine: 554 5.7.1 Service unavailable; client blocked "
	"using zen.spamhaus.org\n"
	"hint: this machine's address is on a block list; at the ports for "
	"submission, 465 and 587, servers do not ask such lists\n",
	{{A,
	    BAD(STAGE_GREETING,
		"554 5.7.1 Service unavailable; client "
		"blocked using zen.spamhaus.org")}}},
    {"one of two servers refuses", TWO, greeting_check_greeting,
	"warning  greeting  " A " refuses this machine: 554 go away\n",
	{{A, BAD(STAGE_GREETING, "554 go away")}, {B, .server = 1, GOOD}}},
    {"one of two addresses is busy", ONE, greeting_check_greeting,
	"warning  greeting  " A " (" B ") is busy: 421 4.3.2 later\n"
	"hint: try again in some minutes\n",
	{{A, GOOD}, {B, BAD(STAGE_GREETING, "421 4.3.2 later")}}},
    {"both servers refuse", TWO, greeting_check_greeting,
	"failure  greeting  each of " A ", " B
	" refuses this machine: 554 go away\n",
	{{A, BAD(STAGE_GREETING, "554 go away")},
	    {B, .server = 1, BAD(STAGE_GREETING, "554 go away")}}},
    {"each refuses for a reason of its own", TWO, greeting_check_greeting,
	"failure  greeting  " A " refuses this machine: 554 go away\n"
	"failure  greeting  " B " is busy: 421 later\n"
	"hint: try again in some minutes\n",
	{{A, BAD(STAGE_GREETING, "554 go away")},
	    {B, .server = 1, BAD(STAGE_GREETING, "421 later")}}},
    {"no greeting", ONE, greeting_check_greeting,
	"failure  greeting  what " A " port 587 says is no greeting of a mail "
	"server: \"?[31m hello\"\n",
	{{A, .odd = "\033[31m hello", BAD(STAGE_GREETING, NULL)}}},
    {"no connection", ONE, greeting_check_greeting,
	"skipped  greeting  needs reach.connect\n",
	{{A, .error = ECONNREFUSED}}},
    {"HTTP", ONE, greeting_check_foreign,
	"failure  greeting.foreign  what answers at " A
	" port 587 speaks HTTP, not "
	"SMTP: \"HTTP/1.0 200 OK\"\n"
	"hint: this network wants a login in a browser first, or port 587 "
	"belongs to a web server\n",
	{{A, .odd = "HTTP/1.0 200 OK\r\n", BAD(STAGE_GREETING, NULL)}}},
    {"an odd host in HTTP", ONE, greeting_check_foreign,
	"failure  greeting.foreign  what answers at " A
	" port 587 speaks HTTP, not "
	"SMTP: \"HTTP/1.0 302 ?\"\n"
	"hint: this network wants a login in a browser first, at a?b\n",
	{{A, .odd = "HTTP/1.0 302 \033\r\nLocation: http://a\033b/\r\n",
	    BAD(STAGE_GREETING, NULL)}}},
    {"none", ONE, greeting_check_foreign,
	"ok  greeting.foreign  no other protocol answers\n", {{A, GOOD}}},

    {"TLS at once", TWO, greeting_check_mode,
	"failure  greeting.mode  port 587 of " A " wants TLS from the start\n"
	"write: server = smtps://" A ":587, smtp://" B ":587\n",
	{{A, .odd = "\x15\x03\x03", BAD(STAGE_GREETING, NULL)},
	    {B, .server = 1, .error = ECONNREFUSED}}},

    {"EHLO refused", ONE, greeting_check_ehlo,
	"failure  ehlo  " A " refuses EHLO: 550 5.7.1 no\n",
	{{A, .greeting = "220 mx", BAD(STAGE_EHLO, "550 5.7.1 no")}}},
    {"LHLO refused", "server = lmtp://" A "\n", greeting_check_ehlo,
	"failure  ehlo  " A " refuses LHLO: 550 5.7.1 no\n",
	{{A, .greeting = "220 mx", BAD(STAGE_EHLO, "550 5.7.1 no")}}},
    {"extensions", ONE, greeting_check_ehlo,
	"ok  ehlo  " A " offers 2 extensions\n", {{A, GOOD}}},
    {"asterisks in a banner are no firewall", ONE, greeting_check_ehlo,
	"ok  ehlo  " A " offers 1 extension\n",
	{{A, .greeting = "220-*** WELCOME ***\n220 ****************",
	    .ehlo = "250-mx\n250 STARTTLS"}}},
    {"blanked out", ONE, greeting_check_ehlo,
	"failure  ehlo  a firewall between here and " A
	" blanks out words of the server (an old \"SMTP inspection\"), "
	"STARTTLS among them\n"
	"hint: ask those who run the network to switch that inspection off\n",
	{{A, .greeting = "220 ****", .ehlo = "250-mx\n250 XXXXXXXA",
	    BAD(STAGE_TLS, NULL), .error = 0}}},

    {"STARTTLS refused", ONE, greeting_check_starttls,
	"failure  ehlo.starttls  " A " port 587 offers STARTTLS, and refuses "
	"it: 454 4.7.0 later\n",
	{{A, GOOD, BAD(STAGE_TLS, "454 4.7.0 later")}}},
    {"no TLS is wanted", ONE "tls = none\n", greeting_check_starttls,
	"skipped  ehlo.starttls  tls = none: TLS is not wanted\n",
	{{A, .greeting = "220 mx", .ehlo = "250 mx"}}},
    {"in clear", ONE "tls = opportunistic\n", greeting_check_starttls,
	"warning  ehlo.starttls  " A " offers no STARTTLS: mail is sent "
	"without encryption\n",
	{{A, .greeting = "220 mx", .ehlo = "250 mx"}}},

    {"no date", ONE, greeting_check_clock,
	"skipped  clock.greeting  no greeting has a date\n", {{A, GOOD}}},
};

struct clock_row {
	const char *name;
	int64_t ahead; /* seconds that the server's clock is ahead */
	const char *findings;
};

#define SET                                                                 \
	"hint: set the clock, and let chrony or systemd-timesyncd keep it " \
	"right\n"

static const struct clock_row clocks[] = {
    {"right", 0,
	"ok  clock.greeting  the clock here agrees with that of the server\n"},
    {"4 minutes", -240,
	"ok  clock.greeting  the clock here agrees with that of the server\n"},
    {"6 minutes", 363,
	"warning  clock.greeting  the clock here is 6 minutes behind that of "
	"192.0.2.5\n" SET},
    {"an hour and a half", -5400,
	"warning  clock.greeting  the clock here is 90 minutes ahead of that "
	"of 192.0.2.5\n" SET},
    {"a day", 86400,
	"warning  clock.greeting  the clock here is 24 hours behind that of "
	"192.0.2.5\n" SET},
    {"years", -86400 * 1000,
	"warning  clock.greeting  the clock here is 1000 days ahead of that of "
	"192.0.2.5\n" SET},
};

static void
test_clock(void **state)
{
	const struct clock_row *row = *state;
	struct buf greeting = {0};
	struct surveyed_row survey = {row->name, ONE, greeting_check_clock,
	    row->findings, {{A, .server = 0}}};
	void *pointer = &survey;

	buf_add_text(&greeting, "220 mx.example ESMTP Exim 4.96 ");
	date_add(&greeting, time(NULL) + (time_t)row->ahead);
	survey.addresses[0].greeting = buf_text(&greeting);
	surveyed_check(&pointer);
	buf_free(&greeting);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "greeting", rows, ROWS(rows), surveyed_check);
	rows_add(&all, "clock", clocks, ROWS(clocks), test_clock);
	return rows_end(&all);
}
