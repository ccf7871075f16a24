/*
 * Chooses mails. The pattern of an address is one of the shell with * and ?,
 * without regard to case, as in the setting `match`.
 */
#include "cli/queue_select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "profile/setting_table.h"

#define SHOWN_MAX ((size_t)80)

static bool
refuse_id(const char *operand, struct error *err)
{
	char *shown = utf8_excerpt_masked(span_from(operand), SHOWN_MAX);

	error_set(err, ERROR_USAGE,
	    "cannot use \"%s\": an ID has 12 hexadecimal digits\n"
	    "hint: --queue-list shows the IDs",
	    shown);
	free(shown);
	return false;
}

static int
compare(const void *a, const void *b)
{
	const struct id *one = a, *other = b;

	return strcmp(one->text, other->text);
}

static bool
read_ids(struct queue_select *select, const struct options *options,
    struct error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < options->operand_count; i++) {
		struct id *id =
		    mem_append(&select->ids, &select->id_count, sizeof(*id));

		if (!id_read(id, span_from(options->operands[i])))
			return refuse_id(options->operands[i], err);
	}
	if (select->id_count > 1)
		qsort(select->ids, select->id_count, sizeof(select->ids[0]),
		    compare);
	for (size_t i = 0; i < select->id_count; i++)
		if (i == 0 ||
		    compare(&select->ids[kept - 1], &select->ids[i]) != 0)
			select->ids[kept++] = select->ids[i];
	select->id_count = kept;
	select->found = mem_new(kept + 1, sizeof(bool));
	return true;
}

static bool
refuse(const char *where, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(span_from(where), SHOWN_MAX);

	error_set(err, ERROR_USAGE, "cannot use --where %s: %s", shown, why);
	free(shown);
	return false;
}

/* A time as the settings have it. */
static bool
read_seconds(struct span value, int64_t *seconds)
{
	const struct setting *setting = setting_table_find(SPAN("queue-warn"));
	struct profile scratch = {.password_fd = -1};
	struct error ignored;

	if (!setting->type->parse(setting, &scratch, value, &ignored))
		return false;
	*seconds = scratch.queue.warn / 1000;
	return true;
}

static bool
read_condition(
    struct queue_condition *condition, const char *where, struct error *err)
{
	struct span text = span_from(where);
	size_t equals = span_find(text, '=');
	struct span key = span_head(text, equals);
	struct span value = span_skip(text, equals + 1);

	condition->glob = value;
	if (equals == text.len)
		return refuse(where, "it needs KEY=VALUE", err);
	if (span_equal(key, SPAN("sender"))) {
		condition->kind = CONDITION_SENDER;
		if (span_equal(value, SPAN("<>")))
			condition->glob.len = 0;
		return true;
	}
	if (span_equal(key, SPAN("recipient"))) {
		condition->kind = CONDITION_RECIPIENT;
		return true;
	}
	if (span_equal(key, SPAN("older"))) {
		condition->kind = CONDITION_OLDER;
		return read_seconds(value, &condition->seconds) ||
		    refuse(where, "not a time such as 30m, 2h or 1d", err);
	}
	if (span_equal(key, SPAN("state"))) {
		condition->kind = CONDITION_STATE;
		return listing_read_state_name(value, &condition->state) ||
		    refuse(where, "a state is waiting, sending, held or dead",
			err);
	}
	return refuse(
	    where, "the keys are sender, recipient, older and state", err);
}

bool
queue_select_make(struct queue_select *select, const struct options *options,
    bool is_needed, struct error *err)
{
	*select = (struct queue_select){0};
	if (is_needed && options->operand_count == 0 &&
	    options->wheres.count == 0)
		return error_set(err, ERROR_USAGE,
		    "%s needs the ID of a mail, or --where KEY=VALUE\n"
		    "hint: --queue-list shows the IDs",
		    mode_table[options->mode].name);
	for (size_t i = 0; i < options->wheres.count; i++)
		if (!read_condition(mem_append(&select->conditions,
					&select->condition_count,
					sizeof(select->conditions[0])),
			options->wheres.texts[i], err))
			return false;
	return read_ids(select, options, err);
}

void
queue_select_free(struct queue_select *select)
{
	free(select->ids);
	free(select->found);
	free(select->conditions);
	*select = (struct queue_select){0};
}

bool *
queue_select_find(const struct queue_select *select, const struct id *id)
{
	const struct id *place = NULL;

	if (select->id_count > 0)
		place = bsearch(
		    id, select->ids, select->id_count, sizeof(*id), compare);
	return place != NULL ? &select->found[place - select->ids] : NULL;
}

void
queue_select_set_missing(
    const struct queue_select *select, const char *id, struct error *err)
{
	error_set(err, ERROR_NO_INPUT,
	    select->condition_count > 0
		? "no mail%s%s in the queue fits --where"
		: "there is no mail%s%s in the queue",
	    id != NULL ? " " : "", id != NULL ? id : "");
}

static bool
has_recipient(const struct envelope *envelope, struct span glob)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (span_matches(
			span_from(envelope->recipients[i].forward_path), glob))
			return true;
	return false;
}

static bool
fits(const struct queue_condition *condition, const struct listing *listing,
    int64_t now)
{
	const struct envelope *envelope = &listing->waiting.envelope;

	switch (condition->kind) {
	case CONDITION_SENDER:
		return envelope->reverse_path != NULL &&
		    span_matches(
			span_from(envelope->reverse_path), condition->glob);
	case CONDITION_RECIPIENT:
		return has_recipient(envelope, condition->glob);
	case CONDITION_OLDER:
		return listing->arrived < now - condition->seconds;
	case CONDITION_STATE:
		return listing->state == condition->state;
	}
	return false;
}

bool
queue_select_fits(const struct queue_select *select,
    const struct listing *listing, int64_t now)
{
	for (size_t i = 0; i < select->condition_count; i++)
		if (!fits(&select->conditions[i], listing, now))
			return false;
	return true;
}

bool
queue_select_names_state(
    const struct queue_select *select, enum listing_state state)
{
	for (size_t i = 0; i < select->condition_count; i++)
		if (select->conditions[i].kind == CONDITION_STATE &&
		    select->conditions[i].state == state)
			return true;
	return false;
}
