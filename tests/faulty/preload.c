/*
 * Makes one call of the program fail, or ends the program there: a library that
 * tests/faults and the suites of the queue compile and preload, for Linux with
 * glibc.
 *
 *	FAULT=recv:3:EINTR	the third recv fails with EINTR
 *	FAULT=send:2:SHORT	the second send takes only one octet
 *	FAULT=open:1:EMFILE+	the first open fails, and all that follow
 *	FAULT=any:7:KILL	SIGKILL at the entry of the seventh call that
 *				touches the disk or a socket
 *	FAULT=getaddrinfo:1:HANG	the first lookup never ends
 *	FAULT_MARK=FILE		writes the process to the file when a fault
 *				happens
 *	FAULT_COUNTS=FILE	writes how often each call was made, at the end
 *
 * malloc, calloc and realloc are counted together (as "library" if a library
 * calls them), and so are send and sendmsg. Calls within the C library are not
 * seen. With -DNO_MALLOC memory never fails, because a sanitizer replaces
 *malloc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call {
	READ,
	PREAD,
	WRITE,
	RECV,
	SEND,
	OPEN,
	POLL,
	SOCKET,
	CONNECT,
	FSTAT,
	CLOSE,
	FCNTL,
	LSEEK,
	GETSOCKOPT,
	SETSOCKOPT,
	GETSOCKNAME,
	PIPE,
	FORK,
	WAITPID,
	OPENAT,
	LINK,
	RENAME,
	UNLINK,
	MKDIR,
	FSYNC,
	TRUNCATE,
	FLOCK,
	FALLOCATE,
	GETADDRINFO,
	MALLOC,
	LIBRARY,
	ANY,
	CALLS
};

static const char *const names[CALLS] = {"read", "pread", "write", "recv",
    "send", "open", "poll", "socket", "connect", "fstat", "close", "fcntl",
    "lseek", "getsockopt", "setsockopt", "getsockname", "pipe", "fork",
    "waitpid", "openat", "link", "rename", "unlink", "mkdir", "fsync",
    "ftruncate", "flock", "fallocate", "getaddrinfo", "malloc", "library",
    "any"};

/* Those that touch the disk or a socket, and not only look at it. */
static const char touches[CALLS] = {[WRITE] = 1,
    [RECV] = 1,
    [SEND] = 1,
    [CONNECT] = 1,
    [OPENAT] = 1,
    [LINK] = 1,
    [RENAME] = 1,
    [UNLINK] = 1,
    [MKDIR] = 1,
    [FSYNC] = 1,
    [TRUNCATE] = 1,
    [FLOCK] = 1,
    [FALLOCATE] = 1};

static unsigned counts[CALLS];
static enum call fault_call = CALLS;
static unsigned fault_number;
static int fault_error; /* 0: short */
static int fault_stays, fault_kills, fault_hangs;
static const char *mark;
static int is_ready;

static void
read_fault(void)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {{"SHORT", 0}, {"EINTR", EINTR}, {"EAGAIN", EAGAIN},
	    {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE},
	    {"ENOMEM", ENOMEM}, {"ECONNRESET", ECONNRESET}, {"EDQUOT", EDQUOT},
	    {"EFBIG", EFBIG}, {"EPIPE", EPIPE}, {"ENOLCK", ENOLCK},
	    {"ESTALE", ESTALE}, {"EROFS", EROFS}, {"EACCES", EACCES}};
	const char *text = getenv("FAULT");
	char call[16], error[16];

	is_ready = 1;
	if (text == NULL ||
	    sscanf(text, "%15[^:]:%u:%15[A-Z]", call, &fault_number, error) !=
		3)
		return;
	fault_stays = text[strlen(text) - 1] == '+';
	fault_kills = strcmp(error, "KILL") == 0;
	fault_hangs = strcmp(error, "HANG") == 0;
	mark = getenv("FAULT_MARK");
	for (int i = 0; i < CALLS; i++)
		if (strcmp(call, names[i]) == 0)
			fault_call = (enum call)i;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(error, errors[i].name) == 0)
			fault_error = errors[i].number;
}

