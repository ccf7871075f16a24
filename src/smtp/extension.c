#include "smtp/extension.h"

#include "smtp/session.h"

#include "envelope/dsn.h"
#include "profile/mechanism.h"

/* "RCPT TO:<" ... ">" CRLF around a path */
#define RCPT_FRAME ((size_t)12)

void
extension_add_mail(struct buf *line, const struct session *session,
    const struct mail_request *request)
{
	buf_add_format(line, "MAIL FROM:<%s>", request->envelope->reverse_path);
	extensions_add_mail(&session->extensions, request, line);
}

void
extension_add_rcpt(struct buf *line, const struct session *session,
    const struct recipient *recipient)
{
	buf_add_format(line, "RCPT TO:<%s>", recipient->forward_path);
	extensions_add_rcpt(&session->extensions, recipient, line);
}

size_t
extension_rcpt_octets(
    const struct session *session, const struct recipient *recipient)
{
	struct buf line = {0};
	size_t octets;

	if (recipient->dsn.notify == 0)
		return span_from(recipient->forward_path).len + RCPT_FRAME;
	extension_add_rcpt(&line, session, recipient);
	octets = line.len + 2;
	buf_free(&line);
	return octets;
}

void
extension_warn(const struct session *session, const struct envelope *envelope)
{
	const char *warning =
	    extensions_warning(&session->extensions, envelope);

	if (warning != NULL)
		dialogue_note(
		    session->dialogue.observer, "warning: %s", warning);
}

/* RFC 3461 section 4.2: of a parameter ORCPT, name and all. */
#define ORCPT_MAX ((size_t)500)
#define LIMIT_MAX ((uint64_t)999999) /* RFC 9422 section 4: six digits */

static void
read_size(struct extensions *extensions, struct span parameters)
{
	struct span word;
	uint64_t limit;

	/* Not a number, or one beyond any message: no limit we could keep. */
	if (span_next_word(&parameters, " \t", &word) &&
	    span_number(word, UINT64_MAX, &limit))
		extensions->size_limit = limit;
}

static void
read_auth(struct extensions *extensions, struct span parameters)
{
	struct span word;

	while (span_next_word(&parameters, " \t", &word))
		extensions->mechanisms |= mechanism_bit(word);
}

/*
 * RFC 9422 section 4: other names are read over, a value that cannot be is
 * none, and a line that is not made of name=value says nothing at all.
 */
static void
read_limits(struct extensions *extensions, struct span parameters)
{
	struct extensions read = *extensions;
	const struct {
		struct span name;
		uint64_t *limit;
	} limits[] = {
	    {SPAN("RCPTMAX"), &read.recipients_max},
	    {SPAN("MAILMAX"), &read.transactions_max},
	    {SPAN("RCPTDOMAINMAX"), &read.domains_max},
	};
	struct span word;

	while (span_next_word(&parameters, " \t", &word)) {
		size_t equals = span_find(word, '=');
		struct span name = span_head(word, equals);
		uint64_t limit;

		if (name.len == 0 || equals + 1 >= word.len)
			return;
		word = span_skip(word, equals + 1);
		if (!span_number(word, LIMIT_MAX, &limit) || limit == 0)
			continue;
		for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
			if (span_equal_nocase(name, limits[i].name))
				*limits[i].limit = limit;
	}
	*extensions = read;
}

static void
add_size(const struct mail_request *request, struct buf *line)
{
	if (request->size > 0)
		buf_add_format(
		    line, " SIZE=%llu", (unsigned long long)request->size);
}

static void
add_body(const struct mail_request *request, struct buf *line)
{
	if (request->has_eight_bit)
		buf_add_text(line, " BODY=8BITMIME");
}

static void
add_utf8(const struct mail_request *request, struct buf *line)
{
	if (request->is_utf8)
		buf_add_text(line, " SMTPUTF8");
}

/* RFC 3461 sections 4.3 and 4.4 */
static void
add_return(const struct mail_request *request, struct buf *line)
{
	const struct envelope *envelope = request->envelope;

	if (envelope->dsn_return != DSN_RETURN_UNSET) {
		buf_add_text(line, " RET=");
		dsn_add_return(line, envelope->dsn_return);
	}
	if (envelope->envelope_id != NULL) {
		buf_add_text(line, " ENVID=");
		dsn_xtext_encode(line, span_from(envelope->envelope_id));
	}
}

/*
 * RFC 3461 sections 4.1 and 4.2. ORCPT goes with NOTIFY only: alone it says
 * what the path says, and there are servers that stumble over it.
 */
static void
add_notify(const struct recipient *recipient, struct buf *line)
{
	const struct dsn_request *dsn = &recipient->dsn;
	struct span path = span_from(recipient->forward_path);
	struct buf original = {.max = ORCPT_MAX};

	if (dsn->notify == 0)
		return;
	buf_add_text(line, " NOTIFY=");
	dsn_add_notify(line, dsn->notify);
	buf_add_text(&original, "ORCPT=");
	if (dsn->original != NULL) {
		buf_add_text(&original, dsn->original);
	} else if (span_is_ascii(path)) {
		buf_add_text(&original, "rfc822;");
		dsn_xtext_encode(&original, path);
	} else {
		buf_add_text(&original, "utf-8;");
		dsn_xtext_encode_utf8(&original, path);
	}
	if (!original.full)
		buf_add_format(line, " %s", buf_text(&original));
	buf_free(&original);
}

static bool
asks_notifications(const struct envelope *envelope)
{
	bool asks = envelope->envelope_id != NULL ||
	    envelope->dsn_return != DSN_RETURN_UNSET;

	for (size_t i = 0; !asks && i < envelope->count; i++)
		asks = envelope->recipients[i].dsn.notify != 0;
	return asks;
}

