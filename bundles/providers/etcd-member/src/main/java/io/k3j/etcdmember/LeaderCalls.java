package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;

/// Carries out the leader's duties for learners.
///
/// @param cluster a client of the leader
/// @param config of the leader, which is this server's member
record LeaderCalls(EtcdCluster cluster, MemberConfig config) implements Promotion.Learners {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    /// Time for a learner to answer, which the leader's poll waits for.
    private static final Duration LEARNER_LIMIT = Duration.ofSeconds(1);
    private static final String SENDING = "etcd_network_snapshot_send_inflights_total";

    @Override
    public void promote(EtcdCluster.Member learner) {
        cluster.promote(learner.id(), LIMIT);
    }

    @Override
    public void remove(EtcdCluster.Member learner) {
        cluster.remove(learner.id(), LIMIT);
    }

    /// By the addresses it has for clients; one that has never started has none.
    @Override
    public OptionalLong applied(EtcdCluster.Member learner) {
        if (learner.clientUrls().isEmpty()) {
            return OptionalLong.empty();
        }
        try (EtcdClient client = Tls.client(config.layout(), String.join(",", learner.clientUrls()), true)) {
            return OptionalLong.of(new EtcdCluster(client).status(LEARNER_LIMIT).appliedIndex());
        } catch (EtcdFailure | IOException | IllegalArgumentException away) {
            return OptionalLong.empty();
        }
    }

    @Override
    public boolean receivesSnapshot(EtcdCluster.Member learner) {
        try {
            return sends(EtcdMetrics.read(config.metricsUrl()), learner.id());
        } catch (IOException | IllegalArgumentException unknown) {
            return false;
        }
    }

    /// Whether these metrics of etcd tell of a snapshot on its way to a member.
    static boolean sends(String metrics, long id) {
        String series = SENDING + "{To=\"" + Long.toHexString(id) + "\"} ";
        return metrics.lines()
                .anyMatch(line -> line.startsWith(series) && !line.substring(series.length()).equals("0"));
    }
}
