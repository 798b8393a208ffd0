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

/// What Nodes and members have to do with each other: this server's Node tells its member (label, annotations,
/// condition `EtcdIsVoter`), and on the leader's server members leave with their Nodes.
final class NodeDuties implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final String ROLE = "node-role.kubernetes.io/etcd";
    private static final String CONDITION = "EtcdIsVoter";
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final long LOOK_MILLIS = 2_000;
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

    /// Looks every two seconds until [#close].
    void run() throws InterruptedException {
        while (!stopping.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            ApiClient client = api.get();
            if (client != null && member.state().healthy()) {
                try {
                    step(client);
                } catch (ApiFault | EtcdFailure | IOException notNow) {
                    LOG.log(System.Logger.Level.DEBUG, "nodes of etcd are looked at again: " + notNow.getMessage());
                }
            }
        }
    }

    /// One look.
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
            for (Removals removal : Removals.plan(nodes, state.members(), known)) {
                remove(client, removal, state);
            }
        }
    }

    private void remove(ApiClient client, Removals removal, Member.State state) throws IOException {
        EtcdCluster cluster = new EtcdCluster(member.client());
        if (removal.member().id() == state.id()) {
            // the next leader's server does it
            state.members().stream().filter(m -> !m.learner() && m.id() != state.id()).findFirst()
                    .ifPresent(other -> cluster.moveLeader(other.id(), LIMIT));
            return;
        }
        cluster.remove(removal.member().id(), LIMIT);
        LOG.log(System.Logger.Level.INFO, "took out of etcd name=" + removal.member().name()
                + (removal.node().isPresent() ? " because its node asks for it" : " because its node was deleted"));
        if (removal.node().isPresent()) {
            Obj asked = removal.node().get();
            Struct tree = asked.tree().withoutAt("metadata", "annotations", Removals.REMOVE)
                    .withAt(removal.member().name(), "metadata", "annotations", Removals.REMOVED);
            client.update(NODES, asked.withTree(tree), WriteOptions.PLAIN);
        }
    }

    private void describe(ApiClient client, Obj own, Member.State state) {
        Struct tree = own.tree().withAt("true", "metadata", "labels", ROLE)
                .withAt(config.name(), "metadata", "annotations", Removals.NAME)
                .withAt(config.host(), "metadata", "annotations", Removals.ADDRESS);
        Obj now = own;
        if (!tree.equals(own.tree())) {
            now = client.update(NODES, own.withTree(tree), WriteOptions.PLAIN);
        }
        Struct wanted = condition(state);
        Seq conditions = now.tree().struct("status").seq("conditions");
        Struct before = conditions.find("type", CONDITION);
        if (before.text("status").equals(wanted.text("status"))
                && before.text("reason").equals(wanted.text("reason"))) {
            return;
        }
        Seq kept = Seq.EMPTY;
        for (Struct one : conditions.structs()) {
            kept = one.text("type").equals(CONDITION) ? kept : kept.plus(one);
        }
        client.update(NODES, now.with(kept.plus(wanted), "status", "conditions"), WriteOptions.STATUS);
    }

    private Struct condition(Member.State state) {
        boolean voter = state.voter();
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        return Struct.of("type", CONDITION, "status", voter ? "True" : "False", "reason",
                voter ? "MemberNotLearner" : "MemberIsLearner", "message",
                voter ? "Node is a voting member of the etcd cluster"
                        : "Node has not been promoted to voting member of the etcd cluster",
                "lastHeartbeatTime", now, "lastTransitionTime", now);
    }

    @Override
    public void close() {
        stopping.countDown();
    }
}
