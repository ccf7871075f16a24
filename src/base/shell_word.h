/* Words for a shell. */
#ifndef BASE_SHELL_WORD_H
#define BASE_SHELL_WORD_H

#include "base/buf.h"

/* Adds a word that /bin/sh reads as this text, in quotes if it needs them. */
void shell_word_add(struct buf *command, const char *text);
/* The same for a command that a person reads: the text is masked. */
void shell_word_add_masked(struct buf *command, const char *text);

#endif
