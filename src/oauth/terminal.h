/*
 * The terminal of the person who logs in. It does not echo meanwhile, because
 * what is pasted may hold a code.
 */
#ifndef OAUTH_TERMINAL_H
#define OAUTH_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "base/buf.h"

struct terminal {
	int fd; /* -1: there is none */
	struct termios before;
	struct buf typed; /* wiped: the line until now */
};

enum terminal_result {
	TERMINAL_LINE,
	TERMINAL_MORE,	   /* no whole line yet */
	TERMINAL_TOO_LONG, /* the line was dropped */
	TERMINAL_CLOSED,   /* ^D, or the terminal is gone */
};

/*
 * False if the process has no terminal, or runs in the background of one. Close
 * it in every case.
 */
bool terminal_open(struct terminal *terminal);
/* Reads what was typed, without waiting; sets the line, without its end. */
enum terminal_result terminal_read(struct terminal *terminal, struct buf *line);
/* The terminal is again as it was. */
void terminal_close(struct terminal *terminal);

#endif
