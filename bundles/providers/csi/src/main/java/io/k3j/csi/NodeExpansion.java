package io.k3j.csi;

import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.ApiClient;
import io.k3j.controllerkit.Events;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes volumes on this node as large as their PersistentVolumes; upstream's `NodeExpander`. One that several nodes
/// write (`ReadWriteMany`) is expanded on each that has it mounted, also after the first has told the claim. See
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims>. Any thread,
/// one at a time per volume; blocks for the driver and the API.
final class NodeExpansion {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private static final String STORAGE = "storage";
    /// Set by an external resizer whose driver has nothing to do on nodes.
    private static final String NOT_REQUIRED = "volume.kubernetes.io/node-expansion-not-required";
    private static final Set<String> EXPANDABLE = Set.of("NodeResizePending", "NodeResizeInProgress");
    private static final Set<Integer> INFEASIBLE = Set.of(CsiFault.INVALID_ARGUMENT, CsiFault.NOT_FOUND,
            CsiFault.OUT_OF_RANGE);
    private final ApiClient api;
    private final VolumeParameters parameters;
    private final ResizedClaims claims;
    private final Events events;
    private final String node;
    /// By [CsiVolume#key], of volumes that are on the node.
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /// What is known of a volume's size here.
    ///
    /// @param size that it has
    /// @param failed whether its driver has refused an expansion for good
    /// @param refused whether its driver expands none that is in use
    private record Known(Quantity size, boolean failed, boolean refused) {
    }

    /// A volume and where it is.
    ///
    /// @param abilities of the driver
    /// @param path where it is published
    /// @param staging where it is staged, empty where it is not
    record Place(DriverClient client, Set<Integer> abilities, CsiVolume volume, Path path, String staging) {
    }

    /// @param node its name
    NodeExpansion(ApiClient api, VolumeParameters parameters, ResizedClaims claims, Events events, String node) {
        this.api = api;
        this.parameters = parameters;
        this.claims = claims;
        this.events = events;
        this.node = node;
    }

    /// Whether a volume that is on the node is smaller here than its PersistentVolume.
    boolean due(CsiVolume volume) {
        if (volume.request().readOnly() || volume.request().claim().isEmpty()) {
            return false;
        }
        Quantity told = size(volume.request().claim().get().status());
        if (told.signum() == 0) {
            return false;
        }
        Known now = learnt(volume, told);
        return !now.refused() && now.size().compareTo(size(volume.request().source())) < 0;
    }

    /// What is not known of a volume is what its claim says when it comes to the node.
    private Known learnt(CsiVolume volume, Quantity told) {
        return known.merge(volume.key(), new Known(told, false, false), (there, _) -> there.size().signum() == 0
                ? new Known(told, there.failed(), there.refused()) : there);
    }

    /// Nothing of a volume is on the node any more.
    void forget(String key) {
        known.remove(key);
    }

    private static Quantity size(Struct of) {
        return amount(of.struct("capacity"));
    }

    private static Quantity amount(Struct of) {
        Object told = of.get(STORAGE);
        return told == null ? Quantity.ZERO : Quantity.of(told);
    }

    /// Expands a volume that a pod has just been given, where its claim is smaller.
    /// @throws IOException when the pod is to wait, since the volume has not the size that it is to have
    void atMount(Place place) throws IOException {
        CsiVolume volume = place.volume();
        if (volume.request().claim().isEmpty()) {
            return;
        }
        Obj claim = volume.request().claim().get();
        Quantity told = size(claim.status());
        learnt(volume, told);
        if (told.compareTo(size(volume.request().source())) >= 0) {
            return;
        }
        if (volume.request().readOnly()) {
            tell(volume, claim, true, "FileSystemResizeFailed",
                    "MountVolume.NodeExpandVolume failed for volume \"" + volume.name()
                            + "\" requested read-only file system");
            return;
        }
        expand(place);
    }

    /// Expands a volume as far as its claim says that the node is to, and tells the claim.
    /// @throws IOException when the driver does not do it, in upstream's words
    /// @throws ApiFault when the claim cannot be read or told
    void expand(Place place) throws IOException {
        CsiVolume volume = place.volume();
        Obj claim = api.get(ReferencedObjects.CLAIMS, volume.request().claim().orElseThrow().key());
        String phase = ResizedClaims.phase(claim);
        boolean recoverable = !phase.isEmpty() || claim.status().has("allocatedResources");
        if (!recoverable) {
            withoutRecovery(place, claim);
            return;
        }
        Quantity wanted = amount(claim.status().struct("allocatedResources"));
        boolean told = phase.isEmpty() && size(claim.status()).compareTo(wanted) >= 0;
        if (told && (!everywhere(claim) || !place.abilities().contains(DriverClient.EXPAND_VOLUME))) {
            resized(volume, wanted);
        } else if (told || EXPANDABLE.contains(phase)) {
            Obj begun = told ? claim : claims.begin(claim);
            if (asked(place, begun, wanted)) {
                succeeded(volume, begun, wanted, told);
            }
        }
    }

