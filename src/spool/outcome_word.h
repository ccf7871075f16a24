/*
 * How an envelope file names the parts of an outcome. These words are a file
 * format: they never change. Each reader takes no word as none, where the
 * writer has one for it.
 */
#ifndef SPOOL_OUTCOME_WORD_H
#define SPOOL_OUTCOME_WORD_H

#include <stdbool.h>

#include "envelope/outcome.h"

const char *outcome_word_action(enum action action);
const char *outcome_word_stage(enum stage stage);
const char *outcome_word_cause(enum cause cause);
/* False for a word that is none of these. */
bool outcome_word_read_action(const char *word, enum action *action);
bool outcome_word_read_stage(const char *word, enum stage *stage);
bool outcome_word_read_cause(const char *word, enum cause *cause);

#endif
