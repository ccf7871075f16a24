/*
 * The variables at the end of the file are one account; each hook that chooses
 * another server or login is one more. mutt keeps everything else.
 */
#include "import/mutt.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "import/mutt_account.h"
#include "import/mutt_variable.h"
#include "import/muttrc.h"
#include "import/muttrc_key.h"

#define NAMES_SHOWN ((size_t)120)
#define HOOK_SHOWN ((size_t)80)
#define HOOK_OCTETS_MAX ((size_t)2 * 1024 * 1024)

/* What a hook chooses. */
struct account {
	struct muttrc rc;
	char *sender; /* NULL: none is known */
	char *name;   /* of its profile */
};

struct reader {
	struct translation *translation;
	struct import_profile *top; /* for comments on the whole file */
	struct muttrc file;
	bool has_server;	  /* the file has, outside of its hooks */
	char *sender;		  /* with that server; NULL: none is known */
	struct account *accounts; /* of the hooks that became profiles */
	size_t count;
};

static const char *const typical_commands[] = {"account-hook", "alternates",
    "auto_view", "bind", "color", "folder-hook", "hdr_order", "macro",
    "mailboxes", "mime_lookup", "mono", "my_hdr", "send-hook", "subscribe",
    NULL};

/* Variables that no other program sets with `set`; other starts have more. */
static const char *const typical_starts[] = {"from ", "from=", "folder",
    "hostname", "imap_", "mbox_type", "my_", "pop_", "realname", "smtp_",
    "sort", "spoolfile", "ssl_", "use_from", NULL};

/* s-nail has `set` too, but writes hyphens where mutt has underscores. */
bool
mutt_is_like(struct span text)
{
	while (text.len > 0) {
		size_t end = span_find(text, '\n');
		struct span rest = span_head(text, end), word;

		text = span_skip(text, end + 1);
		if (!span_next_word(&rest, " \t\r", &word))
			continue;
		rest = span_trim(rest);
		if (span_equal(word, SPAN("set")) &&
		    span_starts(rest, SPAN("smtp_url")))
			return true;
		if (span_equal(word, SPAN("set")) &&
		    span_find(rest, '_') < span_find(rest, '=') &&
		    span_starts_one(rest, typical_starts))
			return true;
		for (size_t i = 0; typical_commands[i] != NULL; i++)
			if (span_equal(word, span_from(typical_commands[i])))
				return true;
	}
	return false;
}

/* The way back: what the muttrc needs for this profile. */
static void
show_way_back(struct import_profile *profile, const char *when)
{
	struct buf text = {0};

	buf_add_format(&text,
	    "in the muttrc%s, instead of smtp_url: set sendmail=\"smtpost "
	    "--quiet -P "
	    "%s\" use_envelope_from; unset smtp_url",
	    when, profile->name != NULL ? profile->name : "default");
	import_profile_comment(profile, buf_text(&text));
	buf_free(&text);
}

/*
 * Comments on the variables of the scope that do not concern us, many in a
 * line.
 */
static void
comment_on_names(struct reader *reader, const struct muttrc_scope *scope)
{
	struct buf names = {0};

	for (size_t i = 0; i < scope->count; i++) {
		struct span name = span_from(scope->variables[i].name);
		char *shown;

		if (muttrc_key_find(name) != NULL)
			continue;
		shown = utf8_excerpt_masked(name, HOOK_SHOWN);
		if (names.len > 0 && names.len + strlen(shown) > NAMES_SHOWN) {
			import_profile_need_not(reader->top, buf_span(&names),
			    "it is not about sending mail; leave it in the "
			    "muttrc");
			buf_clear(&names);
		}
		buf_add_format(
		    &names, "%s%s", names.len > 0 ? ", " : "", shown);
		free(shown);
	}
	if (names.len > 0)
		import_profile_need_not(reader->top, buf_span(&names),
		    "it is not about sending mail; leave it in the muttrc");
	buf_free(&names);
}

/* Comments on statements that became neither a variable nor a hook. */
static void
comment_on_notes(
    struct import_profile *profile, const struct muttrc *rc, bool only_lost)
{
	struct buf rest = {0};

