/* A folder as a source of mails: a Maildir, or a folder of .eml files. */
#ifndef COMPOSE_MAIL_FOLDER_H
#define COMPOSE_MAIL_FOLDER_H

#include "compose/mail_source.h"

/*
 * Opens the folder and lists its mails. A folder with the folders `new` and
 * `cur` is a Maildir: its mails are those of both without the flags T (trashed)
 * and D (draft), in the order of the time in their names. In any other folder
 * the mails are the .eml files, in the order of their names. Files that begin
 * with a dot are left out. False, with err; then there is nothing to free.
 */
bool mail_folder_open(
    struct mail_source *source, const char *path, struct error *err);

#endif
