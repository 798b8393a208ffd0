package io.k3j.image;

import java.util.List;

/// What an image without a base image has to have besides programs.
final class BaseFiles {
    /// Who runs an API server without a node: `--user k3s`.
    private static final int USER = 1000;
    private static final int SHARED = 01777;
    private static final int OPEN = 0755;
    private static final int CLOSED = 0700;

    private BaseFiles() {
    }

    /// Adds directories, links and the files of `/etc`.
    static void into(RootTree tree, String version) {
        for (String name : List.of("bin", "sbin", "lib", "lib64")) {
            tree.directory("/usr/" + name, OPEN, 0).link("/" + name, "usr/" + name);
        }
        for (String path : List.of("/dev", "/proc", "/sys", "/run", "/var/run", "/var/log", "/var/lib/kubelet",
                "/var/lib/cni", "/var/lib/rancher/k3s", "/lib/modules", "/lib/firmware", "/etc/rancher")) {
            tree.directory(path, OPEN, 0);
        }
        tree.directory("/root", CLOSED, 0).directory("/tmp", SHARED, 0).directory("/var/tmp", SHARED, 0);
        user(tree);
        tree.text("/etc/nsswitch.conf", "hosts: files dns\n").text("/etc/hosts",
                "127.0.0.1 localhost\n::1 localhost\n");
        tree.text("/etc/os-release", "NAME=\"K3j\"\nID=k3j\nVERSION_ID=" + version + "\nPRETTY_NAME=\"K3j " + version
                + "\"\n");
    }

    /// An API server that this user runs keeps its data at home, and has its kubeconfig where tests look for it.
    private static void user(RootTree tree) {
        tree.text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nk3s:x:" + USER + ":" + USER
                + ":k3s:/home/k3s:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");
        tree.text("/etc/group", "root:x:0:\nk3s:x:" + USER + ":\nnogroup:x:65534:\n");
        tree.directory("/home/k3s", CLOSED, USER).directory("/home/k3s/.rancher", CLOSED, USER)
                .directory("/home/k3s/.rancher/k3s", CLOSED, USER).link("/home/k3s/.kube", "/etc/rancher/k3s")
                .directory("/etc/rancher/k3s", OPEN, USER);
    }
}
