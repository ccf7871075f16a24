/*
 * Follows aliases depth first. Each expansion has a number, its visit, which it
 * writes into every entry and included list that it follows, so that none is
 * followed twice and loops end.
 */
#include "address/alias.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

#define FILE_OCTETS_MAX ((size_t)16 * 1024 * 1024)
#define SHOWN_OCTETS ((size_t)80)

/* The expansion of one name. */
struct descent {
	struct aliases *aliases;
	struct alias_walk *walk;
	struct alias_result *result;
	size_t visit;		   /* its number */
	struct span sought;	   /* the name that is expanded */
	struct alias_entry *entry; /* whose targets are being followed */
	bool is_caught;		   /* `entry` is "*", or "*" led to it */
	unsigned depth;		   /* of entries and included lists */
	unsigned includes;	   /* depth of included lists alone */
	size_t enough;		   /* mailboxes to stop after; 0: no limit */
	bool met_earlier; /* it met an entry that the walk had followed */
	bool is_over;
};

static void follow_targets(struct descent *descent, struct span targets);

static void
includes_free(struct alias_includes *includes)
{
	for (size_t i = 0; i < includes->count; i++) {
		free(includes->list[i].path);
		free(includes->list[i].why);
		buf_free(&includes->list[i].text);
	}
	free(includes->list);
	*includes = (struct alias_includes){0};
}

/*
 * Reads an included list. Like a configuration file it must be trusted, because
 * it decides where mail goes. It must also be readable by everybody, and not a
 * link: otherwise the owner of a list could make smtpost read another user's
 * secrets and show them in an error.
 */
static bool
read_included(const char *path, struct buf *text, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	bool done;

	if (fd < 0)
		return error_set(err, ERROR_CONFIG, "it cannot be opened: %s",
		    strerror(errno));
	done = file_is_trusted(fd, path, FILE_OWN, ERROR_CONFIG, err);
	if (done && (fstat(fd, &status) < 0 || (status.st_mode & S_IROTH) == 0))
		done = error_set(
		    err, ERROR_CONFIG, "it must be readable by everybody");
	if (done)
		done = file_read(fd, path, text, ERROR_CONFIG, err);
	close(fd);
	return done;
}

static void
add_include(struct alias_includes *includes, const char *path)
{
	struct alias_include *include =
	    mem_append(&includes->list, &includes->count, sizeof(*include));
	struct error err = {0};

	*include = (struct alias_include){.path = mem_copy_text(path)};
	buf_init(&include->text, ALIAS_OCTETS_MAX - includes->octets);
	if (!read_included(path, &include->text, &err)) {
		include->why = mem_copy_text(err.text);
		buf_free(&include->text);
	}
	includes->octets += include->text.len;
}

/*
 * The included list of that path, which is read if it is new; NULL if there are
 * too many. Valid until the next call; its text until aliases_free.
 */
static struct alias_include *
find_include(struct alias_includes *includes, const char *path)
{
	for (size_t i = 0; i < includes->count; i++)
		if (strcmp(includes->list[i].path, path) == 0)
			return &includes->list[i];
	if (includes->count == ALIAS_INCLUDES_MAX)
		return NULL;
	add_include(includes, path);
	return &includes->list[includes->count - 1];
}

void
aliases_free(struct aliases *aliases)
{
	alias_file_free(&aliases->file);
	includes_free(&aliases->includes);
	local_host_free(&aliases->host);
	*aliases = (struct aliases){0};
}

void
aliases_begin_message(struct aliases *aliases)
{
	aliases->targets = aliases->octets = 0;
}

void
alias_result_free(struct alias_result *result)
{
	for (size_t i = 0; i < result->fault_count; i++) {
		free(result->faults[i].name);
		free(result->faults[i].target);
		free(result->faults[i].why);
	}
	free(result->faults);
	address_list_free(&result->mailboxes);
	*result = (struct alias_result){0};
}

bool
aliases_apply_to(struct aliases *aliases, const struct mailbox *mailbox)
{
	return mailbox->local != NULL &&
	    (mailbox->domain == NULL ||
		local_host_is(&aliases->host, span_from(mailbox->domain)));
}

