/*
 * Allocation that cannot fail: every function returns memory or ends the
 * program, the only exit outside of main. Sizes are checked for overflow. The
 * caller frees with free(3), secrets with mem_free_secret.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/*
 * Sets the exit status for running out of memory, once "nothing was sent" could
 * be false. Before that it is EX_OSERR.
 */
void mem_set_exit_status(int status);
/* The name in front of that message; it is "smtpost" before. Borrowed. */
void mem_set_program(const char *name);

/* Zeroed memory for count objects of size octets. */
void *mem_new(size_t count, size_t size);
/* Grows or shrinks as realloc(3); new memory is not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);
/*
 * Appends a zeroed item of `size` octets to an array. `items` is the address of
 * the pointer to the array, which is NULL if the array is empty; *count is
 * raised by one. Returns the new item.
 */
void *mem_append(void *items, size_t *count, size_t size);
char *mem_copy_text(const char *text); /* NULL for NULL */
/* A copy of len octets, followed by a NUL. */
char *mem_copy(const void *data, size_t len);
/* Zeroed memory for a secret; mem_forget_secrets overwrites it, too. */
void *mem_new_secret(size_t len);
/* Overwrites and frees it; NULL does nothing. */
void mem_free_secret(void *data);
/* Overwrites all secrets: in a child that needs none of them. */
void mem_forget_secrets(void);
/* A core file could hold a secret: none is written from now on. */
void mem_forbid_core_files(void);
/* Overwrites memory in a way that the compiler does not optimise away. */
void mem_wipe(void *data, size_t len);

#endif
