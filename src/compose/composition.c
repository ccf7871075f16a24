/*
 * Makes a message from its parts. All files are looked at before the text is
 * read, so that nobody writes a text in vain.
 */
#include "compose/composition.h"

#include <stdlib.h>

#include "address/address_list.h"
#include "address/address_token.h"
#include "base/mem.h"
#include "base/random.h"
#include "compose/leaf.h"
#include "envelope/recipients.h"
#include "fixup/encoded_word.h"
#include "fixup/field_repair.h"
#include "message/message.h"

/* Random characters of a boundary, 5 bits each. */
#define BOUNDARY_CHARACTERS 24
#define BOUNDARY_MAX 64
/* A longer word is encoded, so that it can be folded. */
#define SUBJECT_WORD_MAX 900

static void
free_texts(struct address_texts *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->texts[i]);
	free(list->texts);
}

static void
free_parts(struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		part_free(&parts[i]);
	free(parts);
}

void
composition_free(struct composition *composition)
{
	free(composition->subject);
	free(composition->fields);
	free_texts(&composition->to);
	free_texts(&composition->cc);
	free_texts(&composition->bcc);
	free_texts(&composition->reply_to);
	free_texts(&composition->operands);
	part_free(&composition->text);
	part_free(&composition->html);
	free_parts(composition->inlines, composition->inline_count);
	free_parts(composition->attachments, composition->attachment_count);
	*composition = (struct composition){0};
}

void
composition_add_addresses(struct address_texts *list, struct span text)
{
	*(char **)mem_append(&list->texts, &list->count, sizeof(char *)) =
	    span_copy(text);
}

struct part *
composition_add_inline(struct composition *composition)
{
	return mem_append(&composition->inlines, &composition->inline_count,
	    sizeof(struct part));
}

struct part *
composition_add_attachment(struct composition *composition)
{
	return mem_append(&composition->attachments,
	    &composition->attachment_count, sizeof(struct part));
}

bool
composition_add_recipients(const struct composition *composition,
    struct recipients *recipients, struct error *err)
{
	const struct address_texts *lists[] = {&composition->operands,
	    &composition->to, &composition->cc, &composition->bcc};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			if (!recipients_add_list(
				recipients, span_from(lists[i]->texts[j]), err))
				return false;
	return true;
}

/* The header */

/* Adds a field, encoded (RFC 2047) and folded where necessary. */
static void
add_field(struct buf *out, const char *name, struct span value)
{
	struct field field;
	struct buf raw;
	struct span rest;

	buf_init(&raw, HEADER_MAX);
	buf_add_format(&raw, "%s: ", name);
	buf_add_span(&raw, value);
	buf_add_text(&raw, "\r\n");
	rest = buf_span(&raw);
	if (header_next(&rest, &field))
		field_repair_new(&field, out);
	out->full |= raw.full;
	buf_free(&raw);
}

/* Whether no line can hold the text as it is (RFC 5322 sections 2.1.1, 3.2). */
static bool
has_odd_word(struct span text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (ascii_is_control(text.at[i]) && text.at[i] != '\t')
			return true;
		len = ascii_is_blank(text.at[i]) ? 0 : len + 1;
		if (len > SUBJECT_WORD_MAX)
			return true;
	}
	return false;
}

static void
add_subject(struct buf *out, struct span subject)
{
	if (has_odd_word(subject)) {
		buf_add_text(out, "Subject: ");
		encoded_words_add(out, subject);
		buf_add_text(out, "\r\n");
	} else if (subject.len > 0) {
		add_field(out, "Subject", subject);
	}
}

struct list {
	struct buf *out;
	struct span text; /* not yet added */
	size_t start;	  /* of `text` in the whole text */
	bool has_element, is_in_route;
	size_t comments;    /* passed so far */
	size_t angle;	    /* the offset of its "<"; 0: none yet */
	bool is_odd;	    /* its name has dots or such without quotes */
	bool has_other;	    /* its name has more than such and atoms */
	const char *before; /* what the next element is added after */
};

/* Puts quotes around the name of the element where they are required. */
static struct span
add_name(struct list *list, struct span text)
{
	struct span name =
	    span_trim(span_head(text, list->angle - list->start));

	if (list->angle == 0 || !list->is_odd || list->has_other)
		return text;
	buf_add_char(list->out, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '"' || name.at[i] == '\\')
			buf_add_char(list->out, '\\');
		buf_add_char(list->out, name.at[i]);
	}
	buf_add_text(list->out, "\" ");
	return span_skip(text, list->angle - list->start);
}

