/*
 * Encodes octet by octet. The output for an octet may depend on the next one,
 * so a few octets are held back. Runs that need no quoting are copied at once.
 */
#include "message/encoder.h"

#include "base/base64.h"

#define LINE_MAX_OCTETS ((size_t)76) /* RFC 2045 section 6.7 (5), 6.8 */
#define ESCAPE_LEN ((size_t)3)	     /* "=XX" */

void
encoder_init(struct encoder *encoder, enum encoding encoding)
{
	*encoder = (struct encoder){.encoding = encoding};
}

/* Base64 */

static void
end_base64_line(struct encoder *encoder, struct buf *out)
{
	if (encoder->held_len == 0)
		return;
	if (encoder->has_line)
		buf_add_text(out, "\r\n");
	base64_encode(out, (struct span){encoder->held, encoder->held_len});
	encoder->has_line = true;
	encoder->held_len = 0;
}

static void
take_base64(struct encoder *encoder, char c, struct buf *out)
{
	encoder->held[encoder->held_len++] = c;
	if (encoder->held_len == ENCODER_HELD_MAX)
		end_base64_line(encoder, out);
}

static void
take_base64_text(struct encoder *encoder, char c, struct buf *out)
{
	bool ends_crlf = encoder->after_cr && c == '\n';

	encoder->after_cr = c == '\r';
	if (ends_crlf)
		return;
	if (c != '\r' && c != '\n') {
		take_base64(encoder, c, out);
		return;
	}
	take_base64(encoder, '\r', out);
	take_base64(encoder, '\n', out);
}

/* Characters that base64 does not use are ignored (RFC 2045 section 6.8). */
static void
mend_base64(struct encoder *encoder, char c, struct buf *out)
{
	if (!ascii_is_alnum(c) && c != '+' && c != '/' && c != '=')
		return;
	if (encoder->column == LINE_MAX_OCTETS) {
		buf_add_text(out, "\r\n");
		encoder->column = 0;
	}
	buf_add_char(out, c);
	encoder->column++;
}

/* Quoted-printable */

/* Whether this octet must be quoted at the start of the current line. */
static bool
is_quoted_first(const struct encoder *encoder, char c)
{
	if (encoder->is_continued)
		return c == '-' || c == '.' || c == 'F';
	return c == '-' && encoder->quotes_dashes;
}

static void
add_escape(struct encoder *encoder, char c, struct buf *out)
{
	buf_add_char(out, '=');
	buf_add_hex(out, c);
	encoder->column += ESCAPE_LEN;
}

/* Adds a soft line break, unless the line has room for that many octets. */
static void
make_room(struct encoder *encoder, size_t len, struct buf *out)
{
	if (encoder->column + len <= LINE_MAX_OCTETS - 1)
		return;
	buf_add_text(out, "=\r\n");
	encoder->column = 0;
	encoder->is_continued = true;
}

/*
 * Adds octets that need no quoting and that no soft line break may separate. At
 * the start of a line `len` must be 1, or the first octet must need no quoting
 * there.
 */
static void
put(struct encoder *encoder, const char *token, size_t len, struct buf *out)
{
	make_room(encoder, len, out);
	if (encoder->column == 0 && is_quoted_first(encoder, token[0])) {
		add_escape(encoder, token[0], out);
		return;
	}
	buf_add(out, token, len);
	encoder->column += len;
}

static void
put_quoted(struct encoder *encoder, char c, struct buf *out)
{
	make_room(encoder, ESCAPE_LEN, out);
	add_escape(encoder, c, out);
}

static void
end_line(struct encoder *encoder, struct buf *out)
{
	buf_add_text(out, "\r\n");
	encoder->column = 0;
	encoder->is_continued = false;
}

static void
put_octet(struct encoder *encoder, char c, struct buf *out)
{
	if (ascii_is_blank(c) || (c > ' ' && c < 0x7f && c != '='))
		put(encoder, &c, 1, out);
	else
		put_quoted(encoder, c, out);
}

/*
 * Sets *is_counted for the LF of a CRLF, whose CR has already ended the line.
 */
static bool
is_line_end(struct encoder *encoder, char c, bool *is_counted)
{
	*is_counted = c == '\n' && encoder->after_cr;
	encoder->after_cr = c == '\r';
	return c == '\r' || c == '\n';
}

