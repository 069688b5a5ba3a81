#!/usr/bin/env bash
# Prints a folder that holds a Debian trixie root with Swift 6.0 (swiftc, SwiftPM, Foundation, XCTest, Swift Testing), for
# Linux machines without a Swift of their own. It must never touch the machine outside that folder.
# usage: R=$(.ci/swift-root.sh)                  a cache folder outside the tree, ~/.cache/maig/swift
#        .ci/swift-root.sh --run DIR… -- CMD…    runs CMD in that root, in the current folder, with each DIR at its own path
# Needs root, or a kernel that lets users have mounts of their own. About 530 MB of packages, 2.7 GB on disk, 1 to 2 minutes
# the first time; later runs only print.
set -euo pipefail
root=${XDG_CACHE_HOME:-$HOME/.cache}/maig/swift

make_root() {
  [ -e "$root/ok" ] && return
  if ! command -v debootstrap >/dev/null; then
    apt-get -qq update >&2
    apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends debootstrap >&2
  fi
  mkdir -p "$(dirname "$root")"
  local making=$root.$$
  debootstrap --variant=minbase trixie "$making" >&2
  printf '#!/bin/sh\nexit 101\n' > "$making/usr/sbin/policy-rc.d"
  chmod +x "$making/usr/sbin/policy-rc.d"
  # Swift finds itself through /proc. In a mount namespace of its own nothing stays mounted, however this ends.
  # Debian's swiftlang does not name the C and C++ headers that it needs.
  unshare --mount sh -euc '
    mount --bind /proc "$1/proc"
    chroot "$1" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
      apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends swiftlang libc6-dev libstdc++-14-dev
    chroot "$1" apt-get clean' sh "$making" >&2
  touch "$making/ok"
  rm -rf "$root"
  mv "$making" "$root"
}

if [ "${1:-}" != --run ]; then
  make_root
  echo "$root"
  exit
fi
shift
folders=()
while [ "$1" != -- ]; do folders+=("$(realpath "$1")"); shift; done
shift
make_root
own=(); [ "$(id -u)" = 0 ] || own=(--map-root-user)
mapfile -t kept < <(env | grep '^MAIG_' || true)
exec unshare --mount "${own[@]}" bash -euc '
  root=$1; here=$2; shift 2
  mount --bind /proc "$root/proc"
  # `localhost` is this machine in there too.
  touch "$root/etc/hosts"
  mount --bind /etc/hosts "$root/etc/hosts"
  while [ "$1" != -- ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; shift; done
  shift
  exec chroot "$root" env -i PATH=/usr/bin:/bin HOME=/root LC_ALL=C.UTF-8 "${@:2:$1}" \
    sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$here" "${@:$(($1 + 2))}"
' bash "$root" "$PWD" "${folders[@]}" -- "${#kept[@]}" "${kept[@]}" "$@"
