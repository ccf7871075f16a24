/*
 * Looks for two digits, a colon and two digits. The rest of the line has too
 * many forms to be compared.
 */
#include "message/from_line.h"

bool
from_line_has_time(struct span line)
{
	for (size_t i = 2; i + 2 < line.len; i++)
		if (line.at[i] == ':' && ascii_is_digit(line.at[i - 2]) &&
		    ascii_is_digit(line.at[i - 1]) &&
		    ascii_is_digit(line.at[i + 1]) &&
		    ascii_is_digit(line.at[i + 2]))
			return true;
	return false;
}
