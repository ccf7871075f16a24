/*
 * Names of mails in the queue. Every name that comes from outside (a file in
 * the spool, an operand) passes id_read before anything is opened by it.
 */
#include "spool/id.h"

#include <stdio.h>

#include "base/random.h"

bool
id_make(struct id *id, int64_t now)
{
	unsigned char octets[2];

	if (!random_octets(octets, sizeof(octets)))
		return false;
	snprintf(id->text, sizeof(id->text), "%08lX%02X%02X",
	    (unsigned long)(now & 0xffffffff), octets[0], octets[1]);
	return true;
}

bool
id_read(struct id *id, struct span text)
{
	if (text.len != ID_LEN)
		return false;
	for (size_t i = 0; i < ID_LEN; i++) {
		if (ascii_hex_value(text.at[i]) < 0)
			return false;
		id->text[i] = ascii_upper(text.at[i]);
	}
	id->text[ID_LEN] = '\0';
	return true;
}