bool
aliases_may_catch(struct aliases *aliases, const struct mailbox *mailbox)
{
	struct mailbox final = local_host_strip_domain(
	    &aliases->host, mailbox, aliases->mail_domain);

	return aliases_apply_to(aliases, mailbox) &&
	    (final.domain == NULL || aliases->mail_domain == NULL ||
		!span_equal_nocase(
		    span_from(final.domain), span_from(aliases->mail_domain)));
}

/*
 * The entry of a mailbox, else that of "*" if may_catch; NULL if there is
 * neither.
 */
static struct alias_entry *
find_entry(
    struct aliases *aliases, const struct mailbox *mailbox, bool may_catch)
{
	struct alias_entry *entry = NULL;

	if (aliases_apply_to(aliases, mailbox))
		entry =
		    alias_file_find(&aliases->file, span_from(mailbox->local));
	if (entry == NULL && may_catch && aliases_may_catch(aliases, mailbox))
		entry = alias_file_find(&aliases->file, SPAN("*"));
	return entry;
}

static bool
is_catch_all(const struct alias_entry *entry)
{
	return strcmp(entry->name, "*") == 0;
}

/* Reads the file unless it was read before. False if it cannot be used. */
static bool
read_file(struct aliases *aliases, struct error *err)
{
	struct buf text = {.max = FILE_OCTETS_MAX};
	bool done;

	if (aliases->is_read || aliases->path == NULL)
		return true;
	errno = 0;
	done =
	    file_read_path(aliases->path, FILE_OWN, &text, ERROR_CONFIG, err);
	if (done)
		alias_file_parse(
		    &aliases->file, aliases->path, buf_span(&text));
	else if (aliases->may_be_absent &&
	    (errno == ENOENT || errno == ENOTDIR))
		done = true;
	aliases->is_read = done;
	buf_free(&text);
	return done;
}

/* The text of an included list is not shown, because it may be a secret. */
static void
add_fault(struct descent *descent, struct span target, const char *why)
{
	struct alias_result *result = descent->result;
	struct alias_fault *fault =
	    mem_append(&result->faults, &result->fault_count, sizeof(*fault));

	if (descent->includes > 0) {
		target = SPAN("a line of an included file");
		why = "it has no address that mail can go to";
	}
	fault->name = is_catch_all(descent->entry)
	    ? span_copy(descent->sought)
	    : mem_copy_text(descent->entry->name);
	fault->target = utf8_masked(span_head(target, SHOWN_OCTETS));
	fault->why = mem_copy_text(why);
}

static bool
is_same(const struct mailbox *a, const struct mailbox *b)
{
	return strcmp(a->local, b->local) == 0 &&
	    (a->domain == NULL) == (b->domain == NULL) &&
	    span_equal_nocase(span_from(a->domain), span_from(b->domain));
}

/* Moves a mailbox into the result. */
static void
arrive(struct descent *descent, struct mailbox *mailbox)
{
	struct address_list *list = &descent->result->mailboxes;
	struct mailbox *item;

	if (list->count == 0 || !is_same(&list->mailboxes[0], mailbox)) {
		item =
		    mem_append(&list->mailboxes, &list->count, sizeof(*item));
		*item = *mailbox;
		*mailbox = (struct mailbox){0};
	}
	if (descent->enough > 0 && list->count >= descent->enough)
		descent->is_over = true;
}

static void
follow_entry(struct descent *descent, struct alias_entry *entry)
{
	struct alias_entry *from = descent->entry;
	bool was_caught = descent->is_caught;

	if (entry->visit >= descent->walk->first) {
		if (entry->visit != descent->visit)
			descent->met_earlier = true;
		return;
	}
	if (descent->depth == ALIAS_DEPTH_MAX) {
		add_fault(descent, span_from(entry->name),
		    "the aliases are nested more than 20 deep");
		return;
	}
	entry->visit = descent->visit;
	descent->entry = entry;
	descent->is_caught |= is_catch_all(entry);
	descent->depth++;
	follow_targets(descent, span_from(entry->targets));
	descent->depth--;
	descent->is_caught = was_caught;
	descent->entry = from;
}

