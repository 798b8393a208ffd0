package io.k3j.localstorage;

import io.k3j.codec.Json;
import io.k3j.kubeletclient.KubeletClient;
import io.k3j.kubeletclient.KubeletRequest;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Asks a node's `local-path`, on the kubelet's port.
///
/// @param client as the provisioner
record KubeletDirectories(KubeletClient client) implements NodeDirectories {
    /// Who this is to nodes.
    static final String USER = "system:serviceaccount:kube-system:local-path-provisioner-service-account";
    /// How long a node may take: deleting many files is slow.
    static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int MOST_BYTES = 4 * 1024;
    private static final int NOT_FOUND = 404;

    @Override
    public void make(Obj node, String parent, String name) throws IOException {
        ask(node, "make", parent, name);
    }

    @Override
    public void delete(Obj node, String parent, String name) throws IOException {
        ask(node, "delete", parent, name);
    }

    private void ask(Obj node, String action, String parent, String name) throws IOException {
        String body = new String(Json.bytes(Struct.of("action", action, "parent", parent, "name", name)),
                StandardCharsets.UTF_8);
        try {
            client.send(node, new KubeletRequest("POST", "/local-path", body, MOST_BYTES));
        } catch (KubeletRequest.Refused e) {
            throw e.status() == NOT_FOUND
                    ? new IOException("node " + node.name() + " has no local-path: it is no node of K3j", e) : e;
        }
    }
}
