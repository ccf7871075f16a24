/*
 * Carries out the commands that set variables and collects the others. It
 * accepts what mutt 2.2 or neomutt accepts; where only one of them accepts a
 * line, it does what that one does.
 */
#include "import/muttrc.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "import/import_file.h"
#include "import/muttrc_key.h"
#include "import/muttrc_name.h"
#include "import/muttrc_word.h"
#include "profile/identity.h"

#define LINE_OCTETS_MAX ((size_t)1024 * 1024)
#define OCTETS_MAX ((size_t)4 * 1024 * 1024)
#define FILES_MAX ((size_t)64)
#define DEPTH_MAX 8
#define NOTES_MAX ((size_t)500)
#define HOOKS_MAX ((size_t)200)
#define SHOWN_OCTETS_MAX ((size_t)200)

enum verb { VERB_SET, VERB_UNSET, VERB_RESET, VERB_TOGGLE };

static bool
has_tried(const struct muttrc *rc, const char *path)
{
	for (size_t i = 0; i < rc->file_count; i++)
		if (strcmp(rc->files[i], path) == 0)
			return true;
	return false;
}

static void
add_file(struct muttrc *rc, const char *path)
{
	*(char **)mem_append(&rc->files, &rc->file_count, sizeof(char *)) =
	    mem_copy_text(path);
}

static void
note(struct muttrc *rc, bool is_lost, const char *verb, struct span object,
    const char *why)
{
	struct muttrc_note *added;
	struct buf statement = {0};
	char *shown;

	if (rc->note_count == NOTES_MAX) {
		rc->unnoted++;
		return;
	}
	shown = utf8_excerpt_masked(object, SHOWN_OCTETS_MAX);
	buf_add_format(&statement, "%s%s%s", verb,
	    *verb != '\0' && *shown != '\0' ? " " : "", shown);
	free(shown);
	added = mem_append(&rc->notes, &rc->note_count, sizeof(*added));
	*added = (struct muttrc_note){.statement = buf_take_text(&statement),
	    .why = mem_copy_text(why),
	    .is_lost = is_lost};
}

/* The next word, appended to `value`. */
static void
read_word(const struct muttrc *rc, struct span *rest, unsigned flags,
    struct muttrc_value *value)
{
	muttrc_word_read(rest, flags, &rc->scope, rc->home, value);
}

/* Up to the end of the command. */
static void
skip_words(const struct muttrc *rc, struct span *rest)
{
	while (muttrc_word_follows(rest)) {
		struct muttrc_value value = {0};

		read_word(rc, rest, 0, &value);
		muttrc_value_free(&value);
	}
}

/*
 * Variables
 */

static void
set_text(struct muttrc *rc, struct span name, const char *text)
{
	struct muttrc_variable *variable = muttrc_scope_put(&rc->scope, name);
	struct muttrc_value value = {0};

	if (variable == NULL)
		return;
	if (text == NULL) {
		variable->is_set = false;
		return;
	}
	buf_add_text(&value.text, text);
	muttrc_value_add(&variable->value, &value);
	muttrc_value_free(&value);
}

/* The opposite of a yes or no, as `toggle` has it. */
static const char *
opposite(const struct muttrc *rc, struct span name, const char *standard)
{
	static const char *const pairs[][2] = {{"yes", "no"}, {"no", "yes"},
	    {"ask-yes", "ask-no"}, {"ask-no", "ask-yes"}};
	const struct muttrc_variable *variable =
	    muttrc_scope_find_set(&rc->scope, name);
	struct span now = variable == NULL ? span_from(standard)
					   : buf_span(&variable->value.text);

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (span_equal_nocase(now, span_from(pairs[i][0])))
			return pairs[i][1];
	return "yes";
}

/* Whether mutt accepts this text for the variable. */
static bool
is_valid(const struct muttrc_key *key, struct span text)
{
	bool is_yes_or_no = span_equal_nocase(text, SPAN("yes")) ||
	    span_equal_nocase(text, SPAN("no"));

	if (key == NULL || key->type == MUTTRC_TEXT || key->type == MUTTRC_LIST)
		return true;
	return is_yes_or_no ||
	    (key->type == MUTTRC_QUAD &&
		(span_equal_nocase(text, SPAN("ask-yes")) ||
		    span_equal_nocase(text, SPAN("ask-no"))));
}

