package io.k3j.datastoresqlite;

/// What an operator can set.
@interface Settings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// Leaves the secondary indexes that stock K3s makes in the file. They cost 3 to 5 times the write rate; K3s
    /// makes them again when it next starts.
    boolean keepSecondaryIndexes() default false;
}
