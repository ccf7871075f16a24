/*
 * Parses the host of a URL. A name that the resolver could take for an address,
 * such as "127.1", is refused.
 */
#include "net/host_name.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define HOST_SHOWN_MAX ((size_t)128)

bool
host_name_is_address(struct span text)
{
	return domain_is_ipv4(text) || domain_is_ipv6(text);
}

static bool
refuse(struct span text, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(text, HOST_SHOWN_MAX);

	error_set(
	    err, ERROR_CONFIG, "cannot use the host \"%s\": %s", shown, why);
	free(shown);
	return false;
}

char *
host_name_parse(struct span text, struct error *err)
{
	struct buf name = {0};
	struct error cause = {0};
	char *host = NULL;

	if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']') {
		struct span inner = span_skip(span_head(text, text.len - 1), 1);

		if (domain_is_ipv6(inner))
			return span_copy(inner);
		refuse(text, "not an IPv6 address", err);
		return NULL;
	}
	if (host_name_is_address(text))
		return span_copy(text);
	if (text.len > 1 && text.at[text.len - 1] == '.')
		text.len--;
	if (text.len == 0)
		refuse(text, "it is empty", err);
	else if (span_has_control(text))
		refuse(text, "there is a control character in it", err);
	else if (domain_ends_in_number(text))
		refuse(text, "neither a name nor an address", err);
	else if (!domain_to_ascii(text, &name, &cause) ||
	    !domain_is_name(buf_span(&name)))
		refuse(text, "not a host name", err);
	else
		host = mem_copy_text(buf_text(&name));
	buf_free(&name);
	return host;
}
