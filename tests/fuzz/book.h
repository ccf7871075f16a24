/*
 * Reads an SMTP session a second time, strictly by RFC 5321: the client's lines
 * and contents, and the replies to them.
 */
#ifndef TESTS_FUZZ_BOOK_H
#define TESTS_FUZZ_BOOK_H

#include "fuzz/fuzz.h"

struct book {
	struct span said, replies;
	bool is_lf_line, is_lmtp; /* the last line ended in LF alone */
	size_t recipients, plans;
};

/* RFC 5321 section 4.2: the code of the next reply; 0 if none is left. */
static inline int
book_take_reply(struct book *book)
{
	int code = 0;
	bool goes_on = true;

	while (goes_on && book->replies.len > 0) {
		size_t end = span_find(book->replies, '\n');
		struct span line = span_head(book->replies, end);
		int now = 0;

		CLAIM(end < book->replies.len && end >= 5 && end < 512);
		CLAIM(line.at[end - 1] == '\r');
		for (size_t i = 0; i < end - 1; i++) {
			CLAIM(line.at[i] >= ' ' && line.at[i] <= '~');
			if (i < 3)
				now = now * 10 + line.at[i] - '0';
		}
		CLAIM(now >= 200 && now <= 599 && (code == 0 || now == code));
		CLAIM(line.at[3] == ' ' || line.at[3] == '-');
		goes_on = line.at[3] == '-';
		code = now;
		book->replies = span_skip(book->replies, end + 1);
	}
	CLAIM(!goes_on || code == 0);
	return code;
}

static inline bool
book_take_line(struct book *book, struct span *line)
{
	size_t end = span_find(book->said, '\n');

	if (end == book->said.len)
		return false;
	*line = span_head(book->said, end);
	book->said = span_skip(book->said, end + 1);
	book->is_lf_line = end == 0 || line->at[end - 1] != '\r';
	return true;
}

/* RFC 5321 section 4.5.2; LF alone ends lines if it ended the DATA line. */
static inline bool
book_take_content(struct book *book, struct buf *text)
{
	while (book->said.len > 0) {
		bool is_first = true, ends = false;

		if (span_starts(book->said, SPAN(".\r\n"))) {
			book->said = span_skip(book->said, 3);
			return true;
		}
		if (book->is_lf_line && span_starts(book->said, SPAN(".\n"))) {
			book->said = span_skip(book->said, 2);
			return true;
		}
		if (book->said.at[0] == '.')
			book->said = span_skip(book->said, 1);
		while (book->said.len > 0 && !ends) {
			char c = book->said.at[0];
			ends = c == '\n' &&
			    (book->is_lf_line ||
				(!is_first && book->said.at[-1] == '\r'));
			is_first = false;
			CLAIM(buf_add_char(text, c));
			book->said = span_skip(book->said, 1);
		}
	}
	return false;
}

static inline bool
book_is_verb(struct span line, struct span verb)
{
	return span_equal_nocase(
	    span_head(span_trim(line), span_find(span_trim(line), ' ')), verb);
}

#endif