/* A blank at the end of a line is quoted, or servers might drop it. */
static void
take_quoted(struct encoder *encoder, char c, struct buf *out)
{
	bool is_counted, is_end = is_line_end(encoder, c, &is_counted);

	if (is_counted)
		return;
	if (encoder->held_len > 0) {
		encoder->held_len = 0;
		if (is_end)
			put_quoted(encoder, encoder->held[0], out);
		else
			put(encoder, encoder->held, 1, out);
	}
	if (is_end)
		end_line(encoder, out);
	else if (ascii_is_blank(c))
		encoder->held[encoder->held_len++] = c;
	else
		put_octet(encoder, c, out);
}

/* The length of the run of octets that never need quoting. */
static size_t
plain_run(struct span in)
{
	size_t len = 0;

	while (len < in.len && in.at[len] > ' ' && in.at[len] < 0x7f &&
	    in.at[len] != '=')
		len++;
	return len;
}

/* Adds a run, at most one line at a time. */
static void
put_run(struct encoder *encoder, struct span run, struct buf *out)
{
	while (run.len > 0) {
		size_t room = LINE_MAX_OCTETS - 1 - encoder->column;
		size_t len = run.len < room ? run.len : room;

		/* The first octet of a line may have to be quoted. */
		if (len == 0 || encoder->column == 0)
			len = 1;
		put(encoder, run.at, len, out);
		run = span_skip(run, len);
	}
}

/* Encodes a run at once, unless an octet is held back. */
static size_t
take_run(struct encoder *encoder, struct span in, struct buf *out)
{
	struct span run = {in.at, 0};

	if (encoder->encoding == ENCODING_QUOTED_PRINTABLE &&
	    encoder->held_len == 0)
		run.len = plain_run(in);
	if (run.len > 0)
		encoder->after_cr = false;
	put_run(encoder, run, out);
	return run.len;
}

/*
 * Continues the equals sign that is held back, with the octets after it. A soft
 * line break and "=XX" are copied; any other equals sign is text, and is
 * quoted.
 */
static bool
continue_escape(struct encoder *encoder, char c, bool is_end, struct buf *out)
{
	char *held = encoder->held;
	size_t len = encoder->held_len;

	encoder->held_len = 0;
	if (len == 1 && ascii_hex_value(c) >= 0) {
		held[1] = c;
		encoder->held_len = 2;
		return true;
	}
	if (len == 1 && is_end) {
		buf_add_char(out, '=');
		end_line(encoder, out);
		return true;
	}
	held[len] = c;
	if ((len == 1 && ascii_is_blank(c)) ||
	    (len == 2 && ascii_hex_value(c) >= 0)) {
		put(encoder, held, len + 1, out);
		return true;
	}
	put_quoted(encoder, '=', out);
	if (len == 2)
		put(encoder, &held[1], 1, out);
	return false;
}

static void
mend_quoted(struct encoder *encoder, char c, struct buf *out)
{
	bool is_counted, is_end = is_line_end(encoder, c, &is_counted);

	if (is_counted ||
	    (encoder->held_len > 0 && continue_escape(encoder, c, is_end, out)))
		return;
	if (is_end)
		end_line(encoder, out);
	else if (c == '=')
		encoder->held[encoder->held_len++] = c;
	else
		put_octet(encoder, c, out);
}

void
encoder_take(struct encoder *encoder, struct span in, struct buf *out)
{
	static void (*const take[])(
	    struct encoder * encoder, char c, struct buf *out) = {
	    [ENCODING_QUOTED_PRINTABLE] = take_quoted,
	    [ENCODING_BASE64_TEXT] = take_base64_text,
	    [ENCODING_BASE64] = take_base64,
	    [ENCODING_MEND_QUOTED_PRINTABLE] = mend_quoted,
	    [ENCODING_MEND_BASE64] = mend_base64,
	};

	while (in.len > 0) {
		in = span_skip(in, take_run(encoder, in, out));
		if (in.len > 0)
			take[encoder->encoding](encoder, in.at[0], out);
		in = span_skip(in, 1);
	}
}

void
encoder_end(struct encoder *encoder, struct buf *out)
{
	char *held = encoder->held;

	switch (encoder->encoding) {
	case ENCODING_QUOTED_PRINTABLE:
		if (encoder->held_len > 0)
			put_quoted(encoder, held[0], out);
		break;
	case ENCODING_MEND_QUOTED_PRINTABLE:
		/* A soft line break; its line end follows the part. */
		if (encoder->held_len == 1)
			buf_add_char(out, '=');
		if (encoder->held_len == 2) {
			put_quoted(encoder, '=', out);
			put(encoder, &held[1], 1, out);
		}
		break;
	case ENCODING_BASE64_TEXT:
	case ENCODING_BASE64:
		end_base64_line(encoder, out);
		break;
	case ENCODING_MEND_BASE64:
		break;
	}
	encoder->held_len = 0;
}
