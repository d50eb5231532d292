/*
 * The buttons of a Slack message, by what Slack sends back when one is pressed (slack_callback.c).
 */
#ifndef RECEIVERS_SLACK_BUTTON_H
#define RECEIVERS_SLACK_BUTTON_H

#define SLACK_ACKNOWLEDGE "runbookd_acknowledge"
#define SLACK_UNACKNOWLEDGE "runbookd_unacknowledge"

#endif