/* After the = of `name = value`, or after += with `adds`. */
static bool
assign(struct muttrc *rc, struct span name, const struct muttrc_key *key,
    bool adds, struct span *rest)
{
	const struct muttrc_variable *old =
	    adds ? muttrc_scope_find_set(&rc->scope, name) : NULL;
	struct muttrc_variable *variable;
	struct muttrc_value value = {0}, colon = {0};

	if (old != NULL)
		muttrc_value_add(&value, &old->value);
	if (old != NULL && key != NULL && key->type == MUTTRC_LIST) {
		buf_add_text(&colon.text, ":");
		muttrc_value_add(&value, &colon);
		muttrc_value_free(&colon);
	}
	read_word(rc, rest, 0, &value);
	if (value.unknown == NULL && !is_valid(key, buf_span(&value.text))) {
		note(rc, true, "set", name, "mutt does not accept its value");
		muttrc_value_free(&value);
		return false;
	}
	variable = muttrc_scope_put(&rc->scope, name);
	if (variable == NULL) {
		muttrc_value_free(&value);
		note(rc, true, "set", name, "there are too many variables");
		return true;
	}
	variable->value = value;
	return true;
}

/* What stands before the name: no, inv, & and ?. */
static enum verb
read_prefix(struct span *rest, enum verb verb)
{
	if (span_starts(*rest, SPAN("no"))) {
		*rest = span_skip(*rest, 2);
		return verb == VERB_UNSET ? VERB_SET : VERB_UNSET;
	}
	if (span_starts(*rest, SPAN("inv"))) {
		*rest = span_skip(*rest, 3);
		return verb == VERB_TOGGLE ? VERB_SET : VERB_TOGGLE;
	}
	if (rest->at[0] == '&') {
		*rest = span_skip(*rest, 1);
		return VERB_RESET;
	}
	return verb;
}

/* Without a value: `set name`, `unset name` and so on. */
static bool
change(struct muttrc *rc, struct span name, const struct muttrc_key *key,
    enum verb verb)
{
	bool is_text = key != NULL &&
	    (key->type == MUTTRC_TEXT || key->type == MUTTRC_LIST);
	struct muttrc_variable *variable;

	if (verb == VERB_RESET) {
		variable = muttrc_scope_put(&rc->scope, name);
		if (variable != NULL) {
			variable->is_set = false;
			variable->is_default = true;
		}
	} else if (is_text || span_starts(name, SPAN("my_"))) {
		if (verb != VERB_UNSET) {
			note(rc, true, "set", name,
			    "without a value mutt only shows it, and does not "
			    "read the rest of the line");
			return false;
		}
		set_text(rc, name, NULL);
	} else if (verb == VERB_TOGGLE) {
		set_text(rc, name,
		    opposite(rc, name, key == NULL ? NULL : key->standard));
	} else if (key == NULL) {
		set_text(rc, name, verb == VERB_SET ? "yes" : NULL);
	} else {
		set_text(rc, name, verb == VERB_SET ? "yes" : "no");
	}
	return true;
}

/*
 * One `name`, `name = value`, `name += value` or the like. Only the first name
 * of a command may be shown if it is unknown.
 */
