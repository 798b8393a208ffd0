package io.k3j.authnode;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Allows a kubelet its own node, its own pods and the objects these refer to, as upstream since 1.32
/// (`AuthorizeNodeWithSelectors`): lists and watches of pods and resource slices must select the node's name.
@Component(service = Authorizer.class, property = {"name=Node", "service.ranking:Integer=200"},
        configurationPid = "io.k3j.authnode", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NodeAuthorizer implements Authorizer {
    private static final String USER = "system:node:";
    private static final Decision ALLOW = new Decision(Verdict.ALLOW, "");
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Gvr CLAIMS = new Gvr("", "v1", "persistentvolumeclaims");
    private static final Gvr VOLUMES = new Gvr("", "v1", "persistentvolumes");
    private static final Gvr ATTACHMENTS = new Gvr("storage.k8s.io", "v1", "volumeattachments");
    private static final Gvr SLICES = new Gvr("resource.k8s.io", "v1", "resourceslices");

    private final View pods;
    private final View claims;
    private final View volumes;
    private final View attachments;
    private final View slices;
    private final NodePods bound = new NodePods();
    private final ApiClient api;
    private final FeatureGates gates;

    /// The settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: `feature-gates`.
        String[] kubeApiserverArg() default {};
    }

    /// Opens the views and follows the pods.
    @Activate
    public NodeAuthorizer(@Reference ApiClient api, Settings settings) {
        this(api, FeatureGates.of("--kube-apiserver-arg", settings.kubeApiserverArg()));
    }

    /// The same without OSGi.
    ///
    /// @param gates of the API server
    NodeAuthorizer(ApiClient api, FeatureGates gates) {
        this.api = api;
        this.gates = gates;
        this.pods = api.view(PODS, Query.ALL);
        this.claims = api.view(CLAIMS, Query.ALL);
        this.volumes = api.view(VOLUMES, Query.ALL);
        this.attachments = api.view(ATTACHMENTS, Query.ALL);
        this.slices = api.view(SLICES, Query.ALL);
        pods.listen(bound::changed);
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        if (!caller.user().startsWith(USER) || !caller.in("system:nodes") || !what.path().isEmpty()) {
            return Decision.NO_OPINION;
        }
        String node = caller.user().substring(USER.length());
        if (node.isEmpty()) {
            return new Decision(Verdict.NO_OPINION, "unknown node for user \"" + caller.user() + "\"");
        }
        String resource = what.group().isEmpty() ? what.resource() : what.group() + "/" + what.resource();
        return switch (resource) {
            case "pods" -> pod(node, what);
            case "nodes" -> node(node, what);
            case "secrets" -> secret(node, what);
            case "configmaps" -> related(node, what, NodeReasons.read(what));
            case "persistentvolumeclaims" -> related(node, what, what.subresource().equals("status")
                    ? NodeReasons.status(what) : NodeReasons.get(what));
            case "persistentvolumes" -> volume(node, what);
            case "serviceaccounts" -> related(node, what, NodeReasons.account(what));
            case "certificates.k8s.io/podcertificaterequests" -> certificate(node, what);
            case "coordination.k8s.io/leases" -> refused(NodeReasons.lease(node, what));
            case "storage.k8s.io/csinodes" -> refused(NodeReasons.csiNode(node, what));
            case "resource.k8s.io/resourceslices" -> slice(node, what);
            case "resource.k8s.io/resourceclaims" -> related(node, what, NodeReasons.get(what));
            case "storage.k8s.io/volumeattachments" -> attachment(node, what);
            default -> decision(NodeRules.allow(what, gates), "");
        };
    }

    /// A pod of the node may be read by name; lists and watches must select the node.
    private Decision pod(String node, Attributes what) {
        if (!what.subresource().isEmpty() || !NodeRules.reads(what)) {
            return decision(NodeRules.allow(what, gates), "");
        }
        if (selectsBy(what, "spec.nodeName", node)) {
            return ALLOW;
        }
        return what.name().isEmpty()
                ? decision(false, "can only list/watch pods with spec.nodeName field selector")
                : decision(bound.isBound(node, new Key(what.namespace(), what.name())), unrelated(node));
    }

    private Decision node(String node, Attributes what) {
        boolean allowed = NodeRules.allow(what, gates);
        boolean reads = allowed && what.subresource().isEmpty() && NodeRules.reads(what);
        return reads ? decision(what.name().equals(node), what.name().isEmpty()
                ? "node '" + node + "' cannot read all nodes, only its own Node object"
                : "node '" + node + "' cannot read '" + what.name() + "', only its own Node object")
                : decision(allowed, "");
    }

    private Decision slice(String node, Attributes what) {
        if (!what.subresource().isEmpty()) {
            return decision(false, "cannot authorize ResourceSlice subresources");
        }
        return switch (what.verb()) {
            case "create" -> ALLOW;
            case "list", "watch", "deletecollection" -> decision(selectsBy(what, "spec.nodeName", node),
                    "can only list/watch/deletecollection resourceslices with nodeName field selector");
            case "get", "update", "patch", "delete" -> what.name().isEmpty() ? decision(false, NodeReasons.NO_NAME)
                    : decision(onNode(slices, node, what), unrelated(node));
            default -> decision(false, "only the following verbs are allowed for a ResourceSlice: get, watch, list,"
                    + " create, update, patch, delete, deletecollection");
        };
    }

    /// A request of the node may be made and read; which pod it is for, `NodeRestriction` checks.
    private Decision certificate(String node, Attributes what) {
        if (!gates.enabled(FeatureGate.POD_CERTIFICATE_REQUEST)) {
            return Decision.NO_OPINION;
        }
        if (!what.subresource().isEmpty()) {
            return decision(false, "nodes may not access the status subresource of PodCertificateRequests");
        }
        return switch (what.verb()) {
            case "create" -> ALLOW;
            case "list", "watch" -> decision(selectsBy(what, "spec.nodeName", node),
                    "can only list/watch podcertificaterequests with nodeName field selector");
            case "get" -> decision(ofNode(node, what), unrelated(node));
            default -> decision(false, "nodes may not " + what.verb() + " podcertificaterequests");
        };
    }

    private boolean ofNode(String node, Attributes what) {
        try {
            return api.find(new Gvr(what.group(), what.version(), what.resource()),
                    new Key(what.namespace(), what.name()))
                    .filter(request -> request.spec().text("nodeName").equals(node)).isPresent();
        } catch (ApiFault notServed) {
            return false;
        }
    }

    private Decision attachment(String node, Attributes what) {
        String reason = NodeReasons.get(what);
        return reason.isEmpty() ? decision(onNode(attachments, node, what), unrelated(node)) : refused(reason);
    }

    private static boolean onNode(View view, String node, Attributes what) {
        return !what.name().isEmpty() && view.get(Key.of(what.name()))
                .map(o -> o.spec().text("nodeName").equals(node)).orElse(false);
    }

    private static boolean selectsBy(Attributes what, String field, String value) {
        return what.fields().requirements().contains(new FieldSelector.Requirement(field, value, false));
    }

    private static String unrelated(String node) {
        return "no relationship found between node '" + node + "' and this object";
    }

    private static Decision decision(boolean allowed, String reason) {
        return allowed ? ALLOW : new Decision(Verdict.NO_OPINION, reason);
    }

    /// Allowed unless there is a reason.
    private static Decision refused(String reason) {
        return decision(reason.isEmpty(), reason);
    }

    private Decision related(String node, Attributes what, String reason) {
        return !reason.isEmpty() ? refused(reason)
                : decision(bound.refersTo(node, what.resource(), what.namespace(), what.name()), unrelated(node));
    }

    /// Named by a pod of the node, or by a volume that belongs to a claim of one.
    private Decision secret(String node, Attributes what) {
        String reason = NodeReasons.read(what);
        Decision named = related(node, what, reason);
        return named.verdict() == Verdict.ALLOW || !reason.isEmpty() ? named
                : decision(bound.claims(node, key -> ofVolume(key, new Key(what.namespace(), what.name()))),
                        unrelated(node));
    }

    private boolean ofVolume(Key claim, Key secret) {
        return volume(claim).map(v -> VolumeSecrets.of(v).contains(secret)).orElse(false);
    }

    private Decision volume(String node, Attributes what) {
        String reason = NodeReasons.get(what);
        return !reason.isEmpty() ? refused(reason) : decision(
                bound.claims(node, claim -> volume(claim).filter(v -> v.name().equals(what.name())).isPresent()),
                unrelated(node));
    }

    /// The volume that a claim is bound to, when both say so: anybody may write a claim that names any volume.
    private Optional<Obj> volume(Key claim) {
        return claims.get(claim).flatMap(c -> Optional.of(c.spec().text("volumeName")).filter(v -> !v.isEmpty())
                .flatMap(v -> volumes.get(Key.of(v))).filter(v -> owns(c, v)));
    }

    /// A volume that somebody keeps for a claim has its name before it has its uid.
    private static boolean owns(Obj claim, Obj volume) {
        Struct owner = volume.spec().struct("claimRef");
        return claim.key().equals(new Key(owner.text("namespace"), owner.text("name")))
                && (owner.text("uid").isEmpty() || owner.text("uid").equals(claim.uid()));
    }

    /// Closes the views.
    @Deactivate
    public void stop() {
        pods.close();
        claims.close();
        volumes.close();
        attachments.close();
        slices.close();
    }
}
