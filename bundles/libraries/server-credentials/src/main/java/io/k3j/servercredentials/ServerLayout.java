package io.k3j.servercredentials;

import java.nio.file.Path;

/// Where K3s keeps its credentials. Pure: nothing here looks at the disk. The paths are K3s', so that stock K3s starts
/// on the same directory (<https://docs.k3s.io/cli/server>).
///
/// @param dataDir `--data-dir`, absolute
public record ServerLayout(Path dataDir) {
    /// A file or directory below `server`.
    public Path server(String name) {
        return dataDir.resolve("server").resolve(name);
    }

    /// A file or directory below `server/tls`.
    /// @param name may have directories, as `etcd/server-ca.crt`
    public Path tls(String name) {
        return dataDir.resolve("server/tls").resolve(name);
    }

    /// A file below `server/cred`.
    public Path cred(String name) {
        return dataDir.resolve("server/cred").resolve(name);
    }

    /// A file or directory below `agent`.
    public Path agent(String name) {
        return dataDir.resolve("agent").resolve(name);
    }
}
