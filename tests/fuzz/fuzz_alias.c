#include "fuzz/fuzz.h"

#include "address/alias_file.h"

static void
check_targets(struct span rest)
{
	struct alias_target target = {0};
	size_t before = rest.len;

	while (alias_file_next_target(&rest, &target)) {
		CLAIM(rest.len < before);
		before = rest.len;
		alias_file_target_free(&target);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), line;
	struct alias_file file = {0};

	alias_file_parse(&file, "aliases", input);
	for (size_t i = 0; i < file.count; i++) {
		const struct alias_entry *entry = &file.entries[i];

		CLAIM(alias_file_find(&file, span_from(entry->name)) != NULL);
		check_targets(span_from(entry->targets));
	}
	alias_file_free(&file);
	while (alias_file_next_line(&input, &line))
		check_targets(line);
	return 0;
}
