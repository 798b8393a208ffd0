package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.NodePassword;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The hashes of node passwords, kept as immutable Secrets `kube-system/<node>.node-password.k3s`.
final class NodeSecrets {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    private static final int CONFLICT = 409;
    /// Nodes that may wait for the API at once; more are not remembered, and asked again at their next start.
    private static final int MOST_WAITING = 1000;

    private static final long RETRY_SECONDS = 5;

    private final RandomGenerator random;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Shown> waiting = new ConcurrentHashMap<>();
    private final PasswordOwners owners = new PasswordOwners();
    private final NodeEvents events = new NodeEvents(NodeEvents.SUPERVISOR, InstantSource.system());
    private volatile @Nullable ApiClient api;

    /// What a node has shown.
    ///
    /// @param proof what remembers that it fits, for the node of this server
    record Shown(String password, Optional<PasswordProof> proof) {
        boolean fits(String hash) {
            boolean fits = proof.isPresent() && proof.get().proves(hash) || NodePassword.matches(password, hash);
            if (fits) {
                keep(hash);
            }
            return fits;
        }

        void keep(String hash) {
            proof.ifPresent(file -> file.keep(hash, password));
        }

        /// Without the password.
        @Override
        public String toString() {
            return "Shown[]";
        }
    }

    NodeSecrets(RandomGenerator random) {
        this.random = random;
    }

    /// The API has come. What waited for it is checked now.
    void come(ApiClient client) {
        api = client;
        Thread.ofVirtual().name("supervisor-node-passwords").start(this::settle);
    }

    /// The API goes; another may have come already.
    void gone(ApiClient client) {
        if (api == client) {
            api = null;
        }
    }

    /// Asks no more.
    void close() {
        closed.countDown();
    }

    /// The API, null while there is none.
    @Nullable
    ApiClient api() {
        return api;
    }

    /// Whether the cluster can be asked.
    boolean reachable() {
        return api != null;
    }

    /// Whether there is such a Node.
    boolean nodeExists(String node) {
        return client().find(NODES, Key.of(node)).isPresent();
    }

    /// Where its kubelet listens, as far as the cluster knows.
    int kubeletPort(String node, int otherwise) {
        return node(node).map(found -> (int) found.tree().struct("status").struct("daemonEndpoints")
                .struct("kubeletEndpoint").whole("Port", otherwise)).orElse(otherwise);
    }

    /// Whether it is a server's node.
    boolean isServer(String node) {
        return node(node).map(found -> found.tree().struct("metadata").struct("labels"))
                .map(labels -> labels.has("node-role.kubernetes.io/control-plane")
                        || labels.has("node-role.kubernetes.io/etcd"))
                .orElse(false);
    }

    private Optional<Obj> node(String name) {
        ApiClient now = api;
        try {
            return now == null ? Optional.empty() : now.find(NODES, Key.of(name));
        } catch (ApiFault notNow) {
            return Optional.empty();
        }
    }

    /// The endpoints of the Service `kubernetes`: the API servers.
    Optional<Obj> slice() {
        ApiClient now = api;
        return now == null ? Optional.empty() : now.find(SLICES, new Key("default", "kubernetes"));
    }

    /// A Secret of `kube-system`.
    Optional<Obj> find(String name) {
        return client().find(SECRETS, new Key("kube-system", name));
    }

    private ApiClient client() {
        ApiClient now = api;
        if (now == null) {
            throw ApiFault.unavailable("runtime core not ready");
        }
        return now;
    }

    /// Whether the password fits the node's Secret; the first one to come makes it.
    /// @throws ApiFault when the cluster cannot say
    boolean ensure(String node, String password) {
        return ensure(node, new Shown(password, Optional.empty()));
    }

    private boolean ensure(String node, Shown shown) {
        Key key = new Key("kube-system", node + ".node-password.k3s");
        Optional<Obj> kept = client().find(SECRETS, key);
        if (kept.isPresent()) {
            boolean fits = shown.fits(NodeHash.of(kept.get().tree()));
            if (fits) {
                owners.shown(node);
            }
            return fits;
        }
        String hash = NodePassword.hash(shown.password(), random);
        try {
            client().create(SECRETS, secret(key, hash), WriteOptions.PLAIN);
            owners.shown(node);
            shown.keep(hash);
            return true;
        } catch (ApiFault fault) {
            if (fault.code() != CONFLICT) {
                throw fault;
            }
            return shown.fits(NodeHash.of(client().get(SECRETS, key).tree()));
        }
    }

    private static Obj secret(Key key, String hash) {
        String data = Base64.getEncoder().encodeToString(hash.getBytes(StandardCharsets.UTF_8));
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace()), "type", "k3s.cattle.io/node-password",
                "immutable", true, "data", Struct.of("hash", data)));
    }

    /// Checks a password as soon as the API is there; the outcome is only told.
    void ensureLater(String node, String password) {
        ensureLater(node, new Shown(password, Optional.empty()));
    }

    /// The same for the node of this server.
    void ensureLater(String node, Shown shown) {
        if (waiting.size() < MOST_WAITING) {
            waiting.put(node, shown);
        }
        if (reachable()) {
            Thread.ofVirtual().name("supervisor-node-passwords").start(this::settle);
        }
    }

    private void settle() {
        try {
            do {
                settleOnce();
            } while (reachable() && !waiting.isEmpty() && !closed.await(RETRY_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void settleOnce() {
        for (Map.Entry<String, Shown> entry : waiting.entrySet()) {
            try {
                boolean fits = ensure(entry.getKey(), entry.getValue());
                waiting.remove(entry.getKey(), entry.getValue());
                tell(entry.getKey(), fits);
            } catch (ApiFault notNow) {
                LOG.log(Level.DEBUG, "Node password not checked yet node=" + entry.getKey(), notNow);
            }
        }
    }

    /// In K3s' words.
    private void tell(String node, boolean fits) {
        LOG.log(fits ? Level.DEBUG : Level.WARNING, "Checked node password node=" + node + " outcome="
                + (fits ? "ok" : "failed: another node has this name, or had it before; delete the Secret kube-system/"
                        + node + ".node-password.k3s if that one is gone"));
        events.write(client(), node, fits ? "NodePasswordValidationComplete" : "NodePasswordValidationFailed",
                fits ? "Deferred node password secret validation complete"
                        : "Deferred node password secret validation failed: hash does not match",
                !fits);
    }

    /// Makes Secrets the property of Nodes that have come since, also those that another server has made.
    void own() {
        owners.stepForAll(client());
    }

    /// The same for what was shown here, when something was; does nothing while there is no API.
    void ownSoon() {
        ApiClient now = api;
        if (now != null && owners.waiting()) {
            owners.step(now);
        }
    }
}
