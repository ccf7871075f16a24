/*
 * Lets the user write a text in an editor.
 */
#ifndef COMPOSE_EDITOR_H
#define COMPOSE_EDITOR_H

#include <stdbool.h>

#include "base/error.h"

struct storage;

/*
 * Opens $VISUAL, $EDITOR or vi on an empty private file, which is removed in
 * every case, and adds its text to `storage`, up to EDITOR_TEXT_MAX. False:
 *   ERROR_NO_INPUT   the editor failed, or the text is empty
 *   ERROR_CREATE     there is no folder for the file
 *   ERROR_TEMPORARY  a signal came
 */
bool editor_read(struct storage *storage, struct error *err);
#define EDITOR_TEXT_MAX ((size_t)64 * 1024 * 1024)

#endif
