/*
 * Starts a browser by xdg-open. It gets nothing of ours: no descriptors, no
 * terminal, no settings of smtpost in its environment.
 */
#include "oauth/browser.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/environment.h"
#include "base/mem.h"
#include "base/signals.h"

bool
browser_has_display(void)
{
	return environment_get_text("WAYLAND_DISPLAY") != NULL ||
	    environment_get_text("DISPLAY") != NULL;
}

static void
become(const char *address)
{
	char program[] = "xdg-open", *copy = mem_copy_text(address);
	char *arguments[] = {program, copy, NULL};

	mem_forget_secrets();
	signals_restore_all();
	environment_remove(SPAN("SMTPOST_"));
	if (descriptors_leave(-1))
		execvp(program, arguments);
}

/* A process between this one and the browser ends at once. */
void
browser_open(const char *address)
{
	pid_t middle = fork();

	if (middle == 0) {
		if (setsid() >= 0 && fork() == 0)
			become(address);
		_exit(0);
	}
	while (middle > 0 && waitpid(middle, NULL, 0) < 0 && errno == EINTR)
		continue;
}
