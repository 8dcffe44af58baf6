#!/bin/sh
# The one-hour response promise: from the report to the monthly figure.
#
# The desk promises that somebody takes care of an incident within an hour of
# its opening hours. One incident comes on Friday evening and is answered on
# Monday morning, in time; one waits for its requester; one is forgotten and
# found by asking for what is late.
#
# Usage: sh one-hour-response.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-gitsm-promise}
. "$(dirname -- "$0")/story.sh"

tell 'A help desk, open on working days from 9 to 5 with an hour for lunch.'
now 2026-11-20T08:00:00Z
as 'Dana Desk' dana@example.com
play init "$desk" --profile service-desk --name 'Help desk'
cd "$desk"
mkdir .gitsm/calendars
cat > .gitsm/calendars/office.yaml <<'END'
description: The help desk in London
time_zone: Europe/London
hours:
  mon-fri: [09:00-12:00, 13:00-17:00]
holidays:
  - date: 12-25
    name: Christmas Day
END
cat > .gitsm/sla.yaml <<'END'
commitments:
  one-hour-response:
    description: Somebody takes care within the hour
    metric: response
    when: type:incident
    target: 1h
    calendar: office
  repair:
    description: It works again
    metric: resolution
    when: type:incident
    target: {P1: 4h, P2: 8h, P3: 2bd, P4: 5bd, P5: 10bd}
    calendar: office
END
play commit
play check

tell 'Friday, 16:40: the printer. Twenty minutes are left until the weekend.'
now 2026-11-20T16:40:00Z
make incident new 'Printer on floor 3 is jammed' --requester ben
printer=$id
play sla show "$printer"

tell 'Monday, 09:30: Alice takes it, 50 of the 60 minutes used. Two more come in.'
now 2026-11-23T09:30:00Z
as 'Alice Analyst' alice@example.com
play incident take "$printer"
make incident new 'Mail is slow' --requester carla --impact high --urgency medium
mail=$id
make incident new 'Monitor flickers' --requester dimitri
monitor=$id

tell 'She answers Carla and has to wait for her; the clock of the repair stands still.'
now 2026-11-23T09:45:00Z
play note "$mail" --public -m 'Since when is it slow, and for all folders?'
play incident take "$mail"
play incident hold "$mail" --reason awaiting_requester -m 'Waits for an answer.'

tell '10:20: what is at risk? The monitor, which nobody has looked at.'
now 2026-11-23T10:20:00Z
play list sla:at_risk
tell '11:00: and now it is late.'
now 2026-11-23T11:00:00Z
play list sla:breached
play incident take "$monitor"

tell 'In the afternoon Carla answers; it is repaired, and reopened once.'
now 2026-11-23T15:00:00Z
play incident resume "$mail"
now 2026-11-23T16:00:00Z
play incident resolve "$mail" -m 'The mailbox was full.'
now 2026-11-24T09:00:00Z
play incident reopen "$mail" -m 'Slow again.'
now 2026-11-24T10:00:00Z
play incident resolve "$mail" -m 'The index of the mailbox was broken.'
play incident resolve "$printer" "$monitor" -m 'Done.'

tell 'Every minute of it can be explained, and the promise has a figure.'
play sla show "$mail"
play report sla