/* An alias that names itself means the mailbox of that name. */
static void
follow_mailbox(struct descent *descent, struct mailbox *mailbox)
{
	struct alias_entry *entry =
	    find_entry(descent->aliases, mailbox, !descent->is_caught);

	if (entry == NULL || entry == descent->entry)
		arrive(descent, mailbox);
	else
		follow_entry(descent, entry);
}

static void
follow_address(struct descent *descent, const struct alias_target *target)
{
	struct address_list list = {0};
	struct error err = {0};

	if (!address_list_parse(&list, buf_span(&target->value), &err))
		add_fault(descent, target->text, err.text);
	for (size_t i = 0; i < list.count && !descent->is_over; i++) {
		if (target->kind == ALIAS_TARGET_FINAL)
			arrive(descent, &list.mailboxes[i]);
		else
			follow_mailbox(descent, &list.mailboxes[i]);
	}
	address_list_free(&list);
}

/*
 * Counts the octets of a target or included list; false if the message has used
 * too many targets or octets.
 */
static bool
may_look_at(struct descent *descent, struct span target, size_t octets)
{
	struct aliases *aliases = descent->aliases;

	aliases->octets += octets;
	if (aliases->targets <= ALIAS_TARGETS_MAX &&
	    aliases->octets <= ALIAS_OCTETS_MAX)
		return true;
	add_fault(descent, target,
	    aliases->targets > ALIAS_TARGETS_MAX
		? "the aliases expand to more than 100,000 targets"
		: "the aliases expand to more than 64 MiB");
	descent->is_over = true;
	return false;
}

static void
follow_lines(struct descent *descent, struct span rest)
{
	struct span line;

	descent->depth++;
	descent->includes++;
	while (!descent->is_over && alias_file_next_line(&rest, &line))
		follow_targets(descent, line);
	descent->includes--;
	descent->depth--;
}

/* An included list, like an entry, is followed once in a walk. */
static void
follow_include(struct descent *descent, struct alias_target *target)
{
	const char *path = buf_text(&target->value);
	struct alias_include *include;

	if (path[0] != '/') {
		add_fault(descent, target->text,
		    "the path of an included file must begin with /");
		return;
	}
	if (descent->depth == ALIAS_DEPTH_MAX) {
		add_fault(descent, target->text,
		    "included files are nested more than 20 deep");
		return;
	}
	include = find_include(&descent->aliases->includes, path);
	if (include == NULL) {
		add_fault(descent, target->text,
		    "more than 1,000 files are included");
	} else if (include->visit >= descent->walk->first) {
		if (include->visit != descent->visit)
			descent->met_earlier = true;
	} else if (include->why != NULL) {
		add_fault(descent, target->text, include->why);
	} else if (may_look_at(descent, target->text, include->text.len)) {
		include->visit = descent->visit;
		follow_lines(descent, buf_span(&include->text));
	}
}

static void
follow_target(struct descent *descent, struct alias_target *target)
{
	static const char *const faults[] = {
	    [ALIAS_TARGET_COMMAND] = "mail to a command is not supported",
	    [ALIAS_TARGET_FILE] = "mail to a file is not supported",
	    [ALIAS_TARGET_DIRECTIVE] =
		"the only supported target that begins with a "
		"colon is :include:",
	};

	if (target->kind == ALIAS_TARGET_INCLUDE)
		follow_include(descent, target);
	else if (faults[target->kind] != NULL)
		add_fault(descent, target->text, faults[target->kind]);
	else
		follow_address(descent, target);
}

static void
follow_targets(struct descent *descent, struct span targets)
{
	struct alias_target target = {0};

	while (!descent->is_over && alias_file_next_target(&targets, &target)) {
		descent->aliases->targets++;
		if (may_look_at(descent, target.text, target.text.len))
			follow_target(descent, &target);
	}
	alias_file_target_free(&target);
}

