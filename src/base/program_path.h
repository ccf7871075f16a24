/* Where the programs are that PATH leads to. */
#ifndef BASE_PROGRAM_PATH_H
#define BASE_PROGRAM_PATH_H

/*
 * The absolute path of the program that a shell would run for this name, which
 * has no slash. Caller frees. NULL: it is in no absolute folder of PATH.
 */
char *program_path_find(const char *name);

#endif
