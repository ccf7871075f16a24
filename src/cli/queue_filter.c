/*
 * Reads what -q and --queue-run choose. The letters after -q are those of
 * sendmail. With a time, as in -q15m, sendmail becomes a daemon; here it is one
 * run, since such a caller wants mail to be sent.
 */
#include "cli/queue_filter.h"

static void
read_letters(struct queue_filter *filter, struct span letters)
{
	filter->strength = RUN_ASKS;
	if (letters.len == 0)
		return;
	if (letters.at[0] == '!') {
		filter->is_negated = true;
		letters = span_skip(letters, 1);
	}
	if (letters.len == 0)
		return;
	switch (letters.at[0]) {
	case 'f':
		filter->strength = RUN_ALL;
		break;
	case 'I':
	case 'R':
	case 'S':
		filter->strength = letters.at[0] == 'I' ? RUN_FORCES : RUN_ALL;
		filter->letter = letters.at[0];
		filter->part = span_skip(letters, 1);
		break;
	case 'L':
	case 'Q':
		filter->finds_nothing = true;
		break;
	default:
		break;
	}
}

bool
queue_filter_make(struct queue_filter *filter, const struct options *options,
    struct error *err)
{
	*filter = (struct queue_filter){.strength = RUN_DUE};
	if (options->all_users > 0 && options->operand_count > 0)
		return error_set(err, ERROR_USAGE,
		    "cannot use --all-users together with an ID");
	if (options->queue_letters != NULL)
		read_letters(filter, span_from(options->queue_letters));
	if (options->all_users > 0 && !queue_filter_is_empty(filter))
		return error_set(err, ERROR_USAGE,
		    "cannot use --all-users with -q%s: it is about all mail",
		    options->queue_letters);
	if (!queue_select_make(&filter->select, options, false, err))
		return false;
	if (filter->select.id_count > 0)
		filter->strength = RUN_FORCES;
	return true;
}

void
queue_filter_free(struct queue_filter *filter)
{
	queue_select_free(&filter->select);
	*filter = (struct queue_filter){0};
}

bool
queue_filter_is_empty(const struct queue_filter *filter)
{
	return filter->select.id_count == 0 && filter->letter == 0 &&
	    !filter->finds_nothing;
}

static bool
contains(struct span text, struct span part)
{
	for (; text.len >= part.len; text = span_skip(text, 1)) {
		if (span_starts_nocase(text, part))
			return true;
		if (text.len == 0)
			break;
	}
	return false;
}

static bool
fits_letter(const struct queue_filter *filter, const struct waiting *waiting)
{
	const struct envelope *envelope = &waiting->envelope;

	if (filter->letter == 'I')
		return contains(span_from(waiting->id.text), filter->part);
	if (filter->letter == 'S')
		return contains(
		    span_from(envelope->reverse_path), filter->part);
	for (size_t i = 0; i < envelope->count; i++)
		if (contains(span_from(envelope->recipients[i].forward_path),
			filter->part))
			return true;
	return false;
}

bool
queue_filter_fits(void *context, const struct waiting *waiting)
{
	const struct queue_filter *filter = context;
	bool *found;

	if (filter->finds_nothing)
		return false;
	found = queue_select_find(&filter->select, &waiting->id);
	if (found == NULL)
		return filter->letter != 0 &&
		    fits_letter(filter, waiting) != filter->is_negated;
	*found = true;
	return true;
}
