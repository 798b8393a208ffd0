package io.k3j.datastoreetcd;

/// The settings of an operator.
@interface EtcdDatastoreSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--datastore-endpoint`; empty for the managed etcd of this server.
    String datastoreEndpoint() default "";

    /// `--disable-etcd`: the managed etcd runs on other servers.
    boolean disableEtcd() default false;

    /// `--server`; the server to ask for the members.
    String server() default "";

    /// `--token`; empty for the token on disk.
    String token() default "";

    /// `--datastore-cafile`; empty for the machine's authorities.
    String datastoreCafile() default "";

    /// `--datastore-certfile`.
    String datastoreCertfile() default "";

    /// `--datastore-keyfile`.
    String datastoreKeyfile() default "";
}
