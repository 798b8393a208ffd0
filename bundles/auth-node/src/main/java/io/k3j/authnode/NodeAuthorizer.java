package io.k3j.authnode;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Allows a kubelet what its own pods need.
@Component(service = Authorizer.class, property = {"name=Node", "service.ranking:Integer=200"})
public final class NodeAuthorizer implements Authorizer {
    private static final String USER = "system:node:";
    private static final Decision YES = new Decision(Verdict.ALLOW, "");
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final Gvr CLAIMS = new Gvr("", "v1", "persistentvolumeclaims");

    private final View pods;
    private final View claims;
    private final NodePods bound = new NodePods();

    /// Begins to follow the pods.
    @Activate
    public NodeAuthorizer(@Reference ApiClient api) {
        this.pods = api.view(PODS, Query.ALL);
        this.claims = api.view(CLAIMS, Query.ALL);
        pods.listen(bound::changed);
    }

    @Override
    public Decision decide(Caller caller, Attributes what) {
        if (!caller.user().startsWith(USER) || !caller.in("system:nodes") || !what.path().isEmpty()) {
            return Decision.NO_OPINION;
        }
        String node = caller.user().substring(USER.length());
        return switch (what.resource()) {
            case "secrets", "configmaps" -> related(node, what, NodeRules.reads(what));
            case "persistentvolumeclaims" -> related(node, what, what.verb().equals("get") && what.subresource()
                    .isEmpty() || what.subresource().equals("status") && !what.verb().equals("create"));
            case "persistentvolumes" -> volume(node, what);
            case "serviceaccounts" -> related(node, what,
                    what.verb().equals("create") && what.subresource().equals("token"));
            case "leases" -> own(node, what, what.namespace().equals("kube-node-lease") && !lists(what));
            case "csinodes", "resourceslices" -> own(node, what, !lists(what));
            case "volumeattachments" -> decided(what.verb().equals("get"), "can only get volume attachments");
            case "resourceclaims" -> decided(what.verb().equals("get"), "can only get resource claims");
            case "nodes" -> decided(NodeRules.allow(what) && !(what.verb().equals("get") && other(node, what)),
                    "node '" + node + "' cannot read '" + what.name() + "', only its own Node object");
            default -> decided(NodeRules.allow(what), "");
        };
    }

    private static boolean other(String node, Attributes what) {
        return !what.name().isEmpty() && !what.name().equals(node);
    }

    private static boolean lists(Attributes what) {
        return what.name().isEmpty() && NodeRules.reads(what);
    }

    private static Decision decided(boolean allowed, String otherwise) {
        return allowed ? YES : new Decision(Verdict.NO_OPINION, otherwise);
    }

    private Decision related(String node, Attributes what, boolean verb) {
        if (!verb || !what.group().isEmpty() || what.name().isEmpty()) {
            return decided(false, "can only read objects of this type by name");
        }
        return decided(bound.refers(node, what.resource(), what.namespace(), what.name()), "no relationship found"
                + " between node '" + node + "' and this object");
    }

    private Decision volume(String node, Attributes what) {
        boolean related = what.verb().equals("get") && bound.claims(node, key -> claims.get(key)
                .map(c -> c.spec().text("volumeName").equals(what.name())).orElse(false));
        return decided(related, "no relationship found between node '" + node + "' and this object");
    }

    private static Decision own(String node, Attributes what, boolean verb) {
        boolean mine = what.verb().equals("create") || what.name().equals(node)
                || what.resource().equals("resourceslices");
        return decided(verb && mine, "can only access the object with the same name as the requesting node");
    }

    /// Ends the views.
    @Deactivate
    public void stop() {
        pods.close();
        claims.close();
    }
}
