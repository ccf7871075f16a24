/*
 * Runs a command and writes a line with what it used into a file: seconds by
 * the clock, seconds of user and system time, the peak memory in KiB, and the
 * exit status. It is a small program because the memory of a parent counts as
 * its child's.
 *
 *	measure FILE [3<INPUT] COMMAND [ARGUMENT...]
 *
 * 3<INPUT, one word: that file is descriptor 3 of the command.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static bool
open_third(const char *name)
{
	int fd = open(name, O_RDONLY);

	if (fd == 3)
		return true;
	return fd >= 0 && dup2(fd, 3) == 3 && close(fd) == 0;
}

int
main(int argc, char **argv)
{
	char **command = argv + 2;
	struct timespec begin, end;
	struct rusage usage;
	int status;
	FILE *file;
	pid_t child;

	if (argc < 3)
		return 99;
	if (strncmp(*command, "3<", 2) == 0 && !open_third(*command++ + 2))
		return 99;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	child = fork();
	if (child == 0) {
		execvp(*command, command);
		_exit(99);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    getrusage(RUSAGE_CHILDREN, &usage) != 0)
		return 99;
	clock_gettime(CLOCK_MONOTONIC, &end);
	status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	file = fopen(argv[1], "w");
	if (file == NULL)
		return 99;
	fprintf(file, "%.6f %.6f %.6f %ld %d\n",
	    (double)(end.tv_sec - begin.tv_sec) +
		(double)(end.tv_nsec - begin.tv_nsec) / 1e9,
	    seconds(usage.ru_utime), seconds(usage.ru_stime),
#ifdef __APPLE__ /* octets there */
	    usage.ru_maxrss / 1024,
#else
	    usage.ru_maxrss,
#endif
	    status);
	return fclose(file) == 0 ? status : 99;
}