    /// Whether each node has something to do of its own.
    private static boolean everywhere(Obj claim) {
        return claim.spec().seq("accessModes").contains("ReadWriteMany")
                && !claim.annotations().containsKey(NOT_REQUIRED);
    }

    /// Where the resizer is one that says nothing of how far it is.
    private void withoutRecovery(Place place, Obj claim) throws IOException {
        CsiVolume volume = place.volume();
        Quantity wanted = size(volume.request().source());
        if (!place.abilities().contains(DriverClient.EXPAND_VOLUME)) {
            resized(volume, wanted);
            return;
        }
        try {
            ask(place, wanted);
        } catch (CsiFault e) {
            if (e.code() != CsiFault.FAILED_PRECONDITION) {
                throw new IOException(words(e), e);
            }
            refused(volume, words(e));
            return;
        }
        succeeded(volume, claim, wanted, size(claim.status()).compareTo(wanted) >= 0);
    }

    private void succeeded(CsiVolume volume, Obj claim, Quantity size, boolean told) {
        tell(volume, claim, false, "FileSystemResizeSuccessful", "MountVolume.NodeExpandVolume succeeded for volume \""
                + volume.name() + "\" " + node);
        if (!told) {
            claims.finish(claim, size);
        }
        resized(volume, size);
    }

    /// @return whether it is done; not where the driver expands nothing that is in use, which is no failure
    private boolean asked(Place place, Obj claim, Quantity size) throws IOException {
        CsiVolume volume = place.volume();
        try {
            if (!place.abilities().contains(DriverClient.EXPAND_VOLUME)) {
                throw new IOException("NodeExpand is not supported by the CSI driver " + volume.driver());
            }
            ask(place, size);
            return true;
        } catch (IOException e) {
            int code = e instanceof CsiFault fault ? fault.code() : 0;
            // who asks for another size by now is to get that one: the resizer goes on from what is infeasible
            boolean changed = failedBefore(volume)
                    && !amount(claim.spec().struct("resources").struct("requests")).equals(size);
            claims.failed(claim, INFEASIBLE.contains(code) || changed, words(e));
            if (code == CsiFault.FAILED_PRECONDITION) {
                refused(volume, words(e));
                return false;
            }
            throw new IOException(words(e), e);
        }
    }

    private static String words(IOException e) {
        if (!(e instanceof CsiFault fault)) {
            return String.valueOf(e.getMessage());
        }
        return "Expander.NodeExpand failed to expand the volume " + (INFEASIBLE.contains(fault.code()) ? "" : ": ")
                + fault.getMessage();
    }

    /// @return whether the driver has refused it for good before
    private boolean failedBefore(CsiVolume volume) {
        Known before = known.get(volume.key());
        known.put(volume.key(), before == null ? new Known(Quantity.ZERO, true, false)
                : new Known(before.size(), true, before.refused()));
        return before != null && before.failed();
    }

    private void refused(CsiVolume volume, String why) {
        LOG.log(System.Logger.Level.WARNING, "A volume is not expanded while it is in use name={0} error={1}",
                volume.name(), why);
        known.compute(volume.key(), (_, before) -> new Known(before == null ? Quantity.ZERO : before.size(), true,
                true));
    }

    private void resized(CsiVolume volume, Quantity size) {
        known.put(volume.key(), new Known(size, false, false));
    }

    private void ask(Place place, Quantity size) throws IOException {
        CsiVolume volume = place.volume();
        boolean block = volume.request().source().text("volumeMode").equals("Block");
        place.client().expand(new VolumeCall(volume.handle(), Map.of(), place.staging(), place.path().toString(),
                volume.capability(place.abilities(), block), false,
                parameters.secrets(volume, "nodeExpandSecretRef"), Map.of()), size.value());
    }

    /// Tells a pod that its volume has not been made larger.
    void failed(CsiVolume volume, String why) {
        events.warning(volume.request().pod(), "VolumeResizeFailed",
                "NodeExpandVolume.NodeExpandVolume failed for volume \"" + volume.name() + "\" : " + why);
    }

    private void tell(CsiVolume volume, Obj claim, boolean warning, String reason, String message) {
        for (Obj about : List.of(volume.request().pod(), claim)) {
            events.tell(Events.reference(about), warning ? "Warning" : "Normal", reason, message);
        }
    }
}
