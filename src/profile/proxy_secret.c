/*
 * Fetches the password of a login at a proxy. It is kept in the profile, where
 * one in the URL is, too.
 */
#include "profile/proxy_secret.h"

#include <unistd.h>

#include "base/file.h"
#include "base/wait.h"
#include "profile/secret_command.h"
#include "profile/secret_line.h"

static bool
run_command(
    struct buf *password, const char *text, int64_t deadline, struct error *err)
{
	int64_t end =
	    deadline_earlier(deadline, deadline_in(SECRET_MILLISECONDS));
	const struct secret_command command = {
	    .source = "proxy-password-command",
	    .text = text,
	    .milliseconds = end - clock_now(),
	};

	return secret_command_read(password, &command, err);
}

static bool
read_file(struct buf *password, const char *path, struct error *err)
{
	int fd = file_open(path, FILE_PRIVATE, ERROR_CONFIG, err);
	bool done = fd >= 0 &&
	    secret_line_take_file(password, fd, "password", path, err);

	if (fd >= 0)
		close(fd);
	return done;
}

bool
proxy_secret_fetch(
    const struct profile *profile, int64_t deadline, struct error *err)
{
	const struct network *network = &profile->network;
	struct buf *password = network->proxy.fetched;

	if (password == NULL || password->len > 0)
		return true;
	if (network->proxy_password_command != NULL)
		return run_command(
		    password, network->proxy_password_command, deadline, err);
	return network->proxy_password_file == NULL ||
	    read_file(password, network->proxy_password_file, err);
}
