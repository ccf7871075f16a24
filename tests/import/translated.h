/* Compares the text of a translation. */
#ifndef TESTS_IMPORT_TRANSLATED_H
#define TESTS_IMPORT_TRANSLATED_H

#include "rows.h"

#include "base/text.h"
#include "import/translation.h"

static inline void
translated_expect(struct translation *translation, const char *expected)
{
	struct buf text = {0};

	unsetenv("DBUS_SESSION_BUS_ADDRESS");
	translation->folder = "/home/me/.config/smtpost";
	translation_add_text(translation, &text);
	assert_string_equal(buf_text(&text), expected);
	buf_free(&text);
}

#endif
