/*
 * A socket says who may be at its other end. A TCP client could be anybody,
 * so it is served only where a profile says so.
 */
#include "serve/serve_admit.h"

#include <string.h>

#include "profile/profile_choice.h"

/*
 * Whether some profile that this client's mail may get serves TCP clients.
 * Which one it will be is known only at MAIL, and checked there again.
 */
static bool
tcp_is_served(const struct profiles *profiles, const struct options *options,
    struct error *err)
{
	bool is_served = false;

	for (size_t i = 0; i < profiles->count && !is_served; i++) {
		const char *name = profiles->named[i].name;
		struct profile profile;
		struct error wrong = {0};

		if (options->profile != NULL &&
		    strcmp(options->profile, name) != 0)
			continue;
		if (profile_choice_make(
			&profile, profiles, name, NULL, NULL, &wrong)) {
			is_served = profile.clients.tcp == TCP_CLIENTS_LOOPBACK;
			profile_free(&profile);
		} else if (err->kind == ERROR_NONE) {
			*err = wrong;
		}
	}
	return is_served;
}

static bool
admit_tcp(const struct profiles *profiles, const struct options *options,
    struct error *err)
{
	if (tcp_is_served(profiles, options, err))
		return true;
	return err->kind != ERROR_NONE
	    ? false
	    : error_set(err, ERROR_CONFIG,
		  "cannot serve a TCP client: no profile has tcp-clients = "
		  "loopback\n"
		  "hint: listen on a Unix socket, whose users are known; see "
		  "smtpost-service(8)");
}

bool
serve_admit(const struct client *client, const struct profiles *profiles,
    const struct options *options, struct error *err)
{
	switch (client->kind) {
	case OTHER_END_NONE:
	case OTHER_END_USER:
		return true;
	case OTHER_END_LOOPBACK:
		return admit_tcp(profiles, options, err);
	case OTHER_END_REMOTE:
		return error_set(err, ERROR_CONFIG,
		    "cannot serve a TCP client of another machine\n"
		    "hint: listen at 127.0.0.1 or ::1 alone");
	case OTHER_END_UNUSABLE:
		break;
	}
	return error_set(err, ERROR_CONFIG,
	    "cannot serve standard input: it is a socket, but not a stream "
	    "connection to a client\n"
	    "hint: the program that listens must accept connections and pass "
	    "each one on (systemd: Accept=yes, inetd: stream and nowait)");
}
