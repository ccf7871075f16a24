/*
 * Says where a submission is. Only the tick draws, so a line never changes more
 * often than INTERVAL, and what happens in between costs nothing.
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Milliseconds: before the line appears, and between two drawings. */
#define PATIENCE ((int64_t)1000)
#define INTERVAL ((int64_t)250)
/* A rate over less time says little. */
#define SPAN_MIN ((int64_t)1000)
#define LINE_MAX_OCTETS 512

static const char *const phrases[] = {
    [STAGE_GREETING] = "waiting for the greeting",
    [STAGE_EHLO] = "waiting for the greeting",
    [STAGE_TLS] = "starting TLS",
    [STAGE_AUTH] = "logging in",
    [STAGE_MAIL] = "sending the addresses",
    [STAGE_RCPT] = "sending the addresses",
    [STAGE_DATA] = "sending the addresses",
    [STAGE_CONTENT] = "waiting for the reply",
    [STAGE_QUIT] = "closing the connection",
};

static const struct unit {
	uint64_t octets;
	const char *name;
} units[] = {
    {1, "B"}, {1000, "kB"}, {1000 * 1000, "MB"}, {1000 * 1000 * 1000, "GB"}};

static const struct unit *
unit_for(uint64_t octets)
{
	const struct unit *unit = &units[0];

	for (size_t i = 1; i < sizeof(units) / sizeof(units[0]); i++)
		if (octets >= units[i].octets)
			unit = &units[i];
	return unit;
}

/* The number alone: "12.3". */
static void
add_number(struct buf *line, uint64_t octets, const struct unit *unit)
{
	if (unit->octets == 1)
		buf_add_format(line, "%" PRIu64, octets);
	else
		buf_add_format(line, "%" PRIu64 ".%d", octets / unit->octets,
		    (int)(octets % unit->octets * 10 / unit->octets));
}

/* "2:05 left"; nothing if days are left. */
static void
add_time_left(struct buf *line, uint64_t seconds)
{
	if (seconds < 60 * 60)
		buf_add_format(line, ", %d:%02d left", (int)(seconds / 60),
		    (int)(seconds % 60));
	else if (seconds < 100 * 60 * 60)
		buf_add_format(line, ", %d:%02d:%02d left",
		    (int)(seconds / 3600), (int)(seconds / 60 % 60),
		    (int)(seconds % 60));
}

/* Adds a sample, and drops the oldest one if there are too many. */
static void
take_sample(struct progress *progress, int64_t now)
{
	struct progress_sample *samples = progress->samples;

	if (progress->sample_count == PROGRESS_SAMPLES) {
		progress->sample_count--;
		memmove(samples, samples + 1,
		    progress->sample_count * sizeof(*samples));
	}
	samples[progress->sample_count++] =
	    (struct progress_sample){now, progress->octets};
}

/* "sending 1.2 of 3.4 MB, 250.0 kB/s, 0:08 left" */
static void
add_content(
    const struct progress *progress, struct buf *line, bool has_time_left)
{
	const struct progress_sample *first = &progress->samples[0];
	const struct progress_sample *last =
	    &progress->samples[progress->sample_count - 1];
	const struct unit *unit = unit_for(progress->total);
	/* Dots that are doubled are not part of the total. */
	uint64_t done = progress->octets < progress->total ? progress->octets
							   : progress->total;
	uint64_t rate;

	buf_add_text(line, "sending ");
	add_number(line, done, unit);
	buf_add_text(line, " of ");
	add_number(line, progress->total, unit);
	buf_add_format(line, " %s", unit->name);
	if (last->at - first->at < SPAN_MIN)
		return;
	rate = (last->octets - first->octets) * 1000 /
	    (uint64_t)(last->at - first->at);
	unit = unit_for(rate);
	buf_add_text(line, ", ");
	add_number(line, rate, unit);
	buf_add_format(line, " %s/s", unit->name);
	if (has_time_left && rate > 0)
		add_time_left(line, (progress->total - done + rate - 1) / rate);
}

