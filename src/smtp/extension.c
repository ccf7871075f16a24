/*
 * Reads the EHLO reply and writes MAIL and RCPT with the parameters that the
 * server offered. Everything known about one extension is one row of the
 * table: to support another extension, add a row.
 */
#include "smtp/extension.h"

#include "envelope/dsn.h"
#include "profile/mechanism.h"

/* The octets of "RCPT TO:<" and ">" CRLF, around a path. */
#define RCPT_FRAME ((size_t)12)

/* RFC 3461 section 4.2: the longest ORCPT parameter, its name included. */
#define ORCPT_MAX ((size_t)500)
#define LIMIT_MAX ((uint64_t)999999) /* RFC 9422 section 4: six digits */

static void
read_size(struct extensions *extensions, struct span parameters)
{
	struct span word;
	uint64_t limit;

	/* Ignore what is not a number, or too large for a uint64_t. */
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
 * RFC 9422 section 4: ignores limits with an unknown name or an impossible
 * value, and the whole line if a word of it is not name=value.
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
		/* RFC 8689 section 5 */
		dsn_add_return(line,
		    envelope->requires_tls ? DSN_RETURN_HEADERS
					   : envelope->dsn_return);
	}
	if (envelope->envelope_id != NULL) {
		buf_add_text(line, " ENVID=");
		dsn_xtext_encode(line, span_from(envelope->envelope_id));
	}
}

static void
add_requiretls(const struct mail_request *request, struct buf *line)
{
	if (request->envelope->requires_tls)
		buf_add_text(line, " REQUIRETLS");
}

/*
 * RFC 3461 sections 4.1 and 4.2. ORCPT is sent only with NOTIFY: alone it
 * repeats the path, and some servers cannot parse it.
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

/* The parameters of MAIL are written in the order of the rows. */
static const struct row {
	struct span keyword;
	enum extension extension;
	void (*read)(struct extensions *extensions, struct span parameters);
	void (*add_mail)(const struct mail_request *request, struct buf *line);
	void (*add_rcpt)(const struct recipient *recipient, struct buf *line);
} rows[] = {
    {.keyword = {"PIPELINING", 10}, .extension = EXTENSION_PIPELINING},
    {.keyword = {"SIZE", 4},
	.extension = EXTENSION_SIZE,
	.read = read_size,
	.add_mail = add_size},
    {.keyword = {"8BITMIME", 8},
	.extension = EXTENSION_8BITMIME,
	.add_mail = add_body},
    /* Yahoo's spelling */
    {.keyword = {"8 BITMIME", 9}, .extension = EXTENSION_8BITMIME},
    {.keyword = {"SMTPUTF8", 8},
	.extension = EXTENSION_SMTPUTF8,
	.add_mail = add_utf8},
    {.keyword = {"STARTTLS", 8}, .extension = EXTENSION_STARTTLS},
    {.keyword = {"AUTH", 4}, .extension = EXTENSION_AUTH, .read = read_auth},
    /* Exchange before 2007 offers AUTH under this name. */
    {.keyword = {"X-EXPS", 6}, .extension = EXTENSION_AUTH, .read = read_auth},
    {.keyword = {"ENHANCEDSTATUSCODES", 19},
	.extension = EXTENSION_STATUS_CODES},
    {.keyword = {"DSN", 3},
	.extension = EXTENSION_DSN,
	.add_mail = add_return,
	.add_rcpt = add_notify},
    {.keyword = {"REQUIRETLS", 10},
	.extension = EXTENSION_REQUIRETLS,
	.add_mail = add_requiretls},
    {.keyword = {"CHUNKING", 8}, .extension = EXTENSION_CHUNKING},
    {.keyword = {"LIMITS", 6},
	.extension = EXTENSION_LIMITS,
	.read = read_limits},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/*
 * Leaves the parameters of the keyword in *line; false if the line has another
 * keyword. Before RFC 2554 servers wrote "AUTH=LOGIN".
 */
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
	/* Skip the server's name in the first line, even "STARTTLS". */
	while (end < rest.len) {
		rest = span_skip(rest, end + 1);
		end = span_find(rest, '\n');
		read_line(extensions, span_head(rest, end));
	}
	/* RFC 6531 section 3.1: SMTPUTF8 counts only with 8BITMIME. */
	if (!extensions_has(extensions, EXTENSION_8BITMIME))
		extensions->offered &= ~(unsigned)EXTENSION_SMTPUTF8;
}

/* Once this many octets are kept, no further mechanism name is added. */
#define NAMES_MAX ((size_t)512)

void
extensions_add_mechanisms(const struct reply *ehlo, struct buf *names)
{
	struct span lines = buf_span(&ehlo->text), line, word;

	/* Skip the server's name in the first line. */
	lines = span_skip(lines, span_find(lines, '\n'));
	while (span_next_word(&lines, "\n", &line)) {
		line = span_trim(line);
		if (!take_keyword(&line, SPAN("AUTH")))
			continue;
		while (span_next_word(&line, " \t", &word) &&
		    names->len < NAMES_MAX) {
			if (span_has_word(buf_span(names), " ", word))
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
	buf_add_format(line, "MAIL FROM:<%s>", request->envelope->reverse_path);
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].add_mail != NULL &&
		    extensions_has(extensions, rows[i].extension))
			rows[i].add_mail(request, line);
}

void
extensions_add_rcpt(const struct extensions *extensions,
    const struct recipient *recipient, struct buf *line)
{
	buf_add_format(line, "RCPT TO:<%s>", recipient->forward_path);
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].add_rcpt != NULL &&
		    extensions_has(extensions, rows[i].extension))
			rows[i].add_rcpt(recipient, line);
}

size_t
extensions_rcpt_octets(
    const struct extensions *extensions, const struct recipient *recipient)
{
	struct buf line = {0};
	size_t octets;

	if (recipient->dsn.notify == 0)
		return span_from(recipient->forward_path).len + RCPT_FRAME;
	extensions_add_rcpt(extensions, recipient, &line);
	octets = line.len + 2;
	buf_free(&line);
	return octets;
}

void
extensions_warn(const struct extensions *extensions,
    const struct observer *observer, bool asks_dsn)
{
	if (asks_dsn && !extensions_has(extensions, EXTENSION_DSN))
		observer_note(observer,
		    "warning: the server does not offer DSN: requests for "
		    "notifications are not passed on");
}
