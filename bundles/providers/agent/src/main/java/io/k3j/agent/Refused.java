package io.k3j.agent;

import java.nio.file.Path;

/// A failure a retry cannot resolve. The message tells what to do.
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean password;

    Refused(String message) {
        this(message, false);
    }

    private Refused(String message, boolean password) {
        super(message);
        this.password = password;
    }

    /// The cluster has another password for a node of this name. In K3s' words.
    static Refused nodePassword(Path file) {
        return new Refused("Node password rejected, duplicate hostname or contents of '" + file
                + "' may not match server node-passwd entry, try enabling a unique node name with the --with-node-id"
                + " flag", true);
    }

    /// Whether the node's password was rejected. An operator resolves that at a server, by deleting the Node
    /// that had the name.
    boolean password() {
        return password;
    }
}
