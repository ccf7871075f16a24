#include "fuzz/fuzz.h"

#include "base/base64.h"
#include "fixup/fixup.h"
#include "message/message.h"
#include "message/replay.h"

/*
 * The content of a message stays the same, however its leaves are encoded for a
 * server: decoded again, each has the same octets with CRLF line ends. Octets
 * of PART separate the parts; each part begins with an octet that chooses its
 * fields.
 */

#define ROOM ((size_t)16 * 1024 * 1024)
#define PART '\x1e'
#define BOUNDARY "=_b"
#define DELIMITER "--" BOUNDARY

static const char *const kinds[] = {
    "",
    "Content-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n",
    "Content-Type: text/html; charset=iso-8859-1\n",
    "Content-Type: application/octet-stream\n"
    "Content-Transfer-Encoding: binary\n",
    "Content-Type: text/plain; charset=us-ascii\n"
    "Content-Transfer-Encoding: 7bit\n",
    "Content-Type: application/json\nContent-Disposition: inline\n",
    "Content-Type: text/plain; charset=\"utf-16\"\n",
    "Content-Type: text/plain; charset*=utf-8''utf-8; format=flowed\n",
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

/* LF with all CRs before it is a line end, and so is every other CR. */
static struct buf
canonical(struct span text)
{
	struct buf out;

	buf_init(&out, ROOM);
	for (size_t i = 0, end; i < text.len; i++) {
		char c = text.at[i];

		if (c != '\r' && c != '\n') {
			buf_add_char(&out, c);
			continue;
		}
		buf_add_text(&out, "\r\n");
		end = i;
		while (end < text.len && text.at[end] == '\r')
			end++;
		if (end < text.len && text.at[end] == '\n')
			i = end;
	}
	return out;
}

static int
hex(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	CLAIM(at != NULL);
	return (int)(at - digits);
}

/* RFC 2045 section 6.7. */
static void
decode_quoted(struct span text, struct buf *out)
{
	size_t column = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		column = c == '\n' ? 0 : column + (c != '\r');
		CLAIM(column <= 76);
		if (c != '=') {
			CLAIM(c == '\t' || c == '\r' || c == '\n' ||
			    (c >= ' ' && c <= '~'));
			/* No line may end in a blank. */
			CLAIM((c != ' ' && c != '\t') ||
			    (i + 1 < text.len && text.at[i + 1] != '\r'));
			buf_add_char(out, c);
			continue;
		}
		CLAIM(i + 2 < text.len);
		if (text.at[i + 1] == '\r')
			CLAIM(text.at[i + 2] == '\n');
		else
			buf_add_char(out,
			    (char)(hex(text.at[i + 1]) * 16 +
				hex(text.at[i + 2])));
		column = text.at[i + 1] == '\r' ? 0 : column + 2;
		i += 2;
	}
}

/* RFC 2045 section 6.8. */
static void
decode_base64(struct span text, struct buf *out)
{
	struct buf joined;
	size_t line = 0;

	buf_init(&joined, ROOM);
	for (size_t i = 0; i < text.len; i++) {
		line = text.at[i] == '\n' ? 0 : line + 1;
		CLAIM(line <= 77);
		if (text.at[i] != '\r' && text.at[i] != '\n')
			buf_add_char(&joined, text.at[i]);
	}
	CLAIM(base64_decode(out, buf_span(&joined)));
	buf_free(&joined);
}

static bool
has_line(struct span header, struct span line)
{
	while (header.len > 0) {
		size_t end = span_find(header, '\r');

		if (span_equal_nocase(span_head(header, end), line))
			return true;
		header = span_skip(header, end + 2);
	}
	return false;
}

/*
 * An entity: fields, an empty line, a body; the body decoded. `is_exact`: it
 * was base64.
 */
static struct buf
decoded(struct span entity, bool *is_exact)
{
	struct span header = entity, body;
	struct buf out;
	size_t at = 0;

	while (at < entity.len &&
	    !span_starts(span_skip(entity, at), SPAN("\r\n")))
		at += span_find(span_skip(entity, at), '\n') + 1;
	header = span_head(entity, at);
	body = span_skip(entity, at + 2);
	buf_init(&out, ROOM);
	*is_exact = has_line(header, SPAN("Content-Transfer-Encoding: base64"));
	if (has_line(
		header, SPAN("Content-Transfer-Encoding: quoted-printable")))
		decode_quoted(body, &out);
	else if (*is_exact)
		decode_base64(body, &out);
	else
		buf_add_span(&out, body);
	return out;
}

/* Whether a line of any part begins like a delimiter. */
static bool
has_delimiter(struct span input)
{
	/* The first octet of each part chooses its fields. */
	for (size_t i = 0; i < input.len; i++) {
		char before = i > 0 ? input.at[i - 1] : PART;
		bool begins = before == '\n' || before == '\r' ||
		    (i > 1 && input.at[i - 2] == PART) || i == 1;

		if (begins && span_starts(span_skip(input, i), SPAN(DELIMITER)))
			return true;
	}
	return false;
}

