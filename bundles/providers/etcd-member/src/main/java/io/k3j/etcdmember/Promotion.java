package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.jetcd.EtcdFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The leader's duties for learners: promotes a learner as soon as it has caught up, and removes one that makes
/// no progress for five minutes. Progress, as in K3s, is an applied index that grows. A learner to which a snapshot
/// is on its way applies nothing meanwhile and is waited for, an hour at most: etcd gives a transfer no time limit, and
/// while one that hangs keeps its learner nobody else can join.
final class Promotion {
    /// After this time without progress a learner is removed.
    static final Duration PATIENCE = Duration.ofMinutes(5);
    /// So long after its applied index last grew a learner is removed, whatever is on its way to it.
    static final Duration TRANSFER_PATIENCE = Duration.ofHours(1);
    /// How often a learner is asked how far it has come; one that is away costs the leader's poll a timeout.
    static final Duration ASK_INTERVAL = Duration.ofSeconds(15);
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private final InstantSource clock;
    private final Map<Long, Progress> progress = new HashMap<>();

    /// What the leader can do about learners. Every call blocks for its answer.
    interface Learners {
        /// @throws EtcdFailure while it has not caught up
        void promote(Member learner);

        void remove(Member learner);

        /// The index of the last entry it has applied; empty when it does not answer.
        OptionalLong applied(Member learner);

        /// Whether a snapshot is on its way to it.
        boolean receivesSnapshot(Member learner);
    }

    /// @param grown when `applied` last grew
    /// @param last when it last grew or a snapshot was on its way
    private record Progress(long applied, Instant grown, Instant last, Instant asked) {
    }

    Promotion(InstantSource clock) {
        this.clock = clock;
    }

    /// One attempt for each learner among `members`.
    void step(Learners learners, List<Member> members) {
        progress.keySet().removeIf(id -> members.stream().noneMatch(m -> m.id() == id && m.learner()));
        for (Member member : members) {
            if (member.learner() && !promoted(learners, member)) {
                track(learners, member);
            }
        }
    }

    private static boolean promoted(Learners learners, Member learner) {
        if (learner.name().isEmpty()) {
            return false;
        }
        try {
            learners.promote(learner);
            LOG.log(System.Logger.Level.INFO, "Promoted etcd learner to voting member name=" + learner.name());
            return true;
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "Not promoted yet name=" + learner.name() + ": " + e.getMessage());
            return false;
        }
    }

    private void track(Learners learners, Member learner) {
        Instant now = clock.instant();
        Progress before = progress.getOrDefault(learner.id(), new Progress(0, now, now, now.minus(ASK_INTERVAL)));
        if (now.isBefore(before.asked().plus(ASK_INTERVAL))) {
            return;
        }
        long applied = learners.applied(learner).orElse(0);
        boolean grows = applied > before.applied();
        Instant grown = grows ? now : before.grown();
        Instant last = grows || learners.receivesSnapshot(learner) ? now : before.last();
        progress.put(learner.id(), new Progress(Math.max(applied, before.applied()), grown, last, now));
        if (now.isAfter(last.plus(PATIENCE)) || now.isAfter(grown.plus(TRANSFER_PATIENCE))) {
            LOG.log(System.Logger.Level.WARNING, "Removing etcd learner that made no progress name="
                    + learner.name() + " peer=" + learner.peerUrls());
            learners.remove(learner);
        }
    }
}