/* The call of the program itself would be counted. */
static void
make_mark(void)
{
	char text[32];
	long fd;

	if (mark == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT, 0666);
	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	syscall(SYS_write, fd, text, strlen(text));
	syscall(SYS_close, fd);
}

static int
is_reached(enum call call)
{
	unsigned number = ++counts[call];

	return call == fault_call &&
	    (number == fault_number || (number > fault_number && fault_stays));
}

/* Whether this call is the one to fail: -1 fails, 1 is short, 0 is not. */
static int
is_faulty(enum call call)
{
	int found;

	if (!is_ready)
		read_fault();
	found = is_reached(call);
	if (touches[call])
		found |= is_reached(ANY);
	if (!found)
		return 0;
	make_mark();
	if (fault_kills)
		kill(getpid(), SIGKILL);
	while (fault_hangs)
		pause();
	if (fault_error == 0)
		return 1;
	errno = fault_error;
	return -1;
}

/* Calls of programs that the program starts never fail. */
__attribute__((constructor)) static void
forget_environment(void)
{
	if (!is_ready)
		read_fault();
	unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void
write_counts(void)
{
	const char *path = getenv("FAULT_COUNTS");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;

	for (int i = 0; file != NULL && i < CALLS; i++)
		fprintf(file, "%s %u\n", names[i], counts[i]);
	if (file != NULL)
		fclose(file);
}

#define REAL(type, name, ...)             \
	static type (*real)(__VA_ARGS__); \
	if (real == NULL)                 \
	*(void **)&real = dlsym(RTLD_NEXT, name)

#define TRANSFER(call, len)                \
	do {                               \
		switch (is_faulty(call)) { \
		case -1:                   \
			return -1;         \
		case 1:                    \
			len = len > 0;     \
		}                          \
	} while (0)

ssize_t
read(int fd, void *data, size_t len)
{
	REAL(ssize_t, "read", int, void *, size_t);
	TRANSFER(READ, len);
	return real(fd, data, len);
}

ssize_t
__read_chk(int fd, void *data, size_t len, size_t room)
{
	(void)room;
	return read(fd, data, len);
}

ssize_t
pread64(int fd, void *data, size_t len, off64_t from)
{
	REAL(ssize_t, "pread64", int, void *, size_t, off64_t);
	TRANSFER(PREAD, len);
	return real(fd, data, len, from);
}

ssize_t
pread(int fd, void *data, size_t len, off_t from)
{
	return pread64(fd, data, len, from);
}

ssize_t
__pread64_chk(int fd, void *data, size_t len, off64_t from, size_t room)
{
	(void)room;
	return pread64(fd, data, len, from);
}

ssize_t
__pread_chk(int fd, void *data, size_t len, off_t from, size_t room)
{
	(void)room;
	return pread64(fd, data, len, from);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	TRANSFER(WRITE, len);
	return real(fd, data, len);
}

ssize_t
recv(int fd, void *data, size_t len, int flags)
{
	REAL(ssize_t, "recv", int, void *, size_t, int);
	TRANSFER(RECV, len);
	return real(fd, data, len, flags);
}

ssize_t
__recv_chk(int fd, void *data, size_t len, size_t room, int flags)
{
	(void)room;
	return recv(fd, data, len, flags);
}

ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	REAL(ssize_t, "send", int, const void *, size_t, int);
	TRANSFER(SEND, len);
	return real(fd, data, len, flags);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct msghdr first = *message;
	struct iovec octet;
	size_t i = 0;
	REAL(ssize_t, "sendmsg", int, const struct msghdr *, int);

	switch (is_faulty(SEND)) {
	case -1:
		return -1;
	case 0:
		return real(fd, message, flags);
	}
	while (i < message->msg_iovlen && message->msg_iov[i].iov_len == 0)
		i++;
	if (i == message->msg_iovlen)
		return 0;
	octet = (struct iovec){message->msg_iov[i].iov_base, 1};
	first.msg_iov = &octet;
	first.msg_iovlen = 1;
	return real(fd, &first, flags);
}

