package io.k3j.jetcd;

import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MemberUpdateRequest;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.SnapshotRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// The members of a cluster and their upkeep. Every call is one request; see [EtcdClient] for threads and
/// failures.
public final class EtcdCluster {
    private final EtcdClient client;

    /// Over this client.
    public EtcdCluster(EtcdClient client) {
        this.client = client;
    }

    /// One member. `name` is empty until it has started for the first time.
    public record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
        static Member of(io.etcd.jetcd.api.Member told) {
            return new Member(told.getID(), told.getName(), List.copyOf(told.getPeerURLsList()),
                    List.copyOf(told.getClientURLsList()), told.getIsLearner());
        }
    }

    /// How the member at the other end is. `leader` is 0 when it knows none.
    public record Status(long memberId, long revision, String version, long bytes, long bytesInUse, long leader,
            long raftIndex,
            boolean learner, List<String> errors) {
        static Status of(StatusResponse told) {
            return new Status(told.getHeader().getMemberId(), told.getHeader().getRevision(), told.getVersion(),
                    told.getDbSize(), told.getDbSizeInUse(), told.getLeader(), told.getRaftIndex(),
                    told.getIsLearner(), List.copyOf(told.getErrorsList()));
        }
    }

    /// The members as the one at the other end knows them.
    public List<Member> members(Duration timeout) {
        return client.call(ClusterGrpc::newBlockingStub,
                cluster -> cluster.memberList(MemberListRequest.getDefaultInstance()), timeout).getMembersList()
                .stream().map(Member::of).toList();
    }

    /// Adds a member that does not vote yet, and returns it.
    public Member addLearner(String peerUrl, Duration timeout) {
        MemberAddRequest request = MemberAddRequest.newBuilder().addPeerURLs(peerUrl).setIsLearner(true).build();
        return Member.of(client.call(ClusterGrpc::newBlockingStub, cluster -> cluster.memberAdd(request), timeout)
                .getMember());
    }

    /// Lets a learner vote.
    /// @throws EtcdFailure of kind `UNHEALTHY` while it has not caught up
    public void promote(long id, Duration timeout) {
        MemberPromoteRequest request = MemberPromoteRequest.newBuilder().setID(id).build();
        client.call(ClusterGrpc::newBlockingStub, cluster -> cluster.memberPromote(request), timeout);
    }

    /// Takes a member out for good.
    public void remove(long id, Duration timeout) {
        MemberRemoveRequest request = MemberRemoveRequest.newBuilder().setID(id).build();
        client.call(ClusterGrpc::newBlockingStub, cluster -> cluster.memberRemove(request), timeout);
    }

    /// Gives a member another address for its peers.
    public void update(long id, String peerUrl, Duration timeout) {
        MemberUpdateRequest request = MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(peerUrl).build();
        client.call(ClusterGrpc::newBlockingStub, cluster -> cluster.memberUpdate(request), timeout);
    }

    /// Makes another member the leader; only the leader itself can be asked.
    public void moveLeader(long id, Duration timeout) {
        MoveLeaderRequest request = MoveLeaderRequest.newBuilder().setTargetID(id).build();
        client.call(MaintenanceGrpc::newBlockingStub, upkeep -> upkeep.moveLeader(request), timeout);
    }

    /// The state of the member at the other end.
    public Status status(Duration timeout) {
        return Status.of(client.call(MaintenanceGrpc::newBlockingStub,
                upkeep -> upkeep.status(StatusRequest.getDefaultInstance()), timeout));
    }

    /// Tells all of the member's database, in pieces; the receiver may take its time.
    public void snapshot(Consumer<byte[]> receiver) {
        client.alone(line -> MaintenanceGrpc.newBlockingStub(line).snapshot(SnapshotRequest.getDefaultInstance())
                .forEachRemaining(piece -> receiver.accept(piece.getBlob().toByteArray())));
    }
}
