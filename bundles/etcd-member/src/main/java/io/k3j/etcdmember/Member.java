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

/// This server's member, from its first beginning to the end: makes it, keeps its process running, and does the
/// leader's part for the others.
final class Member implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 1_000;
    /// Between two looks until this member votes: the whole server waits for that.
    private static final long SOON_MILLIS = 100;
    /// Between two tries to be taken in.
    private static final long AGAIN_MILLIS = 250;
    /// How long a member that does not answer is left alone before it is said.
    private static final long QUIET_NANOS = 5_000_000_000L;
    /// How often a process that has never answered is started.
    private static final int MAX_ENDS = 3;
    /// What etcd says with its last breath when it was taken out.
    private static final String REMOVED = "the member has been permanently removed from the cluster";
    /// How many revisions go by between two notes of the newest one.
    private static final long NOTE_EVERY = 1_000;
    private final Wish wish;
    private final EtcdProcess process;
    private final Consumer<String> report;
    private final Promotion promotion = new Promotion(TimeSource.system().monotonic());
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile State state = new State(false, 0, 0, List.of());
    private volatile @Nullable EtcdClient local;
    private String voters = "";
    private boolean votes;
    private boolean begun;
    private int ends;
    private long answered;
    private long noted;

    /// What this member shall be.
    ///
    /// @param source where the members of the cluster to join are asked for; null begins a cluster
    record Wish(MemberConfig config, Beginning.@Nullable Source source) {
        Places places() {
            return config.places();
        }
    }

    /// How it is.
    ///
    /// @param healthy it answers and knows a leader
    /// @param id its own
    /// @param leader who leads, 0 when nobody does
    /// @param members all of the cluster
    record State(boolean healthy, long id, long leader, List<EtcdCluster.Member> members) {
        /// Whether it leads.
        boolean leads() {
            return leader != 0 && leader == id;
        }

        /// Whether it is a voter.
        boolean voter() {
            return members.stream().anyMatch(m -> m.id() == id && !m.learner());
        }
    }

    /// `report` hears what is wrong, and the empty text when nothing is.
    Member(Wish wish, EtcdProcess process, Consumer<String> report) {
        this.wish = wish;
        this.process = process;
        this.report = report;
    }

    /// How it was a second ago.
    State state() {
        return state;
    }

    /// The nodes with a member in the cluster; none while that is not known.
    Set<String> nodes() {
        return state.members().stream().filter(m -> !m.name().isEmpty()).map(m -> MemberName.node(m.name()))
                .collect(Collectors.toSet());
    }

    /// A client of this member only. Closed with the member.
    EtcdClient client() throws IOException {
        EtcdClient made = local;
        if (made == null) {
            made = Tls.client(wish.places(), wish.config().clientUrl(), true);
            local = made;
        }
        return made;
    }

    /// Blocks until [#close].
    /// @throws MemberFault when it cannot be a member as asked
    void run() throws InterruptedException {
        try {
            start();
            answered = System.nanoTime();
            long pause;
            do {
                pause = look();
            } while (!stopping.await(pause, TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            throw new MemberFault("the managed etcd cannot be started: " + e.getMessage());
        } finally {
            over.countDown();
        }
    }

    private void start() throws IOException, InterruptedException {
        Places places = wish.places();
        if (Files.exists(places.tombstone())) {
            Tombstone.clear(places, wish.source() != null);
        } else if (!process.found()) {
            process.checkData();
        }
        Files.deleteIfExists(places.resetFlag());
        Files.deleteIfExists(places.data().resolve(Delivery.RESET));
        if (!process.found()) {
            Listening.check(wish.config());
        }
        if (places.initialized()) {
            process.ensure(wish.config().identity(), restart().text(false));
            return;
        }
        Beginning beginning = begin();
        if (beginning != null) {
            voters = beginning.voters();
            places.create();
            Files.writeString(places.name(), wish.config().name());
            process.ensure(wish.config().identity(), with(beginning).text(false));
        }
    }

    /// How to begin; null when stopped before that was known.
    private @Nullable Beginning begin() throws IOException, InterruptedException {
        MemberConfig config = wish.config();
        Beginning.Source source = wish.source();
        if (source == null) {
            return Beginning.alone(config.name(), config.peerUrl());
        }
        String said = "";
        Optional<EtcdVersion> installed = process.version();
        do {
            try {
                return Beginning.join(wish.places(), source, config.name(), config.peerUrl(), installed);
            } catch (IOException e) {
                String why = "waiting to join etcd: " + e.getMessage();
                report.accept(why);
                LOG.log(why.equals(said) ? System.Logger.Level.DEBUG : System.Logger.Level.INFO, why);
                said = why;
            }
        } while (!stopping.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS));
        return null;
    }

    /// One look.
    /// @return how many milliseconds until the next
    private long look() throws IOException, InterruptedException {
        if (stopping.getCount() == 0) {
            return LOOK_MILLIS;
        }
        if (!process.alive()) {
            ended();
            return LOOK_MILLIS;
        }
        try {
            observe(new EtcdCluster(client()));
            answered = System.nanoTime();
            begun = true;
        } catch (EtcdFailure e) {
            state = new State(false, state.id(), 0, state.members());
            if (System.nanoTime() - answered > QUIET_NANOS) {
                report.accept("the managed etcd does not answer: " + e.getMessage() + "; see " + wish.places().log());
            }
        }
        return votes ? LOOK_MILLIS : SOON_MILLIS;
    }

    /// Starts it again. What never answered and ends again and again will not get better by itself; once it has
    /// answered, this server goes on with the others' until it does again.
    private void ended() throws IOException, InterruptedException {
        if (process.lastWords().contains(REMOVED)) {
            removed();
            return;
        }
        String why = process.reason();
        // who joins meets others that are not ready yet
        if (!begun && ++ends >= MAX_ENDS && voters.isEmpty()) {
            throw new MemberFault("the managed etcd ends as soon as it is started: " + why + "; see "
                    + wish.places().log());
        }
        state = new State(false, state.id(), 0, state.members());
        LOG.log(System.Logger.Level.WARNING, "etcd has ended, starting it again: " + why);
        report.accept("etcd has ended, starting it again: " + why + "; see " + wish.places().log());
        try {
            process.ensure(wish.config().identity(), restart().text(false));
        } catch (IOException notNow) {
            LOG.log(System.Logger.Level.WARNING, "etcd cannot be started, trying again: " + notNow.getMessage());
        }
    }

    /// The others have taken this member out. It stays out until the server is started again with `--server`.
    private void removed() throws IOException {
        Files.writeString(wish.places().tombstone(), "");
        state = new State(false, state.id(), 0, List.of());
        String why = "this server has been removed from the etcd cluster; to rejoin it, restart with --server";
        LOG.log(System.Logger.Level.ERROR, why);
        report.accept(why);
        stopping.countDown();
    }

    /// How a cluster began is not looked at any more once there is data.
    private MemberConfig restart() {
        return with(new Beginning(wish.config().name() + "=" + wish.config().peerUrl(), true, ""));
    }

    private MemberConfig with(Beginning beginning) {
        MemberConfig config = wish.config();
        return new MemberConfig(config.places(), config.name(), config.host(), config.ports(), beginning.cluster(),
                beginning.existing(), config.metrics(), config.arguments());
    }

    private void observe(EtcdCluster cluster) throws IOException {
        EtcdCluster.Status status = cluster.status(LIMIT);
        if (status.revision() >= noted + NOTE_EVERY) {
            noted = status.revision();
            Revisions.note(wish.places(), noted);
        }
        if (status.learner()) {
            vote(status.memberId());
        }
        List<EtcdCluster.Member> members = cluster.members(LIMIT);
        state = new State(status.leader() != 0, status.memberId(), status.leader(), members);
        if (status.leader() == 0) {
            report.accept("etcd has no leader: not enough of its " + members.size() + " members answer each other");
        } else if (!status.errors().isEmpty()) {
            report.accept("etcd: " + String.join("; ", status.errors()));
        } else if (state.voter()) {
            votes = true;
            report.accept("");
        } else {
            report.accept("this server has not yet been promoted from learner to voting member");
        }
        if (state.leads()) {
            promotion.step(cluster, members);
        }
    }

    /// Asks those that vote to let this member vote, too. They do as soon as it has caught up; the leader's server
    /// would look for that only once a second.
    private void vote(long id) throws IOException {
        if (voters.isEmpty()) {
            return;
        }
        try (EtcdClient others = Tls.client(wish.places(), voters, false)) {
            new EtcdCluster(others).promote(id, LIMIT);
            LOG.log(System.Logger.Level.INFO, "votes in etcd now name=" + wish.config().name());
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "does not vote yet: " + e.getMessage());
        }
    }

    /// Ends the looking; the process goes on.
    @Override
    public void close() {
        stopping.countDown();
        EtcdClient made = local;
        if (made != null) {
            made.close();
        }
        try {
            over.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
