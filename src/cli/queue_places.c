/*
 * Finds and reads spools. Root reads the spools of other users, but not their
 * configuration: of their profiles it knows only what the spool says.
 */
#include "cli/queue_places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/fault.h"
#include "profile/config.h"
#include "profile/profile_choice.h"
#include "profile/setting_table.h"
#include "spool/clock.h"
#include "spool/runner_settings.h"
#include "spool/spool_path.h"

/* The settings of more profiles than this are not looked up. */
#define PROFILES_KNOWN_MAX 64

/* A profile as the spool knows it. */
struct queue_profile {
	char *name, *config; /* owned; config NULL: the usual files */
	struct reason_profile facts;
};

void
queue_places_complain(struct queue_places *places, const struct error *err)
{
	places->exit_status = error_exit_status(err->kind);
	fault_print_error(err);
}

static void
complain_missing(struct queue_places *places, const struct queue_select *select,
    const char *id)
{
	int before = places->exit_status;
	struct error err = {0};

	queue_select_set_missing(select, id, &err);
	queue_places_complain(places, &err);
	if (before != 0)
		places->exit_status = before;
}

void
queue_places_complain_missing(
    struct queue_places *places, const struct queue_select *select)
{
	for (size_t i = 0; i < select->id_count; i++)
		if (!select->found[i])
			complain_missing(places, select, select->ids[i].text);
	if (select->id_count == 0 && select->matches == 0)
		complain_missing(places, select, NULL);
}

/*
 * Several paths may lead to one folder, but those below `users` are different
 * ones.
 */
static bool
is_known(const struct queue_places *places, const struct queue_spool *spool)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct queue_spool *other = &places->spools[i];

		if (other->path.is_of_user && spool->path.is_of_user)
			return false;
		if (other->device == spool->device &&
		    other->inode == spool->inode)
			return true;
	}
	return false;
}

/*
 * Opens the folder, which the caller closes. False: there is none, or it cannot
 * be used; one below `users` does not change the status of root then.
 */
static bool
open_folder(struct queue_places *places, const struct spool_path *path,
    struct folder *folder)
{
	struct error err = {0};

	switch (folder_find_of(folder, path->path, path->owner, &err)) {
	case FOLDER_OPEN:
		return true;
	case FOLDER_ABSENT:
		break;
	case FOLDER_REFUSED:
		if (path->is_of_user && path->owner != geteuid())
			fault_print_error(&err);
		else
			queue_places_complain(places, &err);
		break;
	}
	return false;
}

static void
add_spool(struct queue_places *places, const struct spool_path *path)
{
	struct queue_spool spool = {.path = *path};
	struct folder folder;
	struct stat status;

	if (open_folder(places, path, &folder) &&
	    fstat(folder.top, &status) == 0) {
		spool.device = status.st_dev;
		spool.inode = status.st_ino;
		if (!is_known(places, &spool)) {
			spool.path.path = mem_copy_text(path->path);
			*(struct queue_spool *)mem_append(&places->spools,
			    &places->count, sizeof(spool)) = spool;
		}
	}
	folder_close(&folder);
}

/* A spool that the command line or the environment names is the only one. */
static bool
is_only_one(const struct profiles *profiles)
{
	const struct setting *setting = setting_table_find(SPAN("queue-dir"));

	return config_find(&profiles->options.sections[0], setting) != NULL ||
	    config_find(&profiles->environment.sections[0], setting) != NULL;
}

/*
 * Adds the spools that the profiles of the configuration name. The error is the
 * last one about a profile that cannot be used, if there is one.
 */
static bool
add_configured(struct queue_places *places, struct error *err)
{
	bool has_profile = false;

	for (size_t i = 0; i < places->profiles->count; i++) {
		struct spool_path path = {.owner = geteuid()};
		struct profile profile;

		if (profile_choice_make(&profile, places->profiles,
			places->profiles->named[i].name, NULL, NULL, err)) {
			has_profile = true;
			path.path = profile.queue.dir;
		}
		if (path.path != NULL)
			add_spool(places, &path);
		profile_free(&profile);
	}
	return has_profile;
}

struct profiles *
queue_places_load(const struct options *options, struct error *err)
{
	const struct profile_sources sources = {
	    .config = options->config,
	    .has_profile = true,
	    .sets = options->sets,
	    .set_origins = options->set_origins,
	    .set_count = options->set_count,
	};

	return profiles_load(&sources, err);
}

bool
queue_places_open(struct queue_places *places, const struct options *options,
    struct error *err)
{
	struct error profile_error = {0};
	struct spool_paths paths = {0};

	*places = (struct queue_places){
	    .options = options, .now = (int64_t)time(NULL)};
	places->profiles = queue_places_load(options, &places->config_error);
	if (places->profiles == NULL &&
	    places->config_error.kind == ERROR_USAGE) {
		*err = places->config_error;
		return false;
	}
	if (places->profiles == NULL)
		queue_places_complain(places, &places->config_error);
	else if (!add_configured(places, &profile_error) &&
	    is_only_one(places->profiles))
		queue_places_complain(places, &profile_error);
	if (places->profiles != NULL && is_only_one(places->profiles))
		return true;
	if (geteuid() == 0)
		spool_paths_find_all(&paths);
	else
		spool_paths_find_own(&paths, NULL);
	for (size_t i = 0; i < paths.count; i++)
		add_spool(places, &paths.list[i]);
	spool_paths_free(&paths);
	return true;
}

static void
forget_profiles(struct queue_places *places)
{
	for (size_t i = 0; i < places->known_count; i++) {
		free(places->known[i].name);
		free(places->known[i].config);
		reason_profile_free(&places->known[i].facts);
	}
	free(places->known);
	places->known = NULL;
	places->known_count = 0;
}

