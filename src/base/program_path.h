/* Where other programs are. */
#ifndef BASE_PROGRAM_PATH_H
#define BASE_PROGRAM_PATH_H

/*
 * The absolute path of the program that a shell would run for this name, which
 * has no slash. Caller frees. NULL: it is in no absolute folder of PATH.
 */
char *program_path_find(const char *name);
/*
 * The absolute path of a program that was installed together with this one: in
 * the folder of the program that runs, else in that of `make install`. Nothing
 * in the environment has an effect on it, and it need not exist. Caller frees.
 */
char *program_path_beside(const char *name);

#endif
