/*
 * The least that a queue could cost, to compare smtpost with.
 *
 *	floor list FOLDER		reads all files *.env of a folder,
 *sorted floor add FOLDER <MESSAGE	writes a mail: two files, three syncs
 *	floor send PORT COUNT [FOLDER] <MESSAGE
 *					sends it so often over one session, one
 *					flight for each; in FOLDER it syncs a
 *					file before and behind each
 *	floor repeat COUNT FILE COMMAND [ARGUMENT...]
 *					runs the command so often, with FILE as
 *					its input
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME_SIZE 32
#define MESSAGE_MAX ((size_t)1024 * 1024)

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
require(bool is_right, const char *what)
{
	if (!is_right)
		die(what);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
list(const char *path)
{
	char(*names)[NAME_SIZE] = NULL, block[64 * 1024];
	DIR *folder = opendir(path);
	size_t count = 0, room = 0;
	struct dirent *entry;

	require(folder != NULL, path);
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 4 || len >= NAME_SIZE ||
		    strcmp(entry->d_name + len - 4, ".env") != 0)
			continue;
		if (count == room) {
			room = room * 2 + 1024;
			names = realloc(names, room * NAME_SIZE);
			require(names != NULL, "memory");
		}
		strcpy(names[count++], entry->d_name);
	}
	if (count > 0)
		qsort(names, count, NAME_SIZE, compare);
	for (size_t i = 0; i < count; i++) {
		int fd = openat(dirfd(folder), names[i], O_RDONLY);

		require(fd >= 0 && read(fd, block, sizeof(block)) > 0 &&
			close(fd) == 0,
		    names[i]);
	}
	closedir(folder);
	free(names);
}

static size_t
read_input(char *message)
{
	size_t len = 0;
	ssize_t got;

	while ((got = read(0, message + len, MESSAGE_MAX - len)) > 0)
		len += (size_t)got;
	require(got == 0 && len < MESSAGE_MAX, "input");
	return len;
}

static void
write_file(int folder, const char *name, const char *data, size_t len)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	require(fd >= 0 && write(fd, data, len) == (ssize_t)len &&
		fsync(fd) == 0 && close(fd) == 0,
	    name);
}

static void
add(const char *path)
{
	char message[MESSAGE_MAX], content[NAME_SIZE], temporary[NAME_SIZE],
	    envelope[NAME_SIZE];
	int folder = open(path, O_RDONLY | O_DIRECTORY);
	size_t len = read_input(message);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(content, NAME_SIZE, "%08lX%08lX.eml", (long)now.tv_sec,
	    now.tv_nsec);
	snprintf(temporary, NAME_SIZE, "%08lX%08lX.tmp", (long)now.tv_sec,
	    now.tv_nsec);
	snprintf(envelope, NAME_SIZE, "%08lX%08lX.env", (long)now.tv_sec,
	    now.tv_nsec);
	require(folder >= 0, path);
	write_file(folder, content, message, len);
	write_file(folder, temporary, message, len < 512 ? len : 512);
	require(renameat(folder, temporary, folder, envelope) == 0 &&
		fsync(folder) == 0,
	    envelope);
}

/* Waits for so many replies; those of EHLO have several lines. */
static void
hear(FILE *server, int count)
{
	char line[1024];

	while (count > 0) {
		require(fgets(line, sizeof(line), server) != NULL &&
			(line[0] == '2' || line[0] == '3'),
		    "reply");
		count -= line[3] == ' ';
	}
}

static void
say(int server, const char *data, size_t len)
{
	require(write(server, data, len) == (ssize_t)len, "write");
}

static void
note(int fd)
{
	require(write(fd, "a fact\n", 7) == 7 && fdatasync(fd) == 0, "note");
}

/*
 * The message has CRLF line ends. A mail of a queue is made durable when it is
 * taken; so are the fact that it is sent next, and what became of it.
 */
static void
submit(const char *port, long count, const char *folder)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)atoi(port)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char message[MESSAGE_MAX], flight[MESSAGE_MAX + 1024];
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, len, file = -1;
	char name[4096] = "";
	size_t size = read_input(message);
	FILE *server;

	require(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0,
	    "connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	server = fdopen(fd, "r");
	require(server != NULL, "stream");
	hear(server, 1);
	say(fd, "EHLO floor.example\r\n", 20);
	hear(server, 1);
	len = snprintf(flight, 1024,
	    "MAIL FROM:<me@example.com>\r\nRCPT TO:<r0@example.com>\r\n"
	    "BDAT %zu LAST\r\n",
	    size);
	memcpy(flight + len, message, size);
	for (long i = 0; i < count; i++) {
		if (folder != NULL) {
			snprintf(name, sizeof(name), "%s/%ld", folder, i);
			file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
			require(file >= 0, name);
			note(file);
			note(file);
		}
		say(fd, flight, (size_t)len + size);
		hear(server, 3);
		if (folder != NULL) {
			note(file);
			require(unlink(name) == 0 && close(file) == 0, name);
		}
	}
	say(fd, "QUIT\r\n", 6);
	hear(server, 1);
	fclose(server);
}

static void
repeat(long count, const char *file, char **argv)
{
	for (long i = 0; i < count; i++) {
		pid_t child = fork();
		int status;

		require(child >= 0, "fork");
		if (child == 0) {
			int fd = open(file, O_RDONLY);

			require(fd >= 0 && dup2(fd, 0) == 0, file);
			close(fd);
			execv(argv[0], argv);
			die(argv[0]);
		}
		require(waitpid(child, &status, 0) == child && status == 0,
		    argv[0]);
	}
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "list") == 0)
		list(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "add") == 0)
		add(argv[2]);
	else if ((argc == 4 || argc == 5) && strcmp(argv[1], "send") == 0)
		submit(argv[2], atol(argv[3]), argv[4]);
	else if (argc > 4 && strcmp(argv[1], "repeat") == 0)
		repeat(atol(argv[2]), argv[3], argv + 4);
	else
		return 64;
	return 0;
}
