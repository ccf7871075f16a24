/*
 * Finds the sender of a message. A header field that cannot be read is an
 * error, because no other sender must replace the one that it names.
 */
#include "cli/originator.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "compose/charset.h"
#include "fixup/header_policy.h"
#include "message/header.h"
#include "profile/identity.h"
#include "profile/profile_choice.h"

#define SHOWN_OCTETS ((size_t)64)

void
originator_free(struct originator *originator)
{
	free(originator->reverse_path);
	free(originator->from_path);
	free(originator->from_name);
	free(originator->id_domain);
	free(originator->domain);
	free(originator->replacement);
	buf_free(&originator->notes);
	*originator = (struct originator){0};
}

/*
 * Refuses a sender without a domain, such as the caller's user name. The hint
 * proposes the login name if that is an address.
 */
static void
refuse_bare(const struct mailbox *mailbox, const char *user, struct error *err)
{
	char *shown =
	    utf8_excerpt_masked(span_from(mailbox->local), SHOWN_OCTETS);

	error_set(err, ERROR_DATA,
	    "cannot use the sender '%s': it has no domain\n"
	    "hint: name one with -f, or set sender or domain in the profile",
	    shown);
	free(shown);
	if (user == NULL || strchr(user, '@') == NULL)
		return;
	shown = utf8_excerpt_masked(span_from(user), SHOWN_OCTETS);
	error_add(err, ", for example sender = %s", shown);
	free(shown);
}

/* False also if there is no message. */
static bool
find_field(const struct message *message, struct span name, struct field *field)
{
	return message != NULL &&
	    header_find(message_header(message), name, field);
}

/* Parses the value of -f; a mistake in it is ERROR_USAGE. */
static bool
parse_option(struct mailbox *mailbox, const char *text, struct error *err)
{
	if (address_list_parse_reverse_path(mailbox, span_from(text), err))
		return true;
	err->kind = ERROR_USAGE;
	error_add(err, " (in -f)");
	return false;
}

/* Makes a mailbox the reverse-path. A null mailbox gives the null path. */
static bool
take_mailbox(struct originator *originator, const struct profile *profile,
    const struct mailbox *mailbox, const char *domain, struct error *err)
{
	struct local_host host = {
	    .further = profile->local_domains.names,
	    .further_count = profile->local_domains.count,
	};
	struct mailbox final;

	if (mailbox->local == NULL) {
		originator->reverse_path = mem_copy_text("");
		return true;
	}
	final = local_host_strip_domain(&host, mailbox, domain);
	originator->reverse_path = mailbox_path(&final, domain, err);
	if (originator->reverse_path == NULL && final.domain == NULL &&
	    domain == NULL)
		refuse_bare(&final, profile->user, err);
	return originator->reverse_path != NULL;
}

static bool
take_option(struct originator *originator, const struct profile *profile,
    const struct options *options, const char *domain, struct error *err)
{
	struct mailbox mailbox = {0};
	bool done = parse_option(&mailbox, options->from, err) &&
	    take_mailbox(originator, profile, &mailbox, domain, err);

	if (done && mailbox.name != NULL)
		originator->from_name = mem_copy_text(mailbox.name);
	mailbox_free(&mailbox);
	return done;
}

/* The user name comes from the user database, never from the environment. */
static bool
take_user(struct originator *originator, const struct profile *profile,
    const char *domain, struct error *err)
{
	const struct passwd *user = getpwuid(getuid());
	struct mailbox mailbox = {0};
	bool done;

	if (user == NULL)
		return error_set(err, ERROR_OS,
		    "cannot find a sender: user id %lu has no name\n"
		    "hint: use -f, or set sender",
		    (unsigned long)getuid());
	mailbox.local = mem_copy_text(user->pw_name);
	done = take_mailbox(originator, profile, &mailbox, domain, err);
	mailbox_free(&mailbox);
	return done;
}

static bool
take_sender(struct originator *originator, const struct profile *profile,
    const char *domain, struct error *err)
{
	struct mailbox mailbox = {0};
	char *sender = identity_sender(profile, err);
	bool done = sender != NULL &&
	    address_list_parse_reverse_path(&mailbox, span_from(sender), err) &&
	    take_mailbox(originator, profile, &mailbox, domain, err);

	if (!done)
		err->kind = ERROR_CONFIG;
	mailbox_free(&mailbox);
	free(sender);
	return done;
}

