/*
 * --version: the program and its libraries, and what was chosen when it was
 * built.
 */
#include "cli/version.h"

#include <stdio.h>

#include "address/domain.h"
#include "cli/output.h"
#include "profile/mechanism.h"
#include "tls/tls_library.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif
#ifdef CA_BUNDLE
#define TRUST CA_BUNDLE
#else
#define TRUST "system"
#endif

bool
version_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	(void)options;
	(void)result;
	printf("smtpost %s\n", PACKAGE_VERSION);
	printf("libraries: %s, %s\n", tls_library_name(), domain_library());
	printf("configuration: %s/smtpost/config\n", SYSCONFDIR);
	printf("trust: %s\n", TRUST);
#ifdef SANITIZERS
	printf("sanitizers: %s\n", SANITIZERS);
#endif
	fputs("login:", stdout);
	for (size_t i = 0; i < mechanism_count(); i++)
		printf(" %s", mechanism_at(i)->name);
	putchar('\n');
	return output_end(err);
}
