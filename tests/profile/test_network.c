#include "rows.h"

#include "profile/network.h"

#include <sys/socket.h>

struct family_row {
	const char *name;
	enum ip_family ip;
	const char *sources[2];
	int family;
};

static const struct family_row families[] = {
    {"any", IP_ANY, {NULL, NULL}, AF_UNSPEC},
    {"IPv4 by ip", IP_FOUR, {NULL, NULL}, AF_INET},
    {"IPv6 by ip", IP_SIX, {NULL, NULL}, AF_INET6},
    {"IPv4 by the only source", IP_ANY, {"127.0.0.1", NULL}, AF_INET},
    {"IPv6 by the only source", IP_ANY, {"::1", NULL}, AF_INET6},
    {"a source of each family", IP_ANY, {"127.0.0.1", "::1"}, AF_UNSPEC},
    {"ip outweighs sources", IP_SIX, {"127.0.0.1", "::1"}, AF_INET6},
};

static void
test_family(void **state)
{
	const struct family_row *row = *state;
	const struct network network = {
	    .ip = row->ip,
	    .sources = {.names = (char **)(uintptr_t)row->sources,
		.count = (size_t)(row->sources[0] != NULL) +
		    (row->sources[1] != NULL)},
	};

	assert_int_equal(network_family(&network), row->family);
	assert_int_equal(network_for_http(&network).family, row->family);
}

static void
test_http(void **state)
{
	char *sources[] = {(char *)(uintptr_t) "127.0.0.1"};
	struct network network = {.sources = {.names = sources, .count = 1}};
	struct error err = {0};
	struct http_network made;

	(void)state;
	assert_true(proxy_url_parse(
	    &network.proxy, SPAN("socks5://me:sec@proxy.example:99"), &err));
	made = network_for_http(&network);
	assert_ptr_equal(made.sources, sources);
	assert_int_equal(made.source_count, 1);
	assert_string_equal(made.proxy_host, "proxy.example");
	assert_int_equal(made.proxy_port, 99);
	assert_true(span_equal(made.proxy_user, SPAN("me")));
	assert_true(span_equal(made.proxy_password, SPAN("sec")));
	proxy_url_free(&network.proxy);
	made = network_for_http(&network);
	assert_null(made.proxy_host);
	assert_int_equal(made.proxy_user.len, 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "family", families, ROWS(families), test_family);
	rows_add_one(&all, "for requests by HTTPS", test_http);
	return rows_end(&all);
}
