/* The other servers of the profile stay as they are written. */
#include "doctor/server_remedy.h"

#include "base/buf.h"

/* Adds the servers of the profile, this one with the other scheme and port. */
static void
add_servers(struct buf *out, const struct profile *profile,
    const struct server *server, enum scheme scheme, unsigned short port)
{
	for (size_t i = 0; i < profile->server_count; i++) {
		const struct server *other = &profile->servers[i];

		if (i > 0)
			buf_add_text(out, ", ");
		if (server_url_equal(other, server))
			server_url_add(out, scheme, server->host, port);
		else
			buf_add_text(out, other->url);
	}
}

void
server_remedy_add(struct finding *finding, const struct profile *profile,
    const struct server *server, enum scheme scheme, unsigned short port)
{
	struct buf value = {0};

	if (server->domain != NULL)
		server_url_add(&value, scheme, server->host, port);
	else
		add_servers(&value, profile, server, scheme, port);
	finding_add_setting(finding, "server", buf_text(&value));
	buf_free(&value);
}
