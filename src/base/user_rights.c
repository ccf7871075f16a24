/*
 * Gives up root's rights in the only order that works: groups, group, user. The
 * way back is tried, because a program that still had it would be root.
 */
#include "base/user_rights.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

bool
user_rights_take(uid_t owner, const struct passwd *user)
{
	gid_t group = user != NULL ? user->pw_gid : (gid_t)owner;

	if ((user != NULL ? initgroups(user->pw_name, group)
			  : setgroups(0, NULL)) < 0 ||
	    setgid(group) < 0 || setuid(owner) < 0)
		return false;
	return getuid() == owner && geteuid() == owner && getgid() == group &&
	    getegid() == group && (owner == 0 || setuid(0) < 0);
}
