package io.k3j.cli;

/// One value given for one flag, and where: `command line`, `K3S_TOKEN`, `/etc/rancher/k3s/config.yaml:3`.
record Setting(Flag flag, String value, String where) {
}
