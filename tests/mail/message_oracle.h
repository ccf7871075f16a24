/*
 * What a message must become on the wire, worked out line by line, slowly and
 * with nothing in common with the program. Included after feed.h.
 */
#ifndef TESTS_MAIL_MESSAGE_ORACLE_H
#define TESTS_MAIL_MESSAGE_ORACLE_H

/* The next line without its end: CR, LF and CR LF each end one. */
static inline bool
oracle_line(struct span *rest, struct span *line)
{
	size_t len = 0;

	if (rest->len == 0)
		return false;
	while (len < rest->len && rest->at[len] != '\r' &&
	    rest->at[len] != '\n')
		len++;
	*line = span_head(*rest, len);
	if (len + 1 < rest->len && rest->at[len] == '\r' &&
	    rest->at[len + 1] == '\n')
		len++;
	*rest = span_skip(*rest, len + 1);
	return true;
}

/* [33-57,59-126]+ [ \t]* : */
static inline bool
oracle_is_field(struct span line)
{
	size_t at = 0;

	while (at < line.len && line.at[at] > ' ' && line.at[at] <= '~' &&
	    line.at[at] != ':')
		at++;
	if (at == 0)
		return false;
	while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t'))
		at++;
	return at < line.len && line.at[at] == ':';
}

static inline bool
oracle_is_kept(struct span line, bool is_after_field)
{
	if (line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t'))
		return is_after_field;
	return oracle_is_field(line);
}

/* A byte order mark in front of a header section, or of its end, is dropped. */
static inline struct span
oracle_without_mark(struct span line, bool is_first)
{
	struct span rest = span_skip(line, 3);

	if (span_starts(line, SPAN("\xef\xbb\xbf")) &&
	    (rest.len == 0 || oracle_is_field(rest) ||
		(is_first && span_starts(rest, SPAN("From ")))))
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

static inline struct buf
oracle_wire(struct span input, bool dot_ends, bool is_stuffed)
{
	bool in_header = true, is_first = true, is_after_field = false;
	struct buf out;
	struct span line;

	buf_init(&out, (size_t)64 * 1024 * 1024);
	for (; oracle_line(&input, &line); is_first = false) {
		if (dot_ends && span_equal(line, SPAN(".")))
			break;
		if (in_header) {
			if (!is_after_field)
				line = oracle_without_mark(line, is_first);
			if (is_first && span_starts(line, SPAN("From ")) &&
			    !oracle_is_field(line))
				continue;
			if (oracle_is_kept(line, is_after_field)) {
				is_after_field = true;
			} else {
				in_header = false;
				oracle_add(&out, SPAN(""), is_stuffed);
				if (line.len == 0)
					continue;
			}
		}
		oracle_add(&out, line, is_stuffed);
	}
	if (in_header)
		oracle_add(&out, SPAN(""), is_stuffed);
	return out;
}

#endif
