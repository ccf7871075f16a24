/*
 * msmtp copies the defaults into an account when it begins. Then it copies the
 * values of the accounts that are inherited, except those that these have only
 * from the defaults.
 */
#include "import/msmtprc_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/import_key.h"

/* msmtp refuses a file with a longer line. */
#define LINE_OCTETS_MAX ((size_t)499)
#define ACCOUNTS_MAX ((size_t)500)

struct reader {
	struct msmtprc_file *file;
	struct translation *translation;
	struct msmtprc_account defaults; /* as they are at this line */
	struct msmtprc_account *account; /* NULL: none has begun */
	const char *why_not; /* the account is refused, and why; or NULL */
};

/* Without blanks around it, or without quotes around it. */
static struct span
trim(struct span text)
{
	while (text.len > 0 && ascii_is_blank(text.at[0]))
		text = span_skip(text, 1);
	while (text.len > 0 && ascii_is_blank(text.at[text.len - 1]))
		text.len--;
	if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"')
		text = (struct span){text.at + 1, text.len - 2};
	return text;
}

bool
msmtprc_file_next_line(
    struct span *text, struct span *key, struct span *value, struct span *whole)
{
	size_t end = span_find(*text, '\n'), i = 0;
	struct span line = span_head(*text, end);

	if (text->len == 0)
		return false;
	if (end < text->len && line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	*text = span_skip(*text, end < text->len ? end + 1 : end);
	while (line.len > 0 && ascii_is_blank(line.at[0]))
		line = span_skip(line, 1);
	while (i < line.len && !ascii_is_blank(line.at[i]))
		i++;
	*whole = line;
	*key = span_head(line, i);
	*value = trim(span_skip(line, i));
	if (line.len > 0 && line.at[0] == '#')
		key->len = 0;
	return true;
}

struct span
msmtprc_file_value(const struct msmtprc_account *account, enum msmtprc_key key)
{
	const struct msmtprc_line *line = account->values[key];

	return line != NULL ? line->value : SPAN("");
}

bool
msmtprc_file_has(const struct msmtprc_account *account, enum msmtprc_key key)
{
	return msmtprc_file_value(account, key).len > 0;
}

bool
msmtprc_file_is(const struct msmtprc_account *account, enum msmtprc_key key,
    const char *value)
{
	return span_equal(msmtprc_file_value(account, key), span_from(value));
}

static struct import_profile *
profile_of(const struct reader *reader)
{
	return reader->account != NULL && reader->account != &reader->defaults
	    ? reader->account->profile
	    : reader->defaults.profile;
}

/* Of such a line only the name is shown: a secret may follow it. */
static void
leave_name(const struct reader *reader, struct span name, const char *why)
{
	import_profile_leave(profile_of(reader), import_key_name(name), why);
}

size_t
msmtprc_file_find(const struct msmtprc_file *file, struct span name)
{
	for (size_t i = 1; i < file->count; i++)
		if (span_equal(file->accounts[i]->name, name))
			return i;
	return 0;
}

static struct msmtprc_account *
copy_defaults(struct reader *reader)
{
	struct msmtprc_account *account = mem_new(1, sizeof(*account));

	*account = reader->defaults;
	*(struct msmtprc_account **)mem_append(&reader->file->accounts,
	    &reader->file->count, sizeof(account)) = account;
	return account;
}

static void
begin_account(struct reader *reader, struct span name)
{
	struct msmtprc_file *file = reader->file;
	struct msmtprc_account *account;

	if (file->count == 0)
		copy_defaults(reader);
	account = copy_defaults(reader);
	account->name = name;
	account->profile = translation_profile(reader->translation, name);
	reader->account = account;
}

static void
inherit(struct msmtprc_account *account, const struct msmtprc_account *parent)
{
	for (size_t i = 0; i < MSMTPRC_KEY_COUNT; i++) {
		struct msmtprc_line *line = parent->values[i];

		if (line != NULL && line->account > 0)
			account->values[i] = line;
	}
}

/* The names after the colon. */
static void
inherit_all(struct reader *reader, struct span names, struct span whole)
{
	struct msmtprc_account *account = reader->account;
	size_t count = 0, last = 0;
	bool is_left = false;

	for (;;) {
		size_t comma = span_find(names, ',');
		struct span name = trim(span_head(names, comma));

		last = msmtprc_file_find(reader->file, name);
		if (last == reader->file->count - 1)
			last = 0;
		if (last == 0 && !is_left)
			import_profile_leave(account->profile, whole,
			    "msmtp refuses it, because an account that it "
			    "inherits is not defined before it");
		else if (last > 0)
			inherit(account, reader->file->accounts[last]);
		is_left = is_left || last == 0;
		count++;
		if (comma == names.len)
			break;
		names = span_skip(names, comma + 1);
	}
	if (count == 1)
		account->parent = last;
}

static const char *
account_fault(const struct reader *reader, struct span name)
{
	if (name.len == 0)
		return "msmtp refuses an account without a name";
	if (span_find(name, ',') < name.len)
		return "msmtp refuses a comma in the name of an account";
	if (msmtprc_file_find(reader->file, name) > 0)
		return "msmtp refuses a second account of the same name";
	if (reader->file->count > ACCOUNTS_MAX)
		return "there are too many accounts";
	return NULL;
}

static void
read_account(struct reader *reader, struct span value, struct span whole)
{
	size_t colon = span_find(value, ':');
	struct span name =
	    colon < value.len ? trim(span_head(value, colon)) : value;

	reader->why_not = account_fault(reader, name);
	if (reader->why_not != NULL) {
		import_profile_leave(
		    profile_of(reader), whole, reader->why_not);
		return;
	}
	begin_account(reader, name);
	if (colon < value.len)
		inherit_all(reader, span_skip(value, colon + 1), whole);
}

static void
read_setting(struct reader *reader, struct msmtprc_line line)
{
	struct msmtprc_file *file = reader->file;
	const char *why = msmtprc_key_read(&line);
	struct msmtprc_line *copy;

	/* msmtp calls settings before any account the account "default". */
	if (reader->account == NULL)
		begin_account(reader, SPAN("default"));
	if (why != NULL) {
		leave_name(reader, line.name, why);
		return;
	}
	line.account =
	    reader->account == &reader->defaults ? 0 : file->count - 1;
	reader->translation->tally.is_understood = true;
	copy = mem_new(1, sizeof(*copy));
	*copy = line;
	*(struct msmtprc_line **)mem_append(
	    &file->lines, &file->line_count, sizeof(copy)) = copy;
	reader->account->values[line.key] = copy;
}

static void
read_line(struct reader *reader, struct span key, struct span value,
    struct span whole)
{
	if (whole.len > LINE_OCTETS_MAX) {
		leave_name(reader, key,
		    "msmtp refuses lines of 500 characters and more");
	} else if (span_equal(key, SPAN("defaults"))) {
		if (value.len > 0)
			leave_name(
			    reader, key, "msmtp refuses it with a value");
		reader->account = &reader->defaults;
		reader->why_not = NULL;
	} else if (span_equal(key, SPAN("account"))) {
		read_account(reader, value, whole);
	} else if (reader->why_not != NULL) {
		leave_name(reader, key, reader->why_not);
	} else if (span_equal(key, SPAN("eval"))) {
		leave_name(reader, key,
		    "--import does not run its command; replace this line by "
		    "the line that the command prints, then import again");
	} else {
		read_setting(reader,
		    (struct msmtprc_line){
			.name = key, .value = value, .shown = whole});
	}
}

void
msmtprc_file_read(struct msmtprc_file *file, struct span text,
    struct translation *translation)
{
	struct reader reader = {.file = file,
	    .translation = translation,
	    .defaults = {
		.profile = translation_profile(translation, SPAN(""))}};
	struct span key, value, whole;

	*file = (struct msmtprc_file){0};
	while (msmtprc_file_next_line(&text, &key, &value, &whole))
		if (key.len > 0)
			read_line(&reader, key, value, whole);
	if (file->count == 0)
		copy_defaults(&reader);
}

void
msmtprc_file_free(struct msmtprc_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		free(file->accounts[i]);
	free(file->accounts);
	for (size_t i = 0; i < file->line_count; i++)
		free(file->lines[i]);
	free(file->lines);
	*file = (struct msmtprc_file){0};
}
