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

/// Makes the Secret of a node's password the Node's own, so that it goes when the Node is deleted and the name is free
/// again. The Secret comes first, the Node when its kubelet has registered: until then it is looked for again, also by
/// other servers than the one that was shown the password, because that one may die in between.
final class PasswordOwners {
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
    private static final String TYPE = "k3s.cattle.io/node-password";
    private static final String SUFFIX = ".node-password.k3s";
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    /// Nodes that are waited for at once; others get their owner at their next start.
    private static final int MOST = 1000;

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    /// A node has shown its password. Does not block.
    void shown(String node) {
        if (waiting.size() < MOST) {
            waiting.add(node);
        }
    }

    /// Whether a Node is waited for.
    boolean waiting() {
        return !waiting.isEmpty();
    }

    /// Looks once after all Secrets that nobody owns yet, whoever made them.
    /// @throws io.k3j.clientapi.ApiFault when the cluster cannot be asked
    void stepForAll(ApiClient client) {
        step(client);
        for (Obj secret : client.list(SECRETS, Query.in("kube-system").where("type", TYPE)).items()) {
            boolean owned = secret.tree().struct("metadata").has("ownerReferences");
            if (secret.name().endsWith(SUFFIX) && !owned) {
                step(client, secret.name().substring(0, secret.name().length() - SUFFIX.length()));
            }
        }
    }

    /// Looks once after those that were shown here.
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
        own(client, owner.get(), secret.get());
        return true;
    }

    private static void own(ApiClient client, Obj node, Obj secret) {
        Struct metadata = secret.tree().struct("metadata");
        Struct owner = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", node.uid());
        Seq owners = Seq.of(owner);
        if (!metadata.seq("ownerReferences").equals(owners)) {
            client.update(SECRETS, Obj.of(secret.tree().withAt(owners, "metadata", "ownerReferences")),
                    WriteOptions.PLAIN);
        }
    }
}