void
queue_places_close(struct queue_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->spools[i].path.path);
	free(places->spools);
	forget_profiles(places);
	profiles_free(places->profiles);
	*places = (struct queue_places){0};
}

static void
set_fault(struct reason_profile *facts, const struct error *err)
{
	struct span text = span_from(err->text);

	/* Without the hints */
	facts->fault = span_copy(span_head(text, span_find(text, '\n')));
}

/* Sets what the settings of the profile say now. */
static void
ask_profile(struct reason_profile *facts, const struct profiles *profiles,
    const struct folder *folder, const char *name)
{
	struct runner_settings settings;
	struct error err = {0};
	struct profile profile;
	char *shown;

	if (profiles_find(profiles, span_from(name)) == NULL) {
		shown = utf8_excerpt_masked(span_from(name), 128);
		error_set(&err, ERROR_CONFIG,
		    "there is no profile \"%s\" any more", shown);
		free(shown);
		set_fault(facts, &err);
		return;
	}
	if (profile_choice_make(&profile, profiles, name, NULL, NULL, &err)) {
		settings = runner_settings_of(&profile);
		facts->is_known = true;
		facts->lifetime = settings.lifetime;
		facts->schedule = settings.retry;
		facts->has_trouble = server_state_read(&facts->trouble, folder,
		    name, server_state_fingerprint(&profile));
	} else
		set_fault(facts, &err);
	profile_free(&profile);
}

/* The environment does not count for a run. */
static void
ask_configuration(struct reason_profile *facts, const struct folder *folder,
    const char *name, const char *config)
{
	const struct profile_sources sources = {
	    .config = config, .no_environment = true};
	struct error err = {0};
	struct profiles *profiles = profiles_load(&sources, &err);

	if (profiles == NULL)
		set_fault(facts, &err);
	else
		ask_profile(facts, profiles, folder, name);
	profiles_free(profiles);
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What is known of a mail's profile. Borrowed until the next call. */
static const struct reason_profile *
find_profile(struct queue_places *places, const struct folder *folder,
    const struct waiting *waiting)
{
	static const struct reason_profile nothing;
	struct queue_profile *known;

	if (waiting->profile == NULL)
		return &nothing;
	for (size_t i = 0; i < places->known_count; i++) {
		known = &places->known[i];
		if (is_same(known->name, waiting->profile) &&
		    is_same(known->config, waiting->config))
			return &known->facts;
	}
	if (places->known_count == PROFILES_KNOWN_MAX)
		return &nothing;
	known =
	    mem_append(&places->known, &places->known_count, sizeof(*known));
	known->name = mem_copy_text(waiting->profile);
	if (waiting->config != NULL)
		known->config = mem_copy_text(waiting->config);
	if (folder->owner == geteuid())
		ask_configuration(&known->facts, folder, known->name,
		    known->config != NULL ? known->config
					  : places->options->config);
	else
		known->facts.has_trouble = server_state_find(
		    &known->facts.trouble, folder, known->name);
	return &known->facts;
}

/* One mail; and the context of the call for it. */
struct walk {
	struct queue_places *places;
	struct queue_select *select;
	void (*take)(void *context, const struct queue_mail *mail);
	void *context;
	const struct folder *folder;
	const struct queue_spool *spool;
	int64_t clock;
	struct listing listing; /* used again for each mail */
};

static void
visit(struct walk *walk, bool is_dead, const struct id *id, bool *found)
{
	int64_t now = walk->places->now;
	struct queue_mail mail = {.folder = walk->folder,
	    .spool = walk->spool,
	    .listing = &walk->listing,
	    .now = now,
	    .clock = walk->clock};

	if (!listing_read(&walk->listing, walk->folder, is_dead, id) ||
	    !queue_select_fits(walk->select, &walk->listing, now))
		return;
	walk->select->matches++;
	if (found != NULL)
		*found = true;
	mail.profile =
	    find_profile(walk->places, walk->folder, &walk->listing.waiting);
	mail.reason = reason_of(&walk->listing, mail.profile, now);
	walk->take(walk->context, &mail);
}

static void
visit_all(struct walk *walk, bool is_dead)
{
	struct folder_list list = {0};
	struct error err = {0};

	if (!folder_read(
		&list, is_dead ? walk->folder->dead : walk->folder->mail)) {
		error_set(&err, ERROR_TEMPORARY, "cannot read the queue %s: %s",
		    walk->folder->path, strerror(errno));
		queue_places_complain(walk->places, &err);
	}
	for (size_t i = 0; i < list.count; i++)
		visit(walk, is_dead, &list.ids[i], NULL);
	folder_list_free(&list);
}

static void
visit_spool(struct walk *walk)
{
	struct queue_select *select = walk->select;

	clock_read(walk->folder, &walk->clock);
	for (int is_dead = 0; is_dead <= 1; is_dead++) {
		if (select->id_count == 0)
			visit_all(walk, is_dead);
		for (size_t i = 0; i < select->id_count; i++)
			visit(
			    walk, is_dead, &select->ids[i], &select->found[i]);
	}
}

void
queue_places_each(struct queue_places *places, struct queue_select *select,
    void (*take)(void *context, const struct queue_mail *mail), void *context)
{
	struct walk walk = {.places = places,
	    .select = select,
	    .take = take,
	    .context = context};

	for (size_t i = 0; i < places->count; i++) {
		struct folder folder;

		walk.folder = &folder;
		walk.spool = &places->spools[i];
		if (open_folder(places, &walk.spool->path, &folder))
			visit_spool(&walk);
		folder_close(&folder);
		forget_profiles(places);
	}
	listing_free(&walk.listing);
}