	for (size_t i = 0; i < rc->note_count; i++) {
		const struct muttrc_note *note = &rc->notes[i];

		if (note->is_lost)
			import_profile_leave(
			    profile, span_from(note->statement), note->why);
		else if (!only_lost)
			import_profile_need_not(
			    profile, span_from(note->statement), note->why);
	}
	if (rc->unnoted > 0) {
		buf_add_format(
		    &rest, "and %zu more statements like these", rc->unnoted);
		import_profile_leave(
		    profile, (struct span){0}, buf_text(&rest));
		buf_free(&rest);
	}
}

/*
 * Hooks
 */

/* The last part of a path, of an address or of a pattern, without its end. */
static struct span
last_part(struct span text)
{
	while (text.len > 0 && !ascii_is_alnum(text.at[text.len - 1]))
		text.len--;
	text = file_last_part(text);
	while (text.len > 0 && !ascii_is_alnum(text.at[0]))
		text = span_skip(text, 1);
	return text;
}

/* Whether another account has the same sender. */
static bool
shares_sender(const struct reader *reader, const char *sender, size_t except)
{
	if (reader->sender != NULL && strcmp(reader->sender, sender) == 0)
		return true;
	for (size_t i = 0; i < reader->count; i++) {
		const char *other = reader->accounts[i].sender;

		if (i != except && other != NULL && strcmp(other, sender) == 0)
			return true;
	}
	return false;
}

/* A name for the profile of a hook: its file, its folder, or its address. */
static char *
make_name(const struct reader *reader, const struct muttrc_hook *hook,
    const struct account *account)
{
	static const char *const ends[] = {
	    ".muttrc", ".neomuttrc", ".rc", ".conf", NULL};
	struct span name = {0};

	/* The first file is the muttrc itself. */
	if (account->rc.file_count > 1) {
		name = last_part(span_from(account->rc.files[1]));
		for (size_t i = 0; ends[i] != NULL; i++) {
			struct span end = span_from(ends[i]);

			if (name.len > end.len &&
			    span_equal(
				span_skip(name, name.len - end.len), end))
				name.len -= end.len;
		}
	} else if (strcmp(hook->type, "folder-hook") == 0) {
		name = last_part(buf_span(&hook->pattern.text));
	}
	if (name.len > 0 && memchr(name.at, '\0', name.len) == NULL)
		return span_copy(name);
	if (account->sender != NULL &&
	    !shares_sender(reader, account->sender, reader->count))
		return mem_copy_text(account->sender);
	return mutt_account_host(&account->rc);
}

/* "folder-hook PATTERN"; its commands are not shown. */
static void
add_hook_line(const struct muttrc_hook *hook, struct buf *line)
{
	struct span pattern = buf_span(&hook->pattern.text);
	size_t at = span_find_last(pattern, '@');
	char *shown;

	/* A pattern can be a URL with a password. */
	if (at < pattern.len && span_find(pattern, ':') < at)
		pattern = span_skip(pattern, at + 1);
	shown = utf8_excerpt_masked(pattern, HOOK_SHOWN);
	buf_add_format(line, "%s %s", hook->type, shown);
	free(shown);
}

static void
comment_on_hook(struct reader *reader, const struct muttrc_hook *hook,
    bool is_lost, const char *why)
{
	struct buf line = {0};

	add_hook_line(hook, &line);
	if (is_lost)
		import_profile_leave(reader->top, buf_span(&line), why);
	else
		import_profile_need_not(reader->top, buf_span(&line), why);
	buf_free(&line);
}

/* The name of a profile that sends as the account does; NULL: none. */
static const char *
find_same(const struct reader *reader, const struct muttrc *account)
{
	if (reader->has_server && mutt_account_is_same(account, &reader->file))
		return "default";
	for (size_t i = 0; i < reader->count; i++)
		if (mutt_account_is_same(account, &reader->accounts[i].rc))
			return reader->accounts[i].name;
	return NULL;
}

static bool
has_key(const struct muttrc *rc)
{
	for (size_t i = 0; i < rc->scope.count; i++)
		if (muttrc_key_find(span_from(rc->scope.variables[i].name)) !=
		    NULL)
			return true;
	return false;
}

