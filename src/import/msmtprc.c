/*
 * Every account becomes a profile. First the settings of each account are made;
 * then those that the profile does not inherit are written.
 */
#include "import/msmtprc.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/foreign_server.h"
#include "import/msmtprc_file.h"
#include "import/msmtprc_note.h"
#include "import/msmtprc_sender.h"
#include "import/msmtprc_table.h"

struct reader {
	struct msmtprc_file file;
	/* MSMTPRC_SETTING_COUNT of each account. */
	struct msmtprc_setting *settings;
	/* It stands above all profiles. */
	bool is_common[MSMTPRC_SETTING_COUNT];
	struct translation *translation;
	bool has_told_of_match;
};

static struct msmtprc_setting *
setting_of(const struct reader *reader, size_t account, size_t index)
{
	return &reader->settings[account * MSMTPRC_SETTING_COUNT + index];
}

static void
make_settings(struct reader *reader)
{
	const struct msmtprc_file *file = &reader->file;

	reader->settings = mem_new(
	    file->count * MSMTPRC_SETTING_COUNT, sizeof(*reader->settings));
	for (size_t i = 0; i < file->count; i++)
		for (size_t j = 0; j < MSMTPRC_SETTING_COUNT; j++)
			msmtprc_table[j].make(
			    file->accounts[i], setting_of(reader, i, j));
}

/* A default stands above all profiles if no account lacks the setting. */
static void
find_common(struct reader *reader)
{
	for (size_t j = 0; j < MSMTPRC_SETTING_COUNT; j++) {
		reader->is_common[j] =
		    msmtprc_table[j].is_common && reader->file.count > 2;
		for (size_t i = 0; i < reader->file.count; i++)
			if (setting_of(reader, i, j)->value == NULL)
				reader->is_common[j] = false;
	}
}

/*
 * Whether the profile can extend that of the account it inherits. It cannot if
 * it would have to undo what no setting undoes: a server, or the source of a
 * password that would be sent to the wrong server.
 */
static bool
can_extend(const struct reader *reader, size_t account, size_t parent)
{
	bool has_source = false, is_written = false;
	bool parent_has_source = false, parent_is_written = false;

	for (size_t j = 0; j < MSMTPRC_SETTING_COUNT; j++) {
		bool has = setting_of(reader, account, j)->value != NULL;
		bool parent_has = setting_of(reader, parent, j)->value != NULL;
		const struct msmtprc_row *row = &msmtprc_table[j];

		if (j == MSMTPRC_SETTING_SERVER && parent_has && !has)
			return false;
		if (row->is_source) {
			bool shows = !row->is_secret ||
			    reader->translation->tally.with_secrets;

			has_source = has_source || has;
			is_written = is_written || (has && shows);
			parent_has_source = parent_has_source || parent_has;
			parent_is_written =
			    parent_is_written || (parent_has && shows);
		}
	}
	return (has_source || !parent_has_source) &&
	    (is_written || !parent_is_written);
}

/* The value that the profile has without a line of its own; NULL: none. */
static const char *
inherited(const struct reader *reader, size_t account, size_t index)
{
	size_t parent = reader->file.accounts[account]->parent;

	if (account == 0)
		return NULL;
	if (parent != 0)
		return setting_of(reader, parent, index)->value;
	return reader->is_common[index] ? setting_of(reader, 0, index)->value
					: NULL;
}

static void
add_keys(const struct msmtprc_setting *setting, struct buf *keys)
{
	for (size_t i = 0; i < setting->count; i++) {
		if (i > 0)
			buf_add_text(keys, ", ");
		buf_add_span(keys, setting->lines[i]->name);
	}
	if (keys->len == 0)
		buf_add_text(keys, "what msmtp does by default");
}

/* Whether the same lines were refused in another account. */
static bool
was_refused(const struct reader *reader, size_t account, size_t index)
{
	const struct msmtprc_setting *setting =
	    setting_of(reader, account, index);

	for (size_t i = 0; i < account; i++) {
		const struct msmtprc_setting *other =
		    setting_of(reader, i, index);

		if (other->is_refused && other->count == setting->count &&
		    memcmp(other->lines, setting->lines,
			sizeof(setting->lines)) == 0)
			return true;
	}
	return false;
}

/* False: our parser refuses the value, and the comments say so. */
static bool
write_value(
    struct reader *reader, size_t account, size_t index, const char *keys)
{
	const struct msmtprc_account *source = reader->file.accounts[account];
	const struct msmtprc_row *row = &msmtprc_table[index];
	const struct msmtprc_setting *setting =
	    setting_of(reader, account, index);

	if (index == MSMTPRC_SETTING_SERVER) {
		struct foreign_server server;

		msmtprc_table_server(source, &server);
		server.keys = keys;
		foreign_server_translate(&server, 1, source->profile);
	} else if (row->is_secret) {
		import_profile_set_password(
		    source->profile, span_from(setting->value), keys);
		if (source->profile->password_keys != NULL)
			return true;
	} else {
		import_profile_set_text(
		    source->profile, row->name, setting->value, keys);
	}
	return import_profile_find(source->profile, row->name) != NULL;
}