static bool
set_one(struct muttrc *rc, struct span *rest, enum verb verb, bool is_first)
{
	struct muttrc_value value = {0};
	const struct muttrc_key *key;
	bool goes_on = false, adds = false;
	struct span name;

	if (rest->at[0] == '?')
		return false;
	verb = read_prefix(rest, verb);
	read_word(rc, rest, MUTTRC_WORD_NAME, &value);
	name = buf_span(&value.text);
	key = muttrc_key_find(name);
	if (value.unknown != NULL)
		goto end;
	if (verb == VERB_RESET && span_equal(name, SPAN("all"))) {
		/* The scopes around it do not count any more either. */
		muttrc_scope_free(&rc->scope);
		goto end;
	}
	if (!muttrc_name_is_known(name)) {
		note(rc, true, "set", is_first ? name : (struct span){0},
		    "neither mutt nor neomutt has this variable; they do not "
		    "read the rest of the line");
		goto end;
	}
	if (rest->len > 1 && rest->at[0] == '+' && rest->at[1] == '=') {
		*rest = span_skip(*rest, 1);
		adds = true;
	}
	if (rest->len > 0 && rest->at[0] == '=') {
		bool is_boolean = key != NULL &&
		    (key->type == MUTTRC_BOOL || key->type == MUTTRC_QUAD);

		if (verb == VERB_RESET || (is_boolean && verb != VERB_SET)) {
			note(rc, true, "set", name,
			    "mutt does not accept a value here");
			goto end;
		}
		*rest = span_skip(*rest, 1);
		goes_on = assign(rc, name, key, adds, rest);
	} else {
		goes_on = change(rc, name, key, verb);
	}
end:
	muttrc_value_free(&value);
	return goes_on;
}

static bool
run_set(struct muttrc *rc, struct span *rest, enum verb verb)
{
	bool goes_on = true;

	for (bool is_first = true; goes_on && muttrc_word_follows(rest);
	     is_first = false)
		goes_on = set_one(rc, rest, verb, is_first);
	return goes_on;
}

/* setenv NAME VALUE */
static bool
run_setenv(struct muttrc *rc, struct span *rest)
{
	struct muttrc_value name = {0};
	bool is_set = false;

	read_word(rc, rest, MUTTRC_WORD_NAME, &name);
	if (name.text.len != 0 && name.unknown == NULL) {
		muttrc_scope_put(&rc->others, SPAN("setenv"));
		if (rest->len > 0 && rest->at[0] == '=')
			*rest = span_skip(*rest, 1);
		is_set = assign(rc, buf_span(&name.text), NULL, false, rest);
	}
	muttrc_value_free(&name);
	return is_set;
}

/* my_hdr From: text */
static bool
run_my_hdr(struct muttrc *rc, struct span *rest)
{
	static const struct span field = {"From:", 5};
	struct muttrc_value value = {0};
	struct muttrc_variable *variable;
	struct span text;

	read_word(rc, rest, MUTTRC_WORD_BLANKS | MUTTRC_WORD_QUOTES, &value);
	text = buf_span(&value.text);
	if (!span_starts_nocase(text, field)) {
		muttrc_value_free(&value);
		muttrc_scope_put(&rc->others, SPAN("my_hdr"));
		return true;
	}
	buf_drop(&value.text, field.len);
	variable = muttrc_scope_put(&rc->scope, SPAN("my_hdr From"));
	if (variable == NULL)
		muttrc_value_free(&value);
	else
		variable->value = value;
	return true;
}

/* unmy_hdr From, or * */
static bool
run_unmy_hdr(struct muttrc *rc, struct span *rest)
{
	muttrc_scope_put(&rc->others, SPAN("unmy_hdr"));
	while (muttrc_word_follows(rest)) {
		struct muttrc_value value = {0};
		struct span field;

		read_word(rc, rest, 0, &value);
		field = buf_span(&value.text);
		if (span_equal(field, SPAN("*")) ||
		    span_equal_nocase(field, SPAN("From")) ||
		    span_equal_nocase(field, SPAN("From:")))
			set_text(rc, SPAN("my_hdr From"), NULL);
		muttrc_value_free(&value);
	}
	return true;
}

/*
 * Files
 */

static void run_text(struct muttrc *rc, const char *path, struct span text);

/* The paths that a `source` can mean; the first that exists counts. */
static void
resolve(const struct muttrc *rc, const char *beside, const char *name,
    char *paths[2])
{
	paths[0] = paths[1] = NULL;
	if (name[0] == '~' && name[1] == '/' && rc->home != NULL)
		paths[0] = file_path_in(rc->home, name + 2);
	else if (name[0] == '/')
		paths[0] = mem_copy_text(name);
	else if (strchr("~=+@!<>^-", name[0]) == NULL) {
		/* neomutt; mutt means the folder in which it was started. */
		if (beside != NULL)
			paths[0] = file_path_beside(beside, span_from(name));
		if (rc->home != NULL)
			paths[1] = file_path_in(rc->home, name);
	}
}

