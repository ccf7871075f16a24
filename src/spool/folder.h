/*
 * The folders of one spool. A mail is two files of one name in `mail`: ID.eml,
 * the content, which never changes, and ID.env, the envelope (waiting.h). The
 * name ID.env alone makes it a mail. In `dead` lies what could neither be sent
 * nor reported, in the same two files; in `server` one file for each profile
 * whose server or login is in trouble.
 */
#ifndef SPOOL_FOLDER_H
#define SPOOL_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"
#include "spool/id.h"

struct folder {
	char *path; /* owned; for errors */
	/* Descriptors of open folders; -1: not open */
	int top, mail, dead, server;
	uid_t owner; /* to whom the folders and files must belong */
};

enum folder_result {
	FOLDER_OPEN,
	FOLDER_ABSENT,	/* there is none: nothing waits */
	FOLDER_REFUSED, /* *err: it cannot be trusted, or not be opened */
};

/*
 * Opens the spool at `path`, which must belong to the caller and be writable
 * by nobody else. The folder is closed by folder_close in every case.
 */
enum folder_result folder_find(
    struct folder *folder, const char *path, struct error *err);
/*
 * The same for the spool of another user, which root may read. Root must not
 * write to it: the files would not belong to the user.
 */
enum folder_result folder_find_of(
    struct folder *folder, const char *path, uid_t owner, struct error *err);
/* Makes what is missing, durably, and opens it. The error is temporary. */
bool folder_make(struct folder *folder, const char *path, struct error *err);
/*
 * Whether folder_make would find or make it, and mail could be put into it.
 * Makes nothing; false with a temporary error.
 */
bool folder_check_place(
    struct folder *folder, const char *path, struct error *err);
void folder_close(struct folder *folder);
/*
 * Reads a small file of an open folder: at most `room` octets. Returns their
 * number, or -1 with errno.
 */
ssize_t folder_read_file(int fd, const char *name, char *text, size_t room);
/*
 * Replaces a small file of an open folder, all at once. With is_durable its
 * octets are on disk before it has the name. False with errno.
 */
bool folder_write_file(
    int fd, const char *name, struct span text, bool is_durable);
/* Touches the file `wake`, which a path unit of systemd can watch. */
void folder_wake(const struct folder *folder);

/* The names of one folder, in ascending order. */
struct folder_list {
	struct id *ids;
	size_t count;
};
/*
 * All mails (names with ID.env) of an open folder, `mail` or `dead`. False
 * with errno where it could not be read. Takes no lock and writes nothing.
 */
bool folder_read(struct folder_list *list, int fd);
/* The same for the path of a folder `mail`, of which nothing is checked. */
bool folder_read_path(struct folder_list *list, const char *path);
/*
 * The names that have a file without ID.env: what a killed process left, or
 * one that is just being added (its ID.eml is locked then).
 */
bool folder_read_remains(struct folder_list *list, int fd);
void folder_list_free(struct folder_list *list);

/* "ID.eml", "ID.env", "ID.tmp": a file name with its NUL. */
#define FOLDER_NAME_SIZE (ID_LEN + sizeof(".eml"))
void folder_name(
    char name[FOLDER_NAME_SIZE], const struct id *id, const char *ending);

#endif