/* Adds the text before this offset, if it is more than blanks. */
static void
add_element(struct list *list, size_t end)
{
	struct span text = span_head(list->text, end - list->start);

	if (list->has_element) {
		buf_add_text(list->out, list->before);
		buf_add_span(list->out, span_trim(add_name(list, text)));
		list->before = "";
	}
	list->text = span_skip(list->text, end - list->start);
	list->start = end;
}

static void
take_token(
    struct list *list, const struct address_tokens *tokens, bool was_fault)
{
	enum address_token kind = tokens->kind;

	if (list->angle == 0) {
		list->is_odd |=
		    was_fault || kind == TOKEN_DOT || kind == TOKEN_LITERAL;
		list->has_other |= tokens->comments > list->comments ||
		    kind == TOKEN_QUOTED || kind == TOKEN_ENCODED;
	}
	if (kind == TOKEN_LESS && list->angle == 0)
		list->angle = tokens->from;
	list->comments = tokens->comments;
	if (kind == TOKEN_LESS || kind == TOKEN_GREATER)
		list->is_in_route = kind == TOKEN_LESS;
	if (list->is_in_route ||
	    (kind != TOKEN_COMMA && kind != TOKEN_COLON &&
		kind != TOKEN_SEMICOLON)) {
		list->has_element = true;
		return;
	}
	add_element(list, tokens->from);
	list->text = span_skip(list->text, 1);
	list->start++;
	if (kind == TOKEN_COMMA) {
		if (list->has_element)
			list->before = ", ";
	} else {
		buf_add_char(list->out, (char)kind);
		list->before = kind == TOKEN_COLON ? " " : ", ";
	}
	list->has_element = list->is_odd = list->has_other = false;
	list->angle = 0;
}

/*
 * Adds an address list that can be read, without its empty elements, which are
 * not allowed in new messages (RFC 5322 section 4.4).
 */
static void
add_list(struct buf *out, struct span text)
{
	struct list list = {
	    .out = out, .text = text, .before = out->len > 0 ? ", " : ""};
	struct address_tokens tokens;

	address_tokens_init(&tokens, text);
	do {
		bool was_fault;

		address_tokens_next(&tokens);
		was_fault = tokens.kind == TOKEN_FAULT &&
		    address_tokens_pass_fault(&tokens);
		if (tokens.kind != TOKEN_END && tokens.kind != TOKEN_FAULT)
			take_token(&list, &tokens, was_fault);
	} while (tokens.kind != TOKEN_END && tokens.kind != TOKEN_FAULT);
	add_element(&list, text.len);
	address_tokens_free(&tokens);
}

static bool
add_addresses(struct buf *out, const char *name,
    const struct address_texts *list, struct error *err)
{
	struct address_list parsed = {0};
	struct buf value;
	bool done = true;

	buf_init(&value, HEADER_MAX);
	for (size_t i = 0; done && i < list->count; i++) {
		struct span text = span_from(list->texts[i]);

		done = address_list_parse(&parsed, text, err);
		if (done)
			add_list(&value, text);
	}
	address_list_free(&parsed);
	if (!done)
		error_add(err, " (in the field %s)", name);
	else if (value.len > 0)
		add_field(out, name, buf_span(&value));
	out->full |= value.full;
	buf_free(&value);
	return done;
}

static bool
add_fields(
    struct buf *out, const struct composition *composition, struct error *err)
{
	const struct address_texts *to = composition->to.count > 0
	    ? &composition->to
	    : &composition->operands;
	struct span subject = span_trim(span_from(composition->subject));

	if (!add_addresses(out, "To", to, err) ||
	    !add_addresses(out, "Cc", &composition->cc, err) ||
	    !add_addresses(out, "Reply-To", &composition->reply_to, err))
		return false;
	add_subject(out, subject);
	if (composition->fields != NULL)
		buf_add_text(out, composition->fields);
	buf_add_text(out, "MIME-Version: 1.0\r\n");
	return !out->full ||
	    error_set(err, ERROR_DATA,
		"cannot compose the message: its header is larger than 16 MiB");
}

/* The body */

struct builder {
	struct leaf text, html;
	struct leaf *inlines, *attachments;
	size_t inline_count, attachment_count;
	bool has_text, has_html;
	bool is_eight_bit; /* some leaf is */
	struct buf *header;
	struct pieces *pieces;
	bool has_part; /* the fields of the message are written */
	struct error *err;
};

