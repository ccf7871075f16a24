#include "profile/tls_check.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "net/tls.h"
#include "profile/identity.h"
#include "profile/secret.h"
#include "profile/setting.h"

bool
profile_trusts_pin_alone(const struct profile *profile)
{
	return profile->tls_trust != NULL &&
	    strcmp(profile->tls_trust, "pin") == 0;
}

/*
 * What is needed on the wire has to be there before it. The file is judged
 * again when it is opened.
 */
static bool
check_file(const char *what, const char *path, enum file_trust trust,
    struct error *err)
{
	struct stat status;

	if (stat(path, &status) < 0 || access(path, R_OK) < 0)
		return error_set(err, ERROR_CONFIG, "cannot read %s in %s: %s",
		    what, path, strerror(errno));
	if (trust == FILE_OWN && !S_ISREG(status.st_mode))
		return error_set(err, ERROR_CONFIG,
		    "cannot read %s in %s: not a regular file", what, path);
	return file_status_is_trusted(
	    &status, path, trust, ERROR_CONFIG, err);
}

/* Every file of the folder is one to trust. */
static bool
check_folder(const char *what, const char *path, struct error *err)
{
	DIR *folder;
	const struct dirent *found;
	bool done = check_file(what, path, FILE_FOLDER, err);

	if (!done)
		return false;
	folder = opendir(path);
	if (folder == NULL)
		return error_set(err, ERROR_CONFIG, "cannot read %s in %s: %s",
		    what, path, strerror(errno));
	while (done && (found = readdir(folder)) != NULL) {
		char *file = path_join(path, found->d_name);
		struct stat status;

		if (stat(file, &status) == 0 && S_ISREG(status.st_mode))
			done = file_status_is_trusted(
			    &status, file, FILE_OWN, ERROR_CONFIG, err);
		free(file);
	}
	closedir(folder);
	return done;
}

bool
profile_judges_trust(const struct profile *profile)
{
	return profile->tls == TLS_POLICY_REQUIRED ||
	    (profile->tls == TLS_POLICY_OPPORTUNISTIC &&
		secret_is_wanted(profile));
}

static bool
check_trust(const struct profile *profile, struct error *err)
{
	static const char what[] = "the certificates to trust";

	if (profile->tls_trust != NULL && !profile_trusts_pin_alone(profile) &&
	    !check_file(what, profile->tls_trust, FILE_OWN, err)) {
		setting_hint_word(span_from(profile->tls_trust),
		    setting_find(SPAN("tls-trust"))->words, err);
		return false;
	}
	if (profile->trust_file != NULL &&
	    !check_file(what, profile->trust_file, FILE_OWN, err)) {
		error_add(err, "\nhint: SSL_CERT_FILE names it");
		return false;
	}
	if (profile->trust_folder != NULL &&
	    !check_folder(what, profile->trust_folder, err)) {
		error_add(err, "\nhint: SSL_CERT_DIR names it");
		return false;
	}
	if (profile->tls_crl == NULL)
		return true;
	/* Who names a list expects it to be looked at. */
	if (profile_trusts_pin_alone(profile) || !profile_judges_trust(profile))
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": %s does not look at the lists "
		    "of tls-crl",
		    profile->name,
		    profile_trusts_pin_alone(profile)
			? "tls-trust = pin"
			: "without a login, tls = opportunistic");
	return check_file(
	    "the revocation lists", profile->tls_crl, FILE_OWN, err);
}

static bool
check_pins(const struct profile *profile, struct error *err)
{
	if (profile_trusts_pin_alone(profile) && profile->tls_pin.count == 0)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": tls-trust = pin needs "
		    "tls-pin = sha256:DIGEST",
		    profile->name);
	/* A user who pins a key expects it to be looked at. */
	if (profile->tls_pin.count > 0 && !profile_judges_trust(profile))
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": without a login, tls = "
		    "opportunistic does not check the key that tls-pin names",
		    profile->name);
	return true;
}

static bool
check_priority(const struct profile *profile, struct error *err)
{
	struct tls_options options = {.verify = true,
	    .only_tls13 = profile->tls_min == TLS_MIN_1_3,
	    .priority = profile->tls_priority};
	struct tls_failure failure;

	if (profile->tls_priority == NULL ||
	    tls_priority_check(&options, &failure))
		return true;
	return error_set(err, ERROR_CONFIG, "cannot use tls-priority: %s",
	    failure.text);
}

bool
profile_check_tls(const struct profile *profile, struct error *err)
{
	return profile->tls == TLS_POLICY_NONE ||
	    (check_trust(profile, err) && check_pins(profile, err) &&
		check_priority(profile, err));
}
