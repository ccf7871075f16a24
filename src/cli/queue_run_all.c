/*
 * One child for each owner of a spool. The parent opens no spool and reads no
 * configuration; it only starts children, waits for them, and ends those that
 * take too long.
 */
#include "cli/queue_run_all.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "cli/queue_filter.h"
#include "cli/queue_owner.h"
#include "cli/queue_run.h"

#define AT_ONCE 16
#define TIME_LIMIT ((int64_t)10 * 60 * 1000)
/* A child that is still there this long after its limit is killed. */
#define GRACE ((int64_t)60 * 1000)
#define PAUSE 50 /* milliseconds between looks at the children */

/* The spools of one owner. */
struct owner {
	uid_t uid;
	bool counts; /* for the exit status: root and the service */
	struct spool_paths paths; /* texts borrowed */
	pid_t child;		  /* 0: none yet, or it has ended */
	int64_t deadline;
	bool is_ended; /* it was told to end */
};

struct owners {
	struct owner *list;
	size_t count;
};

/*
 * systemd gives the password of the service to its units alone, one of which
 * runs this spool too and reports what is wrong with its configuration.
 */
static bool
is_service(const struct owner *owner)
{
	return owner->counts && owner->uid != 0;
}

static void
add_path(struct owners *owners, const struct spool_path *path)
{
	struct owner *owner = NULL;

	for (size_t i = 0; i < owners->count; i++)
		if (owners->list[i].uid == path->owner)
			owner = &owners->list[i];
	if (owner == NULL) {
		owner =
		    mem_append(&owners->list, &owners->count, sizeof(*owner));
		owner->uid = path->owner;
	}
	owner->counts |= !path->is_of_user;
	*(struct spool_path *)mem_append(
	    &owner->paths.list, &owner->paths.count, sizeof(*path)) = *path;
}

static int
run_child(const struct owner *owner, enum run_strength strength)
{
	const struct options bare = {
	    .role = ROLE_SMTPOST, .mode = MODE_QUEUE_RUN};
	struct spool_paths paths = {0};
	int null = open("/dev/null", O_RDWR);

	if (setsid() < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 ||
	    (!owner->counts && dup2(null, STDERR_FILENO) < 0))
		return EX_OSERR;
	if (null > STDERR_FILENO)
		close(null);
	if (!queue_owner_become(owner->uid))
		return EX_OSERR;
	for (size_t i = 0; i < owner->paths.count; i++)
		*(struct spool_path *)mem_append(&paths.list, &paths.count,
		    sizeof(struct spool_path)) = (struct spool_path){
		    .path = mem_copy_text(owner->paths.list[i].path),
		    .owner = owner->uid,
		};
	spool_paths_find_own(&paths, NULL);
	return queue_run_paths(
	    &bare, &paths, strength, TIME_LIMIT, is_service(owner));
}

static void
start(struct owner *owner, enum run_strength strength)
{
	pid_t child = fork();

	if (child == 0)
		_exit(run_child(owner, strength));
	owner->child = child > 0 ? child : 0;
	owner->deadline = deadline_in(TIME_LIMIT + GRACE);
}

/* Takes the status with which the child ended. */
static void
take_status(struct owner *owner, int status, int *exit_status)
{
	int ended = WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;

	owner->child = 0;
	if (is_service(owner) && ended == EX_CONFIG)
		ended = 0;
	if (owner->counts && ended != 0 && *exit_status == 0)
		*exit_status = ended;
}

static void
watch(struct owner *owner, int *exit_status)
{
	int status;
	pid_t ended = waitpid(owner->child, &status, WNOHANG);

	if (ended == owner->child) {
		take_status(owner, status, exit_status);
	} else if (ended < 0 && errno != EINTR) {
		owner->child = 0;
	} else if (clock_now() >= owner->deadline ||
	    (signals_caught() != 0 && !owner->is_ended)) {
		/* First it may end by itself. */
		kill(-owner->child, owner->is_ended ? SIGKILL : SIGTERM);
		owner->is_ended = true;
		owner->deadline = deadline_in(GRACE);
	}
}

static void
run_owners(struct owners *owners, enum run_strength strength, int *exit_status)
{
	size_t begun = 0, running;

	do {
		running = 0;
		for (size_t i = 0; i < begun; i++) {
			if (owners->list[i].child != 0)
				watch(&owners->list[i], exit_status);
			running += owners->list[i].child != 0;
		}
		while (begun < owners->count && running < AT_ONCE &&
		    signals_caught() == 0) {
			start(&owners->list[begun], strength);
			running += owners->list[begun++].child != 0;
		}
		if (running > 0)
			poll(NULL, 0, PAUSE);
	} while (running > 0);
}

bool
queue_run_all(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct spool_paths paths = {0};
	struct owners owners = {0};
	struct queue_filter filter;
	bool done = queue_filter_make(&filter, options, err);
	enum run_strength strength = filter.strength;

	queue_filter_free(&filter);
	if (!done)
		return false;
	if (geteuid() != 0)
		return error_set(err, ERROR_USAGE,
		    "cannot use --all-users: only root can run the queues of "
		    "others");
	signals_catch();
	spool_paths_find_all(&paths);
	for (size_t i = 0; i < paths.count; i++)
		add_path(&owners, &paths.list[i]);
	run_owners(&owners, strength, &result->exit_status);
	for (size_t i = 0; i < owners.count; i++)
		free(owners.list[i].paths.list);
	free(owners.list);
	spool_paths_free(&paths);
	return true;
}
