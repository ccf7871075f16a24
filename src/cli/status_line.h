/*
 * One line on the terminal of standard error, below all other output. It is
 * redrawn in place, and erased at the end. The program never waits for a
 * terminal that is blocked. In the background it draws nothing, because the
 * terminal belongs to another process group.
 */
#ifndef CLI_STATUS_LINE_H
#define CLI_STATUS_LINE_H

#include <stdbool.h>

#include "base/buf.h"

struct status_line {
	int fd;		   /* the terminal, non-blocking; -1: not open */
	struct buf unsent; /* what the terminal has not taken yet */
	bool is_drawn;
};

/* False if standard error is no terminal, or one that cannot redraw a line. */
bool status_line_open(struct status_line *line);
/* Shows the text, which is cut to the width of the terminal. */
void status_line_draw(struct status_line *line, struct span text);
/* Erases the line, for other output. */
void status_line_clear(struct status_line *line);
/* Erases and closes it, if it is open. */
void status_line_close(struct status_line *line);

#endif
