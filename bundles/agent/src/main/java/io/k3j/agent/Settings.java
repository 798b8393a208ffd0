package io.k3j.agent;

/// The flags of `k3s agent` that decide how it joins. Names and defaults are K3s'.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--server`, as `https://host:6443`.
    String server() default "";

    /// `--token`, in any of K3s' forms.
    String token() default "";

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--node-external-ip`.
    String[] nodeExternalIp() default {};

    /// `--lb-server-port`.
    int lbServerPort() default 6444;

    /// `--disable-apiserver-lb`: everything goes straight to `--server`.
    boolean disableApiserverLb() default false;

    /// `--disable-apiserver`: this node is a server's, and joins by its own supervisor.
    boolean disableApiserver() default false;

    /// `--https-listen-port` of that server.
    int httpsListenPort() default 6443;

    /// The kubelet's port.
    int kubeletPort() default 10250;

    /// `--rootless`: the node's password is kept below the data directory.
    boolean rootless() default false;
}
