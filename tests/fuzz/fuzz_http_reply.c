#include "fuzz/fuzz.h"

#include "base/wait.h"
#include "net/http_reply.h"
#include "net/stream.h"

static enum http_result
read_reply(
    struct span input, size_t cut, struct http_reply *reply, struct buf *reason)
{
	struct buf output = {0};
	struct stream *stream = stream_new_memory(input, cut, &output);
	enum http_result result =
	    http_reply_read(reply, stream, DEADLINE_NEVER, reason);

	CLAIM(output.len == 0);
	stream_free(stream);
	return result;
}

static void
check_done(const struct http_reply *reply)
{
	struct span type = buf_span(&reply->content_type);

	CLAIM(reply->status >= 200 && reply->status <= 599);
	CLAIM(reply->status < 300 || reply->status > 399);
	CLAIM(reply->retry_after >= -1 &&
	    reply->retry_after <= HTTP_REPLY_RETRY_MAX);
	CLAIM(reply->body.len <= HTTP_REPLY_BODY_MAX);
	for (size_t i = 0; i < type.len; i++)
		CLAIM(type.at[i] == '\t' || !ascii_is_control(type.at[i]));
}

/*
 * A reply is read the same, in whatever pieces it comes. The first octet is the
 * length of a piece.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned cut = fuzz_choice(&input);
	struct http_reply whole = {0}, pieces = {0};
	struct buf reason = {0}, again = {0};
	enum http_result result = read_reply(input, 0, &whole, &reason);

	CLAIM(read_reply(input, cut, &pieces, &again) == result);
	CLAIM(span_equal(buf_span(&reason), buf_span(&again)));
	CLAIM(result == HTTP_DONE || result == HTTP_REDIRECTED ||
	    result == HTTP_LOST || result == HTTP_MALFORMED ||
	    result == HTTP_TOO_LARGE);
	CLAIM((result == HTTP_DONE) == (reason.len == 0));
	CLAIM(!span_has_control(buf_span(&reason)));
	if (result == HTTP_DONE) {
		check_done(&whole);
		CLAIM(whole.status == pieces.status);
		CLAIM(
		    span_equal(buf_span(&whole.body), buf_span(&pieces.body)));
	}
	http_reply_free(&whole);
	http_reply_free(&pieces);
	buf_free(&reason);
	buf_free(&again);
	return 0;
}
