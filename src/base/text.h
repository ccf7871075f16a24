/*
 * Text that is borrowed: a span points at octets that it does not own. They may
 * include NUL, and no NUL follows them. Comparisons and character classes are
 * those of ASCII, whatever the locale.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *at; /* borrowed */
	size_t len;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

struct span span_from(const char *text); /* NULL gives an empty span */
char *span_copy(struct span span);	 /* caller frees; NUL at its end */

bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b);
/* Ignoring case, equal spans have equal hashes. */
size_t span_hash_nocase(struct span span);
bool span_starts(struct span span, struct span prefix);
bool span_starts_nocase(struct span span, struct span prefix);
/* With one of the prefixes, of which the last is NULL. */
bool span_starts_one(struct span span, const char *const *prefixes);
/* The index of the first (last) c; span.len if there is none. */
size_t span_find(struct span span, char c);
size_t span_find_last(struct span span, char c);
/* The index of the first such text, in any case; span.len if there is none. */
size_t span_find_text_nocase(struct span span, struct span text);
/* The octets from index `from` on; an empty span if there are none. */
struct span span_skip(struct span span, size_t from);
/* The first `len` octets, or all if there are fewer. */
struct span span_head(struct span span, size_t len);
/* Without the white space (SP, HT, CR, LF) at both ends. */
struct span span_trim(struct span span);
/*
 * Removes the next word from the front of *rest; words are separated by the
 * octets of `between`. False if no word is left.
 */
bool span_next_word(struct span *rest, const char *between, struct span *word);
/* Whether the list has this word, in any case. */
bool span_has_word(struct span list, const char *between, struct span wanted);
/* The digits at its front. */
struct span span_digits(struct span span);
/* Reads a decimal number, digits only. False for any other text, or > max. */
bool span_number(struct span span, uint64_t max, uint64_t *number);
/* Whether any octet is a control character (0 to 31, 127). */
bool span_has_control(struct span span);
bool span_is_ascii(struct span span);
/* Matches a shell pattern with * and ?, ignoring case. */
bool span_matches(struct span span, struct span pattern);

/*
 * Adds to the C string `text`, an array of `size` octets. Text that does not
 * fit is cut off; it then ends in "...".
 */
void text_add_format(char *text, size_t size, const char *format,
    va_list arguments) __attribute__((format(printf, 3, 0)));

bool ascii_is_alpha(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
bool ascii_is_control(char c);
bool ascii_is_blank(char c); /* SP and HT */
bool ascii_is_space(char c); /* CR and LF, too */
char ascii_lower(char c);
char ascii_upper(char c);
/* The value of a hexadecimal digit of either case; -1 for any other octet. */
int ascii_hex_value(char c);

#endif
