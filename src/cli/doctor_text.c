/* Prints findings as text: severity, id, sentence, aligned in columns. */
#include "cli/doctor_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define SEVERITY_WIDTH 8
/* That many checks that need the same step share a line, without -v. */
#define ALIKE_MIN 4

static void
add_sentence(struct buf *out, const char *text)
{
	utf8_add_sentence(out, span_from(text));
}

static const char *
or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

void
doctor_text_add_head(
    struct buf *out, const struct diagnosis *diagnosis, const char *wish)
{
	const struct profile *profile = diagnosis->profile;
	const struct named_profile *named;
	const struct section *section = NULL;

	if (profile == NULL && wish == NULL) {
		buf_add_text(out, "no profile\n");
		return;
	}
	buf_add_text(out, "profile ");
	if (profile == NULL) {
		add_sentence(out, wish);
		buf_add_char(out, '\n');
		return;
	}
	add_sentence(out, profile->name);
	named = profiles_find(diagnosis->profiles, span_from(profile->name));
	if (named != NULL)
		section = named->own.user != NULL ? named->own.user
						  : named->own.system;
	if (section != NULL && section->place.line > 0) {
		struct buf place = {0};

		config_line_add_place(section->place, &place);
		buf_add_text(out, " (");
		add_sentence(out, buf_text(&place));
		buf_add_char(out, ')');
		buf_free(&place);
	}
	for (size_t i = 0; i < profile->server_count; i++) {
		buf_add_text(out, i > 0 ? ", " : ": ");
		add_sentence(out, profile->servers[i].url);
	}
	if (profile->user != NULL) {
		buf_add_text(out, ", user ");
		utf8_add_masked(out, span_from(profile->user));
	}
	buf_add_char(out, '\n');
}

static bool
is_shown(const struct finding *finding, enum doctor_text_detail detail)
{
	switch (finding->severity) {
	case SEVERITY_OK:
		return detail >= SHOWS_OK;
	case SEVERITY_SKIPPED:
		return detail == SHOWS_ALL || finding->needs != NULL ||
		    finding->is_unknown;
	default:
		return true;
	}
}

static void
add_remedy(struct buf *out, const struct remedy *remedy)
{
	buf_add_format(out, "%*s", SEVERITY_WIDTH + 1, "");
	if (remedy->setting != NULL) {
		buf_add_format(out, "write: %s = ", remedy->setting);
		add_sentence(out, remedy->value);
	} else {
		buf_add_text(out, "write into the DNS: ");
		add_sentence(out, remedy->dns_name);
		buf_add_format(out, " %s \"", or_nothing(remedy->dns_type));
		add_sentence(out, remedy->value);
		buf_add_char(out, '"');
	}
	buf_add_char(out, '\n');
}

static void
add_hint(struct buf *out, const char *hint)
{
	struct span rest = span_from(hint), line;

	while (span_next_word(&rest, "\n", &line)) {
		if (span_starts(line, SPAN("hint: ")))
			line = span_skip(line, strlen("hint: "));
		buf_add_format(out, "%*shint: ", SEVERITY_WIDTH + 1, "");
		utf8_add_sentence(out, line);
		buf_add_char(out, '\n');
	}
}

/* Begins a line with the columns of the severity and of the id. */
static void
add_line(struct buf *out, const struct finding *finding, const char *id,
    size_t width)
{
	buf_add_format(out, "%-*s %-*s  ", SEVERITY_WIDTH,
	    finding_severity_name(finding->severity), (int)width, id);
}

static void
add_finding(struct buf *out, const struct finding *finding, size_t width)
{
	add_line(out, finding, finding->id, width);
	add_sentence(out, finding->text);
	buf_add_char(out, '\n');
	for (size_t j = 0; j < finding->remedy_count; j++)
		add_remedy(out, &finding->remedies[j]);
	if (finding->hint != NULL)
		add_hint(out, finding->hint);
}

/* A line for many that are skipped for lack of the same step. */
static void
add_many(
    struct buf *out, const struct finding *finding, size_t count, size_t width)
{
	char many[32];

	snprintf(many, sizeof(many), "%zu checks", count);
	add_line(out, finding, many, width);
	buf_add_format(out, "need %s\n", finding->needs);
}

/*
 * How many findings share the line of this one, because they are skipped for
 * lack of the same step; 0: they share that of another one. The line is that of
 * the first behind the step.
 */
static size_t
count_alike(const struct findings *findings, size_t index)
{
	const char *needs = findings->items[index]->needs;
	size_t count = 0, step = 0, leader = 0;

	for (size_t i = 0; needs != NULL && i < findings->count; i++) {
		const char *other = findings->items[i]->needs;

		if (strcmp(findings->items[i]->id, needs) == 0)
			step = i;
		if (other == NULL || strcmp(other, needs) != 0)
			continue;
		if (count++ == 0 || leader < step)
			leader = i;
	}
	if (count < ALIKE_MIN)
		return 1;
	return leader == index ? count : 0;
}

void
doctor_text_add_findings(struct buf *out, const struct findings *findings,
    enum doctor_text_detail detail)
{
	/* How many findings each line stands for; 0: it is not there. */
	size_t *lines = mem_new(findings->count, sizeof(size_t)), width = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = findings->items[i];

		if (!is_shown(finding, detail))
			continue;
		lines[i] = detail == SHOWS_ALL ? 1 : count_alike(findings, i);
		if (lines[i] == 1 && strlen(finding->id) > width)
			width = strlen(finding->id);
	}
	for (size_t i = 0; i < findings->count; i++) {
		if (lines[i] == 1)
			add_finding(out, findings->items[i], width);
		else if (lines[i] > 1)
			add_many(out, findings->items[i], lines[i], width);
	}
	free(lines);
}

/* "2 warnings", with the word in the plural if it is counted. */
static void
add_count(struct buf *out, size_t count, const char *word, const char *plural)
{
	if (count == 0)
		return;
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		buf_add_text(out, ", ");
	buf_add_format(out, "%zu %s%s", count, word, count > 1 ? plural : "");
}

void
doctor_text_add_sum(struct buf *out, const struct verdict *verdict)
{
	const size_t *counts = verdict->counts;

	add_count(out, counts[SEVERITY_FAILURE], "failure", "s");
	add_count(out, counts[SEVERITY_WARNING], "warning", "s");
	add_count(out, counts[SEVERITY_NOTE], "note", "s");
	add_count(out, counts[SEVERITY_OK], "ok", "");
	add_count(out, counts[SEVERITY_SKIPPED], "skipped", "");
	if (verdict->mail != NULL)
		buf_add_format(out, "; %s", verdict->mail);
	if (verdict->submission >= 0)
		buf_add_format(out, ", status %d", verdict->submission);
	buf_add_char(out, '\n');
}