/* "3 of 20 mails, 0:30 left, " */
static void
add_mails(const struct progress *progress, struct buf *line, int64_t now)
{
	uint64_t left = progress->mails - progress->mails_done;
	uint64_t passed = (uint64_t)(now - progress->begun);

	buf_add_format(line, "%zu of %zu mail%s", progress->mails_done,
	    progress->mails, progress->mails == 1 ? "" : "s");
	if (progress->mails_done > 0 && left > 0)
		add_time_left(
		    line, passed * left / progress->mails_done / 1000);
	buf_add_text(line, ", ");
}

static void
draw(struct progress *progress, int64_t now)
{
	struct buf line;

	if (progress->stage == STAGE_NONE)
		return;
	buf_init(&line, LINE_MAX_OCTETS);
	buf_add_text(&line, "smtpost: ");
	if (progress->mails > 0)
		add_mails(progress, &line, now);
	if (progress->is_paused)
		buf_add_text(&line, "waiting because of --rate");
	else if (progress->stage == STAGE_CONNECT)
		buf_add_format(&line, "connecting to %s", progress->host);
	else if (progress->total > 0)
		add_content(progress, &line, progress->mails == 0);
	else
		buf_add_text(&line, phrases[progress->stage]);
	status_line_draw(&progress->line, buf_span(&line));
	buf_free(&line);
}

static void
run_tick(void *context)
{
	struct progress *progress = context;
	int64_t now = clock_now();

	progress->tick.due = now + INTERVAL;
	if (progress->line.fd < 0 && !status_line_open(&progress->line)) {
		progress->is_wanted = false;
		wait_set_tick(NULL);
		return;
	}
	if (progress->total > 0)
		take_sample(progress, now);
	draw(progress, now);
}

static void
see(void *context, enum observed what, struct span text)
{
	struct progress *progress = context;

	if (what == OBSERVED_CONTENT)
		progress->octets += text.len;
	observer_show(progress->next, what, text);
}

static void
reach(void *context, const struct observed_place *place)
{
	struct progress *progress = context;

	progress->stage = place->stage;
	progress->total = place->octets;
	progress->is_paused = false;
	if (place->octets > 0) {
		progress->octets = 0;
		progress->sample_count = 0;
		take_sample(progress, clock_now());
	}
	if (place->host != NULL)
		snprintf(
		    progress->host, sizeof(progress->host), "%s", place->host);
}

const struct observer *
progress_begin(struct progress *progress, const struct options *options,
    const struct observer *next)
{
	*progress = (struct progress){.line = {.fd = -1}};
	if (options->verbose > 0 || options->is_quiet ||
	    options->role != ROLE_SMTPOST)
		return next;
	progress->is_wanted = true;
	progress->begun = clock_now();
	progress->next = next;
	progress->observer =
	    (struct observer){.see = see, .context = progress, .reach = reach};
	progress->tick =
	    (struct wait_tick){progress->begun + PATIENCE, run_tick, progress};
	wait_set_tick(&progress->tick);
	return &progress->observer;
}

void
progress_note_mails(struct progress *progress, size_t done, size_t all)
{
	progress->mails_done = done;
	progress->mails = all;
}

void
progress_note_pause(struct progress *progress)
{
	progress->is_paused = true;
}

void
progress_suspend(struct progress *progress)
{
	progress->was_drawn = progress->line.fd >= 0 && progress->line.is_drawn;
	if (progress->was_drawn)
		status_line_clear(&progress->line);
	if (progress->is_wanted)
		wait_set_tick(NULL);
}

void
progress_resume(struct progress *progress)
{
	if (progress->is_wanted)
		wait_set_tick(&progress->tick);
	if (progress->was_drawn)
		draw(progress, clock_now());
}

void
progress_end(struct progress *progress)
{
	if (!progress->is_wanted)
		return;
	wait_set_tick(NULL);
	status_line_close(&progress->line);
}
