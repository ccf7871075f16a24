/*
 * Runs a target without a fuzzer: with each file of its corpus, and every
 * prefix of it up to a maximum length, and prints TAP. A claim that fails ends
 * the program.
 *
 *	srcdir=... replay_NAME
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define PREFIXES_MAX 400

static size_t
read_file(const char *path, uint8_t *room)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	if (file == NULL)
		return 0;
	len = fread(room, 1, FILE_MAX, file);
	fclose(file);
	return len;
}

/*
 * A copy of exactly this size, so that a sanitizer detects reads beyond its
 * end.
 */
static void
give(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0));

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void
give_file(const char *path, uint8_t *room)
{
	size_t len = read_file(path, room);
	size_t step = len / PREFIXES_MAX + 1;

	for (size_t prefix = 0; prefix < len; prefix += step)
		give(room, prefix);
	give(room, len);
}

/* Of .../replay_NAME: corpus/NAME. */
static void
find_folder(const char *program, char *folder, size_t size)
{
	const char *source = getenv("srcdir");
	const char *name = strrchr(program, '/');

	name = name != NULL ? name + 1 : program;
	name = strchr(name, '_') != NULL ? strchr(name, '_') + 1 : name;
	snprintf(folder, size, "%s/tests/fuzz/corpus/%s",
	    source != NULL ? source : ".", name);
}

int
main(int argc, char **argv)
{
	char folder[2048];
	struct dirent **list = NULL;
	uint8_t *room = malloc(FILE_MAX);
	int count, test = 0;

	(void)argc;
	find_folder(argv[0], folder, sizeof(folder));
	count = scandir(folder, &list, NULL, alphasort);
	if (count < 0 || room == NULL) {
		fprintf(stderr, "cannot read %s\n", folder);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		char path[4096];
		struct stat status;

		snprintf(path, sizeof(path), "%s/%s", folder, list[i]->d_name);
		if (list[i]->d_name[0] != '.' && stat(path, &status) == 0 &&
		    S_ISREG(status.st_mode)) {
			give_file(path, room);
			printf("ok %d - %s\n", ++test, list[i]->d_name);
			fflush(stdout);
		}
		free(list[i]);
	}
	printf("1..%d\n", test);
	free(list);
	free(room);
	return test == 0;
}
