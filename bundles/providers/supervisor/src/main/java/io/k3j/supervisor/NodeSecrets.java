package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodetunnels.EgressDialer;
import io.k3j.pki.NodePassword;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The hashes of node passwords, kept as immutable Secrets `kube-system/<node>.node-password.k3s`. Thread-safe.
final class NodeSecrets implements EgressDialer.Nodes {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    private static final int CONFLICT = 409;

    private final RandomGenerator random;
    private final DeferredChecks deferred = new DeferredChecks(this::reachable, this::matches, this::recordOutcome);
    private final PasswordOwners owners = new PasswordOwners();
    private final InstantSource clock;
    private final NodeEvents events;
    private volatile @Nullable ApiClient api;
    /// The node of this server and its password.
    private volatile Map.@Nullable Entry<String, Presented> own;

    /// What a node has presented.
    ///
    /// @param proof remembers that the password matches, for the node of this server only
    /// @param claimed when it was presented, where nothing but a token speaks for who did so
    record Presented(String password, Optional<PasswordProof> proof, Optional<Instant> claimed) {
        /// Of the node of this server.
        Presented(String password, Optional<PasswordProof> proof) {
            this(password, proof, Optional.empty());
        }

        boolean matches(String hash) {
            boolean matches = proof.isPresent() && proof.get().proves(hash) || NodePassword.matches(password, hash);
            if (matches) {
                remember(hash);
            }
            return matches;
        }

        void remember(String hash) {
            proof.ifPresent(file -> file.keep(hash, password));
        }

        /// Omits the password, because records may end up in logs.
        @Override
        public String toString() {
            return "Presented[]";
        }
    }

    NodeSecrets(RandomGenerator random) {
        this(random, InstantSource.system());
    }

    /// @param clock the time of day
    NodeSecrets(RandomGenerator random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
        this.events = new NodeEvents(NodeEvents.SUPERVISOR, clock);
    }

    /// The API is available. Checks on a virtual thread what has waited for it.
    void apiAvailable(ApiClient client) {
        api = client;
        deferred.start();
    }

    /// The API service was unbound. Its replacement may have been bound before; that one stays.
    void apiUnavailable(ApiClient client) {
        if (api == client) {
            api = null;
        }
    }

    /// Stops the deferred checks.
    void close() {
        deferred.close();
    }

    /// The API, null while there is none.
    @Nullable
    ApiClient api() {
        return api;
    }

    /// Whether the API is available.
    boolean reachable() {
        return api != null;
    }

    /// Whether there is such a Node. Blocks on the API.
    boolean nodeExists(String node) {
        return client().find(NODES, Key.of(node)).isPresent();
    }

    @Override
    public boolean isServer(String node) {
        return node(node).map(found -> found.tree().struct("metadata").struct("labels"))
                .map(labels -> labels.has("node-role.kubernetes.io/control-plane")
                        || labels.has("node-role.kubernetes.io/etcd"))
                .orElse(false);
    }

    private Optional<Obj> node(String name) {
        ApiClient now = api;
        try {
            return now == null ? Optional.empty() : now.find(NODES, Key.of(name));
        } catch (ApiFault fault) {
            return Optional.empty();
        }
    }

    /// The EndpointSlice of the Service `default/kubernetes`: the API servers. Blocks on the API.
    Optional<Obj> slice() {
        ApiClient now = api;
        return now == null ? Optional.empty() : now.find(SLICES, new Key("default", "kubernetes"));
    }

    /// A Secret in `kube-system`. Blocks on the API.
    Optional<Obj> find(String name) {
        return client().find(SECRETS, new Key("kube-system", name));
    }

    /// What holds the hash of a node's password ([PasswordOwners#record]). Blocks on the API.
    Optional<Obj> record(String node) {
        return PasswordOwners.record(client(), node);
    }

    private ApiClient client() {
        ApiClient now = api;
        if (now == null) {
            throw ApiFault.unavailable("runtime core not ready");
        }
        return now;
    }

    /// Whether the password matches the node's Secret; creates the Secret for the first password presented.
    /// @throws ApiFault when the API is not available
    boolean ensure(String node, String password) {
        return ensure(node, new Presented(password, Optional.empty()));
    }

