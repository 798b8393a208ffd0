package io.k3j.datastoreetcd;

/// What an operator can set.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// `--datastore-endpoint`; empty is the managed etcd of this server.
    String datastoreEndpoint() default "";

    /// `--disable-etcd`: the managed etcd is on other servers.
    boolean disableEtcd() default false;

    /// `--server`; asked where the members are.
    String server() default "";

    /// `--token`; empty takes the one on disk.
    String token() default "";

    /// `--datastore-cafile`; empty trusts the machine's authorities.
    String datastoreCafile() default "";

    /// `--datastore-certfile`.
    String datastoreCertfile() default "";

    /// `--datastore-keyfile`.
    String datastoreKeyfile() default "";
}