/* Behind MAIL the parameters stand in the order of the rows. */
static const struct row {
	struct span keyword;
	enum extension extension;
	void (*read)(struct extensions *extensions, struct span parameters);
	void (*add_mail)(const struct mail_request *request, struct buf *line);
	void (*add_rcpt)(const struct recipient *recipient, struct buf *line);
	/* Whether it is missed where it is not offered, and what is said. */
	bool (*is_asked)(const struct envelope *envelope);
	const char *warning;
} rows[] = {
    {.keyword = {"PIPELINING", 10}, .extension = EXTENSION_PIPELINING},
    {.keyword = {"SIZE", 4},
	.extension = EXTENSION_SIZE,
	.read = read_size,
	.add_mail = add_size},
    {.keyword = {"8BITMIME", 8},
	.extension = EXTENSION_8BITMIME,
	.add_mail = add_body},
    /* Yahoo, sic */
    {.keyword = {"8 BITMIME", 9}, .extension = EXTENSION_8BITMIME},
    {.keyword = {"SMTPUTF8", 8},
	.extension = EXTENSION_SMTPUTF8,
	.add_mail = add_utf8},
    {.keyword = {"STARTTLS", 8}, .extension = EXTENSION_STARTTLS},
    {.keyword = {"AUTH", 4}, .extension = EXTENSION_AUTH, .read = read_auth},
    /* Exchange before 2007 */
    {.keyword = {"X-EXPS", 6}, .extension = EXTENSION_AUTH, .read = read_auth},
    {.keyword = {"ENHANCEDSTATUSCODES", 19},
	.extension = EXTENSION_STATUS_CODES},
    {.keyword = {"DSN", 3},
	.extension = EXTENSION_DSN,
	.add_mail = add_return,
	.add_rcpt = add_notify,
	.is_asked = asks_notifications,
	.warning = "the server does not offer DSN: what was asked of "
		   "notifications is not passed on"},
    {.keyword = {"CHUNKING", 8}, .extension = EXTENSION_CHUNKING},
    {.keyword = {"LIMITS", 6},
	.extension = EXTENSION_LIMITS,
	.read = read_limits},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/* What stands behind the keyword; "AUTH=LOGIN" is the form before RFC 2554. */
static bool
take_keyword(struct span *line, struct span keyword)
{
	struct span rest = span_skip(*line, keyword.len);

	if (!span_starts_nocase(*line, keyword) ||
	    (rest.len > 0 && rest.at[0] != ' ' && rest.at[0] != '\t' &&
		rest.at[0] != '='))
		return false;
	*line = span_skip(rest, 1);
	return true;
}

static void
read_line(struct extensions *extensions, struct span line)
{
	line = span_trim(line);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		struct span rest = line;

		if (!take_keyword(&rest, rows[i].keyword))
			continue;
		extensions->offered |= rows[i].extension;
		if (rows[i].read != NULL)
			rows[i].read(extensions, rest);
	}
}

void
extensions_read(struct extensions *extensions, const struct reply *ehlo)
{
	struct span rest = buf_span(&ehlo->text);
	size_t end = span_find(rest, '\n');

	*extensions = (struct extensions){0};
	/* The first line is the server's name, even if it reads STARTTLS. */
	while (end < rest.len) {
		rest = span_skip(rest, end + 1);
		end = span_find(rest, '\n');
		read_line(extensions, span_head(rest, end));
	}
	/* RFC 6531 section 3.1: the one is nothing without the other. */
	if (!extensions_has(extensions, EXTENSION_8BITMIME))
		extensions->offered &= ~(unsigned)EXTENSION_SMTPUTF8;
}

/* Octets behind which no further name of a mechanism is added. */
#define NAMES_MAX ((size_t)512)

static bool
is_named(const struct buf *names, struct span name)
{
	struct span rest = buf_span(names), word;

	while (span_next_word(&rest, " ", &word))
		if (span_equal_nocase(word, name))
			return true;
	return false;
}

void
extensions_add_mechanisms(const struct reply *ehlo, struct buf *names)
{
	struct span lines = buf_span(&ehlo->text), line, word;

	/* The first line is the server's name. */
	lines = span_skip(lines, span_find(lines, '\n'));
	while (span_next_word(&lines, "\n", &line)) {
		line = span_trim(line);
		if (!take_keyword(&line, SPAN("AUTH")))
			continue;
		while (span_next_word(&line, " \t", &word) &&
		    names->len < NAMES_MAX) {
			if (is_named(names, word))
				continue;
			buf_add_text(names, names->len > 0 ? " " : "");
			buf_add_span(names, word);
		}
	}
}

bool
extensions_has(const struct extensions *extensions, enum extension extension)
{
	return (extensions->offered & (unsigned)extension) != 0;
}

void
extensions_add_mail(const struct extensions *extensions,
    const struct mail_request *request, struct buf *line)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].add_mail != NULL &&
		    extensions_has(extensions, rows[i].extension))
			rows[i].add_mail(request, line);
}

void
extensions_add_rcpt(const struct extensions *extensions,
    const struct recipient *recipient, struct buf *line)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].add_rcpt != NULL &&
		    extensions_has(extensions, rows[i].extension))
			rows[i].add_rcpt(recipient, line);
}

const char *
extensions_warning(
    const struct extensions *extensions, const struct envelope *envelope)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].is_asked != NULL &&
		    !extensions_has(extensions, rows[i].extension) &&
		    rows[i].is_asked(envelope))
			return rows[i].warning;
	return NULL;
}
