/*
 * Writes to the standard streams. Single writes are not checked: stdio
 * remembers an error, and output_end reports it.
 */
#include "cli/output.h"

void
output_write(struct buf *buf, FILE *out)
{
	if (buf->len > 0)
		fwrite(buf->data, 1, buf->len, out);
	buf_clear(buf);
}

bool
output_sink_write(void *context, const char *data, size_t len)
{
	(void)context;
	return fwrite(data, 1, len, stdout) == len;
}

bool
output_end(struct error *err)
{
	return (fflush(stdout) == 0 && !ferror(stdout)) ||
	    error_set(err, ERROR_IO, "cannot write to standard output");
}
