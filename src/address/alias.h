/*
 * Aliases of local names (alias_file.h), followed to their end: through
 * aliases of aliases and included lists, each name once, bounded in depth and
 * in all that is looked at. The file is read at the first name that may be
 * one, never before, and each included list once.
 */
#ifndef ADDRESS_ALIAS_H
#define ADDRESS_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "address/address_list.h"
#include "address/alias_file.h"
#include "address/local_host.h"
#include "base/error.h"

#define ALIAS_DEPTH_MAX 20
/* For all names of a message together, its header's too. */
#define ALIAS_TARGETS_MAX ((size_t)100000)
#define ALIAS_OCTETS_MAX ((size_t)64 * 1024 * 1024)

/*
 * The lists that aliases include, each read once. One must be trusted as a
 * configuration file is, and readable by everybody: what it holds may come
 * out, and must not be somebody's secret.
 */
#define ALIAS_INCLUDES_MAX 1000

struct alias_include {
	char *path;
	struct buf text;
	char *why;    /* it cannot be used; NULL: it can */
	size_t visit; /* alias.c's: the last that came by; 0: none yet */
};

struct alias_includes {
	struct alias_include *list;
	size_t count;
	size_t octets, octets_max; /* of all of them */
};

struct aliases {
	const char *path;   /* NULL: there are none; borrowed */
	bool may_be_absent; /* a missing file is as good as an empty one */
	/*
	 * The domain of the user's mail: names at it are local where the host
	 * is called so, but no catch-all takes them. NULL: none; borrowed.
	 */
	const char *mail_domain;
	struct local_host host;
	struct alias_file file;
	bool is_read;
	struct alias_includes includes;
	size_t visits;
	/* Looked at for this message: */
	size_t targets, octets;
};

/* A walk: no name that it came by is followed again. All-zero to begin with. */
struct alias_walk {
	size_t first; /* of aliases.visits */
};

/* A target that mail cannot go to. */
struct alias_fault {
	char *name;   /* the alias whose target it is */
	char *target; /* as written */
	char *why;
};

struct alias_result {
	bool is_alias;
	/* Those without a domain, or at this host, have no alias any more. */
	struct address_list mailboxes;
	struct alias_fault *faults;
	size_t fault_count;
};

void aliases_free(struct aliases *aliases);
/* Another message begins: it may come to as much as the one before. */
void aliases_begin_message(struct aliases *aliases);
/* Whether it is a name of this host: bare, or at one of its names. */
bool aliases_apply_to(struct aliases *aliases, const struct mailbox *mailbox);
/*
 * Whether it is a name of this host that the alias "*" or local-recipients
 * takes if it has no alias of its own.
 */
bool aliases_may_catch(struct aliases *aliases, const struct mailbox *mailbox);
/*
 * What a name of this host comes to: by its alias, else by "*". Of a name that
 * has neither, or that the walk has come by, nothing is in the result. False:
 * ERROR_CONFIG, the file cannot be used.
 */
bool aliases_expand(struct aliases *aliases, struct alias_walk *walk,
    const struct mailbox *mailbox, struct alias_result *result,
    struct error *err);
void alias_result_free(struct alias_result *result);
/*
 * Whether the name stands for this user of the host alone: by one alias with
 * one target, or a chain of such. Included lists and "*" do not count.
 */
bool aliases_lead_to(
    struct aliases *aliases, struct span name, const char *user);
/*
 * The one mailbox that the name comes to; NULL: no alias of its own, or of
 * several.
 */
const struct mailbox *aliases_single_mailbox(
    struct aliases *aliases, struct span name);

#endif
