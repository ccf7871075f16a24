/*
 * The example of RFC 8463 appendix A: its key makes its signature from its
 * header fields. The fields that smtpost makes are verified by other programs
 * in tests/signed_mails.
 */
#include "rows.h"

#include "base/base64.h"
#include "dkim/dkim_key.h"
#include "dkim/dkim_signature.h"
#include "dkim/signed_header.h"

/* PKCS #8 (RFC 8410 section 7) of the private key in appendix A.2. */
static const char pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

/* The signed fields in the order of the tag h, then the field itself. */
static const char *const fields[] = {
    "From: Joe SixPack <joe@football.example.com>\r\n",
    "To: Suzie Q <suzie@shopping.example.net>\r\n",
    "Subject: Is dinner ready?\r\n",
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n",
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n",
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=",
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static void
test_vector(void **state)
{
	struct error err;
	struct tls_failure failure;
	struct private_key *key = dkim_key_read(SPAN(pem), "x", &err);
	struct buf text = {0}, signature = {0}, base64 = {0}, record = {0};
	unsigned char hash[SHA256_OCTETS];

	(void)state;
	assert_non_null(key);
	for (size_t i = 0; i < FIELDS; i++) {
		signed_header_add_relaxed(span_from(fields[i]), &text);
		buf_add_text(&text, i + 1 < FIELDS ? "\r\n" : "");
	}
	assert_true(sha256_of(buf_span(&text), hash));
	assert_true(private_key_add_signature(key, hash, &signature, &failure));
	base64_encode(&base64, buf_span(&signature));
	assert_string_equal(buf_text(&base64),
	    "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
	    "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==");
	assert_true(dkim_key_add_record(key, &record, &err));
	assert_string_equal(buf_text(&record),
	    "v=DKIM1; k=ed25519; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	private_key_free(key);
	buf_free(&text);
	buf_free(&signature);
	buf_free(&base64);
	buf_free(&record);
}

/* The field up to the signature. */
static void
test_field(void **state)
{
	struct error err;
	struct private_key *key = dkim_key_read(SPAN(pem), "x", &err);
	const struct dkim_signature signature = {.key = key,
	    .domain = "example.com",
	    .selector = "s1",
	    .now = 1764547200,
	    .lifetime = 3600};
	const unsigned char hash[SHA256_OCTETS] = {0};
	struct buf out = {0};

	(void)state;
	assert_true(dkim_signature_add(&signature,
	    SPAN("From: a@example.com\r\nTo: b@example.org\r\n"), hash, &out,
	    &err));
	out.len = (size_t)(strstr(buf_text(&out), "\tb=") - buf_text(&out));
	assert_string_equal(buf_text(&out),
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	    "\td=example.com;\r\n"
	    "\ts=s1;\r\n"
	    "\tt=1764547200; x=1764550800;\r\n"
	    "\th=to:from:from:reply-to:to:cc:subject:date:message-id:"
	    "in-reply-to:\r\n"
	    "\t references:mime-version:content-type:"
	    "content-transfer-encoding;\r\n"
	    "\tbh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;\r\n");
	private_key_free(key);
	buf_free(&out);
}

/* A line of any field has at most 78 octets (RFC 5322 section 2.1.1). */
static void
test_lines(void **state)
{
	struct tls_failure failure;
	struct error err;
	const unsigned char hash[SHA256_OCTETS] = {255};
	struct buf header, out = {0};
	struct span rest, line;

	(void)state;
	buf_init(&header, 0);
	for (unsigned bits = 1024; bits <= 4096; bits += 1024) {
		struct private_key *key =
		    private_key_make(PRIVATE_KEY_RSA, bits, &failure);
		const struct dkim_signature signature = {.key = key,
		    .domain = "example.com",
		    .selector = "s1",
		    .now = 1};

		buf_add_format(&header, "List-%u: x\r\n", bits);
		assert_true(dkim_signature_add(
		    &signature, buf_span(&header), hash, &out, &err));
		private_key_free(key);
	}
	rest = buf_span(&out);
	while (span_next_word(&rest, "\r\n", &line))
		assert_true(line.len <= 78 && line.len > 0);
	buf_free(&header);
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "the vector of RFC 8463", test_vector);
	rows_add_one(&all, "the field", test_field);
	rows_add_one(&all, "lengths of lines", test_lines);
	return rows_end(&all);
}