int
open64(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;
	REAL(int, "open64", const char *, int, ...);

	va_start(arguments, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if (is_faulty(OPEN) != 0)
		return -1;
	return real(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return open64(path, flags, mode);
}

int
__open_2(const char *path, int flags)
{
	return open64(path, flags);
}

int
__open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	REAL(int, "poll", struct pollfd *, nfds_t, int);
	if (is_faulty(POLL) != 0)
		return -1;
	return real(fds, count, timeout);
}

int
__poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t room)
{
	(void)room;
	return poll(fds, count, timeout);
}

int
ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
    const sigset_t *mask)
{
	REAL(int, "ppoll", struct pollfd *, nfds_t, const struct timespec *,
	    const sigset_t *);
	if (is_faulty(POLL) != 0)
		return -1;
	return real(fds, count, timeout, mask);
}

int
__ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
    const sigset_t *mask, size_t room)
{
	(void)room;
	return ppoll(fds, count, timeout, mask);
}

int
socket(int family, int type, int protocol)
{
	REAL(int, "socket", int, int, int);
	if (is_faulty(SOCKET) != 0)
		return -1;
	return real(family, type, protocol);
}

int
connect(int fd, const struct sockaddr *address, socklen_t len)
{
	REAL(int, "connect", int, const struct sockaddr *, socklen_t);
	if (is_faulty(CONNECT) == 0)
		return real(fd, address, len);
	/* The wait continues after the signal. */
	if (errno == EINTR && real(fd, address, len) == 0)
		errno = EINTR;
	else if (errno == EINPROGRESS)
		errno = EINTR;
	return -1;
}

int
fstat64(int fd, struct stat64 *status)
{
	REAL(int, "fstat64", int, struct stat64 *);
	if (is_faulty(FSTAT) != 0)
		return -1;
	return real(fd, status);
}

int
fstat(int fd, struct stat *status)
{
	REAL(int, "fstat", int, struct stat *);
	if (is_faulty(FSTAT) != 0)
		return -1;
	return real(fd, status);
}

/* As on Linux, the descriptor is closed even if close fails. */
int
close(int fd)
{
	REAL(int, "close", int);
	if (is_faulty(CLOSE) == 0)
		return real(fd);
	real(fd);
	errno = fault_error;
	return -1;
}

/* The third argument of the fcntl calls of the program is a number or absent.
 */
int
fcntl64(int fd, int command, ...)
{
	va_list arguments;
	long argument;
	REAL(int, "fcntl64", int, int, long);

	va_start(arguments, command);
	argument = va_arg(arguments, long);
	va_end(arguments);
	return is_faulty(FCNTL) != 0 ? -1 : real(fd, command, argument);
}

int
fcntl(int fd, int command, ...)
{
	va_list arguments;
	long argument;

	va_start(arguments, command);
	argument = va_arg(arguments, long);
	va_end(arguments);
	return fcntl64(fd, command, argument);
}

off64_t
lseek64(int fd, off64_t offset, int from)
{
	REAL(off64_t, "lseek64", int, off64_t, int);
	return is_faulty(LSEEK) != 0 ? -1 : real(fd, offset, from);
}

off_t
lseek(int fd, off_t offset, int from)
{
	return lseek64(fd, offset, from);
}

int
getsockopt(int fd, int level, int option, void *value, socklen_t *len)
{
	REAL(int, "getsockopt", int, int, int, void *, socklen_t *);
	return is_faulty(GETSOCKOPT) != 0 ? -1
					  : real(fd, level, option, value, len);
}

int
setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	REAL(int, "setsockopt", int, int, int, const void *, socklen_t);
	return is_faulty(SETSOCKOPT) != 0 ? -1
					  : real(fd, level, option, value, len);
}

int
getsockname(int fd, struct sockaddr *address, socklen_t *len)
{
	REAL(int, "getsockname", int, struct sockaddr *, socklen_t *);
	return is_faulty(GETSOCKNAME) != 0 ? -1 : real(fd, address, len);
}

int
pipe(int *fds)
{
	REAL(int, "pipe", int *);
	return is_faulty(PIPE) != 0 ? -1 : real(fds);
}

pid_t
fork(void)
{
	REAL(pid_t, "fork", void);
	return is_faulty(FORK) != 0 ? -1 : real();
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
	REAL(pid_t, "waitpid", pid_t, int *, int);
	return is_faulty(WAITPID) != 0 ? -1 : real(pid, status, options);
}

