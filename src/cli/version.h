/* --version: the program, its libraries, and what was built in. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#include <stdio.h>

/* Prints several lines NAME: VALUE. */
void version_print(FILE *out);

#endif
