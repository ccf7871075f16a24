/* The other servers of the profile stay as they are written. */
#include "doctor/server_remedy.h"

#include "base/buf.h"

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
			server_url_add(&value, scheme, server->host, port);
		else
			buf_add_text(&value, other->url);
	}
	if (server->domain != NULL)
		server_url_add(&value, scheme, server->host, port);
	finding_add_setting(finding, "server", buf_text(&value));
	buf_free(&value);
}
