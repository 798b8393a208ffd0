package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.jetcd.EtcdFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The leader's duties for learners: promotes a learner as soon as it has caught up, and removes one that makes
/// no progress for five minutes.
final class Promotion {
    /// After this time a learner that has not caught up is removed.
    static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private final InstantSource clock;
    private final Map<Long, Instant> firstSeen = new HashMap<>();

    Promotion(InstantSource clock) {
        this.clock = clock;
    }

    /// One attempt for each learner among `members`.
    void step(EtcdCluster cluster, List<Member> members) {
        firstSeen.keySet().removeIf(id -> members.stream().noneMatch(m -> m.id() == id && m.learner()));
        for (Member member : members) {
            if (member.learner()) {
                step(cluster, member);
            }
        }
    }

    private void step(EtcdCluster cluster, Member learner) {
        Instant first = firstSeen.computeIfAbsent(learner.id(), id -> clock.instant());
        try {
            if (!learner.name().isEmpty()) {
                cluster.promote(learner.id(), LIMIT);
                LOG.log(System.Logger.Level.INFO, "Promoted etcd learner to voting member name=" + learner.name());
                return;
            }
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "Not promoted yet name=" + learner.name() + ": " + e.getMessage());
        }
        if (Duration.between(first, clock.instant()).compareTo(PATIENCE) > 0) {
            LOG.log(System.Logger.Level.WARNING, "Removing etcd learner that made no progress name="
                    + learner.name() + " peer=" + learner.peerUrls());
            cluster.remove(learner.id(), LIMIT);
        }
    }
}
