/* The answer of the user to a question of smtpost. */
#ifndef CLI_CONSENT_H
#define CLI_CONSENT_H

#include <stdbool.h>
#include <stdio.h>

/* Reads a line: "y" or "yes" is consent, all else and the end are none. */
bool consent_read(FILE *terminal);

#endif
