package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Kubelets change their own node and the pods bound to it, and nothing else. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction>.
@Component(service = Admission.class, property = "order:Integer=80")
public final class NodeRestriction implements Admission {
    private static final String USER = "system:node:";
    private static final String RESERVED = "node-restriction.kubernetes.io/";
    private static final Set<String> ALLOWED = Set.of("kubernetes.io/hostname", "kubernetes.io/arch",
            "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type", "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.kubernetes.io/zone");
    private final World world;

    /// Looks at pods.
    @Activate
    public NodeRestriction(@Reference World world) {
        this.world = world;
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
            case "leases" -> own(write, node, write.key().namespace().equals("kube-node-lease"), "lease");
            case "csinodes" -> own(write, node, true, "CSINode");
            default -> {
            }
        }
        return object;
    }

    private static void own(Write write, String node, boolean place, String what) {
        if (!place || !write.key().name().equals(node)) {
            throw refused(write, "can only access node " + what + " with the same name as the requesting node");
        }
    }

    private void pod(Write write, Struct object, String node) {
        if (write.operation() == Operation.CREATE && write.subresource().isEmpty()) {
            mirror(write, object, node);
            return;
        }
        Struct pod = write.before().orElseGet(() -> world
                .find(World.PODS, write.key().namespace(), write.key().name()).map(Obj::tree).orElse(object));
        String on = pod.struct("spec").text("nodeName");
        boolean deletes = write.operation() == Operation.DELETE || write.of("eviction");
        boolean status = write.operation() == Operation.UPDATE && write.of("status");
        if (!deletes && !status) {
            throw refused(write, "unexpected operation " + write.operation() + " by node " + node
                    + ", can only create and delete mirror pods, and update pod status");
        }
        if (!on.equals(node)) {
            String verb = status ? "update pod status for" : deletes && !write.of("eviction") ? "delete" : "evict";
            throw refused(write, "node \"" + node + "\" can only " + verb
                    + " pods with spec.nodeName set to itself");
        }
    }

    private static void mirror(Write write, Struct pod, String node) {
        if (!pod.struct("metadata").struct("annotations").has("kubernetes.io/config.mirror")) {
            throw refused(write, "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"" + node
                    + "\" can only create mirror pods");
        }
        if (!pod.struct("spec").text("nodeName").equals(node)) {
            throw refused(write, "node \"" + node + "\" can only create pods with spec.nodeName set to itself");
        }
        if (!pod.struct("spec").text("serviceAccountName").isEmpty()) {
            throw refused(write, "node \"" + node + "\" can not create pods that reference a service account");
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
        Set<String> wrong = new TreeSet<>();
        Set<String> touched = new TreeSet<>(labels.names());
        touched.addAll(old.names());
        for (String key : touched) {
            if (!labels.text(key).equals(old.text(key)) && forbidden(key)) {
                wrong.add(key);
            }
        }
        if (!wrong.isEmpty()) {
            throw refused(write, "is not allowed to modify labels: " + String.join(", ", wrong));
        }
        if (before.isPresent() && !before.get().struct("spec").seq("taints").equals(
                object.struct("spec").seq("taints"))) {
            throw refused(write, "node \"" + node + "\" is not allowed to modify taints");
        }
    }

    /// Kubelets may set their own well-known labels, and any outside `kubernetes.io` and `k8s.io`.
    private static boolean forbidden(String key) {
        int slash = key.indexOf('/');
        String domain = slash < 0 ? "" : key.substring(0, slash);
        if (key.startsWith(RESERVED) || domain.endsWith(".node-restriction.kubernetes.io")) {
            return true;
        }
        boolean system = domain.equals("kubernetes.io") || domain.endsWith(".kubernetes.io") || domain.equals("k8s.io")
                || domain.endsWith(".k8s.io");
        boolean kubelets = domain.equals("kubelet.kubernetes.io") || domain.endsWith(".kubelet.kubernetes.io")
                || domain.equals("node.kubernetes.io") || domain.endsWith(".node.kubernetes.io");
        return system && !kubelets && !ALLOWED.contains(key);
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(write.kind().gvr(), write.key().name(), why);
    }
}
