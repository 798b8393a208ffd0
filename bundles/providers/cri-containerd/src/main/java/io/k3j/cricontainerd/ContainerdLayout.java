package io.k3j.cricontainerd;

import java.nio.file.Path;

/// The paths of containerd's files, the same as in K3s.
record ContainerdLayout(Path dataDir, Path runtimeDir) {
    Path config() {
        return agent().resolve("etc/containerd/config.toml");
    }

    Path certs() {
        return agent().resolve("etc/containerd/certs.d");
    }

    /// The authority of the node's own port.
    Path serverAuthority() {
        return agent().resolve("server-ca.crt");
    }

    /// The certificate by which other nodes and this one know this node.
    Path nodeCertificate() {
        return agent().resolve("client-kubelet.crt");
    }

    /// The key of [#nodeCertificate].
    Path nodeKey() {
        return agent().resolve("client-kubelet.key");
    }

    Path crictl() {
        return agent().resolve("etc/crictl.yaml");
    }

    Path cni() {
        return agent().resolve("etc/cni/net.d");
    }

    Path root() {
        return agent().resolve("containerd");
    }

    Path log() {
        return root().resolve("containerd.log");
    }

    Path process() {
        return root().resolve("process");
    }

    Path images() {
        return agent().resolve("images");
    }

    Path socket() {
        return runtimeDir.resolve("containerd.sock");
    }

    private Path agent() {
        return dataDir.resolve("agent");
    }
}
