package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which members a server with a member of its own goes to: its own; the others that vote, as long as that one does not
/// answer; and its own again as soon as it does. Who the others are is only known since the own one has answered, so
/// that a cluster that was reset or restored never meets members of the one before. A server whose member was taken out
/// has no others.
final class Home {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration PROBE_LIMIT = Duration.ofMillis(800);
    private final EtcdClient client;
    private final EtcdEndpoints own;
    private final URI home;
    private final Attempts attempts;
    private long id;
    private boolean away;

    /// `own` is the one endpoint of the own member, to which the client goes at first.
    Home(EtcdClient client, EtcdEndpoints own, Attempts attempts) {
        this.client = client;
        this.own = own;
        this.home = own.all().getFirst();
        this.attempts = attempts;
    }

    /// Looks once: who the members are, and whether the own one can be gone back to. Blocks for some seconds at most.
    /// @throws EtcdFailure when it is refused; when nobody answers it is a `DatastoreUnavailable`
    void look() {
        if (id == 0) {
            id = attempts.call("ask for the own member", LIMIT,
                    limit -> new EtcdCluster(client).status(limit)).memberId();
        }
        List<EtcdCluster.Member> members = attempts.call("ask for the members", LIMIT,
                limit -> new EtcdCluster(client).members(limit));
        client.follow(endpoints(members));
        client.leaveStrangers();
        tell();
        if (!client.at().equals(Optional.of(home)) && answers()) {
            client.moveTo(home);
            tell();
        }
    }

    private List<URI> endpoints(List<EtcdCluster.Member> members) {
        List<URI> all = new ArrayList<>(List.of(home));
        if (members.stream().anyMatch(m -> m.id() == id)) {
            members.stream().filter(m -> m.id() != id && !m.learner()).flatMap(m -> m.clientUrls().stream())
                    .map(URI::create).forEach(all::add);
        }
        return all;
    }

    /// Whether the own member serves as the others do: it has a leader and knows what is newest.
    private boolean answers() {
        try (EtcdClient probe = EtcdClient.of(own, "etcd-home")) {
            new EtcdKv(probe).count(Compactions.NOTHING, 0, PROBE_LIMIT);
            return true;
        } catch (EtcdFailure notYet) {
            return false;
        }
    }

    private void tell() {
        boolean elsewhere = client.at().filter(at -> !at.equals(home)).isPresent();
        if (elsewhere && !away) {
            LOG.log(System.Logger.Level.WARNING, "the etcd of this server does not answer, goes on with that at "
                    + client.at().map(URI::getAuthority).orElse("another server"));
        } else if (!elsewhere && away) {
            LOG.log(System.Logger.Level.INFO, "goes to the etcd of this server again");
        }
        away = elsewhere;
    }
}
