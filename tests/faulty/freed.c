/*
 * Looks for secrets in memory that the program gives back: a library that
 * tests/oauth_secrets compiles and preloads, for Linux with glibc.
 *
 *	FREED_SECRETS=FILE	a secret a line
 *	FREED_FOUND=FILE	gets a line for each block with a secret in it
 *
 * What libraries free is not looked at: GnuTLS does not wipe what it decrypts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECRETS_MAX 512

static char text[65536];
static const char *secrets[SECRETS_MAX];
static size_t count;
static const char *found;
static int is_ready;

static void
read_secrets(void)
{
	const char *path = getenv("FREED_SECRETS");
	long fd, got;

	is_ready = 1;
	found = getenv("FREED_FOUND");
	if (path == NULL || found == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	if (fd < 0)
		return;
	got = syscall(SYS_read, fd, text, sizeof(text) - 1);
	syscall(SYS_close, fd);
	for (char *at = text; got > 0 && *at != '\0' && count < SECRETS_MAX;) {
		char *end = strchr(at, '\n');

		if (end == NULL)
			break;
		*end = '\0';
		secrets[count++] = at;
		at = end + 1;
	}
}

/* Other programs may run, too. */
static int
is_of_program(void *caller, Dl_info *where)
{
	return strncmp(program_invocation_short_name, "smtpost", 7) == 0 &&
	    dladdr(caller, where) != 0 && where->dli_fname != NULL &&
	    strcmp(where->dli_fname, program_invocation_name) == 0;
}

/* Says which secret is in the block, and who gave it back. */
static void
look(void *data, const char *verb, void *caller)
{
	char line[512];
	Dl_info where;
	long fd;

	if (!is_ready)
		read_secrets();
	if (data == NULL || count == 0 || !is_of_program(caller, &where))
		return;
	for (size_t i = 0; i < count; i++) {
		if (memmem(data, malloc_usable_size(data), secrets[i],
			strlen(secrets[i])) == NULL)
			continue;
		snprintf(line, sizeof(line),
		    "%s: %s at %s+0x%lx (%zu octets)\n", secrets[i], verb,
		    where.dli_fname,
		    (unsigned long)((char *)caller - (char *)where.dli_fbase),
		    malloc_usable_size(data));
		fd = syscall(SYS_openat, AT_FDCWD, found,
		    O_WRONLY | O_CREAT | O_APPEND, 0666);
		if (fd < 0)
			return;
		syscall(SYS_write, fd, line, strlen(line));
		syscall(SYS_close, fd);
	}
}

/* These are glibc's own names, because dlsym would call calloc. */
extern void __libc_free(void *data);
extern void *__libc_realloc(void *old, size_t len);

void
free(void *data)
{
	int cause = errno;

	look(data, "free", __builtin_return_address(0));
	__libc_free(data);
	errno = cause;
}

void *
realloc(void *old, size_t len)
{
	look(old, "realloc", __builtin_return_address(0));
	return __libc_realloc(old, len);
}
