/*
 * Reads configuration files into entries, and entries into a profile. A value
 * is kept as written until it is applied, because only the choice of a profile
 * decides whether its variables are needed.
 */
#include "profile/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/foreign_setting.h"
#include "profile/identity.h"
#include "profile/name_list.h"
#include "profile/secret_file.h"
#include "profile/setting_table.h"
#include "profile/value.h"

#define CONFIG_DEPTH_MAX 16
#define CONFIG_FILE_COUNT_MAX 256
#define CONFIG_SECTION_COUNT_MAX 4096
#define BLANKS " \t"
#define SECTION_NAME_MAX 128

/* One file that is being read. */
struct reader {
	struct config *config;
	struct line_reader lines;
	size_t section; /* an index, since the array moves */
	unsigned depth;
	bool holds_secret;
};

static enum config_result read_file(struct config *config, const char *path,
    size_t section, unsigned depth, struct error *err);

/* Whether a profile may have this name, which becomes part of a file's name. */
static bool
name_is_valid(struct span name)
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
config_find(const struct section *section, const struct setting *setting)
{
	for (size_t i = section->count; i > 0; i--)
		if (section->entries[i - 1].setting == setting)
			return &section->entries[i - 1];
	return NULL;
}

struct entry *
config_add(struct section *section, const struct setting *setting)
{
	struct entry *entry =
	    mem_append(&section->entries, &section->count, sizeof(*entry));

	entry->setting = setting;
	buf_init_secret(&entry->raw, CONFIG_FILE_MAX);
	return entry;
}

static void
free_section(struct section *section)
{
	for (size_t i = 0; i < section->count; i++)
		buf_wipe(&section->entries[i].raw);
	free(section->entries);
	free(section->name);
	*section = (struct section){0};
}

void
config_free(struct config *config)
{
	for (size_t i = 0; i < config->count; i++)
		free_section(&config->sections[i]);
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
	return config_line_refuse(place, err);
}

/* [name] */
static bool
open_section(struct reader *reader, struct span text, struct error *err)
{
	struct config *config = reader->config;
	struct place place = config_line_place(&reader->lines, text);
	struct section *section;
	struct span name;

	if (text.at[text.len - 1] != ']') {
		error_set(err, ERROR_CONFIG,
		    "the name of a profile must end in ']' at the end of the "
		    "line");
		return config_line_refuse(place, err);
	}
	name = span_trim(span_skip(span_head(text, text.len - 1), 1));
	if (!name_is_valid(name)) {
		error_set(err, ERROR_CONFIG,
		    "not a name for a profile: it is empty or too long, "
		    "begins with . or -, or has a blank or one of / [ ] \" , "
		    "\\ in it");
		return config_line_refuse(place, err);
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
		return config_line_refuse(place, err);
	}
	reader->section = config->count;
	section =
	    mem_append(&config->sections, &config->count, sizeof(*section));
	section->name = span_copy(name);
	section->place = place;
	return true;
}

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

/* The result for a file or folder that could not be opened, by errno. */
static enum config_result
result_of_opening(void)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return CONFIG_ABSENT;
	return errno == EACCES ? CONFIG_DENIED : CONFIG_BAD;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whether the path has the wildcards * or ?. */
static bool
is_pattern(const char *path)
{
	return strpbrk(last_part(path), "*?") != NULL;
}

/*
 * Opens the folder of the pattern. It must belong to the caller or root and be
 * writable by nobody else, because a file added to it becomes part of the
 * configuration.
 */
