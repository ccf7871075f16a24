/*
 * Claims: whatever a file of shared-mime-info has in it, the type of a name is
 * two words that can stand in a header, or none.
 */
#include "fuzz/fuzz.h"

#include "compose/file_type.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct span name = span_head(input, span_find(input, '\n'));
	struct file_types types = {.count = 2, .is_read = true};
	struct span type;
	size_t slash;

	if (size > 4096)
		return 0;
	input = span_skip(input, name.len + 1);
	buf_add_span(&types.globs[0], span_head(input, input.len / 2));
	buf_add_span(&types.globs[1], span_skip(input, input.len / 2));
	type = file_type_find(&types, name);
	slash = span_find(type, '/');
	if (type.len > 0) {
		CLAIM(slash > 0 && slash + 1 < type.len && type.len <= 127);
		CLAIM(span_is_ascii(type) && !span_has_control(type));
		for (size_t i = 0; i < type.len; i++)
			CLAIM(strchr(" ;:\"\\()<>@,?=[]", type.at[i]) == NULL);
	}
	file_type_free(&types);
	return 0;
}
