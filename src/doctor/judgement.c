/*
 * What the judge says of an address is kept as a finding whose text has a mark
 * for the place. Findings that are equal are then joined, and the mark is
 * replaced by their places.
 */
#include "doctor/judgement.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "profile/server_url.h"

/* Octets of a text with its places. */
#define TEXT_MAX ((size_t)4096)

/* What was said of an address. */
struct saying {
	struct finding *finding;
	const struct survey_server *server;
	const struct survey_address *address;
	size_t first; /* the index of the first saying that is the same */
};

/* In the order of the survey. */
struct gathering {
	struct saying *items;
	size_t count;
};

struct finding *
judgement_add(struct judgement *judgement, enum severity severity,
    const char *format, ...)
{
	char text[TEXT_MAX] = "";
	va_list arguments;

	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	judgement->found =
	    finding_add(&judgement->list, judgement->id, severity, "%s", text);
	return judgement->found;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_same_remedies(const struct finding *a, const struct finding *b)
{
	if (a->remedy_count != b->remedy_count)
		return false;
	for (size_t i = 0; i < a->remedy_count; i++)
		if (!is_same_text(
			a->remedies[i].setting, b->remedies[i].setting) ||
		    !is_same_text(a->remedies[i].value, b->remedies[i].value))
			return false;
	return true;
}

static bool
is_same(const struct finding *a, const struct finding *b)
{
	return a->severity == b->severity && is_same_text(a->text, b->text) &&
	    is_same_text(a->hint, b->hint) && is_same_remedies(a, b);
}

/* The places of sayings that are the same. */
struct places {
	struct buf text;
	struct buf subject; /* hosts and ports */
	bool are_several;   /* more than one server */
};

/*
 * Adds the server at `index`, with those of its addresses of which the same was
 * said; without addresses if the same was said of all of them.
 */
static void
add_server(struct places *places, const struct gathering *all, size_t index)
{
	const struct saying *saying = &all->items[index];
	const struct server *server = saying->server->server;
	struct buf addresses = {0}, text = {0};
	bool is_all = true;

	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].server != saying->server)
			continue;
		else if (all->items[i].first == saying->first)
			finding_list_place(
			    &addresses, span_from(all->items[i].address->name));
		else
			is_all = false;
	buf_add_text(&text, server_url_name(server));
	if (!is_all)
		buf_add_format(&text, " (%s)", buf_text(&addresses));
	finding_list_place(&places->text, buf_span(&text));
	finding_list_place(
	    &places->subject, span_from(server_url_authority(server)));
	buf_free(&addresses);
	buf_free(&text);
}

static void
find_places(struct places *places, const struct gathering *all, size_t first)
{
	const struct survey_server *last = NULL;

	for (size_t i = first; i < all->count; i++)
		if (all->items[i].first == first &&
		    all->items[i].server != last) {
			places->are_several = last != NULL;
			last = all->items[i].server;
			add_server(places, all, i);
		}
}

/*
 * Replaces the marks in a text, which is freed. Several places that are the
 * subject get "each of", so that the verb stays in the singular.
 */
static char *
replace_marks(char *text, const struct places *places)
{
	struct buf out = {.max = TEXT_MAX};
	struct span rest = span_from(text);

	if (text == NULL)
		return NULL;
	if (places->are_several && text[0] == JUDGEMENT_PLACE[0])
		buf_add_text(&out, "each of ");
	while (rest.len > 0) {
		size_t mark = span_find(rest, JUDGEMENT_PLACE[0]);

		buf_add_span(&out, span_head(rest, mark));
		if (mark < rest.len)
			buf_add_span(&out, buf_span(&places->text));
		rest = span_skip(rest, mark + 1);
	}
	free(text);
	return buf_take_text(&out);
}

/* Completes a finding, and moves it to the diagnosis. */
static void
report(struct findings *findings, const struct gathering *all, size_t index)
{
	struct finding *finding = all->items[index].finding;
	struct places places = {.are_several = false};

	find_places(&places, all, index);
	finding->text = replace_marks(finding->text, &places);
	finding->hint = replace_marks(finding->hint, &places);
	finding_set_subject(finding, buf_text(&places.subject));
	finding_append(findings, finding);
	buf_free(&places.text);
	buf_free(&places.subject);
}

static void
add_saying(struct gathering *all, const struct judgement *judgement)
{
	struct saying *saying =
	    mem_append(&all->items, &all->count, sizeof(*all->items));

	*saying = (struct saying){.finding = judgement->found,
	    .server = judgement->server,
	    .address = judgement->address};
	while (!is_same(all->items[saying->first].finding, saying->finding))
		saying->first++;
}

bool
judgement_gather(struct diagnosis *diagnosis, const char *id,
    void (*judge)(struct judgement *judgement))
{
	const struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct gathering all = {.count = 0};
	bool was_said;

	for (size_t i = 0; i < obstacles->count; i++) {
		struct judgement judgement = {.diagnosis = diagnosis,
		    .server = obstacles->items[i].server,
		    .address = obstacles->items[i].address,
		    .obstacle = obstacles->items[i].kind,
		    .id = id};

		if (judgement.address == NULL)
			continue;
		judge(&judgement);
		if (judgement.found != NULL)
			add_saying(&all, &judgement);
		free(judgement.list.items);
	}
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].first == i)
			report(&diagnosis->findings, &all, i);
		else
			finding_free(all.items[i].finding);
	was_said = all.count > 0;
	free(all.items);
	return was_said;
}
