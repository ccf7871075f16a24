/*
 * Claims: the mails of an mbox lie in it, in order, and do not overlap; and
 * texts that are written as an mboxrd are read back as they were.
 */
#include "fuzz/fuzz.h"

#include "compose/mbox.h"
#include "message/storage.h"

#define TEXT_MAX ((size_t)48 * 1024)
#define BEGINNING "From a@b.example Fri Jul  8 12:08:34 2011\nA: b\n\n"

/* False if it is no mbox. */
static bool
scan(struct mbox *mbox, struct span text)
{
	struct storage storage;
	struct error err = {0};
	bool done;

	storage_init(&storage, 4 * TEXT_MAX);
	CLAIM(storage_add(&storage, text, &err));
	done = mbox_scan(mbox, &storage, "fuzz", &err);
	if (!done)
		fuzz_check_error(&err);
	storage_free(&storage);
	return done;
}

static void
check_places(struct span input)
{
	struct mbox mbox = {0};
	uint64_t end = 0;

	if (scan(&mbox, input))
		for (size_t i = 0; i < mbox.count; i++) {
			CLAIM(mbox.mails[i].from >= end);
			CLAIM(mbox.mails[i].end >= mbox.mails[i].from);
			end = mbox.mails[i].end;
			CLAIM(end <= input.len);
		}
	mbox_free(&mbox);
}

/* Adds a text, whose lines that look like a beginning are quoted. */
static void
add_quoted(struct buf *out, struct span text)
{
	while (text.len > 0) {
		size_t len = span_find(text, '\n'), marks = 0;
		struct span line = span_head(text, len);

		while (marks < line.len && line.at[marks] == '>')
			marks++;
		if (span_starts(span_skip(line, marks), SPAN("From ")))
			buf_add_char(out, '>');
		buf_add_span(out, line);
		buf_add_char(out, '\n');
		text = span_skip(text, len + 1);
	}
}

static bool
add(void *context, struct span data, struct error *err)
{
	(void)err;
	return buf_add_span(context, data);
}

/* The input's texts, which NULs separate, as mails. */
static void
check_texts(struct span input)
{
	struct buf text, plain, read;
	struct mbox mbox = {0};
	struct error err = {0};
	struct span rest = input, part;
	size_t count = 0;

	buf_init(&text, 64 * TEXT_MAX);
	buf_init(&plain, 64 * TEXT_MAX);
	buf_init(&read, 64 * TEXT_MAX);
	for (; rest.len > 0 && count < 100;
	     rest = span_skip(rest, part.len + 1), count++) {
		part = span_head(rest, span_find(rest, '\0'));
		buf_add_text(&text, BEGINNING);
		add_quoted(&text, part);
		buf_add_text(&text, "\n");
		buf_add_span(&plain, part);
		if (part.len > 0 && part.at[part.len - 1] != '\n')
			buf_add_char(&plain, '\n');
	}
	if (text.len > 2 * STORAGE_BLOCK)
		count = 0;
	else
		CLAIM(scan(&mbox, buf_span(&text)) && mbox.count == count);
	for (size_t i = 0; i < count; i++) {
		struct mbox_unquote unquote = {.write = add, .context = &read};
		struct span mail = span_head(
		    span_skip(buf_span(&text), (size_t)mbox.mails[i].from),
		    (size_t)(mbox.mails[i].end - mbox.mails[i].from));

		mail = span_skip(mail, SPAN("A: b\n\n").len);
		CLAIM(mbox_unquote_add(&unquote, mail, &err));
		CLAIM(mbox_unquote_end(&unquote, &err));
	}
	CLAIM(count == 0 || span_equal(buf_span(&plain), buf_span(&read)));
	mbox_free(&mbox);
	buf_free(&text);
	buf_free(&plain);
	buf_free(&read);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_head(fuzz_input(data, size), TEXT_MAX);

	check_places(input);
	check_texts(input);
	return 0;
}
