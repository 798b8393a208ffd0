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
    private static final String NAMESPACE = "kube-system";
    /// Of the Secrets, as K3s has it.
    static final String TYPE = "k3s.cattle.io/node-password";
    /// The type of those that K3s made before it had one of its own.
    private static final String OPAQUE = "Opaque";
    /// Ends the names of the Secrets, behind the node's.
    static final String SUFFIX = ".node-password.k3s";
    /// Ends the names of copies. K3s takes nothing that ends so for a record.
    static final String COPY = SUFFIX + ".copy";
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    /// Bound of the nodes waited for; further Secrets get their owner at the node's next start.
    private static final int MAX_WAITING = 1000;

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;

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
        for (Obj secret : client.list(SECRETS, Query.in(NAMESPACE).where("type", TYPE)).items()) {
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

    /// What holds the hash of a node's password: its Secret, or the copy that stands in for it while it is made again.
    /// Where neither is found the Secret is asked for once more: it may have come back, and its copy have gone, between
    /// the two questions. Blocks on the API.
    static Optional<Obj> record(ApiClient client, String node) {
        Key secret = new Key(NAMESPACE, node + SUFFIX);
        return client.find(SECRETS, secret).or(() -> client.find(SECRETS, new Key(NAMESPACE, node + COPY)))
                .or(() -> client.find(SECRETS, secret));
    }

    /// Gives the Secrets of old releases of K3s their type, which cannot be changed in place: each is copied, deleted,
    /// and made again, also where another server has deleted it meanwhile. The copy goes last, so that a server which
    /// dies in between frees no name; what it has left is completed by the next one that is started. Blocks on the API.
    /// @return false when something is left to be done: the next call does it
    /// @throws io.k3j.clientapi.ApiFault when the API is not available
    boolean migrate(ApiClient client) {
        boolean done = true;
        for (Obj secret : client.list(SECRETS, Query.in(NAMESPACE).where("type", OPAQUE)).items()) {
            if (opaque(secret)) {
                done &= secret.name().endsWith(COPY) ? completed(client, secret)
                        : !secret.name().endsWith(SUFFIX) || migrated(client, secret);
            }
        }
        return done;
    }

    private static boolean opaque(Obj secret) {
        return secret.tree().text("type").equals(OPAQUE);
    }

    private static boolean migrated(ApiClient client, Obj secret) {
        Obj copy;
        try {
            copy = copied(client, secret);
        } catch (ApiFault fault) {
            LOG.log(Level.DEBUG, "Not copied to be migrated secret=" + secret.name(), fault);
            return refused(fault);
        }
        try {
            client.delete(SECRETS, secret.key(), DeleteOptions.PLAIN.ifUid(secret.uid()));
        } catch (ApiFault fault) {
            LOG.log(Level.DEBUG, "Not deleted to be migrated secret=" + secret.name(), fault);
            if (fault.code() != NOT_FOUND) {
                // refused: it is there, since a webhook forbids or another server was faster; else it may be gone
                return refused(fault) && removed(client, copy);
            }
        }
        return made(client, again(secret, secret.name(), TYPE), Level.WARNING) && removed(client, copy);
    }

    /// What a server that has died has left. A Secret that is still of the old type is migrated by itself.
    private static boolean completed(ApiClient client, Obj copy) {
        String name = copy.name().substring(0, copy.name().length() - COPY.length()) + SUFFIX;
        Optional<Obj> secret = client.find(SECRETS, new Key(NAMESPACE, name));
        if (secret.filter(PasswordOwners::opaque).isPresent()) {
            return true;
        }
        return (secret.isPresent() || made(client, again(copy, name, TYPE), Level.DEBUG)) && removed(client, copy);
    }

    /// Under its name and type of now, as an object to be made.
    private static Obj again(Obj secret, String name, String type) {
        Struct tree = secret.tree().with("type", type).withAt(name, "metadata", "name");
        for (String once : List.of("uid", "resourceVersion", "creationTimestamp", "managedFields")) {
            tree = tree.withoutAt("metadata", once);
        }
        return Obj.of(tree);
    }

    /// One that was left by somebody is taken if it says the same.
    private static Obj copied(ApiClient client, Obj secret) {
        String node = secret.name().substring(0, secret.name().length() - SUFFIX.length());
        Obj copy = again(secret, node + COPY, OPAQUE);
        try {
            return client.create(SECRETS, copy, WriteOptions.PLAIN);
        } catch (ApiFault fault) {
            if (fault.code() != CONFLICT) {
                throw fault;
            }
        }
        Obj there = client.get(SECRETS, copy.key());
        if (there.tree().struct("data").equals(copy.tree().struct("data"))) {
            return there;
        }
        client.delete(SECRETS, there.key(), DeleteOptions.PLAIN.ifUid(there.uid()));
        return client.create(SECRETS, copy, WriteOptions.PLAIN);
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
                        + " again yet, its copy counts until then, retrying: " + fault.getMessage());
            }
            return fault.code() == CONFLICT;
        }
    }

    private static boolean removed(ApiClient client, Obj copy) {
        try {
            client.delete(SECRETS, copy.key(), DeleteOptions.PLAIN.ifUid(copy.uid()));
            return true;
        } catch (ApiFault fault) {
            LOG.log(Level.DEBUG, "Not deleted after the migration secret=" + copy.name(), fault);
            return refused(fault);
        }
    }

    /// Whether another try is of no use: one Secret must not hold up the rest.
    private static boolean refused(ApiFault fault) {
        return fault.code() / 100 == 4 && fault.code() != TOO_MANY;
    }

    /// Sets the owner of the Secrets presented to this server. Blocks on the API.
    /// @throws io.k3j.clientapi.ApiFault when the cluster cannot be asked
    void step(ApiClient client) {
        waiting.removeIf(node -> step(client, node));
    }

    private static boolean step(ApiClient client, String node) {
        Optional<Obj> owner = client.find(NODES, Key.of(node));
        Optional<Obj> secret = client.find(SECRETS, new Key(NAMESPACE, node + SUFFIX));
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
