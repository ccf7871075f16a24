#include "profile/profile_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/foreign_setting.h"
#include "profile/include_pattern.h"
#include "profile/secret_file.h"
#include "profile/settings.h"
#include "profile/value.h"

void
profile_file_init_reader(struct line_reader *reader, const char *file)
{
	*reader = (struct line_reader){.file = file};
	buf_init(&reader->text, CONFIG_FILE_MAX);
}

void
profile_file_free_reader(struct line_reader *reader)
{
	buf_wipe(&reader->text);
	free(reader->pieces);
	*reader = (struct line_reader){0};
}

static struct place
place_at(const struct line_reader *reader, size_t line, size_t offset)
{
	return (struct place){
	    .file = reader->file, .line = line, .column = offset + 1};
}

static bool
is_line_end(struct span text, size_t i)
{
	return text.at[i] == '\n' ||
	    (text.at[i] == '\r' &&
		(i + 1 == text.len || text.at[i + 1] == '\n'));
}

bool
profile_file_check_reader(struct line_reader *reader, struct error *err)
{
	struct span text = reader->rest;
	size_t line = 1, start = 0;

	/* A byte order mark is what some editors put into every file. */
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = reader->rest = span_skip(text, 3);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\n') {
			line++;
			start = i + 1;
		} else if (ascii_is_control(c) && c != '\t' &&
		    !is_line_end(text, i)) {
			error_set(err, ERROR_CONFIG,
			    "control character \\x%02x",
			    (unsigned)(unsigned char)c);
			return profile_file_place_error(
			    place_at(reader, line, i - start), err);
		}
	}
	return true;
}

static struct span
take_physical(struct line_reader *reader)
{
	size_t end = span_find(reader->rest, '\n');
	struct span text = span_head(reader->rest, end);

	reader->rest = span_skip(reader->rest, end + 1);
	reader->line++;
	if (text.len > 0 && text.at[text.len - 1] == '\r')
		text.len--;
	return text;
}

static void
add_piece(struct line_reader *reader, struct span text)
{
	struct line_piece *piece =
	    mem_append(&reader->pieces, &reader->count, sizeof(*piece));

	piece->offset = reader->text.len;
	piece->line = reader->line;
	buf_add_span(&reader->text, text);
}

enum line_result
profile_file_next_line(struct line_reader *reader, struct error *err)
{
	bool continues = true;

	buf_clear(&reader->text);
	free(reader->pieces);
	reader->pieces = NULL;
	reader->count = 0;
	if (reader->rest.len == 0)
		return LINE_END;
	while (continues) {
		struct span text = take_physical(reader);
		struct span shown = span_trim(text);

		/* A comment ends with its line, whatever it ends in. */
		if (reader->count == 0 && shown.len > 0 && shown.at[0] == '#')
			text.len = 0;
		continues = text.len > 0 && text.at[text.len - 1] == '\\';
		if (continues)
			text.len--;
		add_piece(reader, text);
		if (continues && reader->rest.len == 0) {
			error_set(err, ERROR_CONFIG,
			    "the last line ends in a backslash");
			profile_file_place_error(
			    place_at(reader, reader->line, text.len), err);
			return LINE_BAD;
		}
	}
	return LINE_READ;
}

struct place
profile_file_line_place(const struct line_reader *reader, struct span part)
{
	size_t offset = part.at == NULL ? reader->text.len
					: (size_t)(part.at - reader->text.data);
	size_t i = reader->count;

	while (i > 1 && reader->pieces[i - 1].offset > offset)
		i--;
	return place_at(reader, reader->pieces[i - 1].line,
	    offset - reader->pieces[i - 1].offset);
}

struct place
profile_file_first_end(const struct line_reader *reader)
{
	return place_at(
	    reader, reader->pieces[0].line, reader->pieces[1].offset);
}

#define BLANKS " \t"
#define SECTION_NAME_MAX 128

/* One file that is being read. */
struct reader {
	struct config *config;
	struct line_reader lines;
	size_t section; /* an index: the array moves */
	unsigned depth;
	bool holds_secret;
};

static enum config_result read_file(struct config *config, const char *path,
    size_t section, unsigned depth, struct error *err);

