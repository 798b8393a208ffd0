package io.k3j.podstatus;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Optional;

/// Makes and deletes mirror pods, by which the API is told of static pods: upstream's `mirror_client.go`. Blocks for
/// the API; what that refuses is left to the next call. Any thread.
public final class MirrorClient {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final ApiClient api;

    /// @param api as the node itself
    public MirrorClient(ApiClient api) {
        this.api = api;
    }

    /// Makes the mirror of a static pod unless there is one. One of another version, or one that somebody deletes, goes
    /// first.
    ///
    /// @return whether it was made now
    public boolean make(Obj pod) {
        try {
            Optional<Obj> there = ReferencedObjects.bound(api, pod);
            if (there.filter(o -> mirrors(o, pod)).isPresent()) {
                return false;
            }
            if (there.isPresent()) {
                api.delete(ReferencedObjects.PODS, pod.key(), DeleteOptions.NOW);
            }
            Obj node = api.get(ReferencedObjects.NODES, Key.of(pod.spec().text("nodeName")));
            Struct owner = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", node.uid(),
                    "controller", true);
            api.create(ReferencedObjects.PODS, pod.without("metadata", "uid").with(Seq.of(owner), "metadata",
                    "ownerReferences").with(pod.uid(), "metadata", "annotations", Labels.CONFIG_MIRROR),
                    WriteOptions.PLAIN);
            return true;
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Mirror of pod={0}: {1}", pod.key(), e.getMessage());
            return false;
        }
    }

    private static boolean mirrors(Obj there, Obj pod) {
        return there.annotations().getOrDefault(Labels.CONFIG_MIRROR, "").equals(pod.uid()) && !there.terminating();
    }

    /// Deletes a mirror at once, unless its name is another's meanwhile.
    public void delete(Obj mirror) {
        try {
            api.delete(ReferencedObjects.PODS, mirror.key(), DeleteOptions.NOW.ifUid(mirror.uid()));
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Mirror of pod={0}: {1}", mirror.key(), e.getMessage());
        }
    }
}