/* Reads it and carries it out; false: it cannot be read. */
static bool
run_file(
    struct muttrc *rc, const char *path, struct span name, struct error *err)
{
	struct buf text = {0};
	bool done;

	if (has_tried(rc, path)) {
		note(rc, false, "source", name, "it is named more than once");
		return true;
	}
	if (rc->depth == DEPTH_MAX || rc->file_count == FILES_MAX)
		return error_set(
		    err, ERROR_NO_INPUT, "too many files are read");
	add_file(rc, path);
	done = import_file_read(path, &text, rc->translation, err);
	if (done && text.len > rc->octets_left)
		done =
		    error_set(err, ERROR_NO_INPUT, "too many files are read");
	if (done) {
		note(rc, false, "source", name,
		    "its settings have been taken over with those of this "
		    "file");
		rc->octets_left -= text.len;
		rc->depth++;
		run_text(rc, path, buf_span(&text));
		rc->depth--;
	}
	buf_wipe(&text);
	return done;
}

static void
source_path(struct muttrc *rc, const char *beside, struct span name)
{
	char *wish = span_copy(name), *paths[2];
	bool done = false;
	struct error err;

	error_set(&err, ERROR_NO_INPUT,
	    "mutt looks for it in a folder of mail; import it by its path");
	resolve(rc, beside, wish, paths);
	for (size_t i = 0; i < 2; i++) {
		if (!done && paths[i] != NULL)
			done = run_file(rc, paths[i], name, &err);
		free(paths[i]);
	}
	if (!done)
		note(rc, true, "source", name, err.text);
	free(wish);
}

static bool
run_source(struct muttrc *rc, const char *beside, struct span *rest)
{
	struct muttrc_value value = {0};
	struct span name, program;

	read_word(rc, rest, 0, &value);
	name = buf_span(&value.text);
	if (value.unknown != NULL) {
		note(rc, true, "source", SPAN("FILE"), value.unknown);
	} else if (name.len == 0 || muttrc_word_follows(rest)) {
		muttrc_value_free(&value);
		return false;
	} else if (name.at[name.len - 1] == '|') {
		/* The arguments can hold a password. */
		program = span_head(name, span_find(name, ' '));
		if (program.at[program.len - 1] == '|')
			program.len--;
		note(rc, true, "source the output of", program,
		    "--import runs no command; what it sets is missing here");
	} else {
		source_path(rc, beside, name);
	}
	muttrc_value_free(&value);
	return true;
}

/*
 * Hooks
 */

static void
free_hook(struct muttrc_hook *hook)
{
	muttrc_value_free(&hook->pattern);
	muttrc_value_free(&hook->commands);
}

/* Whether commands set a variable of ours, or read a file. */
static bool
concerns_mail(const struct muttrc_value *commands)
{
	struct span text = buf_span(&commands->text);

	return muttrc_key_is_in(text) ||
	    memmem(text.at, text.len, "source", 6) != NULL;
}

/* TYPE PATTERN COMMANDS */
static bool
run_hook(struct muttrc *rc, struct span *rest, const char *type)
{
	struct muttrc_hook hook = {.type = type}, *added;

	/* neomutt takes -noregex here. */
	if (span_starts(*rest, SPAN("-noregex")))
		*rest = span_skip(*rest, strlen("-noregex"));
	read_word(rc, rest, 0, &hook.pattern);
	read_word(rc, rest, MUTTRC_WORD_BLANKS, &hook.commands);
	if (hook.commands.text.len == 0 || !concerns_mail(&hook.commands)) {
		muttrc_scope_put(&rc->others, span_from(type));
	} else if (rc->hook_count == HOOKS_MAX) {
		note(rc, true, type, (struct span){0}, "there are too many");
	} else {
		added = mem_append(&rc->hooks, &rc->hook_count, sizeof(*added));
		*added = hook;
		return true;
	}
	free_hook(&hook);
	return true;
}

