package io.k3j.supervisor;

/// The flags that decide about credentials. Names and defaults are K3s'.
public @interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--https-listen-port`, the real one.
    int httpsListenPort() default 6443;

    /// `--node-name`.
    String nodeName() default "localhost";

    /// `--node-ip`.
    String[] nodeIp() default {};

    /// `--node-external-ip`.
    String[] nodeExternalIp() default {};

    /// `--advertise-address`.
    String advertiseAddress() default "";

    /// `--service-cidr`.
    String[] serviceCidr() default {"10.43.0.0/16"};

    /// `--cluster-domain`.
    String clusterDomain() default "cluster.local";

    /// `--tls-san`.
    String[] tlsSan() default {};

    /// `--tls-san-security`.
    boolean tlsSanSecurity() default true;

    /// `--token`; empty makes one.
    String token() default "";

    /// `--agent-token`; empty uses the server's.
    String agentToken() default "";

    /// `--write-kubeconfig`.
    String writeKubeconfig() default "/etc/rancher/k3s/k3s.yaml";

    /// `--write-kubeconfig-mode`.
    String writeKubeconfigMode() default "0600";

    /// `--write-kubeconfig-group`.
    String writeKubeconfigGroup() default "";

    /// `--write-kubeconfig-name`.
    String writeKubeconfigName() default "default";

    /// `--disable-agent`.
    boolean disableAgent() default false;

    /// `--disable-apiserver`: API servers are on other servers.
    boolean disableApiserver() default false;

    /// `--disable-etcd`: etcd is on other servers.
    boolean disableEtcd() default false;

    /// `--rootless`.
    boolean rootless() default false;

    /// `--datastore-endpoint`; empty for an embedded datastore.
    String datastoreEndpoint() default "";

    /// `--server`: join this one.
    String server() default "";

    /// `--cluster-init`.
    boolean clusterInit() default false;

    /// `--cluster-reset`.
    boolean clusterReset() default false;

    /// `--secrets-encryption`.
    boolean secretsEncryption() default false;

    /// `--secrets-encryption-provider`.
    String secretsEncryptionProvider() default "aescbc";

    /// `--egress-selector-mode`.
    String egressSelectorMode() default "agent";
}
