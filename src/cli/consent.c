/* Reads answers. The caller prints the question, without a line end. */
#include "cli/consent.h"

#include "base/text.h"

bool
consent_read(FILE *terminal)
{
	char line[64];
	struct span answer;

	if (fgets(line, sizeof(line), terminal) == NULL)
		return false;
	answer = span_trim(span_from(line));
	return span_equal_nocase(answer, SPAN("y")) ||
	    span_equal_nocase(answer, SPAN("yes"));
}
