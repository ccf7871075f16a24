/*
 * A prepared mail on its way: what server, queue, report and log need for it.
 * One submission has one shipment, a batch has one for each of its mails.
 */
#ifndef CLI_SHIPMENT_H
#define CLI_SHIPMENT_H

#include "cli/log.h"
#include "cli/outgoing.h"
#include "cli/queue_add.h"
#include "cli/report.h"
#include "smtp/letter.h"
#include "smtp/submission.h"

struct shipment {
	const struct options *options; /* borrowed */
	struct outgoing outgoing;      /* prepared by the caller; owned */
	struct plan seven_bit, utf8;
	struct signing signing;
	struct letter letter;
	struct submission submission;
	struct queue_add queue;
	/* The form of the report; of several mails also the mail's number. */
	struct report report;
};

/*
 * Notes the facts about a profile that are known before the first connection,
 * for -v and the log.
 */
void shipment_note_profile(const struct profile *profile,
    const struct options *options, const struct observer *observer);
/*
 * Makes everything from the outgoing mail and notes the facts about it. The
 * shipment must stay where it is until shipment_free. Without a message the
 * server is only asked about the recipients.
 */
void shipment_init(struct shipment *shipment, const struct options *options,
    const struct observer *observer);
/*
 * Passes the message through filter-command, if the profile has one. If that
 * fails, it becomes the outcome of all open recipients.
 */
void shipment_filter(struct shipment *shipment);
/*
 * Prints report and failures. All recipients are settled, so a stalled reader
 * may now terminate us. False if the report could not be written.
 */
bool shipment_print(const struct shipment *shipment);
/* Says on standard error that the report could not be written. */
void shipment_complain(void);
/* Logs the mail, and the warnings that were kept. */
void shipment_log(const struct shipment *shipment, struct log_watch *watch);
void shipment_free(struct shipment *shipment);

#endif
