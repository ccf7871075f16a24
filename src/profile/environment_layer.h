/*
 * Settings from the environment: SMTPOST_PASSWORD_FILE is password-file. They
 * are a layer of their own, above the files and below the command line.
 */
#ifndef PROFILE_ENVIRONMENT_LAYER_H
#define PROFILE_ENVIRONMENT_LAYER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile_file.h"

/*
 * Reads them into one section, each value checked; an empty variable is not
 * set. The name of one that is no setting becomes a line of `notes`. Errors
 * are ERROR_CONFIG and name the variable.
 */
bool environment_layer_read(
    struct config *environment, struct buf *notes, struct error *err);
/* Whether it says where mail goes. */
bool environment_layer_names_server(const struct section *section);
/* SMTPOST_PROFILE; NULL: not set. */
const char *environment_layer_profile(void);
/* For a child, between fork and exec: it inherits no setting and no secret. */
void environment_layer_hide(void);

#endif
