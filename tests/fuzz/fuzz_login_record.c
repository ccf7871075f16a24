#include "fuzz/fuzz.h"

#include "oauth/login_record.h"

static void
check_text(const char *text)
{
	CLAIM(!span_has_control(span_from(text)));
}

/* A record that can be read is written so that it is read the same again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct login_record record = {0}, again = {0};
	struct buf reason = {0}, first, second;

	buf_init_secret(&first, LOGIN_RECORD_MAX);
	buf_init_secret(&second, LOGIN_RECORD_MAX);
	if (login_record_read(&record, fuzz_input(data, size), &reason) &&
	    login_record_add(&record, &first)) {
		check_text(record.token_endpoint);
		check_text(record.dead_reason);
		CLAIM(!span_has_control(buf_span(&record.refresh_token)));
		CLAIM(login_record_read(&again, buf_span(&first), &reason));
		CLAIM(login_record_add(&again, &second));
		CLAIM(span_equal(buf_span(&first), buf_span(&second)));
	} else {
		CLAIM(!span_has_control(buf_span(&reason)));
	}
	login_record_free(&record);
	login_record_free(&again);
	buf_free(&reason);
	buf_wipe(&first);
	buf_wipe(&second);
	return 0;
}
