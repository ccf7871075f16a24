/*
 * The configuration goes to standard output or into a new file; all else that
 * people should know goes to standard error. The text may hold passwords: it is
 * wiped, and is printed only where nobody else can read it.
 */
#include "cli/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "base/whole_file.h"
#include "cli/output.h"
#include "cli/queue_add.h"
#include "import/import_kind.h"
#include "import/translation.h"
#include "profile/config_line.h"
#include "profile/profile_choice.h"
#include "profile/profiles.h"

#define LOST_MAX 20

/* A call of --import. */
struct import {
	const struct options *options;
	char *config, *folder; /* of the configuration; NULL: no home */
	struct translation translation;
	const struct import_kind *kind;
	struct buf text; /* wiped */
};

/* Passwords go only where nobody else can read them. */
static bool
may_show_secrets(const struct options *options, struct error *err)
{
	struct stat status;

	if (options->with_secrets == 0 || options->writes > 0)
		return true;
	if (fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_uid == geteuid() &&
	    (status.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return true;
	return error_set(err, ERROR_USAGE,
	    "cannot use --with-secrets: the passwords would be printed where "
	    "others can read them\n"
	    "hint: --write makes the configuration file; or write into a new "
	    "file: umask 077; smtpost --import ... >FILE");
}

static bool
find_config(struct import *import, struct error *err)
{
	import->config = import->options->config != NULL
	    ? queue_add_config_path(import->options)
	    : profiles_user_path();
	if (import->config == NULL)
		return import->options->writes == 0 ||
		    error_set(err, ERROR_CREATE,
			"cannot use --write: there is no home directory\n"
			"hint: name a file with --config");
	import->folder = file_folder(import->config);
	import->translation.folder = import->folder;
	return true;
}

static void
add_heading(struct import *import)
{
	struct span file = span_from(import->options->import_file);
	size_t colon = span_find(file, ':');

	/* KIND:FILE */
	if (colon < file.len &&
	    import_kind_find(span_head(file, colon)) == import->kind)
		file = span_skip(file, colon + 1);
	buf_add_text(&import->text, "# Made by smtpost --import from ");
	utf8_add_masked(&import->text,
	    span_equal(file, SPAN("-")) ? SPAN("standard input") : file);
	buf_add_format(&import->text, " (%s)\n", import->kind->name);
}

static void
print_line(const char *label, struct span text)
{
	struct buf out = {0};

	buf_add_format(&out, "smtpost: %s", label);
	utf8_add_sentence(&out, text);
	buf_add_char(&out, '\n');
	output_write(&out, stderr);
	buf_free(&out);
}

static void
print_unusable(const struct import_profile *profile, const struct error *why)
{
	struct span reason =
	    span_head(span_from(why->text), strcspn(why->text, "\n"));
	struct buf line = {0};

	/* cannot use profile "NAME": REASON */
	if (profile != NULL &&
	    span_starts(reason, SPAN("cannot use profile \"")) &&
	    strstr(why->text, "\": ") != NULL)
		reason = span_skip(reason,
		    (size_t)(strstr(why->text, "\": ") - why->text) + 3);
	if (profile == NULL)
		buf_add_text(&line, "the configuration");
	else
		buf_add_format(&line, "the profile \"%s\"",
		    profile->name != NULL ? profile->name : "default");
	buf_add_text(&line, " cannot be used as it is: ");
	buf_add_span(&line, reason);
	print_line("warning: ", buf_span(&line));
	buf_free(&line);
}

/* Reads the text as later calls will, without other files. */
static void
check(const struct import *import)
{
	const struct profile_sources sources = {
	    .config = import->config != NULL ? import->config : "config",
	    .no_environment = true,
	    .has_only_addition = true,
	    .addition = buf_span(&import->text),
	};
	struct error why;
	struct profiles *profiles = profiles_load(&sources, &why);
	const struct translation *translation = &import->translation;

	if (profiles == NULL)
		print_unusable(NULL, &why);
	for (size_t i = translation->count > 1 ? 1 : 0;
	     profiles != NULL && i < translation->count; i++) {
		struct profile profile = PROFILE_UNSET;
		const char *name = translation->profiles[i]->name;

		if (!profile_choice_make(&profile, profiles,
			name != NULL ? name : "default", NULL, NULL, &why))
			print_unusable(translation->profiles[i], &why);
		profile_free(&profile);
	}
	profiles_free(profiles);
}

/* TEXT of "[work] TEXT"; empty: the line names no profile. */
static struct span
warning_text(struct span line)
{
	return span_starts(line, SPAN("["))
	    ? span_skip(line, span_find(line, ' '))
	    : (struct span){0};
}

/* The next line about the same as `line`, of another profile. */
static bool
next_alike(struct span *rest, struct span line, struct span *found)
{
	struct span text = warning_text(line);

	while (text.len > 0 && span_next_word(rest, "\n", found))
		if (span_equal(warning_text(*found), text))
			return true;
	return false;
}

/* "[a] [b] TEXT": what is the same for several profiles is printed once. */
static void
print_warnings(struct span lines)
{
	struct span rest = lines, line;

	while (span_next_word(&rest, "\n", &line)) {
		struct span text = warning_text(line), before = lines,
			    after = rest, other;
		struct buf out = {0};

		if (next_alike(&before, line, &other) && other.at != line.at)
			continue;
		buf_add_span(&out, span_head(line, line.len - text.len));
		while (next_alike(&after, line, &other)) {
			buf_add_char(&out, ' ');
			buf_add_span(
			    &out, span_head(other, other.len - text.len));
		}
		buf_add_span(&out, text);
		print_line("warning: ", buf_span(&out));
		buf_free(&out);
	}
}

/* How many passwords are missing in the configuration. */
static void
print_hidden(const struct translation *translation)
{
	size_t count = 0;

	for (size_t i = 0; i < translation->count; i++)
		count += translation->profiles[i]->password_keys != NULL;
	if (count > 0)
		fprintf(stderr,
		    "smtpost: %zu password%s not shown; the comments say how "
		    "to keep %s\n",
		    count, count == 1 ? " is" : "s are",
		    count == 1 ? "it" : "them");
}

/* What people should know besides the configuration itself. */
static void
print_notes(const struct import *import)
{
	const struct import_tally *tally = &import->translation.tally;

	print_warnings(buf_span(&tally->warnings));
	if (tally->left > 0)
		fprintf(stderr,
		    "smtpost: %zu line%s not taken over; the comments say "
		    "why\n",
		    tally->left, tally->left == 1 ? " is" : "s are");
	print_hidden(&import->translation);
}

/* Without a configuration, what its comments would say. */
static void
print_lost(const struct translation *translation)
{
	static const struct span start = SPAN("# not taken over: ");
	size_t shown = 0;

	for (size_t i = 0; i < translation->count; i++) {
		struct span rest =
				buf_span(&translation->profiles[i]->comments),
			    line;

		while (span_next_word(&rest, "\n", &line))
			if (span_starts(line, start) && shown < LOST_MAX) {
				shown++;
				print_line("", span_skip(line, 2));
			}
	}
	if (translation->tally.left > shown)
		fprintf(stderr, "smtpost: and %zu more lines\n",
		    translation->tally.left - shown);
}

static void
print_next_step(const struct import *import)
{
	const struct options *options = import->options;
	struct buf out = {0};
	struct span config = span_from(
	    import->config != NULL ? import->config : "a file of your own");

	buf_add_text(&out, "smtpost: ");
	if (options->writes > 0) {
		utf8_add_masked(&out, config);
		buf_add_text(&out, " was made");
	} else {
		buf_add_text(&out,
		    import->config != NULL && access(import->config, F_OK) < 0
			? "hint: --write puts it into "
			: "hint: to use this configuration, add it to ");
		utf8_add_masked(&out, config);
	}
	if (options->config == NULL &&
	    strstr(options->import_file, "/etc/") != NULL)
		buf_add_text(&out,
		    "\nsmtpost: hint: for all users of this machine see "
		    "smtpost-import(7), \"A machine with several users\"");
	buf_add_text(&out, "\nsmtpost: hint: then check it: smtpost ");
	if (options->config != NULL) {
		buf_add_text(&out, "--config ");
		utf8_add_masked(&out, span_from(options->config));
		buf_add_char(&out, ' ');
	}
	buf_add_text(&out, "--doctor --all\n");
	output_write(&out, stderr);
	buf_free(&out);
}

static bool
write_text(const struct import *import, struct error *err)
{
	if (whole_file_make_folders(import->config, 0700, err) &&
	    whole_file_make(import->config, 0600, buf_span(&import->text), err))
		return true;
	/* A folder that is not trusted is no fault of a configuration. */
	if (err->kind == ERROR_CONFIG)
		err->kind = ERROR_CREATE;
	if (err->kind == ERROR_CREATE)
		error_add(err,
		    "\nhint: without --write the configuration is printed; "
		    "copy it into the file");
	return false;
}

static bool
print_text(struct import *import, struct error *err)
{
	/* Its buffer would keep the passwords, and is not wiped. */
	setvbuf(stdout, NULL, _IONBF, 0);
	output_write(&import->text, stdout);
	return output_end(err);
}

/* Why no setting was made of it. */
static void
add_reason(const struct import *import, struct buf *out)
{
	const struct buf *nothing = &import->translation.nothing;

	if (nothing->len > 0)
		buf_add_span(out, buf_span(nothing));
	else
		buf_add_format(out,
		    "nothing in it became a setting (read as %s)\n"
		    "hint: to read it as another kind, write KIND:FILE",
		    import->kind->name);
}

static bool
refuse_source(const struct import *import, struct error *err)
{
	char *shown = utf8_masked(span_from(import->options->import_file));
	struct buf reason = {0};

	if (import->translation.tally.is_understood)
		buf_add_text(&reason, "there is nothing to write: ");
	add_reason(import, &reason);
	error_set(
	    err, ERROR_DATA, "cannot import %s: %s", shown, buf_text(&reason));
	buf_free(&reason);
	free(shown);
	return false;
}

/* Why there is no setting, instead of what to do next. */
static void
print_nothing(const struct import *import)
{
	struct buf text = {0};
	struct span rest, line;

	buf_add_text(&text, "there is nothing for a profile in ");
	utf8_add_masked(&text, span_from(import->options->import_file));
	buf_add_text(&text, ": ");
	add_reason(import, &text);
	rest = buf_span(&text);
	while (span_next_word(&rest, "\n", &line))
		print_line("", line);
	buf_free(&text);
}

/* False if it is not understood, or if there is nothing to write. */
static bool
read_source(struct import *import, struct error *err)
{
	struct translation *translation = &import->translation;
	bool done = import_kind_read(
	    import->options->import_file, translation, &import->kind, err);

	if (done && translation->tally.is_understood &&
	    (translation_setting_count(translation) > 0 ||
		import->options->writes == 0))
		return true;
	print_lost(translation);
	return done && refuse_source(import, err);
}

bool
import_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct import import = {.options = options};
	bool done;

	(void)result;
	translation_init(&import.translation, options->with_secrets > 0);
	buf_init_secret(&import.text, CONFIG_FILE_MAX);
	done = may_show_secrets(options, err) && find_config(&import, err) &&
	    read_source(&import, err);
	if (done) {
		add_heading(&import);
		translation_add_text(&import.translation, &import.text);
		if (translation_setting_count(&import.translation) > 0)
			check(&import);
		done = options->writes > 0 ? write_text(&import, err)
					   : print_text(&import, err);
	}
	if (done) {
		print_notes(&import);
		if (translation_setting_count(&import.translation) > 0)
			print_next_step(&import);
		else
			print_nothing(&import);
	}
	buf_wipe(&import.text);
	translation_free(&import.translation);
	free(import.config);
	free(import.folder);
	return done;
}
