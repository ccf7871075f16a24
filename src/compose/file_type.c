/*
 * Reads the files mime/globs2 of shared-mime-info, whose lines are
 * WEIGHT:TYPE:GLOB or WEIGHT:TYPE:GLOB:FLAGS. The glob with the highest weight
 * wins, then the longest one, then one that fits without ignoring case.
 */
#include "compose/file_type.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/error.h"
#include "base/file.h"
#include "profile/identity.h"

#define GLOBS_MAX ((size_t)1024 * 1024) /* octets of a file */
#define NAME_MAX_OCTETS ((size_t)255)	/* of a file; longer ones match none */
#define TYPE_MAX ((size_t)127)

/* For systems without shared-mime-info. */
static const struct {
	const char *suffix, *type;
} suffixes[] = {
    {".7z", "application/x-7z-compressed"},
    {".avi", "video/x-msvideo"},
    {".avif", "image/avif"},
    {".bmp", "image/bmp"},
    {".bz2", "application/x-bzip2"},
    {".css", "text/css"},
    {".csv", "text/csv"},
    {".diff", "text/x-patch"},
    {".doc", "application/msword"},
    {".docx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml."
	"document"},
    {".eml", "message/rfc822"},
    {".epub", "application/epub+zip"},
    {".gif", "image/gif"},
    {".gz", "application/gzip"},
    {".heic", "image/heic"},
    {".htm", "text/html"},
    {".html", "text/html"},
    {".ico", "image/vnd.microsoft.icon"},
    {".ics", "text/calendar"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript"},
    {".json", "application/json"},
    {".log", "text/plain"},
    {".md", "text/markdown"},
    {".mov", "video/quicktime"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".odp", "application/vnd.oasis.opendocument.presentation"},
    {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {".odt", "application/vnd.oasis.opendocument.text"},
    {".ogg", "audio/ogg"},
    {".patch", "text/x-patch"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".ppt", "application/vnd.ms-powerpoint"},
    {".pptx",
	"application/vnd.openxmlformats-officedocument.presentationml."
	"presentation"},
    {".ps", "application/postscript"},
    {".rtf", "application/rtf"},
    {".svg", "image/svg+xml"},
    {".tar", "application/x-tar"},
    {".tgz", "application/gzip"},
    {".tif", "image/tiff"},
    {".tiff", "image/tiff"},
    {".txt", "text/plain"},
    {".vcf", "text/vcard"},
    {".wav", "audio/wav"},
    {".webm", "video/webm"},
    {".webp", "image/webp"},
    {".xls", "application/vnd.ms-excel"},
    {".xlsx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".xml", "application/xml"},
    {".xz", "application/x-xz"},
    {".zip", "application/zip"},
    {".zst", "application/zstd"},
};

#define SUFFIX_COUNT (sizeof(suffixes) / sizeof(suffixes[0]))

void
file_type_free(struct file_types *types)
{
	for (size_t i = 0; i < types->count; i++)
		buf_free(&types->globs[i]);
	*types = (struct file_types){0};
}

static void
read_globs(struct file_types *types, struct span folder)
{
	static const char file[] = "/mime/globs2";
	struct buf path = {.max = folder.len + sizeof(file)};
	struct buf *globs = &types->globs[types->count];
	struct error ignored = {0};

	if (types->count == FILE_TYPE_FOLDERS_MAX || folder.len == 0 ||
	    folder.at[0] != '/')
		return;
	buf_init(globs, GLOBS_MAX);
	buf_add_span(&path, folder);
	buf_add_text(&path, file);
	if (file_read_path(
		buf_text(&path), FILE_REGULAR, globs, ERROR_NO_INPUT, &ignored))
		types->count++;
	else
		buf_free(globs);
	buf_free(&path);
}

/* As the XDG Base Directory Specification says. */
static void
read_folders(struct file_types *types)
{
	const char *own = environment_get("XDG_DATA_HOME");
	const char *dirs = environment_get("XDG_DATA_DIRS");
	struct span rest = span_from(dirs), folder;

	if (span_from(own).len > 0) {
		read_globs(types, span_from(own));
	} else {
		char *home = identity_home();
		char *data =
		    home != NULL ? file_path_in(home, ".local/share") : NULL;

		read_globs(types, span_from(data));
		free(data);
		free(home);
	}
	if (rest.len == 0)
		rest = SPAN("/usr/local/share:/usr/share");
	while (span_next_word(&rest, ":", &folder))
		read_globs(types, folder);
	types->is_read = true;
}

static bool
equals(char a, char b, bool with_case)
{
	return a == b || (!with_case && ascii_lower(a) == ascii_lower(b));
}

/*
 * The length of a set such as "[a-z]" or "[!0-9]" at the start of a glob, and
 * whether the character is in it. 0 if it is not closed.
 */
static size_t
take_set(struct span glob, char c, bool with_case, bool *is_in)
{
	bool is_negated = glob.len > 1 && glob.at[1] == '!';
	size_t first = is_negated ? 2 : 1, at = first;
	bool found = false;

	for (; at < glob.len && (glob.at[at] != ']' || at == first); at++) {
		char low = glob.at[at], high = low;

		if (at + 2 < glob.len && glob.at[at + 1] == '-' &&
		    glob.at[at + 2] != ']') {
			high = glob.at[at + 2];
			at += 2;
		}
		found = found || (c >= low && c <= high) ||
		    (!with_case &&
			((ascii_lower(c) >= low && ascii_lower(c) <= high) ||
			    (ascii_upper(c) >= low && ascii_upper(c) <= high)));
	}
	*is_in = found != is_negated;
	return at < glob.len ? at + 1 : 0;
}

/* How many octets of the glob stand for this character; 0: they do not fit. */
static size_t
take_one(struct span glob, char c, bool with_case)
{
	bool is_in = false;
	size_t len;

	if (glob.len == 0)
		return 0;
	if (glob.at[0] == '?')
		return 1;
	len = glob.at[0] == '[' ? take_set(glob, c, with_case, &is_in) : 0;
	if (len > 0)
		return is_in ? len : 0;
	return equals(glob.at[0], c, with_case) ? 1 : 0;
}

/*
 * Whether the glob fits the whole name. After a mismatch only the last "*" is
 * widened, so the time is bounded by the product of both lengths.
 */
static bool
fits(struct span glob, struct span name, bool with_case)
{
	struct span after_star = {NULL, 0}, star_name = {NULL, 0};
	bool has_star = false;

	while (name.len > 0) {
		size_t len;

		if (glob.len > 0 && glob.at[0] == '*') {
			has_star = true;
			glob = after_star = span_skip(glob, 1);
			star_name = name;
			continue;
		}
		len = take_one(glob, name.at[0], with_case);
		if (len > 0) {
			glob = span_skip(glob, len);
			name = span_skip(name, 1);
			continue;
		}
		if (!has_star)
			return false;
		star_name = span_skip(star_name, 1);
		name = star_name;
		glob = after_star;
	}
	while (glob.len > 0 && glob.at[0] == '*')
		glob = span_skip(glob, 1);
	return glob.len == 0;
}

struct glob {
	uint64_t weight;
	struct span type, text;
	bool with_case; /* the glob must match case */
	bool is_exact;	/* it matches case */
};

/* False if the line is a comment or cannot be read. */
static bool
read_line(struct span line, struct glob *glob)
{
	size_t end = span_find(line, ':');
	struct span flags, flag;

	*glob = (struct glob){0};
	if (!span_number(span_head(line, end), 1000000, &glob->weight))
		return false;
	line = span_skip(line, end + 1);
	end = span_find(line, ':');
	glob->type = span_head(line, end);
	line = span_skip(line, end + 1);
	end = span_find(line, ':');
	glob->text = span_head(line, end);
	flags = span_skip(line, end + 1);
	flags = span_head(flags, span_find(flags, ':'));
	while (span_next_word(&flags, ",", &flag))
		glob->with_case |= span_equal(flag, SPAN("cs"));
	return glob->text.len > 0 && glob->text.len <= NAME_MAX_OCTETS;
}

/* A type from a file is written into a message. */
static bool
is_type(struct span type)
{
	size_t slash = span_find(type, '/');

	if (slash == 0 || slash + 1 >= type.len || type.len > TYPE_MAX)
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (i != slash && !ascii_is_alnum(type.at[i]) &&
		    (type.at[i] == '\0' ||
			strchr("!#$&^_.+-", type.at[i]) == NULL))
			return false;
	return !span_starts_nocase(type, SPAN("multipart/"));
}

/* Whether a better folder drops the globs of this type from all others. */
static bool
is_dropped(const struct file_types *types, size_t folder, struct span type)
{
	for (size_t i = 0; i < folder; i++) {
		struct span rest = buf_span(&types->globs[i]), line;
		struct glob glob;

		while (span_next_word(&rest, "\r\n", &line))
			if (read_line(line, &glob) &&
			    span_equal(glob.text, SPAN("__NOGLOBS__")) &&
			    span_equal(glob.type, type))
				return true;
	}
	return false;
}

static bool
is_better(const struct glob *glob, const struct glob *best)
{
	if (glob->weight != best->weight)
		return glob->weight > best->weight;
	if (glob->text.len != best->text.len)
		return glob->text.len > best->text.len;
	return glob->is_exact && !best->is_exact;
}

struct span
file_type_find(const struct file_types *types, struct span name)
{
	struct glob best = {0}, glob;

	if (name.len > NAME_MAX_OCTETS)
		return (struct span){0};
	for (size_t i = 0; i < types->count; i++) {
		struct span rest = buf_span(&types->globs[i]), line;

		while (span_next_word(&rest, "\r\n", &line)) {
			if (!read_line(line, &glob))
				continue;
			glob.is_exact = fits(glob.text, name, true);
			if (!glob.is_exact &&
			    (glob.with_case || !fits(glob.text, name, false)))
				continue;
			if ((best.type.len == 0 || is_better(&glob, &best)) &&
			    is_type(glob.type) &&
			    !is_dropped(types, i, glob.type))
				best = glob;
		}
	}
	return best.type;
}

static const char *
find_suffix(struct span name)
{
	size_t dot = span_find_last(name, '.');

	for (size_t i = 0; i < SUFFIX_COUNT; i++)
		if (dot > 0 &&
		    span_equal_nocase(
			span_skip(name, dot), span_from(suffixes[i].suffix)))
			return suffixes[i].type;
	return "application/octet-stream";
}

void
file_type_add(struct file_types *types, struct span name, struct buf *out)
{
	struct span found;

	if (!types->is_read)
		read_folders(types);
	found = file_type_find(types, name);
	if (found.len > 0)
		buf_add_span(out, found);
	else
		buf_add_text(out, find_suffix(name));
}
