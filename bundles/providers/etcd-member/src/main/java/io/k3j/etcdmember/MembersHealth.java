package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The body of `/db/health`: which members answer now, for whoever is about to restart the server of one of them.
/// Beyond K3s.
final class MembersHealth {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private MembersHealth() {
    }

    /// Asks a member. Blocks for it.
    interface Probe {
        /// Whether it answers and knows a leader.
        boolean healthy(EtcdCluster.Member member);
    }

    /// By the addresses it has for clients.
    static Probe by(EtcdLayout layout) {
        return member -> {
            try (EtcdClient client = Tls.client(layout, String.join(",", member.clientUrls()), false)) {
                return new EtcdCluster(client).status(LIMIT).leader() != 0;
            } catch (EtcdFailure | IOException | IllegalArgumentException away) {
                return false;
            }
        };
    }

    /// Members of which none is asked about itself: what is known of the own one is at most a second old. One that has
    /// never started has no address and is not asked either.
    static Struct of(Member.State state, Probe probe) {
        List<Struct> all = new ArrayList<>();
        for (EtcdCluster.Member one : state.members()) {
            boolean own = one.id() == state.id();
            boolean healthy = own ? state.healthy() : !one.clientUrls().isEmpty() && probe.healthy(one);
            all.add(Struct.of("name", one.name(), "own", own, "voter", !one.learner(), "healthy", healthy));
        }
        return Struct.of("members", Seq.copyOf(all));
    }
}