/*
 * Checks a part, which begins with its choice. If it is not text, it is encoded
 * octet by octet, including its line ends. A last line without an end may get
 * one, as every line of a message does.
 */
static void
check_leaf(struct span entity, struct span part, bool may_be_ended)
{
	unsigned kind = fuzz_choice(&part) % KINDS;
	bool is_exact, is_open;
	struct buf wanted, got = decoded(entity, &is_exact);

	if (is_exact &&
	    (strstr(kinds[kind], "application/") != NULL ||
		strstr(kinds[kind], "utf-16") != NULL)) {
		CLAIM(span_equal(part, buf_span(&got)));
		buf_free(&got);
		return;
	}
	wanted = canonical(part);
	is_open = wanted.len == 0 || wanted.data[wanted.len - 1] != '\n';
	if (may_be_ended && is_open && got.len == wanted.len + 2)
		buf_add_text(&wanted, "\r\n");
	CLAIM(span_equal(buf_span(&wanted), buf_span(&got)));
	buf_free(&wanted);
	buf_free(&got);
}

/* CRs at its end belong to the line end before the next delimiter. */
static struct span
without_crs(struct span part)
{
	while (part.len > 1 && part.at[part.len - 1] == '\r')
		part.len--;
	return part;
}

/* Checks the parts of a multipart, in the order in which they were added. */
static void
check_parts(struct span out, struct span input)
{
	static const char delimiter[] = "\r\n" DELIMITER;
	size_t len = sizeof(delimiter) - 1;

	while (input.len > 0) {
		size_t end = span_find(input, PART), at = 0;
		struct span part = without_crs(span_head(input, end));

		while (at < out.len &&
		    !span_starts(span_skip(out, at), SPAN(delimiter)))
			at++;
		CLAIM(at < out.len);
		out = span_skip(out, at + len);
		CLAIM(span_starts(out, SPAN("\r\n")));
		out = span_skip(out, 2);
		for (at = 0; at < out.len; at++)
			if (span_starts(span_skip(out, at), SPAN(delimiter)))
				break;
		CLAIM(at < out.len);
		check_leaf(span_head(out, at), part, false);
		out = span_skip(out, at);
		input = span_skip(input, end + 1);
	}
	CLAIM(span_equal(out, SPAN("\r\n" DELIMITER "--\r\n")));
}

static void
check_plan(const struct message *message, const struct plan *plan,
    struct span input, bool is_multipart)
{
	struct buf out;
	const struct message_sink sink = {keep, &out};

	buf_init(&out, ROOM);
	CLAIM(
	    replay_message(message, plan, REPLAY_PLAIN, &sink) == REPLAY_DONE);
	if (is_multipart)
		check_parts(buf_span(&out), input);
	else
		check_leaf(buf_span(&out), input, true);
	buf_free(&out);
}

static void
add_entity(struct buf *text, struct span part)
{
	unsigned kind = fuzz_choice(&part);

	buf_add_text(text, kinds[kind % KINDS]);
	buf_add_char(text, '\n');
	buf_add_span(text, part);
}

static struct message *
make_message(struct span input, bool is_multipart)
{
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct message *message;
	struct error err = {0};
	struct buf text;

	buf_init(&text, ROOM);
	buf_add_text(&text, "Subject: x\nMIME-Version: 1.0\n");
	if (is_multipart) {
		buf_add_text(&text,
		    "Content-Type: multipart/mixed; boundary=\"" BOUNDARY
		    "\"\n");
		while (input.len > 0) {
			size_t end = span_find(input, PART);

			buf_add_text(&text, "\r\n" DELIMITER "\n");
			add_entity(&text, span_head(input, end));
			input = span_skip(input, end + 1);
		}
		buf_add_text(&text, "\r\n" DELIMITER "--\n");
	} else {
		add_entity(&text, input);
	}
	CLAIM(message_feed_add(feed, buf_span(&text), &err));
	message = message_feed_end(feed, &err);
	CLAIM(message != NULL);
	message_feed_free(feed);
	buf_free(&text);
	return message;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fixup fixup = {.repair = true};
	struct span input = fuzz_input(data, size);
	bool is_multipart = fuzz_choice(&input) & 1;
	struct message *message;
	struct plan plan, seven_bit;
	struct error err = {0};

	/* Skip input in which one part contains another's delimiter. */
	if (input.len == 0 || has_delimiter(input))
		return 0;
	message = make_message(input, is_multipart);
	CLAIM(fixup_plan(&plan, message, &fixup, &err));
	check_plan(message, &plan, input, is_multipart);
	CLAIM(fixup_plan_seven_bit(&seven_bit, &plan, message, &err));
	check_plan(message, &seven_bit, input, is_multipart);
	CLAIM(!plan_facts(&seven_bit, message)->has_eight_bit);
	CLAIM(!plan_facts(&plan, message)->has_long_line);
	plan_free(&plan);
	plan_free(&seven_bit);
	message_free(message);
	return 0;
}