/*
 * Whether the mailbox is a local name of this machine that the caller may not
 * use: neither the user's name nor an alias for that user alone. Without
 * aliases (NULL), only names without a domain are local. root may use all.
 * Cron writes "From: root (Cron Daemon)" into every user's mail, which a
 * service that lets users send only as themselves would refuse.
 */
static bool
is_another_user(
    struct aliases *aliases, const struct mailbox *mailbox, const char *domain)
{
	const struct passwd *user;

	if (getuid() == 0 || mailbox->local == NULL ||
	    (mailbox->domain != NULL &&
		(span_equal_nocase(
		     span_from(mailbox->domain), span_from(domain)) ||
		    aliases == NULL || !aliases_apply_to(aliases, mailbox))))
		return false;
	/* Asking the user database costs system calls, so it comes last. */
	user = getpwuid(getuid());
	if (user == NULL || strcmp(mailbox->local, user->pw_name) == 0)
		return false;
	return aliases == NULL ||
	    !aliases_lead_to(aliases, span_from(mailbox->local), user->pw_name);
}

/* The fields that name the sender of a message. Sender comes before From. */
enum { ORIGINATOR_SENDER, ORIGINATOR_FROM, ORIGINATOR_END };
static const struct span resent_names[] = {
    {"Resent-Sender", 13},
    {"Resent-From", 11},
};
static const struct span original_names[] = {{"Sender", 6}, {"From", 4}};

enum naming_result {
	NAMING_SOMEBODY,
	NAMING_NOBODY,
	NAMING_WRONG, /* a field cannot be read */
};

/* Reads the first field of `names`, from `first` on, that has a mailbox. */
static enum naming_result
find_in_section(struct span header, const struct span *names, size_t first,
    struct address_list *list, struct error *err)
{
	struct field field;

	for (size_t i = first; i < ORIGINATOR_END; i++) {
		if (!header_find(header, names[i], &field))
			continue;
		if (!address_list_parse(list, field.body, err)) {
			error_add(err,
			    " (in the header field %s)\nhint: name the "
			    "sender with -f",
			    names[i].at);
			return NAMING_WRONG;
		}
		if (list->count > 0)
			return NAMING_SOMEBODY;
	}
	return NAMING_NOBODY;
}

/*
 * Finds the sender in the header: the one who resent the message (RFC 5322
 * section 3.6.6), else the original sender.
 */
static enum naming_result
find_in_header(const struct message *message, size_t first,
    struct address_list *list, struct error *err)
{
	struct span header = {0};
	enum naming_result result;

	if (message != NULL)
		header = message_header(message);
	result = find_in_section(
	    header_newest_resent(header), resent_names, first, list, err);
	if (result == NAMING_NOBODY)
		result =
		    find_in_section(header, original_names, first, list, err);
	return result;
}

/*
 * Makes the sender in the header the reverse-path, else the user. The fields
 * count from `first` on.
 */
static bool
take_header(struct originator *originator, const struct profile *profile,
    const struct message *message, size_t first, const char *domain,
    struct error *err)
{
	struct address_list list = {0};
	enum naming_result result = find_in_header(message, first, &list, err);
	bool done;

	if (result == NAMING_WRONG) {
		done = false;
	} else if (result == NAMING_NOBODY) {
		done = take_user(originator, profile, domain, err);
	} else if (is_another_user(
		       originator->aliases, &list.mailboxes[0], domain)) {
		done = take_user(originator, profile, domain, err);
		buf_add_text(&originator->notes,
		    "the sender in the header is another local user, so the "
		    "reverse-path is your own address\n");
	} else {
		done = take_mailbox(
		    originator, profile, &list.mailboxes[0], domain, err);
	}
	address_list_free(&list);
	return done;
}

/*
 * Gives a copy of the path of `sender`; NULL if it is not set or is the null
 * reverse-path. False, with err, if it cannot be used.
 */
static bool
copy_sender(char **path, const struct profile *profile, const char *domain,
    struct error *err)
{
	struct originator other = {0};
	bool done = profile->sender == NULL ||
	    take_sender(&other, profile, domain, err);

