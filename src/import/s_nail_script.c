/*
 * What only s-nail can know is not guessed: a variable that is set under a
 * condition, other than that mail is sent, is not taken over.
 */
#include "import/s_nail_script.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/import_names.h"
#include "import/s_nail_variable.h"
#include "import/s_nail_words.h"

#define VARIABLES_MAX ((size_t)500)
#define BLOCKS_MAX ((size_t)500)
#define STEPS_MAX ((size_t)50 * 1000)
#define OCTETS_MAX ((size_t)4 * 1024 * 1024)
#define CALLS_MAX 8
#define CONDITIONS_MAX 32

/* Whether s-nail comes to a line; ordered by what an outer one allows. */
enum branch { BRANCH_TAKEN, BRANCH_UNKNOWN, BRANCH_SKIPPED };

struct condition {
	enum branch branch;
	enum branch before; /* the likeliest branch of the same `if` */
};

/* One run of a text. */
struct run {
	struct s_nail_script *script;
	struct s_nail_scope *scope;
	struct span rest; /* lines that are not read yet */
	struct buf line;  /* a line with those that continue it */
	struct condition conditions[CONDITIONS_MAX];
	size_t depth;	/* of conditions */
	unsigned calls; /* of macros */
};

static void run_text(struct s_nail_script *script, struct s_nail_scope *scope,
    struct span text, unsigned calls);

static bool
is_continued(struct span line)
{
	size_t count = 0;

	while (count < line.len && line.at[line.len - 1 - count] == '\\')
		count++;
	return count % 2 == 1;
}

/* Reads a line; blanks at the beginning of one that continues it go. */
static bool
read_line(struct run *run)
{
	bool going = true;

	buf_wipe(&run->line);
	if (run->rest.len == 0)
		return false;
	buf_init_secret(&run->line, run->rest.len);
	while (going && run->rest.len > 0) {
		size_t end = span_find(run->rest, '\n');
		struct span line = span_head(run->rest, end);

		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		while (run->line.len > 0 && line.len > 0 &&
		    ascii_is_blank(line.at[0]))
			line = span_skip(line, 1);
		going = is_continued(line);
		buf_add_span(
		    &run->line, span_head(line, line.len - (going ? 1 : 0)));
		run->rest = span_skip(run->rest, end + 1);
	}
	return true;
}

static enum branch
branch_of(const struct run *run)
{
	enum branch branch = BRANCH_TAKEN;

	for (size_t i = 0; i < run->depth && i < CONDITIONS_MAX; i++)
		if (run->conditions[i].branch > branch)
			branch = run->conditions[i].branch;
	return run->depth > CONDITIONS_MAX ? BRANCH_UNKNOWN : branch;
}

static struct s_nail_variable *
find_own(struct s_nail_scope *scope, struct span name)
{
	for (size_t i = 0; i < scope->count; i++)
		if (span_equal(name, span_from(scope->variables[i].name)))
			return &scope->variables[i];
	return NULL;
}

struct s_nail_variable *
s_nail_script_find(struct s_nail_scope *scope, struct span name)
{
	for (; scope != NULL; scope = scope->outer) {
		struct s_nail_variable *variable = find_own(scope, name);

		if (variable != NULL)
			return variable->is_set ? variable : NULL;
	}
	return NULL;
}

void
s_nail_script_add_line(struct buf *line, const struct s_nail_variable *variable)
{
	const struct s_nail_variable_row *row =
	    s_nail_variable_find_row(span_from(variable->name));

	buf_add_text(line, variable->name);
	if (variable->value.len > 0 && row != NULL &&
	    !(row->traits & S_NAIL_SECRET)) {
		buf_add_char(line, '=');
		buf_add_span(line, buf_span(&variable->value));
	}
}

/* The variable in this scope; NULL: there are too many. */
static struct s_nail_variable *
make(struct run *run, struct span name)
{
	struct s_nail_scope *scope = run->scope;
	struct s_nail_variable *variable = find_own(scope, name);

	if (variable == NULL && scope->count == VARIABLES_MAX) {
		run->script->is_too_much = true;
		return NULL;
	}
	if (variable == NULL) {
		variable = mem_append(
		    &scope->variables, &scope->count, sizeof(*variable));
		variable->name = span_copy(name);
	} else if (variable->is_set && !variable->is_used) {
		import_profile_need_not(
		    run->script->top, name, "a later line changes it");
	}
	variable->is_used = false;
	buf_wipe(&variable->value);
	return variable;
}

