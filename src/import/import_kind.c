/*
 * A kind that the user names takes precedence over the name of the file, and
 * that name over the content.
 */
#include "import/import_kind.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/utf8.h"
#include "import/dma.h"
#include "import/esmtp.h"
#include "import/git.h"
#include "import/import_file.h"
#include "import/import_token.h"
#include "import/msmtprc.h"
#include "import/mutt.h"
#include "import/netrc_import.h"
#include "import/nullmailer.h"
#include "import/s_nail.h"
#include "import/ssmtp.h"
#include "profile/identity.h"

static const char *const dma_names[] = {"dma.conf", NULL};
static const char *const esmtp_names[] = {".esmtprc", "esmtprc", NULL};
static const char *const git_names[] = {".gitconfig", "gitconfig", NULL};
static const char *const msmtprc_names[] = {".msmtprc", "msmtprc", NULL};
static const char *const mutt_names[] = {
    ".muttrc", "muttrc", ".neomuttrc", "neomuttrc", "Muttrc", NULL};
static const char *const netrc_names[] = {
    ".netrc", "netrc", "_netrc", ".authinfo", NULL};
static const char *const nullmailer_names[] = {"remotes", NULL};
static const char *const s_nail_names[] = {
    ".mailrc", "mailrc", "mail.rc", "s-nail.rc", "nail.rc", ".nailrc", NULL};
static const char *const ssmtp_names[] = {"ssmtp.conf", NULL};

/*
 * A text is compared with the kinds in this order, so a kind that many texts
 * look like comes last.
 */
const struct import_kind import_kinds[] = {
    {.name = "dma",
	.file_names = dma_names,
	.is_like = dma_is_like,
	.read = dma_read},
    {.name = "nullmailer",
	.file_names = nullmailer_names,
	.takes_folder = true,
	.is_like = nullmailer_is_like,
	.read = nullmailer_read},
    {.name = "git",
	.file_names = git_names,
	.has_files = true,
	.is_like = git_is_like,
	.read = git_read},
    {.name = "msmtprc",
	.also = "msmtp",
	.file_names = msmtprc_names,
	.is_like = msmtprc_is_like,
	.read = msmtprc_read},
    {.name = "s-nail",
	.file_names = s_nail_names,
	.is_like = s_nail_is_like,
	.read = s_nail_read},
    {.name = "ssmtp",
	.file_names = ssmtp_names,
	.is_like = ssmtp_is_like,
	.read = ssmtp_read},
    {.name = "esmtprc",
	.also = "esmtp",
	.file_names = esmtp_names,
	.is_like = esmtp_is_like,
	.read = esmtp_read},
    {.name = "mutt",
	.also = "neomutt",
	.file_names = mutt_names,
	.is_like = mutt_is_like,
	.read = mutt_read},
    {.name = "netrc",
	.file_names = netrc_names,
	.is_like = netrc_import_is_like,
	.read = netrc_import_read},
    {.name = NULL},
};

const struct import_kind *
import_kind_find(struct span name)
{
	for (const struct import_kind *kind = import_kinds; kind->name != NULL;
	     kind++)
		if (span_equal(name, span_from(kind->name)) ||
		    (kind->also != NULL &&
			span_equal(name, span_from(kind->also))))
			return kind;
	return NULL;
}

static const struct import_kind *
find_by_file_name(const char *path)
{
	struct span name = file_last_part(span_from(path));

	for (const struct import_kind *kind = import_kinds; kind->name != NULL;
	     kind++)
		for (size_t i = 0; kind->file_names[i] != NULL; i++)
			if (span_equal(name, span_from(kind->file_names[i])))
				return kind;
	return NULL;
}

static const struct import_kind *
find_by_content(struct span text)
{
	for (const struct import_kind *kind = import_kinds; kind->name != NULL;
	     kind++)
		if (kind->is_like(text))
			return kind;
	return NULL;
}

static const struct import_kind *
find_for_folder(void)
{
	for (const struct import_kind *kind = import_kinds; kind->name != NULL;
	     kind++)
		if (kind->takes_folder)
			return kind;
	return NULL;
}

static void
add_hint(struct error *err)
{
	struct buf names = {0};

	for (const struct import_kind *kind = import_kinds; kind->name != NULL;
	     kind++)
		buf_add_format(&names, "%s%s", kind == import_kinds ? "" : ", ",
		    kind->name);
	error_add(
	    err, "\nhint: write KIND:FILE; the kinds are %s", buf_text(&names));
	buf_free(&names);
}

static bool
refuse_unknown(const char *path, struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, ERROR_DATA,
	    "cannot import %s: neither its name nor its content tells which "
	    "program it belongs to",
	    shown);
	free(shown);
	add_hint(err);
	return false;
}

static bool
is_folder(const char *path)
{
	struct stat status;

	return strcmp(path, "-") != 0 && stat(path, &status) == 0 &&
	    S_ISDIR(status.st_mode);
}

/* Reads a file or a folder. *kind is NULL if the user named none. */
static bool
read_path(const char *path, struct translation *translation,
    const struct import_kind **kind, struct error *err)
{
	struct import_source source = {
	    .path = path, .is_folder = is_folder(path)};
	struct buf text = {0};
	bool done = true;

	if (*kind == NULL && source.is_folder)
		*kind = find_for_folder();
	if (!source.is_folder || *kind == NULL || !(*kind)->takes_folder) {
		done = import_file_read(path, &text, translation, err);
		source.text = buf_span(&text);
	}
	if (done && *kind == NULL)
		*kind = find_by_file_name(path);
	if (done && *kind == NULL)
		*kind = find_by_content(source.text);
	if (done && *kind == NULL)
		done = refuse_unknown(path, err);
	done = done && (*kind)->read(&source, translation, err);
	buf_wipe(&text);
	return done;
}

/*
 * A leading ~/ is the home directory: no shell replaces it in KIND:~/FILE.
 * Caller frees.
 */
static char *
find_path(const char *path)
{
	char *home = strncmp(path, "~/", 2) == 0 ? identity_home() : NULL;
	struct buf whole = {0};

	buf_add_text(&whole, home != NULL ? home : "");
	buf_add_text(&whole, home != NULL ? path + 1 : path);
	free(home);
	return buf_take_text(&whole);
}

static bool
read_argument(const char *argument, struct translation *translation,
    const struct import_kind **kind, struct error *err)
{
	struct span all = span_from(argument);
	size_t colon = span_find(all, ':');
	char *path;
	bool done;

	*kind = import_kind_find(all);
	if (*kind != NULL && (*kind)->has_files) {
		const struct import_source source = {.path = NULL};

		return (*kind)->read(&source, translation, err);
	}
	*kind = colon + 1 < all.len ? import_kind_find(span_head(all, colon))
				    : NULL;
	path = find_path(*kind != NULL ? argument + colon + 1 : argument);
	done = read_path(path, translation, kind, err);
	free(path);
	/* The user may have meant the name of a kind. */
	if (!done && err->kind == ERROR_NO_INPUT && *kind == NULL &&
	    (colon < all.len || import_kind_find(all) != NULL))
		add_hint(err);
	return done;
}

bool
import_kind_read(const char *argument, struct translation *translation,
    const struct import_kind **kind, struct error *err)
{
	if (!read_argument(argument, translation, kind, err))
		return false;
	import_token_explain_missing(translation);
	import_file_warn(translation);
	return true;
}
