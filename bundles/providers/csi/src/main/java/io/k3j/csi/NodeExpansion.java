package io.k3j.csi;

import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// Makes a volume on this node as large as its PersistentVolume, where the claim does not have that size yet;
/// upstream's `NodeExpand`. See
/// <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims>. Any thread;
/// blocks for the driver and the API.
final class NodeExpansion {
    private static final String STORAGE = "storage";
    private static final String PENDING = "FileSystemResizePending";
    private final ApiClient api;
    private final VolumeParameters parameters;

    NodeExpansion(ApiClient api, VolumeParameters parameters) {
        this.api = api;
        this.parameters = parameters;
    }

    /// Whether a claim is smaller than its volume.
    static boolean due(CsiVolume volume) {
        return !volume.request().readOnly() && volume.request().claim()
                .map(c -> size(c.status()).compareTo(size(volume.request().source())) < 0).orElse(false);
    }

    private static Quantity size(Struct of) {
        Object told = of.struct("capacity").get(STORAGE);
        return told == null ? Quantity.ZERO : Quantity.of(told);
    }

    /// Expands one that is [#due], unless its driver does that elsewhere, and tells the claim.
    ///
    /// @param abilities of the driver
    /// @param path where it is published
    /// @param staging where it is staged, empty where it is not
    /// @throws IOException when the driver does not do it
    /// @throws io.k3j.clientapi.ApiFault when the claim cannot be told
    void expand(DriverClient client, Set<Integer> abilities, CsiVolume volume, Path path, String staging)
            throws IOException {
        if (!abilities.contains(DriverClient.EXPAND_VOLUME)) {
            return;
        }
        boolean block = volume.request().source().text("volumeMode").equals("Block");
        try {
            client.expand(new VolumeCall(volume.handle(), Map.of(), staging, path.toString(),
                    volume.capability(abilities, block), false,
                    parameters.secrets(volume, "nodeExpandSecretRef"), Map.of()),
                    size(volume.request().source()).value());
        } catch (CsiFault e) {
            if (e.code() == CsiFault.INVALID_ARGUMENT || e.code() == CsiFault.OUT_OF_RANGE) {
                tell(volume, Struct.of("allocatedResourceStatuses", Struct.of(STORAGE, "NodeResizeInfeasible")));
            }
            throw e;
        }
        done(volume);
    }

    private void done(CsiVolume volume) {
        Obj claim = volume.request().claim().orElseThrow();
        Struct.Builder status = Struct.builder().put("capacity",
                Struct.of(STORAGE, size(volume.request().source()).toString()));
        Seq conditions = claim.status().seq("conditions");
        if (!conditions.find("type", PENDING).isEmpty()) {
            status.put("conditions", Seq.copyOf(conditions.structs().stream()
                    .filter(c -> !c.text("type").equals(PENDING)).toList()));
        }
        if (claim.status().struct("allocatedResourceStatuses").has(STORAGE)) {
            status.put("allocatedResourceStatuses", Struct.of(STORAGE, null));
        }
        tell(volume, status.build());
    }

    private void tell(CsiVolume volume, Struct status) {
        Obj claim = volume.request().claim().orElseThrow();
        api.patch(ReferencedObjects.CLAIMS, new Key(claim.namespace(), claim.name()),
                new Patch.Merge(Struct.of("status", status)), WriteOptions.STATUS);
    }
}