/* A variable, a macro or an account in a branch that may not be taken. */
static void
leave_branch(struct run *run, struct span name)
{
	import_profile_leave(run->script->top, name,
	    branch_of(run) == BRANCH_SKIPPED
		? "s-nail does not reach this line when it sends mail"
		: "it depends on a condition that only s-nail can judge");
}

static void
unset_variable(struct run *run, struct span name)
{
	const struct s_nail_variable_row *row = s_nail_variable_find_row(name);
	struct s_nail_variable *variable;

	if (row == NULL || row->why_not != NULL || row->needless != NULL) {
		import_names_add(&run->script->others, name);
		return;
	}
	if (branch_of(run) != BRANCH_TAKEN) {
		leave_branch(run, name);
		return;
	}
	if (s_nail_script_find(run->scope, name) == NULL) {
		import_profile_need_not(
		    run->script->top, name, "it is not set");
		return;
	}
	variable = make(run, name);
	if (variable != NULL)
		variable->is_set = false;
}

static void
set_variable(
    struct run *run, struct span name, struct span value, bool is_known)
{
	const struct s_nail_variable_row *row = s_nail_variable_find_row(name);
	struct s_nail_variable *variable;

	if (row == NULL) {
		import_names_add(&run->script->others, name);
		return;
	}
	run->script->top->tally->is_understood = true;
	if (row->why_not != NULL) {
		import_profile_leave(run->script->top, name, row->why_not);
	} else if (row->needless != NULL) {
		import_profile_need_not(run->script->top, name, row->needless);
	} else if (branch_of(run) != BRANCH_TAKEN) {
		leave_branch(run, name);
	} else if ((variable = make(run, name)) != NULL) {
		buf_init_secret(&variable->value, value.len + 1);
		buf_add_span(&variable->value, value);
		variable->is_set = true;
		variable->is_known = is_known;
	}
}

/* v15-compat with a value makes all quoting that of the shell. */
static bool
is_shell(const struct run *run)
{
	struct s_nail_variable *compat =
	    s_nail_script_find(run->scope, SPAN("v15-compat"));

	return compat != NULL && compat->value.len > 0;
}

/*
 * What follows a password, or a = with blanks around it, may be a part of a
 * password that lacks its quotes.
 */
static void
run_set(struct run *run, struct span *arguments, bool shell)
{
	bool is_known, after_secret = false;
	struct buf word;

	buf_init_secret(&word, arguments->len + 8);
	while (s_nail_words_next(arguments, shell, &word, &is_known)) {
		struct span text = buf_span(&word);
		size_t equals = span_find(text, '=');
		struct span name = span_head(text, equals);
		const struct s_nail_variable_row *row =
		    s_nail_variable_find_row(name);

		if (after_secret && row == NULL)
			import_names_add(
			    &run->script->others, SPAN("(after a password)"));
		else if (equals == text.len && span_starts(name, SPAN("no")) &&
		    name.len > 2)
			unset_variable(run, span_skip(name, 2));
		else if (name.len > 0)
			set_variable(
			    run, name, span_skip(text, equals + 1), is_known);
		after_secret = after_secret || name.len == 0 ||
		    (row != NULL && row->traits & S_NAIL_SECRET);
	}
	buf_wipe(&word);
}

static void
run_unset(struct run *run, struct span *arguments)
{
	struct buf word;
	bool is_known;

	buf_init_secret(&word, arguments->len + 8);
	while (s_nail_words_next(arguments, true, &word, &is_known))
		unset_variable(run, buf_span(&word));
	buf_wipe(&word);
}

static struct s_nail_block *
find_block(struct s_nail_script *script, struct span name, bool is_account)
{
	for (size_t i = 0; i < script->count; i++)
		if (script->blocks[i]->is_account == is_account &&
		    span_equal(span_from(script->blocks[i]->name), name))
			return script->blocks[i];
	return NULL;
}

/* The octets up to a line with only "}", which is read too. */
static struct span
read_body(struct run *run)
{
	struct span body = {run->rest.at, 0};

	while (run->rest.len > 0) {
		size_t end = span_find(run->rest, '\n');
		struct span line = span_head(run->rest, end);

		run->rest = span_skip(run->rest, end + 1);
		if (span_equal(span_trim(line), SPAN("}")))
			break;
		body.len = (size_t)(line.at + line.len - body.at);
	}
	return body;
}

