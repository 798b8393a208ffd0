package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes the Node the owner of its password Secret, so that deleting the Node also deletes the Secret and frees
/// the name. The Secret exists before the Node, which appears when its kubelet registers. Until then the search
/// is repeated, also by other servers, because the server the password was presented to may die in between.
final class PasswordOwners {
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
    private static final String TYPE = "k3s.cattle.io/node-password";
    private static final String SUFFIX = ".node-password.k3s";
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    /// Bound of the nodes waited for; further Secrets get their owner at the node's next start.
    private static final int MAX_WAITING = 1000;

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    /// Records that a node has presented its password. Does not block.
    void presented(String node) {
        if (waiting.size() < MAX_WAITING) {
            waiting.add(node);
        }
    }

    /// Whether a Node is waited for.
    boolean waiting() {
        return !waiting.isEmpty();
    }

    /// Sets the owner of every Secret that has none, whichever server created it. Blocks on the API.
    /// @throws io.k3j.clientapi.ApiFault when the API is not available
    void stepForAll(ApiClient client) {
        step(client);
        for (Obj secret : client.list(SECRETS, Query.in("kube-system").where("type", TYPE)).items()) {
            boolean owned = secret.tree().struct("metadata").has("ownerReferences");
            if (secret.name().endsWith(SUFFIX) && !owned) {
                step(client, secret.name().substring(0, secret.name().length() - SUFFIX.length()));
            }
        }
    }

    /// Sets the owner of the Secrets presented to this server. Blocks on the API.
    /// @throws io.k3j.clientapi.ApiFault when the cluster cannot be asked
    void step(ApiClient client) {
        waiting.removeIf(node -> step(client, node));
    }

    private static boolean step(ApiClient client, String node) {
        Optional<Obj> owner = client.find(NODES, Key.of(node));
        Optional<Obj> secret = client.find(SECRETS, new Key("kube-system", node + SUFFIX));
        if (owner.isEmpty() || secret.isEmpty()) {
            return false;
        }
        setOwner(client, owner.get(), secret.get());
        return true;
    }

    private static void setOwner(ApiClient client, Obj node, Obj secret) {
        Struct metadata = secret.tree().struct("metadata");
        Struct owner = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", node.uid());
        Seq owners = Seq.of(owner);
        if (!metadata.seq("ownerReferences").equals(owners)) {
            client.update(SECRETS, Obj.of(secret.tree().withAt(owners, "metadata", "ownerReferences")),
                    WriteOptions.PLAIN);
        }
    }
}
