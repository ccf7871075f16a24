/*
 * Follows the aliases of local names to mailboxes, through aliases of aliases
 * and included lists. Each name is followed once, and the depth and the number
 * of targets are bounded. The aliases file is read when the first local name is
 * looked up, each included list when an alias first refers to it.
 */
#ifndef ADDRESS_ALIAS_H
#define ADDRESS_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "address/address_list.h"
#include "address/alias_file.h"
#include "address/local_host.h"

#define ALIAS_DEPTH_MAX 20
#define ALIAS_INCLUDES_MAX 1000
/* For all names of a message together, including those in its header: */
#define ALIAS_TARGETS_MAX ((size_t)100000)
#define ALIAS_OCTETS_MAX ((size_t)64 * 1024 * 1024)

/* A file that an alias includes. */
struct alias_include {
	char *path;
	struct buf text;
	char *why;    /* why it cannot be used; NULL: it can be */
	size_t visit; /* the last expansion that followed it; 0: none yet */
};

struct alias_includes {
	struct alias_include *list;
	size_t count;
	size_t octets; /* of all texts */
};

struct aliases {
	const char *path;   /* of the file; NULL: no aliases; borrowed */
	bool may_be_absent; /* a missing file counts as an empty one */
	/*
	 * The domain of the user's mail; NULL: none; borrowed. If it is also a
	 * name of the host, addresses at it may have aliases, but no catch-all
	 * applies to them.
	 */
	const char *mail_domain;
	struct local_host host;
	/* All zero to begin with: */
	struct alias_file file;
	bool is_read; /* the file */
	struct alias_includes includes;
	size_t visits;		/* the number of expansions */
	size_t targets, octets; /* counted for this message */
};

/*
 * Several calls of aliases_expand that follow no name twice, such as those for
 * the recipients of one message. All zero to begin with.
 */
struct alias_walk {
	size_t first; /* its first visit; 0: none yet */
};

/* A target that mail cannot be sent to. */
struct alias_fault {
	char *name;   /* the alias that has the target */
	char *target; /* as written, masked */
	char *why;
};

struct alias_result {
	bool is_alias; /* the name has an alias, or "*" applies to it */
	/* Local names among them have no further alias. */
	struct address_list mailboxes;
	struct alias_fault *faults;
	size_t fault_count;
};

void aliases_free(struct aliases *aliases);
/* Begins another message: targets and octets are counted from 0 again. */
void aliases_begin_message(struct aliases *aliases);
/* Whether the mailbox is local: a bare name, or at a name of this host. */
bool aliases_apply_to(struct aliases *aliases, const struct mailbox *mailbox);
/*
 * Whether the alias "*" or the setting local-recipients applies to the mailbox
 * if it has no alias itself.
 */
bool aliases_may_catch(struct aliases *aliases, const struct mailbox *mailbox);
/*
 * Follows the alias of a mailbox, else the alias "*", to mailboxes and faults.
 * The result is empty for a mailbox with neither, and for one that the walk has
 * already expanded. The caller frees it with alias_result_free. False: the file
 * cannot be used (ERROR_CONFIG).
 */
bool aliases_expand(struct aliases *aliases, struct alias_walk *walk,
    const struct mailbox *mailbox, struct alias_result *result,
    struct error *err);
void alias_result_free(struct alias_result *result);
/*
 * Whether a name leads to this user of the host only, by a chain of aliases
 * with one target each. Included lists and "*" do not count.
 */
bool aliases_lead_to(
    struct aliases *aliases, struct span name, const char *user);
/*
 * The single mailbox that the alias of a name leads to; NULL if the name has no
 * alias, or its alias leads to several mailboxes or has a fault. Valid until
 * aliases_free.
 */
const struct mailbox *aliases_single_mailbox(
    struct aliases *aliases, struct span name);

#endif
