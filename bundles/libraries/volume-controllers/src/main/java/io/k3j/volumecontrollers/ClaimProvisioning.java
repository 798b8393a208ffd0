package io.k3j.volumecontrollers;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Set;

/// What becomes of a claim that no volume is there for: it waits for its pod, or for a provisioner. See
/// <https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/>.
///
/// @param pods with the index of the claims that they name
record ClaimProvisioning(LiveView pods, Events events) {
    private static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";
    private static final String IN_TREE = "kubernetes.io/";
    /// Provisioners that drivers have taken over.
    private static final Set<String> MIGRATED = Set.of("kubernetes.io/aws-ebs", "kubernetes.io/azure-disk",
            "kubernetes.io/azure-file", "kubernetes.io/cinder", "kubernetes.io/gce-pd",
            "kubernetes.io/portworx-volume", "kubernetes.io/vsphere-volume");

    /// Tells of one whose volume the scheduler chooses, which has not chosen a node yet.
    void delayed(Obj claim) {
        List<String> waiting = pods.by(StorageProtection.BY_CLAIM, claim.key().toString()).stream()
                .filter(p -> Pods.node(p).isEmpty() && !DesiredAttachments.ended(p)).map(Obj::name).sorted().toList();
        if (waiting.isEmpty()) {
            events.normal(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
        } else {
            events.normal(claim, "WaitForPodScheduled", "waiting for pod" + (waiting.size() > 1 ? "s " : " ")
                    + String.join(",", waiting) + " to be scheduled");
        }
    }

    /// Asks the external provisioner of its class for a volume, and tells who is waited for.
    void provision(Obj claim, String provisioner, ExpectingWriter writer) {
        if (provisioner.startsWith(IN_TREE) && !MIGRATED.contains(provisioner)) {
            events.warning(claim, "ProvisioningFailed", "no volume plugin matched name: " + provisioner);
            return;
        }
        if (!provisioner.equals(claim.annotations().get(PROVISIONER))) {
            writer.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                    claim.with(provisioner, "metadata", "annotations", PROVISIONER)
                            .with(provisioner, "metadata", "annotations",
                                    "volume.beta.kubernetes.io/storage-provisioner"));
        }
        events.normal(claim, "ExternalProvisioning", "Waiting for a volume to be created either by the external"
                + " provisioner '" + provisioner + "' or manually by the system administrator. If volume creation is"
                + " delayed, please verify that the provisioner is running and correctly registered.");
    }
}
