/*
 * Writes URLs as a user would: without the port where the scheme implies it.
 */
#include "doctor/server_remedy.h"

#include <string.h>

#include "base/buf.h"

static void
add_url(
    struct buf *out, enum scheme scheme, const char *host, unsigned short port)
{
	bool is_secure = scheme == SCHEME_SMTPS;
	bool is_six = strchr(host, ':') != NULL;

	buf_add_format(out, "%s://%s%s%s", is_secure ? "smtps" : "smtp",
	    is_six ? "[" : "", host, is_six ? "]" : "");
	if (port != (is_secure ? 465 : 587))
		buf_add_format(out, ":%u", (unsigned)port);
}

void
server_remedy_add(struct finding *finding, const struct profile *profile,
    const struct server *server, enum scheme scheme, unsigned short port)
{
	struct buf value = {0};

	for (size_t i = 0; server->domain == NULL && i < profile->server_count;
	     i++) {
		const struct server *other = &profile->servers[i];

		if (i > 0)
			buf_add_text(&value, ", ");
		if (server_url_equal(other, server))
			add_url(&value, scheme, server->host, port);
		else
			buf_add_text(&value, other->url);
	}
	if (server->domain != NULL)
		add_url(&value, scheme, server->host, port);
	finding_add_setting(finding, "server", buf_text(&value));
	buf_free(&value);
}
