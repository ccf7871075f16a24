#include "smtp/echo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "smtp/echo_view.h"

#define STRETCH ((size_t)8)
/*
 * A shorter secret stands in many words by chance. To mask it there would make
 * replies unreadable and show where the secret is.
 */
#define LEAST_IN_WORDS ((size_t)4)
#define LEAST ((size_t)2)

/*
 * Access tokens make the secrets long, and whoever has heard one can say what
 * nearly stands in it thousands of times: then an index tells where each
 * stretch begins.
 */
#define INDEX_FROM ((size_t)1024)
#define BUCKET_BITS 16

struct index {
	struct span secrets; /* borrowed */
	/* One more than a place in secrets; 0: no other. */
	uint32_t first[1U << BUCKET_BITS];
	uint32_t *next; /* by the place; owned */
};

static size_t
bucket_of(const char *at)
{
	uint64_t octets;

	memcpy(&octets, at, sizeof(octets));
	return (size_t)(octets * UINT64_C(0x9e3779b97f4a7c15) >>
	    (64 - BUCKET_BITS));
}

/* NULL where a search costs nothing, or a secret is shorter than a stretch. */
static struct index *
make_index(struct span secrets)
{
	struct index *index;
	struct span rest = secrets, secret;

	if (secrets.len < INDEX_FROM)
		return NULL;
	while (span_next_word(&rest, "\n", &secret))
		if (secret.len < STRETCH)
			return NULL;
	index = mem_new(1, sizeof(*index));
	index->secrets = secrets;
	index->next = mem_new(secrets.len, sizeof(*index->next));
	/* What begins in one secret and ends in another is in no reply. */
	for (size_t i = 0; i + STRETCH <= secrets.len; i++) {
		uint32_t *first = &index->first[bucket_of(secrets.at + i)];

		index->next[i] = *first;
		*first = (uint32_t)i + 1;
	}
	return index;
}

static void
free_index(struct index *index)
{
	if (index != NULL)
		free(index->next);
	free(index);
}

/* How far two texts agree. */
static size_t
common_length(struct span a, struct span b)
{
	size_t len = 0;

	while (len < a.len && len < b.len && a.at[len] == b.at[len])
		len++;
	return len;
}

static bool
is_part_of_word(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || c == '.' ||
	    c == '-' || c == '_' || c == '@';
}

/* Whether the first octets of `text`, which is a tail of `line`, are a word. */
static bool
is_word(struct span line, struct span text, size_t len)
{
	return (text.at == line.at || !is_part_of_word(text.at[-1])) &&
	    (text.len == len || !is_part_of_word(text.at[len]));
}

/* The longest start of `text` that stands anywhere in `secret`. */
static size_t
longest_echo(struct span line, struct span text, struct span secret)
{
	size_t least = secret.len < STRETCH ? secret.len : STRETCH;
	size_t longest = 0;

	if (least < LEAST || text.len < least ||
	    (least < LEAST_IN_WORDS && !is_word(line, text, least)))
		return 0;
	for (size_t i = 0; i + least <= secret.len; i++) {
		size_t len;

		if (secret.at[i] != text.at[0])
			continue;
		len = common_length(text, span_skip(secret, i));
		if (len >= least && len > longest)
			longest = len;
	}
	return longest;
}

/* The same in all secrets, by the index. */
static size_t
longest_indexed(struct span text, const struct index *index)
{
	size_t longest = 0;

	if (text.len < STRETCH)
		return 0;
	for (uint32_t at = index->first[bucket_of(text.at)]; at > 0;
	     at = index->next[at - 1]) {
		/* The line end behind a secret is not in the text. */
		size_t len =
		    common_length(text, span_skip(index->secrets, at - 1));

		if (len >= STRETCH && len > longest)
			longest = len;
	}
	return longest;
}

/* The hexadecimal form that smtp/hide.c makes, or what looks like it. */
static bool
is_hex(struct span secret)
{
	for (size_t i = 0; i < secret.len; i++)
		if (!ascii_is_digit(secret.at[i]) &&
		    (secret.at[i] < 'a' || secret.at[i] > 'f'))
			return false;
	return true;
}

/* What is hidden of each octet of the line. */
enum hidden { SHOWN = 0, BEGINS, GOES_ON };

struct search {
	struct span secrets;
	const struct index *index; /* NULL: a search costs nothing */
	bool only_hex;		   /* of the secrets */
};

static size_t
longest_of_all(struct span line, struct span text, const struct search *search)
{
	struct span secrets = search->secrets, secret;
	size_t longest = 0;

	while (span_next_word(&secrets, "\n", &secret)) {
		size_t len;

		if (search->only_hex && !is_hex(secret))
			continue;
		len = longest_echo(line, text, secret);
		if (len > longest)
			longest = len;
	}
	return longest;
}

/* Marks what the view shows of a secret, in the line that it is made of. */
static void
mark(unsigned char *marks, const struct echo_view *view,
    const struct search *search)
{
	struct span line = buf_span(&view->text), rest = line;

	while (rest.len > 0) {
		size_t at = line.len - rest.len;
		size_t longest = search->index != NULL
		    ? longest_indexed(rest, search->index)
		    : longest_of_all(line, rest, search);

		if (longest > 0) {
			size_t from = view->from[at];
			size_t to = view->to[at + longest - 1];

			if (marks[from] != GOES_ON)
				marks[from] = BEGINS;
			memset(marks + from + 1, GOES_ON, to - from - 1);
		}
		rest = span_skip(rest, longest > 0 ? longest : 1);
	}
}

void
echo_replace(struct buf *out, struct span line, struct span secrets)
{
	struct index *index = make_index(secrets);
	unsigned char *marks = mem_new(line.len + 1, 1);
	bool was_hidden = false;

	for (int writing = 0; writing < ECHO_WRITINGS; writing++) {
		const struct search search = {
		    secrets, index, writing == ECHO_HEX};
		struct echo_view view;

		if (!echo_view_make(&view, line, (enum echo_writing)writing))
			continue;
		mark(marks, &view, &search);
		echo_view_free(&view);
	}
	for (size_t i = 0; i < line.len; i++) {
		if (marks[i] == SHOWN)
			buf_add_char(out, line.at[i]);
		else if (marks[i] == BEGINS || !was_hidden)
			buf_add_text(out, "***");
		was_hidden = marks[i] != SHOWN;
	}
	free(marks);
	free_index(index);
}
