#!/bin/sh
# A password reset at first contact: recorded, solved and rated in one call.
#
# Usage: sh password-reset.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-gitsm-password}
. "$(dirname -- "$0")/story.sh"

tell 'A help desk.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile help-desk --name 'Example help desk'
cd "$desk"

tell 'Paula calls: she cannot log in. Dana resets the password while she waits.'
make incident new 'Paula cannot log in' --category access/password --requester paula --channel phone --impact low
incident=$id
play incident take "$incident"
play incident resolve "$incident" -c fixed -m 'Identity checked by call back, password reset; she is in.'
play csat "$incident" 5 --from paula -m 'Two minutes!'
play incident close "$incident"
play show "$incident"
play report csat
play check
