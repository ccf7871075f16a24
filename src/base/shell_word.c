/* Quotes words for a shell, but leaves plain ones as they are. */
#include "base/shell_word.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

void
shell_word_add(struct buf *command, const char *text)
{
	bool is_plain = text[0] != '\0';

	for (const char *at = text; is_plain && *at != '\0'; at++)
		is_plain = ascii_is_alnum(*at) ||
		    memchr("@%+=:,./-_", *at, 10) != NULL;
	if (is_plain) {
		buf_add_text(command, text);
		return;
	}
	buf_add_char(command, '\'');
	for (const char *at = text; *at != '\0'; at++)
		buf_add_text(
		    command, *at == '\'' ? "'\\''" : (const char[]){*at, '\0'});
	buf_add_char(command, '\'');
}

void
shell_word_add_masked(struct buf *command, const char *text)
{
	char *shown = utf8_masked(span_from(text));

	shell_word_add(command, shown);
	free(shown);
}
