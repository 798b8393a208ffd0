package io.k3j.supervisor;

import java.util.List;

/// Who asks the supervisor.
record Asker(String user, List<String> groups) {
    private static final String NODE_USER = "system:node:";
    private static final String NODES = "system:nodes";
    private static final String BOOTSTRAPPERS = "system:bootstrappers:k3s:default-node-token";

    /// Whether it may read what agents need.
    boolean agent() {
        return groups.contains(Tokens.AGENT_GROUP) || groups.contains(NODES) || groups.contains(BOOTSTRAPPERS);
    }

    /// Whether it may do what servers do.
    boolean server() {
        return groups.contains(Tokens.SERVER_GROUP);
    }

    /// The node it proved to be by a kubelet's certificate, empty otherwise.
    String node() {
        return groups.contains(NODES) && user.startsWith(NODE_USER) ? user.substring(NODE_USER.length()) : "";
    }
}
