package io.k3j.datastoresqlite;

/// The settings of an operator.
@interface SqliteSettings {
    /// `--data-dir`.
    String dataDir() default "/var/lib/rancher/k3s";

    /// Keeps the secondary indexes of stock K3s in the file. They reduce the write rate to a third or a fifth;
    /// K3s creates them again at its next start.
    boolean keepSecondaryIndexes() default false;
}
