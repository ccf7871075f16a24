/*
 * The types of settings that are about mail: servers, addresses, login
 * mechanisms, notifications, pins, header fields.
 */
#ifndef PROFILE_SETTING_MAIL_H
#define PROFILE_SETTING_MAIL_H

#include <stdbool.h>

#include "base/text.h"
#include "profile/setting.h"

extern const struct setting_type setting_log, setting_dsn_notify,
    setting_dsn_return, setting_mx_security, setting_queue, setting_servers,
    setting_globs, setting_senders, setting_mechanisms, setting_sender,
    setting_full_name, setting_addresses, setting_host, setting_domain,
    setting_domains, setting_pins, setting_proxy, setting_sources,
    setting_fields;

/* The words that allow-senders knows; ends in NULL. */
extern const char *const setting_mail_sender_words[];
/*
 * Why an item of allow-senders is refused: it is none of these words, and it
 * can match no address. NULL: it is valid.
 */
const char *setting_mail_sender_fault(struct span sender);

#endif
