package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a start does once for this server's own etcd when it votes, as K3s: gives the disk back what the database no
/// longer uses, and disarms the alarm that it has no space when it has some. Runs beside the member, which is polled
/// meanwhile and serves as far as etcd lets it.
final class MemberUpkeep implements AutoCloseable {
    /// With more unused bytes than this the database is defragmented: etcd stands still for it, a second or so for each
    /// gigabyte in use.
    static final long MAX_UNUSED = 100L << 20;
    /// etcd's own without `--etcd-arg=quota-backend-bytes`.
    static final long DEFAULT_QUOTA = 2L << 30;
    /// The alarm of a member whose database has reached its quota: nobody writes any more until it is disarmed.
    private static final String NOSPACE = "NOSPACE";
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration DEFRAGMENT_LIMIT = Duration.ofMinutes(10);
    /// How often it is looked whether the member votes and knows a leader.
    static final long WAIT_MILLIS = 1_000;
    /// Pause after a failure, each of which is one warning; after so many it is left until the next start.
    static final long RETRY_MILLIS = 60_000;
    static final int TRIES = 5;
    /// Instead of a pause: there is nothing left to do.
    static final long DONE = 0;
    private final Supplier<Member.State> state;
    private final Connector connector;
    private final long quota;
    private final CountDownLatch stopping = new CountDownLatch(1);
    /// Of the attempt that is under way.
    private volatile @Nullable Etcd connection;
    private int failures;

    /// The calls it takes. Every one blocks for its answer.
    interface Etcd extends AutoCloseable {
        EtcdCluster.Status status();

        void defragment();

        List<EtcdCluster.Alarm> alarms();

        void disarm(EtcdCluster.Alarm alarm);

        /// Fails the call that is under way, and every later one. Any thread, and more than once.
        @Override
        void close();
    }

    /// Connects to this server's member.
    interface Connector {
        Etcd connect() throws IOException;
    }

    private record Calls(EtcdClient client, EtcdCluster cluster) implements Etcd {
        Calls(EtcdClient client) {
            this(client, new EtcdCluster(client));
        }

        @Override
        public EtcdCluster.Status status() {
            return cluster.status(LIMIT);
        }

        @Override
        public void defragment() {
            cluster.defragment(DEFRAGMENT_LIMIT);
        }

        @Override
        public List<EtcdCluster.Alarm> alarms() {
            return cluster.alarms(LIMIT);
        }

        @Override
        public void disarm(EtcdCluster.Alarm alarm) {
            cluster.disarm(alarm, LIMIT);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    MemberUpkeep(Member member, MemberConfig config) {
        this(member::state, () -> new Calls(Tls.client(config.layout(), config.clientUrl(), true)), quota(config));
    }

    /// @param quota the bytes its database may take
    MemberUpkeep(Supplier<Member.State> state, Connector connector, long quota) {
        this.state = state;
        this.connector = connector;
        this.quota = quota;
    }

    /// Waits until the member votes and looks after it; returns when that is done, or after [#close].
    void run() throws InterruptedException {
        long pause = WAIT_MILLIS;
        while (pause != DONE && !stopping.await(pause, TimeUnit.MILLISECONDS)) {
            pause = step();
        }
    }

    /// Looks after the member when it is ready for that. Without a leader alarms are neither told nor disarmed, so a
    /// leader is waited for without an end, as after a power cut that the other servers come back from later.
    ///
    /// @return the pause until the next step, in milliseconds, or [#DONE]
    long step() {
        Member.State now = state.get();
        if (!now.healthy() || !now.voter()) {
            return WAIT_MILLIS;
        }
        return attempt() || ++failures >= TRIES ? DONE : RETRY_MILLIS;
    }

    /// On a connection of its own: a member that defragments is silent, which would end the one that is polled.
    ///
    /// @return whether there is nothing left to do: all was done, or [#close] was called
    private boolean attempt() {
        try (Etcd etcd = connector.connect()) {
            connection = etcd;
            if (!stopped()) {
                perform(etcd, quota);
            }
            return true;
        } catch (EtcdFailure | IOException e) {
            boolean stopped = stopped();
            LOG.log(stopped ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot look after the space and alarms of etcd: " + e.getMessage());
            return stopped;
        } finally {
            connection = null;
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private static long quota(MemberConfig config) {
        try {
            long given = Long.parseLong(config.arguments().getOrDefault("quota-backend-bytes", "0"));
            if (given < 0) {
                return Long.MAX_VALUE;
            }
            return given == 0 ? DEFAULT_QUOTA : given;
        } catch (NumberFormatException other) {
            return DEFAULT_QUOTA;
        }
    }

    /// Looks after the member at the other end.
    ///
    /// @param quota the bytes its database may take
    static void perform(Etcd etcd, long quota) {
        EtcdCluster.Status before = etcd.status();
        List<EtcdCluster.Alarm> own = etcd.alarms().stream().filter(a -> a.memberId() == before.memberId()).toList();
        boolean full = own.stream().anyMatch(alarm -> alarm.kind().equals(NOSPACE));
        long unused = before.bytes() - before.bytesInUse();
        if (unused > MAX_UNUSED || full && unused > 0) {
            etcd.defragment();
            LOG.log(System.Logger.Level.INFO, "Defragmented the database of etcd bytes=" + before.bytes() + " now="
                    + etcd.status().bytes());
        }
        for (EtcdCluster.Alarm alarm : own) {
            answer(etcd, alarm, quota);
        }
    }

    /// As K3s, disarms NOSPACE only. Any other alarm, as CORRUPT, tells of data that differs from the other members':
    /// whoever disarms it has to know which of them is right.
    private static void answer(Etcd etcd, EtcdCluster.Alarm alarm, long quota) {
        long bytes = etcd.status().bytes();
        if (!alarm.kind().equals(NOSPACE)) {
            LOG.log(System.Logger.Level.WARNING, "etcd has the alarm " + alarm.kind()
                    + ", which is not disarmed by itself: find out what is wrong, then type: etcdctl alarm disarm");
        } else if (bytes >= quota) {
            LOG.log(System.Logger.Level.WARNING, "etcd has the alarm " + NOSPACE + " and still no space bytes=" + bytes
                    + " quota=" + quota + ": delete objects, or give --etcd-arg=quota-backend-bytes more");
        } else {
            etcd.disarm(alarm);
            LOG.log(System.Logger.Level.INFO, "Disarmed the alarm " + NOSPACE + " of etcd bytes=" + bytes + " quota="
                    + quota);
        }
    }

    /// Ends what is under way, a defragmentation, too: the member is asked for nothing once this has returned.
    @Override
    public void close() {
        stopping.countDown();
        Etcd open = connection;
        if (open != null) {
            open.close();
        }
    }
}
