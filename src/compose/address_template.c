/*
 * The list is parsed by address_list.c with a word in place of each
 * placeholder. Names and addresses come out in the order of the text, so the
 * words are found again by their order.
 */
#include "compose/address_template.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fixup/address_text.h"
#include "fixup/encoded_word.h"

#define LIST_MAX ((size_t)1024 * 1024)
#define SHOWN_OCTETS 60
/* Of an address or a display name. */
#define FILLED_MAX ((size_t)64 * 1024)

/* The placeholder that is looked for next. */
struct wanted {
	const struct template *template;
	size_t index; /* of its piece; their count: there is none */
};

/*
 * The word has the name of the column, for errors; octets that an address
 * cannot have become "_".
 */
static void
add_word(struct buf *out, struct span name)
{
	buf_add_text(out, "{{");
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		buf_add_char(out,
		    ascii_is_alnum(c) || c == '-' || (unsigned char)c > 127
			? c
			: '_');
	}
	buf_add_text(out, "}}");
}

/* The offset of the word of a placeholder; the length if it is not there. */
static size_t
find_word(struct span text, const struct template_piece *piece)
{
	struct buf word;
	size_t at = 0;

	buf_init(&word, piece->text.len + 4);
	add_word(&word, piece->text);
	for (; at < text.len; at++) {
		at += span_find(span_skip(text, at), '{');
		if (span_starts(span_skip(text, at), buf_span(&word)))
			break;
	}
	buf_free(&word);
	return at < text.len ? at : text.len;
}

static void
add_text(struct template *template, struct span text)
{
	struct template_piece *piece;

	if (text.len == 0)
		return;
	piece = mem_append(
	    &template->pieces, &template->count, sizeof(*template->pieces));
	piece->text = text;
}

static void
pass_texts(struct wanted *wanted)
{
	while (wanted->index < wanted->template->count &&
	    !wanted->template->pieces[wanted->index].is_cell)
		wanted->index++;
}

/* Makes a template of a name or an address, which borrows its text. */
static void
split(struct template *template, struct span text, struct wanted *wanted)
{
	for (pass_texts(wanted); wanted->index < wanted->template->count;
	     pass_texts(wanted)) {
		const struct template_piece *piece =
		    &wanted->template->pieces[wanted->index];
		size_t at = find_word(text, piece);

		if (at == text.len)
			break;
		add_text(template, span_head(text, at));
		*(struct template_piece *)mem_append(&template->pieces,
		    &template->count, sizeof(*piece)) = *piece;
		template->cells++;
		text = span_skip(text, at + piece->text.len + 4);
		wanted->index++;
	}
	add_text(template, text);
}

/* Whether the name would be encoded together with an encoded word in it. */
static bool
has_encoded_word(const struct template *name)
{
	for (size_t i = 0; i < name->count; i++)
		if (!name->pieces[i].is_cell &&
		    encoded_word_may_be_in(name->pieces[i].text))
			return true;
	return false;
}

/*
 * Makes a slot of each mailbox that has placeholders. False if one is in a name
 * with an encoded word.
 */
static bool
make_slots(struct address_template *template, struct wanted *wanted)
{
	bool done = true;
	struct span text = buf_span(&template->text);
	size_t from = 0;

	for (size_t i = 0; i < template->list.count; i++) {
		const struct mailbox *mailbox = &template->list.mailboxes[i];
		const struct mailbox_place *place = &mailbox->place;
		struct address_slot slot = {0};
		size_t begin = place->from, end = place->to;
		struct span address = span_head(span_skip(text, place->address),
		    place->address_end - place->address);

		/* Without brackets, a name is a comment after the address. */
		if (!place->in_brackets)
			split(&slot.address, address, wanted);
		split(&slot.name, span_from(mailbox->name), wanted);
		if (place->in_brackets)
			split(&slot.address, address, wanted);
		if (slot.name.cells + slot.address.cells == 0) {
			template_free(&slot.name);
			template_free(&slot.address);
			continue;
		}
		/* A name without placeholders stays as it is written. */
		if (slot.name.cells == 0) {
			template_free(&slot.name);
			begin = place->address;
			end = place->address_end;
		}
		done = done && !has_encoded_word(&slot.name);
		slot.before = span_head(span_skip(text, from), begin - from);
		*(struct address_slot *)mem_append(
		    &template->slots, &template->count, sizeof(slot)) = slot;
		from = end;
	}
	template->rest = span_skip(text, from);
	return done;
}

static bool
refuse(struct span text, const char *place, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(text, SHOWN_OCTETS);

	error_set(err, ERROR_DATA, "%s: %s, in '%s'", place, why, shown);
	free(shown);
	return false;
}

static bool
parse_list(
    struct address_template *template, const char *place, struct error *err)
{
	char *why;

	if (address_list_parse(&template->list, buf_span(&template->text), err))
		return true;
	why = mem_copy_text(err->text);
	error_set(err, err->kind, "%s: %s", place, why);
	free(why);
	return false;
}

