/*
 * Makes the manifest of a batch. A mail whose header and body are those of an
 * earlier one has the same digest; its key also counts the copies.
 */
#include "cli/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/draft.h"
#include "compose/batch.h"
#include "compose/merge.h"
#include "message/header.h"
#include "message/storage.h"
#include "profile/profiles.h"

/* How many mails, and octets of them, are kept as they are prepared. */
#define READY_COUNT_MAX ((size_t)1000)
#define READY_OCTETS_MAX ((size_t)4 * 1024 * 1024)

/* Names the mail, "mail 3 (cur/17)"; caller frees. */
static char *
make_label(size_t index, const struct mail_source_mail *mail)
{
	char *shown = utf8_excerpt_masked(span_from(mail->name), 128);
	struct buf text = {0};

	buf_add_format(&text, "mail %zu", index + 1);
	if (mail->name != NULL)
		buf_add_format(&text, " (%s)", shown);
	free(shown);
	return buf_take_text(&text);
}

static bool
name_mail(size_t index, const struct mail_source_mail *mail, struct error *err)
{
	struct error why = *err;
	char *label = make_label(index, mail);

	error_set(err, why.kind, "%s: %s", label, why.text);
	free(label);
	return false;
}

/* Finds the profile of a mail, by name, among those of earlier mails. */
static bool
find_group(struct manifest *manifest, struct profile *profile, size_t *group)
{
	for (size_t i = 0; i < manifest->group_count; i++)
		if (strcmp(manifest->groups[i].name, profile->name) == 0) {
			*group = i;
			return true;
		}
	return false;
}

static void
add_group(
    struct manifest *manifest, const struct profile *profile, size_t *group)
{
	*group = manifest->group_count;
	*(struct profile *)mem_append(&manifest->groups, &manifest->group_count,
	    sizeof(*profile)) = *profile;
}

/*
 * Chooses the profile of the mail. A new one is added in the first pass only,
 * so that the others stay where they are while mails are sent.
 */
static bool
choose(struct manifest *manifest, const struct message *message,
    bool is_first_pass, size_t *group, struct error *err)
{
	struct profile profile;

	*group = 0;
	if (!manifest->is_by_header)
		return true;
	if (!originator_choose_profile(&profile, manifest->profiles,
		manifest->options, message, err)) {
		manifest->report = profile.report;
		return false;
	}
	if (!find_group(manifest, &profile, group)) {
		if (!is_first_pass)
			return error_set(err, ERROR_TEMPORARY,
			    "it changed after it was checked");
		add_group(manifest, &profile, group);
		return true;
	}
	profile_free(&profile);
	return true;
}

/* Reads the mail and makes envelope and plan. */
static bool
prepare(struct manifest *manifest, size_t index, bool is_first_pass,
    struct outgoing *outgoing, struct mail_source_mail *mail, size_t *group,
    struct error *err)
{
	const struct options *options = manifest->options;
	struct message_options how = {
	    .header =
		options->read_recipients ? HEADER_REQUIRED : HEADER_BY_NAME,
	    .edits = &options->header_edits,
	};
	struct mail_source *source = &manifest->source;

	if (!manifest->is_by_header) {
		how.max_size = manifest->groups[0].max_size;
		how.memory_max = manifest->groups[0].memory_max;
	}
	*outgoing = (struct outgoing){.shares_profile = true};
	*mail = MAIL_SOURCE_NO_MAIL;
	if (!source->read(source->context, index, &how, mail, err))
		return false;
	outgoing->message = mail->message;
	outgoing->composition = mail->composition;
	mail->message = NULL;
	mail->composition = (struct composition){0};
	if (!choose(manifest, outgoing->message, is_first_pass, group, err))
		return false;
	outgoing->profile = manifest->groups[*group];
	return outgoing_complete(outgoing, options, err);
}

/* A sum that need not resist attacks: it only finds changes. */
static uint64_t
sum_of(const struct outgoing *outgoing, const struct mail_source_mail *mail)
{
	const struct storage *body = message_body(outgoing->message);
	struct buf numbers = {0};
	uint64_t sum = storage_sum(0, buf_span(&mail->identity));

	if (mail->identity.len > 0)
		return sum;
	buf_add_format(&numbers, "%llu %llu", (unsigned long long)body->size,
	    (unsigned long long)body->sum);
	sum = storage_sum(sum, message_header(outgoing->message));
	sum = storage_sum(sum, buf_span(&numbers));
	buf_free(&numbers);
	return sum;
}

