/*
 * How an envelope file names the parts of an outcome, and what a notification
 * says. These words are a file format: they never change. The word for no stage
 * is empty.
 */
#ifndef SPOOL_OUTCOME_WORD_H
#define SPOOL_OUTCOME_WORD_H

#include <stdbool.h>

#include "envelope/outcome.h"

/* What a notification says of the recipients that it is about. */
enum notification_event {
	NOTIFICATION_FAILED,  /* they failed for good */
	NOTIFICATION_EXPIRED, /* the lifetime is over: also about the open */
	NOTIFICATION_DELAYED, /* they are open, and stay so */
	NOTIFICATION_RELAYED, /* the server that took the mail has no DSN */
};

const char *outcome_word_action(enum action action);
const char *outcome_word_stage(enum stage stage);
const char *outcome_word_cause(enum cause cause);
const char *outcome_word_event(enum notification_event event);
/* False for a word that is none of these. */
bool outcome_word_read_action(const char *word, enum action *action);
bool outcome_word_read_stage(const char *word, enum stage *stage);
bool outcome_word_read_cause(const char *word, enum cause *cause);
bool outcome_word_read_event(const char *word, enum notification_event *event);

#endif
