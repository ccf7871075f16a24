#include "net/tls_srv_id.h"

#include <string.h>

bool
tls_srv_id_matches(struct span der, const char *service, const char *domain)
{
	const unsigned char *octets = (const unsigned char *)der.at;
	struct span wanted = span_from(domain), text;
	size_t label = strlen(service);

	if (der.len < 2 || octets[0] != 0x16)
		return false;
	/* X.690 section 10.1: the only form of the length. */
	if (octets[1] < 128)
		text = span_skip(der, 2);
	else if (octets[1] == 0x81 && der.len > 2 && octets[2] >= 128)
		text = span_skip(der, 3);
	else
		return false;
	if (text.len != octets[der.len - text.len - 1])
		return false;
	if (wanted.len > 0 && wanted.at[wanted.len - 1] == '.')
		wanted.len--;
	return wanted.len > 0 && text.len == label + 1 + wanted.len &&
	       text.at[label] == '.' &&
	       span_equal_nocase(span_head(text, label), span_from(service)) &&
	       span_equal_nocase(span_skip(text, label + 1), wanted);
}