bool
address_template_parse(struct address_template *template, struct span text,
    const struct table_columns *columns, const char *place, struct error *err)
{
	struct template parsed;
	struct wanted wanted = {.template = &parsed};
	bool done;

	*template = (struct address_template){0};
	buf_init(&template->text, LIST_MAX);
	done =
	    template_parse(&parsed, text, TEMPLATE_TEXT, columns, place, err);
	for (size_t i = 0; done && i < parsed.count; i++)
		if (parsed.pieces[i].is_cell)
			add_word(&template->text, parsed.pieces[i].text);
		else
			buf_add_span(&template->text, parsed.pieces[i].text);
	if (done && template->text.full)
		done = refuse(text, place, "the list is too long", err);
	done = done && parse_list(template, place, err);
	if (done && !make_slots(template, &wanted)) {
		done = refuse(text, place,
		    "a placeholder and an encoded word are in one name", err);
		error_add(err, "\nhint: write the name as text in UTF-8");
	} else if (done) {
		pass_texts(&wanted);
		if (wanted.index < parsed.count)
			done = refuse(text, place,
			    "a placeholder is in neither a name nor an address",
			    err);
	}
	template_free(&parsed);
	return done;
}

void
address_template_free(struct address_template *template)
{
	for (size_t i = 0; i < template->count; i++) {
		template_free(&template->slots[i].name);
		template_free(&template->slots[i].address);
	}
	free(template->slots);
	address_list_free(&template->list);
	buf_free(&template->text);
	*template = (struct address_template){0};
}

void
address_template_count(const struct address_template *template, size_t *cells)
{
	for (size_t i = 0; i < template->count; i++) {
		template_count(&template->slots[i].name, cells);
		template_count(&template->slots[i].address, cells);
	}
}

/*
 * Adds a name as words or a quoted string, without folding. A name that looks
 * like an encoded word is encoded, because a cell is never syntax.
 */
static void
add_phrase(struct buf *out, struct span name)
{
	struct buf phrase;

	buf_init(&phrase, 8 * FILLED_MAX);
	if (encoded_word_may_be_in(name))
		encoded_words_add(&phrase, name);
	else
		address_text_add_name(&phrase, name);
	for (size_t i = 0; i < phrase.len; i++)
		if (phrase.data[i] != '\r' && phrase.data[i] != '\n')
			buf_add_char(out, phrase.data[i]);
	out->full |= phrase.full;
	buf_free(&phrase);
}

static bool
fill_name(const struct template *name, const struct table_row *row,
    struct buf *filled, size_t *column, struct error *err)
{
	if (!template_is_one_line(name, row, column, err))
		return false;
	if (template_fill(name, row, filled))
		return true;
	return error_set(err, ERROR_DATA, "the display name is too long");
}

/* Whether the text is one address and nothing else, not even a name. */
static bool
is_address(struct span text, struct error *err)
{
	struct mailbox mailbox;
	char *path = NULL;

	if (!address_list_parse_mailbox(&mailbox, text, err))
		return false;
	if (mailbox.domain != NULL && mailbox.place.address == 0 &&
	    mailbox.place.address_end == text.len &&
	    mailbox.place.comments == 0)
		path = mailbox_path(&mailbox, NULL, err);
	mailbox_free(&mailbox);
	free(path);
	return path != NULL;
}

/* Blanks at the ends of a cell do not count. */
static bool
fill_address(const struct template *address, const struct table_row *row,
    struct buf *filled, size_t *column, struct error *err)
{
	struct error why = {0};
	char *shown;

	if (!template_is_one_line(address, row, column, err))
		return false;
	*column = SIZE_MAX;
	for (size_t i = 0; i < address->count; i++) {
		const struct template_piece *piece = &address->pieces[i];
		struct span text = piece->text;

		if (piece->is_cell) {
			text = span_trim(row->cells[piece->column]);
			if (*column == SIZE_MAX || text.len == 0)
				*column = piece->column;
			if (text.len == 0)
				return error_set(
				    err, ERROR_DATA, "the address is empty");
		}
		buf_add_span(filled, text);
	}
	if (!filled->full && is_address(buf_span(filled), &why))
		return true;
	if (why.kind != ERROR_NONE)
		return error_set(err, ERROR_DATA, "%s", why.text);
	shown = utf8_excerpt_masked(buf_span(filled), SHOWN_OCTETS);
	error_set(err, ERROR_DATA,
	    "'%s' is not one address of the form LOCAL@DOMAIN", shown);
	free(shown);
	return false;
}

static bool
fill_slot(const struct address_slot *slot, const struct table_row *row,
    struct buf *out, size_t *column, struct error *err)
{
	struct buf name, address;
	bool done;

	buf_init(&name, FILLED_MAX);
	buf_init(&address, FILLED_MAX);
	done = fill_name(&slot->name, row, &name, column, err);
	/* An address without a placeholder was checked with its list. */
	if (done && slot->address.cells == 0)
		done = template_fill(&slot->address, row, &address);
	else if (done)
		done = fill_address(&slot->address, row, &address, column, err);
	if (done && span_trim(buf_span(&name)).len > 0) {
		add_phrase(out, buf_span(&name));
		buf_add_text(out, " <");
		buf_add_span(out, buf_span(&address));
		buf_add_char(out, '>');
	} else if (done) {
		buf_add_span(out, buf_span(&address));
	}
	buf_free(&name);
	buf_free(&address);
	return done;
}

bool
address_template_fill(const struct address_template *template,
    const struct table_row *row, struct buf *out, size_t *column,
    struct error *err)
{
	for (size_t i = 0; i < template->count; i++) {
		buf_add_span(out, template->slots[i].before);
		if (!fill_slot(&template->slots[i], row, out, column, err))
			return false;
	}
	buf_add_span(out, template->rest);
	return !out->full ||
	    error_set(err, ERROR_DATA, "the list of addresses is too long");
}
