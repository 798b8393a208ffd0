package io.k3j.authrbac;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Verdict;
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
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Prevents privilege escalation: only `system:masters` may grant permissions they do not hold, unless the
/// caller may `escalate` or `bind` the role. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping>.
/// Upstream checks this in the storage layer, after admission; here it is the last admission plug-in.
@Component(service = Admission.class, property = "order:Integer=1000")
public final class EscalationGuard implements Admission {
    private static final List<PolicyRule> EVERYTHING = List.of(
            PolicyRule.of(Struct.of("verbs", List.of("*"), "apiGroups", List.of("*"), "resources", List.of("*"))),
            PolicyRule.of(Struct.of("verbs", List.of("*"), "nonResourceURLs", List.of("*"))));
    private final Rbac rbac;
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Authorizer> authorizers = List.of();

    /// @param rbac the index of granted rules
    @Activate
    public EscalationGuard(@Reference Rbac rbac) {
        this.rbac = rbac;
    }

    /// For tests.
    /// @param authorizers lowest ranking first
    EscalationGuard(Rbac rbac, List<Authorizer> authorizers) {
        this(rbac);
        this.authorizers = authorizers;
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
        if (write.before().isPresent()
                && withoutGarbageCollection(write.before().get()).equals(withoutGarbageCollection(object))) {
            return;
        }
        if (object.has("roleRef")) {
            requireBind(write, object.struct("roleRef"));
        } else if (!allowed(write, "escalate", write.kind().gvr().resource(), write.key().name())) {
            requireHeld(write, object);
            requireAggregation(write, object);
        }
    }

    /// The object without the fields the garbage collector changes, which grant nothing. All other fields
    /// count: even a label can make a role part of an aggregated one.
    private static Struct withoutGarbageCollection(Struct object) {
        Struct metadata = object.struct("metadata");
        for (String field : List.of("ownerReferences", "finalizers", "managedFields", "resourceVersion")) {
            metadata = metadata.without(field);
        }
        return object.with("metadata", metadata);
    }

    /// An aggregated role later collects rules others write, so it requires all permissions.
    private void requireAggregation(Write write, Struct object) {
        boolean aggregates = object.has("aggregationRule")
                || write.before().map(b -> b.has("aggregationRule")).orElse(false);
        if (aggregates && !EVERYTHING.stream().allMatch(held(write)::covers)) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "must have cluster-admin privileges to use the aggregationRule");
        }
    }

    private void requireBind(Write write, Struct ref) {
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
        requireHeld(write, role.get().tree());
    }

    private boolean allowed(Write write, String verb, String resource, String name) {
        Attributes what = new Attributes(verb, Rbac.GROUP, "v1", resource, "", write.key().namespace(), name, "");
        return RankedAuthorizers.decide(authorizers, write.caller(), what).verdict() == Verdict.ALLOW;
    }

    private Coverage held(Write write) {
        return new Coverage(rbac.index().rules(write.caller(), write.key().namespace()));
    }

    /// Refuses rules the caller does not hold. Callers that may `escalate` or `bind` were accepted before.
    private void requireHeld(Write write, Struct role) {
        Set<String> missing = MissingRights.of(role, held(write));
        if (!missing.isEmpty()) {
            Caller c = write.caller();
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "user \"" + c.user() + "\" (groups="
                    + MissingRights.quoted(c.groups()) + ") is attempting to grant RBAC permissions not currently"
                    + " held:\n" + String.join("\n", missing));
        }
    }
}
