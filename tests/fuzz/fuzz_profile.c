#include "fuzz/fuzz.h"

#include <unistd.h>

#include "fixup/extra_fields.h"
#include "message/header.h"
#include "profile/effective_settings.h"
#include "profile/profile_choice.h"
#include "profile/profiles.h"
#include "profile/server_url.h"

/* A temporary file, rewritten for each input and removed at the end. */
static char path[] = "/tmp/fuzz_profile.XXXXXX";

static void
remove_file(void)
{
	unlink(path);
}

static int
file(void)
{
	static int fd = -1;

	if (fd < 0) {
		fd = mkstemp(path);
		CLAIM(fd >= 0);
		atexit(remove_file);
		unsetenv("SMTPOST_PROFILE");
	}
	return fd;
}

static void
check_url(struct span input)
{
	struct server server = {0};
	struct error err = {0};

	if (!server_url_parse(&server, input, &err))
		fuzz_check_error(&err);
	server_url_free(&server);
	err = (struct error){0};
	if (!server_urls_are_clean(input, &err))
		fuzz_check_error(&err);
}

/* Fields that are added must be whole ones, in ASCII. */
static void
check_profile(const struct profile *profile)
{
	struct buf text = {0}, fields = {0};
	struct error err = {0};
	struct field field;
	struct span rest;

	effective_settings_add(profile, &text);
	CLAIM(
	    extra_fields_read(&fields, span_from(profile->add_headers), &err));
	CLAIM(span_is_ascii(buf_span(&fields)));
	for (rest = buf_span(&fields); header_next(&rest, &field);)
		CLAIM(field.name.len > 0 && field.body.len > 1);
	buf_free(&fields);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile_sources sources = {.config = path};
	struct profile profile = PROFILE_UNSET;
	struct profiles *profiles;
	struct error err = {0};
	int fd = file();

	check_url(fuzz_input(data, size));
	CLAIM(ftruncate(fd, 0) == 0);
	CLAIM(pwrite(fd, data, size, 0) == (ssize_t)size);
	profiles = profiles_load(&sources, &err);
	if (profiles != NULL) {
		if (profile_choice_make(
			&profile, profiles, NULL, "me@example.org", NULL, &err))
			check_profile(&profile);
		else
			fuzz_check_error(&err);
		profile_free(&profile);
		profiles_free(profiles);
	} else {
		fuzz_check_error(&err);
	}
	return 0;
}
