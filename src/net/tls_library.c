#include "net/tls_library.h"

#include <gnutls/gnutls.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/text.h"
#include "net/tls_words.h"

/*
 * GnuTLS would start itself before main, with whatever the environment says.
 * It starts here, so that a run without TLS does not pay for it.
 */
int _gnutls_global_init_skip(void) __attribute__((visibility("default")));
GNUTLS_SKIP_GLOBAL_INIT

/* Nobody else's keys log, debugging or priorities (RFC 8446 appendix E). */
static void
disarm_environment(void)
{
	extern char **environ;
	size_t i = 0;

	unsetenv("SSLKEYLOGFILE");
	while (environ != NULL && environ[i] != NULL) {
		struct span name = span_from(environ[i]);
		char *copy;

		name = span_head(name, span_find(name, '='));
		if (!span_starts(name, SPAN("GNUTLS_"))) {
			i++;
			continue;
		}
		copy = span_copy(name);
		if (unsetenv(copy) < 0)
			i++;
		free(copy);
	}
}

bool
tls_library_start(struct tls_failure *failure)
{
	int result;

	disarm_environment();
	result = gnutls_global_init();
	if (result < 0)
		tls_fail(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		    gnutls_strerror(result));
	return result >= 0;
}
