/* A comment shows a value only if it is known and no secret. */
#include "import/mutt_variable.h"

#include <string.h>

#include "import/muttrc_key.h"

const struct muttrc_variable *
mutt_variable_find(const struct muttrc *rc, const char *name)
{
	return muttrc_scope_find_set(&rc->scope, span_from(name));
}

struct span
mutt_variable_text(const struct muttrc *rc, const char *name)
{
	const struct muttrc_variable *variable =
	    muttrc_scope_find(&rc->scope, span_from(name));

	if (variable != NULL && variable->is_set)
		return buf_span(&variable->value.text);
	if (variable != NULL && !variable->is_default)
		return (struct span){0};
	return span_from(muttrc_key_find(span_from(name))->standard);
}

bool
mutt_variable_is_known(struct span text)
{
	return text.len == 0 || memchr(text.at, '\0', text.len) == NULL;
}

bool
mutt_variable_is_yes(const struct muttrc *rc, const char *name)
{
	struct span text = mutt_variable_text(rc, name);

	if (!mutt_variable_is_known(text))
		text = span_from(muttrc_key_find(span_from(name))->standard);
	return span_equal_nocase(text, SPAN("yes")) ||
	    span_starts_nocase(text, SPAN("ask"));
}

bool
mutt_variable_is_shown(const struct mutt_account *account, const char *name)
{
	struct muttrc_scope own = account->rc->scope;

	if (!account->all)
		own.outer = NULL;
	return muttrc_scope_find(&own, span_from(name)) != NULL;
}

void
mutt_variable_add_line(
    struct buf *line, const struct muttrc_variable *variable, bool hides)
{
	struct span text = buf_span(&variable->value.text);

	buf_add_text(line, variable->spelling);
	if (hides || !mutt_variable_is_known(text) || !variable->is_set)
		return;
	buf_add_text(line, strchr(variable->name, ' ') ? ": " : " = ");
	buf_add_span(line, text);
}

void
mutt_variable_comment(const struct mutt_account *account, const char *name,
    bool is_lost, bool hides, const char *why)
{
	const struct muttrc_variable *variable =
	    mutt_variable_find(account->rc, name);
	struct buf line = {0};

	if (variable == NULL || !mutt_variable_is_shown(account, name))
		return;
	mutt_variable_add_line(&line, variable, hides);
	if (is_lost)
		import_profile_leave(account->profile, buf_span(&line), why);
	else
		import_profile_need_not(account->profile, buf_span(&line), why);
	buf_wipe(&line);
}

void
mutt_variable_leave(
    const struct mutt_account *account, const char *name, const char *why)
{
	mutt_variable_comment(account, name, true, false, why);
}

void
mutt_variable_need_not(
    const struct mutt_account *account, const char *name, const char *why)
{
	mutt_variable_comment(account, name, false, false, why);
}

bool
mutt_variable_is_usable(const struct mutt_account *account, const char *name)
{
	const struct muttrc_variable *variable =
	    mutt_variable_find(account->rc, name);

	if (variable == NULL)
		return false;
	if (mutt_variable_is_known(buf_span(&variable->value.text)) &&
	    variable->value.unknown == NULL)
		return true;
	mutt_variable_comment(
	    account, name, true, true, variable->value.unknown);
	return false;
}

void
mutt_variable_add_key(
    const struct mutt_account *account, const char *name, struct buf *keys)
{
	const struct muttrc_variable *variable =
	    mutt_variable_find(account->rc, name);

	if (variable != NULL)
		buf_add_format(keys, "%s%s", keys->len > 0 ? ", " : "",
		    variable->spelling);
}
