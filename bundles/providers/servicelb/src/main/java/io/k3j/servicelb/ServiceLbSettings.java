package io.k3j.servicelb;

/// The settings of this bundle, by K3s' flags.
@interface ServiceLbSettings {
    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--disable-agent`: this process has no node.
    boolean disableAgent() default false;

    /// `--disable-apiserver`: other servers have the API.
    boolean disableApiserver() default false;

    /// `--servicelb-namespace`: where stock K3s has its DaemonSets.
    String servicelbNamespace() default "kube-system";

    /// `--cluster-cidr`.
    String[] clusterCidr() default {"10.42.0.0/16"};

    /// `--service-cidr`.
    String[] serviceCidr() default {"10.43.0.0/16"};

    /// `--https-listen-port`.
    int httpsListenPort() default 6443;

    /// `--supervisor-port`; 0 where the supervisor has no port of its own.
    int supervisorPort() default 0;

    /// `--apiserver-port`; 0 where the API has no port of its own.
    int apiserverPort() default 0;

    /// `--flannel-backend`.
    String flannelBackend() default "vxlan";

    /// `--embedded-registry`.
    boolean embeddedRegistry() default false;

    /// Whether servers have an etcd of their own.
    boolean managedEtcd() default false;
}