/* Except for a server, the profile then has the value that it inherits. */
static void
refuse(struct reader *reader, size_t account, size_t index)
{
	struct msmtprc_setting *setting = setting_of(reader, account, index);
	const char *value;

	if (index == MSMTPRC_SETTING_SERVER)
		reader->file.accounts[account]->parent = 0;
	value = inherited(reader, account, index);
	msmtprc_setting_wipe(setting);
	setting->value = value != NULL ? mem_copy_text(value) : NULL;
	setting->is_refused = true;
}

static void
mark_lines(const struct msmtprc_setting *setting)
{
	for (size_t i = 0; i < setting->count; i++)
		setting->lines[i]->is_traced = true;
}

/* Writes what the profile does not inherit. */
static void
write_setting(struct reader *reader, size_t account, size_t index)
{
	struct import_profile *profile =
	    reader->file.accounts[account]->profile;
	struct msmtprc_setting *setting = setting_of(reader, account, index);
	const struct msmtprc_row *row = &msmtprc_table[index];
	const char *old = inherited(reader, account, index);
	struct buf keys = {0};

	if (setting->value != NULL && was_refused(reader, account, index)) {
		refuse(reader, account, index);
		return;
	}
	if (setting->value == NULL
		? old == NULL
		: old != NULL && strcmp(setting->value, old) == 0)
		return;
	/* Another source of the secret has taken its place. */
	if (setting->value == NULL && row->is_source)
		return;
	add_keys(setting, &keys);
	mark_lines(setting);
	if (setting->value == NULL) {
		if (row->opposite != NULL)
			import_profile_set_text(
			    profile, row->name, row->opposite, buf_text(&keys));
		else
			import_profile_unset(
			    profile, row->name, buf_text(&keys));
	} else if (!write_value(reader, account, index, buf_text(&keys))) {
		refuse(reader, account, index);
	} else {
		if (setting->comment != NULL)
			import_profile_comment(profile, setting->comment);
		if (setting->warning != NULL)
			import_profile_warn(profile, setting->warning);
	}
	buf_free(&keys);
}

/* Whether -f chooses an earlier account for the same address. */
static bool
is_chosen_before(const struct reader *reader, size_t account)
{
	struct span from =
	    msmtprc_file_value(reader->file.accounts[account], MSMTPRC_FROM);

	for (size_t i = 1; i < account; i++)
		if (span_equal_nocase(from,
			msmtprc_file_value(
			    reader->file.accounts[i], MSMTPRC_FROM)))
			return true;
	return false;
}

static bool
has_wildcards(const struct reader *reader)
{
	for (size_t i = 1; i < reader->file.count; i++)
		if (msmtprc_sender_is_pattern(msmtprc_file_value(
			reader->file.accounts[i], MSMTPRC_FROM)))
			return true;
	return false;
}

/* Whether it has the same lines as the account "default", or there is none. */
static bool
is_like_default(const struct reader *reader, size_t account)
{
	size_t standard = msmtprc_file_find(&reader->file, SPAN("default"));

	return standard == 0 ||
	    memcmp(reader->file.accounts[standard]->values,
		reader->file.accounts[account]->values,
		sizeof(reader->file.accounts[account]->values)) == 0;
}

/*
 * Without -f, msmtp uses the account "default", but smtpost compares From with
 * `match`. So an address that both accounts have must not choose another one
 * than the default.
 */
static bool
is_of_default(const struct reader *reader, size_t account)
{
	size_t standard = msmtprc_file_find(&reader->file, SPAN("default"));

	return !is_like_default(reader, account) &&
	    span_equal_nocase(msmtprc_file_value(
				  reader->file.accounts[account], MSMTPRC_FROM),
		msmtprc_file_value(
		    reader->file.accounts[standard], MSMTPRC_FROM));
}

/* Once, at the first profile for which it makes a difference. */
static void
tell_of_match(struct reader *reader, size_t account)
{
	if (reader->has_told_of_match || is_like_default(reader, account))
		return;
	import_profile_comment(reader->file.accounts[account]->profile,
	    "match: without -f, smtpost compares match with From; msmtp uses "
	    "the account default");
	reader->has_told_of_match = true;
}

/* With -f, msmtp chooses the first account that has this address as `from`. */
static void
write_match(struct reader *reader, size_t account)
{
	struct msmtprc_account *source = reader->file.accounts[account];
	struct msmtprc_line *from = source->values[MSMTPRC_FROM];
	struct buf patterns = {0};

	if (from == NULL || reader->file.count <= 2 ||
	    is_chosen_before(reader, account) ||
	    (span_equal(source->name, SPAN("default")) &&
		!has_wildcards(reader)))
		return;
	if (msmtprc_sender_add_match(source, &patterns)) {
		if (is_of_default(reader, account)) {
			import_profile_comment(source->profile,
			    "match: the account default has the same from, so "
			    "only -P chooses this profile; msmtp chooses it "
			    "with -f, too");
		} else {
			import_profile_set(source->profile, "match",
			    buf_span(&patterns), "from");
			from->is_traced = true;
			tell_of_match(reader, account);
		}
	}
	buf_free(&patterns);
}