int
openat64(int folder, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;
	REAL(int, "openat64", int, const char *, int, ...);

	va_start(arguments, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return is_faulty(OPENAT) != 0 ? -1 : real(folder, path, flags, mode);
}

int
openat(int folder, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return openat64(folder, path, flags, mode);
}

int
__openat_2(int folder, const char *path, int flags)
{
	return openat64(folder, path, flags);
}

int
__openat64_2(int folder, const char *path, int flags)
{
	return openat64(folder, path, flags);
}

int
linkat(int folder, const char *path, int to, const char *name, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int);
	return is_faulty(LINK) != 0 ? -1 : real(folder, path, to, name, flags);
}

int
renameat(int folder, const char *path, int to, const char *name)
{
	REAL(int, "renameat", int, const char *, int, const char *);
	return is_faulty(RENAME) != 0 ? -1 : real(folder, path, to, name);
}

int
unlinkat(int folder, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int);
	return is_faulty(UNLINK) != 0 ? -1 : real(folder, path, flags);
}

int
mkdirat(int folder, const char *path, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t);
	return is_faulty(MKDIR) != 0 ? -1 : real(folder, path, mode);
}

int
fsync(int fd)
{
	REAL(int, "fsync", int);
	return is_faulty(FSYNC) != 0 ? -1 : real(fd);
}

int
fdatasync(int fd)
{
	REAL(int, "fdatasync", int);
	return is_faulty(FSYNC) != 0 ? -1 : real(fd);
}

int
ftruncate64(int fd, off64_t len)
{
	REAL(int, "ftruncate64", int, off64_t);
	return is_faulty(TRUNCATE) != 0 ? -1 : real(fd, len);
}

int
ftruncate(int fd, off_t len)
{
	return ftruncate64(fd, len);
}

int
flock(int fd, int what)
{
	REAL(int, "flock", int, int);
	return is_faulty(FLOCK) != 0 ? -1 : real(fd, what);
}

int
fallocate64(int fd, int mode, off64_t offset, off64_t len)
{
	REAL(int, "fallocate64", int, int, off64_t, off64_t);
	return is_faulty(FALLOCATE) != 0 ? -1 : real(fd, mode, offset, len);
}

int
fallocate(int fd, int mode, off_t offset, off_t len)
{
	return fallocate64(fd, mode, offset, len);
}

int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **found)
{
	REAL(int, "getaddrinfo", const char *, const char *,
	    const struct addrinfo *, struct addrinfo **);
	return is_faulty(GETADDRINFO) != 0 ? EAI_SYSTEM
					   : real(host, service, hints, found);
}

#ifndef NO_MALLOC
/*
 * Whether the program or a library allocates. Without memory the C library and
 * GMP end the program, and libtasn1 crashes.
 */
static enum call
call_from(void *caller)
{
	Dl_info where;
	const char *name;

	if (dladdr(caller, &where) == 0 || where.dli_fname == NULL)
		return CALLS;
	if (strcmp(where.dli_fname, program_invocation_name) == 0)
		return MALLOC;
	name = strrchr(where.dli_fname, '/');
	return name != NULL &&
		(strncmp(name, "/libgnutls.", 11) == 0 ||
		    strncmp(name, "/libidn2.", 9) == 0)
	    ? LIBRARY
	    : CALLS;
}

static int
has_memory(void *caller)
{
	enum call call = call_from(caller);

	return call == CALLS || is_faulty(call) == 0;
}

#define HAS_MEMORY has_memory(__builtin_return_address(0))

/* These are glibc's own names, because dlsym would call calloc. */
extern void *__libc_malloc(size_t len);
extern void *__libc_calloc(size_t count, size_t len);
extern void *__libc_realloc(void *old, size_t len);

void *
malloc(size_t len)
{
	return HAS_MEMORY ? __libc_malloc(len) : NULL;
}

void *
calloc(size_t count, size_t len)
{
	return HAS_MEMORY ? __libc_calloc(count, len) : NULL;
}

void *
realloc(void *old, size_t len)
{
	return HAS_MEMORY ? __libc_realloc(old, len) : NULL;
}
#endif
