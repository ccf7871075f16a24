/*
 * For tests/coverage: _exit() and execv() end the program without writing what
 * gcov has counted, so it is written here first.
 */
void __gcov_dump(void);
void __gcov_reset(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
int __real_execv(const char *path, char *const *arguments);
int __wrap_execv(const char *path, char *const *arguments);

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

int
__wrap_execv(const char *path, char *const *arguments)
{
	__gcov_dump();
	__gcov_reset();
	return __real_execv(path, arguments);
}