/* Writes the fields of the next part; the first one is the message itself. */
static void
write_fields(struct builder *builder, struct span fields)
{
	if (!builder->has_part) {
		buf_add_span(builder->header, fields);
	} else {
		pieces_add_text(builder->pieces, fields);
		pieces_add_text(builder->pieces, SPAN("\r\n"));
	}
	builder->has_part = true;
}

static bool
write_leaf(struct builder *builder, struct leaf *leaf)
{
	write_fields(builder, buf_span(&leaf->fields));
	return leaf_add(leaf, builder->pieces, builder->err);
}

struct multipart {
	struct builder *builder;
	char boundary[BOUNDARY_MAX];
	bool has_part;
};

/*
 * Begins a multipart. No line of quoted-printable or base64 can be its
 * boundary, because that has "=_" in it.
 */
static bool
begin(struct multipart *multipart, struct builder *builder, const char *type,
    const char *parameters)
{
	struct buf fields = {0}, name = {.max = BOUNDARY_MAX};
	bool done;

	*multipart = (struct multipart){.builder = builder};
	buf_add_text(&name, "=_");
	done = random_add_name(&name, BOUNDARY_CHARACTERS);
	if (!done)
		error_set(builder->err, ERROR_OS,
		    "cannot make a boundary: the system has no source of "
		    "random numbers");
	buf_add_format(&fields, "Content-Type: multipart/%s;%s\r\n boundary=\"",
	    type, parameters);
	buf_add_span(&fields, buf_span(&name));
	buf_add_text(&fields, "\"\r\n");
	if (builder->is_eight_bit)
		buf_add_text(&fields, "Content-Transfer-Encoding: 8bit\r\n");
	write_fields(builder, buf_span(&fields));
	for (size_t i = 0; i < name.len; i++)
		multipart->boundary[i] = name.data[i];
	buf_free(&fields);
	buf_free(&name);
	return done;
}

static void
write_delimiter(struct multipart *multipart, const char *end)
{
	struct buf line = {0};

	buf_add_format(&line, "%s--%s%s", multipart->has_part ? "\r\n" : "",
	    multipart->boundary, end);
	pieces_add_text(multipart->builder->pieces, buf_span(&line));
	buf_free(&line);
	multipart->has_part = true;
}

/* Begins a part of a multipart. */
static void
next(struct multipart *multipart)
{
	write_delimiter(multipart, "\r\n");
}

static void
end(struct multipart *multipart)
{
	write_delimiter(multipart, "--\r\n");
}

static bool
write_files(struct multipart *multipart, struct leaf *leaves, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		next(multipart);
		if (!write_leaf(multipart->builder, &leaves[i]))
			return false;
	}
	return true;
}

static bool
write_html(struct builder *builder)
{
	struct multipart related;

	if (builder->inline_count == 0)
		return write_leaf(builder, &builder->html);
	if (!begin(&related, builder, "related", " type=\"text/html\";"))
		return false;
	next(&related);
	if (!write_leaf(builder, &builder->html) ||
	    !write_files(&related, builder->inlines, builder->inline_count))
		return false;
	end(&related);
	return true;
}

/*
 * The files of the HTML are inside of its alternative. Readers that show the
 * text then do not list them as attachments, and all others know
 * this nesting from the common mail programs.
 */
static bool
write_content(struct builder *builder)
{
	struct multipart alternative;

	if (!builder->has_html)
		return write_leaf(builder, &builder->text);
	if (!builder->has_text)
		return write_html(builder);
	if (!begin(&alternative, builder, "alternative", ""))
		return false;
	next(&alternative);
	if (!write_leaf(builder, &builder->text))
		return false;
	next(&alternative);
	if (!write_html(builder))
		return false;
	end(&alternative);
	return true;
}

static bool
write_all(struct builder *builder)
{
	struct multipart mixed;

	if (builder->attachment_count == 0)
		return write_content(builder);
	if (!begin(&mixed, builder, "mixed", ""))
		return false;
	next(&mixed);
	if (!write_content(builder) ||
	    !write_files(
		&mixed, builder->attachments, builder->attachment_count))
		return false;
	end(&mixed);
	return true;
}

static bool
make_files(struct leaf **leaves, size_t *made, const struct part *parts,
    size_t count, bool is_inline, const struct leaf_context *context,
    struct builder *builder)
{
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf = mem_append(leaves, made, sizeof(**leaves));

		if (!leaf_make_file(
			leaf, &parts[i], is_inline, context, builder->err))
			return false;
		builder->is_eight_bit |= leaf->is_eight_bit;
	}
	return true;
}

