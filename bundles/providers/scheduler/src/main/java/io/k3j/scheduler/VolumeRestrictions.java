package io.k3j.scheduler;

import io.k3j.model.Key;
import io.k3j.schedulercache.ClaimedVolumes;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps a claim of access mode `ReadWriteOncePod` to one pod in the whole cluster:
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes>.
final class VolumeRestrictions implements Filter {
    static final String NAME = "VolumeRestrictions";
    private static final Rejection TAKEN = Rejection.soft(NAME,
            "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by"
                    + " another pod");

    private final PodInfo pod;
    private final Set<String> claims;
    private final Set<String> users;

    private VolumeRestrictions(PodInfo pod, Set<String> claims, Snapshot snapshot) {
        this.pod = pod;
        this.claims = claims;
        this.users = new HashSet<>();
        for (NodeState node : snapshot.nodes()) {
            if (uses(node)) {
                users.add(node.name());
            }
        }
    }

    /// Null when the pod has no such claim.
    static @Nullable Filter of(PodInfo pod, Snapshot snapshot) {
        if (pod.claims().isEmpty()) {
            return null;
        }
        Set<String> claims = new HashSet<>(pod.claims());
        claims.removeIf(c -> !ofOnePod(new Key(pod.namespace(), c), snapshot.volumes()));
        return claims.isEmpty() ? null : new VolumeRestrictions(pod, claims, snapshot);
    }

    private static boolean ofOnePod(Key claim, ClaimedVolumes volumes) {
        return volumes.claim(claim).filter(c -> c.spec().seq("accessModes").contains("ReadWriteOncePod")).isPresent();
    }

    private boolean uses(NodeState node) {
        return node.pods().stream().anyMatch(p -> p.namespace().equals(pod.namespace()) && !p.uid().equals(pod.uid())
                && !Collections.disjoint(p.claims(), claims));
    }

    @Override
    public String plugin() {
        return NAME;
    }

    /// The node may have other pods than in the snapshot: victims less, or nominated ones more.
    @Override
    public @Nullable Rejection reject(NodeState node) {
        boolean elsewhere = users.size() > (users.contains(node.name()) ? 1 : 0);
        return elsewhere || uses(node) ? TAKEN : null;
    }
}
