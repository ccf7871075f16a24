/*
 * The other files of a queue: clock, the state of a server, format, and the
 * names in a folder. The first octet chooses which of them the input is.
 */
#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/clock.h"
#include "spool/folder.h"
#include "spool/server_state.h"

#define NOW 1764412191

/* A queue that is made at the first input, and removed at the end. */
static char root[64], path[sizeof(root) + sizeof("/queue")];
static struct folder folder;

static int
remove_one(
    const char *name, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(name);
}

static void
remove_all(void)
{
	folder_close(&folder);
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
make_queue(void)
{
	struct error err = {0};

	/* Syncs cost nothing in memory. */
	snprintf(root, sizeof(root), "%s/smtpost-fuzz-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CLAIM(mkdtemp(root) != NULL);
	snprintf(path, sizeof(path), "%s/queue", root);
	CLAIM(folder_make(&folder, path, &err));
	atexit(remove_all);
}

static void
write_file(int parent, const char *name, struct span content)
{
	int fd = openat(parent, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CLAIM(fd >= 0);
	CLAIM(write(fd, content.at, content.len) == (ssize_t)content.len);
	close(fd);
}

static void
check_clock(struct span input)
{
	int64_t before = 0, after = 0, again = 0;

	write_file(folder.top, "clock", input);
	clock_read(&folder, &before);
	CLAIM(before >= 0 && clock_last_runner(&folder) >= 0);
	clock_advance(&folder, NOW, true, &after);
	CLAIM(after >= before && after - before <= (int64_t)8 * 60 * 60);
	CLAIM(clock_read(&folder, &again) && again == after);
	CLAIM(clock_last_runner(&folder) == NOW);
}

static void
check_server_state(struct span input)
{
	const struct schedule schedule = {300, 14400};
	struct server_state state, again;
	struct outcome trouble = {0};
	unsigned failures;

	outcome_set_own(
	    &trouble, STAGE_CONNECT, CAUSE_TEMPORARY, "connection refused");
	write_file(folder.server, "work", input);
	if (server_state_find(&state, &folder, "work"))
		CLAIM(state.text != NULL && strlen(state.text) <= input.len);
	failures = state.scope == SCOPE_SERVER ? state.failures : 0;
	server_state_note(&state, &folder, "work", &trouble, &schedule, NOW);
	CLAIM(server_state_read(&again, &folder, "work", state.fingerprint));
	CLAIM(again.scope == SCOPE_SERVER && again.failures == failures + 1);
	CLAIM(again.since == state.since && again.next == state.next);
	CLAIM(strcmp(again.text, state.text) == 0);
	server_state_free(&state);
	server_state_free(&again);
	outcome_free(&trouble);
}

static void
check_format(struct span input)
{
	bool is_right = span_equal(input, SPAN("smtpost-queue 1\n"));
	struct error err = {0};
	struct folder found;

	write_file(folder.top, "format", input);
	if (is_right)
		CLAIM(folder_find(&found, path, &err) == FOLDER_OPEN);
	else {
		CLAIM(folder_find(&found, path, &err) == FOLDER_REFUSED);
		fuzz_check_error(&err);
	}
	folder_close(&found);
}

/* The name of a mail's file, as smtpost-queue(7) says. */
static bool
is_name(const char *name, const char *ending)
{
	size_t digits = strspn(name, "0123456789ABCDEF");

	return digits == 12 && name[digits] == '.' &&
	    strcmp(name + digits + 1, ending) == 0;
}

/* Lists the folder in which there are these names, a line each. */
static void
check_names(struct span input)
{
	struct folder_list mails = {0}, remains = {0};
	size_t made = 0, expected = 0;
	char names[16][64];

	while (input.len > 0 && made < 16) {
		struct span line = span_head(input, span_find(input, '\n'));

		input = span_skip(input, line.len + 1);
		if (line.len == 0 || line.len >= sizeof(names[0]) ||
		    span_find(line, '/') < line.len ||
		    span_find(line, '\0') < line.len || line.at[0] == '.')
			continue;
		memcpy(names[made], line.at, line.len);
		names[made][line.len] = '\0';
		if (faccessat(folder.mail, names[made], F_OK, 0) == 0)
			continue;
		write_file(folder.mail, names[made], (struct span){0});
		expected += is_name(names[made++], "env");
	}
	CLAIM(folder_read(&mails, folder.mail));
	CLAIM(folder_read_remains(&remains, folder.mail));
	CLAIM(mails.count == expected);
	CLAIM(mails.count + remains.count <= made);
	for (size_t i = 1; i < mails.count; i++)
		CLAIM(strcmp(mails.ids[i - 1].text, mails.ids[i].text) < 0);
	folder_list_free(&mails);
	folder_list_free(&remains);
	while (made > 0)
		CLAIM(unlinkat(folder.mail, names[--made], 0) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);

	if (folder.path == NULL)
		make_queue();
	switch (fuzz_choice(&input) % 4) {
	case 0:
		check_clock(input);
		break;
	case 1:
		check_server_state(input);
		break;
	case 2:
		check_format(input);
		break;
	default:
		check_names(input);
	}
	return 0;
}
