/*
 * Reads where a person must type which code. Services that are older than the
 * RFC say verification_url, and some leave out the interval.
 */
#include "oauth/device_code.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "net/url.h"

#define CODE_MAX ((size_t)8192)
#define USER_CODE_MAX ((size_t)64)

/* The member, if it is an https URL; else NULL. */
static char *
take_page(struct json reply, const char *name)
{
	struct buf text = {.max = URL_MAX};
	struct url url = {0};
	bool is_page = json_add_string(json_find(reply, name), &text) &&
	    url_parse(&url, buf_span(&text), NULL);

	url_free(&url);
	if (is_page)
		return buf_take_text(&text);
	buf_free(&text);
	return NULL;
}

static int64_t
take_seconds(
    struct json reply, const char *name, int64_t otherwise, int64_t max)
{
	uint64_t seconds;

	if (!json_number(json_find(reply, name), UINT64_MAX, &seconds))
		return otherwise;
	if (seconds == 0)
		return 1;
	return seconds < (uint64_t)max ? (int64_t)seconds : max;
}

static bool
take(struct device_code *code, struct json reply, struct buf *reason)
{
	struct buf typed = {.max = USER_CODE_MAX};

	if (!json_add_string(json_find(reply, "device_code"), &code->code) ||
	    code->code.len == 0) {
		buf_add_text(reason, "it has no device_code");
		return false;
	}
	if (json_add_string(json_find(reply, "user_code"), &typed) &&
	    typed.len > 0)
		code->user_code = utf8_masked(buf_span(&typed));
	buf_free(&typed);
	if (code->user_code == NULL) {
		buf_add_text(reason, "it has no user_code");
		return false;
	}
	code->page = take_page(reply, "verification_uri");
	if (code->page == NULL)
		code->page = take_page(reply, "verification_url");
	if (code->page == NULL) {
		buf_add_text(
		    reason, "its verification_uri is not a valid https URL");
		return false;
	}
	code->complete_page = take_page(reply, "verification_uri_complete");
	code->lifetime = take_seconds(reply, "expires_in", DEVICE_CODE_LIFETIME,
	    DEVICE_CODE_LIFETIME_MAX);
	code->interval = take_seconds(
	    reply, "interval", DEVICE_CODE_INTERVAL, DEVICE_CODE_LIFETIME_MAX);
	return true;
}

bool
device_code_read(struct device_code *code, struct span body, struct buf *reason)
{
	struct json json;

	*code = (struct device_code){0};
	buf_init_secret(&code->code, CODE_MAX);
	if (json_read(&json, body, reason) && take(code, json, reason))
		return true;
	device_code_free(code);
	return false;
}

void
device_code_free(struct device_code *code)
{
	buf_wipe(&code->code);
	free(code->user_code);
	free(code->page);
	free(code->complete_page);
	*code = (struct device_code){0};
}