static enum config_result
open_folder(const char *pattern, DIR **opened, struct error *err)
{
	size_t len = (size_t)(last_part(pattern) - pattern);
	char *folder = len == 0 ? mem_copy_text(".")
				: mem_copy(pattern, len > 1 ? len - 1 : len);
	int fd = file_open(folder, FILE_FOLDER, ERROR_CONFIG, err);
	enum config_result result = CONFIG_READ;

	if (fd < 0) {
		result = result_of_opening();
	} else {
		*opened = fdopendir(fd);
		if (*opened == NULL) {
			error_set(err, ERROR_CONFIG,
			    "cannot read the folder of %s: %s", pattern,
			    strerror(errno));
			close(fd);
			result = CONFIG_BAD;
		}
	}
	free(folder);
	return result;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Adds the paths that match, in the order of their octets, without hidden
 * files. CONFIG_ABSENT if the folder does not exist.
 */
static enum config_result
expand_pattern(struct name_list *paths, const char *pattern, struct error *err)
{
	struct span glob = span_from(last_part(pattern));
	const struct dirent *found;
	DIR *folder;
	enum config_result result = open_folder(pattern, &folder, err);

	if (result != CONFIG_READ)
		return result;
	while (paths->count <= CONFIG_FILE_COUNT_MAX &&
	    (found = readdir(folder)) != NULL) {
		struct span name = span_from(found->d_name);
		char *path;

		if (found->d_name[0] == '.' || !span_matches(name, glob))
			continue;
		path = file_path_beside(pattern, name);
		name_list_add(paths, span_from(path));
		free(path);
	}
	closedir(folder);
	if (paths->count > 1)
		qsort(
		    paths->names, paths->count, sizeof(char *), compare_paths);
	return CONFIG_READ;
}

/* Every file of `include FOLDER/x*`. */
static enum config_result
include_pattern(struct reader *reader, const char *pattern, struct place place,
    struct error *err)
{
	struct name_list paths = {0};
	enum config_result result = expand_pattern(&paths, pattern, err);

	if (result == CONFIG_ABSENT)
		result = CONFIG_READ;
	else if (result == CONFIG_BAD)
		config_line_refuse(place, err);
	for (size_t i = 0; result == CONFIG_READ && i < paths.count; i++)
		result = include_file(reader, paths.names[i], err);
	name_list_free(&paths);
	return result;
}

/*
 * Errors in an included file name that file; a missing file names the include.
 */
static enum config_result
include(struct reader *reader, struct span text, struct error *err)
{
	struct place place = config_line_place(&reader->lines, text);
	struct buf name = {.max = BUF_DEFAULT_MAX};
	enum config_result result = CONFIG_ABSENT;
	char *path;

	if (value_expand(text, VALUE_PATH, &name, err) == VALUE_READY) {
		path = file_path_beside(place.file, buf_span(&name));
		result = is_pattern(path)
		    ? include_pattern(reader, path, place, err)
		    : include_file(reader, path, err);
		free(path);
	}
	buf_free(&name);
	if (result == CONFIG_ABSENT || result == CONFIG_DENIED)
		config_line_refuse(place, err);
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

/* What another program calls a setting may stand in a file of that program. */
static void
add_hint(struct span word, struct error *err)
{
	setting_table_hint(word, err);
	if (foreign_setting_find(word) != NULL)
		error_add(err,
		    "\nhint: smtpost --import FILE translates a configuration "
		    "of msmtp or of another program");
}

static bool
refuse_key(struct place place, struct span key, struct error *err)
{
	char *shown = utf8_masked(key);

	error_set(err, ERROR_CONFIG, "unknown setting \"%s\"", shown);
	if (span_equal(key, SPAN("include")))
		error_add(err, "\nhint: an include has no '=': include FILE");
	else
		add_hint(key, err);
	free(shown);
	return config_line_refuse(place, err);
}

/* Whether the file itself holds a secret, and not only a variable's name. */
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
 * A password that ends in a backslash would continue with the next line, and
 * both would be sent to the server.
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
	return config_line_refuse(config_line_first_end(&reader->lines), err);
}

/*
 * msmtp writes settings without '='. The line is not shown, since it may hold a
 * password; its first word is shown only if it is a known name.
 */
static bool
refuse_line(struct place place, struct span text, struct error *err)
{
	struct span word = {0};

	span_next_word(&text, BLANKS, &word);
	error_set(err, ERROR_CONFIG,
	    "neither \"key = value\" nor \"[name]\" nor \"include FILE\"");
	if (setting_table_find(word) != NULL)
		error_add(err, "\nhint: write %s = VALUE",
		    setting_table_find(word)->name);
	else if (foreign_setting_find(word) != NULL)
		add_hint(word, err);
	return config_line_refuse(place, err);
}

/* key = value */
static bool
add_setting(struct reader *reader, struct span text, struct error *err)
{
	struct section *section = &reader->config->sections[reader->section];
	struct place place = config_line_place(&reader->lines, text);
	size_t equals = span_find(text, '=');
	struct span key = span_trim(span_head(text, equals)), value;
	const struct setting *setting;
	const struct entry *old;
	struct entry *entry;

	if (equals == text.len || !is_key(key))
		return refuse_line(place, text, err);
	setting = setting_table_find(key);
	if (setting == NULL)
		return refuse_key(place, key, err);
	old = config_find(section, setting);
	if (old != NULL)
		return refuse_second(place, old->place, key, err);
	value = trim_left(span_skip(text, equals + 1));
	entry = config_add(section, setting);
	entry->place = place;
	entry->value_place = config_line_place(&reader->lines, value);
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

	while (result == CONFIG_READ) {
		switch (config_lines_next(&reader->lines, err)) {
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

/* Checks the open file and not its path, which may name another file by now. */
static bool
may_hold_secret(
    struct config *config, int fd, const char *path, struct error *err)
{
	if (!file_is_trusted(fd, path, FILE_PRIVATE, ERROR_CONFIG, err)) {
		secret_file_add_hint(path, err);
		return false;
	}
	if (file_is_shared(fd))
		secret_file_add_note(path, &config->notes);
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
	if (file_read(fd, path, &content, ERROR_CONFIG, err) &&
	    config_lines_begin(&reader.lines, *file, buf_span(&content), err))
		result = read_lines(&reader, err);
	if (result == CONFIG_READ && reader.holds_secret &&
	    !may_hold_secret(config, fd, path, err))
		result = CONFIG_BAD;
	config_lines_free(&reader.lines);
	buf_wipe(&content);
	close(fd);
	return result;
}

static void
add_first_section(struct config *config)
{
	if (config->count == 0)
		mem_append(&config->sections, &config->count,
		    sizeof(*config->sections));
}

enum config_result
config_read(struct config *config, const char *path, struct error *err)
{
	add_first_section(config);
	return read_file(config, path, 0, 0, err);
}

bool
config_read_addition(struct config *config, const char *path,
    struct span addition, struct error *err)
{
	struct reader reader = {.config = config};
	char **file =
	    mem_append(&config->files, &config->file_count, sizeof(*file));
	bool done;

	add_first_section(config);
	*file = mem_copy_text(path);
	done = config_lines_begin(&reader.lines, *file, addition, err) &&
	    read_lines(&reader, err) == CONFIG_READ;
	config_lines_free(&reader.lines);
	return done;
}

/* From an entry to a value of a profile. */

/* Adds the path with ~/ replaced; a file's relative path is beside the file. */
static bool
add_path(const struct entry *entry, struct span path, struct buf *out,
    struct error *err)
{
	char *text = NULL;

	if (span_starts(path, SPAN("~/"))) {
		text = identity_home();
		if (text == NULL)
			return error_set(err, ERROR_CONFIG,
			    "there is no home directory for ~");
		path = span_skip(path, 1);
	} else if (entry->place.line != 0) {
		text = file_path_beside(entry->place.file, path);
		path = (struct span){0};
	}
	buf_add_text(out, text != NULL ? text : "");
	buf_add_span(out, path);
	free(text);
	return true;
}

/* The same for each path of a list. */
static bool
resolve_paths(const struct entry *entry, struct buf *value, struct error *err)
{
	struct buf paths = {.max = 2 * CONFIG_FILE_MAX};
	struct span rest = buf_span(value), path;
	bool done = true;

	while (done && span_next_word(&rest, NAME_LIST_SEPARATORS, &path)) {
		buf_add_text(&paths, paths.len > 0 ? " " : "");
		done = add_path(entry, path, &paths, err);
	}
	buf_free(value);
	*value = paths;
	return done;
}

/* A relative path is relative to the folder of its file. */
static bool
resolve(const struct entry *entry, struct buf *value, struct error *err)
{
	char *path;

	if (entry->setting->traits & SETTING_PATHS)
		return resolve_paths(entry, value, err);
	if (entry->place.line == 0 ||
	    !setting_is_path(entry->setting, buf_span(value)))
		return true;
	path = file_path_beside(entry->place.file, buf_span(value));
	buf_clear(value);
	buf_add_text(value, path);
	free(path);
	return true;
}

/* The shell has already expanded the value, except for a ~ after "=". */
static enum value_result
expand_option(const struct entry *entry, struct buf *value, struct error *err)
{
	struct span raw = buf_span(&entry->raw);

	if (setting_is_path(entry->setting, raw) &&
	    span_starts(raw, SPAN("~/"))) {
		char *home = identity_home();

		if (home == NULL) {
			error_set(err, ERROR_USAGE,
			    "there is no home directory for ~");
			return VALUE_BAD;
		}
		buf_add_text(value, home);
		raw = span_skip(raw, 1);
		free(home);
	}
	buf_add_span(value, raw);
	return VALUE_READY;
}

/* Whether the value seems to end in a comment. It does not: # is part of it. */
static bool
has_comment(struct span raw)
{
	size_t at = span_find(raw, '#');

	return at > 0 && at < raw.len && ascii_is_blank(raw.at[at - 1]);
}

bool
config_apply(const struct entry *entry, struct profile *profile,
    bool unset_allowed, struct error *err)
{
	const struct setting *setting = entry->setting;
	bool is_option = entry->place.line == 0, done = false;
	struct buf value = {.max = 2 * CONFIG_FILE_MAX};
	enum value_result result;

	if (is_option)
		result = expand_option(entry, &value, err);
	else
		result = value_expand(buf_span(&entry->raw),
		    setting_value_kind(setting, buf_span(&entry->raw)), &value,
		    err);
	if (result == VALUE_READY)
		done = resolve(entry, &value, err) &&
		    setting->type->parse(
			setting, profile, buf_span(&value), err);
	buf_wipe(&value);
	if (result == VALUE_UNSET && unset_allowed)
		return true;
	if (!done && !is_option && has_comment(buf_span(&entry->raw)))
		error_add(err, "\nhint: a comment must be on a separate line");
	return done || config_line_refuse(entry->value_place, err);
}

bool
config_check(const struct section *section, struct error *err)
{
	struct profile scratch = PROFILE_UNSET;
	const struct entry *source = NULL;
	bool done = true;

	for (size_t i = 0; done && i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		const struct setting *setting = entry->setting;

		done = config_apply(entry, &scratch, true, err);
		profile_free(&scratch);
		if (!done || !(setting->traits & SETTING_SOURCE))
			continue;
		if (source != NULL && source->setting != setting) {
			error_set(err, ERROR_CONFIG,
			    "%s is set, and so is %s: only one source of the "
			    "password can be set",
			    setting->name, source->setting->name);
			done = config_line_refuse(entry->place, err);
		}
		source = entry;
	}
	profile_free(&scratch);
	return done;
}
