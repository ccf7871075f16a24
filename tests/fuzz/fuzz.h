/*
 * Shared by the fuzz targets. A target takes any octets and checks claims that
 * must be true for them. `make fuzz` runs it with libFuzzer, `make check` with
 * the files of corpus/NAME and every prefix of each (replay.c).
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(claim)                                           \
	do {                                                   \
		if (!(claim))                                  \
			fuzz_fail(__FILE__, __LINE__, #claim); \
	} while (0)

static inline _Noreturn void
fuzz_fail(const char *file, int line, const char *claim)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, claim);
	abort();
}

static inline struct span
fuzz_input(const uint8_t *data, size_t size)
{
	return (struct span){(const char *)data, size};
}

/* The first octet, as a choice; 0 if there is none. */
static inline unsigned
fuzz_choice(struct span *input)
{
	unsigned choice = input->len > 0 ? (unsigned char)input->at[0] : 0;

	*input = span_skip(*input, 1);
	return choice;
}

/* Checks a text for the user: a line and hints, without controls except TAB. */
static inline void
fuzz_check_error(const struct error *err)
{
	CLAIM(err->text[0] != '\0');
	CLAIM(strlen(err->text) < sizeof(err->text));
	for (const char *at = err->text; *at != '\0'; at++)
		CLAIM(*at == '\n' || *at == '\t' || !ascii_is_control(*at));
}

#endif
