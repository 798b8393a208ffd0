package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
    /// How often it is looked whether the member votes.
    private static final long WAIT_MILLIS = 1_000;
    /// Pause after a failure; after so many it is left until the next start.
    private static final long RETRY_MILLIS = 30_000;
    private static final int TRIES = 5;
    private final Member member;
    private final MemberConfig config;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /// The calls it takes. Every one blocks for its answer.
    interface Etcd {
        EtcdCluster.Status status();

        void defragment();

        List<EtcdCluster.Alarm> alarms();

        void disarm(EtcdCluster.Alarm alarm);
    }

    private record Calls(EtcdCluster cluster) implements Etcd {
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
    }

    MemberUpkeep(Member member, MemberConfig config) {
        this.member = member;
        this.config = config;
    }

    /// Waits until the member votes and looks after it; returns when that is done, or after [#close].
    void run() throws InterruptedException {
        long pause = WAIT_MILLIS;
        int tries = 0;
        while (tries < TRIES && !stopping.await(pause, TimeUnit.MILLISECONDS)) {
            if (member.state().voter()) {
                if (attempt()) {
                    return;
                }
                tries++;
                pause = RETRY_MILLIS;
            }
        }
    }

    /// On a connection of its own: a member that defragments is silent, which would end the one that is polled.
    private boolean attempt() {
        try (EtcdClient client = Tls.client(config.layout(), config.clientUrl(), true)) {
            perform(new Calls(new EtcdCluster(client)), quota());
            return true;
        } catch (EtcdFailure | IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot look after the space and alarms of etcd: " + e.getMessage());
            return false;
        }
    }

    private long quota() {
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

    @Override
    public void close() {
        stopping.countDown();
    }
}
