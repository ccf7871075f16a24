/*
 * A login that root kept in a folder of its own would be of no use to the
 * service, and a file of root's in the service's folder would lock it out. So
 * root does nothing here that the service's user could not do.
 */
#include "oauth/service_user.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/user_rights.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

#define SERVICE_FILE SYSCONFDIR "/smtpost/service.conf"

bool
service_user_find(uid_t *owner)
{
	struct stat status;

	if (lstat(SERVICE_USER_FOLDER, &status) < 0)
		return false;
	*owner = status.st_uid;
	if (!S_ISDIR(status.st_mode))
		errno = ENOTDIR;
	return S_ISDIR(status.st_mode);
}

/* Whether this is the service's configuration, by whatever path. */
static bool
is_of_service(const char *config)
{
	struct stat named, service;

	return config != NULL && stat(config, &named) == 0 &&
	    stat(SERVICE_FILE, &service) == 0 &&
	    named.st_dev == service.st_dev && named.st_ino == service.st_ino;
}

bool
service_user_become(const char *config, struct error *err)
{
	uid_t owner;

	if (geteuid() != 0 || !is_of_service(config))
		return true;
	if (!service_user_find(&owner))
		return error_set(err, ERROR_CONFIG,
		    "cannot find the login of the service: %s: %s\n"
		    "hint: systemd-tmpfiles --create smtpost.conf makes this "
		    "folder; without systemd, give it to the user of the "
		    "service",
		    SERVICE_USER_FOLDER, strerror(errno));
	if (owner == 0)
		return error_set(err, ERROR_CONFIG,
		    "cannot use the login of the service: " SERVICE_USER_FOLDER
		    " belongs to root\n"
		    "hint: give it to the user of the service: "
		    "chown smtpost " SERVICE_USER_FOLDER);
	return user_rights_take(owner, getpwuid(owner)) ||
	    error_set(err, ERROR_TEMPORARY,
		"cannot become user id %lu, to whom " SERVICE_USER_FOLDER
		" belongs",
		(unsigned long)owner);
}
