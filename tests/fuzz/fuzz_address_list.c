#include "fuzz/fuzz.h"

#include "address/address_list.h"

/* A path that was written is parsed as the same mailbox. */
static void
check_path(const struct mailbox *mailbox)
{
	struct buf path, again;
	struct mailbox parsed = {0};
	struct error err = {0};

	buf_init(&path, 4096);
	buf_init(&again, 4096);
	if (mailbox_add_path(mailbox, "example.org", &path, &err)) {
		for (size_t i = 0; i < path.len; i++)
			CLAIM(!ascii_is_control(path.data[i]));
		CLAIM(
		    address_list_parse_mailbox(&parsed, buf_span(&path), &err));
		CLAIM(mailbox_add_path(&parsed, NULL, &again, &err));
		CLAIM(span_equal(buf_span(&path), buf_span(&again)));
		mailbox_free(&parsed);
	} else {
		fuzz_check_error(&err);
	}
	buf_free(&path);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct address_list list = {0};
	struct mailbox one = {0};
	struct error err = {0};

	if (!address_list_parse(&list, input, &err))
		fuzz_check_error(&err);
	for (size_t i = 0; i < list.count; i++) {
		const struct mailbox_place *place = &list.mailboxes[i].place;

		CLAIM(place->from <= place->to && place->to <= input.len);
		CLAIM(place->address <= place->address_end);
		CLAIM(place->address_end <= input.len);
		check_path(&list.mailboxes[i]);
	}
	address_list_free(&list);
	err = (struct error){0};
	if (address_list_parse_reverse_path(&one, input, &err))
		mailbox_free(&one);
	else
		fuzz_check_error(&err);
	return 0;
}
