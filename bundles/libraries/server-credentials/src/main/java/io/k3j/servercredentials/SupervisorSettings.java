package io.k3j.servercredentials;

/// The flags that decide about credentials and about who may join. Names and defaults are K3s'; Declarative Services
/// makes the object from the configuration `io.k3j.supervisor`.
///
/// An element that is empty was not given, unless it says otherwise. What each flag means is on K3s' page
/// <https://docs.k3s.io/cli/server>; here stands what it does to credentials.
public @interface SupervisorSettings {
    /// `--data-dir`. May be relative to the working directory; [ServerLayout] takes the absolute one.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--https-listen-port`, the real one. It goes into every kubeconfig.
    int httpsListenPort() default 6443;

    /// `--bind-address`. The administrator's kubeconfig leads there; for a wildcard and for nothing it leads to the
    /// loopback address.
    String bindAddress() default "";

    /// `--lb-server-port`: that of the node's load balancer, which leads to the API servers where none is here.
    int lbServerPort() default 6444;

    /// `--node-name`. It names the node's certificates and this server among the others.
    String nodeName() default "localhost";

    /// `--node-ip`. Addresses the port's certificate and the kubelet's are good for.
    String[] nodeIp() default {};

    /// `--node-external-ip`.
    String[] nodeExternalIp() default {};

    /// `--advertise-address`. The address other servers and the Service `kubernetes` use; in the server's certificate,
    /// too.
    String advertiseAddress() default "";

    /// `--service-cidr`. One range, or one of IPv4 and one of IPv6. The first address of each is in the server's
    /// certificate.
    String[] serviceCidr() default {"10.43.0.0/16"};

    /// `--cluster-domain`.
    String clusterDomain() default "cluster.local";

    /// `--tls-san`. Further names and addresses, as of a load balancer before the servers.
    String[] tlsSan() default {};

    /// `--tls-san-security`. When false the port's certificate takes in names that clients ask for.
    boolean tlsSanSecurity() default true;

    /// `--token`; empty makes one. In any of the forms [io.k3j.pki.ClusterToken] reads.
    String token() default "";

    /// `--agent-token`; empty uses the server's. By it one may join a node and not a server.
    String agentToken() default "";

    /// `--write-kubeconfig`.
    String writeKubeconfig() default "/etc/rancher/k3s/k3s.yaml";

    /// `--write-kubeconfig-mode`. Octal digits; anything else stops the start.
    String writeKubeconfigMode() default "0600";

    /// `--write-kubeconfig-group`.
    String writeKubeconfigGroup() default "";

    /// `--write-kubeconfig-name`.
    String writeKubeconfigName() default "default";

    /// `--disable-agent`. No node on this machine, and no credentials for one.
    boolean disableAgent() default false;

    /// `--disable-apiserver`: API servers are on other servers.
    boolean disableApiserver() default false;

    /// `--disable-etcd`: etcd is on other servers.
    boolean disableEtcd() default false;

    /// `--rootless`.
    boolean rootless() default false;

    /// `--datastore-endpoint`; empty for an embedded datastore.
    String datastoreEndpoint() default "";

    /// `--server`: join this one. `https://host:port`; empty for a server that joins none.
    String server() default "";

    /// `--cluster-init`.
    boolean clusterInit() default false;

    /// `--cluster-reset`.
    boolean clusterReset() default false;

    /// `--secrets-encryption`.
    boolean secretsEncryption() default false;

    /// `--secrets-encryption-provider`.
    String secretsEncryptionProvider() default "aescbc";

    /// `--kube-apiserver-arg`, as `name=value`. By those of encryption the rows of node passwords are read.
    String[] kubeApiserverArg() default {};

    /// `--kube-scheduler-arg`, as `name=value`: which certificate its port shows.
    String[] kubeSchedulerArg() default {};

    /// `--kube-controller-manager-arg`, as `name=value`: which certificate the port of the controllers shows.
    String[] kubeControllerManagerArg() default {};

    /// `--kubelet-arg`, as `name=value`: which certificate the kubelet's port shows.
    String[] kubeletArg() default {};

    /// `--enable-pprof`: `/debug/pprof/` on the server's port, for administrators.
    boolean enablePprof() default false;

    /// `--egress-selector-mode`.
    String egressSelectorMode() default "agent";
}
