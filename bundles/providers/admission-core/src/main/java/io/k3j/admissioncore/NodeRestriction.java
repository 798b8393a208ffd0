package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Restricts kubelets to their own Node, Lease, CSINode and ResourceSlices, the pods bound to them, and the resize
/// status of claims. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction>.
@Component(service = Admission.class, property = "order:Integer=80")
public final class NodeRestriction implements Admission {
    private static final String USER = "system:node:";
    private final Listers listers;

    /// Reads Pods, Nodes and volumes from views.
    @Activate
    public NodeRestriction(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "NodeRestriction";
    }

    @Override
    public boolean handles(Write write) {
        return write.caller().in("system:nodes") && write.operation() != Operation.CONNECT;
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String user = write.caller().user();
        if (!user.startsWith(USER)) {
            throw refused(write, "could not determine node identity from user");
        }
        String node = user.substring(USER.length());
        switch (write.kind().gvr().resource()) {
            case "pods" -> pod(write, object, node);
            case "nodes" -> node(write, object, node);
            case "leases" -> onlyOwn(write, node, write.key().namespace().equals("kube-node-lease"), "lease");
            case "serviceaccounts" -> token(write, object, node);
            case "csinodes" -> onlyOwn(write, node, true, "CSINode");
            case "persistentvolumeclaims" -> claim(write, object, node);
            case "resourceslices" -> slice(write, object, node);
            default -> {
            }
        }
        return object;
    }

