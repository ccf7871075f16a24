/*
 * The syntax of configuration files: lines, sections and includes become
 * entries with their places. Values stay as written (value.h makes them what
 * they mean); keys are known, given once a section, and every section once a
 * configuration. Each file belongs to the caller or root; one that holds a
 * password can be read by nobody else. Errors are ERROR_CONFIG, begin with
 * file:line:column and never show a value.
 */
#ifndef PROFILE_PROFILE_FILE_H
#define PROFILE_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/setting.h"

#define CONFIG_FILE_MAX ((size_t)1024 * 1024)
#define CONFIG_DEPTH_MAX 16
#define CONFIG_FILE_COUNT_MAX 256
#define CONFIG_SECTION_COUNT_MAX 4096

struct place {
	/* Borrowed from the config; or the name of an option or variable. */
	const char *file;
	size_t line, column; /* from 1, in octets; line 0: in no file */
	bool is_environment; /* line 0: a variable, not an option */
};

struct entry {
	const struct setting *setting;
	struct buf raw; /* wiped; may be a password */
	struct place place, value_place;
};

struct section {
	char *name; /* NULL: above the first [name] */
	struct place place;
	struct entry *entries;
	size_t count;
};

/* A file and all that it includes; all zero: no file. */
struct config {
	char **files;
	size_t file_count;
	struct section *sections; /* the first is the one without a name */
	size_t count;
	struct buf notes; /* a line each: what the user should know */
};

enum config_result {
	CONFIG_READ,
	CONFIG_ABSENT,
	CONFIG_DENIED, /* it, or what it includes, is not for this user */
	CONFIG_BAD,
};

/* All but CONFIG_READ set an error. */
enum config_result profile_file_read(
    struct config *config, const char *path, struct error *err);
void profile_file_free(struct config *config);

/* The last one in the section (an option may be given twice); or NULL. */
const struct entry *profile_file_find(
    const struct section *section, const struct setting *setting);
struct entry *profile_file_add(
    struct section *section, const struct setting *setting);
void profile_file_free_section(struct section *section);
/* Whether it can name a profile; it becomes part of a file's name. */
bool profile_file_name_is_valid(struct span name);
/* Puts the place in front of the error's text; false. */
bool profile_file_place_error(struct place place, struct error *err);
/* Adds "FILE:LINE", or the name of the option or variable. */
void profile_file_add_place(struct place place, struct buf *out);

/*
 * The lines of a configuration file: LF or CRLF, comments left out, a last
 * backslash joins the next line; and where each octet of them stood.
 */
struct line_piece {
	size_t offset; /* of its first octet in the joined text */
	size_t line;
};

struct line_reader {
	const char *file; /* borrowed */
	struct span rest; /* borrowed: what is not read yet */
	size_t line;	  /* the number of the last one read */
	struct buf text;  /* the joined line; wiped */
	struct line_piece *pieces;
	size_t count;
};

enum line_result { LINE_READ, LINE_END, LINE_BAD };

void profile_file_init_reader(struct line_reader *reader, const char *file);
void profile_file_free_reader(struct line_reader *reader);
/* Refuses controls but TAB and line ends in all that is to be read. */
bool profile_file_check_reader(struct line_reader *reader, struct error *err);
/* The next line into reader->text; a comment gives an empty one. */
enum line_result profile_file_next_line(
    struct line_reader *reader, struct error *err);
/* The place of the backslash that joins the first line to the next. */
struct place profile_file_first_end(const struct line_reader *reader);
/* The place where `part`, a part of reader->text, begins. */
struct place profile_file_line_place(
    const struct line_reader *reader, struct span part);

#endif
