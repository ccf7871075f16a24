/*
 * Memory that is always there: every function returns usable memory or ends
 * the program (the one exit outside main), with EX_OSERR until another status
 * is set. Sizes are checked for overflow. Free with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/*
 * From now on it would not be true that nothing was done: what the program
 * ends with for want of memory.
 */
void mem_set_exit_status(int status);

/* Zeroed memory for count objects of size octets. */
void *mem_new(size_t count, size_t size);
/* Grows or shrinks; what is new is not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);
/*
 * Appends a zeroed item to an array: items is the address of the array pointer
 * (NULL for an empty one), count is raised by one. Returns the new item.
 */
void *mem_append(void *items, size_t *count, size_t size);
char *mem_copy_text(const char *text);
/* A copy of len octets with a NUL behind them. */
char *mem_copy(const void *data, size_t len);
/*
 * Zeroed memory for a secret, which mem_forget_secrets finds. The other one
 * wipes and frees it.
 */
void *mem_new_secret(size_t len);
void mem_free_secret(void *data);
/* Wipes all of that memory: for a child that needs none of the secrets. */
void mem_forget_secrets(void);
/* Overwrites in a way the compiler does not remove: for secrets. */
void mem_wipe(void *data, size_t len);

#endif
