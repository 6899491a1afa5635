#!/bin/sh
# A base backup of PostgreSQL with the archive of its write-ahead log, and a restore to a point in time, with PostgreSQL's own
# tools. Needs pg_basebackup, pg_verifybackup and pg_ctl of the server's version, and a role with REPLICATION.
#
#   postgres-backup.sh prepare DATA ARCHIVE         before the server starts: archive the log of the cluster in DATA
#   postgres-backup.sh base URL BACKUP              a base backup of the running cluster, checked
#   postgres-backup.sh restore BACKUP ARCHIVE DATA TIME
#                                                   a new cluster in DATA, as it will be at TIME when it is started;
#                                                   TIME as in '2026-01-31 08:00:00+00', or 'latest'
#
# After that: start the new cluster, wait until it takes writes, and before any server of ordervault starts:
#   ordervault verify && ordervault restore --in-place
# The new cluster archives nothing until it is prepared anew, with an archive of its own.
set -eu

prepare() {
    mkdir -p "$2" && chmod 700 "$2"
    cat >> "$1/postgresql.conf" <<CONF
wal_level = replica
archive_mode = on
archive_command = 'test ! -f "$2/%f" && cp "%p" "$2/%f.part" && sync "$2/%f.part" && mv "$2/%f.part" "$2/%f"'
archive_timeout = 60
CONF
}

base() {
    pg_basebackup --dbname="$1" --pgdata="$2" --wal-method=stream --checkpoint=fast --manifest-checksums=SHA256
    pg_verifybackup "$2"
}

restore() {
    if [ -e "$3" ] && [ -n "$(ls -A "$3")" ]; then
        echo "$3 is not empty: nothing was done" >&2
        exit 73
    fi
    pg_verifybackup "$1"
    mkdir -p "$3" && cp -a "$1/." "$3/" && chmod 700 "$3"
    {
        echo "archive_mode = off"
        echo "restore_command = 'cp \"$2/%f\" \"%p\"'"
        echo "recovery_target_action = 'promote'"
        [ "$4" = latest ] || echo "recovery_target_time = '$4'"
    } >> "$3/postgresql.auto.conf"
    touch "$3/recovery.signal"
}

command="${1:?prepare, base or restore}"
shift
case "$command" in
    prepare | base | restore) "$command" "$@" ;;
    *) echo "prepare, base or restore" >&2; exit 2 ;;
esac
