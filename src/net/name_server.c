/*
 * Asks for the name servers of the root at most once a run. That answer shows
 * two things: whether the name server validates, since the root is signed, and
 * whether it can be believed that a name does not exist.
 */
#include "net/name_server.h"

static enum dns_result
ask(const struct name_server *server, const char *name, enum dns_type type,
    int64_t deadline, struct dns_records *list, struct buf *reason)
{
	enum dns_result result;

	if (server->ask == NULL)
		result = dns_ask(name, type, deadline, list, reason);
	else
		result = server->ask(server->context, name, type, list);
	if (server->trust == NAME_SERVER_TRUST_ALWAYS)
		list->is_authentic = list->is_claimed_authentic;
	else if (server->trust == NAME_SERVER_TRUST_NEVER)
		list->is_authentic = false;
	return result;
}

static void
ask_for_root(struct name_server *server, int64_t deadline)
{
	struct dns_records list = {0};
	struct buf reason = {0};

	if (server->root != NAME_SERVER_ROOT_UNASKED)
		return;
	switch (ask(server, ".", DNS_NS, deadline, &list, &reason)) {
	case DNS_FOUND:
		server->root = list.is_authentic ? NAME_SERVER_ROOT_AUTHENTIC
						 : NAME_SERVER_ROOT_FOUND;
		break;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		server->root = NAME_SERVER_ROOT_UNKNOWN;
		break;
	case DNS_TROUBLE:
		server->root = NAME_SERVER_ROOT_TROUBLE;
		break;
	case DNS_SIGNAL:
		break;
	}
	dns_answer_free(&list);
	buf_free(&reason);
}

/*
 * If the root could not be asked for, the single answers decide: DNSSEC must
 * not end because somebody suppresses that one answer.
 */
enum dns_result
name_server_ask(struct name_server *server, const char *name,
    enum dns_type type, int64_t deadline, struct dns_records *list,
    struct buf *reason)
{
	enum dns_result result =
	    ask(server, name, type, deadline, list, reason);

	if (list->is_authentic) {
		ask_for_root(server, deadline);
		list->is_authentic = server->root != NAME_SERVER_ROOT_FOUND &&
		    server->root != NAME_SERVER_ROOT_UNKNOWN;
	}
	return result;
}

bool
name_server_has_root(struct name_server *server, int64_t deadline)
{
	ask_for_root(server, deadline);
	return server->root == NAME_SERVER_ROOT_AUTHENTIC ||
	    server->root == NAME_SERVER_ROOT_FOUND;
}

bool
name_server_validates(
    struct name_server *server, int64_t deadline, struct buf *reason)
{
	if (server->trust == NAME_SERVER_TRUST_NEVER) {
		buf_add_text(reason, "DNSSEC is switched off");
		return false;
	}
	if (server->trust == NAME_SERVER_TRUST_AUTO && server->ask == NULL &&
	    !dns_system_is_trusted()) {
		buf_add_text(reason,
		    "the name server is not on this machine, so that its word "
		    "about DNSSEC proves nothing");
		return false;
	}
	ask_for_root(server, deadline);
	switch (server->root) {
	case NAME_SERVER_ROOT_AUTHENTIC:
		return true;
	case NAME_SERVER_ROOT_FOUND:
		buf_add_text(
		    reason, "the name server does not validate (DNSSEC)");
		break;
	case NAME_SERVER_ROOT_UNKNOWN:
		buf_add_text(reason, "the name server does not know the root");
		break;
	case NAME_SERVER_ROOT_TROUBLE:
	case NAME_SERVER_ROOT_UNASKED:
		buf_add_text(reason, "the name server does not answer");
		break;
	}
	return false;
}

bool
name_server_answers(const struct name_server *server, int64_t deadline)
{
	struct dns_records list = {0};
	struct buf reason = {0};
	enum dns_result result =
	    ask(server, ".", DNS_NS, deadline, &list, &reason);

	dns_answer_free(&list);
	buf_free(&reason);
	return result != DNS_TROUBLE;
}
