/* The names of all variables of mutt and neomutt. */
#ifndef IMPORT_MUTTRC_NAME_H
#define IMPORT_MUTTRC_NAME_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Whether it is one of them, or begins with my_, as those of users do. Another
 * word where a name is expected can be a part of a password.
 */
bool muttrc_name_is_known(struct span name);

#endif
