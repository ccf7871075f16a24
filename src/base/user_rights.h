/* Root becomes another user, for good. */
#ifndef BASE_USER_RIGHTS_H
#define BASE_USER_RIGHTS_H

#include <stdbool.h>
#include <sys/types.h>

struct passwd;

/*
 * Sets groups, group and user of this process; user NULL: the owner has no
 * entry in the password database, and so no further groups. False: the process
 * may have lost some rights and must end.
 */
bool user_rights_take(uid_t owner, const struct passwd *user);

#endif
