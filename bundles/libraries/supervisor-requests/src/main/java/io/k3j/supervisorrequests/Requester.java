package io.k3j.supervisorrequests;

import io.k3j.pki.PasswordFile;
import java.util.List;

/// Who asks the supervisor, as it has proved. What it may do follows from its groups: K3s' `k3s:agent` and
/// `k3s:server`, Kubernetes' `system:nodes`, and the group of bootstrap tokens for nodes.
///
/// @param user its name
/// @param groups what it belongs to
public record Requester(String user, List<String> groups) {
    private static final String NODE_USER = "system:node:";
    private static final String NODES = "system:nodes";
    private static final String BOOTSTRAPPERS = "system:bootstrappers:k3s:default-node-token";

    /// Whether it may read what agents need.
    public boolean agent() {
        return groups.contains(PasswordFile.AGENT_GROUP) || groups.contains(NODES) || groups.contains(BOOTSTRAPPERS);
    }

    /// Whether it may do what servers do.
    public boolean server() {
        return groups.contains(PasswordFile.SERVER_GROUP);
    }

    /// The node it proved to be by a kubelet's certificate, empty otherwise.
    public String node() {
        return groups.contains(NODES) && user.startsWith(NODE_USER) ? user.substring(NODE_USER.length()) : "";
    }
}