static bool
digest_span(unsigned char *digest, struct span text)
{
	bool done = true;

	while (done && text.len > 0) {
		done =
		    state_file_digest(digest, span_head(text, STORAGE_BLOCK));
		text = span_skip(text, STORAGE_BLOCK);
	}
	return done;
}

static bool
digest_body(unsigned char *digest, const struct message *message)
{
	struct storage_reader reader;
	struct span block;
	bool done = true;

	storage_reader_init(&reader, message_body(message));
	while (done && storage_reader_next(&reader, &block))
		done = digest_span(digest, block);
	done = done && !reader.is_changed;
	storage_reader_free(&reader);
	return done;
}

/* Fields in which mail programs note what they did with a mail of an mbox. */
static bool
is_note(struct span name)
{
	static const char *const names[] = {"Status", "X-Status", "X-Keywords",
	    "X-UID", "X-IMAP", "X-IMAPbase", "Content-Length", "Lines",
	    "X-Mozilla-Status", "X-Mozilla-Status2", "X-Mozilla-Keys"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal_nocase(name, span_from(names[i])))
			return true;
	return false;
}

/* Of the header without such notes: a mail that was looked at is not new. */
static bool
digest_header(unsigned char *digest, struct span header)
{
	struct field field;
	struct buf text;
	bool done;

	buf_init(&text, header.len);
	while (header_next(&header, &field))
		if (!is_note(field.name))
			buf_add_span(&text, field.whole);
	done = digest_span(digest, buf_span(&text));
	buf_free(&text);
	return done;
}

/* Whether a state file will name the mails. */
static bool
wants_keys(const struct manifest *manifest)
{
	return manifest->options->batch.state != NULL;
}

/* The digest of the mail and its recipients. */
static bool
make_key(struct state_key *key, const struct outgoing *outgoing,
    const struct mail_source_mail *mail, struct error *err)
{
	const struct envelope *envelope = &outgoing->envelope;
	struct buf paths;
	bool done;

	buf_init(&paths, SIZE_MAX / 2);
	for (size_t i = 0; i < envelope->count; i++)
		buf_add_format(
		    &paths, "%s\n", envelope->recipients[i].forward_path);
	memset(key->digest, 0, sizeof(key->digest));
	if (mail->identity.len > 0)
		done = digest_span(key->digest, buf_span(&mail->identity));
	else
		done = digest_header(
			   key->digest, message_header(outgoing->message)) &&
		    digest_body(key->digest, outgoing->message);
	done = done && digest_span(key->digest, buf_span(&paths));
	buf_free(&paths);
	return done ||
	    error_set(err, ERROR_TEMPORARY,
		"its digest cannot be computed: it changed while it was being "
		"read");
}

/*
 * Whether to keep the mail, which saves the work of preparing it again. With
 * --rate its Date would be old when its turn comes.
 */
static bool
may_keep(const struct manifest *manifest, const struct outgoing *outgoing,
    const struct mail_source_mail *mail)
{
	const struct options *options = manifest->options;

	return options->batch.source != NULL &&
	    options->batch.rate.count == 0 && options->mode == MODE_SUBMIT &&
	    mail->fd < 0 && manifest->ready_count < READY_COUNT_MAX &&
	    message_size(outgoing->message) <=
	    READY_OCTETS_MAX - manifest->ready_octets;
}

static void
keep(struct manifest *manifest, struct manifest_mail *record,
    const struct outgoing *outgoing, const struct mail_source_mail *mail)
{
	record->ready = mem_new(1, sizeof(*record->ready));
	*record->ready = (struct manifest_ready){*outgoing, *mail};
	manifest->ready_count++;
	manifest->ready_octets += (size_t)message_size(outgoing->message);
}

