/*
 * Charsets by iconv(3). The locale is looked up without setting it, because the
 * program must behave the same in every locale.
 */
#include "compose/charset.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#ifdef HAVE_XLOCALE_H
#include <xlocale.h> /* newlocale where locale.h has none */
#endif

#include "base/utf8.h"

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 10
/* It does not know that (iconv_t)-1 is no converter. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#ifdef HAVE_ICONV
#define ROOM 1024 /* octets converted at once */
#endif

/* Leaves the name empty if there is none, or if it is too long to be known. */
static void
find_name(char *name, size_t size)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	struct span found;

	if (locale == (locale_t)0)
		return;
	found = span_from(nl_langinfo_l(CODESET, locale));
	if (found.len < size)
		memcpy(name, found.at, found.len);
	freelocale(locale);
}

static bool
is_utf8_or_ascii(struct span name)
{
	static const struct span names[] = {
	    {"", 0},
	    SPAN("UTF-8"),
	    SPAN("UTF8"),
	    SPAN("ANSI_X3.4-1968"), /* the name of ASCII in glibc */
	    SPAN("US-ASCII"),
	    SPAN("ASCII"),
	    SPAN("646"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal_nocase(name, names[i]))
			return true;
	return false;
}

#ifdef HAVE_ICONV
static bool
open_converter(struct charset *charset)
{
	charset->converter = iconv_open("UTF-8", charset->name);
	return charset->converter != (iconv_t)-1;
}

static void
close_converter(struct charset *charset)
{
	iconv_close(charset->converter);
}

bool
charset_add(struct charset *charset, struct buf *out, struct span text)
{
	char room[ROOM];
	/* iconv takes char ** and changes nothing. */
	char *at = (char *)(uintptr_t)text.at;
	size_t left = text.len;
	bool is_flushing = false;

	iconv(charset->converter, NULL, NULL, NULL, NULL);
	for (;;) {
		char *to = room;
		size_t free = sizeof(room);
		size_t done =
		    iconv(charset->converter, is_flushing ? NULL : &at,
			is_flushing ? NULL : &left, &to, &free);

		buf_add(out, room, sizeof(room) - free);
		if (done == (size_t)-1 && errno != E2BIG)
			return false;
		if (out->full)
			return false;
		if (done == (size_t)-1)
			continue;
		if (is_flushing)
			return true;
		is_flushing = true;
	}
}
#else
/* ISO-8859-1, whose characters are the first ones of Unicode. */
static bool
open_converter(struct charset *charset)
{
	struct span name = span_from(charset->name);

	return span_equal_nocase(name, SPAN("ISO-8859-1")) ||
	    span_equal_nocase(name, SPAN("ISO8859-1"));
}

static void
close_converter(struct charset *charset)
{
	(void)charset;
}

bool
charset_add(struct charset *charset, struct buf *out, struct span text)
{
	char octets[4];

	(void)charset;
	for (size_t i = 0; i < text.len; i++)
		buf_add(out, octets,
		    utf8_encode(octets, (unsigned char)text.at[i]));
	return !out->full;
}
#endif

bool
charset_open_locale(struct charset *charset)
{
	*charset = (struct charset){0};
	find_name(charset->name, sizeof(charset->name));
	charset->is_open = !is_utf8_or_ascii(span_from(charset->name)) &&
	    open_converter(charset);
	return charset->is_open;
}

void
charset_close(struct charset *charset)
{
	if (charset->is_open)
		close_converter(charset);
	*charset = (struct charset){0};
}

bool
charset_find_locale(char name[CHARSET_LOCALE_MAX + 1])
{
	memset(name, 0, CHARSET_LOCALE_MAX + 1);
	find_name(name, CHARSET_LOCALE_MAX + 1);
	if (!is_utf8_or_ascii(span_from(name)))
		return true;
	name[0] = '\0';
	return false;
}

char *
charset_to_utf8(struct span text)
{
	struct charset charset = {0};
	struct buf out;
	char *copy = NULL;

	if (utf8_is_valid(text))
		return span_copy(text);
	buf_init(&out, 4 * text.len);
	if (charset_open_locale(&charset) && charset_add(&charset, &out, text))
		copy = buf_take_text(&out);
	charset_close(&charset);
	buf_free(&out);
	return copy != NULL ? copy : span_copy(text);
}