    /// Whether a node is running whose Secret is gone, as after somebody has deleted its Node, which its kubelet makes
    /// again: its name is not free, whatever password is presented. It runs while its tunnel to this server is open, or
    /// as long as the API tells so ([RunningNodes]). Blocks on the API.
    /// @param tunnelled whether that tunnel is open
    /// @throws ApiFault when the API is not available
    boolean lost(String node, boolean tunnelled) {
        return record(node).isEmpty()
                && (tunnelled || RunningNodes.contain(client(), node, Instant.MAX, clock.instant()));
    }

    /// A Node that was made after the password had been presented is of who has presented it. Tunnels do not count: who
    /// has presented it has the certificate for one by now.
    private boolean lost(String node, Instant presented) {
        return record(node).isEmpty() && RunningNodes.contain(client(), node, presented, clock.instant());
    }

    private boolean ensure(String node, Presented presented) {
        Optional<Obj> kept = record(node);
        if (kept.isPresent()) {
            boolean matches = presented.matches(NodeHash.of(kept.get().tree()));
            if (matches) {
                owners.presented(node);
            }
            return matches;
        }
        Key key = new Key("kube-system", node + PasswordOwners.SUFFIX);
        String hash = NodePassword.hash(presented.password(), random);
        try {
            client().create(SECRETS, secret(key, hash), WriteOptions.PLAIN);
            owners.presented(node);
            presented.remember(hash);
            return true;
        } catch (ApiFault fault) {
            if (fault.code() != CONFLICT) {
                throw fault;
            }
            return presented.matches(NodeHash.of(client().get(SECRETS, key).tree()));
        }
    }

    private static Obj secret(Key key, String hash) {
        String data = Base64.getEncoder().encodeToString(hash.getBytes(StandardCharsets.UTF_8));
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace()), "type", PasswordOwners.TYPE,
                "immutable", true, "data", Struct.of("hash", data)));
    }

    /// Checks a password as soon as the API is available. The outcome is only logged and recorded as an Event.
    void ensureLater(String node, String password) {
        ensureLater(node, new Presented(password, Optional.empty()));
    }

    /// As above, for the node of this server.
    void ensureLater(String node, Presented presented) {
        if (presented.proof().isPresent()) {
            own = Map.entry(node, presented);
        }
        deferred.add(node, presented, "");
    }

    /// As above, where nothing but a token speaks for who has presented the password.
    /// @param from the address of who has
    /// @return false when too many names wait to be checked ([DeferredChecks])
    boolean claimLater(String node, String password, String from) {
        return deferred.add(node, new Presented(password, Optional.empty(), Optional.of(clock.instant())), from);
    }

    private boolean matches(String node, Presented presented) {
        boolean lost = presented.claimed().filter(at -> lost(node, at)).isPresent();
        return !lost && ensure(node, presented);
    }

    /// Logs the outcome and records it as an Event, in K3s' words.
    private void recordOutcome(String node, boolean matches) {
        LOG.log(matches ? Level.DEBUG : Level.WARNING, "Checked node password node=" + node + " outcome="
                + (matches ? "ok"
                        : "failed: another node has this name, or had it before; delete the Secret kube-system/"
                                + node + PasswordOwners.SUFFIX + " if that one is gone"));
        events.write(client(), node, matches ? "NodePasswordValidationComplete" : "NodePasswordValidationFailed",
                matches ? "Deferred node password secret validation complete"
                        : "Deferred node password secret validation failed: hash does not match",
                !matches);
    }

    /// Sets the owner of all Secrets whose Node has registered meanwhile, also of those other servers created, and
    /// deletes those whose Node has not come; makes that of the own node again, which went with a Node that somebody
    /// deleted. Blocks.
    void setOwners() {
        Map.Entry<String, Presented> mine = own;
        if (mine != null && record(mine.getKey()).isEmpty() && nodeExists(mine.getKey())) {
            ensure(mine.getKey(), mine.getValue());
        }
        owners.stepForAll(client(), clock.instant());
    }

    /// Gives the Secrets of old releases of K3s their type. Blocks.
    /// @return false when it has to be called again
    boolean migrate() {
        return owners.migrate(client());
    }

    /// As [#setOwners], only for nodes that presented their password here. Does nothing without an API.
    void setOwnersOfPresented() {
        ApiClient now = api;
        if (now != null && owners.waiting()) {
            owners.step(now);
        }
    }
}
