package io.k3j.etcdclient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The members of a cluster and their upkeep. Every call is one request; see [EtcdClient] for threads and
/// failures.
public final class EtcdCluster {
    private static final String CLUSTER = "/etcdserverpb.Cluster/";
    private static final String MAINTENANCE = "/etcdserverpb.Maintenance/";
    private final EtcdClient client;

    /// Over this client.
    public EtcdCluster(EtcdClient client) {
        this.client = client;
    }

    /// One member. `name` is empty until it has started for the first time.
    public record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
        static Member read(ProtoReader in) {
            long id = 0;
            String name = "";
            List<String> peers = new ArrayList<>();
            List<String> clients = new ArrayList<>();
            boolean learner = false;
            for (int field = in.next(); field != 0; field = in.next()) {
                switch (field) {
                    case 1 -> id = in.number();
                    case 2 -> name = in.text();
                    case 3 -> peers.add(in.text());
                    case 4 -> clients.add(in.text());
                    case 5 -> learner = in.flag();
                    default -> {
                        // a field of a later etcd
                    }
                }
            }
            return new Member(id, name, List.copyOf(peers), List.copyOf(clients), learner);
        }
    }

    /// How the member at the other end is. `leader` is 0 when it knows none.
    public record Status(long memberId, long revision, String version, long bytes, long bytesInUse, long leader,
            long raftIndex,
            boolean learner, List<String> errors) {
    }

    /// The members as the one at the other end knows them.
    public List<Member> members(Duration timeout) {
        return members(client.call(CLUSTER + "MemberList", new byte[0], timeout), 2);
    }

    private static List<Member> members(byte[] answer, int wanted) {
        List<Member> members = new ArrayList<>();
        ProtoReader in = new ProtoReader(answer);
        for (int field = in.next(); field != 0; field = in.next()) {
            if (field == wanted) {
                members.add(Member.read(in.message()));
            }
        }
        return List.copyOf(members);
    }

    /// Adds a member that does not vote yet, and returns it.
    public Member addLearner(String peerUrl, Duration timeout) {
        byte[] request = new ProtoWriter().text(1, peerUrl).flag(2, true).done();
        return members(client.call(CLUSTER + "MemberAdd", request, timeout), 2).getFirst();
    }

    /// Lets a learner vote.
    /// @throws EtcdFailure of kind `UNHEALTHY` while it has not caught up
    public void promote(long id, Duration timeout) {
        client.call(CLUSTER + "MemberPromote", new ProtoWriter().number(1, id).done(), timeout);
    }

    /// Takes a member out for good.
    public void remove(long id, Duration timeout) {
        client.call(CLUSTER + "MemberRemove", new ProtoWriter().number(1, id).done(), timeout);
    }

    /// Gives a member another address for its peers.
    public void update(long id, String peerUrl, Duration timeout) {
        client.call(CLUSTER + "MemberUpdate", new ProtoWriter().number(1, id).text(2, peerUrl).done(), timeout);
    }

    /// Makes another member the leader; only the leader itself can be asked.
    public void moveLeader(long id, Duration timeout) {
        client.call(MAINTENANCE + "MoveLeader", new ProtoWriter().number(1, id).done(), timeout);
    }

    /// The state of the member at the other end.
    public Status status(Duration timeout) {
        ProtoReader in = new ProtoReader(client.call(MAINTENANCE + "Status", new byte[0], timeout));
        long[] numbers = new long[11];
        long[] self = new long[4];
        String version = "";
        List<String> errors = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> EtcdKv.header(in.message(), self);
                case 2 -> version = in.text();
                case 3, 4, 5, 6, 7, 9, 10 -> numbers[field] = in.number();
                case 8 -> errors.add(in.text());
                default -> {
                    // a field of a later etcd
                }
            }
        }
        return new Status(self[2], self[3], version, numbers[3], numbers[9], numbers[4], numbers[5], numbers[10] != 0,
                List.copyOf(errors));
    }

    /// Tells all of the member's database, in pieces; the receiver may take its time.
    public void snapshot(Consumer<byte[]> receiver) {
        client.stream(MAINTENANCE + "Snapshot", new byte[0], message -> {
            ProtoReader in = new ProtoReader(message);
            for (int field = in.next(); field != 0; field = in.next()) {
                if (field == 3) {
                    receiver.accept(in.bytes());
                }
            }
        });
    }
}
