/*
 * --version: the program and its libraries, and what was chosen when it was
 * built.
 */
#include "cli/version.h"

#include "address/domain.h"
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

void
version_print(FILE *out)
{
	fprintf(out, "smtpost %s\n", PACKAGE_VERSION);
	fprintf(
	    out, "libraries: %s, %s\n", tls_library_name(), domain_library());
	fprintf(out, "configuration: %s/smtpost/config\n", SYSCONFDIR);
	fprintf(out, "trust: %s\n", TRUST);
#ifdef SANITIZERS
	fprintf(out, "sanitizers: %s\n", SANITIZERS);
#endif
	fputs("login:", out);
	for (size_t i = 0; i < mechanism_count(); i++)
		fprintf(out, " %s", mechanism_at(i)->name);
	fputc('\n', out);
}
