/*
 * Octets that have been read from a connection and not yet consumed: a window
 * that grows to a bound, and is wiped when it moves or ends. Within net.
 */
#ifndef NET_INPUT_H
#define NET_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define INPUT_MAX ((size_t)64 * 1024)

struct input {
	char *data; /* owned */
	size_t start, end, room;
	size_t most; /* how far it was ever filled */
};

void input_free(struct input *input);
struct span input_span(const struct input *input);
size_t input_len(const struct input *input);
void input_consume(struct input *input, size_t len);
/*
 * Where to read to; *room is how much. NULL when INPUT_MAX octets wait; then
 * input_added says how much came.
 */
char *input_room(struct input *input, size_t *room);
void input_added(struct input *input, size_t len);

#endif
