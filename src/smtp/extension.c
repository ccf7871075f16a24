#include "smtp/extension.h"

#include "smtp/sasl.h"

static void
read_size(struct extensions *extensions, struct span parameters)
{
	struct span word;
	uint64_t limit;

	/* Not a number, or one beyond any message: no limit we could keep. */
	if (span_next_word(&parameters, " \t", &word) &&
	    span_number(word, UINT64_MAX, &limit))
		extensions->size_limit = limit;
}

static void
read_auth(struct extensions *extensions, struct span parameters)
{
	struct span word;

	while (span_next_word(&parameters, " \t", &word))
		extensions->mechanisms |= sasl_bit(word);
}

static const struct {
	struct span keyword;
	enum extension extension;
	void (*read)(struct extensions *extensions, struct span parameters);
} keywords[] = {
    {{"PIPELINING", 10}, EXTENSION_PIPELINING, NULL},
    {{"SIZE", 4}, EXTENSION_SIZE, read_size},
    {{"8BITMIME", 8}, EXTENSION_8BITMIME, NULL},
    {{"8 BITMIME", 9}, EXTENSION_8BITMIME, NULL}, /* Yahoo, sic */
    {{"STARTTLS", 8}, EXTENSION_STARTTLS, NULL},
    {{"AUTH", 4}, EXTENSION_AUTH, read_auth},
    {{"X-EXPS", 6}, EXTENSION_AUTH, read_auth}, /* Exchange before 2007 */
    {{"ENHANCEDSTATUSCODES", 19}, EXTENSION_STATUS_CODES, NULL},
    {{"DSN", 3}, EXTENSION_DSN, NULL},
};

static void
read_line(struct extensions *extensions, struct span line)
{
	line = span_trim(line);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		struct span keyword = keywords[i].keyword;
		struct span rest;

		if (!span_starts_nocase(line, keyword))
			continue;
		rest = span_skip(line, keyword.len);
		/* "AUTH=LOGIN": the form before RFC 2554, still about */
		if (rest.len > 0 && rest.at[0] != ' ' && rest.at[0] != '\t' &&
		    rest.at[0] != '=')
			continue;
		extensions->offered |= keywords[i].extension;
		if (keywords[i].read != NULL)
			keywords[i].read(extensions, span_skip(rest, 1));
	}
}

void
extensions_read(struct extensions *extensions, const struct reply *ehlo)
{
	struct span rest = buf_span(&ehlo->text);
	size_t end = span_find(rest, '\n');

	*extensions = (struct extensions){0};
	/* The first line is the server's name, even if it reads STARTTLS. */
	while (end < rest.len) {
		rest = span_skip(rest, end + 1);
		end = span_find(rest, '\n');
		read_line(extensions, span_head(rest, end));
	}
}

bool
extensions_has(const struct extensions *extensions, enum extension extension)
{
	return (extensions->offered & (unsigned)extension) != 0;
}
