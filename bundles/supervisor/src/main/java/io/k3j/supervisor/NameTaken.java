package io.k3j.supervisor;

import java.io.IOException;

/// Another machine runs a node of this one's name. The message is the whole sentence, in K3s' words as far as it has
/// some.
final class NameTaken extends IOException {
    private static final long serialVersionUID = 1L;

    /// `password` is the file that holds this machine's, `secret` the Secret it does not fit.
    NameTaken(String node, String password, String secret) {
        super("Node password rejected, duplicate hostname or contents of '" + password + "' may not match server"
                + " node-passwd entry, try enabling a unique node name with the --with-node-id flag: another machine"
                + " runs the node " + node + " of this cluster (its Lease kube-node-lease/" + node + " has just been"
                + " renewed, and the Secret " + secret + " is not of this machine's password); start with another"
                + " --node-name, with --with-node-id, or with a host name no other machine has");
    }
}
