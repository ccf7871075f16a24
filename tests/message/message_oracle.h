/*
 * Computes the form in which a message must be sent, slowly, line by line,
 * without any code of the program. To be included after feed.h.
 */
#ifndef TESTS_MESSAGE_MESSAGE_ORACLE_H
#define TESTS_MESSAGE_MESSAGE_ORACLE_H

/* An LF with all CRs before it ends a line; so does any other CR. */
static inline bool
oracle_line(struct span *rest, struct span *line)
{
	size_t len = 0, run;

	if (rest->len == 0)
		return false;
	while (
	    len < rest->len && rest->at[len] != '\r' && rest->at[len] != '\n')
		len++;
	*line = span_head(*rest, len);
	for (run = len; run < rest->len && rest->at[run] == '\r';)
		run++;
	if (run < rest->len && rest->at[run] == '\n')
		len = run;
	*rest = span_skip(*rest, len + 1);
	return true;
}

/* In a header only LF ends a line, but CR if the text has no LF. */
static inline bool
oracle_header_line(struct span *rest, struct span *line, bool has_lf)
{
	size_t len = span_find(*rest, has_lf ? '\n' : '\r');

	if (rest->len == 0)
		return false;
	*line = span_head(*rest, len);
	while (has_lf && line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	*rest = span_skip(*rest, len + 1);
	return true;
}

static inline bool
oracle_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* [33-57,59-126]+ [ \t\r]* : */
static inline bool
oracle_is_field(struct span line)
{
	size_t at = 0;

	while (at < line.len && line.at[at] > ' ' && line.at[at] <= '~' &&
	    line.at[at] != ':')
		at++;
	if (at == 0)
		return false;
	while (at < line.len && oracle_is_blank(line.at[at]))
		at++;
	return at < line.len && line.at[at] == ':';
}

static inline bool
oracle_is_kept(struct span line, bool is_after_field)
{
	if (line.len > 0 && oracle_is_blank(line.at[0]))
		return is_after_field;
	return oracle_is_field(line);
}

static inline bool
oracle_is_mbox(struct span line)
{
	return (span_starts(line, SPAN("From ")) ||
		   span_starts(line, SPAN(">From "))) &&
	    !oracle_is_field(line);
}

/* A byte order mark before a header section, or before its end, is dropped. */
static inline struct span
oracle_without_mark(struct span line, bool is_first)
{
	struct span rest = span_skip(line, 3);

	if (span_starts(line, SPAN("\xef\xbb\xbf")) &&
	    (rest.len == 0 || oracle_is_field(rest) ||
		(is_first && oracle_is_mbox(rest))))
		return rest;
	return line;
}

static inline void
oracle_add(struct buf *out, struct span line, bool is_stuffed)
{
	if (is_stuffed && line.len > 0 && line.at[0] == '.')
		buf_add_char(out, '.');
	buf_add_span(out, line);
	buf_add_text(out, "\r\n");
}

static inline bool
oracle_is_signature(struct span line)
{
	size_t len = span_find(line, ':');

	while (len > 0 && oracle_is_blank(line.at[len - 1]))
		len--;
	line = span_head(line, len);
	return span_equal_nocase(line, SPAN("DKIM-Signature")) ||
	    span_equal_nocase(line, SPAN("DomainKey-Signature")) ||
	    span_starts_nocase(line, SPAN("ARC-"));
}

/*
 * CRs are blanks, and blanks before the colon are dropped, unless the message
 * is signed.
 */
static inline void
oracle_add_field_line(
    struct buf *out, struct span line, bool is_signed, bool is_stuffed)
{
	struct buf text = {.max = (size_t)64 * 1024 * 1024};
	size_t colon = span_find(line, ':'), name = colon;

	while (!oracle_is_blank(line.at[0]) && !is_signed &&
	    oracle_is_blank(line.at[name - 1]))
		name--;
	for (size_t i = 0; i < line.len; i++)
		if (i < name || i >= colon)
			buf_add_char(
			    &text, line.at[i] == '\r' ? ' ' : line.at[i]);
	oracle_add(out, buf_span(&text), is_stuffed);
	buf_free(&text);
}

/* Takes the header section from *input. True if it has a signature. */
static inline bool
oracle_header(
    struct buf *out, struct span *input, bool is_signed, bool is_stuffed)
{
	bool has_lf = span_find(*input, '\n') < input->len;
	bool is_first = true, is_after_field = false, has_signature = false;
	struct span rest = *input, line;

	for (; oracle_header_line(&rest, &line, has_lf); is_first = false) {
		if (!is_after_field)
			line = oracle_without_mark(line, is_first);
		if (!(is_first && oracle_is_mbox(line))) {
			if (!oracle_is_kept(line, is_after_field)) {
				if (line.len == 0)
					*input = rest;
				return has_signature;
			}
			has_signature |= oracle_is_signature(line);
			oracle_add_field_line(out, line, is_signed, is_stuffed);
			is_after_field = true;
		}
		*input = rest;
	}
	return has_signature;
}

static inline struct buf
oracle_wire(struct span input, bool dot_ends, bool is_stuffed)
{
	struct span whole = input, line;
	struct buf out;
	bool is_signed;

	buf_init(&out, (size_t)64 * 1024 * 1024);
	is_signed = oracle_header(&out, &whole, false, is_stuffed);
	buf_clear(&out);
	oracle_header(&out, &input, is_signed, is_stuffed);
	oracle_add(&out, SPAN(""), is_stuffed);
	while (oracle_line(&input, &line)) {
		if (dot_ends && span_equal(line, SPAN(".")))
			break;
		oracle_add(&out, line, is_stuffed);
	}
	return out;
}

#endif
