/*
 * A diagnosis of a configuration in a folder of the test's own, and its
 * findings as text:
 *
 *	warning  config.weak  tls = none: what is sent to ...
 *	write: tls = required
 *	hint: ...
 */
#ifndef TESTS_DOCTOR_DIAGNOSED_H
#define TESTS_DOCTOR_DIAGNOSED_H

#include "profile/folder.h"

#include "doctor/diagnosis.h"
#include "profile/profile_choice.h"

struct diagnosed {
	struct folder folder;
	char *config; /* NULL: the usual files */
	struct profiles *profiles;
	struct profile profile;
	struct error err;
	struct diagnosis diagnosis;
	struct buf text; /* of the findings */
};

/* Makes the folder. Write files into it, and then call diagnosed_load. */
static inline void
diagnosed_make(struct diagnosed *diagnosed)
{
	*diagnosed = (struct diagnosed){.profile = PROFILE_UNSET};
	folder_make(&diagnosed->folder);
	unsetenv("XDG_STATE_HOME");
}

/*
 * Reads the usual files (config NULL) or that one of the folder, and chooses
 * the profile (name NULL: as a mail without -P).
 */
static inline void
diagnosed_load(
    struct diagnosed *diagnosed, const char *config, const char *name)
{
	struct profile_sources sources = {0};
	struct diagnosis *diagnosis = &diagnosed->diagnosis;

	diagnosed->config =
	    config != NULL ? folder_path(&diagnosed->folder, config) : NULL;
	sources.config = diagnosed->config;
	diagnosed->profiles = profiles_load(&sources, &diagnosed->err);
	*diagnosis = (struct diagnosis){.unusable = &diagnosed->err,
	    .profiles = diagnosed->profiles,
	    .deadline = INT64_MAX};
	if (diagnosed->profiles != NULL &&
	    profile_choice_make(&diagnosed->profile, diagnosed->profiles, name,
		NULL, NULL, &diagnosed->err))
		diagnosis->profile = &diagnosed->profile;
}

static inline void
diagnosed_add_finding(struct buf *out, const struct finding *finding)
{
	buf_add_format(out, "%s  %s  %s\n",
	    finding_severity_name(finding->severity), finding->id,
	    finding->text);
	for (size_t i = 0; i < finding->remedy_count; i++)
		buf_add_format(out, "write: %s = %s\n",
		    finding->remedies[i].setting, finding->remedies[i].value);
	if (finding->hint != NULL)
		buf_add_format(out, "hint: %s\n", finding->hint);
}

/* The findings so far, with FOLDER for the path of the folder. */
static inline const char *
diagnosed_text(struct diagnosed *diagnosed)
{
	struct buf all = {0};
	const struct findings *findings = &diagnosed->diagnosis.findings;
	struct span rest, path = span_from(diagnosed->folder.path);

	for (size_t i = 0; i < findings->count; i++)
		diagnosed_add_finding(&all, findings->items[i]);
	buf_clear(&diagnosed->text);
	for (rest = buf_span(&all); rest.len > 0; rest = span_skip(rest, 1)) {
		if (span_starts(rest, path)) {
			buf_add_text(&diagnosed->text, "FOLDER");
			rest = span_skip(rest, path.len - 1);
		} else {
			buf_add_char(&diagnosed->text, rest.at[0]);
		}
	}
	buf_free(&all);
	return buf_text(&diagnosed->text);
}

static inline void
diagnosed_free(struct diagnosed *diagnosed)
{
	diagnosis_free(&diagnosed->diagnosis);
	profile_free(&diagnosed->profile);
	profiles_free(diagnosed->profiles);
	free(diagnosed->config);
	buf_free(&diagnosed->text);
	folder_remove(&diagnosed->folder);
}

#endif
