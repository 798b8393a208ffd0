package io.k3j.supervisor;

import java.nio.file.Path;

/// Where K3s keeps its credentials.
record Layout(Path dataDir) {
    Path server(String name) {
        return dataDir.resolve("server").resolve(name);
    }

    Path tls(String name) {
        return dataDir.resolve("server/tls").resolve(name);
    }

    Path cred(String name) {
        return dataDir.resolve("server/cred").resolve(name);
    }

    Path agent(String name) {
        return dataDir.resolve("agent").resolve(name);
    }
}
