/*
 * What a server may say, and what is heard of it: for test_dialogue.c.
 */
#ifndef TESTS_SMTP_REPLIES_H
#define TESTS_SMTP_REPLIES_H

#include "base/text.h"
#include "envelope/outcome.h"

struct hear_row {
	const char *name;
	struct span input;
	int code;	  /* 0: none */
	const char *text; /* of the reply, or of the trouble */
	enum cause cause;
};

#define S(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}
#define MALFORMED 0, "the server's reply is malformed", CAUSE_PROTOCOL
#define CLOSED 0, "the server closed the connection", CAUSE_TEMPORARY
static const struct hear_row hears[] = {
    {"one line", S("250 Ok\r\n"), 250, "Ok", 0},
    {"several", S("250-a\r\n250-b\r\n250 c\r\n"), 250, "a\nb\nc", 0},
    {"bare code", S("354\r\n"), 354, "", 0},
    {"LF alone ends a line", S("250-a\n250 b\n"), 250, "a\nb", 0},
    {"mixed ends", S("250-a\n250 b\r\n"), 250, "a\nb", 0},
    {"a carriage return inside", S("250 a\rb\r\n"), 250, "a\rb", 0},
    {"a NUL in the text", S("250 a\0b\r\n"), 250, "a", 0},
    {"421 is a reply", S("421 bye\r\n"), 421, "bye", 0},
    {"a NUL behind the code", S("250\0Ok\r\n"), MALFORMED},
    {"an empty line", S("\r\n250 Ok\r\n"), MALFORMED},
    {"a lone CR ends nothing", S("250 a\r250 b"), CLOSED},
    {"two CR", S("250\r\r\n"), MALFORMED},
    {"no code", S("Ok\r\n"), MALFORMED},
    {"2500", S("2500 Ok\r\n"), MALFORMED},
    {"199", S("199 Ok\r\n"), MALFORMED},
    {"600", S("600 Ok\r\n"), MALFORMED},
    {"a tab", S("250\tOk\r\n"), MALFORMED},
    {"success, then failure", S("250-a\r\n550 b\r\n"), MALFORMED},
    {"failure, then success", S("550-a\r\n250 b\r\n"), MALFORMED},
    {"nothing", S(""), CLOSED},
    {"a part of a code", S("25"), CLOSED},
    {"no line end", S("250 Ok"), CLOSED},
    {"half a line end", S("250 Ok\r"), CLOSED},
    {"only a first line", S("250-Ok\r\n"), CLOSED},
    {"a first line and a part", S("250-Ok\r\n250 Ok"), CLOSED},
};

#endif
