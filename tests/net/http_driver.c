/*
 * Sends one request by HTTPS and prints what came of it: for tests against
 * servers.
 *
 *	http_driver URL TRUST MILLISECONDS [FORM [PROXY]]
 *
 * FORM makes it a POST. PROXY is as the setting `proxy`.
 * Prints a line "RESULT STATUS RETRY TYPE", then the body or the reason, and
 * two faults of a certificate. The steps go to stderr.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/signals.h"
#include "base/wait.h"
#include "net/http.h"
#include "profile/network.h"

static const char *const results[] = {
    [HTTP_DONE] = "done",
    [HTTP_REDIRECTED] = "redirected",
    [HTTP_NO_HOST] = "no-host",
    [HTTP_LOST] = "lost",
    [HTTP_TIMEOUT] = "timeout",
    [HTTP_SIGNAL] = "signal",
    [HTTP_UNTRUSTED] = "untrusted",
    [HTTP_MALFORMED] = "malformed",
    [HTTP_TOO_LARGE] = "too-large",
    [HTTP_NO_PROXY] = "no-proxy",
    [HTTP_CONFIG] = "config",
};

static void
tell(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "%s\n", sentence);
}

static void
print(enum http_result result, const struct http_reply *reply,
    const struct buf *reason)
{
	struct span text =
	    buf_span(result == HTTP_DONE ? &reply->body : reason);

	printf("%s %d %lld %.*s\n", results[result], reply->status,
	    (long long)reply->retry_after, (int)reply->content_type.len,
	    reply->content_type.len > 0 ? reply->content_type.data : "");
	if (text.len > 0)
		fwrite(text.at, 1, text.len, stdout);
	if (reply->faults & FAULT_NAME)
		fputs("\nanother name", stdout);
	if (reply->faults & FAULT_ISSUER_UNKNOWN)
		fputs("\nunknown issuer", stdout);
}

int
main(int argc, char **argv)
{
	struct network settings = {0};
	struct http_network network;
	struct http_request request = {.network = &network, .tell = tell};
	struct error err = {0};
	struct tls_options tls = {0};
	struct http_reply reply = {0};
	struct buf reason = {0};
	struct url url;
	enum http_result result;

	if (argc < 4 || !url_parse(&url, span_from(argv[1]), &reason)) {
		fprintf(stderr, "http_driver: %s\n", buf_text(&reason));
		return 64;
	}
	signals_catch();
	tls.trust = argv[2];
	request.url = &url;
	request.tls = &tls;
	request.deadline = deadline_in(atoll(argv[3]));
	if (argc > 4) {
		request.content_type = "application/x-www-form-urlencoded";
		request.body = span_from(argv[4]);
	}
	if (argc > 5 &&
	    !proxy_url_parse(&settings.proxy, span_from(argv[5]), &err)) {
		fprintf(stderr, "http_driver: %s\n", err.text);
		return 64;
	}
	network = network_for_http(&settings);
	result = http_send(&request, &reply, &reason);
	print(result, &reply, &reason);
	http_reply_free(&reply);
	url_free(&url);
	proxy_url_free(&settings.proxy);
	buf_free(&reason);
	return 0;
}
