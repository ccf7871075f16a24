/*
 * The DKIM keys of a profile (settings dkim-key, dkim-selector), read before
 * the first connection, like a secret. They are wiped when they are freed.
 */
#ifndef PROFILE_SIGNING_KEYS_H
#define PROFILE_SIGNING_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "tls/private_key.h"

#define SIGNING_KEYS_MAX 4

struct profile;

struct signing_key {
	struct private_key *key; /* owned */
	const char *selector;	 /* borrowed from the profile */
};

struct signing_keys {
	struct signing_key list[SIGNING_KEYS_MAX];
	size_t count; /* 0: messages are not signed */
};

/* Whether the profile signs messages. */
bool signing_keys_are_wanted(const struct profile *profile);
/*
 * Reads the keys from the files of dkim-key, else from the systemd credential
 * smtpost-dkim.PROFILE, which holds one key after the other. Adds what the user
 * should know to `notes`, a line each. False with ERROR_CONFIG, or with
 * ERROR_TEMPORARY if there is no such credential now.
 */
bool signing_keys_open(struct signing_keys *keys, const struct profile *profile,
    struct buf *notes, struct error *err);
/* Checks the files without reading them. Errors are those above. */
bool signing_keys_locate(const struct profile *profile, struct error *err);
/* Adds where the keys are from: "dkim-key", "the systemd credential". */
void signing_keys_add_source(const struct profile *profile, struct buf *out);
void signing_keys_free(struct signing_keys *keys);

#endif
