package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
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
/// again. The Secret comes first, the Node when its kubelet has registered: until then it is looked for again.
final class PasswordOwners {
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
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

    /// Looks once.
    /// @throws io.k3j.clientapi.ApiFault when the cluster cannot be asked
    void step(ApiClient client) {
        for (String node : waiting) {
            Optional<Obj> owner = client.find(NODES, Key.of(node));
            Optional<Obj> secret = client.find(SECRETS, new Key("kube-system", node + ".node-password.k3s"));
            if (owner.isPresent() && secret.isPresent()) {
                own(client, owner.get(), secret.get());
                waiting.remove(node);
            }
        }
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
