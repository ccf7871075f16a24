/*
 * The file is in a folder of its own, because editors write backup copies
 * beside a file, and may replace it. Signals go to the editor while it runs, so
 * that they cannot end us before the folder is removed.
 */
#include "compose/editor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/descriptors.h"
#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "message/storage.h"

#define SHOWN_MAX ((size_t)80)

struct edit {
	const char *editor;
	char *folder, *file; /* owned */
};

static const char *
find_editor(void)
{
	static const char *const names[] = {"VISUAL", "EDITOR"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *editor = environment_get(names[i]);

		if (span_trim(span_from(editor)).len > 0)
			return editor;
	}
	return "vi";
}

/* Makes the folder and the file, which only the user can read. */
static bool
make_file(struct edit *edit, struct error *err)
{
	const char *places[] = {environment_get("XDG_RUNTIME_DIR"),
	    environment_get("TMPDIR"), "/tmp"};
	char *folder = NULL;
	int fd = -1;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (places[i] == NULL || places[i][0] != '/')
			continue;
		free(folder);
		folder = file_path_in(places[i], "smtpost-XXXXXX");
		if (mkdtemp(folder) == NULL)
			continue;
		edit->folder = folder;
		edit->file = file_path_in(folder, "message.txt");
		fd = open(edit->file,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		break;
	}
	if (fd >= 0) {
		close(fd);
		return true;
	}
	file_refuse("create",
	    edit->folder != NULL ? edit->file : "a folder for the text",
	    ERROR_CREATE, err);
	if (edit->folder == NULL)
		free(folder);
	return false;
}

/* Removes the folder and all files in it. */
static void
remove_folder(struct edit *edit)
{
	DIR *entries = edit->folder != NULL ? opendir(edit->folder) : NULL;
	const struct dirent *entry;

	while (entries != NULL && (entry = readdir(entries)) != NULL)
		unlinkat(dirfd(entries), entry->d_name, 0);
	if (entries != NULL)
		closedir(entries);
	if (edit->folder != NULL)
		rmdir(edit->folder);
	free(edit->folder);
	free(edit->file);
}

/* In the child: the shell splits the editor's words, as git has it. */
static int
run(const void *context, int output)
{
	const struct edit *edit = context;
	struct buf command = {0};

	close(output);
	signals_restore_all();
	mem_forget_secrets();
	environment_remove(SPAN("SMTPOST_"));
	descriptors_close_from(STDERR_FILENO + 1);
	/* The editor draws on the terminal, wherever the report goes. */
	if (!isatty(STDOUT_FILENO))
		dup2(STDIN_FILENO, STDOUT_FILENO);
	buf_add_format(&command, "%s \"$@\"", edit->editor);
	if (!command.full)
		execl("/bin/sh", "sh", "-c", buf_text(&command), edit->editor,
		    edit->file, (char *)NULL);
	return 127;
}

/* The status of waitpid; -1 if there is none. */
static int
run_and_wait(const struct edit *edit)
{
	struct child child;

	signals_pass_on();
	signals_watch_children();
	if (!child_start(&child, run, edit)) {
		child.status = -1;
		child.has_ended = true;
	} else {
		signals_pass_on_to(child.pid);
	}
	child_note_end(&child);
	while (!child.has_ended) {
		wait_for(NULL, 0, DEADLINE_NEVER);
		child_note_end(&child);
	}
	child_close_output(&child);
	signals_watch_end();
	signals_pass_on_end();
	return child.status;
}

static bool
refuse(const struct edit *edit, const char *how, int number, struct error *err)
{
	char *shown = utf8_excerpt_masked(span_from(edit->editor), SHOWN_MAX);

	error_set(err, ERROR_NO_INPUT,
	    "cannot get the text: the editor '%s' %s %d\n"
	    "hint: set VISUAL or EDITOR, or give the text with --body or on "
	    "standard input",
	    shown, how, number);
	free(shown);
	return false;
}

static bool
run_editor(const struct edit *edit, struct error *err)
{
	int status = run_and_wait(edit);

	if (status == -1)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot start an editor: %s", strerror(errno));
	if (WIFSIGNALED(status))
		return refuse(
		    edit, "was ended by signal", WTERMSIG(status), err);
	return WEXITSTATUS(status) == 0 ||
	    refuse(edit, "failed with status", WEXITSTATUS(status), err);
}

static bool
take_text(struct storage *storage, const char *file, struct error *err)
{
	struct buf text;
	bool done;

	buf_init(&text, EDITOR_TEXT_MAX);
	done = file_read_path(file, FILE_REGULAR, &text, ERROR_NO_INPUT, err);
	if (done && span_trim(buf_span(&text)).len == 0)
		done = error_set(
		    err, ERROR_NO_INPUT, "nothing is sent: the text is empty");
	done = done && storage_add(storage, buf_span(&text), err) &&
	    storage_end(storage, err);
	buf_free(&text);
	return done;
}

bool
editor_read(struct storage *storage, struct error *err)
{
	struct edit edit = {.editor = find_editor()};
	bool done = make_file(&edit, err) && run_editor(&edit, err) &&
	    take_text(storage, edit.file, err);

	remove_folder(&edit);
	return done;
}
