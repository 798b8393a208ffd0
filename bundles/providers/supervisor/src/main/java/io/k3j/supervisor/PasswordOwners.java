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

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    /// Secrets that were deleted to be made again with their type, until that is done; by name.
    private final Map<String, Obj> deleted = new ConcurrentHashMap<>();

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

    /// Gives the Secrets of old releases of K3s their type, which cannot be changed in place: each is deleted and made
    /// again, also where another server has deleted it meanwhile. Blocks on the API.
    /// @return false when some are still to be made again: the next call does it
    /// @throws io.k3j.clientapi.ApiFault when the API is not available
    boolean migrate(ApiClient client) {
        deleted.values().removeIf(typed -> made(client, typed, Level.DEBUG));
        for (Obj secret : client.list(SECRETS, Query.in("kube-system").where("type", "Opaque")).items()) {
            if (secret.name().endsWith(SUFFIX) && secret.tree().text("type").equals("Opaque")) {
                Struct typed = secret.tree().with("type", TYPE);
                for (String once : List.of("uid", "resourceVersion", "creationTimestamp", "managedFields")) {
                    typed = typed.withoutAt("metadata", once);
                }
                migrate(client, secret, Obj.of(typed));
            }
        }
        return deleted.isEmpty();
    }

    private void migrate(ApiClient client, Obj secret, Obj typed) {
        deleted.put(secret.name(), typed);
        try {
            client.delete(SECRETS, secret.key(), DeleteOptions.PLAIN.ifUid(secret.uid()));
        } catch (ApiFault fault) {
            LOG.log(Level.DEBUG, "Not deleted to be migrated secret=" + secret.name(), fault);
            if (fault.code() / 100 == 4 && fault.code() != NOT_FOUND) {
                // it is there: another server was faster, or a webhook refuses, which must not hold up the rest
                deleted.remove(secret.name());
                return;
            }
        }
        if (made(client, typed, Level.WARNING)) {
            deleted.remove(secret.name());
        }
    }

    /// Makes a Secret that was deleted.
    /// @param trouble the level of the log when it cannot be made now
    /// @return whether it is there, by whomever
    private static boolean made(ApiClient client, Obj typed, Level trouble) {
        try {
            client.create(SECRETS, typed, WriteOptions.PLAIN);
            LOG.log(Level.INFO, "Migrated node-password secret " + typed.name());
            return true;
        } catch (ApiFault fault) {
            if (fault.code() != CONFLICT) {
                LOG.log(trouble, "Node-password secret " + typed.name() + " was deleted to be migrated and is not made"
                        + " again yet, retrying: " + fault.getMessage());
            }
            return fault.code() == CONFLICT;
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
