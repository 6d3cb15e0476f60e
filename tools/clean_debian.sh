#!/bin/sh
# Runs commands of ./dev on a Debian 12 that has nothing but its base and apt: a fresh root made by debootstrap, with
# what git has committed here copied into it. As root, online.
#
#   tools/clean_debian.sh [--root FOLDER] [--fresh] COMMAND…     for example: tools/clean_debian.sh ./dev test
#
# FOLDER (default: a new temporary one, removed at the end) keeps the system between calls; --fresh copies the tree anew
# into a new place in it and makes sure that no package was installed before.
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd -P)
folder='' fresh=''
while [ $# -gt 0 ]; do
  case $1 in
    --root) folder=$2 && shift 2 ;;
    --fresh) fresh=1 && shift ;;
    -*) printf 'clean_debian: unknown option %s\n' "$1" >&2 && exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2 && exit 2; }
[ "$(id -u)" = 0 ] || { printf 'clean_debian: must run as root\n' >&2 && exit 1; }
command -v debootstrap >/dev/null || { printf 'clean_debian: apt-get install debootstrap\n' >&2 && exit 1; }

if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf --one-file-system "$folder"' EXIT
fi
base=$folder/base system=$folder/system
if [ ! -e "$base/.complete" ]; then
  rm -rf --one-file-system "$base"
  debootstrap --variant=minbase bookworm "$base" http://deb.debian.org/debian
  : >"$base/.complete"
fi
if [ -n "$fresh" ] || [ ! -d "$system" ]; then
  rm -rf --one-file-system "$system"
  cp -a "$base" "$system"
fi
# A folder with a space in its name, as people have them.
home="$system/srv/a folder"
mkdir -p "$home"
git -C "$tree" archive --prefix=bantam/ HEAD | tar -x -C "$home"
cp /etc/resolv.conf "$system/etc/resolv.conf"

# Mounts live in a namespace of their own and go with it.
export system
unshare --mount --pid --fork --kill-child sh -c '
  mount --make-rprivate /
  mount -t proc proc "$system/proc"
  mount --rbind /dev "$system/dev"
  mount -t tmpfs tmpfs "$system/tmp"
  mount --rbind /sys "$system/sys"
  exec chroot "$system" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI=true \
    sh -c '\''cd "/srv/a folder/bantam" && exec "$@"'\'' sh "$@"
' sh "$@" </dev/null
