/* URLs of keys in tokens: what is taken, refused, and shown. */
#include "folder.h"

#include "profile/token_url.h"

struct url_row {
	const char *name, *text;
	/* Of a URL that is taken. */
	const char *uri, *module, *pin_file, *pin;
	const char *refusal; /* NULL: it is taken */
	const char *shown;   /* NULL: as it is written */
};

static const struct url_row urls[] = {
    {.name = "token and object",
	.text = "pkcs11:token=a%20b;object=k",
	.uri = "pkcs11:token=a%20b;object=k"},
    {.name = "serial", .text = "pkcs11:serial=1", .uri = "pkcs11:serial=1"},
    {.name = "PIN in a file",
	.text = "pkcs11:token=a?pin-source=file:/run/p%69n",
	.uri = "pkcs11:token=a",
	.pin_file = "/run/pin"},
    {.name = "PIN in a file, with an empty host",
	.text = "pkcs11:token=a?pin-source=file:///run/pin",
	.uri = "pkcs11:token=a",
	.pin_file = "/run/pin"},
    {.name = "PIN in a path",
	.text = "pkcs11:token=a?pin-source=/run/pin",
	.uri = "pkcs11:token=a",
	.pin_file = "/run/pin"},
    {.name = "PIN and module",
	.text = "pkcs11:token=a?pin-value=4%3711+&module-path=/lib/m.so",
	.uri = "pkcs11:token=a",
	.module = "/lib/m.so",
	.pin = "4711+",
	.shown = "pkcs11:token=a?pin-value=***&module-path=/lib/m.so"},
    {.name = "no token",
	.text = "pkcs11:object=k",
	.refusal = "names no token"},
    {.name = "a token without a label",
	.text = "pkcs11:token=;object=k",
	.refusal = "names no token"},
    {.name = "a token without a value",
	.text = "pkcs11:token",
	.refusal = "names no token"},
    {.name = "nothing", .text = "pkcs11:", .refusal = "names no token"},
    {.name = "misspelt",
	.text = "pkcs11:token=a;objekt=k",
	.refusal = "\"objekt\""},
    {.name = "PIN in front of the question mark",
	.text = "pkcs11:token=a;pin-value=4711",
	.refusal = "\"pin-value\", which is not known in front of",
	.shown = "pkcs11:token=a;pin-value=***"},
    {.name = "misspelt PIN",
	.text = "pkcs11:token=a?pin-vlaue=4711",
	.refusal = "\"pin-vlaue\", which is not known after"},
    {.name = "empty PIN",
	.text = "pkcs11:token=a?pin-value=",
	.refusal = "no PIN",
	.shown = "pkcs11:token=a?pin-value=***"},
    {.name = "PIN with half an escape",
	.text = "pkcs11:token=a?pin-value=4%7",
	.refusal = "no PIN",
	.shown = "pkcs11:token=a?pin-value=***"},
    {.name = "PIN with a NUL",
	.text = "pkcs11:token=a?pin-value=4%00",
	.refusal = "no PIN",
	.shown = "pkcs11:token=a?pin-value=***"},
    {.name = "two PINs",
	.text = "pkcs11:token=a?pin-value=4&pin-value=5",
	.refusal = "twice",
	.shown = "pkcs11:token=a?pin-value=***&pin-value=***"},
    {.name = "PIN and file",
	.text = "pkcs11:token=a?pin-value=4&pin-source=/p",
	.refusal = "both",
	.shown = "pkcs11:token=a?pin-value=***&pin-source=/p"},
    {.name = "command",
	.text = "pkcs11:token=a?pin-source=|cat",
	.refusal = "no absolute path"},
    {.name = "relative file",
	.text = "pkcs11:token=a?pin-source=file:pin",
	.refusal = "no absolute path"},
    {.name = "relative module",
	.text = "pkcs11:token=a?module-path=m.so",
	.refusal = "no absolute path"},
    {.name = "blank", .text = "pkcs11:token=a b", .refusal = "a blank"},
};

static void
assert_text(const char *found, const char *expected)
{
	if (expected == NULL)
		assert_null(found);
	else
		assert_string_equal(found, expected);
}

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct token_url url;
	struct error err = {0};
	struct buf shown = {0};
	bool done = token_url_parse(&url, row->text, &err);

	token_url_print(span_from(row->text), &shown);
	assert_string_equal(
	    buf_text(&shown), row->shown != NULL ? row->shown : row->text);
	assert_int_equal(token_url_has_pin(span_from(row->text)),
	    strstr(row->text, "pin-value") != NULL);
	assert_int_equal(done, row->refusal == NULL);
	assert_text(url.uri, row->uri);
	assert_text(url.module, row->module);
	assert_text(url.pin_file, row->pin_file);
	assert_string_equal(
	    buf_text(&url.pin), row->pin != NULL ? row->pin : "");
	if (!done) {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->refusal);
		assert_lacks(err.text, "4711");
	}
	buf_free(&shown);
	token_url_free(&url);
}

int
main(void)
{
	return rows_run("url", urls, ROWS(urls), test_url);
}
