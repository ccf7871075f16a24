#include "net/tls_library.h"

#include <gnutls/gnutls.h>
#include <stddef.h>

#include "net/tls_words.h"

/*
 * GnuTLS would start itself before main, with whatever the environment says.
 * It starts here, so that a run without TLS does not pay for it.
 */
int _gnutls_global_init_skip(void) __attribute__((visibility("default")));
GNUTLS_SKIP_GLOBAL_INIT

/*
 * What makes the libraries write keys or debugging output, or obey other
 * priorities (RFC 8446 appendix E). An entry of the environment, "NAME=value".
 */
static bool
is_armed(const char *entry)
{
	static const char *const names[] = {"SSLKEYLOGFILE=", "GNUTLS_",
	    "P11_KIT_DEBUG=", "P11_KIT_STRICT=", "NETTLE_FAT_VERBOSE="};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = 0;

		while (names[i][len] != '\0' && entry[len] == names[i][len])
			len++;
		if (names[i][len] == '\0')
			return true;
	}
	return false;
}

static void
disarm(char **entries)
{
	char **kept = entries;

	for (; entries != NULL && *entries != NULL; entries++)
		if (!is_armed(*entries))
			*kept++ = *entries;
	if (kept != NULL)
		*kept = NULL;
}

#ifdef __ELF__
/*
 * Some libraries read the environment when they are loaded, which is before
 * main. What stands in this section runs before they do; it may call nothing.
 */
static void
disarm_early(int argc, char **argv, char **entries)
{
	(void)argc;
	(void)argv;
	disarm(entries);
}

static void (*const early)(int, char **, char **)
    __attribute__((section(".preinit_array"), used)) = disarm_early;
#endif

bool
tls_library_start(struct tls_failure *failure)
{
	extern char **environ;
	int result;

	disarm(environ);
	result = gnutls_global_init();
	if (result < 0)
		tls_fail(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		    gnutls_strerror(result));
	return result >= 0;
}
