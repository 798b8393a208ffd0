package io.k3j.agent;

/// The flags of `k3s agent` that affect how it joins, with K3s' names and defaults.
@interface AgentSettings {
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

    /// `--disable-apiserver-lb`: all connections go directly to `--server`.
    boolean disableApiserverLb() default false;

    /// `--disable-apiserver`: this node is on a server and joins through that server's supervisor.
    boolean disableApiserver() default false;

    /// `--https-listen-port` of that server.
    int httpsListenPort() default 6443;

    /// The kubelet's port.
    int kubeletPort() default 10250;

    /// `--kubelet-arg`, as `name=value`: which certificate the kubelet's port shows.
    String[] kubeletArg() default {};

    /// `--enable-pprof`: `/debug/pprof/` on the kubelet's port, for administrators.
    boolean enablePprof() default false;

    /// `--rootless`: the node's password is below the data directory.
    boolean rootless() default false;
}