static void
write_profile(struct reader *reader, size_t account)
{
	struct msmtprc_account *source = reader->file.accounts[account];

	if (source->parent != 0 && !can_extend(reader, account, source->parent))
		source->parent = 0;
	/* First, because a profile must not inherit another server instead. */
	write_setting(reader, account, MSMTPRC_SETTING_SERVER);
	if (source->parent != 0)
		import_profile_set_text(source->profile, "extends",
		    reader->file.accounts[source->parent]->profile->name,
		    "account");
	for (size_t j = 0; j < MSMTPRC_SETTING_COUNT; j++)
		if (j != MSMTPRC_SETTING_SERVER)
			write_setting(reader, account, j);
	write_match(reader, account);
}

static void
write_profiles(struct reader *reader)
{
	for (size_t j = 0; j < MSMTPRC_SETTING_COUNT; j++)
		if (reader->is_common[j])
			write_setting(reader, 0, j);
	for (size_t i = 1; i < reader->file.count; i++)
		write_profile(reader, i);
}

static void
write_note(const struct reader *reader, struct msmtprc_line *line,
    const struct msmtprc_note *note)
{
	struct import_profile *profile =
	    reader->file.accounts[line->account]->profile;

	if (note->is_left)
		import_profile_leave(profile, line->shown, note->why);
	else
		import_profile_need_not(profile, line->shown, note->why);
	line->is_traced = true;
}

/* Whether a setting that the profile has, or inherits, is made of the line. */
static bool
is_in_setting(const struct reader *reader, size_t account,
    const struct msmtprc_line *line)
{
	for (size_t j = 0; j < MSMTPRC_SETTING_COUNT; j++) {
		const struct msmtprc_setting *setting =
		    setting_of(reader, account, j);

		if (setting->value == NULL || setting->is_refused)
			continue;
		for (size_t i = 0; i < setting->count; i++)
			if (setting->lines[i] == line)
				return true;
	}
	return false;
}

/* Comments on the lines that count but became no setting: why. */
static void
write_notes(const struct reader *reader)
{
	for (size_t i = 1; i < reader->file.count; i++) {
		const struct msmtprc_account *account =
		    reader->file.accounts[i];

		for (size_t key = 0; key < MSMTPRC_KEY_COUNT; key++) {
			struct msmtprc_line *line = account->values[key];
			struct msmtprc_note note;

			if (line == NULL)
				continue;
			line->is_used = true;
			if (line->is_traced || is_in_setting(reader, i, line))
				continue;
			note = msmtprc_note_make(account, line);
			if (note.why != NULL)
				write_note(reader, line, &note);
		}
	}
}

/* Comments on the other lines: why they change nothing. */
static void
write_idle_lines(const struct reader *reader)
{
	for (size_t i = 0; i < reader->file.line_count; i++) {
		struct msmtprc_line *line = reader->file.lines[i];
		struct msmtprc_note note = {.why = NULL};

		if (line->is_traced)
			continue;
		if (line->is_used)
			note.why = "the profile has it already";
		else if (line->account == 0)
			note.why = "no account uses this default";
		else
			note.why = "another line replaces it";
		write_note(reader, line, &note);
	}
}

bool
msmtprc_is_like(struct span text)
{
	struct span key, value, whole;
	size_t known = 0, all = 0;

	while (msmtprc_file_next_line(&text, &key, &value, &whole)) {
		if (key.len == 0)
			continue;
		all++;
		if (msmtprc_key_is_known(key) ||
		    span_equal(key, SPAN("account")) ||
		    span_equal(key, SPAN("defaults")) ||
		    span_equal(key, SPAN("eval")))
			known++;
	}
	return known > 1 && 2 * known > all;
}

bool
msmtprc_read(const struct import_source *source,
    struct translation *translation, struct error *err)
{
	struct reader reader = {.translation = translation};

	(void)err;
	msmtprc_file_read(&reader.file, source->text, translation);
	make_settings(&reader);
	find_common(&reader);
	/* Without a line of msmtp, its defaults are no configuration. */
	if (reader.file.line_count > 0)
		write_profiles(&reader);
	write_notes(&reader);
	write_idle_lines(&reader);
	for (size_t i = 0; i < reader.file.count * MSMTPRC_SETTING_COUNT; i++)
		msmtprc_setting_wipe(&reader.settings[i]);
	free(reader.settings);
	msmtprc_file_free(&reader.file);
	return true;
}
