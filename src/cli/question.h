/*
 * Questions to the user: printed on standard error, answered at the terminal
 * that is standard input. Interrupting one ends the program's work with an
 * error, so nothing is left half done.
 */
#ifndef CLI_QUESTION_H
#define CLI_QUESTION_H

#include <stdbool.h>

#include "base/error.h"

/* Whether somebody can be asked: both are a terminal. */
bool question_is_possible(void);
/*
 * Asks for a line, and gives it without blanks at its ends; "" if it is empty.
 * One that is too long or has a control character in it is asked for again.
 * The caller frees it. NULL with ERROR_TEMPORARY: there was no answer, or a
 * signal came. `prompt` is masked already.
 */
char *question_ask(const char *prompt, struct error *err);
/* Asks until the answer is y, yes, n, no or empty, which is no. */
bool question_agree(const char *prompt, bool *agrees, struct error *err);

#endif