static void
expand_entry(struct aliases *aliases, struct alias_walk *walk,
    struct alias_entry *entry, struct span sought, size_t enough,
    struct alias_result *result)
{
	struct descent descent = {
	    .aliases = aliases,
	    .walk = walk,
	    .result = result,
	    .visit = ++aliases->visits,
	    .sought = sought,
	    .enough = enough,
	};

	if (walk->first == 0)
		walk->first = descent.visit;
	if (entry->visit >= walk->first)
		return;
	follow_entry(&descent, entry);
	descent.entry = entry;
	if (result->mailboxes.count == 0 && result->fault_count == 0 &&
	    !descent.met_earlier)
		add_fault(&descent, span_from(entry->targets),
		    "the alias leads to no mailbox");
}

bool
aliases_expand(struct aliases *aliases, struct alias_walk *walk,
    const struct mailbox *mailbox, struct alias_result *result,
    struct error *err)
{
	struct alias_entry *entry;

	*result = (struct alias_result){0};
	if (!read_file(aliases, err))
		return false;
	entry = find_entry(aliases, mailbox, true);
	result->is_alias = entry != NULL;
	if (entry != NULL)
		expand_entry(
		    aliases, walk, entry, span_from(mailbox->local), 0, result);
	return true;
}

static void
find_single(struct aliases *aliases, struct alias_entry *entry)
{
	struct alias_result result = {0};
	struct alias_walk walk = {0};

	expand_entry(aliases, &walk, entry, span_from(entry->name), 2, &result);
	/* Do not keep a result that a limit for this message cut short. */
	entry->is_single_known = aliases->targets <= ALIAS_TARGETS_MAX &&
	    aliases->octets <= ALIAS_OCTETS_MAX;
	if (result.mailboxes.count == 1 && result.fault_count == 0) {
		entry->single = mem_new(1, sizeof(*entry->single));
		*entry->single = result.mailboxes.mailboxes[0];
		result.mailboxes.mailboxes[0] = (struct mailbox){0};
	}
	alias_result_free(&result);
}

const struct mailbox *
aliases_single_mailbox(struct aliases *aliases, struct span name)
{
	struct error ignored = {0};
	struct alias_entry *entry;

	if (!read_file(aliases, &ignored))
		return NULL;
	entry = alias_file_find(&aliases->file, name);
	if (entry != NULL && !entry->is_single_known)
		find_single(aliases, entry);
	return entry != NULL ? entry->single : NULL;
}

/* The only target of an entry, if that is a local mailbox. */
static bool
sole_target(struct aliases *aliases, const struct alias_entry *entry,
    struct mailbox *mailbox, bool *is_final)
{
	struct span rest = span_from(entry->targets);
	struct alias_target target = {0};
	struct error ignored = {0};
	bool is_sole = alias_file_next_target(&rest, &target) &&
	    span_trim(rest).len == 0 &&
	    (target.kind == ALIAS_TARGET_ADDRESS ||
		target.kind == ALIAS_TARGET_FINAL) &&
	    address_list_parse_mailbox(
		mailbox, buf_span(&target.value), &ignored) &&
	    aliases_apply_to(aliases, mailbox);

	*is_final = target.kind == ALIAS_TARGET_FINAL;
	alias_file_target_free(&target);
	return is_sole;
}

bool
aliases_lead_to(struct aliases *aliases, struct span name, const char *user)
{
	struct error ignored = {0};
	struct mailbox mailbox = {0};
	bool leads = false, is_final = false;

	if (!read_file(aliases, &ignored))
		return false;
	for (int i = 0; i < ALIAS_DEPTH_MAX && !leads && !is_final; i++) {
		const struct alias_entry *entry =
		    alias_file_find(&aliases->file, name);

		mailbox_free(&mailbox);
		if (entry == NULL ||
		    !sole_target(aliases, entry, &mailbox, &is_final))
			break;
		leads = strcmp(mailbox.local, user) == 0;
		name = span_from(mailbox.local);
	}
	mailbox_free(&mailbox);
	return leads;
}
