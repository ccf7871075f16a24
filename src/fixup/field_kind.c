/*
 * The table of fields by name. The strict check reports missing and repeated
 * fields in the order of the rows.
 */
#include "fixup/field_kind.h"

#include <stddef.h>

/* clang-format off */
const struct field_kind field_kinds[FIELD_KIND_COUNT] = {
    {"From",                        SYNTAX_ADDRESSES,  ROLE_FROM,      NEEDED},
    {"Date",                        SYNTAX_TOKENS,     ROLE_NONE,      NEEDED},
    {"Message-ID",                  SYNTAX_MESSAGE_ID, ROLE_NONE,      NEEDED},
    {"Sender",                      SYNTAX_ADDRESSES,  ROLE_SENDER,    SINGLE},
    {"Reply-To",                    SYNTAX_ADDRESSES,  ROLE_REPLY_TO,  SINGLE},
    {"To",                          SYNTAX_ADDRESSES,  ROLE_OTHER,     SINGLE},
    {"Cc",                          SYNTAX_ADDRESSES,  ROLE_OTHER,     SINGLE},
    {"Bcc",                         SYNTAX_ADDRESSES,  ROLE_OTHER,     SINGLE},
    {"In-Reply-To",                 SYNTAX_PHRASES,    ROLE_NONE,      SINGLE},
    {"References",                  SYNTAX_PHRASES,    ROLE_NONE,      SINGLE},
    {"Subject",                     SYNTAX_TEXT,       ROLE_NONE,      SINGLE},
    {"MIME-Version",                SYNTAX_TOKENS,     ROLE_NONE,      SINGLE},
    {"Content-Type",                SYNTAX_PARAMETERS, ROLE_NONE,      SINGLE},
    {"Content-Transfer-Encoding",   SYNTAX_TOKENS,     ROLE_NONE,      SINGLE},
    {"Content-ID",                  SYNTAX_CONTENT_ID, ROLE_NONE,      SINGLE},
    {"Content-Disposition",         SYNTAX_PARAMETERS, ROLE_NONE,      MANY},
    {"Content-Language",            SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"Resent-From",                 SYNTAX_ADDRESSES,  ROLE_RE_FROM,   MANY},
    {"Resent-Sender",               SYNTAX_ADDRESSES,  ROLE_RE_SENDER, MANY},
    {"Resent-Reply-To",             SYNTAX_ADDRESSES,  ROLE_OTHER,     MANY},
    {"Resent-To",                   SYNTAX_ADDRESSES,  ROLE_OTHER,     MANY},
    {"Resent-Cc",                   SYNTAX_ADDRESSES,  ROLE_OTHER,     MANY},
    {"Resent-Bcc",                  SYNTAX_ADDRESSES,  ROLE_OTHER,     MANY},
    {"Resent-Date",                 SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"Resent-Message-ID",           SYNTAX_MESSAGE_ID, ROLE_NONE,      MANY},
    {"Return-Path",                 SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Delivered-To",                SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Apparently-To",               SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Errors-To",                   SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Return-Receipt-To",           SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Disposition-Notification-To", SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Mail-Followup-To",            SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"Mail-Reply-To",               SYNTAX_ADDRESSES,  ROLE_NONE,      MANY},
    {"X-Original-From",             SYNTAX_TEXT,       ROLE_ORIGINAL,  MANY},
    {"Received",                    SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"Auto-Submitted",              SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"Authentication-Results",      SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"Archived-At",                 SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"List-ID",                     SYNTAX_PHRASES,    ROLE_NONE,      MANY},
    {"List-Help",                   SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"List-Unsubscribe",            SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"List-Subscribe",              SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"List-Post",                   SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"List-Owner",                  SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {"List-Archive",                SYNTAX_TOKENS,     ROLE_NONE,      MANY},
    {NULL,                          SYNTAX_TEXT,       ROLE_NONE,      MANY},
};
/* clang-format on */

const struct field_kind *
field_kind_of(struct span name)
{
	const struct field_kind *kind = field_kinds;

	while (kind->name != NULL &&
	    !span_equal_nocase(name, span_from(kind->name)))
		kind++;
	return kind;
}

bool
field_kind_has_addresses(struct span name)
{
	return field_kind_of(name)->syntax == SYNTAX_ADDRESSES;
}