static bool
check_mail(struct manifest *manifest, size_t index, struct error *err)
{
	struct manifest_mail *record = &manifest->mails[index];
	struct mail_source_mail mail;
	struct outgoing outgoing;
	bool done = prepare(
	    manifest, index, true, &outgoing, &mail, &record->group, err);

	if (done) {
		record->sum = sum_of(&outgoing, &mail);
		record->recipients = outgoing.envelope.count;
		done = !wants_keys(manifest) ||
		    make_key(&record->key, &outgoing, &mail, err);
	}
	if (!done)
		name_mail(index, &mail, err);
	if (done && may_keep(manifest, &outgoing, &mail)) {
		keep(manifest, record, &outgoing, &mail);
		return true;
	}
	outgoing_free(&outgoing);
	mail_source_free_mail(&mail);
	return done;
}

/* Equal mails keep the order of the source. */
static int
compare_keys(const void *a, const void *b)
{
	const struct manifest_mail *one = *(struct manifest_mail *const *)a;
	const struct manifest_mail *other = *(struct manifest_mail *const *)b;
	int order =
	    memcmp(one->key.digest, other->key.digest, STATE_DIGEST_SIZE);

	if (order != 0)
		return order;
	return one < other ? -1 : one > other;
}

/* Sorts the mails by digest, and counts equal ones. */
static void
sort(struct manifest *manifest)
{
	size_t count = manifest->source.count;
	struct manifest_mail **order = mem_new(count, sizeof(*order));

	for (size_t i = 0; i < count; i++)
		order[i] = &manifest->mails[i];
	qsort(order, count, sizeof(*order), compare_keys);
	for (size_t i = 0; i < count; i++)
		order[i]->key.copy = i > 0 &&
			memcmp(order[i]->key.digest, order[i - 1]->key.digest,
			    STATE_DIGEST_SIZE) == 0
		    ? order[i - 1]->key.copy + 1
		    : 1;
	manifest->order = order;
}

/* For a row of --merge, with the profile that it will have. */
static char *
find_id_domain(void *context, const struct message *header, struct error *err)
{
	struct manifest *manifest = context;
	const struct options *options = manifest->options;
	struct profile profile;
	char *found;

	if (!manifest->is_by_header)
		return outgoing_id_domain(
		    &manifest->groups[0], options, header, err);
	if (!originator_choose_profile(
		&profile, manifest->profiles, options, header, err))
		return NULL;
	found = outgoing_id_domain(&profile, options, header, err);
	profile_free(&profile);
	return found;
}

static bool
open_merge(struct manifest *manifest, struct error *err)
{
	const struct options *options = manifest->options;
	const struct merge_request request = {
	    .table = options->batch.table,
	    .rows = options->batch.rows,
	    .composition = &manifest->draft,
	    .message = options_template(options),
	    .edits = &options->header_edits,
	    .id_domain = {find_id_domain, manifest},
	};

	return draft_fill(&manifest->draft, options, err) &&
	    merge_open(&manifest->source, &request, err);
}

static bool
open_source(struct manifest *manifest, struct error *err)
{
	const struct options *options = manifest->options;
	struct mail_source *source = &manifest->source;
	char *shown;

	if (options->batch.table != NULL)
		return open_merge(manifest, err);
	if (!batch_open(source, options->batch.source, err))
		return false;
	if (source->count > 0)
		return true;
	shown = utf8_excerpt_masked(span_from(source->name), 200);
	error_set(err, ERROR_NO_INPUT,
	    "cannot send %s: there is no mail in it\n"
	    "hint: a mail in a folder is a file whose name ends in .eml; a "
	    "Maildir has the folders new and cur",
	    shown);
	free(shown);
	return false;
}

/* If all mails have the same profile, it is chosen at once. */
static bool
load_profiles(struct manifest *manifest, struct error *err)
{
	const struct options *options = manifest->options;
	struct profile profile = {.password_fd = -1};
	size_t first;
	bool done = true;

	manifest->profiles = outgoing_load_profiles(options, err);
	if (manifest->profiles == NULL) {
		outgoing_fill_report(&profile, options);
		manifest->report = profile.report;
		return false;
	}
	manifest->report = manifest->profiles->report;
	manifest->is_by_header =
	    outgoing_is_choice_by_header(options, manifest->profiles);
	if (manifest->is_by_header)
		return true;
	done = originator_choose_profile(
	    &profile, manifest->profiles, options, NULL, err);
	manifest->report = profile.report;
	if (done)
		add_group(manifest, &profile, &first);
	return done;
}