	*path = NULL;
	if (done && span_from(other.reverse_path).len > 0)
		*path = mem_copy_text(other.reverse_path);
	originator_free(&other);
	return done;
}

bool
originator_replace(char **reverse_path, const struct profile *profile,
    const char *domain, struct error *err)
{
	struct header_policy policy = {
	    .match = profile->match.names,
	    .match_count = profile->match.count,
	};
	char *sender;
	bool is_usable;

	if (profile->header_policy != HEADER_POLICY_PROVIDER ||
	    (*reverse_path)[0] == '\0')
		return true;
	is_usable = copy_sender(&sender, profile, domain, err);
	policy.sender = sender;
	if (!header_policy_is_foreign(&policy, span_from(*reverse_path))) {
		free(sender);
		return true;
	}
	if (!is_usable)
		return false;
	if (sender == NULL)
		return error_set(err, ERROR_CONFIG,
		    "cannot replace the reverse-path <%s>, which is not yours: "
		    "no sender is set\nhint: set sender, or match for the "
		    "addresses that you may use",
		    *reverse_path);
	free(*reverse_path);
	*reverse_path = sender;
	return true;
}

/*
 * Whether the reverse-path is the user's own address, so that the user's full
 * name fits it.
 */
static bool
is_user(const struct originator *originator, const struct options *options)
{
	const struct passwd *user;
	struct span path = span_from(originator->reverse_path);

	if (options->from == NULL || path.len == 0)
		return true;
	user = getpwuid(getuid());
	return user != NULL &&
	    span_equal(span_head(path, span_find(path, '@')),
		span_from(user->pw_name));
}

/*
 * The display name: -F, else the name in -f, else `full-name`. It may be in the
 * charset of the locale.
 */
static void
find_display_name(struct originator *originator, const struct profile *profile,
    const struct options *options)
{
	char *name = originator->from_name;

	if (options->full_name != NULL) {
		free(name);
		name = mem_copy_text(options->full_name);
	} else if (name == NULL) {
		name = identity_display_name(profile, originator->user);
	}
	originator->from_name =
	    name != NULL ? charset_to_utf8(span_from(name)) : NULL;
	free(name);
}

/*
 * Finds mailbox and name for a From field that must be made: the reverse-path
 * unless it is the null one, and by default the name in the user database.
 */
static void
find_from(struct originator *originator, const struct profile *profile,
    const struct options *options, const struct message *message,
    const char *domain)
{
	struct originator other = {0};
	struct error ignored;
	struct field field;

	find_display_name(originator, profile, options);
	if (find_field(message, SPAN("From"), &field) &&
	    span_trim(field.body).len > 0)
		return;
	if (originator->from_name == NULL && is_user(originator, options))
		originator->from_name = identity_full_name();
	if (originator->reverse_path[0] != '\0') {
		originator->from_path = mem_copy_text(originator->reverse_path);
		return;
	}
	if (profile->sender != NULL)
		take_sender(&other, profile, domain, &ignored);
	/*
	 * "sender = <>" has no address for a From field. A client of -bs must
	 * not appear as the user that runs the service.
	 */
	if (span_from(other.reverse_path).len == 0 &&
	    originator->user == NULL) {
		originator_free(&other);
		take_user(&other, profile, domain, &ignored);
	}
	if (span_from(other.reverse_path).len > 0)
		originator->from_path = mem_copy_text(other.reverse_path);
	originator_free(&other);
}

/* The right side of a Message-ID (RFC 5322 3.6.4): the sender's domain. */
static void
find_id_domain(struct originator *originator, const struct message *message,
    const char *domain)
{
	const char *path = originator->reverse_path[0] != '\0'
	    ? originator->reverse_path
	    : originator->from_path;
	const char *at = path != NULL ? strrchr(path, '@') : NULL;
	struct address_list list = {0};
	struct error ignored;
	char *from = NULL;

	if (at == NULL &&
	    find_in_header(message, ORIGINATOR_FROM, &list, &ignored) ==
		NAMING_SOMEBODY) {
		from = mailbox_path(&list.mailboxes[0], domain, &ignored);
		at = from != NULL ? strrchr(from, '@') : NULL;
	}
	if (at != NULL)
		domain = at + 1;
	originator->id_domain =
	    mem_copy_text(domain != NULL ? domain : "localhost");
	address_list_free(&list);
	free(from);
}

