/*
 * Finds the form of a text in one pass over it, and encodes it in another.
 */
#include "compose/text_form.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "compose/charset.h"
#include "message/scan.h"
#include "message/storage.h"

struct facts {
	struct scan scan;
	struct utf8_state utf8;
	bool is_utf8;
	uint64_t quoted; /* octets that quoted-printable must quote */
	struct buf head; /* the first DOCUMENT_HEAD_MAX octets */
};

static bool
read_block(const struct storage *text, uint64_t position, char *room,
    const char *name, struct span *block, struct error *err)
{
	*block = storage_block(text, position, room);
	if (block->len > 0)
		return true;
	if (errno != 0)
		return error_set(
		    err, ERROR_IO, "cannot read %s: %s", name, strerror(errno));
	return error_set(err, ERROR_TEMPORARY,
	    "cannot read %s: it changed while it was being read", name);
}

static void
take(struct facts *facts, struct span block)
{
	buf_add_span(&facts->head,
	    span_head(block, DOCUMENT_HEAD_MAX - facts->head.len));
	scan_take(&facts->scan, block);
	for (size_t i = 0; i < block.len; i++) {
		unsigned char octet = (unsigned char)block.at[i];

		facts->quoted += octet >= 0x7f || octet == '=' ||
		    (octet < ' ' && !ascii_is_space((char)octet));
		if (facts->is_utf8)
			facts->is_utf8 = utf8_take(&facts->utf8, octet);
	}
}

static void
set_charset(struct text_form *form, const char *name)
{
	memcpy(form->charset, name, strlen(name) + 1);
}

/* Text in UTF-16 begins with a byte order mark. */
static bool
has_wide_mark(struct span head)
{
	return span_starts(head, SPAN("\xff\xfe")) ||
	    span_starts(head, SPAN("\xfe\xff"));
}

/* The charset of a text that is not UTF-8. */
static void
guess_charset(struct text_form *form)
{
	form->is_guess = true;
	if (!charset_find_locale(form->charset))
		set_charset(form, "unknown-8bit"); /* RFC 1428 */
}

/*
 * The charset that a document declares comes first: the parameter would
 * override it (RFC 6657 section 3), and programs that make HTML in an old
 * charset declare it.
 */
static void
find_charset(
    struct text_form *form, const struct facts *facts, enum text_kind kind)
{
	form->charset[0] = '\0';
	if (kind == TEXT_DOCUMENT)
		document_charset_find(buf_span(&facts->head), form->charset);
	if (form->charset[0] != '\0')
		return;
	if (form->is_wide)
		set_charset(form, "utf-16");
	else if (!form->has_eight_bit)
		set_charset(form, "us-ascii");
	else if (facts->is_utf8)
		set_charset(form, "utf-8");
	else
		guess_charset(form);
}

bool
text_form_find(struct text_form *form, const struct storage *text,
    enum text_kind kind, const char *name, struct error *err)
{
	struct facts facts = {.is_utf8 = true};
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	uint64_t position = 0;
	struct span block;
	bool done = true;

	for (; done && position < text->size; position += block.len) {
		done = read_block(text, position, room, name, &block, err);
		if (done)
			take(&facts, block);
	}
	scan_end(&facts.scan);
	*form = (struct text_form){
	    .has_eight_bit = facts.scan.facts.has_eight_bit,
	    .is_wide = has_wide_mark(buf_span(&facts.head)),
	    .encoding = facts.quoted > text->size / 4
		? ENCODING_BASE64_TEXT
		: ENCODING_QUOTED_PRINTABLE,
	};
	facts.is_utf8 = facts.is_utf8 && facts.utf8.missing == 0;
	form->is_plain = !form->is_wide && !facts.scan.facts.has_nul &&
	    !facts.scan.facts.has_long_line;
	find_charset(form, &facts, kind);
	buf_free(&facts.head);
	free(room);
	return done;
}

bool
text_form_encode(struct storage *out, const struct storage *text,
    enum encoding encoding, const char *name, struct error *err)
{
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	struct encoder encoder;
	struct buf coded;
	uint64_t position = 0;
	struct span block;
	bool done = true;

	encoder_init(&encoder, encoding);
	buf_init(&coded, (STORAGE_BLOCK + ENCODER_HELD_MAX) * ENCODER_GROWTH);
	for (; done && position < text->size; position += block.len) {
		done = read_block(text, position, room, name, &block, err);
		if (!done)
			break;
		encoder_take(&encoder, block, &coded);
		done = storage_add(out, buf_span(&coded), err);
		buf_clear(&coded);
	}
	encoder_end(&encoder, &coded);
	done = done && storage_add(out, buf_span(&coded), err) &&
	    storage_end(out, err);
	buf_free(&coded);
	free(room);
	return done;
}