bool
manifest_make(
    struct manifest *manifest, const struct options *options, struct error *err)
{
	manifest->options = options;
	if (!load_profiles(manifest, err) || !open_source(manifest, err))
		return false;
	manifest->mails =
	    mem_new(manifest->source.count, sizeof(*manifest->mails));
	for (size_t i = 0; i < manifest->source.count; i++)
		if (!check_mail(manifest, i, err))
			return false;
	if (wants_keys(manifest))
		sort(manifest);
	return true;
}

static void
free_ready(struct manifest_mail *record)
{
	if (record->ready == NULL)
		return;
	outgoing_free(&record->ready->outgoing);
	mail_source_free_mail(&record->ready->mail);
	free(record->ready);
	record->ready = NULL;
}

void
manifest_free(struct manifest *manifest)
{
	for (size_t i = 0;
	     manifest->mails != NULL && i < manifest->source.count; i++) {
		free_ready(&manifest->mails[i]);
		free(manifest->mails[i].states);
	}
	free(manifest->mails);
	free(manifest->order);
	for (size_t i = 0; i < manifest->group_count; i++)
		profile_free(&manifest->groups[i]);
	free(manifest->groups);
	mail_source_free(&manifest->source);
	composition_free(&manifest->draft);
	profiles_free(manifest->profiles);
	*manifest = (struct manifest){0};
}

bool
manifest_prepare(struct manifest *manifest, size_t index,
    struct outgoing *outgoing, struct mail_source_mail *mail, struct error *err)
{
	struct manifest_mail *record = &manifest->mails[index];
	size_t group = 0;

	if (record->ready != NULL) {
		*outgoing = record->ready->outgoing;
		outgoing->profile = manifest->groups[record->group];
		*mail = record->ready->mail;
		free(record->ready);
		record->ready = NULL;
	} else if (!prepare(
		       manifest, index, false, outgoing, mail, &group, err)) {
		return false;
	} else if (group != record->group ||
	    sum_of(outgoing, mail) != record->sum ||
	    outgoing->envelope.count != record->recipients) {
		return error_set(
		    err, ERROR_TEMPORARY, "it changed after it was checked");
	}
	outgoing->label = make_label(index, mail);
	return true;
}

static struct manifest_mail *
find_key(const struct manifest *manifest, const struct state_key *key)
{
	size_t low = 0, high = manifest->source.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct manifest_mail *mail = manifest->order[middle];
		int order =
		    memcmp(mail->key.digest, key->digest, STATE_DIGEST_SIZE);

		if (order == 0 && mail->key.copy == key->copy)
			return mail;
		if (order < 0 || (order == 0 && mail->key.copy < key->copy))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A mail that is not in the source any more does not matter. */
bool
manifest_take_state(void *context, const struct state_line *line)
{
	struct manifest_mail *mail = find_key(context, &line->key);

	if (mail == NULL)
		return true;
	if (line->last >= mail->recipients)
		return false;
	if (line->first == 0 && line->last + 1 == mail->recipients) {
		mail->state = (unsigned char)line->state;
		free(mail->states);
		mail->states = NULL;
		return true;
	}
	if (mail->states == NULL) {
		mail->states = mem_new(mail->recipients, 1);
		memset(mail->states, mail->state, mail->recipients);
	}
	memset(mail->states + line->first, (int)line->state,
	    line->last - line->first + 1);
	return true;
}

enum state
manifest_state(const struct manifest_mail *mail, size_t recipient)
{
	return (enum state)(
	    mail->states != NULL ? mail->states[recipient] : mail->state);
}

bool
manifest_tries(const struct manifest *manifest, enum state state)
{
	return state == STATE_OPEN ||
	    (state == STATE_SENDING &&
		manifest->options->batch.resends_unknown > 0);
}

bool
manifest_is_open(
    const struct manifest *manifest, const struct manifest_mail *mail)
{
	if (mail->states == NULL)
		return manifest_tries(manifest, manifest_state(mail, 0));
	for (size_t i = 0; i < mail->recipients; i++)
		if (manifest_tries(manifest, manifest_state(mail, i)))
			return true;
	return false;
}
