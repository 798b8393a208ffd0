package io.k3j.etcdmember;

import io.k3j.componentapi.TimeSource;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// This server's etcd member: creates or joins it, keeps its process running, and performs the leader's duties
/// for the other members.
final class Member implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final long POLL_MILLIS = 1_000;
    /// Poll interval until this member votes, because the whole server waits for that.
    private static final long JOINING_POLL_MILLIS = 100;
    /// Interval between two attempts to join.
    private static final long JOIN_RETRY_MILLIS = 250;
    /// After this time without an answer the member is reported as degraded.
    private static final long REPORT_AFTER_NANOS = 5_000_000_000L;
    /// How often a process that never answered is started.
    private static final int MAX_EXITS = 3;
    /// What etcd logs before it ends because its member was removed.
    private static final String REMOVED = "the member has been permanently removed from the cluster";
    private final Wish wish;
    private final EtcdProcess process;
    private final RevisionBump.Notes notes;
    private final Consumer<String> report;
    private final Promotion promotion = new Promotion(TimeSource.system().monotonic());
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile State state = new State(false, 0, 0, List.of());
    private volatile @Nullable EtcdClient local;
    private String voters = "";
    private boolean voting;
    private boolean answeredOnce;
    private int exits;
    private long lastAnswer;

    /// What this member is to be.
    ///
    /// @param source lists the members of the cluster to join; null starts a new cluster
    record Wish(MemberConfig config, MemberBootstrap.@Nullable Source source) {
        EtcdLayout layout() {
            return config.layout();
        }
    }

    /// The state of this member.
    ///
    /// @param healthy whether it answers and knows a leader
    /// @param id its member id
    /// @param leader the leader's member id, 0 without a leader
    /// @param members all members of the cluster
    record State(boolean healthy, long id, long leader, List<EtcdCluster.Member> members) {
        /// Whether this member is the leader.
        boolean leads() {
            return leader != 0 && leader == id;
        }

        /// Whether this member votes.
        boolean voter() {
            return members.stream().anyMatch(m -> m.id() == id && !m.learner());
        }
    }

    /// @param report receives what is wrong, and the empty text when nothing is
    Member(Wish wish, EtcdProcess process, Consumer<String> report) {
        this.wish = wish;
        this.process = process;
        this.notes = new RevisionBump.Notes(wish.layout());
        this.report = report;
    }

    /// The state of the last poll, at most a second old.
    State state() {
        return state;
    }

    /// The nodes with a member in the cluster; empty while unknown.
    Set<String> nodes() {
        return state.members().stream().filter(m -> !m.name().isEmpty()).map(m -> MemberName.node(m.name()))
                .collect(Collectors.toSet());
    }

    /// A client of this member only. Closed with this member.
    EtcdClient client() throws IOException {
        EtcdClient made = local;
        if (made == null) {
            made = Tls.client(wish.layout(), wish.config().clientUrl(), true);
            local = made;
        }
        return made;
    }

    /// Supervises the member; blocks until [#close].
    /// @throws MemberFault when it cannot be a member as configured
    void run() throws InterruptedException {
        try {
            start();
            lastAnswer = System.nanoTime();
            long pause;
            do {
                pause = poll();
            } while (!stopping.await(pause, TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            throw new MemberFault("the managed etcd cannot be started: " + e.getMessage());
        } finally {
            finished.countDown();
        }
    }

    private void start() throws IOException, InterruptedException {
        EtcdLayout layout = wish.layout();
        if (Files.exists(layout.tombstone())) {
            Tombstone.clear(layout, wish.source() != null);
        } else if (!process.found()) {
            process.checkData();
        }
        Files.deleteIfExists(layout.resetFlag());
        Files.deleteIfExists(layout.data().resolve(DataDirReplacement.RESET));
        if (!process.found()) {
            ListenCheck.check(wish.config());
        }
        if (layout.initialized()) {
            process.ensure(wish.config().identity(), restart().text(false));
            return;
        }
        MemberBootstrap bootstrapConfig = bootstrap();
        if (bootstrapConfig != null) {
            voters = bootstrapConfig.voters();
            layout.create();
            Files.writeString(layout.name(), wish.config().name());
            process.ensure(wish.config().identity(), with(bootstrapConfig).text(false));
        }
    }

    /// How to start without data; null when stopped before that was known.
    private @Nullable MemberBootstrap bootstrap() throws IOException, InterruptedException {
        MemberConfig config = wish.config();
        MemberBootstrap.Source source = wish.source();
        if (source == null) {
            return MemberBootstrap.alone(config.name(), config.peerUrl());
        }
        String lastReason = "";
        Optional<EtcdVersion> installed = process.version();
        do {
            try {
                return MemberBootstrap.join(wish.layout(), source, config.name(), config.peerUrl(), installed);
            } catch (IOException e) {
                String why = "waiting to join etcd: " + e.getMessage();
                report.accept(why);
                LOG.log(why.equals(lastReason) ? System.Logger.Level.DEBUG : System.Logger.Level.INFO, why);
                lastReason = why;
            }
        } while (!stopping.await(JOIN_RETRY_MILLIS, TimeUnit.MILLISECONDS));
        return null;
    }

    /// Polls once.
    /// @return the pause until the next poll, in milliseconds
    private long poll() throws IOException, InterruptedException {
        if (stopping.getCount() == 0) {
            return POLL_MILLIS;
        }
        if (!process.alive()) {
            ended();
            return POLL_MILLIS;
        }
        try {
            observe(new EtcdCluster(client()));
            lastAnswer = System.nanoTime();
            answeredOnce = true;
        } catch (EtcdFailure e) {
            state = new State(false, state.id(), 0, state.members());
            if (System.nanoTime() - lastAnswer > REPORT_AFTER_NANOS) {
                report.accept("the managed etcd does not answer: " + e.getMessage() + "; see " + wish.layout().log());
            }
        }
        return voting ? POLL_MILLIS : JOINING_POLL_MILLIS;
    }

    /// Restarts the process. A process that never answered and keeps ending is given up, because a restart will
    /// not repair it; one that has answered before is restarted without limit, and the API server uses the
    /// other members meanwhile.
    private void ended() throws IOException, InterruptedException {
        if (process.lastLines().contains(REMOVED)) {
            removed();
            return;
        }
        String why = process.reason();
        // a joining member may end because the others are not ready yet, so it is never given up
        if (!answeredOnce && ++exits >= MAX_EXITS && voters.isEmpty()) {
            throw new MemberFault("the managed etcd ends as soon as it is started: " + why + "; see "
                    + wish.layout().log());
        }
        state = new State(false, state.id(), 0, state.members());
        LOG.log(System.Logger.Level.WARNING, "Etcd exited, restarting: " + why);
        report.accept("Etcd exited, restarting: " + why + "; see " + wish.layout().log());
        try {
            process.ensure(wish.config().identity(), restart().text(false));
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "Cannot start etcd, retrying: " + failed.getMessage());
        }
    }

    /// Another member removed this one. It stays removed until the server is started again with `--server`.
    private void removed() throws IOException {
        Files.writeString(wish.layout().tombstone(), "");
        state = new State(false, state.id(), 0, List.of());
        String why = "this server has been removed from the etcd cluster; to rejoin it, restart with --server";
        LOG.log(System.Logger.Level.ERROR, why);
        report.accept(why);
        stopping.countDown();
    }

    /// With data on disk etcd ignores the initial cluster, so any valid value will do.
    private MemberConfig restart() {
        return with(new MemberBootstrap(wish.config().name() + "=" + wish.config().peerUrl(), true, ""));
    }

    private MemberConfig with(MemberBootstrap bootstrapConfig) {
        MemberConfig config = wish.config();
        return new MemberConfig(config.layout(), config.name(), config.host(), config.ports(),
                bootstrapConfig.cluster(),
                bootstrapConfig.existing(), config.metrics(), config.arguments());
    }

    private void observe(EtcdCluster cluster) throws IOException {
        EtcdCluster.Status status = cluster.status(LIMIT);
        notes.seen(status.revision());
        if (status.learner()) {
            requestPromotion(status.memberId());
        }
        List<EtcdCluster.Member> members = cluster.members(LIMIT);
        state = new State(status.leader() != 0, status.memberId(), status.leader(), members);
        if (status.leader() == 0) {
            report.accept("etcd has no leader: not enough of its " + members.size() + " members answer each other");
        } else if (!status.errors().isEmpty()) {
            report.accept("etcd: " + String.join("; ", status.errors()));
        } else if (state.voter()) {
            voting = true;
            report.accept("");
        } else {
            report.accept("this server has not yet been promoted from learner to voting member");
        }
        if (state.leads()) {
            promotion.step(new LeaderCalls(cluster, wish.config()), members);
        }
    }

    /// Asks the voting members to promote this one. They accept as soon as it has caught up; the leader's
    /// server would try only once a second.
    private void requestPromotion(long id) throws IOException {
        if (voters.isEmpty()) {
            return;
        }
        try (EtcdClient others = Tls.client(wish.layout(), voters, false)) {
            new EtcdCluster(others).promote(id, LIMIT);
            LOG.log(System.Logger.Level.INFO, "Became a voting member of etcd name=" + wish.config().name());
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "Does not vote yet: " + e.getMessage());
        }
    }

    /// Ends the supervision; the process keeps running.
    @Override
    public void close() {
        stopping.countDown();
        EtcdClient made = local;
        if (made != null) {
            made.close();
        }
        try {
            finished.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