/* Keeps a macro or an account. */
static void
run_block(struct run *run, struct span name, bool is_account)
{
	struct s_nail_script *script = run->script;
	struct s_nail_block *block = find_block(script, name, is_account);
	struct span body = read_body(run);

	script->octets += body.len;
	if (branch_of(run) != BRANCH_TAKEN) {
		leave_branch(run, name);
		return;
	}
	if (block == NULL && script->count == BLOCKS_MAX) {
		script->is_too_much = true;
		return;
	}
	if (block == NULL) {
		block = mem_new(1, sizeof(*block));
		*(struct s_nail_block **)mem_append(
		    &script->blocks, &script->count, sizeof(block)) = block;
		block->name = span_copy(name);
	}
	block->body = body;
	block->is_account = is_account;
}

/* Its first argument, without quotes; caller frees. */
static char *
take_name(struct span *arguments)
{
	struct buf word = {0};
	bool is_known;

	s_nail_words_next(arguments, true, &word, &is_known);
	return buf_take_text(&word);
}

/* "account NAME {" defines it, "account NAME" switches to it. */
static void
run_account(struct run *run, struct span arguments)
{
	char *name = take_name(&arguments);

	if (span_equal(span_trim(arguments), SPAN("{"))) {
		run_block(run, span_from(name), true);
	} else if (name[0] != '\0' && branch_of(run) == BRANCH_TAKEN) {
		free(run->script->account);
		run->script->account = name;
		return;
	}
	free(name);
}

static void
run_define(struct run *run, struct span arguments)
{
	char *name = take_name(&arguments);

	if (span_equal(span_trim(arguments), SPAN("{")))
		run_block(run, span_from(name), false);
	free(name);
}

static void
run_call(struct run *run, struct span arguments)
{
	char *name = take_name(&arguments);
	struct s_nail_block *block =
	    find_block(run->script, span_from(name), false);

	free(name);
	if (block == NULL || branch_of(run) != BRANCH_TAKEN)
		return;
	block->is_used = true;
	if (run->calls == CALLS_MAX)
		run->script->is_too_much = true;
	else
		run_text(run->script, run->scope, block->body, run->calls + 1);
}

/* Whether s-nail takes the branch when it sends mail. */
static enum branch
judge(struct span condition)
{
	static const char *const taken[] = {
	    "s", "se", "sen", "send", "1", "y", "yes", "on", "true", NULL};
	static const char *const skipped[] = {
	    "r", "receive", "0", "n", "no", "off", "false", NULL};

	condition = span_trim(condition);
	for (size_t i = 0; taken[i] != NULL; i++)
		if (span_equal_nocase(condition, span_from(taken[i])))
			return BRANCH_TAKEN;
	for (size_t i = 0; skipped[i] != NULL; i++)
		if (span_equal_nocase(condition, span_from(skipped[i])))
			return BRANCH_SKIPPED;
	return BRANCH_UNKNOWN;
}

/* A condition, or `else`: the branches of one `if` exclude each other. */
static void
begin_branch(struct run *run, enum branch branch)
{
	struct condition *condition = &run->conditions[run->depth - 1];

	condition->branch = condition->before == BRANCH_TAKEN ? BRANCH_SKIPPED
	    : condition->before == BRANCH_UNKNOWN && branch == BRANCH_TAKEN
	    ? BRANCH_UNKNOWN
	    : branch;
	if (branch < condition->before)
		condition->before = branch;
}

/* False: it is no command about conditions. */
static bool
run_condition(struct run *run, struct span command, struct span arguments)
{
	bool begins = span_equal(command, SPAN("if"));
	bool is_else = span_equal(command, SPAN("else"));
	bool is_inside = run->depth > 0 && run->depth <= CONDITIONS_MAX;

	if (begins) {
		run->depth++;
		if (run->depth <= CONDITIONS_MAX) {
			run->conditions[run->depth - 1].before = BRANCH_SKIPPED;
			begin_branch(run, judge(arguments));
		}
	} else if (is_else || span_equal(command, SPAN("elif"))) {
		if (is_inside)
			begin_branch(
			    run, is_else ? BRANCH_TAKEN : judge(arguments));
	} else if (span_equal(command, SPAN("endif")) ||
	    span_equal(command, SPAN("end"))) {
		if (run->depth > 0)
			run->depth--;
	} else {
		return false;
	}
	return true;
}

