/*
 * The meanings of extensions: a row for each keyword. Only numbers and known
 * words of the server's line get into the text.
 */
#include "cli/extension_text.h"

#include <inttypes.h>
#include <string.h>

static void
add_size(struct buf *out, struct span parameters)
{
	uint64_t size, tenths;

	if (!span_number(span_trim(parameters), UINT64_MAX, &size) ||
	    size == 0) {
		buf_add_text(out, "messages of any size, or it does not say");
	} else if (size < 1000000) {
		buf_add_format(
		    out, "messages of up to %" PRIu64 " octets", size);
	} else {
		tenths = size / 100000 + (size % 100000 >= 50000);
		buf_add_format(out,
		    "messages of up to %" PRIu64 ".%" PRIu64 " MB", tenths / 10,
		    tenths % 10);
	}
}

/* What a mechanism needs of the user. */
static const struct {
	const char *mechanism; /* all that begin with this */
	const char *need;
} needs[] = {
    {"PLAIN", "passwords"},
    {"LOGIN", "passwords"},
    {"CRAM-MD5", "passwords"},
    {"DIGEST-MD5", "passwords"},
    {"SCRAM-", "passwords"},
    {"NTLM", "passwords"},
    {"XOAUTH2", "OAuth"},
    {"OAUTHBEARER", "OAuth"},
    {"EXTERNAL", "client certificates"},
    {"GSSAPI", "Kerberos"},
    {"GS2-", "Kerberos"},
    {"ANONYMOUS", "nobody's name"},
};

#define NEED_COUNT (sizeof(needs) / sizeof(needs[0]))

static void
add_auth(struct buf *out, struct span parameters)
{
	bool found[NEED_COUNT] = {false};
	const char *last = NULL, *between = "login by ";
	struct span word;

	while (span_next_word(&parameters, " \t=", &word))
		for (size_t i = 0; i < NEED_COUNT; i++)
			if (span_starts_nocase(
				word, span_from(needs[i].mechanism)))
				found[i] = true;
	/* Rows of one need follow each other. */
	for (size_t i = 0; i < NEED_COUNT; i++) {
		if (!found[i] ||
		    (last != NULL && strcmp(needs[i].need, last) == 0))
			continue;
		last = needs[i].need;
		buf_add_format(out, "%s%s", between, last);
		between = ", ";
	}
	if (last == NULL)
		buf_add_text(out, "login, in ways that smtpost does not know");
}

static void
add_limits(struct buf *out, struct span parameters)
{
	static const struct {
		const char *name, *noun, *place;
	} limits[] = {
	    {"RCPTMAX=", "recipient", " of a message"},
	    {"MAILMAX=", "message", " in a session"},
	    {"RCPTDOMAINMAX=", "domain", " of the recipients of a message"},
	};
	const char *between = "at most ";
	struct span word;
	uint64_t limit;

	while (span_next_word(&parameters, " \t", &word))
		for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]);
		     i++) {
			struct span name = span_from(limits[i].name);

			if (!span_starts_nocase(word, name) ||
			    !span_number(
				span_skip(word, name.len), 999999, &limit))
				continue;
			buf_add_format(out, "%s%" PRIu64 " %s%s%s", between,
			    limit, limits[i].noun, limit == 1 ? "" : "s",
			    limits[i].place);
			between = ", ";
		}
	if (between[0] != ',')
		buf_add_text(out, "limits that smtpost does not know");
}

static void
add_release(struct buf *out, struct span parameters)
{
	struct span word;
	uint64_t seconds;

	buf_add_text(out, "the server can send a message later");
	if (span_next_word(&parameters, " \t", &word) &&
	    span_number(word, 999999999, &seconds))
		buf_add_format(out, ", up to %" PRIu64 " day%s",
		    seconds / 86400, seconds / 86400 == 1 ? "" : "s");
}

static const struct row {
	const char *keyword;
	const char *text;
	void (*add)(struct buf *out, struct span parameters);
} rows[] = {
    {"SIZE", NULL, add_size},
    {"AUTH", NULL, add_auth},
    {"LIMITS", NULL, add_limits},
    {"FUTURERELEASE", NULL, add_release},
    {"STARTTLS", "TLS begins after this command", NULL},
    {"PIPELINING", "several commands at once, which is faster", NULL},
    {"8BITMIME", "text in 8 bits is sent as it is", NULL},
    {"BINARYMIME", "any octets are sent as they are", NULL},
    {"CHUNKING", "content in pieces of known size (BDAT)", NULL},
    {"ENHANCEDSTATUSCODES", "replies say the reason as 5.1.1", NULL},
    {"DSN", "notifications of delivery on request", NULL},
    {"SMTPUTF8", "addresses and header beyond ASCII", NULL},
    {"REQUIRETLS", "a message can ask for TLS on its whole way", NULL},
    {"DELIVERBY", "a message can have a time limit for its delivery", NULL},
    {"MT-PRIORITY", "a message can have a priority", NULL},
    {"BURL", "content that the server fetches by IMAP", NULL},
    {"CHECKPOINT", "a broken transfer can be resumed", NULL},
    {"MTRK", "a message can be tracked", NULL},
    {"RRVS", "mail only to who had the address at a given time", NULL},
    {"PRDR", "a reply for each recipient after the content", NULL},
    {"NO-SOLICITING", "the server wants no advertisements", NULL},
    {"CONPERM", "content may be converted on the way", NULL},
    {"CONNEG", "the server tells what content a recipient can show", NULL},
    {"SUBMITTER", "the responsible sender can be named", NULL},
    {"VRFY", "the server can be asked whether an address exists", NULL},
    {"EXPN", "the server can be asked who is on a list", NULL},
    {"HELP", "the server explains its commands", NULL},
    {"ETRN", "another server can fetch its mail (by name)", NULL},
    {"ATRN", "another server can fetch its mail (by login)", NULL},
    {"TURN", "the sides can change roles, which is not safe", NULL},
    {"VERP", "each recipient gets a return address of its own", NULL},
    {"XVERP", "each recipient gets a return address of its own", NULL},
    {"XCLIENT", "a proxy can name the real client (Postfix)", NULL},
    {"XFORWARD", "a filter can name the real client (Postfix)", NULL},
    {"CLIENTID", "the client can name itself for the login", NULL},
    {"X-EXPS", "login among Exchange servers", NULL},
    {"X-ANONYMOUSTLS", "TLS among Exchange servers", NULL},
    {"XEXCH50", "properties of Exchange", NULL},
    {"X-LINK2STATE", "routing among Exchange servers", NULL},
    {"XRDST", "routing among Exchange servers", NULL},
    {"XSHADOW", "copies among Exchange servers", NULL},
    {"XOORG", "the organisation of the sender (Exchange)", NULL},
};

bool
extension_text_add(struct buf *out, struct span line)
{
	struct span keyword;

	/* Before RFC 2554 servers wrote "AUTH=LOGIN". */
	if (!span_next_word(&line, " \t=", &keyword))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!span_equal_nocase(keyword, span_from(rows[i].keyword)))
			continue;
		if (rows[i].add != NULL)
			rows[i].add(out, line);
		else
			buf_add_text(out, rows[i].text);
		return true;
	}
	return false;
}
