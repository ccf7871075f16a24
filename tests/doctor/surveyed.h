/*
 * A diagnosis whose survey is made up: the addresses of one server or two, and
 * what happened there. Hosts are addresses, so that no name server is asked.
 */
#ifndef TESTS_DOCTOR_SURVEYED_H
#define TESTS_DOCTOR_SURVEYED_H

#include "doctor/diagnosed.h"

#include <errno.h>

#include "base/mem.h"

#define SURVEYED_MAX 4

struct surveyed_address {
	const char *name; /* NULL: the end */
	size_t server;	  /* the index of its server */
	int error;	  /* of connecting; 0: connected */
	int64_t connect_time, greeting_time;
	/* As struct survey_address has them; NULL: empty. */
	const char *greeting, *ehlo, *odd;
	/* What ended the session; STAGE_NONE: it became ready. */
	enum stage stage;
	const char *reply; /* then: a reply, or a text without a code */
	bool is_silent, is_helo;
};

static inline void
surveyed_add_text(struct buf *buf, const char *text)
{
	if (text != NULL)
		buf_add_text(buf, text);
}

static inline void
surveyed_set_trouble(
    struct survey_address *address, const struct surveyed_address *from)
{
	struct reply reply = {0};

	if (from->stage == STAGE_NONE)
		return;
	if (from->reply != NULL &&
	    reply_take_line(&reply, span_from(from->reply)) == REPLY_DONE)
		outcome_from_reply(&address->trouble, from->stage, &reply);
	else
		outcome_set_own(&address->trouble, from->stage, CAUSE_TEMPORARY,
		    "%s", from->reply != NULL ? from->reply : "no answer");
	reply_free(&reply);
}

static inline void
surveyed_add_address(
    struct survey_server *server, const struct surveyed_address *from)
{
	struct survey_address *address = survey_address_new(), **item;
	struct reply reply = {0};
	struct span rest = span_from(from->ehlo), line;

	item = mem_append(&server->addresses, &server->count, sizeof(*item));
	*item = address;
	address->name = mem_copy_text(from->name);
	if (!host_parse_address(&address->address, from->name))
		abort();
	address->error = from->error;
	address->is_connected = from->error == 0;
	address->connect_time = from->connect_time;
	address->greeting_time = from->greeting_time;
	address->is_silent = from->is_silent;
	address->is_extended = !from->is_helo;
	surveyed_add_text(&address->greeting, from->greeting);
	surveyed_add_text(&address->ehlo, from->ehlo);
	surveyed_add_text(&address->odd, from->odd);
	while (span_next_word(&rest, "\n", &line))
		reply_take_line(&reply, line);
	if (reply_is_positive(&reply))
		extensions_read(&address->before, &reply);
	reply_free(&reply);
	surveyed_set_trouble(address, from);
}

/* The configuration names as many servers as the addresses belong to. */
static inline void
surveyed_make(struct diagnosed *diagnosed, const char *config,
    const struct surveyed_address *addresses)
{
	struct survey *survey = &diagnosed->diagnosis.survey;

	diagnosed_make(diagnosed);
	folder_write(&diagnosed->folder, "config", 0600, config);
	diagnosed_load(diagnosed, "config", NULL);
	if (diagnosed->diagnosis.profile == NULL) {
		fprintf(stderr, "%s\n", diagnosed->err.text);
		abort();
	}
	for (size_t i = 0; i < diagnosed->profile.server_count; i++) {
		struct survey_server **item =
		    mem_append(&survey->servers, &survey->count, sizeof(*item));

		*item = mem_new(1, sizeof(**item));
		(*item)->server = &diagnosed->profile.servers[i];
		(*item)->resolved = HOST_FOUND;
		(*item)->resolve_time = -1;
	}
	for (; addresses->name != NULL; addresses++)
		surveyed_add_address(
		    survey->servers[addresses->server], addresses);
	diagnosed->diagnosis.is_surveyed = true;
	/* No time is left for another connection. */
	diagnosed->diagnosis.deadline = 0;
}

/* The findings of one check of such a survey. */
struct surveyed_row {
	const char *name;
	const char *config;
	void (*check)(struct diagnosis *diagnosis);
	const char *findings;
	struct surveyed_address addresses[SURVEYED_MAX];
};

static inline void
surveyed_check(void **state)
{
	const struct surveyed_row *row = *state;
	struct diagnosed diagnosed;

	surveyed_make(&diagnosed, row->config, row->addresses);
	row->check(&diagnosed.diagnosis);
	assert_string_equal(diagnosed_text(&diagnosed), row->findings);
	diagnosed_free(&diagnosed);
}

#endif