bool
profile_file_place_error(struct place place, struct error *err)
{
	struct error cause = *err;
	char *file = utf8_masked(span_from(place.file));

	if (place.line == 0)
		error_set(err,
		    place.is_environment ? ERROR_CONFIG : ERROR_USAGE, "%s: %s",
		    file, cause.text);
	else
		error_set(err, ERROR_CONFIG, "%s:%zu:%zu: %s", file, place.line,
		    place.column, cause.text);
	free(file);
	return false;
}

void
profile_file_add_place(struct place place, struct buf *out)
{
	utf8_add_masked(out, span_from(place.file));
	if (place.line != 0)
		buf_add_format(out, ":%zu", place.line);
}

bool
profile_file_name_is_valid(struct span name)
{
	if (name.len == 0 || name.len > SECTION_NAME_MAX || name.at[0] == '.' ||
	    name.at[0] == '-' || !utf8_is_valid(name))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (ascii_is_control(name.at[i]) ||
		    strchr(" /[]\",\\", name.at[i]) != NULL)
			return false;
	return true;
}

const struct entry *
profile_file_find(const struct section *section, const struct setting *setting)
{
	for (size_t i = section->count; i > 0; i--)
		if (section->entries[i - 1].setting == setting)
			return &section->entries[i - 1];
	return NULL;
}

struct entry *
profile_file_add(struct section *section, const struct setting *setting)
{
	struct entry *entry =
	    mem_append(&section->entries, &section->count, sizeof(*entry));

	entry->setting = setting;
	buf_init_secret(&entry->raw, CONFIG_FILE_MAX);
	return entry;
}

void
profile_file_free_section(struct section *section)
{
	for (size_t i = 0; i < section->count; i++)
		buf_wipe(&section->entries[i].raw);
	free(section->entries);
	free(section->name);
	*section = (struct section){0};
}

void
profile_file_free(struct config *config)
{
	for (size_t i = 0; i < config->count; i++)
		profile_file_free_section(&config->sections[i]);
	free(config->sections);
	for (size_t i = 0; i < config->file_count; i++)
		free(config->files[i]);
	free(config->files);
	buf_free(&config->notes);
	*config = (struct config){0};
}

static struct span
trim_left(struct span text)
{
	while (text.len > 0 && strchr(BLANKS, text.at[0]) != NULL)
		text = span_skip(text, 1);
	return text;
}

static bool
refuse_second(
    struct place place, struct place first, struct span what, struct error *err)
{
	char *shown = utf8_masked(what), *file;

	file = utf8_masked(span_from(first.file));
	error_set(err, ERROR_CONFIG, "%s is given twice, first at %s:%zu",
	    shown, file, first.line);
	free(shown);
	free(file);
	return profile_file_place_error(place, err);
}

/* [name] */
static bool
open_section(struct reader *reader, struct span text, struct error *err)
{
	struct config *config = reader->config;
	struct place place = profile_file_line_place(&reader->lines, text);
	struct section *section;
	struct span name;

	if (text.at[text.len - 1] != ']') {
		error_set(err, ERROR_CONFIG,
		    "a profile's name ends in ']' at the end of its line");
		return profile_file_place_error(place, err);
	}
	name = span_trim(span_skip(span_head(text, text.len - 1), 1));
	if (!profile_file_name_is_valid(name)) {
		error_set(err, ERROR_CONFIG,
		    "not a name for a profile: it is empty or too long, "
		    "begins with . or -, or has a blank or one of / [ ] \" , "
		    "\\ in it");
		return profile_file_place_error(place, err);
	}
	for (size_t i = 1; i < config->count; i++) {
		const struct section *old = &config->sections[i];

		if (!span_equal(name, span_from(old->name)))
			continue;
		return refuse_second(place, old->place, text, err);
	}
	if (config->count > CONFIG_SECTION_COUNT_MAX) {
		error_set(err, ERROR_CONFIG, "more than %d profiles",
		    CONFIG_SECTION_COUNT_MAX);
		return profile_file_place_error(place, err);
	}
	reader->section = config->count;
	section =
	    mem_append(&config->sections, &config->count, sizeof(*section));
	section->name = span_copy(name);
	section->place = place;
	return true;
}