/* Commands that run when a key is pressed, or only in some versions of mutt. */
static bool
run_later(struct muttrc *rc, struct span *rest, const char *name)
{
	bool concerns = false;

	while (muttrc_word_follows(rest)) {
		struct muttrc_value value = {0};

		read_word(rc, rest, 0, &value);
		concerns = concerns || concerns_mail(&value);
		muttrc_value_free(&value);
	}
	if (concerns)
		note(rc, true, name, (struct span){0},
		    "it changes how mail is sent only when it is carried out; "
		    "if it reads a file with another account, import that "
		    "file, too");
	else
		muttrc_scope_put(&rc->others, span_from(name));
	return true;
}

/* unhook TYPE, or * */
static bool
run_unhook(struct muttrc *rc, struct span *rest)
{
	struct muttrc_value value = {0};
	struct span type;
	size_t kept = 0;

	read_word(rc, rest, 0, &value);
	type = buf_span(&value.text);
	for (size_t i = 0; i < rc->hook_count; i++)
		if (span_equal(type, SPAN("*")) ||
		    span_equal(type, span_from(rc->hooks[i].type)))
			free_hook(&rc->hooks[i]);
		else
			rc->hooks[kept++] = rc->hooks[i];
	rc->hook_count = kept;
	muttrc_value_free(&value);
	muttrc_scope_put(&rc->others, SPAN("unhook"));
	return true;
}

/*
 * Lines
 */

/* Commands of mutt or neomutt that have nothing to do with sending. */
static const char *const other_commands[] = {"alias", "alternates",
    "alternative_order", "append-hook", "attachments", "auto_view", "bind",
    "cd", "charset-hook", "close-hook", "color", "crypt-hook", "echo", "exec",
    "fcc-hook", "fcc-save-hook", "finish", "group", "hdr_order", "iconv-hook",
    "ignore", "index-format-hook", "lists", "lua", "lua-source", "mailboxes",
    "mailto_allow", "mbox-hook", "mime_lookup", "mono", "named-mailboxes",
    "nospam", "open-hook", "pgp-hook", "push", "save-hook", "score",
    "shutdown-hook", "sidebar_pin", "sidebar_unpin", "sidebar_whitelist",
    "spam", "startup-hook", "subjectrx", "subscribe", "subscribe-to",
    "tag-formats", "tag-transforms", "timeout-hook", "unalias", "unalternates",
    "unalternative_order", "unattachments", "unauto_view", "unbind", "uncolor",
    "ungroup", "unhdr_order", "unignore", "unlists", "unmacro", "unmailboxes",
    "unmailto_allow", "unmime_lookup", "unmono", "unscore", "unsetenv",
    "unsidebar_whitelist", "unsubjectrx", "unsubscribe", "unsubscribe-from",
    "unvirtual-mailboxes", "version", "virtual-mailboxes"};

static const char *const hook_commands[] = {"account-hook", "folder-hook",
    "message-hook", "reply-hook", "send-hook", "send2-hook"};

static const char *const later_commands[] = {"ifdef", "ifndef", "macro", "run"};

static const struct {
	const char *name;
	enum verb verb;
} set_commands[] = {{"set", VERB_SET}, {"unset", VERB_UNSET},
    {"reset", VERB_RESET}, {"toggle", VERB_TOGGLE}};

/* The name in the list; NULL: it is not there. */
static const char *
find_name(const char *const *names, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(name, span_from(names[i])))
			return names[i];
	return NULL;
}

#define FIND_NAME(list, name) \
	find_name(list, sizeof(list) / sizeof(*(list)), name)

