package io.k3j.agent;

import java.nio.file.Path;

/// A failure a retry cannot resolve. The message tells what to do.
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    /// Of the sentence in which the supervisor refuses the name of a node that runs and whose password is gone.
    private static final String RUNNING = " is running, but its password";

    private final boolean password;
    private final boolean running;

    Refused(String message) {
        this(message, false, false);
    }

    private Refused(String message, boolean password, boolean running) {
        super(message);
        this.password = password;
        this.running = running;
    }

    /// The cluster has another password for a node of this name, or does not take one now. In K3s' words, and the
    /// server's.
    static Refused nodePassword(Path file, String said) {
        return new Refused("Node password rejected, duplicate hostname or contents of '" + file
                + "' may not match server node-passwd entry, try enabling a unique node name with the --with-node-id"
                + " flag; the server said: " + said, true, said.contains(RUNNING));
    }

    /// Whether the node's password was rejected. An operator resolves that at a server, by deleting the Node
    /// that had the name.
    boolean password() {
        return password;
    }

    /// Whether it was rejected because the node that has the name runs still: that passes by itself when it does not.
    boolean running() {
        return running;
    }
}
