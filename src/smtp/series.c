/*
 * Series of letters. Each has a session of its own.
 */
#include "smtp/series.h"

static bool
is_trouble(const struct outcome *outcome)
{
	return outcome->action != ACTION_NONE && outcome->stage < STAGE_MAIL;
}

void
series_run(struct series *series)
{
	struct series_item item;

	while (series->trouble.action == ACTION_NONE &&
	    series->next(series->context, &item)) {
		const struct submission_record *record =
		    &item.submission->record;

		item.submission->profile = series->profile;
		item.submission->secret = series->secret;
		item.submission->observer = series->observer;
		submission_run(item.submission, item.envelope);
		if (record->ending_count > 0 &&
		    is_trouble(&record->endings[0].outcome)) {
			outcome_copy(
			    &series->trouble, &record->endings[0].outcome);
			series->troubled = record->decided;
			for (size_t i = 0; i < item.envelope->count; i++)
				outcome_free(
				    &item.envelope->recipients[i].outcome);
			item.envelope->settled = item.envelope->plain = 0;
		}
		series->done(series->context, &item);
	}
}

void
series_free(struct series *series)
{
	outcome_free(&series->trouble);
}
