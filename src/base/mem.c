/*
 * Allocation that ends the program when memory runs out. The globals are there
 * because the allocator has no caller it could ask for the program's name and
 * the exit status, and because a child must find all secrets.
 */
#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <unistd.h>

static int exit_status = EX_OSERR;
static const char *program = "smtpost";

void
mem_set_exit_status(int status)
{
	exit_status = status;
}

void
mem_set_program(const char *name)
{
	program = name;
}

static _Noreturn void
out_of_memory(void)
{
	static char text[] = ": out of memory\n";
	const struct iovec parts[] = {
	    {(void *)program, strlen(program)}, {text, sizeof(text) - 1}};
	ssize_t written = writev(STDERR_FILENO, parts, 2);

	(void)written; /* there is no other way to report it */
	_exit(exit_status);
}

void *
mem_new(size_t count, size_t size)
{
	void *data = calloc(count ? count : 1, size ? size : 1);

	if (data == NULL)
		out_of_memory();
	return data;
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	void *data;

	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory();
	size *= count;
	data = realloc(old, size != 0 ? size : 1);
	if (data == NULL)
		out_of_memory();
	return data;
}

/*
 * The capacity is the smallest power of two that holds the count, so it need
 * not be stored: the array grows when the count is a power of two.
 */
void *
mem_append(void *items, size_t *count, size_t size)
{
	char **array = items;
	size_t n = *count;

	if (n == 0)
		*array = mem_resize(*array, 1, size);
	else if ((n & (n - 1)) == 0) {
		if (n > SIZE_MAX / 2)
			out_of_memory();
		*array = mem_resize(*array, n * 2, size);
	}
	memset(*array + n * size, 0, size);
	*count = n + 1;
	return *array + n * size;
}

char *
mem_copy_text(const char *text)
{
	return text != NULL ? mem_copy(text, strlen(text)) : NULL;
}

char *
mem_copy(const void *data, size_t len)
{
	char *copy = mem_resize(NULL, len + 1, 1);

	if (len != 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return copy;
}

/* The header in front of the memory of a secret. */
struct secret_block {
	_Alignas(max_align_t) struct secret_block *next;
	struct secret_block *previous;
	size_t len;
};

/* The list of all secrets. */
static struct secret_block *secrets;

void *
mem_new_secret(size_t len)
{
	struct secret_block *block;

	if (len > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = mem_new(1, sizeof(*block) + len);
	block->len = len;
	block->next = secrets;
	if (secrets != NULL)
		secrets->previous = block;
	secrets = block;
	return block + 1;
}

void
mem_free_secret(void *data)
{
	struct secret_block *block = data;

	if (data == NULL)
		return;
	block--;
	if (block->next != NULL)
		block->next->previous = block->previous;
	if (block->previous != NULL)
		block->previous->next = block->next;
	else
		secrets = block->next;
	mem_wipe(data, block->len);
	free(block);
}

void
mem_forget_secrets(void)
{
	for (struct secret_block *block = secrets; block != NULL;
	     block = block->next)
		mem_wipe(block + 1, block->len);
}

void
mem_wipe(void *data, size_t len)
{
#ifdef __GNUC__
	if (len > 0)
		memset(data, 0, len);
	/* Compiler barrier: keeps the memset from being optimised away. */
	__asm__ volatile("" : : "r"(data) : "memory");
#else
	volatile unsigned char *at = data;

	while (len-- > 0)
		*at++ = 0;
#endif
}

void
mem_forbid_core_files(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}
