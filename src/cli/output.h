/* Prints on standard output and the other streams, buffer by buffer. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Writes the buffer in one piece and clears it, so that it need not hold all
 * of the output. A write error stays with the stream until output_end.
 */
void output_write(struct buf *buf, FILE *out);
/* The function of a struct message_sink that writes to standard output. */
bool output_sink_write(void *context, const char *data, size_t len);
/* Ends standard output. False, with ERROR_IO, if any write has failed. */
bool output_end(struct error *err);

#endif
