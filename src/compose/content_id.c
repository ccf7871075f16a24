/*
 * The ids are sorted by name, so that each URL is looked up quickly. The HTML
 * is not parsed: "cid:" begins a URL wherever no letter, digit or other octet
 * of a word is before it.
 */
#include "compose/content_id.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "compose/charset.h"

#define SHOWN_MAX ((size_t)80)
#define NUMBER_MAX ((size_t)21) /* "-" and 20 digits */
/* No file name is longer, even if each octet of it is written as "%XX". */
#define NAME_WRITTEN_MAX ((size_t)4096)

struct content_id {
	char *name, *id; /* owned */
};

void
content_id_free(struct content_ids *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		free(ids->list[i].name);
		free(ids->list[i].id);
	}
	free(ids->list);
	*ids = (struct content_ids){0};
}

/*
 * Letters, digits and "-_.", which need no encoding in a Content-ID and in a
 * URL.
 */
static bool
is_plain(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/*
 * Adds a dot-atom: no dot at an end, and no two dots together. True if it is
 * not the name itself.
 */
static bool
add_atom(struct buf *id, struct span name)
{
	bool is_changed = false;

	for (size_t i = 0; i < name.len; i++) {
		bool is_odd_dot = name.at[i] == '.' &&
		    (i == 0 || i + 1 == name.len || name.at[i - 1] == '.');

		bool is_kept = is_plain(name.at[i]) && !is_odd_dot;

		buf_add_char(id, is_kept ? name.at[i] : '_');
		is_changed |= !is_kept;
	}
	return is_changed;
}

const char *
content_id_add(struct content_ids *ids, const char *name, const char *domain)
{
	struct content_id *added =
	    mem_append(&ids->list, &ids->count, sizeof(*added));
	struct span left = span_from(name), right = span_from(domain);
	size_t at = span_find_last(left, '@');
	struct buf id;

	if (at < left.len && at > 0 && at + 1 < left.len) {
		right = span_skip(left, at + 1);
		left = span_head(left, at);
	}
	if (left.len == 0)
		left = SPAN("_");
	buf_init(&id, left.len + right.len + NUMBER_MAX + 1);
	/* Other names may have become the same word. */
	if (add_atom(&id, left))
		buf_add_format(&id, "-%zu", ids->count);
	buf_add_char(&id, '@');
	add_atom(&id, right);
	added->name = mem_copy_text(name);
	added->id = buf_take_text(&id);
	return added->id;
}

static int
compare_ids(const void *a, const void *b)
{
	const struct content_id *one = a, *other = b;

	return strcmp(one->id, other->id);
}

static int
compare_names(const void *a, const void *b)
{
	const struct content_id *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* In a sorted list, finds two neighbours that are the same. */
static bool
has_twins(const struct content_ids *ids,
    int (*compare)(const void *a, const void *b), struct error *err)
{
	for (size_t i = 1; i < ids->count; i++) {
		char *shown;

		if (compare(&ids->list[i - 1], &ids->list[i]) != 0)
			continue;
		shown = utf8_excerpt_masked(
		    span_from(ids->list[i].name), SHOWN_MAX);
		error_set(err, ERROR_USAGE,
		    "cannot tell two inline files apart: both are cid:%s\n"
		    "hint: give one another name: FILE;id=NAME",
		    shown);
		free(shown);
		return true;
	}
	return false;
}

bool
content_id_check(struct content_ids *ids, struct error *err)
{
	if (ids->count == 0)
		return true;
	qsort(ids->list, ids->count, sizeof(*ids->list), compare_ids);
	if (has_twins(ids, compare_ids, err))
		return false;
	qsort(ids->list, ids->count, sizeof(*ids->list), compare_names);
	return !has_twins(ids, compare_names, err);
}

static const struct content_id *
find(const struct content_ids *ids, char *name)
{
	const struct content_id wanted = {.name = name};

	return ids->count == 0 ? NULL
			       : bsearch(&wanted, ids->list, ids->count,
				     sizeof(wanted), compare_names);
}

/* Whether a URL cannot begin after this octet. */
static bool
is_of_word(char c)
{
	return is_plain(c) || (unsigned char)c >= 0x80 || c == '+';
}

/* Whether an entity begins here that is no part of a URL, such as &quot;. */
static bool
is_entity(struct span text, size_t at)
{
	return text.at[at] == '&' &&
	    !span_starts_nocase(span_skip(text, at), SPAN("&amp;"));
}

/* The length of the URL's rest at the start of `text`, after "cid:". */
static size_t
url_length(struct span text, char quote)
{
	size_t len = 0;

	while (len < text.len && len <= NAME_WRITTEN_MAX) {
		char c = text.at[len];

		if (quote == '"' || quote == '\'') {
			if (c == quote || c == '\r' || c == '\n')
				break;
		} else if (ascii_is_space(c) || c == '\0' ||
		    strchr("\"'()<>", c) != NULL || is_entity(text, len)) {
			break;
		}
		len++;
	}
	return len;
}

/* Decodes "&amp;", and "%XX" if it is percent-encoding. */
static void
add_decoded(struct buf *out, struct span text, bool is_percent)
{
	while (text.len > 0) {
		int high = -1, low = -1;
		size_t len = 1;
		char c = text.at[0];

		if (is_percent && c == '%' && text.len > 2) {
			high = ascii_hex_value(text.at[1]);
			low = ascii_hex_value(text.at[2]);
		}
		if (high >= 0 && low >= 0) {
			c = (char)(high * 16 + low);
			len = 3;
		} else if (span_starts_nocase(text, SPAN("&amp;"))) {
			len = 5;
		}
		buf_add_char(out, c);
		text = span_skip(text, len);
	}
}

/* The id of this name, which may be in the charset of the locale. */
static const struct content_id *
find_name(const struct content_ids *ids, struct span name)
{
	char *text = charset_to_utf8(name);
	const struct content_id *found = find(ids, text);

	free(text);
	return found;
}

/*
 * The id that a URL names; NULL: none. The name as it is written is tried
 * first, because the name of a file may look like percent-encoding.
 */
static const struct content_id *
find_url(const struct content_ids *ids, struct span url)
{
	const struct content_id *found = find_name(ids, url);
	struct buf name;

	if (found != NULL)
		return found;
	buf_init(&name, url.len);
	for (int i = 0; found == NULL && i < 2; i++) {
		buf_clear(&name);
		add_decoded(&name, url, i == 1);
		found = find_name(ids, buf_span(&name));
	}
	buf_free(&name);
	return found;
}

/*
 * The id that the URL at the start of `text` names, and the URL's length. In
 * srcset a blank or comma may end it, and "#" begins a place in the file.
 */
static const struct content_id *
find_at(
    const struct content_ids *ids, struct span text, char quote, size_t *length)
{
	size_t len = url_length(text, '\0'), end = 0;
	const struct content_id *found;

	while (end < len && text.at[end] != ',' && text.at[end] != '#')
		end++;
	*length = url_length(text, quote);
	found = find_url(ids, span_head(text, *length));
	if (found == NULL && len != *length)
		found = find_url(ids, span_head(text, *length = len));
	if (found == NULL && end != len)
		found = find_url(ids, span_head(text, *length = end));
	return found;
}

/* The offset after the next "cid:" of a URL; html.len if there is none. */
static size_t
next_url(struct span html, size_t from)
{
	size_t at = from;
	const char *colon;

	while (at < html.len &&
	    (colon = memchr(html.at + at, ':', html.len - at)) != NULL) {
		at = (size_t)(colon - html.at) + 1;
		if (at >= from + 4 &&
		    span_equal_nocase(
			(struct span){colon - 3, 3}, SPAN("cid")) &&
		    (at == 4 || !is_of_word(colon[-4])))
			return at;
	}
	return html.len;
}

void
content_id_rewrite(
    const struct content_ids *ids, struct span html, struct buf *out)
{
	size_t from = 0, at;

	for (at = next_url(html, 0); at < html.len; at = next_url(html, at)) {
		char quote = at > 4 ? html.at[at - 5] : '\0';
		size_t len;
		const struct content_id *found =
		    find_at(ids, span_skip(html, at), quote, &len);

		if (found == NULL)
			continue;
		buf_add_span(out, span_skip(span_head(html, at), from));
		buf_add_text(out, found->id);
		from = at += len;
	}
	buf_add_span(out, span_skip(html, from));
}
