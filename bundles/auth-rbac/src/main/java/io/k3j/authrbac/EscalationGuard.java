package io.k3j.authrbac;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Nobody but `system:masters` grants what they do not hold, unless they may `escalate` the role or `bind` it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping>.
/// Upstream checks this behind admission; here it is the last plug-in.
@Component(service = Admission.class, property = "order:Integer=1000")
public final class EscalationGuard implements Admission {
    private static final List<Rule> EVERYTHING = List.of(
            Rule.of(Struct.of("verbs", List.of("*"), "apiGroups", List.of("*"), "resources", List.of("*"))),
            Rule.of(Struct.of("verbs", List.of("*"), "nonResourceURLs", List.of("*"))));
    private final Rbac rbac;

    /// Judges by the index.
    @Activate
    public EscalationGuard(@Reference Rbac rbac) {
        this.rbac = rbac;
    }

    @Override
    public String name() {
        return "RBACEscalation";
    }

    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return changes && write.kind().gvr().group().equals(Rbac.GROUP) && !write.caller().in("system:masters");
    }

    @Override
    public void validate(Write write, Struct object) {
        if (write.before().isPresent() && judged(write.before().get()).equals(judged(object))) {
            return;
        }
        if (object.has("roleRef")) {
            mayBind(write, object.struct("roleRef"));
        } else if (!allowed(write, "escalate", write.kind().gvr().resource(), write.key().name())) {
            holds(write, Rule.all(object));
            mayAggregate(write, object);
        }
    }

    /// An object without what the garbage collector changes: that is nobody's grant. Everything else counts, since
    /// a label makes a role part of an aggregated one.
    private static Struct judged(Struct object) {
        Struct metadata = object.struct("metadata");
        for (String field : List.of("ownerReferences", "finalizers", "managedFields", "resourceVersion")) {
            metadata = metadata.without(field);
        }
        return object.with("metadata", metadata);
    }

    /// An aggregated role gathers what others put into it later, so it is for those who hold everything.
    private void mayAggregate(Write write, Struct object) {
        boolean aggregates = object.has("aggregationRule")
                || write.before().map(b -> b.has("aggregationRule")).orElse(false);
        if (aggregates && !missing(write, EVERYTHING).isEmpty()) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "must have cluster-admin privileges to use the aggregationRule");
        }
    }

    private void mayBind(Write write, Struct ref) {
        boolean local = ref.text("kind").equals("Role");
        View view = local ? rbac.roles() : rbac.clusterRoles();
        String namespace = local ? write.key().namespace() : "";
        Optional<Obj> role = view.get(new Key(namespace, ref.text("name")));
        String resource = local ? "roles" : "clusterroles";
        if (allowed(write, "bind", resource, ref.text("name"))) {
            return;
        }
        if (role.isEmpty()) {
            throw ApiFault.notFound(local ? Rbac.ROLES : Rbac.CLUSTER_ROLES, ref.text("name"));
        }
        holds(write, Rule.all(role.get().tree()));
    }

    private boolean allowed(Write write, String verb, String resource, String name) {
        return rbac.index().why(write.caller(),
                new Attributes(verb, Rbac.GROUP, "v1", resource, "", write.key().namespace(), name, "")).isPresent();
    }

    private TreeSet<String> missing(Write write, List<Rule> wanted) {
        List<Rule> owned = rbac.index().rules(write.caller(), write.key().namespace());
        Coverage coverage = new Coverage(owned);
        TreeSet<String> missing = new TreeSet<>();
        wanted.stream().filter(r -> !coverage.covers(r)).forEach(r -> missing.add(r.shown()));
        return missing;
    }

    /// Refuses rules the caller does not hold; who may `escalate` or `bind` has been let through before.
    private void holds(Write write, List<Rule> rules) {
        TreeSet<String> missing = missing(write, rules);
        if (!missing.isEmpty()) {
            Caller c = write.caller();
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "user \"" + c.user() + "\" (groups=[\""
                    + String.join("\" \"", c.groups()) + "\"]) is attempting to grant RBAC permissions not currently"
                    + " held:\n" + String.join("\n", missing));
        }
    }
}