/* It goes on in this section; what sections it opens end with it. */
static enum config_result
include_file(struct reader *reader, const char *path, struct error *err)
{
	struct config *config = reader->config;

	if (reader->depth + 1 >= CONFIG_DEPTH_MAX)
		error_set(err, ERROR_CONFIG,
		    "includes nest deeper than %d files", CONFIG_DEPTH_MAX);
	else if (config->file_count >= CONFIG_FILE_COUNT_MAX)
		error_set(err, ERROR_CONFIG, "more than %d files are included",
		    CONFIG_FILE_COUNT_MAX);
	else
		return read_file(
		    config, path, reader->section, reader->depth + 1, err);
	return CONFIG_ABSENT;
}

static enum config_result
include_pattern(struct reader *reader, const char *pattern, struct error *err)
{
	struct name_list paths = {0};
	enum config_result result = CONFIG_READ;

	if (!include_pattern_expand(&paths, pattern, err))
		result = errno == EACCES ? CONFIG_DENIED : CONFIG_ABSENT;
	for (size_t i = 0; i < paths.count; i++) {
		if (result == CONFIG_READ)
			result = include_file(reader, paths.names[i], err);
	}
	name_list_free(&paths);
	return result;
}

/* A file's own errors name it, so only a missing one gets this place. */
static enum config_result
include(struct reader *reader, struct span text, struct error *err)
{
	struct place place = profile_file_line_place(&reader->lines, text);
	struct buf name = {.max = BUF_DEFAULT_MAX};
	enum config_result result = CONFIG_ABSENT;
	char *path;

	if (value_expand(text, VALUE_PATH, &name, err) == VALUE_READY) {
		path = value_path_beside(place.file, buf_span(&name));
		result = include_pattern_is(path)
		    ? include_pattern(reader, path, err)
		    : include_file(reader, path, err);
		free(path);
	}
	buf_free(&name);
	if (result == CONFIG_ABSENT || result == CONFIG_DENIED)
		profile_file_place_error(place, err);
	return result == CONFIG_ABSENT ? CONFIG_BAD : result;
}

static bool
is_key(struct span key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!ascii_is_alnum(key.at[i]) && key.at[i] != '-' &&
		    key.at[i] != '_')
			return false;
	return key.len > 0 && key.len <= 64;
}

static bool
refuse_key(struct place place, struct span key, struct error *err)
{
	char *shown = utf8_masked(key);

	error_set(err, ERROR_CONFIG, "unknown setting \"%s\"", shown);
	if (span_equal(key, SPAN("include")))
		error_add(err, "\nhint: an include has no '=': include FILE");
	else
		settings_hint(key, err);
	free(shown);
	return profile_file_place_error(place, err);
}

/* A password that comes from the environment is not in the file. */
static bool
holds_secret(const struct setting *setting, struct span value)
{
	struct buf literal = {.max = CONFIG_FILE_MAX};
	bool holds;

	value_add_literal(value, &literal);
	holds = setting_hides(setting, buf_span(&literal));
	buf_wipe(&literal);
	return holds;
}

/*
 * A password that ends in a backslash would take the next line in, and that
 * would be sent to the server.
 */
static bool
setting_may_continue(const struct reader *reader, const struct setting *setting,
    struct span value, struct error *err)
{
	if (reader->lines.count < 2 ||
	    !(setting->traits & SETTING_SECRET ||
		setting_hides(setting, value)))
		return true;
	error_set(err, ERROR_CONFIG,
	    "%s cannot continue on the next line, but its line ends in a "
	    "backslash\n"
	    "hint: if the backslash belongs to it, write \"...\\\\\"",
	    setting->name);
	return profile_file_place_error(
	    profile_file_first_end(&reader->lines), err);
}

/*
 * The configurations of msmtp have no '='. The line is not shown, since it may
 * hold a password; its first word only if it is a name that is known.
 */
static bool
refuse_line(struct place place, struct span text, struct error *err)
{
	struct span word = {0};

	span_next_word(&text, BLANKS, &word);
	error_set(err, ERROR_CONFIG,
	    "neither \"key = value\" nor \"[name]\" nor \"include FILE\"");
	if (settings_find(word) != NULL)
		error_add(
		    err, "\nhint: write %s = VALUE", settings_find(word)->name);
	else if (foreign_setting_find(word) != NULL)
		settings_hint(word, err);
	return profile_file_place_error(place, err);
}

