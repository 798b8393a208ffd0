package io.k3j.sqllog;

/// What an operator can set of a database server; the configuration of a driver's component.
public @interface ServerSettings {
    /// `--datastore-endpoint`.
    String datastoreEndpoint() default "";

    /// `--datastore-cafile`.
    String datastoreCafile() default "";

    /// `--datastore-certfile`.
    String datastoreCertfile() default "";

    /// `--datastore-keyfile`.
    String datastoreKeyfile() default "";

    /// Leaves the secondary indexes that stock K3s makes in the database; they cost 3 to 5 times the write rate.
    boolean keepSecondaryIndexes() default false;
}
