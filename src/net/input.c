#include "net/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_ROOM ((size_t)4 * 1024)

void
input_free(struct input *input)
{
	/* Servers have been seen to echo a password. */
	if (input->data != NULL)
		mem_wipe(input->data, input->most);
	free(input->data);
	*input = (struct input){0};
}

size_t
input_len(const struct input *input)
{
	return input->end - input->start;
}

struct span
input_span(const struct input *input)
{
	if (input->data == NULL)
		return (struct span){"", 0};
	return (struct span){input->data + input->start, input_len(input)};
}

void
input_consume(struct input *input, size_t len)
{
	size_t unread = input_len(input);

	input->start += len < unread ? len : unread;
	if (input->start == input->end)
		input->start = input->end = 0;
}

static void
grow(struct input *input, size_t room)
{
	size_t unread = input_len(input);
	char *data = mem_resize(NULL, room, 1);

	if (unread > 0)
		memcpy(data, input->data + input->start, unread);
	input_free(input);
	input->data = data;
	input->room = room;
	input->end = input->most = unread;
}

char *
input_room(struct input *input, size_t *room)
{
	size_t unread = input_len(input);

	if (unread == INPUT_MAX)
		return NULL;
	if (input->room - unread < FIRST_ROOM && input->room < INPUT_MAX)
		grow(input, input->room == 0 ? FIRST_ROOM : input->room * 2);
	else if (input->room - input->end < FIRST_ROOM && input->start > 0) {
		memmove(input->data, input->data + input->start, unread);
		input->start = 0;
		input->end = unread;
	}
	*room = input->room - input->end;
	return input->data + input->end;
}

void
input_added(struct input *input, size_t len)
{
	input->end += len;
	if (input->end > input->most)
		input->most = input->end;
}
