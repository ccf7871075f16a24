/*
 * Borrowed text: a span points at octets that somebody else owns. It may hold
 * NUL and has no end mark. All comparisons and classes are ASCII and know no
 * locale.
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
bool span_starts(struct span span, struct span prefix);
bool span_starts_nocase(struct span span, struct span prefix);
/* The index of the first c, or of the last; span.len if there is none. */
size_t span_find(struct span span, char c);
size_t span_find_last(struct span span, char c);
/* The octets from index `from` on; empty if there are none. */
struct span span_skip(struct span span, size_t from);
struct span span_head(struct span span, size_t len);
/* Without the blanks (SP, HT, CR, LF) at both ends. */
struct span span_trim(struct span span);
/*
 * Takes the next word out of *rest: separators are the octets of `between`.
 * False when none is left.
 */
bool span_next_word(struct span *rest, const char *between, struct span *word);
/* A decimal number, digits only, up to max; false if it is anything else. */
bool span_number(struct span span, uint64_t max, uint64_t *number);
/* Whether any octet is a control (0-31, 127). */
bool span_has_control(struct span span);
bool span_is_ascii(struct span span);
/* Shell pattern with * and ?, case-blind (ASCII); linear in time. */
bool span_matches(struct span span, struct span pattern);

/*
 * Adds to the C string `text`, which is an array of `size` octets. What does
 * not fit is cut, and then the text ends in "...".
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
