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

/// What the leader's server does for learners: lets one vote as soon as it has caught up, and takes one out that
/// began and has made no progress for five minutes.
final class Promotion {
    /// After so long a learner that has not caught up is taken out.
    static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private final InstantSource clock;
    private final Map<Long, Instant> since = new HashMap<>();

    Promotion(InstantSource clock) {
        this.clock = clock;
    }

    /// One look; `members` are the cluster's.
    void step(EtcdCluster cluster, List<Member> members) {
        since.keySet().removeIf(id -> members.stream().noneMatch(m -> m.id() == id && m.learner()));
        for (Member member : members) {
            if (member.learner()) {
                step(cluster, member);
            }
        }
    }

    private void step(EtcdCluster cluster, Member learner) {
        Instant first = since.computeIfAbsent(learner.id(), id -> clock.instant());
        try {
            if (!learner.name().isEmpty()) {
                cluster.promote(learner.id(), LIMIT);
                LOG.log(System.Logger.Level.INFO, "etcd member votes now name=" + learner.name());
                return;
            }
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "not promoted yet name=" + learner.name() + ": " + e.getMessage());
        }
        if (Duration.between(first, clock.instant()).compareTo(PATIENCE) > 0) {
            LOG.log(System.Logger.Level.WARNING, "taking out an etcd learner that made no progress name="
                    + learner.name() + " peer=" + learner.peerUrls());
            cluster.remove(learner.id(), LIMIT);
        }
    }
}
