#include "profile/layers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "profile/entry.h"
#include "profile/provider.h"
#include "profile/resolve.h"

static void
add_layer(struct layers *layers, const struct section *section)
{
	const struct section **item;

	if (section == NULL)
		return;
	item = mem_append(&layers->sections, &layers->count, sizeof(*item));
	*item = section;
}

static void
add_layer_pair(struct layers *layers, const struct layer_pair *pair)
{
	add_layer(layers, pair->user);
	add_layer(layers, pair->system);
}

/* The profile that the entry names; NULL with an error if it cannot be. */
static const struct named_profile *
find_parent(const struct entry *entry, const struct profiles *profiles,
    bool *seen, struct error *err)
{
	struct profile scratch = {.password_fd = -1};
	const struct named_profile *parent = NULL;

	if (!entry_apply(entry, &scratch, false, err))
		return NULL;
	parent = profiles_find(profiles, span_from(scratch.extends));
	if (parent == NULL)
		setting_refuse(entry->setting, span_from(scratch.extends), err,
		    "there is no such profile");
	else if (seen[parent - profiles->named])
		setting_refuse(entry->setting, span_from(scratch.extends), err,
		    "the profiles extend each other in a ring");
	profile_free(&scratch);
	if (parent != NULL && !seen[parent - profiles->named]) {
		seen[parent - profiles->named] = true;
		return parent;
	}
	place_error(entry->value_place, err);
	return NULL;
}

/* The first layer that names a provider, or names none. */
static size_t
provider_layer(const struct layers *layers)
{
	const struct setting *setting = setting_find(SPAN("provider"));
	size_t from = 0;

	while (from < layers->count &&
	    section_find(layers->sections[from], setting) == NULL)
		from++;
	return from;
}

bool
layers_collect(struct layers *layers, const struct profiles *profiles,
    const struct named_profile *named, enum layers_top top,
    struct error *err)
{
	const struct setting *extends = setting_find(SPAN("extends"));
	bool *seen = mem_new(profiles->count, sizeof(*seen));
	const struct entry *entry;
	bool done = true;

	if (top == LAYERS_OPTIONS)
		add_layer(layers, &profiles->options.sections[0]);
	layers->environment = layers->count;
	if (top != LAYERS_FILES)
		add_layer(layers, &profiles->environment.sections[0]);
	layers->option_count = layers->count;
	entry = layers_find_between(layers, extends, 0, layers->option_count);
	add_layer_pair(layers, &named->own);
	layers->own_count = layers->count;
	seen[named - profiles->named] = true;
	if (entry == NULL)
		entry = layer_find(&named->own, extends);
	while (done && entry != NULL && entry->raw.len > 0) {
		named = find_parent(entry, profiles, seen, err);
		done = named != NULL;
		if (!done)
			break;
		add_layer_pair(layers, &named->own);
		entry = layer_find(&named->own, extends);
	}
	add_layer_pair(layers, &profiles->defaults);
	layers->provider = provider_layer(layers);
	free(seen);
	return done;
}

const struct entry *
layers_find_between(const struct layers *layers, const struct setting *setting,
    size_t from, size_t to)
{
	const struct entry *entry = NULL;

	for (size_t i = from; entry == NULL && i < to; i++)
		entry = section_find(layers->sections[i], setting);
	return entry;
}

static bool
section_has_source(const struct section *section)
{
	for (size_t i = 0; i < section->count; i++)
		if (section->entries[i].setting->traits & SETTING_SOURCE)
			return true;
	return false;
}

/*
 * A layer that names a source of the secret hides all sources below it: a
 * profile may replace the inherited one by one of another kind.
 */
static size_t
source_layer(const struct layers *layers)
{
	size_t i = 0;

	while (i < layers->count && !section_has_source(layers->sections[i]))
		i++;
	return i;
}

static void
find_source(struct found *found, const struct layers *layers,
    const struct setting *setting)
{
	size_t source = source_layer(layers);

	if (source < layers->count)
		found->entry =
		    layers_find_between(layers, setting, source, source + 1);
}

void
layers_find(struct found *found, const struct layers *layers,
    const struct setting *setting, const struct profile *profile)
{
	size_t layer = layers->provider;
	size_t next = layer + (layer < layers->count);

	*found = (struct found){.layer = layer};
	if (setting->traits & SETTING_SOURCE) {
		find_source(found, layers, setting);
		return;
	}
	if (setting->traits & SETTING_OWN) {
		found->entry = layers_find_between(
		    layers, setting, 0, layers->own_count);
		return;
	}
	found->entry = layers_find_between(layers, setting, 0, next);
	if (found->entry != NULL)
		return;
	if (layer < layers->count)
		found->has_preset = provider_preset(
		    profile, setting->name, &found->preset);
	if (!found->has_preset)
		found->entry = layers_find_between(
		    layers, setting, next, layers->count);
}

void
layers_free(struct layers *layers)
{
	free(layers->sections);
	*layers = (struct layers){0};
}