static bool
make_text(struct leaf *leaf, bool *is_made, const struct part *part,
    bool is_html, const struct leaf_context *context, struct builder *builder)
{
	*is_made = part->source != PART_NONE;
	if (!*is_made)
		return true;
	if (!leaf_make_text(leaf, part, is_html, context, builder->err))
		return false;
	builder->is_eight_bit |= leaf->is_eight_bit;
	return true;
}

/* Makes all leaves; the text last, because a person may have to write it. */
static bool
make_leaves(struct builder *builder, const struct composition *composition,
    const struct leaf_context *context)
{
	return make_files(&builder->attachments, &builder->attachment_count,
		   composition->attachments, composition->attachment_count,
		   false, context, builder) &&
	    make_files(&builder->inlines, &builder->inline_count,
		composition->inlines, composition->inline_count, true, context,
		builder) &&
	    content_id_check(context->ids, builder->err) &&
	    make_text(&builder->html, &builder->has_html, &composition->html,
		true, context, builder) &&
	    make_text(&builder->text, &builder->has_text, &composition->text,
		false, context, builder);
}

static void
free_leaves(struct leaf *leaves, size_t count)
{
	for (size_t i = 0; i < count; i++)
		leaf_free(&leaves[i]);
	free(leaves);
}

static void
free_builder(struct builder *builder)
{
	if (builder->has_text)
		leaf_free(&builder->text);
	if (builder->has_html)
		leaf_free(&builder->html);
	free_leaves(builder->inlines, builder->inline_count);
	free_leaves(builder->attachments, builder->attachment_count);
	pieces_free(builder->pieces);
}

static size_t
count_inputs(const struct part *parts, size_t count)
{
	size_t inputs = 0;

	for (size_t i = 0; i < count; i++)
		inputs += part_is_input(&parts[i]);
	return inputs;
}

static bool
check(const struct composition *composition, struct error *err)
{
	size_t inputs = count_inputs(&composition->text, 1) +
	    count_inputs(&composition->html, 1) +
	    count_inputs(composition->inlines, composition->inline_count) +
	    count_inputs(
		composition->attachments, composition->attachment_count);

	if (inputs > 1)
		return error_set(err, ERROR_USAGE,
		    "cannot use standard input for two parts of the message");
	if (composition->inline_count > 0 &&
	    composition->html.source == PART_NONE)
		return error_set(err, ERROR_USAGE,
		    "cannot show a file inline without HTML\n"
		    "hint: --html-file names the HTML, --attach attaches a "
		    "file");
	return true;
}

struct message *
composition_make_header(const struct composition *composition,
    const struct composition_options *options, struct error *err)
{
	const struct message_options how = {.edits = options->edits};
	struct message *message = NULL;
	struct buf header;

	buf_init(&header, HEADER_MAX);
	if (check(composition, err) && add_fields(&header, composition, err))
		message =
		    message_make(buf_span(&header), pieces_new(), &how, err);
	buf_free(&header);
	return message;
}

/* False, with err, if the domain is needed, and cannot be found. */
static bool
find_id_domain(char **domain, const struct composition *composition,
    const struct composition_options *options, struct error *err)
{
	struct message *header;

	if (composition->inline_count == 0 || options->id_domain.find == NULL) {
		*domain = mem_copy_text("localhost");
		return true;
	}
	header = composition_make_header(composition, options, err);
	*domain = header == NULL
	    ? NULL
	    : options->id_domain.find(options->id_domain.context, header, err);
	message_free(header);
	return *domain != NULL;
}

struct message *
composition_make(const struct composition *composition,
    const struct composition_options *options, struct error *err)
{
	const struct message_options how = {
	    .keeps_raw = options->keeps_raw,
	    .max_size = options->max_size,
	    .edits = options->edits,
	};
	struct file_types own = {0};
	struct content_ids ids = {0};
	struct leaf_context context = {
	    .types = options->types != NULL ? options->types : &own,
	    .ids = &ids,
	    .limits = {.memory_max = options->memory_max,
		.max_size = options->max_size},
	};
	struct buf header;
	struct builder builder = {
	    .header = &header, .pieces = pieces_new(), .err = err};
	struct message *message = NULL;

	buf_init(&header, HEADER_MAX);
	if (check(composition, err) && add_fields(&header, composition, err) &&
	    find_id_domain(&context.id_domain, composition, options, err) &&
	    make_leaves(&builder, composition, &context) &&
	    write_all(&builder)) {
		message =
		    message_make(buf_span(&header), builder.pieces, &how, err);
		builder.pieces = NULL;
	}
	free_builder(&builder);
	free(context.id_domain);
	content_id_free(&ids);
	file_type_free(&own);
	buf_free(&header);
	return message;
}