/*
 * Whether From or Resent-From names somebody who can be the reverse-path, or
 * cannot be read.
 */
static bool
has_from(const struct originator *originator, const struct message *message,
    const char *domain)
{
	struct address_list list = {0};
	struct error ignored;
	enum naming_result result =
	    find_in_header(message, ORIGINATOR_FROM, &list, &ignored);
	bool is_foreign = result == NAMING_SOMEBODY &&
	    is_another_user(originator->aliases, &list.mailboxes[0], domain);

	address_list_free(&list);
	return result != NAMING_NOBODY && !is_foreign;
}

bool
originator_find(struct originator *originator, const struct profile *profile,
    const struct options *options, const struct message *message,
    const char *domain, struct error *err)
{
	struct error ignored;
	bool by_from = options->read_envelope_from > 0 &&
	    has_from(originator, message, domain);
	bool done;

	if (options->from != NULL)
		done = take_option(originator, profile, options, domain, err);
	else if (profile->sender != NULL && !by_from)
		done = take_sender(originator, profile, domain, err);
	else
		done = take_header(originator, profile, message,
		    by_from ? ORIGINATOR_FROM : ORIGINATOR_SENDER, domain, err);
	if (done && profile->header_policy == HEADER_POLICY_PROVIDER)
		copy_sender(
		    &originator->replacement, profile, domain, &ignored);
	done = done &&
	    originator_replace(&originator->reverse_path, profile, domain, err);
	if (!done)
		return false;
	find_from(originator, profile, options, message, domain);
	if (domain != NULL)
		originator->domain = mem_copy_text(domain);
	find_id_domain(originator, message, domain);
	return true;
}

/*
 * The sender in the header, for the match patterns of profiles: from From alone
 * if `by_from`, and the user if the header names no sender. NULL if a field
 * cannot be read, or the user has no name.
 */
static char *
address_in_header(const struct message *message, bool by_from)
{
	struct address_list list = {0};
	struct error ignored;
	const struct passwd *user = NULL;
	char *address = NULL;
	enum naming_result result = find_in_header(message,
	    by_from ? ORIGINATOR_FROM : ORIGINATOR_SENDER, &list, &ignored);

	if (result == NAMING_NOBODY ||
	    (result == NAMING_SOMEBODY &&
		is_another_user(NULL, &list.mailboxes[0], NULL)))
		user = getpwuid(getuid());
	if (user != NULL)
		address = mem_copy_text(user->pw_name);
	else if (result == NAMING_SOMEBODY)
		address = mailbox_as_written(&list.mailboxes[0]);
	address_list_free(&list);
	return address;
}

static bool
check_login(const struct profile *profile, const struct options *options,
    struct error *err)
{
	const unsigned modes = MODE_BIT(MODE_SUBMIT) | MODE_BIT(MODE_RUN) |
	    MODE_BIT(MODE_DRY_RUN) | MODE_BIT(MODE_VERIFY);

	return !(MODE_BIT(options->mode) & modes) ||
	    msmtp_account_check_user(&options->msmtp, profile, err);
}

bool
originator_choose_profile(struct profile *profile,
    const struct profiles *profiles, const struct options *options,
    const struct message *message, struct error *err)
{
	struct mailbox mailbox = {0};
	char *sender = NULL, *from = NULL;
	bool done;

	if (options->from != NULL &&
	    !parse_option(&mailbox, options->from, err))
		return false;
	if (mailbox.local != NULL)
		sender = mailbox_as_written(&mailbox);
	else if (options->profile == NULL && profiles->count > 1)
		from = address_in_header(message,
		    options->from != NULL || options->read_envelope_from > 0);
	done = profile_choice_make(
	    profile, profiles, options->profile, sender, from, err);
	if (done && !check_login(profile, options, err)) {
		enum report_form report = profile->report;

		profile_free(profile);
		profile->report = report;
		done = false;
	}
	mailbox_free(&mailbox);
	free(sender);
	free(from);
	return done;
}
