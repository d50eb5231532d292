/*
 * The files of runbookctl incidents: what is said and done by hand, each with the command's flags.
 */
#ifndef CTL_CMD_INCIDENTS_IMPL_H
#define CTL_CMD_INCIDENTS_IMPL_H

#include "ctl/cmd.h"

enum ctl_status incident_update(struct ctl *c, const char *key);
enum ctl_status incident_open(struct ctl *c);
enum ctl_status incident_feedback_said(struct ctl *c, const char *key);

#endif