/* Says why the account of a hook becomes no profile; false: it becomes one. */
static bool
refuse_account(struct reader *reader, const struct muttrc_hook *hook,
    const struct muttrc *account)
{
	const char *same;
	struct buf why = {0};

	if (!has_key(account)) {
		comment_on_hook(
		    reader, hook, false, "it does not change how mail is sent");
	} else if (!mutt_account_is_changed(account)) {
		comment_on_hook(reader, hook, false,
		    "it changes the sender, which mutt passes to smtpost with "
		    "use_envelope_from");
	} else if (!mutt_account_has_server(account)) {
		comment_on_hook(reader, hook, true,
		    "it sets no smtp_url that smtpost can use");
	} else if ((same = find_same(reader, account)) != NULL) {
		buf_add_format(
		    &why, "it uses the account of the profile %s", same);
		comment_on_hook(reader, hook, false, buf_text(&why));
	} else {
		return false;
	}
	buf_free(&why);
	return true;
}

static bool
name_is_taken(const struct reader *reader, const char *name)
{
	if (strcmp(name, "default") == 0)
		return true;
	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->accounts[i].name, name) == 0)
			return true;
	return false;
}

/* Makes the name different from those of the other profiles. */
static char *
make_single(const struct reader *reader, char *name)
{
	struct buf other = {0};

	for (unsigned number = 2;
	     name_is_taken(reader, other.len > 0 ? buf_text(&other) : name);
	     number++) {
		buf_clear(&other);
		buf_add_format(&other, "%s-%u", name, number);
	}
	if (other.len == 0)
		return name;
	free(name);
	return buf_take_text(&other);
}

static bool
is_of_folder(const struct muttrc_hook *hook)
{
	return strcmp(hook->type, "folder-hook") == 0 ||
	    strcmp(hook->type, "account-hook") == 0;
}

/* Whether mutt carries both out for the same folder, address and so on. */
static bool
go_together(const struct muttrc_hook *a, const struct muttrc_hook *b)
{
	return span_equal(
		   buf_span(&a->pattern.text), buf_span(&b->pattern.text)) &&
	    (strcmp(a->type, b->type) == 0 ||
		(is_of_folder(a) && is_of_folder(b)));
}

/* Reads a hook and the later ones that go together with it. */
static void
read_hook(struct reader *reader, size_t index, const char *path)
{
	const struct muttrc_hook *hooks = reader->file.hooks,
				 *hook = &hooks[index];
	struct account account = {0}, *added;
	struct buf commands;

	for (size_t i = 0; i < index; i++)
		if (go_together(&hooks[i], hook))
			return;
	buf_init_secret(&commands, HOOK_OCTETS_MAX);
	for (size_t i = index; i < reader->file.hook_count; i++)
		if (go_together(hook, &hooks[i])) {
			buf_add_span(
			    &commands, buf_span(&hooks[i].commands.text));
			buf_add_char(&commands, '\n');
		}
	muttrc_read(&account.rc, reader->translation, path, buf_span(&commands),
	    &reader->file);
	if (has_key(&account.rc))
		reader->translation->tally.is_understood = true;
	buf_wipe(&commands);
	reader->file.octets_left = account.rc.octets_left;
	if (refuse_account(reader, hook, &account.rc)) {
		comment_on_notes(reader->top, &account.rc, true);
		muttrc_free(&account.rc);
		return;
	}
	account.sender = mutt_account_sender(&account.rc);
	account.name = make_single(reader, make_name(reader, hook, &account));
	added = mem_append(&reader->accounts, &reader->count, sizeof(*added));
	*added = account;
}

/* The profile of the account number `index`, which a hook chooses. */
static void
translate_hook(struct reader *reader, size_t index, bool all)
{
	const struct muttrc *account = &reader->accounts[index].rc;
	struct import_profile *profile = translation_profile(
	    reader->translation, span_from(reader->accounts[index].name));
	const char *sender = reader->accounts[index].sender;

	mutt_account_translate(account, all, profile);
	/* smtpost chooses the profile by the sender, where mutt has hooks. */
	if (sender != NULL && !shares_sender(reader, sender, index))
		import_profile_set_text(
		    profile, "match", sender, "the hook that sets smtp_url");
	comment_on_notes(profile, account, false);
	show_way_back(profile, ", in the hook of this account");
}

