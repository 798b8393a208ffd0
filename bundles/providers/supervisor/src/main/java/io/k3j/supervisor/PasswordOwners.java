package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes the Node the owner of its password Secret, so that deleting the Node also deletes the Secret and frees
/// the name. The Secret exists before the Node, which appears when its kubelet registers. Until then the search
/// is repeated, also by other servers, because the server the password was presented to may die in between. Secrets of
/// nodes that never come are deleted, as K3s does.
final class PasswordOwners {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Between a node's first certificate and its Node lies the start of containerd and the kubelet; K3s' own bound.
    private static final Duration MIN_ORPHAN_AGE = Duration.ofMinutes(10);
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

    /// Sets the owner of every Secret whose Node is there, whichever server created it, also of one that an earlier
    /// Node of that name owns; deletes those that have waited too long. Only what was seen is deleted, so any number of
    /// servers may do so. Blocks on the API.
    /// @throws io.k3j.clientapi.ApiFault when the API is not available
    void stepForAll(ApiClient client, Instant now) {
        step(client);
        Map<String, Obj> nodes = new HashMap<>();
        client.list(NODES, Query.ALL).items().forEach(node -> nodes.put(node.name(), node));
        for (Obj secret : client.list(SECRETS, Query.in("kube-system").where("type", TYPE)).items()) {
            if (secret.name().endsWith(SUFFIX)) {
                String name = secret.name().substring(0, secret.name().length() - SUFFIX.length());
                Obj node = nodes.get(name);
                if (node != null) {
                    setOwner(client, node, secret);
                } else if (created(secret).isBefore(now.minus(MIN_ORPHAN_AGE))
                        && client.find(NODES, Key.of(name)).isEmpty()) {
                    client.delete(SECRETS, secret.key(), DeleteOptions.PLAIN.ifUid(secret.uid()));
                    waiting.remove(name);
                    LOG.log(Level.WARNING, "Deleted orphaned node-password secret " + secret.name() + " created "
                            + created(secret));
                }
            }
        }
    }

    private static Instant created(Obj secret) {
        return Instant.parse(secret.tree().struct("metadata").text("creationTimestamp"));
    }

    /// Gives the Secrets of old releases of K3s their type, which cannot be changed in place. Blocks on the API.
    /// @throws io.k3j.clientapi.ApiFault when the API is not available
    void migrate(ApiClient client) {
        for (Obj secret : client.list(SECRETS, Query.in("kube-system").where("type", "Opaque")).items()) {
            if (secret.name().endsWith(SUFFIX) && secret.tree().text("type").equals("Opaque")) {
                Struct typed = secret.tree().with("type", TYPE);
                for (String once : List.of("uid", "resourceVersion", "creationTimestamp", "managedFields")) {
                    typed = typed.withoutAt("metadata", once);
                }
                try {
                    client.delete(SECRETS, secret.key(), DeleteOptions.PLAIN.ifUid(secret.uid()));
                    client.create(SECRETS, Obj.of(typed), WriteOptions.PLAIN);
                    LOG.log(Level.INFO, "Migrated node-password secret " + secret.name());
                } catch (ApiFault fault) {
                    // another server does the same, or a webhook refuses, which must not hold up the rest
                    LOG.log(Level.DEBUG, "Not migrated secret=" + secret.name(), fault);
                }
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
