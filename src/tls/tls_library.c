/*
 * Starts GnuTLS when it is first needed, instead of before main. The variables
 * that would make it log keys are removed from the environment twice: before
 * the libraries are initialised, and again before GnuTLS starts.
 */
#include "tls/tls_library.h"

#include <gnutls/gnutls.h>
#include <stddef.h>
#include <string.h>

/*
 * Without this, GnuTLS would start itself before main, with the environment
 * unchanged, and even in runs that need no TLS.
 */
int _gnutls_global_init_skip(void) __attribute__((visibility("default")));
GNUTLS_SKIP_GLOBAL_INIT

/*
 * Whether an entry of the environment, "NAME=value", makes the libraries log
 * keys (RFC 8446 appendix E), print debugging output or change priorities.
 */
static bool
is_harmful(const char *entry)
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

/*
 * Cannot use environment_remove: this also runs before the libraries, including
 * libc, are initialised, so it must not call any function outside this file.
 */
static void
remove_harmful(char **entries)
{
	char **kept = entries;

	for (; entries != NULL && *entries != NULL; entries++)
		if (!is_harmful(*entries))
			*kept++ = *entries;
	if (kept != NULL)
		*kept = NULL;
}

#ifdef __ELF__
/*
 * Some libraries read the environment in their initialisers, before main. The
 * functions in .preinit_array run before those.
 */
static void
remove_early(int argc, char **argv, char **entries)
{
	(void)argc;
	(void)argv;
	remove_harmful(entries);
}

static void (*const early)(int, char **, char **)
    __attribute__((section(".preinit_array"), used)) = remove_early;
#endif

bool
tls_library_start(struct tls_failure *failure)
{
	extern char **environ;
	int result;

	remove_harmful(environ);
	result = gnutls_global_init();
	return result >= 0 ||
	    tls_failure_set(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		gnutls_strerror(result));
}

const char *
tls_library_name(void)
{
	return "GnuTLS " GNUTLS_VERSION;
}

/* Adds a sentence of the library, "No common cipher suite.", as a phrase. */
static void
add_phrase(struct buf *buf, const char *sentence)
{
	size_t len = strlen(sentence);

	if (len > 0 && sentence[len - 1] == '.')
		len--;
	if (len > 1 && ascii_is_alpha(sentence[1]) &&
	    ascii_lower(sentence[1]) == sentence[1]) {
		buf_add_char(buf, ascii_lower(sentence[0]));
		sentence++;
		len--;
	}
	buf_add(buf, sentence, len);
}

void
tls_library_add_error(struct buf *buf, int error)
{
	add_phrase(buf, gnutls_strerror(error));
}

void
tls_library_add_alert(struct buf *buf, int alert)
{
	const char *name =
	    gnutls_alert_get_name((gnutls_alert_description_t)alert);

	buf_add_text(buf, "the server ended TLS with the alert \"");
	add_phrase(buf, name != NULL ? name : "unknown");
	buf_add_format(buf, "\" (%d)", alert);
}
