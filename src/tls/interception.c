/*
 * The table of names. A phrase counts only as whole words, so that "eset" is
 * not found in "preset".
 */
#include "tls/interception.h"

static const char *const phrases[] = {
    /* virus scanners */
    "avast",
    "avg technologies",
    "avg web/mail shield",
    "bitdefender",
    "dr.web",
    "eset",
    "kaspersky",
    "mail shield",
    "panda security",
    /* company gateways */
    "barracuda",
    "blue coat",
    "bluecoat",
    "check point",
    "cisco umbrella",
    "contentkeeper",
    "cyberoam",
    "forcepoint",
    "fortigate",
    "fortinet",
    "iboss",
    "mcafee web gateway",
    "menlo security",
    "netskope",
    "palo alto networks",
    "securly",
    "smoothwall",
    "sonicwall",
    "sophos",
    "squid",
    "untangle",
    "watchguard",
    "websense",
    "zscaler",
    /* tools that show what is sent, and filters for one machine */
    "adguard",
    "burp suite",
    "charles proxy",
    "do_not_trust_fiddlerroot",
    "komodia",
    "mitmproxy",
    "portswigger",
    "superfish",
    /* what others call themselves */
    "content filter",
    "content gateway",
    "deep inspection",
    "forward proxy",
    "https inspection",
    "ssl decryption",
    "ssl filter",
    "ssl inspection",
    "ssl interception",
    "ssl proxy",
    "tls decryption",
    "tls inspection",
    "tls interception",
    "tls proxy",
    "web filter",
    "web gateway",
    "web proxy",
    "web security appliance",
};

static bool
has_phrase(struct span name, struct span phrase)
{
	for (size_t at = 0; at + phrase.len <= name.len; at++) {
		struct span rest = span_skip(name, at);

		if (span_starts_nocase(rest, phrase) &&
		    (at == 0 || !ascii_is_alnum(name.at[at - 1])) &&
		    (rest.len == phrase.len ||
			!ascii_is_alnum(rest.at[phrase.len])))
			return true;
	}
	return false;
}

bool
interception_is_name(struct span name)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (has_phrase(name, span_from(phrases[i])))
			return true;
	return false;
}

/* Removes the first attribute, "CN=R11", from the front of *rest. */
static bool
next_attribute(struct span *rest, struct span *attribute)
{
	size_t end = 0;

	/* A comma within a value follows a backslash, which is masked. */
	while (end < rest->len &&
	    (rest->at[end] != ',' ||
		(end >= 4 &&
		    span_equal(span_head(span_skip(*rest, end - 4), 4),
			SPAN("\\x5c")))))
		end++;
	*attribute = span_head(*rest, end);
	*rest = span_skip(*rest, end + 1);
	return attribute->len > 0;
}

void
interception_add_common_name(struct span name, struct buf *out)
{
	struct span rest = name, attribute;

	while (next_attribute(&rest, &attribute))
		if (span_starts_nocase(attribute, SPAN("CN=")) &&
		    attribute.len > 3) {
			buf_add_span(out, span_skip(attribute, 3));
			return;
		}
	buf_add_span(out, name);
}