/* False if mutt would not read the rest of the line. */
static bool
run_command(struct muttrc *rc, const char *path, struct span name,
    bool is_first, struct span *rest)
{
	const char *known;

	for (size_t i = 0; i < sizeof(set_commands) / sizeof(*set_commands);
	     i++)
		if (span_equal(name, span_from(set_commands[i].name)))
			return run_set(rc, rest, set_commands[i].verb);
	if (span_equal(name, SPAN("source")))
		return run_source(rc, path, rest);
	if (span_equal(name, SPAN("my_hdr")))
		return run_my_hdr(rc, rest);
	if (span_equal(name, SPAN("unmy_hdr")))
		return run_unmy_hdr(rc, rest);
	if (span_equal(name, SPAN("setenv")))
		return run_setenv(rc, rest);
	if (span_equal(name, SPAN("unhook")))
		return run_unhook(rc, rest);
	if ((known = FIND_NAME(hook_commands, name)) != NULL)
		return run_hook(rc, rest, known);
	if ((known = FIND_NAME(later_commands, name)) != NULL)
		return run_later(rc, rest, known);
	if (FIND_NAME(other_commands, name) != NULL) {
		muttrc_scope_put(&rc->others, name);
		/* An alias goes on to the end of its line. */
		if (span_equal(name, SPAN("alias")))
			*rest = (struct span){0};
		skip_words(rc, rest);
		return true;
	}
	/* Later on the line it can be a part of a password with a semicolon. */
	note(rc, true, "", is_first ? name : (struct span){0},
	    "neither mutt nor neomutt has this command");
	return false;
}

static void
run_line(struct muttrc *rc, const char *path, struct span line)
{
	bool goes_on = true, is_first = true;

	while (goes_on && (muttrc_word_follows(&line) || line.len > 0)) {
		struct muttrc_value name = {0};

		if (line.at[0] == '#')
			return;
		if (line.at[0] == ';') {
			line = span_skip(line, 1);
			continue;
		}
		read_word(rc, &line, 0, &name);
		goes_on = name.unknown == NULL &&
		    run_command(
			rc, path, buf_span(&name.text), is_first, &line);
		is_first = false;
		muttrc_value_free(&name);
	}
}

/* Removes the last octet of the line if it is this one. */
static bool
drop_last(struct buf *line, char c)
{
	if (line->len == 0 || line->data[line->len - 1] != c)
		return false;
	line->len--;
	return true;
}

/*
 * Removes a line, with those that a backslash at its end joins to it, from the
 * front of *text. Comments go on, too. As in mutt, an empty line that is joined
 * lets the octet before the backslash decide again.
 */
static void
next_line(struct span *text, struct buf *line)
{
	bool goes_on = true;

	buf_clear(line);
	while (goes_on && text->len > 0) {
		size_t end = span_find(*text, '\n');
		bool is_ended = end < text->len;

		buf_add_span(line, span_head(*text, end));
		*text = span_skip(*text, end + 1);
		if (is_ended)
			drop_last(line, '\r');
		goes_on = is_ended && drop_last(line, '\\');
	}
}

static void
run_text(struct muttrc *rc, const char *path, struct span text)
{
	struct buf line;

	buf_init_secret(&line, LINE_OCTETS_MAX);
	while (text.len > 0) {
		next_line(&text, &line);
		run_line(rc, path, buf_span(&line));
	}
	buf_wipe(&line);
}

void
muttrc_read(struct muttrc *rc, struct translation *translation,
    const char *path, struct span text, const struct muttrc *outer)
{
	*rc = (struct muttrc){.translation = translation,
	    .octets_left = OCTETS_MAX,
	    .home = identity_home()};
	if (outer != NULL) {
		rc->scope.outer = &outer->scope;
		rc->octets_left = outer->octets_left;
	}
	if (path != NULL)
		add_file(rc, path);
	run_text(rc, path, text);
}

void
muttrc_free(struct muttrc *rc)
{
	muttrc_scope_free(&rc->scope);
	for (size_t i = 0; i < rc->hook_count; i++)
		free_hook(&rc->hooks[i]);
	free(rc->hooks);
	for (size_t i = 0; i < rc->note_count; i++) {
		free(rc->notes[i].statement);
		free(rc->notes[i].why);
	}
	free(rc->notes);
	for (size_t i = 0; i < rc->file_count; i++)
		free(rc->files[i]);
	free(rc->files);
	muttrc_scope_free(&rc->others);
	free(rc->home);
	*rc = (struct muttrc){0};
}
