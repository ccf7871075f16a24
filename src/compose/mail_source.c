/*
 * Frees sources and their mails. What a source consists of is known only to the
 * file that opened it.
 */
#include "compose/mail_source.h"

#include <stdlib.h>
#include <unistd.h>

void
mail_source_free(struct mail_source *source)
{
	if (source->free != NULL)
		source->free(source->context);
	buf_free(&source->identity);
	*source = (struct mail_source){0};
}

/* The message first, since it borrows from the others. */
void
mail_source_free_mail(struct mail_source_mail *mail)
{
	message_free(mail->message);
	composition_free(&mail->composition);
	if (mail->fd >= 0)
		close(mail->fd);
	free(mail->name);
	buf_free(&mail->identity);
	*mail = MAIL_SOURCE_NO_MAIL;
}