    private static void claim(Write write, Struct object, String node) {
        if (!write.of("status")) {
            throw refused(write, "may only update PVC status");
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        if (!withoutResizeFields(before).equals(withoutResizeFields(object))) {
            throw refused(write, "node \"" + node + "\" is not allowed to update fields other than status.capacity"
                    + " and status.conditions");
        }
    }

    /// A claim without the fields that a kubelet writes while it expands the file system.
    private static Struct withoutResizeFields(Struct claim) {
        Struct status = claim.struct("status").without("capacity").without("conditions")
                .without("allocatedResources").without("allocatedResourceStatuses");
        Struct metadata = claim.struct("metadata").without("resourceVersion").without("managedFields");
        return claim.with("metadata", metadata).with("status", status);
    }

    private static void slice(Write write, Struct object, String node) {
        Struct known = write.before().orElse(object);
        boolean mine = known.struct("spec").text("nodeName").equals(node)
                && (write.operation() == Operation.DELETE || object.struct("spec").text("nodeName").equals(node));
        if (!mine) {
            throw refused(write, "can only " + (write.operation() == Operation.DELETE ? "delete" : "create")
                    + " ResourceSlice with the same NodeName as the requesting node");
        }
    }

    private static void onlyOwn(Write write, String node, boolean placeMatches, String what) {
        if (!placeMatches || !write.key().name().equals(node)) {
            throw refused(write, "can only access node " + what + " with the same name as the requesting node");
        }
    }

    private void pod(Write write, Struct object, String node) {
        if (write.operation() == Operation.CREATE && write.subresource().isEmpty()) {
            mirror(write, object, node);
            return;
        }
        Struct pod = write.before().orElseGet(() -> existing(write.key()).tree());
        String boundTo = pod.struct("spec").text("nodeName");
        boolean deletes = write.operation() == Operation.DELETE || write.of("eviction");
        boolean status = write.operation() == Operation.UPDATE && write.of("status");
        if (!deletes && !status) {
            throw refused(write, "unexpected operation " + write.operation() + " by node " + node
                    + ", can only create and delete mirror pods, and update pod status");
        }
        if (!boundTo.equals(node)) {
            String verb = status ? "update pod status for" : deletes && !write.of("eviction") ? "delete" : "evict";
            throw refused(write, "node \"" + node + "\" can only " + verb
                    + " pods with spec.nodeName set to itself");
        }
        if (status) {
            status(write, pod, object, node);
        }
    }

    private Obj existing(Key pod) {
        return listers.find(Listers.PODS, pod.namespace(), pod.name())
                .orElseThrow(() -> ApiFault.notFound(Listers.PODS, pod.name()));
    }

    /// A node gets tokens for pods bound to it only, and for audiences that the pod names only.
    private void token(Write write, Struct request, String node) {
        if (write.operation() != Operation.CREATE || !write.of("token")) {
            return;
        }
        Struct bound = request.struct("spec").struct("boundObjectRef");
        String name = bound.text("name");
        if (!bound.text("apiVersion").equals("v1") || !bound.text("kind").equals("Pod") || name.isEmpty()) {
            throw refused(write, "node requested token not bound to a pod");
        }
        if (bound.text("uid").isEmpty()) {
            throw refused(write, "node requested token with a pod binding without a uid");
        }
        Obj pod = existing(new Key(write.key().namespace(), name));
        if (!bound.text("uid").equals(pod.uid())) {
            throw refused(write, "the UID in the bound object reference (" + bound.text("uid") + ") does not match the"
                    + " UID in record (" + pod.uid() + "). The object might have been deleted and then recreated");
        }
        if (!pod.spec().text("nodeName").equals(node)) {
            throw refused(write, "node requested token bound to a pod scheduled on a different node");
        }
        audience(write, request.struct("spec").seq("audiences").texts(), pod);
    }

    private void audience(Write write, List<String> audiences, Obj pod) {
        if (audiences.size() > 1) {
            throw refused(write, "node may only request 0 or 1 audiences");
        }
        String wanted = audiences.isEmpty() ? "" : audiences.getFirst();
        if (!listers.audiences(pod).contains(wanted)) {
            throw refused(write, "audience \"" + wanted + "\" not found in pod spec volume");
        }
    }

    private void mirror(Write write, Struct pod, String node) {
        MirrorPods.problem(pod, node, listers.find(Listers.NODES, "", node)).ifPresent(why -> {
            throw refused(write, why);
        });
    }

    private static void status(Write write, Struct before, Struct pod, String node) {
        if (!before.struct("metadata").struct("labels").equals(pod.struct("metadata").struct("labels"))) {
            throw refused(write, "node \"" + node + "\" cannot update labels through pod status");
        }
        if (!before.struct("status").seq("resourceClaimStatuses").equals(
                pod.struct("status").seq("resourceClaimStatuses"))) {
            throw refused(write, "node \"" + node + "\" cannot update resource claim statues");
        }
    }

    private static void node(Write write, Struct object, String node) {
        if (!write.key().name().equals(node)) {
            throw refused(write, "node \"" + node + "\" is not allowed to modify node \"" + write.key().name() + "\"");
        }
        if (write.operation() == Operation.DELETE) {
            return;
        }
        Optional<Struct> before = write.before();
        Struct labels = object.struct("metadata").struct("labels");
        Struct old = before.orElse(Struct.EMPTY).struct("metadata").struct("labels");
        Set<String> forbidden = new TreeSet<>();
        Set<String> keys = new TreeSet<>(labels.names());
        keys.addAll(old.names());
        for (String key : keys) {
            if (!labels.text(key).equals(old.text(key)) && NodeLabels.forbidden(key)) {
                forbidden.add(key);
            }
        }
        if (!forbidden.isEmpty()) {
            throw refused(write, "is not allowed to modify labels: " + String.join(", ", forbidden));
        }
        // an owner reference set by the node would let the garbage collector delete the Node with its owner
        if (!before.orElse(Struct.EMPTY).struct("metadata").seq("ownerReferences").equals(
                object.struct("metadata").seq("ownerReferences"))) {
            throw refused(write, "node \"" + node + "\" is not allowed to modify ownerReferences");
        }
        ranges(write, before.orElse(Struct.EMPTY).struct("spec"), object.struct("spec"));
        if (before.isPresent() && !before.get().struct("spec").seq("taints").equals(
                object.struct("spec").seq("taints"))) {
            throw refused(write, "node \"" + node + "\" is not allowed to modify taints");
        }
    }

    /// The controller for node addresses allots ranges, and every node routes by them.
    private static void ranges(Write write, Struct before, Struct spec) {
        if (!before.text("podCIDR").equals(spec.text("podCIDR"))
                || !before.seq("podCIDRs").equals(spec.seq("podCIDRs"))) {
            throw refused(write, "a node is not allowed to set spec.podCIDR or spec.podCIDRs: leave both to the"
                    + " controllers of the servers");
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(write.kind().gvr(), write.key().name(), why);
    }
}
