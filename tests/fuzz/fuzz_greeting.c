#include "fuzz/fuzz.h"

#include <time.h>

#include "base/mem.h"
#include "doctor/greeting_check.h"
#include "base/date.h"
#include "profile/server_url.h"

/*
 * What a server says first, in a made-up survey: each check of it finds
 * something, and a date in it is that of a calendar.
 */

#define DAY 86400
#define ID_COUNT 6

static const struct {
	const char *id;
	void (*check)(struct diagnosis *diagnosis);
} checks[ID_COUNT] = {
    {"greeting", greeting_check_greeting},
    {"greeting.foreign", greeting_check_foreign},
    {"greeting.mode", greeting_check_mode},
    {"clock.greeting", greeting_check_clock},
    {"ehlo", greeting_check_ehlo},
    {"ehlo.starttls", greeting_check_starttls},
};

static void
check_date(struct span text)
{
	struct buf written = {0};
	int64_t moment, again;

	if (!date_find(text, &moment))
		return;
	/* Years have two to four digits, zones less than a day. */
	CLAIM(moment > -(int64_t)719528 * DAY - DAY);
	CLAIM(moment < (int64_t)253402300800 + DAY);
	if (moment < -(int64_t)2208988800 || moment >= 253402300800)
		return;
	date_add(&written, (time_t)moment);
	CLAIM(date_find(buf_span(&written), &again));
	CLAIM(again - moment > -60 && again - moment < 60);
	buf_free(&written);
}

/* The octets up to a NUL, which are removed with it. */
static struct span
take_part(struct span *rest)
{
	size_t len = span_find(*rest, '\0');
	struct span part = span_head(*rest, len);

	*rest = span_skip(*rest, len + 1);
	return part;
}

/* Connected, so that no second connection is made: it is not silent. */
static struct survey_address *
make_address(struct span rest)
{
	static const enum stage stages[] = {
	    STAGE_NONE, STAGE_GREETING, STAGE_EHLO, STAGE_TLS};
	struct survey_address *address = survey_address_new();
	struct reply reply = {0};
	unsigned choice = fuzz_choice(&rest);
	enum stage stage = stages[choice % 4];
	struct span part;

	address->name = mem_copy_text("192.0.2.5");
	host_parse_address(&address->address, address->name);
	address->is_connected = true;
	address->is_extended = (choice & 4) != 0;
	buf_add_span(&address->greeting, take_part(&rest));
	buf_add_span(&address->ehlo, take_part(&rest));
	buf_add_span(&address->odd, take_part(&rest));
	part = take_part(&rest);
	if (stage == STAGE_NONE)
		return address;
	if (reply_take_line(&reply, part) == REPLY_DONE)
		outcome_from_reply(&address->trouble, stage, &reply);
	else
		outcome_set_own(
		    &address->trouble, stage, CAUSE_TEMPORARY, "no answer");
	reply_free(&reply);
	return address;
}

static void
check_findings(const struct findings *findings)
{
	for (size_t i = 0; i < ID_COUNT; i++)
		CLAIM(finding_of(findings, checks[i].id) != NULL);
	for (size_t i = 0; i < findings->count; i++)
		CLAIM(strlen(findings->items[i]->text) < 8192);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct profile profile = PROFILE_UNSET;
	struct survey_server server = {.resolve_time = -1};
	struct survey_server *servers[] = {&server};
	struct survey_address *address = make_address(input);
	struct survey_address *addresses[] = {address};
	struct server named = {0};
	struct error err;
	struct diagnosis diagnosis = {.profile = &profile,
	    .survey = {.servers = servers, .count = 1},
	    .is_surveyed = true,
	    .deadline = 0}; /* no time for another connection */

	setenv("TZ", "UTC0", 1);
	check_date(input);
	CLAIM(server_url_parse(&named, SPAN("smtp://192.0.2.5"), &err));
	profile.servers = &named;
	profile.server_count = 1;
	server.server = &named;
	server.addresses = addresses;
	server.count = 1;
	for (size_t i = 0; i < ID_COUNT; i++)
		checks[i].check(&diagnosis);
	check_findings(&diagnosis.findings);
	diagnosis.survey = (struct survey){0};
	diagnosis_free(&diagnosis);
	survey_address_free(address);
	server_url_free(&named);
	return 0;
}
