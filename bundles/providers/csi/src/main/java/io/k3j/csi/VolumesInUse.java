package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `status.volumesInUse` of the Node: the volumes that must not be detached from it, since a pod has them or is about
/// to. It is written before a volume's attachment is relied on, so that the attach/detach controller, which takes a
/// volume out of `volumesAttached` before it detaches it, does not do so meanwhile. Any thread, one at a time; blocks
/// for the API and the disk.
final class VolumesInUse {
    private static final String OWN = "kubernetes.io/csi/";
    private static final int TRIES = 4;
    private static final int CONFLICT = 409;
    private final ApiClient api;
    private final Key node;
    private final VolumeUses uses;
    private final DriverSpecs specs;
    /// By the uid of a pod: what it is about to use.
    private final Map<String, Set<String>> wanted = new HashMap<>();

    VolumesInUse(ApiClient api, String node, VolumeUses uses, DriverSpecs specs) {
        this.api = api;
        this.node = Key.of(node);
        this.uses = uses;
        this.specs = specs;
    }

    /// A pod is about to use a volume.
    /// @return the Node, in whose status the volume is
    /// @throws ApiFault when the API refuses or does not answer
    synchronized Optional<Obj> want(CsiVolume volume) throws IOException {
        wanted.computeIfAbsent(volume.uid(), _ -> new HashSet<>()).add(volume.uniqueName());
        return report();
    }

    /// A pod uses nothing any more.
    /// @return whether something was said to be in use by it
    synchronized boolean forget(String uid) {
        return wanted.remove(uid) != null;
    }

    /// Writes what is in use, unless that is known.
    /// @return the Node with it, empty when there is none
    /// @throws ApiFault when the API refuses or does not answer
    synchronized Optional<Obj> report() throws IOException {
        List<VolumeUses.Use> all = uses.all();
        Set<String> own = own(all);
        boolean unknown = uses.unknown(all);
        for (int i = 1;; i++) {
            try {
                Optional<Obj> found = api.find(ReferencedObjects.NODES, node);
                return found.isEmpty() ? found : Optional.of(reported(found.get(), own, unknown));
            } catch (ApiFault e) {
                if (e.code() != CONFLICT || i == TRIES) {
                    throw e;
                }
            }
        }
    }

    /// @param unknown whether something is used of which nobody knows what it is: then nothing is said to be unused
    private Obj reported(Obj now, Set<String> own, boolean unknown) {
        Set<String> before = new TreeSet<>(now.status().seq("volumesInUse").texts());
        Set<String> all = new TreeSet<>(own);
        before.stream().filter(v -> unknown || !v.startsWith(OWN)).forEach(all::add);
        if (all.equals(before)) {
            return now;
        }
        Obj next = all.isEmpty() ? now.without("status", "volumesInUse")
                : now.with(Seq.copyOf(all), "status", "volumesInUse");
        return api.update(ReferencedObjects.NODES, next, WriteOptions.STATUS);
    }

    private Set<String> own(List<VolumeUses.Use> used) {
        Set<String> all = new TreeSet<>();
        wanted.values().forEach(all::addAll);
        Map<String, Boolean> attach = new HashMap<>();
        for (VolumeUses.Use use : used) {
            if (use.data().isPresent() && !use.data().get().ephemeral()) {
                VolumeData data = use.data().get();
                if (attach.computeIfAbsent(data.driver(), d -> specs.seen(d).attach())) {
                    all.add(CsiVolume.uniqueName(data.driver(), data.handle()));
                }
            }
        }
        return all;
    }
}