/* The account in the arguments of msmtp: -a NAME, --account NAME or with =. */
static struct span
find_account(struct span arguments)
{
	static const struct span option = {"--account=", 10};
	struct span word;

	while (span_next_word(&arguments, " ", &word)) {
		if (span_starts(word, option))
			return span_skip(word, option.len);
		if ((span_equal(word, SPAN("-a")) ||
			span_equal(word, SPAN("--account"))) &&
		    span_next_word(&arguments, " ", &word))
			return word;
	}
	return SPAN("PROFILE");
}

/* mutt gives mail to a program, whose configuration is the one to import. */
static void
explain_program(const struct muttrc *file, struct buf *why)
{
	struct span program, rest = mutt_variable_text(file, "sendmail");
	char *shown, *account;

	if (!span_next_word(&rest, " ", &program))
		program = SPAN("sendmail");
	shown = utf8_excerpt_masked(program, HOOK_SHOWN);
	account = utf8_excerpt_masked(find_account(rest), HOOK_SHOWN);
	buf_add_format(why,
	    "it does not set smtp_url, so mutt gives its mail to the command "
	    "%s\n"
	    "hint: import the configuration of that program%s, then write into "
	    "the muttrc: set sendmail=\"smtpost --quiet -P %s\" "
	    "use_envelope_from",
	    shown,
	    memmem(program.at, program.len, "msmtp", 5) != NULL
		? " (smtpost --import ~/.msmtprc)"
		: "",
	    account);
	free(shown);
	free(account);
}

/* No account became a profile. Says why, and what to do with the variables. */
static void
explain_nothing(struct reader *reader, struct buf *why)
{
	const struct muttrc_scope *scope = &reader->file.scope;

	if (mutt_variable_find(&reader->file, "smtp_url") == NULL)
		explain_program(&reader->file, why);
	else
		buf_add_text(why,
		    "its smtp_url cannot be used, or is not known without "
		    "running a command\n"
		    "hint: --setup asks for the server");
	for (size_t i = 0; i < scope->count; i++) {
		struct span name = span_from(scope->variables[i].name);

		if (span_equal(name, SPAN("smtp_url")))
			import_profile_leave(reader->top, name,
			    "it is not a server that smtpost can use");
		else if (muttrc_key_find(name) != NULL)
			import_profile_need_not(reader->top, name,
			    "there is no profile for it; leave it in the "
			    "muttrc");
	}
}

static void
translate(struct reader *reader)
{
	struct import_profile *profile;

	comment_on_names(reader, &reader->file.scope);
	comment_on_names(reader, &reader->file.others);
	comment_on_notes(reader->top, &reader->file, false);
	if (reader->has_server) {
		profile = translation_profile(reader->translation,
		    reader->count > 0 ? SPAN("default") : SPAN(""));
		mutt_account_translate(&reader->file, true, profile);
		show_way_back(profile, "");
	}
	for (size_t i = 0; i < reader->count; i++)
		translate_hook(reader, i, !reader->has_server && i == 0);
}

bool
mutt_read(const struct import_source *source, struct translation *translation,
    struct error *err)
{
	struct reader reader = {.translation = translation,
	    .top = translation_profile(translation, SPAN(""))};

	(void)err;
	muttrc_read(
	    &reader.file, translation, source->path, source->text, NULL);
	translation->tally.is_understood = has_key(&reader.file);
	reader.has_server = mutt_account_has_server(&reader.file);
	if (reader.has_server)
		reader.sender = mutt_account_sender(&reader.file);
	for (size_t i = 0; i < reader.file.hook_count; i++)
		read_hook(&reader, i, source->path);
	if (reader.count == 0 && !reader.has_server)
		explain_nothing(&reader, &translation->nothing);
	translate(&reader);
	for (size_t i = 0; i < reader.count; i++) {
		muttrc_free(&reader.accounts[i].rc);
		free(reader.accounts[i].sender);
		free(reader.accounts[i].name);
	}
	free(reader.accounts);
	free(reader.sender);
	muttrc_free(&reader.file);
	return true;
}
