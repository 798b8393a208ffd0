package io.k3j.supervisor;

import java.io.IOException;

/// Another machine runs a node of the same name. The message is complete; it begins with K3s' wording.
final class NameTaken extends IOException {
    private static final long serialVersionUID = 1L;

    /// @param node the contested name
    /// @param password the file with this machine's password
    /// @param secret the Secret that holds the hash of another password
    NameTaken(String node, String password, String secret) {
        super("Node password rejected, duplicate hostname or contents of '" + password + "' may not match server"
                + " node-passwd entry, try enabling a unique node name with the --with-node-id flag: another machine"
                + " runs the node " + node + " of this cluster (its Lease kube-node-lease/" + node + " has just been"
                + " renewed, and the Secret " + secret + " is not of this machine's password); start with another"
                + " --node-name, with --with-node-id, or with a host name no other machine has");
    }
}
