package io.k3j.jetcd;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.DefragmentRequest;
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

/// The members of a cluster and their upkeep (etcd's services `Cluster` and `Maintenance`; "Runtime
/// reconfiguration"). Every call is one request; see [EtcdClient] for threads and failures. Changes of the members
/// are carried out by a majority, or not at all; with `UNCERTAIN` the list of members tells.
public final class EtcdCluster {
    private final EtcdClient client;

    /// Over this client.
    public EtcdCluster(EtcdClient client) {
        this.client = client;
    }

    /// One member.
    ///
    /// @param id what etcd calls it by; a member that is added again has another
    /// @param name empty until it has started for the first time
    /// @param peerUrls where other members reach it
    /// @param clientUrls where clients reach it; empty until it has started
    /// @param learner it follows and does not vote yet
    public record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
        static Member of(io.etcd.jetcd.api.Member told) {
            return new Member(told.getID(), told.getName(), List.copyOf(told.getPeerURLsList()),
                    List.copyOf(told.getClientURLsList()), told.getIsLearner());
        }
    }

    /// How the member at the other end is.
    ///
    /// @param revision its newest one
    /// @param bytes its database takes on the disk, of which `bytesInUse` hold something
    /// @param leader the id of the leader it knows, 0 when it knows none
    /// @param raftIndex of the last entry it has committed
    /// @param appliedIndex of the last entry it has applied; 0 before the first
    /// @param errors alarms, as `NOSPACE`
    public record Status(long memberId, long revision, String version, long bytes, long bytesInUse, long leader,
            long raftIndex, long appliedIndex,
            boolean learner, List<String> errors) {
        static Status of(StatusResponse told) {
            return new Status(told.getHeader().getMemberId(), told.getHeader().getRevision(), told.getVersion(),
                    told.getDbSize(), told.getDbSizeInUse(), told.getLeader(), told.getRaftIndex(),
                    told.getRaftAppliedIndex(), told.getIsLearner(), List.copyOf(told.getErrorsList()));
        }
    }

    /// What a member raised because it cannot go on as it should; the cluster remembers it until it is disarmed.
    ///
    /// @param memberId whose alarm it is
    /// @param kind `NOSPACE`: nothing is written any more; `CORRUPT`: its data differs from the others'
    public record Alarm(long memberId, String kind) {
    }

    /// The members as the one at the other end knows them.
    ///
    /// @throws EtcdFailure as every call here
    public List<Member> members(Duration timeout) {
        return client.call(ClusterGrpc::newBlockingStub,
                cluster -> cluster.memberList(MemberListRequest.getDefaultInstance()), timeout).getMembersList()
                .stream().map(Member::of).toList();
    }

    /// Adds a member that does not vote yet, and returns it. It does not exist until a process is started as this
    /// member.
    ///
    /// @param peerUrl where it will be reached by the others
    /// @throws EtcdFailure of kind `UNHEALTHY` while another learner is there or the cluster is not well
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

    /// Takes a member out for good; its process ends by itself when it hears of it.
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

    /// The alarms of all members.
    public List<Alarm> alarms(Duration timeout) {
        AlarmRequest request = AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.GET).build();
        return client.call(MaintenanceGrpc::newBlockingStub, upkeep -> upkeep.alarm(request), timeout).getAlarmsList()
                .stream().map(told -> new Alarm(told.getMemberID(), told.getAlarm().name())).toList();
    }

    /// Takes an alarm back. The member raises it again when its reason is still there.
    public void disarm(Alarm alarm, Duration timeout) {
        AlarmRequest request = AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .setMemberID(alarm.memberId()).setAlarm(AlarmType.valueOf(alarm.kind())).build();
        client.call(MaintenanceGrpc::newBlockingStub, upkeep -> upkeep.alarm(request), timeout);
    }

    /// Gives the disk back what the member's database no longer uses. The member reads and writes nothing meanwhile.
    public void defragment(Duration timeout) {
        client.call(MaintenanceGrpc::newBlockingStub,
                upkeep -> upkeep.defragment(DefragmentRequest.getDefaultInstance()), timeout);
    }

    /// Tells all of the member's database, in pieces; the receiver may take its time. Blocks until all was told, on
    /// a connection of its own. The pieces in order make a file as `etcdctl snapshot save` writes it.
    ///
    /// @param receiver called on this thread; what it throws ends the call
    public void snapshot(Consumer<byte[]> receiver) {
        client.alone(line -> MaintenanceGrpc.newBlockingStub(line).snapshot(SnapshotRequest.getDefaultInstance())
                .forEachRemaining(piece -> receiver.accept(piece.getBlob().toByteArray())));
    }
}