static void
leave_command(struct run *run, struct span command, struct span arguments,
    const char *why)
{
	struct buf line = {0};

	buf_add_span(&line, command);
	buf_add_char(&line, ' ');
	buf_add_span(&line, span_trim(arguments));
	import_profile_leave(run->script->top, buf_span(&line), why);
	buf_free(&line);
}

/* A word that is no command may be a part of a secret. */
static void
list_command(struct s_nail_script *script, struct span command)
{
	for (size_t i = 0; i < command.len; i++)
		if (!ascii_is_alpha(command.at[i]))
			command = SPAN("(unknown)");
	import_names_add(&script->commands, command);
}

/* One command; *rest is what follows its semicolon. */
static void
run_command(struct run *run, struct span command, bool shell, struct span *rest)
{
	struct span arguments = *rest;

	*rest = (struct span){0};
	if (run_condition(run, command, arguments)) {
		return;
	} else if (span_equal(command, SPAN("set")) ||
	    span_equal(command, SPAN("se"))) {
		run_set(run, &arguments, shell || is_shell(run));
		*rest = arguments;
	} else if (span_equal(command, SPAN("unset")) ||
	    span_equal(command, SPAN("uns"))) {
		run_unset(run, &arguments);
		*rest = arguments;
	} else if (span_equal(command, SPAN("account")) ||
	    span_equal(command, SPAN("ac"))) {
		run_account(run, arguments);
	} else if (span_equal(command, SPAN("define"))) {
		run_define(run, arguments);
	} else if (span_equal(command, SPAN("call")) ||
	    span_equal(command, SPAN("call_if")) ||
	    span_equal(command, SPAN("xcall"))) {
		run_call(run, arguments);
	} else if (span_starts(command, SPAN("so")) ||
	    span_equal(command, SPAN("."))) {
		leave_command(run, command, arguments,
		    "--import does not read other files; import that file "
		    "separately");
	} else if (span_equal(command, SPAN("eval"))) {
		import_profile_leave(
		    run->script->top, command, "--import runs no command");
	} else {
		list_command(run->script, command);
	}
}

static void
run_line(struct run *run)
{
	struct span rest = span_trim(buf_span(&run->line)), command;

	while (rest.len > 0 && rest.at[0] != '#') {
		bool shell = false, is_modifier = true, is_wysh;

		while (is_modifier) {
			if (rest.len > 0 && rest.at[0] == '\\')
				rest = span_skip(rest, 1);
			if (!span_next_word(&rest, " \t", &command))
				return;
			is_wysh = span_equal(command, SPAN("wysh")) ||
			    span_equal(command, SPAN("local"));
			shell = shell || is_wysh;
			is_modifier =
			    is_wysh || span_equal(command, SPAN("ignerr"));
		}
		run_command(run, command, shell, &rest);
		rest = span_trim(rest);
	}
}

static void
run_text(struct s_nail_script *script, struct s_nail_scope *scope,
    struct span text, unsigned calls)
{
	struct run run = {
	    .script = script, .scope = scope, .rest = text, .calls = calls};

	while (!script->is_too_much && read_line(&run)) {
		script->octets += run.line.len;
		run_line(&run);
		script->is_too_much = script->is_too_much ||
		    ++script->steps > STEPS_MAX || script->octets > OCTETS_MAX;
	}
	buf_wipe(&run.line);
}

void
s_nail_script_run(
    struct s_nail_script *script, struct s_nail_scope *scope, struct span text)
{
	run_text(script, scope, text, 0);
}

void
s_nail_script_free_scope(struct s_nail_scope *scope)
{
	for (size_t i = 0; i < scope->count; i++) {
		free(scope->variables[i].name);
		buf_wipe(&scope->variables[i].value);
	}
	free(scope->variables);
	*scope = (struct s_nail_scope){0};
}

void
s_nail_script_free(struct s_nail_script *script)
{
	for (size_t i = 0; i < script->count; i++) {
		free(script->blocks[i]->name);
		free(script->blocks[i]);
	}
	free(script->blocks);
	free(script->account);
	s_nail_script_free_scope(&script->all);
	buf_free(&script->others);
	buf_free(&script->commands);
}
