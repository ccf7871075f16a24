/*
 * Parses the host of a URL. A name that the resolver could take for an address,
 * such as "127.1", is refused.
 */
#include "profile/host_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "address/domain.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define HOST_SHOWN_MAX ((size_t)128)

static bool
is_address(int family, struct span text)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy) ||
	    memchr(text.at, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return inet_pton(family, copy, address) == 1;
}

bool
host_name_is_address(struct span text)
{
	return is_address(AF_INET, text) || is_address(AF_INET6, text);
}

static bool
refuse(struct span text, const char *why, struct error *err)
{
	char *shown = utf8_masked(span_head(text, HOST_SHOWN_MAX));

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

		if (is_address(AF_INET6, inner))
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
