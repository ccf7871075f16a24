/*
 * Claims: what a state file says about recipients makes sense, and states that
 * are written are read back as they were.
 */
#include "fuzz/fuzz.h"

#include <unistd.h>

#include "cli/state_file.h"

#define RECIPIENTS 50

struct found {
	unsigned char states[RECIPIENTS];
	struct state_key key; /* of the mail whose states are wanted */
	bool is_own;
};

static bool
take(void *context, const struct state_line *line)
{
	struct found *found = context;

	CLAIM(line->first <= line->last);
	CLAIM(line->state < STATE_COUNT);
	found->is_own = line->key.copy == found->key.copy &&
	    memcmp(line->key.digest, found->key.digest, STATE_DIGEST_SIZE) == 0;
	if (!found->is_own)
		return true;
	if (line->last >= RECIPIENTS)
		return false;
	memset(found->states + line->first, (int)line->state,
	    line->last - line->first + 1);
	return true;
}

static bool
open_file(struct state_file *file, const char *path)
{
	struct error err = {0};

	return state_file_open(file, path, SPAN("fuzz"), true, &err);
}

/* Any lines after the first one. */
static void
check_octets(const char *path, struct span input)
{
	struct found found = {.key.copy = 1};
	struct state_file file;
	struct error err = {0};

	CLAIM(open_file(&file, path));
	CLAIM(state_file_read(&file, take, &found, &err));
	CLAIM(state_file_begin(&file, &err));
	CLAIM(input.len == 0 || state_file_append(&file, input));
	if (!state_file_read(&file, take, &found, &err))
		fuzz_check_error(&err);
	state_file_close(&file);
}

/* The input's octets are states, for one mail after the other. */
static void
check_states(const char *path, struct span input)
{
	struct found found = {.key = {{1, 2, 0xff}, 7}};
	unsigned char states[RECIPIENTS] = {0}, recorded[RECIPIENTS] = {0};
	struct state_file file;
	struct error err = {0};
	struct buf lines = {0};

	CLAIM(open_file(&file, path));
	CLAIM(state_file_read(&file, take, &found, &err));
	CLAIM(state_file_begin(&file, &err));
	for (size_t i = 0; i < input.len && i < 10 * RECIPIENTS; i++) {
		states[i % RECIPIENTS] =
		    (unsigned char)input.at[i] % STATE_COUNT;
		if (i % 7 == 0)
			state_file_add(&lines, &found.key, states, recorded, 0,
			    RECIPIENTS);
	}
	state_file_add(&lines, &found.key, states, recorded, 0, RECIPIENTS);
	CLAIM(memcmp(states, recorded, RECIPIENTS) == 0);
	CLAIM(lines.len == 0 || state_file_append(&file, buf_span(&lines)));
	CLAIM(state_file_read(&file, take, &found, &err));
	CLAIM(memcmp(states, found.states, RECIPIENTS) == 0);
	state_file_close(&file);
	buf_free(&lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input =
	    span_head(fuzz_input(data, size), (size_t)64 * 1024);
	char path[] = "/tmp/fuzz_state.XXXXXX";
	int fd = mkstemp(path);

	CLAIM(fd >= 0);
	close(fd);
	check_octets(path, input);
	CLAIM(truncate(path, 0) == 0);
	check_states(path, input);
	unlink(path);
	return 0;
}
