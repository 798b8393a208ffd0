package io.k3j.etcdmember;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps Nodes and members consistent: describes this server's member on its Node (label, annotations,
/// condition `EtcdIsVoter`), and on the leader's server removes the members of deleted Nodes.
final class NodeDuties implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final String ROLE = "node-role.kubernetes.io/etcd";
    private static final String CONDITION = "EtcdIsVoter";
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final long POLL_MILLIS = 2_000;
    private final Member member;
    private final MemberConfig config;
    private final String node;
    private final Supplier<@Nullable ApiClient> api;
    private final InstantSource clock;
    private final Set<String> known = new HashSet<>();
    private final CountDownLatch stopping = new CountDownLatch(1);

    NodeDuties(Member member, MemberConfig config, String node, Supplier<@Nullable ApiClient> api,
            InstantSource clock) {
        this.member = member;
        this.config = config;
        this.node = node;
        this.api = api;
        this.clock = clock;
    }

    /// Polls every two seconds until [#close].
    void run() throws InterruptedException {
        while (!stopping.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            ApiClient client = api.get();
            if (client != null && member.state().healthy()) {
                try {
                    step(client);
                } catch (ApiFault | EtcdFailure | IOException unavailable) {
                    LOG.log(System.Logger.Level.DEBUG,
                            "Nodes of etcd are looked at again: " + unavailable.getMessage());
                }
            }
        }
    }

    /// One poll. Blocks on the API and on etcd.
    void step(ApiClient client) throws IOException {
        List<Obj> nodes = client.list(NODES, Query.ALL).items();
        Member.State state = member.state();
        for (Obj one : nodes) {
            state.members().stream().map(EtcdCluster.Member::name)
                    .filter(name -> MemberName.node(name).equals(one.name())).forEach(known::add);
            if (one.name().equals(node)) {
                describe(client, one, state);
            }
        }
        if (state.leads()) {
            for (MemberRemovals removal : MemberRemovals.plan(nodes, state.members(), known)) {
                remove(client, removal, state);
            }
        }
    }

    private void remove(ApiClient client, MemberRemovals removal, Member.State state) throws IOException {
        EtcdCluster cluster = new EtcdCluster(member.client());
        if (removal.member().id() == state.id()) {
            // a leader does not remove itself: the next leader's server does
            state.members().stream().filter(m -> !m.learner() && m.id() != state.id()).findFirst()
                    .ifPresent(other -> cluster.moveLeader(other.id(), LIMIT));
            return;
        }
        cluster.remove(removal.member().id(), LIMIT);
        LOG.log(System.Logger.Level.INFO, "Removed member from etcd name=" + removal.member().name()
                + (removal.node().isPresent() ? " because its node asks for it" : " because its node was deleted"));
        if (removal.node().isPresent()) {
            Obj requesting = removal.node().get();
            Struct tree = requesting.tree().withoutAt("metadata", "annotations", MemberRemovals.REMOVE)
                    .withAt(removal.member().name(), "metadata", "annotations", MemberRemovals.REMOVED);
            client.update(NODES, requesting.withTree(tree), WriteOptions.PLAIN);
        }
    }

    private void describe(ApiClient client, Obj node, Member.State state) {
        Struct tree = node.tree().withAt("true", "metadata", "labels", ROLE)
                .withAt(config.name(), "metadata", "annotations", MemberRemovals.NAME)
                .withAt(config.host(), "metadata", "annotations", MemberRemovals.ADDRESS);
        Obj current = node;
        if (!tree.equals(node.tree())) {
            current = client.update(NODES, node.withTree(tree), WriteOptions.PLAIN);
        }
        Struct wanted = condition(state);
        Seq conditions = current.tree().struct("status").seq("conditions");
        Struct before = conditions.find("type", CONDITION);
        if (before.text("status").equals(wanted.text("status"))
                && before.text("reason").equals(wanted.text("reason"))) {
            return;
        }
        Seq kept = Seq.EMPTY;
        for (Struct one : conditions.structs()) {
            kept = one.text("type").equals(CONDITION) ? kept : kept.plus(one);
        }
        client.update(NODES, current.with(kept.plus(wanted), "status", "conditions"), WriteOptions.STATUS);
    }

    private Struct condition(Member.State state) {
        boolean voter = state.voter();
        String current = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        return Struct.of("type", CONDITION, "status", voter ? "True" : "False", "reason",
                voter ? "MemberNotLearner" : "MemberIsLearner", "message",
                voter ? "Node is a voting member of the etcd cluster"
                        : "Node has not been promoted to voting member of the etcd cluster",
                "lastHeartbeatTime", current, "lastTransitionTime", current);
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}