/* key = value */
static bool
add_setting(struct reader *reader, struct span text, struct error *err)
{
	struct section *section = &reader->config->sections[reader->section];
	struct place place = profile_file_line_place(&reader->lines, text);
	size_t equals = span_find(text, '=');
	struct span key = span_trim(span_head(text, equals)), value;
	const struct setting *setting;
	const struct entry *old;
	struct entry *entry;

	if (equals == text.len || !is_key(key))
		return refuse_line(place, text, err);
	setting = settings_find(key);
	if (setting == NULL)
		return refuse_key(place, key, err);
	old = profile_file_find(section, setting);
	if (old != NULL)
		return refuse_second(place, old->place, key, err);
	value = trim_left(span_skip(text, equals + 1));
	entry = profile_file_add(section, setting);
	entry->place = place;
	entry->value_place = profile_file_line_place(&reader->lines, value);
	buf_add_span(&entry->raw, value);
	if (holds_secret(setting, value))
		reader->holds_secret = true;
	return setting_may_continue(reader, setting, value, err);
}

static enum config_result
read_line(struct reader *reader, struct error *err)
{
	struct span text = span_trim(buf_span(&reader->lines.text));
	struct span rest = text, word;

	if (text.len == 0)
		return CONFIG_READ;
	if (text.at[0] == '[')
		return open_section(reader, text, err) ? CONFIG_READ
						       : CONFIG_BAD;
	if (span_next_word(&rest, BLANKS, &word) &&
	    span_equal(word, SPAN("include"))) {
		rest = trim_left(rest);
		if (rest.len > 0 && rest.at[0] != '=')
			return include(reader, rest, err);
	}
	return add_setting(reader, text, err) ? CONFIG_READ : CONFIG_BAD;
}

static enum config_result
read_lines(struct reader *reader, struct error *err)
{
	enum config_result result = CONFIG_READ;

	if (!profile_file_check_reader(&reader->lines, err))
		return CONFIG_BAD;
	while (result == CONFIG_READ) {
		switch (profile_file_next_line(&reader->lines, err)) {
		case LINE_END:
			return CONFIG_READ;
		case LINE_BAD:
			return CONFIG_BAD;
		case LINE_READ:
			break;
		}
		result = read_line(reader, err);
	}
	return result;
}

/* By errno, when a file could not be opened. */
static enum config_result
result_of_opening(void)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return CONFIG_ABSENT;
	return errno == EACCES ? CONFIG_DENIED : CONFIG_BAD;
}

/* Asked of the open file, whatever its name means by now. */
static bool
may_hold_secret(
    struct config *config, int fd, const char *path, struct error *err)
{
	if (!file_is_trusted(fd, path, FILE_PRIVATE, ERROR_CONFIG, err)) {
		secret_file_hint(path, err);
		return false;
	}
	if (file_is_shared(fd))
		secret_file_note(path, &config->notes);
	return true;
}

static enum config_result
read_file(struct config *config, const char *path, size_t section,
    unsigned depth, struct error *err)
{
	struct reader reader = {
	    .config = config, .section = section, .depth = depth};
	struct buf content = {.max = CONFIG_FILE_MAX};
	char **file;
	enum config_result result = CONFIG_BAD;
	int fd = file_open(path, FILE_OWN, ERROR_CONFIG, err);

	if (fd < 0)
		return result_of_opening();
	file = mem_append(&config->files, &config->file_count, sizeof(*file));
	*file = mem_copy_text(path);
	profile_file_init_reader(&reader.lines, *file);
	if (file_read(fd, path, &content, ERROR_CONFIG, err)) {
		reader.lines.rest = buf_span(&content);
		result = read_lines(&reader, err);
	}
	if (result == CONFIG_READ && reader.holds_secret &&
	    !may_hold_secret(config, fd, path, err))
		result = CONFIG_BAD;
	profile_file_free_reader(&reader.lines);
	buf_wipe(&content);
	close(fd);
	return result;
}

enum config_result
profile_file_read(struct config *config, const char *path, struct error *err)
{
	if (config->count == 0)
		mem_append(&config->sections, &config->count,
		    sizeof(*config->sections));
	return read_file(config, path, 0, 0, err);
}
