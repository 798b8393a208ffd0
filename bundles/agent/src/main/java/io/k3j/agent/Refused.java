package io.k3j.agent;

import java.nio.file.Path;

/// What trying again does not mend: the message tells what to do.
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

    /// The cluster knows another password of a node of this name. In K3s' words.
    static Refused nodePassword(Path file) {
        return new Refused("Node password rejected, duplicate hostname or contents of '" + file
                + "' may not match server node-passwd entry, try enabling a unique node name with the --with-node-id"
                + " flag", true);
    }

    /// Whether it is the node's password. It is mended at a server: by deleting the Node that had the name.
    boolean password() {
        return password;
    }
}
